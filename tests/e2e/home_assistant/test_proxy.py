"""The way from a browser through Home Assistant to the engine: files, pictures, live line."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from script.home_assistant_person import Refused
from tests.bench.processes import memory
from tests.e2e.apart import wait_for
from tests.e2e.home_assistant.home import Home
from tests.e2e.home_assistant.process import sockets_to

_MEGABYTE = 1_000_000
_SENT_MEGABYTES = 64
"""Four times what Home Assistant takes into memory where a body is read at once."""
_MORE_MEGABYTES = 24
_SIGNED_FOR_S = 60
_LINES = 5


def _sign(home: Home, path: str) -> str:
    signed = home.owner.command("auth/sign_path", path=path, expires=_SIGNED_FOR_S)
    found: str = signed["path"]
    return found


def _below(home: Home, path: str) -> str:
    return f"/api/odin/{home.entry_id}/{path}"


def test_strangers_get_nothing(home: Home) -> None:
    with httpx.Client(base_url=home.core.base) as stranger:
        printers = _below(home, "printers")
        assert stranger.get(printers).status_code == 401
        headers = {"Authorization": "Bearer wrong"}
        assert stranger.get(printers, headers=headers).status_code == 401


def test_a_signed_address_is_for_one_picture(home: Home) -> None:
    frame = "camera/chamber/frame"
    wren, pico = (
        _below(home, f"printers/{home.place.printers[name]}/{frame}")
        for name in ("Wren", "Pico")
    )
    signed = _sign(home, wren)
    with httpx.Client(base_url=home.core.base, timeout=30) as browser:
        assert browser.get(wren).status_code == 401
        wait_for(
            lambda: browser.get(signed).status_code == 200,
            lambda: browser.get(signed).text,
        )
        picture = browser.get(signed)
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.content.startswith(b"\xff\xd8")
        assert "no-store" in picture.headers["cache-control"]
        for other in (signed.replace(wren, pico), f"{signed}&more=1"):
            assert browser.get(other).status_code == 401
        assert browser.post(signed).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "users",
        "tokens",
        "sessions",
        "auth/session",
        "setup",
        "printers/../users",
        "printers/%2e%2e/users",
        "printers%2f..%2fusers",
        "..%2f..%2fhealthz",
    ],
)
def test_what_is_kept_back(home: Home, path: str, may_be_said: list[str]) -> None:
    # Home Assistant sees through some of it itself.
    may_be_said.append("Filtered a potential harmful request")
    answer = home.owner.http.get(_below(home, path))
    assert answer.status_code in {400, 403, 404}, answer.text


def test_a_large_file_is_streamed(home: Home) -> None:
    printer_id = home.place.printers["Vela"]
    path = _below(home, f"printers/{printer_id}/files/large.gcode.3mf")
    chunk = os.urandom(_MEGABYTE)

    def content() -> Iterator[bytes]:
        for _ in range(_SENT_MEGABYTES):
            yield chunk

    # Its peak is counted from here.
    Path(f"/proc/{home.core.pid}/clear_refs").write_text("5")
    before = memory(home.core.pid)
    answer = home.owner.http.put(path, content=content())
    assert answer.status_code == 202, answer.text
    more = memory(home.core.pid, "VmHWM") - before
    assert more < _MORE_MEGABYTES * _MEGABYTE
    task = _below(home, f"tasks/{answer.json()['id']}")
    home.owner.http.post(f"{task}/cancel")
    wait_for(
        lambda: home.owner.http.get(task).json()["state"] not in {"queued", "running"},
        lambda: home.owner.http.get(task).text,
    )
    home.owner.http.delete(path)


def test_a_live_line_ends_with_its_subscription(home: Home) -> None:
    port = int(home.place.base.rpartition(":")[2])
    before = sockets_to(home.core.pid, port)
    owner = home.owner
    session = owner.command("odin/session", entry_id=home.entry_id)
    assert "control:printers" in session["permissions"]
    lines = [
        owner.subscribe("odin/live", entry_id=home.entry_id) for _ in range(_LINES)
    ]
    # One of them may have taken a connection that idled.
    assert sockets_to(home.core.pid, port) >= before + _LINES - 1
    say: dict[str, Any] = {"type": "subscribe", "topics": ["printers"]}
    owner.command("odin/live/send", subscription=lines[0], message=say)
    kinds = [owner.next_event(lines[0])["message"]["type"] for _ in range(2)]
    assert kinds == ["hello", "snapshot"]
    forbidden = {"type": "auth", "token": "x"}
    with pytest.raises(Refused):
        owner.command("odin/live/send", subscription=lines[0], message=forbidden)
    for line in lines:
        owner.command("unsubscribe_events", subscription=line)
    wait_for(
        lambda: sockets_to(home.core.pid, port) <= before,
        lambda: f"{sockets_to(home.core.pid, port)} sockets, before {before}",
    )


def test_the_entries_are_listed(home: Home) -> None:
    found = home.owner.command("odin/entries")
    assert [(each["entry_id"], each["state"]) for each in found["entries"]] == [
        (home.entry_id, "loaded")
    ]
    with pytest.raises(Refused) as refused:
        home.owner.command("odin/session", entry_id="unknown")
    assert refused.value.code == "not_found"
