"""Home Assistant starts again: what it kept, what waits, and entries of older versions."""

import json
from pathlib import Path
from typing import Any

from script.home_assistant_steps import entries, until_loaded
from tests.e2e.apart import until_healthy, wait_for
from tests.e2e.home_assistant.ear import listening
from tests.e2e.home_assistant.home import Home
from tests.e2e.home_assistant.truth import untrue

_RETRIES_WITHIN_S = 60.0
"""Home Assistant tries again after 5 to 10 seconds, then after twice as many."""


def _registry(home: Home) -> dict[str, tuple[str, str, str | None]]:
    return {
        each["unique_id"]: (each["entity_id"], each["device_id"], each["disabled_by"])
        for each in home.registry()
    }


def test_an_engine_that_is_away_at_the_start_is_waited_for(
    home: Home, may_be_said: list[str]
) -> None:
    may_be_said.append("not ready yet")
    before = _registry(home)
    home.owner.close()
    home.core.stop()
    home.place.engine.stop()
    try:
        home.come_up()
        (entry,) = entries(home.owner)
        assert entry["state"] == "setup_retry"
        assert entry["reason"]
        assert _registry(home) == before
        assert home.value("Nord", "sensor", "status") == "unavailable"
    finally:
        home.place.engine.start()
    until_healthy(home.place.base)
    until_loaded(home.owner, home.entry_id, _RETRIES_WITHIN_S)
    home.until("Nord", "sensor", "status", "printing")
    assert _registry(home) == before


def test_an_entry_of_the_first_version_is_loaded(home: Home) -> None:
    before = _registry(home)
    home.owner.close()
    home.core.stop()
    _store_as_first_version(home.core.folder / ".storage" / "core.config_entries")
    home.come_up()
    until_loaded(home.owner, home.entry_id)
    home.until("Nord", "sensor", "status", "printing")
    assert _registry(home) == before


def _store_as_first_version(path: Path) -> None:
    """Leaves our entry with what the first released version wrote, and nothing else."""
    stored = json.loads(path.read_text())
    for entry in stored["data"]["entries"]:
        if entry["domain"] == "odin":
            data: dict[str, Any] = entry["data"]
            entry["data"] = {
                name: data[name] for name in ("url", "token", "verify_ssl")
            }
            entry |= {"version": 1, "minor_version": 1, "options": {}}
    path.write_text(json.dumps(stored))


def test_what_is_off_by_default_is_true_as_well(home: Home) -> None:
    home.owner.close()
    home.core.stop()
    prefix = home.unique_id("Nord", "")
    _enable(home.core.folder / ".storage" / "core.entity_registry", prefix)
    home.come_up()
    until_loaded(home.owner, home.entry_id)
    with listening(home.place, "Nord") as ear:
        wait_for(
            lambda: not untrue(home, "Nord", ear.told, is_whole=True),
            lambda: f"not true: {untrue(home, 'Nord', ear.told, is_whole=True)}",
        )


def _enable(path: Path, prefix: str) -> None:
    """Enables what is off unless somebody wants it.

    Done by hand while Home Assistant rests: it reloads the entry half a minute after
    somebody has done so on its pages.
    """
    stored = json.loads(path.read_text())
    for entity in stored["data"]["entities"]:
        if entity["unique_id"].startswith(prefix):
            entity["disabled_by"] = None
    path.write_text(json.dumps(stored))


def test_an_engine_that_dies_is_told_once(home: Home) -> None:
    since = home.said()
    place = home.place
    place.engine.kill()
    try:
        home.until("Nord", "sensor", "status", "unavailable")
        assert home.value(None, "binary_sensor", "link") == "off"
        assert home.value("Nord", "binary_sensor", "connectivity") == "unavailable"
    finally:
        place.engine.start()
    until_healthy(place.base)
    home.until("Nord", "sensor", "status", "printing")
    assert home.value(None, "binary_sensor", "link") == "on"
    said = home.core.log.read_text()[since:]
    assert said.count("Lost the engine at") == 1
    assert said.count("is back") == 1
    wait_for(
        lambda: home.value("Vela", "sensor", "status") != "unavailable",
        lambda: "Vela did not come back",
    )
