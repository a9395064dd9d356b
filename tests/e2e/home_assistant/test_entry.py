"""An entry from its flow to its removal, of a second engine beside the one that is there."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from script.home_assistant_person import Failed, Person
from script.home_assistant_steps import add_engine, entries, until_loaded
from tests.bench.processes import open_files, threads
from tests.e2e.apart import wait_for
from tests.e2e.home_assistant.home import Home, new_token
from tests.e2e.home_assistant.process import sockets_to
from tests.e2e.processes import free_port
from tests.integration.farm import Engine, run_engine

_RELOADS = 12


@pytest.fixture(scope="module")
def other(
    shared_home: Home, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A second engine that hears Vela and Juno, too."""
    with run_engine(tmp_path_factory.mktemp("other") / "engine") as engine:
        for name in ("Vela", "Juno"):
            engine.add(shared_home.place.machines.screens[name])
        engine.until_online()
        yield engine


@contextlib.contextmanager
def _added(home: Home, engine: Engine, token: str = "") -> Iterator[str]:
    """Adds an engine for the length of the block; yields the entry's id."""
    entry_id = add_engine(home.owner, engine.url, token or engine.token)
    until_loaded(home.owner, entry_id)
    try:
        yield entry_id
    finally:
        home.owner.delete(f"/config/config_entries/entry/{entry_id}")


def _unique_ids(home: Home, engine: Engine) -> set[str]:
    prefix = f"{engine.engine_id}_"
    return {
        entry["unique_id"]
        for entry in home.registry()
        if entry["unique_id"].startswith(prefix)
    }


def _shown(home: Home, engine: Engine, name: str, key: str) -> str:
    """Returns what an entity of the second engine's shows."""
    wanted = f"{engine.engine_id}_{engine.printers[name]}_{key}"
    entity_id = next(
        each["entity_id"] for each in home.registry() if each["unique_id"] == wanted
    )
    shown: str = home.owner.get(f"/states/{entity_id}")["state"]
    return shown


def _begin(owner: Person, **how: str) -> tuple[str, Any]:
    flow = owner.post("/config/config_entries/flow", {"handler": "odin", **how})
    return f"/config/config_entries/flow/{flow['flow_id']}", flow


def test_the_flow_says_what_is_wrong(home: Home, other: Engine) -> None:
    path, form = _begin(home.owner)
    assert [field["name"] for field in form["data_schema"]] == [
        "url",
        "token",
        "verify_ssl",
    ]
    nobody = f"http://127.0.0.1:{free_port()}"
    weak = other.new_token("all")
    for url, token, errors in (
        ("ftp://127.0.0.1", other.token, {"url": "invalid_url"}),
        (nobody, other.token, {"base": "cannot_connect"}),
        (home.core.base, other.token, {"base": "not_odin"}),
        (other.url, "odin_wrong", {"base": "invalid_auth"}),
        (other.url, weak, {"base": "missing_scopes"}),
    ):
        told = {"url": url, "token": token, "verify_ssl": True}
        again = home.owner.post(path, told)
        assert (again["type"], again["errors"]) == ("form", errors)
    told = {"url": other.url, "token": other.token, "verify_ssl": True}
    made = home.owner.post(path, told)
    assert made["type"] == "create_entry"
    entry_id = made["result"]["entry_id"]
    until_loaded(home.owner, entry_id)
    path, _ = _begin(home.owner)
    assert home.owner.post(path, told)["reason"] == "already_configured"
    home.owner.delete(f"/config/config_entries/entry/{entry_id}")
    assert not _unique_ids(home, other)


def test_printers_come_and_go(home: Home, other: Engine) -> None:
    with _added(home, other):
        before = _unique_ids(home, other)
        wren = other.add(home.place.machines.screens["Wren"])
        wait_for(
            lambda: f"{other.engine_id}_{wren}_status" in _unique_ids(home, other),
            lambda: "Wren did not come",
        )
        other.until_online("Wren")
        wait_for(
            lambda: _shown(home, other, "Wren", "status") == "printing",
            lambda: _shown(home, other, "Wren", "status"),
        )
        other.remove("Wren")
        wait_for(lambda: _unique_ids(home, other) == before, lambda: "Wren did not go")
        devices = home.owner.command("config/device_registry/list")
        assert not [d for d in devices if wren in str(d["identifiers"])]


