"""What the contract does not know: Klipper's comings and goings, jobs, files, feeders."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from odin_engine.drivers.printers.moonraker import files, shelf
from odin_engine.drivers.printers.moonraker.driver import MoonrakerDriver
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.events import PrintEnded, PrintStarted, transitions
from odin_engine.printers.model import (
    Activity,
    AnswerPrompt,
    ClearFaults,
    CommandKind,
    CommandRejected,
    EstimateSource,
    Jog,
    LinkReason,
    LinkStatus,
    NotSupported,
    Pause,
    PrinterState,
    PrintResult,
    RestartFirmware,
    RestartHost,
    Resume,
    RunMacro,
    SelectTool,
    SendGcode,
    SensorKind,
    SetActiveSpool,
    SetBedTemperature,
    SetChamberTemperature,
    SetFan,
    SetFlow,
    SetNozzleTemperature,
    SetPower,
    SetSpeedPercent,
    SkipObjects,
    SlotRef,
    StartPrint,
    Stop,
    Unreachable,
    attention_reason,
)
from odin_engine.printers.model.commands import Axis
from odin_engine.printers.ports import Driver, PlateFile, Record
from odin_engine.simulator.plain import PlainJob
from tests.engine.doubles import ManualClock, settle
from tests.engine.drivers.contract import (
    Watch,
    anything,
    connected,
    first_error,
    make,
)
from tests.engine.drivers.moonraker.rigs import JOB, KEY, MoonrakerRig, simulated
from tests.patience import PATIENCE_S

GCODE = (
    b";TIME:1200\n;LAYER_COUNT:40\nM190 S60\nM109 S210\n"
    b"EXCLUDE_OBJECT_DEFINE NAME=Cube\nEXCLUDE_OBJECT_DEFINE NAME=Cone\n"
) + b"G1 X10 Y10 E1\n" * 4000


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[MoonrakerRig]:
    async with simulated(tmp_path / "machine") as rig:
        yield rig


def start(mapping: tuple[SlotRef | None, ...] = ()) -> StartPrint:
    return StartPrint("part.gcode", "Part", 1, mapping, 4711)


async def uploaded(driver: Driver, tmp_path: Path, name: str = "part.gcode") -> None:
    source = tmp_path / "source.gcode"
    source.write_bytes(GCODE)
    await driver.upload(source, name, lambda *_: None)


class TestJobs:
    async def test_a_print_from_its_upload_to_its_end(
        self, rig: MoonrakerRig, tmp_path: Path
    ) -> None:
        machine = rig.simulated.machine
        async with connected(rig) as (driver, watch):
            await uploaded(driver, tmp_path)
            await driver.execute(start())
            state = await watch.until(
                lambda s: s.job is not None and s.job.external_id is not None
            )
            assert state.activity is Activity.PREPARING
            assert state.job is not None
            assert (state.job.name, state.job.token) == ("part.gcode", 4711)
            machine.advance(600)
            state = await watch.until(
                lambda s: (
                    s.activity is Activity.PRINTING
                    and s.job is not None
                    and bool(s.job.layer)
                )
            )
            job = state.job
            assert job is not None
            assert job.token == 4711
            assert job.total_layers == 40
            assert job.progress_pct is not None
            assert 1 <= job.progress_pct < 100
            assert job.remaining_s
            assert job.remaining_source is EstimateSource.BLEND
            assert job.started_at is not None
            machine.advance(1200)
            state = await watch.until(lambda s: s.activity is Activity.FINISHED)
            assert state.job is not None
            assert (state.job.progress_pct, state.job.remaining_s) == (100, 0)
            assert isinstance(driver, MoonrakerDriver)
            past = await driver.past_jobs(datetime(2020, 1, 1, tzinfo=UTC))
            assert [each.result for each in past] == [PrintResult.FINISHED]
            assert past[0].external_id == job.external_id

    async def test_the_next_print_of_that_file_is_not_ours(
        self, rig: MoonrakerRig, tmp_path: Path
    ) -> None:
        async with connected(rig) as (driver, watch):
            await uploaded(driver, tmp_path)
            await driver.execute(start())
            rig.simulated.machine.advance(2000)
            await watch.until(lambda s: s.activity is Activity.FINISHED)
            rig.simulated.start_job(PlainJob("part.gcode"))
            state = await watch.until(lambda s: s.activity is Activity.PREPARING)
            assert state.job is not None
            assert state.job.token is None

    async def test_a_print_found_running_has_its_number(
        self, rig: MoonrakerRig
    ) -> None:
        rig.begin_print()
        async with connected(rig) as (_, watch):
            job = watch.states[0].job
            assert job is not None
            assert job.external_id == "000001"
            assert job.token is None

    async def test_our_print_stays_ours_over_a_lost_link(
        self, rig: MoonrakerRig, tmp_path: Path
    ) -> None:
        async with connected(rig) as (driver, watch):
            await uploaded(driver, tmp_path)
            await driver.execute(start())
            rig.simulated.machine.advance(300)
            await watch.until(lambda s: s.activity is Activity.PRINTING)
            rig.cut()
            await watch.end()
            rig.simulated.machine.advance(100)
            async with Watch(driver) as again:
                state = await again.until(anything)
                assert state.job is not None
                assert (state.job.token, state.job.external_id) == (4711, "000001")

    async def test_a_host_that_starts_anew_does_not_end_its_print(
        self, rig: MoonrakerRig
    ) -> None:
        rig.begin_print()
        async with connected(rig) as (driver, watch):
            rig.simulated.misbehave("host_restart")
            await watch.end()
            async with Watch(driver) as again:
                await settle(20)
                assert not again.states
                rig.simulated.behave("host_restart")
                state = await again.until(anything)
                assert state.link is LinkStatus.ONLINE
                assert state.activity is Activity.PRINTING
            assert _stories([*watch.states, *again.states]) == []

    async def test_the_same_file_begun_while_we_were_away_is_not_ours(
        self, rig: MoonrakerRig, tmp_path: Path
    ) -> None:
        async with connected(rig) as (driver, watch):
            await uploaded(driver, tmp_path)
            await driver.execute(start())
            await watch.until(lambda s: s.job is not None and bool(s.job.external_id))
            rig.cut()
            await watch.end()
            rig.simulated.machine.advance(2000)
            rig.simulated.machine.clear()
            rig.simulated.start_job(PlainJob("part.gcode"), at=0.5)
            async with Watch(driver) as again:
                state = await again.until(anything)
                assert state.job is not None
                assert (state.job.token, state.job.external_id) == (None, "000002")

    async def test_a_loaded_file_is_reset_once(
        self, rig: MoonrakerRig, tmp_path: Path
    ) -> None:
        rig.simulated.misbehave("sd_busy")
        async with connected(rig) as (driver, watch):
            await uploaded(driver, tmp_path)
            await driver.execute(start())
            await watch.until(lambda s: s.job is not None and s.job.token == 4711)
        assert rig.simulated.scripts == ["SDCARD_RESET_FILE"]

    async def test_a_start_beside_a_print_is_refused(
        self, rig: MoonrakerRig, tmp_path: Path
    ) -> None:
        rig.begin_print()
        async with connected(rig) as (driver, watch):
            await uploaded(driver, tmp_path)
            with pytest.raises(CommandRejected, match="has a job"):
                await driver.execute(start())
            assert watch.states[-1].job is not None
            assert watch.states[-1].job.token is None
        assert rig.simulated.scripts == []
        assert "printer.print.start" not in rig.simulated.requests

    async def test_a_start_does_not_end_what_is_paused(
        self, rig: MoonrakerRig, tmp_path: Path
    ) -> None:
        rig.begin_print()
        async with connected(rig) as (driver, watch):
            await uploaded(driver, tmp_path)
            await driver.execute(Pause())
            await watch.until(lambda s: s.activity is Activity.PAUSED)
            with pytest.raises(CommandRejected, match="has a job"):
                await driver.execute(start())
        job = rig.simulated.machine.job
        assert job is not None
        assert job.name == JOB.name

    async def test_a_pause_is_done_when_it_shows(self, rig: MoonrakerRig) -> None:
        rig.begin_print()
        rig.simulated.misbehave("slow_pause")
        async with connected(rig) as (driver, watch), asyncio.timeout(PATIENCE_S):
            await driver.execute(Pause())
            state = await watch.until(lambda s: s.activity is Activity.PAUSED)
            assert attention_reason(state) is None
            rig.simulated.behave("slow_pause")
            await driver.execute(Resume())
            await driver.execute(Stop())
            await watch.until(lambda s: s.activity is Activity.CANCELLED)

    async def test_our_cancel_may_end_in_standby(self, rig: MoonrakerRig) -> None:
        rig.simulated.misbehave("cancel_to_standby")
        rig.begin_print()
        async with connected(rig) as (driver, watch):
            await driver.execute(Stop())
            state = await watch.until(
                lambda s: s.activity is not None and not s.activity.has_running_job
            )
            assert state.activity is Activity.CANCELLED

    async def test_a_runout_pauses_and_says_why(self, rig: MoonrakerRig) -> None:
        rig.begin_print()
        async with connected(rig) as (_, watch):
            rig.simulated.machine.change(has_filament=False)
            state = await watch.until(lambda s: s.activity is Activity.PAUSED)
            assert attention_reason(state) == "filament_runout_runout"
            assert state.filament_sensors[0].sees_filament is False

    async def test_objects_are_left_out_by_their_names(self, rig: MoonrakerRig) -> None:
        rig.begin_print()
        async with connected(rig) as (driver, watch):
            await driver.execute(SkipObjects((1,)))
            state = await watch.until(lambda s: bool(s.job and s.job.skipped_objects))
            assert state.job is not None
            assert state.job.skipped_objects == (1,)
            with pytest.raises(CommandRejected):
                await driver.execute(SkipObjects((7,)))
        assert rig.simulated.machine.excluded == ["Cone"]

    async def test_an_error_is_dismissed(self, rig: MoonrakerRig) -> None:
        rig.begin_print()
        async with connected(rig) as (driver, watch):
            rig.simulated.machine.fail("Move out of range")
            state = await watch.until(lambda s: s.activity is Activity.FAILED)
            assert [each.text for each in state.faults] == ["Move out of range"]
            await driver.execute(ClearFaults())
            await watch.until(lambda s: s.activity is Activity.IDLE and not s.faults)


class TestKlipper:
    async def test_what_it_printed_is_stale_after_a_shutdown(
        self, rig: MoonrakerRig
    ) -> None:
        rig.begin_print()
        async with connected(rig) as (driver, watch):
            rig.simulated.misbehave("shutdown")
            state = await watch.until(lambda s: bool(s.faults and s.faults[0].text))
            assert state.activity is Activity.FAILED
            assert state.link is LinkStatus.ONLINE
            assert state.job is not None
            assert state.job.name == JOB.name
            assert attention_reason(state) == "klippy_shutdown"
            await watch.until(
                lambda s: any("Lost communication" in f.text for f in s.faults)
            )
            assert CommandKind.START_PRINT not in state.capabilities.commands
            with pytest.raises(NotSupported):
                await driver.execute(Stop())
            await driver.execute(RestartFirmware())
            await watch.until(lambda s: s.link_reason is LinkReason.MACHINE_AWAY)
            await watch.until(lambda s: s.activity is Activity.IDLE)
            await driver.execute(SetBedTemperature(50))
            await watch.until(
                lambda s: (
                    s.temperatures.bed is not None and s.temperatures.bed.target_c == 50
                )
            )

    async def test_it_goes_away_with_its_job_and_comes_back(
        self, rig: MoonrakerRig
    ) -> None:
        rig.begin_print()
        async with connected(rig) as (driver, watch):
            rig.simulated.misbehave("klippy_disconnect")
            state = await watch.until(lambda s: s.link is LinkStatus.OFFLINE)
            assert state.link_reason is LinkReason.MACHINE_AWAY
            assert state.activity is Activity.FAILED
            assert state.capabilities.commands == (
                CommandKind.RESTART_HOST,
                CommandKind.SET_ACTIVE_SPOOL,
                CommandKind.SET_POWER,
            )
            await driver.execute(SetPower("printer", is_on=False))
            await watch.until(
                lambda s: any(
                    each.name == "printer" and each.is_on is False
                    for each in s.power_devices
                )
            )
            await driver.execute(RestartHost())
            state = await watch.until(lambda s: s.link is LinkStatus.ONLINE)
            assert state.activity is Activity.IDLE
            rig.begin_print()
            await watch.until(lambda s: s.activity is Activity.PRINTING)
        assert _stories(watch.states) == ["ended failed", "started"]

    async def test_it_may_be_away_from_the_beginning(self, rig: MoonrakerRig) -> None:
        rig.simulated.misbehave("klippy_disconnect")
        clock = ManualClock()
        async with connected(rig, clock) as (_, watch):
            state = watch.states[0]
            assert (state.link, state.activity) == (LinkStatus.OFFLINE, None)
            assert state.link_reason is LinkReason.MACHINE_AWAY
            rig.simulated.behave("klippy_disconnect")
            await watch.until(lambda s: s.activity is Activity.IDLE)

    async def test_a_stop_needs_no_open_connection(self, rig: MoonrakerRig) -> None:
        rig.begin_print()
        driver = make(rig, rig.connection)
        await driver.emergency_stop()
        assert rig.simulated.klipper.state == "shutdown"
        await driver.close()

    async def test_a_stop_that_comes_too_early_can_be_tried_again(
        self, rig: MoonrakerRig
    ) -> None:
        # For half a second after its start Moonraker has no such path (0.11.0).
        async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(say, "127.0.0.1", 0) as starting:
            port = starting.sockets[0].getsockname()[1]
            driver = make(rig, replace(rig.connection, ports={"http": port}))
            with pytest.raises(Unreachable, match="Klipper yet"):
                await driver.emergency_stop()
            await driver.close()

    @pytest.mark.parametrize("mood", ["hung_http", "deaf_socket"])
    async def test_a_stop_takes_the_way_that_works(
        self, rig: MoonrakerRig, mood: str
    ) -> None:
        rig.begin_print()
        async with connected(rig) as (driver, watch):
            rig.simulated.misbehave(mood)
            async with asyncio.timeout(2):
                await driver.emergency_stop()
            await watch.until(lambda s: s.activity is Activity.FAILED)
        assert rig.simulated.klipper.state == "shutdown"

    async def test_a_server_that_refuses_to_tell_is_still_there(
        self, rig: MoonrakerRig
    ) -> None:
        clock = ManualClock()
        async with connected(rig, clock) as (driver, watch):
            rig.simulated.misbehave("refuse_info")
            for _ in range(6):
                await clock.advance(10)
                await asyncio.sleep(0.01)
            await driver.execute(rig.harmless)
            assert watch.states

    async def test_what_was_refused_while_it_came_is_asked_again(
        self, rig: MoonrakerRig
    ) -> None:
        clock = ManualClock()
        rig.simulated.misbehave("refuse_subscription")
        driver = rig.driver(rig.connection, clock, clock)
        async with Watch(driver) as watch:
            async with asyncio.timeout(PATIENCE_S):
                while not rig.clients or driver.last_heard_s is None:
                    await settle(1)
            await asyncio.sleep(0.1)
            rig.simulated.behave("refuse_subscription")
            reporting = asyncio.ensure_future(watch.until(anything))
            while not reporting.done():
                await clock.advance(5)
            assert reporting.result().activity is Activity.IDLE
        await driver.close()

    async def test_silence_is_noticed(self, rig: MoonrakerRig) -> None:
        clock = ManualClock()
        async with connected(rig, clock) as (_, watch):
            rig.simulated.misbehave("silent")
            ending = asyncio.ensure_future(watch.end())
            while not ending.done():
                await clock.advance(5)
            assert isinstance(ending.result(), Unreachable)

    async def test_a_trusted_machine_wants_no_key(self, tmp_path: Path) -> None:
        async with (
            simulated(tmp_path / "machine", secret=None) as rig,
            connected(rig) as (driver, _),
        ):
            await driver.execute(rig.harmless)

    async def test_a_bare_machine_prints_nothing(self, tmp_path: Path) -> None:
        async with (
            simulated(tmp_path / "machine", "bare") as rig,
            connected(rig) as (_, watch),
        ):
            state = watch.states[0]
            assert state.activity is Activity.IDLE
            assert state.temperatures.bed is None
            commands = state.capabilities.commands
            for absent in ("start_print", "home", "set_bed_temperature", "set_fan"):
                assert absent not in commands


class TestControl:
    async def test_what_is_set_shows(self, rig: MoonrakerRig) -> None:
        async with connected(rig) as (driver, watch):
            for command in (
                SetNozzleTemperature(200),
                SetFan("part", 40),
                SetFan("exhaust", 60),
                SetSpeedPercent(120),
                SetFlow(95),
                SetActiveSpool(12),
            ):
                await driver.execute(command)
            state = await watch.until(lambda s: s.active_spool_id == 12)
            assert state.temperatures.nozzles[0].target_c == 200
            assert state.fans.part_pct == 40
            fans = {each.name: each.percent for each in state.fans.others}
            assert fans == {"exhaust": 60, "hotend": 100}
            assert state.capabilities.fans == ("part", "exhaust")
            assert state.speed is not None
            assert (state.speed.percent, state.speed.flow_pct) == (120, 95)
            assert state.capabilities.nozzle_max_c == 300
            assert state.capabilities.bed_max_c == 110

    async def test_a_switch_that_does_not_work_is_not_told_as_done(
        self, rig: MoonrakerRig
    ) -> None:
        rig.simulated.misbehave("broken_switch")
        async with connected(rig) as (driver, _):
            with pytest.raises(CommandRejected, match="reports an error"):
                await driver.execute(SetPower("printer", is_on=False))

    async def test_a_move_before_homing_is_refused_in_its_words(
        self, rig: MoonrakerRig
    ) -> None:
        async with connected(rig) as (driver, _):
            with pytest.raises(CommandRejected, match="Must home axis first"):
                await driver.execute(Jog(Axis.X, 10))
            assert rig.simulated.klipper.is_relative is False
            assert isinstance(driver, MoonrakerDriver)
            lines = [line.text for line in driver.console(0)]
            assert "G1 X10.000 F3000" in lines
            assert any(line.startswith("!! Must home") for line in lines)
            last = driver.console(0)[-1].number
            assert driver.console(last) == []

    async def test_heaters_obey_lines_of_g_code(self, rig: MoonrakerRig) -> None:
        async with connected(rig) as (driver, watch):
            await driver.execute(SendGcode(("M104 S205", "M140 S55")))
            state = await watch.until(
                lambda s: (
                    s.temperatures.bed is not None and s.temperatures.bed.target_c == 55
                )
            )
            assert state.temperatures.nozzles[0].target_c == 205

    async def test_macros_run_by_name_and_hidden_ones_do_not(
        self, rig: MoonrakerRig
    ) -> None:
        async with connected(rig) as (driver, watch):
            macros = watch.states[0].capabilities.macros
            assert macros == ("CLEAN_NOZZLE", "START_PRINT")
            await driver.execute(RunMacro("CLEAN_NOZZLE"))
            with pytest.raises(NotSupported):
                await driver.execute(RunMacro("_PARK"))
            await driver.execute(SendGcode(("M117 hello", "G4 P1")))
        assert rig.simulated.scripts == ["CLEAN_NOZZLE", "M117 hello\nG4 P1"]

    async def test_a_question_is_answered_by_a_button(self, rig: MoonrakerRig) -> None:
        rig.begin_print()
        rig.simulated.machine.pause()
        async with connected(rig) as (driver, watch):
            rig.simulated.act("ask")
            state = await watch.until(lambda s: s.prompt is not None)
            assert state.prompt is not None
            assert state.prompt.choices == ("Go on", "Stop")
            assert "red one" in state.prompt.text
            assert attention_reason(state) == "prompt"
            await driver.execute(AnswerPrompt(0))
            rig.simulated.say("// action:prompt_end")
            await watch.until(lambda s: s.prompt is None)
        assert rig.simulated.scripts == ["RESUME"]

    async def test_a_question_is_dismissed_while_it_prints(
        self, rig: MoonrakerRig
    ) -> None:
        rig.begin_print()
        async with connected(rig) as (driver, watch):
            rig.simulated.act("ask")
            await watch.until(lambda s: attention_reason(s) == "prompt")
            await driver.execute(ClearFaults())
            state = await watch.until(lambda s: s.prompt is None)
            assert not state.faults
            assert state.activity is Activity.PRINTING
            assert isinstance(driver, MoonrakerDriver)
            assert "// action:prompt_end" in [each.text for each in driver.console(0)]
        assert rig.simulated.scripts == ['RESPOND TYPE=command MSG="action:prompt_end"']


class TestMachines:
    async def test_four_heads_in_the_order_of_their_numbers(
        self, tmp_path: Path
    ) -> None:
        async with (
            simulated(tmp_path / "machine", "toolchanger") as rig,
            connected(rig) as (driver, watch),
        ):
            assert watch.states[0].capabilities.heads == 4
            await driver.execute(SetNozzleTemperature(215, nozzle=2))
            await driver.execute(SelectTool(3))
            state = await watch.until(
                lambda s: (
                    s.temperatures.nozzles[2].target_c == 215 and s.nozzles[3].is_active
                )
            )
            assert [each.is_active for each in state.nozzles].count(True) == 1
            assert state.fans.part_pct is None
            assert "part" not in state.capabilities.fans
            assert rig.simulated.scripts[-1] == "T3"

    async def test_a_heated_chamber_and_its_sensor(self, tmp_path: Path) -> None:
        async with (
            simulated(tmp_path / "machine", "chamber") as rig,
            connected(rig) as (driver, watch),
        ):
            await driver.execute(SetChamberTemperature(45))
            state = await watch.until(
                lambda s: (
                    s.temperatures.chamber is not None
                    and s.temperatures.chamber.target_c == 45
                )
            )
            assert state.capabilities.chamber_max_c == 60
            sensors = {(each.name, each.kind): each.value for each in state.sensors}
            assert sensors["Enclosure", SensorKind.HUMIDITY] == 33.4

    async def test_gates_jams_and_the_map_of_tools(self, tmp_path: Path) -> None:
        async with (
            simulated(tmp_path / "machine", "happy_hare") as rig,
            connected(rig) as (driver, watch),
        ):
            state = watch.states[0]
            slots = state.filament_units[0].slots
            assert [each.is_occupied for each in slots] == [True, True, False, None]
            assert slots[0].color == "#FF0000FF"
            assert slots[1].color == "#FFFFFFFF"
            assert slots[1].spool_id == 12
            assert state.active_slot == SlotRef(0, 0)
            await uploaded(driver, tmp_path)
            await driver.execute(start(mapping=(SlotRef(0, 1),)))
            assert rig.simulated.scripts == ["MMU_TTG_MAP MAP=1,1,2,3 QUIET=1"]
            rig.simulated.machine.advance(300)
            await watch.until(lambda s: s.activity is Activity.PRINTING)
            rig.simulated.act("mmu_jam")
            state = await watch.until(lambda s: s.activity is Activity.PAUSED)
            assert attention_reason(state) == "mmu_locked"
            await driver.execute(ClearFaults())
            await watch.until(lambda s: not s.faults)


class TestFiles:
    @pytest.mark.parametrize("mood", [None, "wrapped_upload", "old_upload"])
    async def test_all_forms_of_the_answer_to_an_upload(
        self, rig: MoonrakerRig, tmp_path: Path, mood: str | None
    ) -> None:
        if mood:
            rig.simulated.misbehave(mood)
        async with connected(rig) as (driver, watch):
            await uploaded(driver, tmp_path, "Würfel 2.gcode")
            assert rig.stored("Würfel 2.gcode") == len(GCODE)
            assert isinstance(driver, MoonrakerDriver)
            there = await driver.files()
            assert [(each.name, each.size_bytes) for each in there] == [
                ("Würfel 2.gcode", len(GCODE))
            ]
            assert watch.states[-1].activity is Activity.IDLE

    async def test_half_a_file_is_noticed_where_no_size_is_told(
        self, rig: MoonrakerRig, tmp_path: Path
    ) -> None:
        rig.simulated.misbehave("old_upload")
        rig.simulated.misbehave("half_upload")
        async with connected(rig) as (driver, _):
            with pytest.raises(files.NotWhole):
                await uploaded(driver, tmp_path)
        assert rig.stored("part.gcode") is None

    async def test_only_films_are_timelapses(self, rig: MoonrakerRig) -> None:
        async with connected(rig) as (driver, _):
            assert isinstance(driver, MoonrakerDriver)
            assert await driver.timelapses() == ()
        told = [{"path": "a/part.mp4", "size": 9}, {"path": "a/part.jpg", "size": 1}]
        assert [each.name for each in shelf.recordings(told)] == ["a/part.mp4"]

    async def test_a_file_of_ours_is_looked_into(
        self, rig: MoonrakerRig, tmp_path: Path
    ) -> None:
        source = tmp_path / "part.gcode"
        source.write_bytes(GCODE)
        driver = make(rig, rig.connection)
        assert isinstance(driver, MoonrakerDriver)
        (plate,) = driver.inspect_file(source)
        assert plate.details.estimated_s == 1200

    async def test_a_host_without_klipper_takes_no_upload(
        self, rig: MoonrakerRig, tmp_path: Path
    ) -> None:
        async with connected(rig) as (driver, _):
            rig.simulated.misbehave("error_503")
            with pytest.raises(Unreachable, match="Klippy Host not connected"):
                await uploaded(driver, tmp_path)

    async def test_what_a_file_says_with_its_picture(
        self, rig: MoonrakerRig, tmp_path: Path
    ) -> None:
        async with connected(rig) as (driver, watch):
            await uploaded(driver, tmp_path)
            await driver.execute(start())
            state = await watch.until(lambda s: s.job is not None)
            assert state.job is not None
            assert isinstance(driver, MoonrakerDriver)
            plate = await driver.read_print_details(state.job)
            assert plate.details.estimated_s == 1200
            assert [each.name for each in plate.details.objects] == ["Cube", "Cone"]
            assert plate.picture is not None
            assert plate.picture == plate.small_picture
            kept: list[PlateFile] = []
            await driver.read_plates("part.gcode", kept.append)
            assert kept[0].details.weight_g == plate.details.weight_g

    async def test_cameras_elsewhere_are_not_fetched(self, rig: MoonrakerRig) -> None:
        async with connected(rig) as (driver, watch):
            here, there = watch.states[0].cameras
            assert (here.is_available, there.is_available) == (True, False)
            assert "another computer" in (there.unavailable_because or "")
            with pytest.raises(NotSupported):
                await driver.camera_frame("cam-2")
            one, other = await asyncio.gather(
                driver.camera_frame("cam-1"), driver.camera_frame("cam-1")
            )
            assert one is other


async def test_a_path_needs_no_slash(rig: MoonrakerRig) -> None:
    elsewhere = replace(rig.connection, options={"prefix": "printer2/"})
    error = await first_error(rig, elsewhere)
    assert isinstance(error, Unreachable)
    assert "404" in error.message


async def test_nothing_is_left_running(rig: MoonrakerRig, tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with connected(rig) as (driver, _):
        rig.simulated.misbehave("ignore_commands")
        waiting = [
            asyncio.ensure_future(each)
            for each in (
                driver.execute(rig.harmless),
                driver.execute(Pause()),
                driver.execute(start()),
                driver.camera_frame("cam-1"),
                uploaded(driver, tmp_path),
            )
        ]
        await asyncio.sleep(0.05)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await driver.close()
    await asyncio.sleep(0.1)
    left = [repr(each) for each in asyncio.all_tasks() - before]
    assert not [each for each in left if "drivers/printers" in each]


async def test_the_key_is_in_no_record(rig: MoonrakerRig) -> None:
    records: list[Record] = []
    driver = MoonrakerDriver(
        rig.connection, SystemClock(), LoopTicker(), records.append
    )
    async with Watch(driver) as watch:
        await watch.until(anything)
        await driver.execute(rig.harmless)
    await driver.emergency_stop()
    await driver.close()
    assert any(record.topic == "POST /printer/emergency_stop" for record in records)
    assert not any(KEY in str(record.payload) for record in records)


def _stories(states: list[PrinterState]) -> list[str]:
    told = []
    for before, after in itertools.pairwise(states):
        for event in transitions("p", before, after):
            match event:
                case PrintStarted():
                    told.append("started")
                case PrintEnded(_, result, _):
                    told.append(f"ended {result}")
    return told


def test_a_driver_that_never_connected_has_no_console(rig: MoonrakerRig) -> None:
    driver = make(rig, rig.connection)
    assert isinstance(driver, MoonrakerDriver)
    assert driver.console(0) == []
