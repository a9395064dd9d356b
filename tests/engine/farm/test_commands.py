"""Commands and files that a machine refuses, ignores, loses or takes its time with."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.tasks import Task
from odin_engine.printers.events import (
    ControlChanged,
    FaultCleared,
    FaultRaised,
    PrintStarted,
)
from odin_engine.printers.model import (
    CommandRejected,
    CommandTimedOut,
    SetBedTemperature,
    SlotRef,
    Unreachable,
)
from odin_engine.printers.model.safety import ControlRefused, NotNow
from odin_engine.printers.service import Accepted, PrintOrder
from odin_engine.simulator.bambu import make_sliced_3mf
from tests.engine.farm.yard import QUIET, Place, Yard, logged

ORDER = PrintOrder(file="cube.gcode.3mf", mapping=(SlotRef(0, 0),))


async def uploaded(place: Place, folder: Path) -> Task:
    """Uploads a sliced file; returns the task once it has ended."""

    async def chunks() -> AsyncIterator[bytes]:
        yield make_sliced_3mf(folder / "cube.gcode.3mf").read_bytes()

    yard = place.yard
    started = await yard.printers.uploads.receive(place.id, ORDER.file, chunks())

    async def ended() -> Task:
        with yard.tasks.telemetry.watch() as watcher:
            while started.id in yard.tasks.live():
                await watcher.changed()
        return await yard.tasks.get(started.id)

    return await yard.in_time(ended())


async def start(place: Place) -> Accepted:
    """Sends a print; returns once the machine has shown that it is ours."""
    doing = asyncio.ensure_future(place.yard.printers.commands.print(place.id, ORDER))
    begun = len(place.of(PrintStarted))
    while not place.machine.machine.prints.is_busy:
        assert not doing.done()
        await place.yard.travel()
        await place.yard.go(0.1)
    place.machine.advance(3)
    accepted = await place.yard.in_time(doing)
    assert len(place.of(PrintStarted)) == begun + 1
    return accepted


async def refused(place: Place, code: str) -> None:
    with pytest.raises(CommandRejected) as caught:
        await place.does(SetBedTemperature(45))
    assert caught.value.device_code == code
    assert "Developer Mode" in caught.value.message


async def test_refuse_commands_with_an_answer(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add("P1S")
    assert place.state.control == "unknown"
    place.machine.machine.misbehave("refuse_commands", form="a")
    await refused(place, "0502_4007")
    await place.until(lambda state: state.control == "refused")
    with pytest.raises(ControlRefused, match="developer mode"):
        await place.does(SetBedTemperature(45))
    place.machine.machine.behave("refuse_commands")
    # Switching Developer Mode ends the session.
    place.machine.machine.misbehave("drop_link")
    await place.until(lambda state: state.link != "online")
    await place.recovers()
    await place.does(SetBedTemperature(45))
    await place.until(lambda state: state.control == "allowed")
    told = [event.control.value for event in place.of(ControlChanged)]
    assert told == ["refused", "unknown", "allowed"]
    assert logged(caplog) == [*QUIET, "P1: offline (link_lost)", *QUIET]


async def test_refuse_commands_by_a_health_code(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add("P1S")
    place.machine.machine.misbehave("refuse_commands", form="b")
    await refused(place, "0502_4007")
    await place.until(lambda state: state.control == "refused")
    await yard.written()
    raised = [event.fault.code for event in place.of(FaultRaised)]
    assert raised == ["0500_0500_0001_0007"]
    place.machine.machine.behave("refuse_commands")
    place.machine.machine.misbehave("drop_link")
    await place.until(lambda state: state.link != "online")
    await place.recovers()
    assert place.state.control == "refused", "it still complains"
    place.machine.machine.alarms.clear()
    place.machine.machine.notice()
    await place.until(lambda state: not state.faults)
    place.machine.machine.misbehave("drop_link")
    await place.until(lambda state: state.link != "online")
    await place.recovers()
    await place.does(SetBedTemperature(45))
    await place.until(lambda state: state.control == "allowed")
    cleared = [event.fault.code for event in place.of(FaultCleared)]
    assert cleared == raised
    again = ["P1: offline (link_lost)", *QUIET]
    assert logged(caplog) == [*QUIET, *again, *again]


async def test_refuse_commands_without_a_word(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add("P1S")
    place.machine.machine.misbehave("refuse_commands", form="c")
    with pytest.raises(CommandTimedOut):
        await place.does(SetBedTemperature(45))
    assert place.state.control == "unknown"
    assert place.of(ControlChanged) == []
    place.machine.machine.behave("refuse_commands")
    await place.does(SetBedTemperature(45))
    await place.until(lambda state: state.control == "allowed")
    assert logged(caplog) == QUIET


@pytest.mark.parametrize("form", ["a", "b", "c"])
async def test_a_firmware_that_says_so_is_refused_without_a_try(
    yard: Yard, form: str, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add("X1C")
    assert place.state.control == "allowed"
    place.machine.machine.misbehave("refuse_commands", form=form)
    place.machine.report()
    await place.until(lambda state: state.control == "refused")
    with pytest.raises(OdinError, match="developer mode"):
        await place.does(SetBedTemperature(45))
    place.machine.machine.behave("refuse_commands")
    place.machine.report()
    await place.until(lambda state: state.control == "allowed")
    await place.does(SetBedTemperature(45))
    told = [event.control.value for event in place.of(ControlChanged)]
    assert told == ["refused", "allowed"]
    assert logged(caplog) == QUIET


async def test_a_print_of_ours(yard: Yard, tmp_path: Path) -> None:
    place = await yard.add("P1S")
    task = await uploaded(place, tmp_path)
    assert (task.state, task.error) == ("done", None)
    await place.heard()
    accepted = await start(place)
    place.machine.advance(400)
    await place.until(lambda state: state.activity == "printing")
    jobs = [event.job for event in place.of(PrintStarted)]
    assert [job.token for job in jobs] == [accepted.token]


async def test_slow_parse(
    yard: Yard, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add("P1S")
    await uploaded(place, tmp_path)
    place.machine.machine.misbehave("slow_parse")
    await place.heard()
    await start(place)
    place.machine.machine.misbehave("silent")
    await place.heard()
    for _ in range(13):
        place.machine.advance(10)
        await yard.go(10)
        await yard.travel()
        assert len(place.machine.connects) == 1
    place.machine.machine.behave("silent")
    place.machine.advance(20)
    await place.until(lambda state: state.activity == "printing")
    await yard.go(1)
    assert len(place.of(PrintStarted)) == 1
    assert len(place.machine.connects) == 1
    assert logged(caplog) == [
        "P1: online (-)",
        "P1: stale (silent)",
        "P1: online (-)",
    ]


async def test_a_start_that_a_lost_link_left_open_is_never_sent_again(
    yard: Yard, tmp_path: Path
) -> None:
    place = await yard.add("P1S")
    await uploaded(place, tmp_path)
    await place.heard()
    place.machine.machine.misbehave("refuse_commands", form="c")
    doing = asyncio.ensure_future(yard.printers.commands.print(place.id, ORDER))
    await place.machine.request("project_file")
    place.machine.machine.misbehave("drop_link")
    with pytest.raises(Unreachable):
        await yard.in_time(doing)
    place.machine.machine.behave("refuse_commands")
    await yard.go(1)
    await place.recovers()
    await place.heard()
    sent = [
        each.qos for each in place.machine.requests if each.command == "project_file"
    ]
    assert sent == [0]
    with pytest.raises(NotNow, match="has not shown itself"):
        await yard.printers.commands.print(place.id, ORDER)
    assert place.of(PrintStarted) == []


async def test_busy(
    yard: Yard, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add("P1S")
    await uploaded(place, tmp_path)
    place.machine.machine.misbehave("busy")
    await place.heard()
    with pytest.raises(CommandRejected) as caught:
        await yard.in_time(yard.printers.commands.print(place.id, ORDER))
    assert caught.value.device_code == "0500_4004"
    await place.until(lambda state: state.faults)
    await place.heard()
    assert place.of(PrintStarted) == []
    assert place.results == []
    place.machine.machine.behave("busy")
    place.machine.machine.alarms.clear()
    place.machine.machine.notice()
    await place.until(lambda state: not state.faults)
    await start(place)
    await yard.written()
    assert len(place.of(PrintStarted)) == 1
    raised = [event.fault.code for event in place.of(FaultRaised)]
    cleared = [event.fault.code for event in place.of(FaultCleared)]
    assert raised == cleared == ["0500_4004"]
    assert logged(caplog) == QUIET


async def test_storage_full(
    yard: Yard, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add("P1S")
    place.machine.machine.misbehave("storage_full")
    task = await uploaded(place, tmp_path)
    assert task.state == "failed"
    assert task.error is not None
    assert "full" in task.error["detail"].lower()
    place.machine.machine.behave("storage_full")
    assert (await uploaded(place, tmp_path)).state == "done"
    assert logged(caplog) == QUIET


async def test_storage_none(
    yard: Yard, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add("P1S")
    place.machine.machine.misbehave("storage_none")
    place.machine.advance(2)
    await place.until(lambda state: state.storage == "missing")
    with pytest.raises(OdinError, match="card or stick"):
        await uploaded(place, tmp_path)
    place.machine.machine.behave("storage_none")
    place.machine.advance(2)
    await place.until(lambda state: state.storage == "ok")
    assert (await uploaded(place, tmp_path)).state == "done"
    assert logged(caplog) == QUIET


async def test_truncated_upload(
    yard: Yard, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add("P1S")
    place.machine.machine.misbehave("truncated_upload")
    task = await uploaded(place, tmp_path)
    assert task.state == "failed"
    assert not list(place.machine.card.root.rglob("*.3mf"))
    assert await yard.printers.uploads.of(place.id) == []
    place.machine.machine.behave("truncated_upload")
    assert (await uploaded(place, tmp_path)).state == "done"
    assert logged(caplog) == QUIET