def test_a_revoked_token_is_asked_for_again(
    home: Home, other: Engine, may_be_said: list[str]
) -> None:
    # Home Assistant's own word on it, and ours on the loss.
    may_be_said.append("could not authenticate")
    first, fresh = (other.new_token("all", "act-as") for _ in range(2))
    with _added(home, other, first) as entry_id:
        assert _shown(home, other, "Juno", "status") == "idle"
        wrong = other.new_token("all")
        other.revoke(first)

        def flows() -> list[Any]:
            found: list[Any] = home.owner.command("config_entries/flow/progress")
            return [
                flow
                for flow in found
                if flow["handler"] == "odin" and flow["context"]["source"] == "reauth"
            ]

        wait_for(lambda: bool(flows()), lambda: "nobody asked for another token")
        assert _shown(home, other, "Juno", "status") == "unavailable"
        assert home.value("Juno", "sensor", "status") == "idle"
        (flow,) = flows()
        path = f"/config/config_entries/flow/{flow['flow_id']}"
        assert home.owner.post(path, {"token": wrong})["errors"] == {
            "base": "missing_scopes"
        }
        done = home.owner.post(path, {"token": fresh})
        assert (done["type"], done["reason"]) == ("abort", "reauth_successful")
        until_loaded(home.owner, entry_id)
        wait_for(
            lambda: _shown(home, other, "Juno", "status") == "idle",
            lambda: _shown(home, other, "Juno", "status"),
        )
        assert not flows()


def test_another_address_is_told(home: Home, other: Engine) -> None:
    with _added(home, other) as entry_id:
        path, _ = _begin(home.owner, entry_id=entry_id)
        place = home.place
        theirs = {"url": place.base, "token": new_token(place), "verify_ssl": True}
        assert home.owner.post(path, theirs)["reason"] == "wrong_engine"
        path, _ = _begin(home.owner, entry_id=entry_id)
        url = other.url.replace("127.0.0.1", "localhost")
        done = home.owner.post(path, {"url": url, "verify_ssl": True})
        assert done["reason"] == "reconfigure_successful"
        until_loaded(home.owner, entry_id)
        assert _shown(home, other, "Juno", "status") == "idle"


def test_options_choose_printers(home: Home, other: Engine) -> None:
    other.change("Juno", tags=["upstairs"])
    with _added(home, other) as entry_id:
        begin = {"handler": entry_id}
        flow = home.owner.post("/config/config_entries/options/flow", begin)
        chosen = {"tags": ["upstairs"], "guest_role": "operator", "slot_devices": False}
        path = f"/config/config_entries/options/flow/{flow['flow_id']}"
        assert home.owner.post(path, chosen)["type"] == "create_entry"
        until_loaded(home.owner, entry_id)
        wait_for(
            lambda: (
                not any(
                    other.printers["Vela"] in each for each in _unique_ids(home, other)
                )
            ),
            lambda: "Vela is still there",
        )
        assert _shown(home, other, "Juno", "status") == "idle"
    other.change("Juno", tags=[])


def test_reloads_leave_nothing_behind(home: Home, other: Engine) -> None:
    with _added(home, other) as entry_id:
        home.reload(entry_id)
        port = int(other.url.rpartition(":")[2])
        before = _what_is_held(home, port)
        for _ in range(_RELOADS):
            home.reload(entry_id)
        wait_for(
            lambda: not _grown(before, _what_is_held(home, port)),
            lambda: f"grown: {_grown(before, _what_is_held(home, port))}",
        )
        assert sockets_to(home.core.pid, port) >= 1
        assert entries(home.owner)[-1]["entry_id"] == entry_id


def _what_is_held(home: Home, port: int) -> dict[str, int]:
    """Returns what a leak would add to."""
    listeners = home.owner.get("/events")
    return {
        "sockets": sockets_to(home.core.pid, port),
        "files": open_files(home.core.pid),
        "threads": threads(home.core.pid),
        "states": len(home.states()),
        **{f"listeners {each['event']}": each["listener_count"] for each in listeners},
    }


def _grown(before: dict[str, int], now: dict[str, int]) -> dict[str, int]:
    return {what: now[what] for what in now if now[what] > before.get(what, 0)}


def test_the_last_entry_takes_everything_along(home: Home) -> None:
    before = {entry["unique_id"]: entry["entity_id"] for entry in home.registry()}
    assert "odin" in home.owner.command("get_panels") or not _is_built()
    home.owner.delete(f"/config/config_entries/entry/{home.entry_id}")
    try:
        assert home.registry() == []
        devices = home.owner.command("config/device_registry/list")
        assert not [d for d in devices if "odin" in str(d["identifiers"])]
        issues = home.owner.command("repairs/list_issues")["issues"]
        assert not [issue for issue in issues if issue["domain"] == "odin"]
        assert "odin" not in home.owner.command("get_panels")
        resources = home.owner.command("lovelace/resources")
        assert not [each for each in resources if "odin" in each["url"]]
        with pytest.raises(Failed):
            home.owner.get(f"/odin/{home.entry_id}/printers")
    finally:
        home.add_entry()
    after = {entry["unique_id"]: entry["entity_id"] for entry in home.registry()}
    assert after == before


def _is_built() -> bool:
    return (Path(__file__).parents[3] / "custom_components/odin/frontend").exists()
