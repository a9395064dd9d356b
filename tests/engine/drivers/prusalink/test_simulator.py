"""The simulated printer itself: what a farm does with it."""

import asyncio
from pathlib import Path

import orjson
import pytest

from odin_engine.drivers.web import Web
from odin_engine.simulator.kinds import find
from odin_engine.simulator.plain import Activity, PlainJob
from odin_engine.simulator.prusalink import ONCE, SimulatedPrusaLink, make
from tests.engine.drivers.prusalink.rigs import JOB, simulated


def printer(folder: Path, model: str = "MK4") -> SimulatedPrusaLink:
    return make("One", clock_factor=0, state_dir=folder, model=model)


def test_a_farm_finds_it() -> None:
    kind = find("prusalink")
    assert kind.family == "prusalink"
    assert kind.ports == {"http": 80}
    assert set(kind.once) == ONCE


def test_names_make_different_printers(tmp_path: Path) -> None:
    one, other = (make(name, state_dir=tmp_path) for name in ("One", "Two"))
    assert one.serial != other.serial
    assert one.secret != other.secret
    with pytest.raises(ValueError, match="there are: MK4"):
        make("Three", state_dir=tmp_path, model="Ender 3")
    assert make("Four", state_dir=tmp_path, variant="pi").model == "MK3S"
    with pytest.raises(ValueError, match="no 'moon'"):
        make("Five", state_dir=tmp_path, variant="moon")


def test_what_it_remembers_is_where_it_goes_on(tmp_path: Path) -> None:
    before = printer(tmp_path)
    before.start_job(JOB, at=0.5)
    before.act("ask")
    kept = orjson.loads(orjson.dumps(before.keep()))
    after = printer(tmp_path)
    after.restore(kept)
    assert after.job_id == before.job_id
    assert after.file == "cube.gcode"
    assert after.machine.activity is Activity.PAUSED
    after.act("answer")
    assert after.machine.is_busy


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    one = printer(tmp_path)
    for word in ("dance", "answer", "ask"):
        with pytest.raises(ValueError, match=r"\w"):
            one.act(word)
    with pytest.raises(ValueError, match="cannot dance"):
        one.misbehave("dance")
    with pytest.raises(ValueError, match="cannot away"):
        one.misbehave("away")
    one.start_job(PlainJob("box"))
    assert one.file == "box.gcode"
    with pytest.raises(ValueError, match="is printing"):
        one.act("begin_calibration")


def test_every_misbehaviour_begins_and_ends(tmp_path: Path) -> None:
    pi = printer(tmp_path, "MK3S")
    for word, text in pi.misbehaviours.items():
        assert text.endswith(".")
        pi.misbehave(word)
        pi.behave(word)


async def test_it_may_be_switched_off_and_on(tmp_path: Path) -> None:
    one = printer(tmp_path)
    for _ in range(2):
        async with one:
            web = Web(one.host, one.ports["http"])
            assert (await web.request("GET", "/api/version")).status == 401
            await web.close()
        assert not one.is_on


async def test_the_firmware_hears_three_at_a_time(tmp_path: Path) -> None:
    async with simulated(tmp_path) as rig:
        writers = []
        port = rig.printer.ports["http"]
        for _ in range(3):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writers.append(writer)
        web = Web("127.0.0.1", port)
        asking = asyncio.ensure_future(web.request("GET", "/api/version"))
        await asyncio.wait({asking}, timeout=0.2)
        assert not asking.done()
        writers.pop().close()
        assert (await asking).status == 401
        for writer in writers:
            writer.close()
        await web.close()


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("PUT", "/api/v1/files/local/a.gcode", {}, b"x", 403),
        ("PUT", "/api/v1/files/usb/a.txt", {}, b"x", 415),
        ("PUT", "/api/v1/files/usb/a%3Ab.gcode", {}, b"x", 422),
        ("PUT", "/api/v1/files/usb/a.gcode", {"Overwrite": "true"}, b"x", 400),
        ("PUT", "/api/v1/files/usb/lid.gcode", {}, b"x", 409),
        ("PUT", "/api/v1/files/usb/a.gcode", {}, b"x", 201),
        (
            "PUT",
            "/api/v1/files/usb/a.gcode",
            {"Print-After-Upload": "?1"},
            b"x",
            201,
        ),
        ("PUT", "/api/v1/job/101/continue", {}, b"", 404),
        ("PATCH", "/api/v1/files/usb/lid.gcode", {}, b"", 405),
        ("GET", "/api/v1/cameras", {}, b"", 404),
        ("GET", "/api/v1/nothing", {}, b"", 404),
    ],
)
async def test_refusals_are_those_of_the_firmware(
    tmp_path: Path,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
) -> None:
    async with simulated(tmp_path) as rig:
        assert rig.printer.secret is not None
        key = {"X-Api-Key": rig.printer.secret}
        web = Web("127.0.0.1", rig.printer.ports["http"], headers=key)
        answer = await web.request(method, path, headers=headers, data=body)
        assert answer.status == status
        assert rig.printer.machine.is_busy == ("Print-After-Upload" in headers)
        await web.close()


async def test_other_programs_find_what_they_ask_for(tmp_path: Path) -> None:
    async with printer(tmp_path) as one:
        one.start_job(JOB, at=0.5)
        key = {"X-Api-Key": one.secret or ""}
        web = Web(one.host, one.ports["http"], headers=key)
        told = (await web.request("GET", "/api/printer")).json()
        await web.close()
    assert told["state"]["text"] == "Printing"
    assert told["state"]["flags"]["printing"]
    assert told["temperature"]["tool0"]["target"] > 0
    assert told["telemetry"]["material"] == "PLA"
