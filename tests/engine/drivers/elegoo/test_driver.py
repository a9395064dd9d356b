"""What the contract does not know: uploads in slices, ends, lights, camera, history."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from odin_engine.drivers.printers.elegoo.family import ElegooFamily
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import (
    Activity,
    Axis,
    CommandRejected,
    DriverError,
    Home,
    Jog,
    LightMode,
    NotSupported,
    Pause,
    PrintResult,
    Resume,
    SetFan,
    SetLight,
    SetNozzleTemperature,
    SetSpeed,
    SlotRef,
    SpeedLevel,
    StartPrint,
    Stop,
    WrongSerial,
)
from odin_engine.printers.ports import Driver, ListsFiles, Record, RemembersJobs
from odin_engine.simulator.plain import Activity as Doing
from odin_engine.simulator.plain import PlainJob
from tests.engine.doubles import ManualClock
from tests.engine.drivers.contract import (
    Watch,
    anything,
    connected,
    finish,
    first_error,
)
from tests.engine.drivers.elegoo.rigs import ElegooRig, simulated
from tests.patience import PATIENCE_S


@pytest.fixture
async def carbon() -> AsyncIterator[ElegooRig]:
    async with simulated("centauri-carbon", canvas=True) as rig:
        yield rig


@pytest.fixture
async def saturn() -> AsyncIterator[ElegooRig]:
    async with simulated("saturn-4-ultra") as rig:
        yield rig


def _file(folder: Path, name: str, size: int) -> Path:
    path = folder / name
    path.write_bytes((b"G1 X1 Y1\n" * (size // 9 + 1))[:size])
    return path


async def _sent(driver: Driver, folder: Path, name: str = "cube.gcode") -> None:
    await driver.upload(_file(folder, name, 50_000), name, lambda *_: None)


async def test_a_file_is_sent_in_slices_with_its_digest(
    carbon: ElegooRig, tmp_path: Path
) -> None:
    source = _file(tmp_path, "part.gcode", (2 << 20) + 7)
    told: list[int] = []
    async with connected(carbon) as (driver, _):
        await driver.upload(source, "part.gcode", lambda done, _: told.append(done))
    assert told == [1 << 20, 2 << 20, (2 << 20) + 7]
    assert carbon.printer.body.shelf.arrived == [("part.gcode", True)]
    assert carbon.stored("part.gcode") == (2 << 20) + 7


async def test_an_empty_file_is_sent_too(carbon: ElegooRig, tmp_path: Path) -> None:
    source = tmp_path / "empty.gcode"
    source.touch()
    async with connected(carbon) as (driver, _):
        await driver.upload(source, "empty.gcode", lambda *_: None)
    assert carbon.stored("empty.gcode") == 0


async def test_a_machine_that_lost_its_place_is_sent_the_file_anew(
    carbon: ElegooRig, tmp_path: Path
) -> None:
    source = _file(tmp_path, "part.gcode", 3 << 20)
    carbon.printer.misbehave("lose_place")
    async with connected(carbon) as (driver, _):
        await driver.upload(source, "part.gcode", lambda *_: None)
    assert carbon.stored("part.gcode") == 3 << 20


async def test_a_file_that_arrived_damaged_is_told(
    carbon: ElegooRig, tmp_path: Path
) -> None:
    carbon.printer.misbehave("md5_failure")
    async with connected(carbon) as (driver, _):
        with pytest.raises(CommandRejected, match="damaged"):
            await _sent(driver, tmp_path)


async def test_a_full_machine_is_told(carbon: ElegooRig, tmp_path: Path) -> None:
    carbon.printer.misbehave("full_storage")
    async with connected(carbon) as (driver, _):
        with pytest.raises(CommandRejected, match="full") as caught:
            await _sent(driver, tmp_path)
        assert caught.value.device_code == "-3"


async def test_a_file_of_another_kind_is_not_sent(
    saturn: ElegooRig, tmp_path: Path
) -> None:
    async with connected(saturn) as (driver, _):
        with pytest.raises(CommandRejected, match=r"\.goo, \.ctb"):
            await _sent(driver, tmp_path)


async def test_a_cancelled_upload_is_aborted_there(
    carbon: ElegooRig, tmp_path: Path
) -> None:
    source = tmp_path / "big.gcode"
    with source.open("wb") as file:
        file.truncate(64 << 20)
    async with connected(carbon) as (driver, _):
        sending = asyncio.create_task(
            driver.upload(source, "big.gcode", lambda *_: None)
        )
        await carbon.uploading()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert carbon.received(255) == 1
    assert not carbon.printer.body.shelf.writing


async def test_a_print_from_upload_to_end(carbon: ElegooRig, tmp_path: Path) -> None:
    async with connected(carbon) as (driver, watch):
        await _sent(driver, tmp_path)
        command = StartPrint("cube.gcode", "cube", 1, (SlotRef(0, 2),), token=42)
        await driver.execute(command)
        begun = await watch.until(lambda s: s.activity is Activity.PREPARING)
        assert begun.job is not None
        assert (begun.job.name, begun.job.token) == ("cube", 42)
        assert carbon.told(128)["slot_map"] == [{"t": 0, "canvas_id": 0, "tray_id": 2}]
        carbon.printer.machine.skip_to(0.5)
        running = await watch.until(lambda s: s.activity is Activity.PRINTING)
        assert running.job is not None
        assert running.job.token == 42
        await driver.execute(Pause())
        await watch.until(lambda s: s.activity is Activity.PAUSED)
        await driver.execute(Resume())
        await watch.until(lambda s: s.activity is not Activity.PAUSED)
        carbon.printer.machine.skip_to(1.0)
        carbon.printer.machine.advance(60)
        ended = await watch.until(lambda s: s.activity is Activity.FINISHED)
        assert ended.job is not None
        assert (ended.job.name, ended.job.progress_pct, ended.job.token) == (
            "cube",
            100,
            42,
        )


async def test_a_resin_print_is_cancelled(saturn: ElegooRig, tmp_path: Path) -> None:
    async with connected(saturn) as (driver, watch):
        await _sent(driver, tmp_path, "cube.goo")
        await driver.execute(StartPrint("cube.goo", "cube", 1, (), token=7))
        saturn.printer.machine.advance(120)
        state = await watch.until(lambda s: s.activity is Activity.PRINTING)
        assert state.job is not None
        assert state.job.stage in {"exposing", "lifting", "lowering"}
        await driver.execute(Stop())
        state = await watch.until(lambda s: s.activity is Activity.CANCELLED)
        assert state.job is not None
        assert state.job.token == 7


async def test_a_start_of_a_missing_file_is_refused_in_words(
    carbon: ElegooRig,
) -> None:
    async with connected(carbon) as (driver, _):
        with pytest.raises(CommandRejected, match="does not find the file") as caught:
            await driver.execute(StartPrint("no.gcode", "no", 1, (), token=1))
        assert caught.value.device_code == "2"


async def test_a_print_started_elsewhere_has_no_token(carbon: ElegooRig) -> None:
    async with connected(carbon) as (_, watch):
        carbon.begin_print()
        state = await watch.until(lambda s: s.activity is Activity.PREPARING)
        assert state.job is not None
        assert state.job.token is None


async def test_an_end_that_nobody_told_is_looked_up(carbon: ElegooRig) -> None:
    async with connected(carbon) as (_, watch):
        carbon.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        carbon.printer.misbehave("mute_end")
        carbon.printer.machine.cancel()
        await watch.until(lambda s: s.activity is Activity.CANCELLED)
        assert carbon.received(321) == 1


async def test_an_end_that_even_the_history_does_not_know_is_inferred(
    carbon: ElegooRig,
) -> None:
    clock = ManualClock()
    async with connected(carbon, clock) as (_, watch):
        carbon.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        carbon.printer.misbehave("mute_end")
        carbon.printer.body.tasks.clear()
        carbon.printer.machine.cancel()
        async with asyncio.timeout(PATIENCE_S):
            while watch.states[-1].activity is not Activity.CANCELLED:
                await clock.advance(1)
                await asyncio.sleep(0.01)


async def test_a_run_out_is_found_in_the_history(carbon: ElegooRig) -> None:
    async with connected(carbon) as (_, watch):
        carbon.begin_print()
        carbon.printer.machine.skip_to(0.3)
        await watch.until(lambda s: s.activity is Activity.PRINTING)
        carbon.printer.machine.change(has_filament=False)
        state = await watch.until(lambda s: bool(s.faults))
        assert state.activity is Activity.PAUSED
        assert state.faults[0].text == "The filament ran out."


async def test_a_code_that_stands_still_is_printing(carbon: ElegooRig) -> None:
    carbon.printer.misbehave("sticky_code")
    async with connected(carbon) as (_, watch):
        carbon.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        carbon.printer.machine.skip_to(0.4)
        state = await watch.until(lambda s: s.activity is Activity.PRINTING)
        assert state.job is not None
        assert state.job.progress_pct == 40


async def test_an_empty_status_keeps_what_was_known(carbon: ElegooRig) -> None:
    async with connected(carbon) as (_, watch):
        carbon.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        carbon.printer.misbehave("empty_status")
        carbon.printer.machine.skip_to(0.6)
        state = await watch.until(lambda s: s.job is not None and s.job.layer != 0)
        assert state.activity is Activity.PRINTING


async def test_an_answer_under_another_command_counts(carbon: ElegooRig) -> None:
    carbon.printer.misbehave("wrong_cmd")
    async with connected(carbon) as (driver, _), asyncio.timeout(PATIENCE_S):
        await driver.execute(Home())


async def test_a_light_that_toggles_is_set(carbon: ElegooRig) -> None:
    async with connected(carbon) as (driver, watch):
        await driver.execute(SetLight("chamber", LightMode.ON))
        assert carbon.received(403) == 0
        await driver.execute(SetLight("chamber", LightMode.OFF))
        await watch.until(lambda s: s.lights[0].mode is LightMode.OFF)
        await driver.execute(SetLight("chamber", LightMode.OFF))
        assert carbon.received(403) == 1
        await driver.execute(SetLight("chamber", LightMode.ON))
        await driver.execute(SetLight("chamber", LightMode.ON))
        await driver.execute(SetLight("chamber", LightMode.OFF))
        assert carbon.printer.body.light == 0


async def test_values_are_set_one_group_at_a_time(carbon: ElegooRig) -> None:
    async with connected(carbon) as (driver, watch):
        for command, told in (
            (SetNozzleTemperature(215), {"TempTargetNozzle": 215}),
            (SetSpeed(SpeedLevel.LUDICROUS), {"PrintSpeedPct": 160}),
            (
                SetFan("part", 60),
                {"TargetFanSpeed": {"ModelFan": 60, "AuxiliaryFan": 0, "BoxFan": 0}},
            ),
        ):
            await driver.execute(command)
            assert carbon.told(403) == told
        state = await watch.until(lambda s: s.fans.part_pct == 60)
        assert state.temperatures.nozzles[0].target_c == 215
        assert state.speed is not None
        assert state.speed.level is SpeedLevel.LUDICROUS
        await driver.execute(Jog(Axis.Z, -5))
        assert carbon.told(401) == {"Axis": "Z", "Step": -5}


async def test_a_machine_that_must_be_prodded_is(carbon: ElegooRig) -> None:
    clock = ManualClock()
    async with connected(carbon, clock) as (driver, _):
        before = carbon.received(0)
        for _ in range(20):
            await clock.advance(1)
            await asyncio.sleep(0.005)
        assert 1 <= carbon.received(0) - before <= 3
        assert driver.rejected_messages == 0


async def test_the_canvas_is_shown(carbon: ElegooRig) -> None:
    async with connected(carbon) as (_, watch):
        state = await watch.until(lambda s: bool(s.filament_units))
        (unit,) = state.filament_units
        assert [slot.is_occupied for slot in unit.slots] == [True, True, True, False]
        assert state.active_slot == SlotRef(0, 0)


async def test_files_and_history(carbon: ElegooRig, tmp_path: Path) -> None:
    async with connected(carbon) as (driver, watch):
        assert isinstance(driver, ListsFiles)
        assert isinstance(driver, RemembersJobs)
        await _sent(driver, tmp_path)
        assert [(each.name, each.size_bytes) for each in await driver.files()] == [
            ("cube.gcode", 50_000)
        ]
        assert await driver.timelapses() == []
        carbon.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        epoch = datetime(2000, 1, 1, tzinfo=UTC)
        assert await driver.past_jobs(epoch) == []
        carbon.printer.machine.cancel()
        (past,) = await driver.past_jobs(epoch)
        assert (past.name, past.result) == ("cube", PrintResult.CANCELLED)


async def test_a_printing_machine_is_emptied_of_no_file(
    carbon: ElegooRig, tmp_path: Path
) -> None:
    async with connected(carbon) as (driver, _):
        await _sent(driver, tmp_path)
        await driver.delete_file("cube.gcode")
        await driver.delete_file("cube.gcode")
        assert carbon.told(259)["FileList"] == ["/local/cube.gcode"]


async def test_the_camera_is_switched_off_after_the_last_viewer(
    carbon: ElegooRig,
) -> None:
    clock = ManualClock()
    async with connected(carbon, clock) as (driver, _):
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(driver.camera_frame("chamber") for _ in range(5)))
        assert carbon.received(386) == 1
        assert carbon.printer.body.is_video_on
        async with asyncio.timeout(PATIENCE_S):
            while carbon.printer.body.is_video_on:
                await clock.advance(5)
                await asyncio.sleep(0.01)


async def test_a_camera_elsewhere_is_not_fetched(carbon: ElegooRig) -> None:
    carbon.printer.misbehave("camera_elsewhere")
    async with connected(carbon) as (driver, watch):
        with pytest.raises(NotSupported, match="another machine"):
            await driver.camera_frame("chamber")
        state = await watch.until(lambda s: not s.cameras[0].is_available)
        assert state.cameras[0].unavailable_because


async def test_a_camera_that_others_have_says_so(carbon: ElegooRig) -> None:
    carbon.printer.misbehave("camera_taken")
    async with connected(carbon) as (driver, _):
        with pytest.raises((NotSupported, DriverError), match="Close the camera"):
            await driver.camera_frame("chamber")


async def test_a_resin_camera_gives_no_pictures(saturn: ElegooRig) -> None:
    async with connected(saturn) as (driver, _):
        with pytest.raises(NotSupported, match="RTSP"):
            await driver.camera_frame("chamber")


async def test_a_full_machine_lets_nobody_in(carbon: ElegooRig) -> None:
    carbon.printer.misbehave("too_many_clients")
    assert isinstance(await first_error(carbon, carbon.connection), DriverError)


async def test_a_silent_machine_yields_nothing(carbon: ElegooRig) -> None:
    carbon.printer.misbehave("silent")
    driver = carbon.driver(carbon.connection, SystemClock(), LoopTicker())
    async with Watch(driver) as watch:
        # It was searched for in vain by then.
        await asyncio.sleep(1.5)
        assert carbon.clients == 1
        assert watch.states == []
        assert watch.error is None
        await driver.close()


async def test_the_id_may_be_left_out_and_is_told(saturn: ElegooRig) -> None:
    nameless = replace(saturn.connection, serial=None)
    driver = saturn.driver(nameless, SystemClock(), LoopTicker())
    async with Watch(driver) as watch:
        state = await watch.until(anything)
        assert state.model is not None
        assert state.model.serial == saturn.printer.serial
    await driver.close()


async def test_another_machine_is_found_out_without_a_search(
    carbon: ElegooRig,
) -> None:
    ports = {**carbon.connection.ports, "search": 9}
    other = replace(carbon.connection, serial="ffff", ports=ports)
    assert isinstance(await first_error(carbon, other), WrongSerial)


async def test_a_recording_holds_both_ways(carbon: ElegooRig) -> None:
    records: list[Record] = []
    family = ElegooFamily()
    clock = ManualClock()
    driver = family.driver(carbon.connection, clock, clock, records.append)
    async with Watch(driver) as watch:
        await watch.until(anything)
        carbon.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        last = watch.states[-1]
    await driver.close()
    assert {record.direction for record in records} == {"in", "out"}
    state, events = family.replay(records)
    assert state.activity is last.activity
    assert [type(event).__name__ for event in events][-1] == "PrintStarted"
    cleaned, counts = family.sanitise(records, [])
    assert counts["serial"] == 1
    assert str(carbon.printer.serial) not in repr(cleaned)
    assert family.replay(cleaned)[0].activity is last.activity


async def test_an_emergency_stop_reaches_a_machine_at_rest(
    carbon: ElegooRig,
) -> None:
    async with connected(carbon) as (driver, _), asyncio.timeout(PATIENCE_S):
        # It says no, unless a report that nothing runs comes first.
        with contextlib.suppress(CommandRejected):
            await driver.emergency_stop()
    assert carbon.stops == 1


async def test_a_failed_print_has_its_reason(carbon: ElegooRig) -> None:
    async with connected(carbon) as (_, watch):
        carbon.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        carbon.printer.act("fail")
        state = await watch.until(lambda s: bool(s.faults))
        assert state.activity is Activity.FAILED
        assert "jammed" in state.faults[0].text


async def test_a_job_that_goes_on_at_another_speed(carbon: ElegooRig) -> None:
    carbon.printer.start_job(PlainJob("x.gcode", print_s=100), 0.5)
    assert carbon.printer.machine.activity is Doing.PRINTING
    clock = ManualClock()
    async with connected(carbon, clock) as (driver, _):
        await finish(
            asyncio.create_task(driver.execute(SetSpeed(SpeedLevel.SILENT))), clock
        )
    assert carbon.printer.machine.speed_pct == 50


@pytest.mark.parametrize("is_upper", [True, False])
async def test_a_machine_takes_its_id_however_it_was_written(
    saturn: ElegooRig, *, is_upper: bool
) -> None:
    """It was not found by a search, and hears only what bears its own id."""
    serial = saturn.connection.serial or ""
    ports = {**saturn.connection.ports, "search": 9}
    saturn.connection = replace(
        saturn.connection,
        ports=ports,
        serial=serial.upper() if is_upper else serial,
    )
    async with connected(saturn) as (_, watch):
        model = watch.states[-1].model
        assert model is not None
        assert model.serial == serial
