"""The Centauri Carbon 2: what its numbers mean, and what the contract does not know."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from odin_engine.drivers.printers.elegoo.family import ElegooFamily
from odin_engine.drivers.printers.elegoo.protocol.cc2.document import (
    Document,
    fold,
    settle,
)
from odin_engine.drivers.printers.elegoo.protocol.cc2.messages import read
from odin_engine.drivers.printers.elegoo.protocol.cc2.translate import translate
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.model import (
    Activity,
    Axis,
    CommandRejected,
    Home,
    Jog,
    LightMode,
    Pause,
    Resume,
    SetFan,
    SetLight,
    SetNozzleTemperature,
    SetSpeed,
    SlotRef,
    SpeedLevel,
    StartPrint,
    Unreachable,
    attention_reason,
)
from odin_engine.printers.ports import Record
from tests.engine.doubles import ManualClock
from tests.engine.drivers.contract import Watch, anything, connected, first_error
from tests.engine.drivers.elegoo.cc2_rigs import Cc2Rig, simulated_cc2
from tests.engine.drivers.elegoo.frames import BEGAN
from tests.patience import PATIENCE_S

_BUSY = {"uuid": "t1", "filename": "cube.gcode", "current_layer": 0}


def _event(status: int, sub: int = 0, number: int = 1, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - wire values
    machine = {"status": status, "sub_status": sub, "exception_status": []}
    machine |= {
        key: more.pop(key) for key in list(more) if key in machine | {"progress": 0}
    }
    told = {"machine_status": machine, "print_status": _BUSY | more}
    return {"id": number, "method": 6000, "result": told}


def _after(*events: dict[str, Any], apart_s: float = 2.0) -> Document:
    document = Document(serial="CC2X")
    for number, event in enumerate(events):
        at = BEGAN + timedelta(seconds=apart_s * number)
        document = fold(document, read(event), at)
    return document


_IDLE = _event(1, uuid="", filename="")
_RUNS = _event(2, 2075, current_layer=9)


@pytest.mark.parametrize(
    ("status", "sub", "activity"),
    [
        (2, 1045, Activity.PREPARING),
        (2, 1081, Activity.PREPARING),
        (2, 1096, Activity.PREPARING),
        (2, 1405, Activity.PREPARING),
        (2, 1906, Activity.PREPARING),
        (2, 2801, Activity.PREPARING),
        (2, 2901, Activity.PREPARING),
        (2, 0, Activity.PRINTING),
        (2, 1066, Activity.PRINTING),
        (2, 2075, Activity.PRINTING),
        (2, 2401, Activity.PRINTING),
        (2, 2501, Activity.PAUSED),
        (2, 2502, Activity.PAUSED),
        (2, 2505, Activity.PAUSED),
        (2, 2503, Activity.PRINTING),
        (2, 2504, Activity.CANCELLED),
        (2, 2077, Activity.FINISHED),
        (2, 9999, Activity.PRINTING),
    ],
)
def test_what_a_sub_status_means(status: int, sub: int, activity: Activity) -> None:
    assert translate(_after(_IDLE, _event(status, sub))).activity is activity


@pytest.mark.parametrize("status", [0, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15])
def test_a_routine_of_no_job_leaves_the_machine_at_rest(status: int) -> None:
    assert translate(_after(_IDLE, _event(status))).activity is Activity.IDLE
    assert translate(_after(_event(status))).activity is Activity.PREPARING


def test_filament_is_changed_in_the_middle_of_a_job() -> None:
    assert translate(_after(_IDLE, _RUNS, _event(3, 1144))).activity is (
        Activity.PRINTING
    )


@pytest.mark.parametrize(
    ("progress", "activity"), [(50, Activity.CANCELLED), (98, Activity.FINISHED)]
)
def test_a_job_that_just_vanished(progress: int, activity: Activity) -> None:
    running = _event(2, 2075, current_layer=9, progress=progress)
    ended = translate(_after(_IDLE, running, _event(1, uuid="", filename="")))
    assert ended.activity is activity
    assert ended.job is not None
    assert ended.job.name == "cube"


def test_an_end_while_it_was_not_heard_is_unknown() -> None:
    vanished = (_IDLE, _RUNS, _event(1, uuid="", filename=""))
    assert translate(_after(*vanished, apart_s=31)).activity is Activity.IDLE
    assert translate(_after(*vanished, apart_s=30)).activity is Activity.CANCELLED


def test_an_end_that_was_told_stays() -> None:
    ended = _after(_IDLE, _RUNS, _event(2, 2504), _event(1, uuid="", filename=""))
    assert translate(ended).activity is Activity.CANCELLED


def test_a_hard_stop_counts_when_it_lasts() -> None:
    stopped = _after(_IDLE, _RUNS, _event(14))
    assert translate(stopped).activity is Activity.PRINTING
    assert translate(_after(_IDLE, _RUNS, _event(14), _IDLE)).activity is not (
        Activity.FAILED
    )
    later = _after(_IDLE, _RUNS, _event(14), _event(14), apart_s=11)
    assert translate(later).activity is Activity.FAILED
    assert translate(settle(stopped)).activity is Activity.FAILED


def test_a_problem_needs_a_person() -> None:
    state = translate(_after(_IDLE, _event(2, 2502, exception_status=[1201, 1201])))
    assert [fault.code for fault in state.faults] == ["exception-1201"]
    assert attention_reason(state) == "exception-1201"


def test_newer_firmware_lists_problems_by_code() -> None:
    event = _event(2, 2075)
    event["result"]["exception"] = {"exception_code": {"1101": {"time": 1}}}
    document = _after(_IDLE, event)
    assert [fault.code for fault in translate(document).faults] == ["exception-1101"]
    gone: dict[str, Any] = {"exception": {"exception_code": {}}}
    later = fold(document, read({"id": 2, "method": 6000, "result": gone}))
    assert translate(later).faults == ()


def test_a_whole_report_forgets_what_it_lacks() -> None:
    document = _after(_event(1, lights=1))
    whole = {"id": 3, "method": 1002, "result": {"machine_status": {"status": 1}}}
    assert fold(document, read(whole)).status == whole["result"]


def test_gaps_are_counted_until_a_full_report() -> None:
    events = [_event(1, number=number) for number in (1, 2, 5, 9, 12, 20, 31)]
    document = _after(*events)
    assert document.wants_everything
    whole = {"id": 7, "method": 1002, "result": _IDLE["result"]}
    assert not fold(document, read(whole)).wants_everything


@pytest.fixture
async def carbon2() -> AsyncIterator[Cc2Rig]:
    async with simulated_cc2(canvas=True) as rig:
        yield rig


async def test_a_print_from_upload_to_end(carbon2: Cc2Rig, tmp_path: Path) -> None:
    source = tmp_path / "cube.gcode"
    source.write_bytes(b"G1 X1\n" * 300_000)
    async with connected(carbon2) as (driver, watch):
        await driver.upload(source, "cube.gcode", lambda *_: None)
        assert carbon2.stored("cube.gcode") == 1_800_000
        state = await watch.until(lambda s: bool(s.filament_units))
        assert state.active_slot == SlotRef(0, 0)
        await driver.execute(
            StartPrint("cube.gcode", "cube", 1, (SlotRef(0, 1),), token=42)
        )
        assert carbon2.told(1020)["config"]["slot_map"] == [
            {"t": 0, "canvas_id": 0, "tray_id": 1}
        ]
        begun = await watch.until(lambda s: s.activity is Activity.PREPARING)
        assert begun.job is not None
        assert (begun.job.name, begun.job.token) == ("cube", 42)
        carbon2.printer.machine.skip_to(0.5)
        await watch.until(lambda s: s.activity is Activity.PRINTING)
        await driver.execute(Pause())
        await watch.until(lambda s: s.activity is Activity.PAUSED)
        await driver.execute(Resume())
        await watch.until(lambda s: s.activity is not Activity.PAUSED)
        carbon2.printer.machine.skip_to(1.0)
        ended = await watch.until(lambda s: s.activity is Activity.FINISHED)
        assert ended.job is not None
        assert ended.job.token == 42


async def test_an_emergency_stop_reaches_a_machine_at_rest(
    carbon2: Cc2Rig,
) -> None:
    async with connected(carbon2) as (driver, _), asyncio.timeout(PATIENCE_S):
        # It says no, unless a report that nothing runs comes first.
        with contextlib.suppress(CommandRejected):
            await driver.emergency_stop()
    assert carbon2.stops == 1


async def test_a_start_of_a_missing_file_is_refused_in_words(carbon2: Cc2Rig) -> None:
    async with connected(carbon2) as (driver, _):
        with pytest.raises(CommandRejected, match="does not find the file"):
            await driver.execute(StartPrint("no.gcode", "no", 1, (), token=1))


async def test_an_end_that_nobody_told_is_inferred(carbon2: Cc2Rig) -> None:
    carbon2.printer.misbehave("mute_end")
    async with connected(carbon2) as (_, watch):
        carbon2.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        carbon2.printer.machine.cancel()
        await watch.until(lambda s: s.activity is Activity.CANCELLED)


async def test_values_are_set(carbon2: Cc2Rig) -> None:
    async with connected(carbon2) as (driver, watch):
        for command, method, told in (
            (SetNozzleTemperature(215), 1028, {"extruder": 215}),
            (SetSpeed(SpeedLevel.SPORT), 1031, {"mode": 2}),
            (SetFan("aux", 40), 1030, {"fan": 0, "aux_fan": 102, "box_fan": 0}),
            (
                SetLight("chamber", LightMode.OFF),
                1029,
                {"brightness": 0, "power": False},
            ),
            (Home(), 1026, {"homed_axes": "xyz"}),
            (Jog(Axis.Z, 5), 1027, {"axes": "z", "distance": 5}),
        ):
            await driver.execute(command)
            assert carbon2.told(method) == told
        state = await watch.until(lambda s: s.lights[0].mode is LightMode.OFF)
        assert state.speed is not None
        assert state.speed.level is SpeedLevel.SPORT
        assert state.fans.aux_pct == 40


async def test_a_machine_that_lost_its_place_is_sent_the_file_anew(
    carbon2: Cc2Rig, tmp_path: Path
) -> None:
    source = tmp_path / "part.gcode"
    source.write_bytes(bytes(2_500_000))
    carbon2.printer.misbehave("lose_place")
    async with connected(carbon2) as (driver, _):
        await driver.upload(source, "part.gcode", lambda *_: None)
        (tmp_path / "empty.gcode").touch()
        with pytest.raises(Invalid, match="empty"):
            await driver.upload(
                tmp_path / "empty.gcode", "empty.gcode", lambda *_: None
            )
        with pytest.raises(CommandRejected, match=r"\.gcode"):
            await driver.upload(source, "part.3mf", lambda *_: None)
    assert carbon2.stored("part.gcode") == 2_500_000


async def test_events_that_were_lost_are_asked_for(carbon2: Cc2Rig) -> None:
    clock = ManualClock()
    async with connected(carbon2, clock) as (_, watch):
        carbon2.printer.misbehave("gaps")
        for share in range(1, 40):
            if share == 1:
                carbon2.begin_print()
            carbon2.printer.machine.change(speed_pct=100 + share)
        before = carbon2.received(1002)
        async with asyncio.timeout(PATIENCE_S):
            while carbon2.received(1002) == before:
                await clock.advance(1)
                await asyncio.sleep(0.005)
        await watch.until(lambda s: s.activity is Activity.PREPARING)


async def test_a_carbon_2_without_an_access_code() -> None:
    async with simulated_cc2(secret=None) as rig:
        async with connected(rig) as (_, watch):
            assert watch.states[0].model is not None
        # A serial that is left out is what the machine says.
        clock = ManualClock()
        nameless = rig.driver(replace(rig.connection, serial=None), clock, clock)
        async with Watch(nameless) as watch:
            state = await watch.until(anything)
            assert state.model is not None
            assert state.model.serial == rig.printer.serial
        await nameless.close()


async def test_a_wrong_serial_that_no_search_finds_out_is_told(
    carbon2: Cc2Rig,
) -> None:
    ports = {**carbon2.connection.ports, "search_cc2": 9}
    wrong = replace(carbon2.connection, serial="CC2WRONG", ports=ports)
    error = await first_error(carbon2, wrong)
    assert isinstance(error, Unreachable)
    assert "serial may be wrong" in error.message


async def test_a_recording_is_replayed_and_cleaned(carbon2: Cc2Rig) -> None:
    records: list[Record] = []
    family, clock = ElegooFamily(), ManualClock()
    driver = family.driver(carbon2.connection, clock, clock, records.append)
    async with Watch(driver) as watch:
        await watch.until(anything)
        carbon2.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        last = watch.states[-1]
    await driver.close()
    state, events = family.replay(records)
    assert state.activity is last.activity
    assert [type(event).__name__ for event in events][-1] == "PrintStarted"
    cleaned, counts = family.sanitise(records, [str(carbon2.printer.secret)])
    assert counts["serial"] == 1
    assert str(carbon2.printer.serial) not in repr(cleaned)
    assert family.replay(cleaned)[0].activity is last.activity
