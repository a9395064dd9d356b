"""What the contract does not know: files, the card, prompts, dialects, odd lines."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from odin_engine.drivers.printers.marlin.driver import MarlinDriver
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.errors import Invalid
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import (
    Activity,
    AnswerPrompt,
    Axis,
    ClearFaults,
    CommandRejected,
    Home,
    Jog,
    NotSupported,
    Pause,
    PrinterState,
    RestartFirmware,
    Resume,
    SelectTool,
    SendGcode,
    SetFan,
    SetFlow,
    SetNozzleTemperature,
    SetSpeedPercent,
    StartPrint,
    Stop,
    Unreachable,
)
from odin_engine.printers.ports import Connection, HasConsole, ListsFiles, Record
from odin_engine.simulator.plain import PlainJob
from tests.engine.doubles import ManualClock, settle
from tests.engine.drivers.contract import Watch, connected, finish, first_error
from tests.engine.drivers.marlin.rigs import JOB, MarlinRig, simulated
from tests.patience import PATIENCE_S


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[MarlinRig]:
    async with simulated(tmp_path) as made:
        yield made


async def test_the_first_state_tells_all(rig: MarlinRig) -> None:
    async with connected(rig) as (driver, watch):
        state = watch.states[0]
        assert state.model is not None
        assert state.model.name == "Simulated"
        assert state.firmware.version == "Marlin 2.1.3 (Sep 1 2026 00:00:00)"
        assert state.temperatures.nozzles[0].current_c == 22
        assert state.temperatures.bed is not None
        assert state.speed is not None
        assert (state.speed.percent, state.speed.flow_pct) == (100, 100)
        assert state.capabilities.nozzle_max_c == 260
        assert state.capabilities.has_console
        assert isinstance(driver, HasConsole)
        assert isinstance(driver, ListsFiles)


async def test_the_owners_maxima_are_the_bounds(rig: MarlinRig) -> None:
    options = {**rig.connection.options, "nozzle_max_c": 300, "bed_max_c": "120"}
    rig.connection = replace(rig.connection, options=options)
    async with connected(rig) as (_, watch):
        can = watch.states[0].capabilities
        assert (can.nozzle_max_c, can.bed_max_c) == (300, 120)


async def test_commands_do_what_they_say(rig: MarlinRig) -> None:
    machine = rig.printer.machine
    async with connected(rig) as (driver, watch):
        await driver.execute(SetNozzleTemperature(205))
        assert machine.nozzles[0].target_c == 205
        await driver.execute(SetFan("part", 40))
        assert machine.fans_pct["part"] == 40
        await driver.execute(SetSpeedPercent(120))
        await driver.execute(SetFlow(95))
        assert (machine.speed_pct, machine.flow_pct) == (120, 95)
        await watch.until(lambda s: s.speed is not None and s.speed.flow_pct == 95)
        await driver.execute(Home())
        await driver.execute(Jog(Axis.X, 12.5))
        await driver.execute(Jog(Axis.X, -2.5))
        assert rig.printer.firmware.motion.at["X"] == pytest.approx(10)
        assert not rig.printer.firmware.motion.is_relative
        await driver.execute(SendGcode(("M117 Hello; *N*", "G0 X3")))
        assert rig.printer.firmware.motion.at["X"] == 3
        with pytest.raises(NotSupported):
            await driver.execute(SelectTool(0))


async def test_a_second_nozzle_is_a_tool(tmp_path: Path) -> None:
    async with simulated(tmp_path, heads=2) as rig, connected(rig) as (driver, watch):
        assert watch.states[0].capabilities.heads == 2
        await driver.execute(SetNozzleTemperature(180, nozzle=1))
        assert rig.printer.machine.nozzles[1].target_c == 180
        await driver.execute(SelectTool(1))
        assert rig.printer.machine.tool == 1
        await watch.until(lambda s: s.temperatures.nozzles[1].target_c == 180)


async def test_the_console_shows_the_conversation(rig: MarlinRig) -> None:
    async with connected(rig) as (driver, _):
        assert isinstance(driver, MarlinDriver)
        last = driver.console(0)[-1].number
        with pytest.raises(CommandRejected, match="does not know"):
            await driver.execute(SendGcode(("M9999",)))
        new = driver.console(last)
        assert [(line.is_sent, line.text) for line in new] == [
            (True, "M9999"),
            (False, 'echo:Unknown command: "M9999"'),
        ]
        assert driver.console(new[-1].number) == ()


@pytest.mark.parametrize("line", ["M28 x.gco", "M110 N5", "EXCLUDE_OBJECT"])
async def test_lines_that_would_break_the_line_are_not_sent(
    rig: MarlinRig, line: str
) -> None:
    async with connected(rig) as (driver, _):
        with pytest.raises(CommandRejected):
            await driver.execute(SendGcode((line,)))
        await driver.execute(rig.harmless)


async def test_files_are_kept_with_the_engine_and_listed_with_the_cards(
    rig: MarlinRig, tmp_path: Path
) -> None:
    rig.printer.firmware.files["Long benchy name.gcode"] = JOB
    source = tmp_path / "source"
    source.write_bytes(b"G1 X1\n")
    async with connected(rig) as (driver, _):
        assert isinstance(driver, MarlinDriver)
        await driver.upload(source, "part.gcode", lambda *_: None)
        assert [(file.name, file.place) for file in await driver.files()] == [
            ("part.gcode", "engine"),
            ("Long benchy name.gcode", "sd"),
        ]
        assert await driver.timelapses() == ()


async def test_an_empty_file_is_refused(rig: MarlinRig, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"")
    async with connected(rig) as (driver, _):
        with pytest.raises(CommandRejected, match="empty"):
            await driver.upload(source, "part.gcode", lambda *_: None)
        with pytest.raises(Invalid):
            await driver.delete_file("../part.gcode")


async def test_two_machines_keep_their_files_apart(
    rig: MarlinRig, tmp_path: Path
) -> None:
    async with simulated(tmp_path) as other:
        rig.keep("part.gcode", b"G1 X1\n")
        assert other.stored("part.gcode") is None
        assert rig.stored("part.gcode") == 6


async def test_a_file_of_the_card_is_printed_paused_and_cancelled(
    rig: MarlinRig,
) -> None:
    rig.printer.firmware.files["Long benchy name.gcode"] = JOB
    machine = rig.printer.machine
    async with connected(rig) as (driver, watch):
        command = StartPrint("Long benchy name.gcode", "benchy", 1, (), 17)
        await driver.execute(command)
        machine.printed_s = 300
        state = await watch.until(lambda s: s.activity is Activity.PRINTING)
        state = await watch.until(
            lambda s: s.job is not None and s.job.progress_pct == 25
        )
        assert state.job is not None
        assert (state.job.token, state.job.source) == (17, "card")
        await driver.execute(Pause())
        await watch.until(lambda s: s.activity is Activity.PAUSED)
        assert machine.activity.value == "paused"
        await driver.execute(Resume())
        await watch.until(lambda s: s.activity is Activity.PRINTING)
        await driver.execute(Stop())
        await watch.until(lambda s: s.activity is Activity.CANCELLED)
        assert machine.activity.value == "cancelled"


async def test_a_print_from_the_card_is_found_and_followed_to_its_end(
    rig: MarlinRig,
) -> None:
    rig.printer.start_job(PlainJob("benchy.gcode", print_s=100), at=0.5)
    async with connected(rig) as (_, watch):
        state = watch.states[0]
        assert state.activity is Activity.PRINTING
        assert state.job is not None
        assert (state.job.name, state.job.progress_pct) == ("benchy.gcode", 50)
        rig.printer.machine.advance(600)
        state = await watch.until(lambda s: s.activity is Activity.FINISHED)
        assert state.job is not None
        assert state.job.progress_pct == 100


async def test_a_print_that_is_stopped_at_the_panel_is_cancelled(
    rig: MarlinRig,
) -> None:
    async with connected(rig) as (_, watch):
        rig.begin_print()
        await watch.until(lambda s: s.activity is Activity.PRINTING)
        rig.printer.machine.cancel()
        await watch.until(lambda s: s.activity is Activity.CANCELLED)


async def test_pausing_at_the_panel_is_seen(rig: MarlinRig) -> None:
    async with connected(rig) as (_, watch):
        rig.begin_print()
        await watch.until(lambda s: s.activity is Activity.PRINTING)
        rig.printer.act("pause")
        await watch.until(lambda s: s.activity is Activity.PAUSED)
        rig.printer.act("resume")
        await watch.until(lambda s: s.activity is Activity.PRINTING)


async def test_a_question_is_shown_and_answered(rig: MarlinRig) -> None:
    async with connected(rig) as (driver, watch):
        rig.printer.act("ask", text="Is the plate clear?", choices=["Yes", "No"])
        state = await watch.until(lambda s: s.prompt is not None)
        assert state.activity is Activity.ATTENTION
        assert state.prompt is not None
        assert state.prompt.text == "Is the plate clear?"
        assert state.prompt.choices == ("Yes", "No")
        await driver.execute(AnswerPrompt(1))
        assert (await watch.until(lambda s: s.prompt is None)).activity is Activity.IDLE
        assert rig.printer.firmware.commands.answers == ["M876 S1"]


async def test_a_filament_change_waits_for_a_person(rig: MarlinRig) -> None:
    async with connected(rig) as (driver, watch):
        await driver.execute(rig.keep("x.gcode", b"G1 X1 E1\nM600\nG1 X2 E2\n"))
        state = await watch.until(lambda s: s.activity is Activity.PAUSED)
        assert state.job is not None
        assert state.job.stage == "paused_for_user"
        assert state.prompt is not None
        await driver.execute(AnswerPrompt(0))
        await watch.until(lambda s: s.activity is Activity.FINISHED)


@pytest.mark.parametrize("variant", ["repetier", "old"])
async def test_other_firmware_is_polled_and_printed_on(
    tmp_path: Path, variant: str
) -> None:
    clock = ManualClock()
    async with (
        simulated(tmp_path, variant=variant) as rig,
        connected(rig, clock) as (driver, watch),
    ):
        rig.printer.machine.heat("bed", 60)
        warming = asyncio.create_task(
            watch.until(
                lambda s: (
                    s.temperatures.bed is not None and s.temperatures.bed.target_c == 60
                )
            )
        )
        await finish(warming, clock)
        await driver.execute(rig.keep("x.gcode", b"G1 X1 E1\n" * 50))
        ending = asyncio.create_task(
            watch.until(lambda s: s.activity is Activity.FINISHED)
        )
        await finish(ending, clock)


async def test_a_machine_that_reports_nothing_by_itself_is_asked(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    async with simulated(tmp_path) as rig, connected(rig, clock) as (_, watch):
        rig.printer.misbehave("no_reports")
        rig.begin_print()
        rig.printer.machine.heat("bed", 77)

        def is_seen(state: PrinterState) -> bool:
            bed = state.temperatures.bed
            is_hot = bed is not None and bed.target_c == 77
            return is_hot and state.activity is Activity.PRINTING

        await finish(asyncio.create_task(watch.until(is_seen)), clock)


async def test_a_halted_machine_takes_nothing_until_it_is_reset(
    rig: MarlinRig,
) -> None:
    async with connected(rig) as (driver, watch):
        rig.printer.misbehave("kill")
        state = await watch.until(lambda s: bool(s.faults))
        assert state.activity is Activity.ATTENTION
        with pytest.raises(NotSupported):
            await driver.execute(rig.harmless)
        rig.printer.act("reset")
        await watch.until(lambda s: s.activity is Activity.IDLE and not s.faults)
        await driver.execute(rig.harmless)


async def test_a_board_is_reset_over_its_cable(tmp_path: Path) -> None:
    async with (
        simulated(tmp_path, link="rfc2217") as rig,
        connected(rig) as (driver, watch),
    ):
        rig.printer.misbehave("kill")
        state = await watch.until(lambda s: bool(s.faults))
        assert state.capabilities.commands == ("clear_faults", "restart_firmware")
        await driver.execute(RestartFirmware())
        await watch.until(lambda s: not s.faults and s.activity is Activity.IDLE)
        await driver.execute(rig.harmless)


async def test_an_end_is_forgotten_when_it_is_cleared(rig: MarlinRig) -> None:
    async with connected(rig) as (driver, watch):
        await driver.execute(rig.keep("x.gcode", b"G1 X1 E1\n"))
        await watch.until(lambda s: s.activity is Activity.FINISHED)
        await driver.execute(ClearFaults())
        await watch.until(lambda s: s.activity is Activity.IDLE)


async def test_a_firmware_without_thermal_protection_is_named(tmp_path: Path) -> None:
    async with (
        simulated(tmp_path, lacks="thermal_protection") as rig,
        connected(rig) as (_, watch),
    ):
        faults = [fault.code for fault in watch.states[0].faults]
        assert faults == ["no_thermal_protection"]


async def test_a_board_that_restarts_over_and_over_is_left_alone(
    rig: MarlinRig,
) -> None:
    async with connected(rig) as (_, watch):
        for _ in range(4):
            rig.printer.misbehave("reset")
        error = await watch.end()
        assert isinstance(error, Unreachable)
        assert "restarts over and over" in error.message


async def test_a_bridge_without_rfc_2217_is_named(tmp_path: Path) -> None:
    async with simulated(tmp_path, link="refused") as rig:
        error = await first_error(rig, rig.connection)
        assert isinstance(error, Unreachable)
        assert "Choose raw TCP" in error.message


@pytest.mark.parametrize(
    ("word", "said"), [("silent", "no printer answers"), ("noise", "baud rate is most")]
)
async def test_nothing_sensible_at_the_beginning_is_told_apart(
    tmp_path: Path, word: str, said: str
) -> None:
    clock = ManualClock()
    async with simulated(tmp_path) as rig:
        driver = rig.driver(rig.connection, clock, clock)
        async with Watch(driver) as watch:
            rig.printer.misbehave("silent")
            ending = asyncio.create_task(watch.end())
            for _ in range(200):
                if word == "noise":
                    rig.printer.lines.send(b"\xf0\x9c\xe6\x18\n")
                if ending.done():
                    break
                await clock.advance(0.5)
            error = await ending
        assert isinstance(error, Unreachable)
        assert said in error.message


async def test_everything_said_is_tapped(rig: MarlinRig) -> None:
    records: list[Record] = []
    driver = MarlinDriver(
        rig.connection, rig.spool, SystemClock(), LoopTicker(), records.append
    )
    async with Watch(driver) as watch:
        await watch.until(lambda s: s.activity is Activity.IDLE)
        await driver.execute(rig.keep("x.gcode", b"G1 X1 E1\n"))
        await watch.until(lambda s: s.activity is Activity.FINISHED)
    said = [(each.direction, each.payload) for each in records]
    assert ("out", "N0 M110 N0*125") in said
    assert ("in", "ok") in said
    jobs = [each.payload for each in records if each.topic == "job"]
    assert [job["activity"] for job in jobs if isinstance(job, dict)] == [
        "preparing",
        "finished",
    ]


async def test_a_device_that_is_no_line_is_told(rig: MarlinRig) -> None:
    error = await first_error(rig, Connection("/dev/null"))
    assert isinstance(error, Unreachable)
    assert "/dev/null" in error.message


async def test_a_device_is_opened_alone_and_printed_on(tmp_path: Path) -> None:
    async with simulated(tmp_path, link="pty") as rig:
        driver = rig.driver(rig.connection, SystemClock(), LoopTicker())
        async with Watch(driver) as watch:
            async with asyncio.timeout(PATIENCE_S):
                while not driver.was_opened:
                    await settle(1)
            # As boards do whose reset hangs on the line.
            rig.printer.act("reset")
            await watch.until(lambda s: s.model is not None)
            error = await first_error(rig, rig.connection)
            assert isinstance(error, Unreachable)
            assert "Another program" in error.message
            await driver.execute(rig.keep("x.gcode", b"G1 X1 E1\n" * 100))
            await watch.until(lambda s: s.activity is Activity.FINISHED)
            rig.cut()
            assert isinstance(await watch.end(), Unreachable)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/dev/ttyNOBODY9", "There is no /dev/ttyNOBODY9"),
        ("/dev/../etc/passwd", "no device of this computer"),
        ("/etc/passwd", "no device of this computer"),
        ("/dev", "no serial port"),
        ("printer.example", "no IP address"),
    ],
)
async def test_what_is_no_port_is_told(rig: MarlinRig, path: str, said: str) -> None:
    error = await first_error(rig, Connection(path))
    assert isinstance(error, Unreachable)
    assert said in error.message


async def test_numbers_left_by_another_host_are_begun_anew(rig: MarlinRig) -> None:
    rig.printer.firmware.hear(b"N0 M110 N5000*93")
    rig.printer.firmware.hear(b"N5001 M1")
    async with connected(rig) as (driver, _):
        await driver.execute(rig.harmless)


async def test_an_ok_from_before_a_restart_does_not_shift_the_answers(
    rig: MarlinRig,
) -> None:
    async with connected(rig) as (driver, watch):
        received = rig.printer.firmware.received
        received.clear()
        # As behind a bridge that had a line of ours when the board restarted.
        rig.printer.firmware.lose_power()
        rig.printer.lines.send(b"start\nok\n")
        rig.printer.lines.send(b"ok\n")
        async with asyncio.timeout(PATIENCE_S):
            while not any("M105" in line for line in received):
                await settle(1)
        await driver.execute(rig.harmless)
        with pytest.raises(CommandRejected, match="does not know"):
            await driver.execute(SendGcode(("M9999",)))
        assert watch.states[-1].activity is Activity.IDLE
