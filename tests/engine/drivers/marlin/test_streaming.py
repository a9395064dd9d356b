"""Prints that are fed line by line: to their end, and through all that goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from odin_engine.drivers.printers.marlin.driver import MarlinDriver
from odin_engine.printers.model import (
    Activity,
    CommandRejected,
    DriverError,
    EstimateSource,
    LinkStatus,
    Pause,
    PrinterState,
    Resume,
    SetFan,
    StartPrint,
    Stop,
    Unreachable,
)
from odin_engine.simulator.marlin import SimulatedMarlin
from tests.engine.doubles import ManualClock, settle
from tests.engine.drivers.contract import Watch, connected, make
from tests.engine.drivers.marlin.rigs import MarlinRig, simulated
from tests.patience import PATIENCE_S

type Told = tuple[MarlinRig, MarlinDriver, Watch]


def gcode(moves: int = 200, layers: int = 4) -> bytes:
    lines = [
        ";FLAVOR:Marlin",
        ";TIME:600",
        f";LAYER_COUNT:{layers}",
        "M140 S60",
        "M105",
        "G28 ; home all",
        "G90",
        "M82",
        "G92 E0",
    ]
    for layer in range(layers):
        lines += [f";LAYER:{layer}", f"G0 F3000 Z{0.2 * (layer + 1):.2f}"]
        each = moves // layers
        lines += [
            f"G1 X{10 + i % 50} Y{20 + i % 40} E{layer * each + i * 0.01:.3f}"
            for i in range(each)
        ]
        lines.append(f";TIME_ELAPSED:{(layer + 1) * 150}")
    return ("\n".join([*lines, "M104 S0", "M140 S0"]) + "\n").encode()


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[MarlinRig]:
    async with simulated(tmp_path) as made:
        yield made


@asynccontextmanager
async def told(rig: MarlinRig, clock: ManualClock | None = None) -> AsyncIterator[Told]:
    async with connected(rig, clock) as (driver, watch):
        assert isinstance(driver, MarlinDriver)
        yield rig, driver, watch


def is_a(*activities: Activity) -> Callable[[PrinterState], bool]:
    return lambda state: state.activity in activities


async def true(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await settle(1)


async def until_end(watch: Watch, clock: ManualClock | None = None) -> PrinterState:
    ends = asyncio.create_task(
        watch.until(lambda s: s.activity is not None and s.activity.is_end)
    )
    while not ends.done():
        if clock is not None:
            await clock.advance(0.5)
        await settle(1)
    return await ends


def printed(printer: SimulatedMarlin) -> list[str]:
    """The commands that the machine took, without numbers, in order."""
    commands = [
        line.partition(" ")[2].rpartition("*")[0]
        for line in printer.firmware.received
        if line.startswith("N")
    ]
    return [each for each in commands if each.startswith(("G0", "G1", "M82", "G28"))]


def wanted(content: bytes) -> list[str]:
    lines = (line.partition(";")[0].strip() for line in content.decode().splitlines())
    return [each for each in lines if each.startswith(("G0", "G1", "M82", "G28"))]


async def test_a_file_is_printed_to_its_end(rig: MarlinRig) -> None:
    content = gcode()
    command = rig.keep("cube.gcode", content)
    async with told(rig) as (_, driver, watch):
        await driver.execute(command)
        state = await until_end(watch)
        assert state.activity is Activity.FINISHED
        assert state.job is not None
        assert (state.job.token, state.job.progress_pct) == (4711, 100)
        assert printed(rig.printer) == wanted(content)
        seen = [each.activity for each in watch.states]
        assert Activity.PREPARING in seen


async def test_progress_layers_and_time_come_from_the_file(tmp_path: Path) -> None:
    clock = ManualClock()
    async with simulated(tmp_path) as rig, told(rig, clock) as (_, driver, watch):
        command = rig.keep("cube.gcode", gcode().replace(b";LAYER:2", b"M25\n;LAYER:2"))
        await driver.execute(command)
        pausing = asyncio.create_task(watch.until(is_a(Activity.PAUSED)))
        while not pausing.done():
            await clock.advance(0.5)
            await settle(1)
        await clock.advance(1)
        state = watch.states[-1]
        assert state.job is not None
        assert state.job.stage == "paused_by_gcode"
        assert state.job.layer == 2
        assert state.job.total_layers == 4
        assert 40 <= (state.job.progress_pct or 0) <= 60
        assert state.job.remaining_s == 300
        assert state.job.remaining_source is EstimateSource.SLICER
        await driver.execute(Resume())
        assert (await until_end(watch, clock)).activity is Activity.FINISHED


@pytest.mark.parametrize(
    ("word", "every"),
    [
        ("lose_ok", 40),
        ("double_ok", 7),
        ("bad_line", 15),
        ("busy_storm", 1),
        ("garbage", 1),
    ],
)
async def test_every_line_arrives_once_whatever_goes_wrong(
    tmp_path: Path, word: str, every: int
) -> None:
    clock = ManualClock()
    content = gcode()
    async with simulated(tmp_path) as rig, told(rig, clock) as (_, driver, watch):
        command = rig.keep("cube.gcode", content)
        rig.printer.misbehave(word, every=every)
        await driver.execute(command)
        state = await until_end(watch, clock)
        assert state.activity is Activity.FINISHED
        done = rig.printer.firmware.motion
        assert done.at["X"] == pytest.approx(10 + 49)
        # Lines that came twice were refused by their numbers, so nothing was done twice.
        assert done.extruded_mm == pytest.approx(150.49, abs=0.01)


@pytest.mark.parametrize("word", ["resend_without_ok", "resend_storm"])
async def test_odd_requests_to_resend_do_no_harm(tmp_path: Path, word: str) -> None:
    clock = ManualClock()
    async with simulated(tmp_path) as rig, told(rig, clock) as (_, driver, watch):
        command = rig.keep("cube.gcode", gcode())
        rig.printer.misbehave("bad_line", every=12)
        rig.printer.misbehave(word)
        await driver.execute(command)
        assert (await until_end(watch, clock)).activity is Activity.FINISHED
        done = rig.printer.firmware.motion.extruded_mm
        assert done == pytest.approx(150.49, abs=0.01)


async def test_a_line_that_never_passes_fails_the_print(tmp_path: Path) -> None:
    clock = ManualClock()
    async with simulated(tmp_path) as rig, told(rig, clock) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        rig.printer.misbehave("resend_loop")
        state = await until_end(watch, clock)
        assert state.activity is Activity.FAILED
        assert "resend_loop" in {fault.code for fault in state.faults}


async def test_a_request_for_a_line_of_long_ago_fails_the_print(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    async with simulated(tmp_path) as rig, told(rig, clock) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await true(lambda: len(rig.printer.firmware.received) >= 500)
        rig.printer.misbehave("old_resend")
        state = await until_end(watch, clock)
        assert state.activity is Activity.FAILED
        assert "resend" in {fault.code for fault in state.faults}


async def test_a_reset_in_the_middle_fails_the_print(rig: MarlinRig) -> None:
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await watch.until(is_a(Activity.PREPARING, Activity.PRINTING))
        rig.printer.misbehave("reset")
        state = await until_end(watch)
        assert state.activity is Activity.FAILED
        assert [fault.code for fault in state.faults] == ["printer_reset"]
        await driver.execute(rig.harmless)
        await driver.execute(rig.keep("next.gcode", gcode()))
        await watch.until(is_a(Activity.FINISHED))
        assert watch.states[-1].faults == ()


async def test_thermal_protection_fails_the_print(rig: MarlinRig) -> None:
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await watch.until(is_a(Activity.PREPARING, Activity.PRINTING))
        rig.printer.misbehave("kill")
        state = await until_end(watch)
        assert state.activity is Activity.FAILED
        assert [fault.code for fault in state.faults] == ["thermal_runaway"]
        assert state.capabilities.commands == ("clear_faults",)
        rig.printer.act("reset")
        state = await watch.until(lambda s: "start_print" in s.capabilities.commands)
        assert state.faults == ()


async def test_a_lost_line_fails_the_print_and_the_heaters_go_off(
    rig: MarlinRig,
) -> None:
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await watch.until(is_a(Activity.PREPARING, Activity.PRINTING))
        rig.cut()
        assert isinstance(await watch.end(), Unreachable)
        assert watch.states[-1].activity is Activity.FAILED
        assert [each.code for each in watch.states[-1].faults] == ["link_lost"]
        async with Watch(driver) as again:
            state = await again.until(lambda s: s.link is LinkStatus.ONLINE)
            assert state.activity is Activity.FAILED
            assert rig.printer.machine.bed is not None
            assert rig.printer.machine.bed.target_c == 0


async def test_a_print_that_this_program_left_is_failed_at_the_next_start(
    rig: MarlinRig,
) -> None:
    assert rig.printer.machine.bed is not None
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await true((rig.spool.folder / ".feeding.json").exists)
        rig.printer.lines.cut()
        await watch.end()
    rig.printer.machine.bed.target_c = 60
    async with told(rig) as (_, driver, watch):
        state = watch.states[0]
        assert state.activity is Activity.FAILED
        assert state.job is not None
        assert (state.job.token, state.job.name) == (4711, "cube.gcode")
        assert rig.printer.machine.bed.target_c == 0
    async with told(rig) as (_, _, watch):
        assert watch.states[0].activity is Activity.IDLE


async def test_silence_in_the_middle_fails_the_print(tmp_path: Path) -> None:
    clock = ManualClock()
    async with simulated(tmp_path) as rig, told(rig, clock) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        rig.printer.misbehave("silent")
        state = await until_end(watch, clock)
        assert state.activity is Activity.FAILED
        assert [fault.code for fault in state.faults] == ["silent"]
        assert isinstance(await watch.end(), Unreachable)


async def test_pause_lifts_the_head_and_resume_brings_it_back(rig: MarlinRig) -> None:
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await true(lambda: len(rig.printer.firmware.received) >= 200)
        await driver.execute(Pause())
        state = await watch.until(is_a(Activity.PAUSED))
        assert state.job is not None
        assert state.job.stage == "paused_by_user"
        motion = rig.printer.firmware.motion
        here = dict(motion.at)
        taken = len(rig.printer.firmware.received)
        await driver.execute(rig.harmless)
        assert dict(motion.at) == here
        await driver.execute(Resume())
        await watch.until(is_a(Activity.PRINTING, Activity.PREPARING))
        way = list(rig.printer.firmware.received)[taken:]
        assert f"Z{here['Z'] - 10:.3f}" in " ".join(way)
        await driver.execute(Stop())


async def test_pause_lifts_the_head_that_is_told_of_on_the_ok_line(
    rig: MarlinRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    firmware = rig.printer.firmware
    do = firmware.commands.do

    def answer(text: str) -> str:
        return f" {firmware.motion.text()} C:20" if text == "M114" else do(text)

    monkeypatch.setattr(firmware.commands, "do", answer)
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await true(lambda: len(firmware.received) >= 200)
        await driver.execute(Pause())
        state = await watch.until(is_a(Activity.PAUSED))
        assert any(" G1 Z10 " in line for line in firmware.received)
        assert state.temperatures.chamber is None
        assert state.faults == ()
        await driver.execute(Stop())


async def test_a_cancel_stops_feeding_and_cools_down(rig: MarlinRig) -> None:
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await watch.until(is_a(Activity.PREPARING, Activity.PRINTING))
        await driver.execute(Stop())
        await watch.until(is_a(Activity.CANCELLED))
        assert printed(rig.printer)[-2:] == ["G1 Z5 F600", "G28 X"]
        assert rig.printer.machine.bed is not None
        assert rig.printer.machine.bed.target_c == 0
        taken = len(rig.printer.firmware.received)
        await asyncio.sleep(0.05)
        assert not any(
            "E" in line.partition("*")[0]
            for line in list(rig.printer.firmware.received)[taken:]
        )


async def test_a_cancelled_print_leaves_nobody_waiting(rig: MarlinRig) -> None:
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await watch.until(is_a(Activity.PREPARING, Activity.PRINTING))
        await driver.execute(Stop())
    left = [
        getattr(each.get_coro(), "__qualname__", "") for each in asyncio.all_tasks()
    ]
    assert "Event.wait" not in left


async def test_a_cancel_breaks_a_wait_for_heat(rig: MarlinRig) -> None:
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("hot.gcode", b"M109 S200\nG1 X1 E1\n"))
        await true(lambda: rig.printer.firmware.is_blocked)
        assert watch.states[-1].activity is Activity.PREPARING
        async with asyncio.timeout(PATIENCE_S):
            await driver.execute(Stop())
            await watch.until(is_a(Activity.CANCELLED))


async def test_commands_slip_in_between_the_lines_of_a_file(rig: MarlinRig) -> None:
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await driver.execute(SetFan("part", 50))
        assert rig.printer.machine.fans_pct["part"] == 50
        state = await watch.until(lambda s: s.fans.part_pct == 50)
        assert state.activity is not None
        assert state.activity.has_running_job
        await driver.execute(Stop())


async def test_the_machine_asks_its_host_to_pause_and_to_cancel(
    rig: MarlinRig,
) -> None:
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await true(lambda: rig.printer.firmware.is_fed)
        rig.printer.act("remove_filament")
        state = await watch.until(is_a(Activity.PAUSED))
        assert [fault.code for fault in state.faults] == ["filament_runout"]
        rig.printer.act("resume")
        state = await watch.until(is_a(Activity.PRINTING, Activity.PREPARING))
        assert state.faults == ()
        rig.printer.act("pause")
        await watch.until(is_a(Activity.PAUSED))
        rig.printer.act("cancel")
        await watch.until(is_a(Activity.CANCELLED))


async def test_only_one_print_at_a_time(rig: MarlinRig) -> None:
    async with told(rig) as (_, driver, _):
        command = rig.keep("cube.gcode", gcode(40_000))
        await driver.execute(command)
        with pytest.raises(CommandRejected, match="prints already"):
            await driver.execute(command)
        await driver.execute(Stop())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GCDE\x01\x00binary", "binary G-code"),
        (b"PK\x03\x04\0\0zip", "binary G-code"),
    ],
)
async def test_what_is_no_gcode_is_not_started(
    rig: MarlinRig, content: bytes, words: str
) -> None:
    async with told(rig) as (_, driver, watch):
        with pytest.raises(CommandRejected, match=words):
            await driver.execute(rig.keep("part.gcode", content))
        assert watch.states[-1].activity is Activity.IDLE


async def test_a_line_that_is_too_long_ends_the_print(rig: MarlinRig) -> None:
    content = gcode(8) + b"G1 X1 " + b"Y1.0000000 " * 20 + b"\nG1 X2\n"
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("long.gcode", content))
        state = await until_end(watch)
        assert state.activity is Activity.FAILED
        assert [fault.code for fault in state.faults] == ["line_too_long"]


async def test_a_file_that_nobody_has_is_not_started(rig: MarlinRig) -> None:
    async with told(rig) as (_, driver, _):
        command = StartPrint("gone.gcode", "gone", 1, (), 1)
        with pytest.raises(CommandRejected, match=r"no gone\.gcode"):
            await driver.execute(command)


async def test_an_unconfirmed_emergency_stop_ends_the_print_all_the_same(
    rig: MarlinRig,
) -> None:
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        rig.ignore_commands()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await driver.emergency_stop()
        assert rig.stops == 2
        state = await watch.until(is_a(Activity.FAILED))
        assert [fault.code for fault in state.faults] == ["emergency_stop"]


async def test_an_emergency_stop_passes_a_wait_for_heat(rig: MarlinRig) -> None:
    async with told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("hot.gcode", b"M109 S200\nG1 X1 E1\n"))
        await true(lambda: rig.printer.firmware.is_blocked)
        async with asyncio.timeout(PATIENCE_S):
            await driver.emergency_stop()
        assert (await until_end(watch)).activity is Activity.FAILED


async def test_a_print_ends_with_the_driver(rig: MarlinRig) -> None:
    driver = make(rig, rig.connection)
    async with Watch(driver) as watch:
        await watch.until(is_a(Activity.IDLE))
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await driver.close()
        assert isinstance(await watch.end(), DriverError)
        assert watch.states[-1].activity is Activity.FAILED
