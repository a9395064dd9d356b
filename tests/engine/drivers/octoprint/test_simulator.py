"""The simulated server's own ways: words, acts, and what it keeps."""

from pathlib import Path

import pytest

from odin_engine.drivers.web import Web
from odin_engine.simulator.kinds import find
from odin_engine.simulator.octoprint import SimulatedOctoprint, make
from odin_engine.simulator.plain import PlainJob


def server(path: Path, **options: object) -> SimulatedOctoprint:
    return make("Octo", state_dir=path, **options)  # type: ignore[arg-type]


def test_it_is_found_by_its_word() -> None:
    kind = find("octoprint")
    assert kind.ports == {"http": 80}
    assert "drop_link" in kind.once


def test_strange_words_are_refused(tmp_path: Path) -> None:
    octo = server(tmp_path)
    for do in (octo.misbehave, octo.act):
        with pytest.raises(ValueError, match="there are"):
            do("dance")
    with pytest.raises(ValueError, match="variant"):
        server(tmp_path, variant="0.9")
    with pytest.raises(ValueError, match="asks for a key"):
        octo.act("allow_key")
    octo.start_job(PlainJob("a.gcode"))
    with pytest.raises(ValueError, match="cannot print"):
        octo.start_job(PlainJob("b.gcode"))


def test_every_word_does_something(tmp_path: Path) -> None:
    for word in SimulatedOctoprint.misbehaviours:
        octo = server(tmp_path)
        octo.misbehave(word)
        octo.behave(word)
        assert octo.wrong == {}


def test_what_it_keeps(tmp_path: Path) -> None:
    octo = server(tmp_path, secret="5F1C0DE")
    octo.start_job(PlainJob("a.gcode", size_bytes=7))
    octo.act("disconnect")
    other = server(tmp_path)
    other.restore(octo.keep())
    assert other.secret == "5F1C0DE"
    assert other.inner.is_away
    assert other.inner.files["a.gcode"].size == 7


async def test_it_can_be_switched_off_and_on(tmp_path: Path) -> None:
    octo = server(tmp_path)
    for _ in range(2):
        async with octo:
            assert octo.is_on
            assert octo.ports["http"]
        assert not octo.is_on


async def test_other_programs_find_what_they_ask_for(tmp_path: Path) -> None:
    async with server(tmp_path, clock_factor=0) as octo:
        key = {"X-Api-Key": octo.secret or ""}
        web = Web(octo.host, octo.ports["http"], headers=key)
        told = [
            (await web.request("GET", path)).json()
            for path in ("/api/server", "/api/printer/tool", "/api/printer/bed")
        ]
        octo.act("disconnect")
        away = await web.request("GET", "/api/printer/tool")
        await web.close()
    assert told[0]["version"].startswith("1.")
    assert list(told[1]) == ["tool0"]
    assert told[2]["bed"]["target"] == 0
    assert away.status == 409
