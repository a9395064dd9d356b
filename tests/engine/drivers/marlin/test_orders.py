"""Orders to a machine that is busy, broken or gone: none is lost, none comes late."""

import asyncio
import io
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import override

import pytest

from odin_engine.drivers.printers.marlin.driver import MarlinDriver
from odin_engine.drivers.printers.marlin.link import Wire
from odin_engine.drivers.printers.marlin.place import Place
from odin_engine.drivers.printers.marlin.spool import Spool
from odin_engine.kernel.clock import Clock, SystemClock, Ticker
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.events import PrintEnded
from odin_engine.printers.model import (
    Activity,
    CommandRejected,
    CommandTimedOut,
    Pause,
    PrintResult,
    Resume,
    SendGcode,
    Stop,
)
from odin_engine.printers.ports import Connection
from tests.engine.doubles import ManualClock
from tests.engine.drivers.contract import Watch, finish
from tests.engine.drivers.lives import Lives
from tests.engine.drivers.marlin.rigs import MarlinRig, simulated
from tests.engine.drivers.marlin.test_streaming import (
    gcode,
    is_a,
    told,
    true,
    until_end,
)
from tests.patience import PATIENCE_S

HOT = b"M109 S200\nG1 X1 E1\n"


@pytest.fixture
async def plain(tmp_path: Path) -> AsyncIterator[MarlinRig]:
    """A machine on which nothing passes a wait for heat."""
    async with simulated(tmp_path, lacks="emergency_parser") as made:
        yield made


def heat_up(rig: MarlinRig) -> None:
    rig.printer.machine.nozzles[0].current_c = 200


def was_sent(rig: MarlinRig, command: str) -> bool:
    return any(command in line for line in rig.printer.firmware.received)


async def test_a_target_is_not_set_minutes_after_it_was_wanted(
    plain: MarlinRig,
) -> None:
    clock = ManualClock()
    async with told(plain, clock) as (_, driver, watch):
        await driver.execute(plain.keep("hot.gcode", HOT))
        await true(lambda: plain.printer.firmware.is_blocked)
        order = asyncio.create_task(driver.execute(plain.harmless))
        with pytest.raises(CommandTimedOut, match="M109 S200"):
            await finish(order, clock)
        heat_up(plain)
        assert (await until_end(watch, clock)).activity is Activity.FINISHED
        assert not was_sent(plain, "M140 S45")


@pytest.mark.parametrize("leaves", [False, True])
async def test_a_stop_is_done_though_nobody_waits_for_it(
    plain: MarlinRig, *, leaves: bool
) -> None:
    clock = ManualClock()
    async with told(plain, clock) as (_, driver, watch):
        await driver.execute(plain.keep("hot.gcode", HOT))
        await true(lambda: plain.printer.firmware.is_blocked)
        order = asyncio.create_task(driver.execute(Stop()))
        if leaves:
            await clock.advance(1)
            order.cancel()
            await asyncio.wait({order})
        else:
            with pytest.raises(CommandTimedOut, match="emergency stop"):
                await finish(order, clock)
        heat_up(plain)
        await watch.until(is_a(Activity.CANCELLED))
        assert was_sent(plain, "M104 S0")
        assert not was_sent(plain, "E1")


async def test_a_stop_overtakes_a_pause_that_waits(tmp_path: Path) -> None:
    clock = ManualClock()
    async with simulated(tmp_path) as rig, told(rig, clock) as (_, driver, watch):
        await driver.execute(rig.keep("hot.gcode", HOT))
        await true(lambda: rig.printer.firmware.is_blocked)
        with pytest.raises(CommandTimedOut):
            await finish(asyncio.create_task(driver.execute(Pause())), clock)
        async with asyncio.timeout(PATIENCE_S):
            await driver.execute(Stop())
        await watch.until(is_a(Activity.CANCELLED))


async def test_what_is_typed_holds_nobody_up(plain: MarlinRig) -> None:
    clock = ManualClock()
    async with told(plain, clock) as (_, driver, _):
        order = asyncio.create_task(driver.execute(SendGcode(("M109 S200",))))
        with pytest.raises(CommandTimedOut):
            await finish(order, clock)


async def test_an_emergency_stop_resets_a_board_that_reads_nothing(
    tmp_path: Path,
) -> None:
    options = {"link": "rfc2217", "lacks": "emergency_parser"}
    async with simulated(tmp_path, **options) as rig, told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("hot.gcode", HOT))
        await true(lambda: rig.printer.firmware.is_blocked)
        async with asyncio.timeout(PATIENCE_S):
            await driver.emergency_stop()
        assert (await until_end(watch)).activity is Activity.FAILED
        assert rig.printer.machine.nozzles[0].target_c == 0


async def test_two_starts_at_once_are_one_print(tmp_path: Path) -> None:
    async with simulated(tmp_path) as rig, told(rig) as (_, driver, watch):
        command = rig.keep("cube.gcode", gcode(40_000))
        done = await asyncio.gather(
            driver.execute(command), driver.execute(command), return_exceptions=True
        )
        assert [type(each) for each in done if each is not None] == [CommandRejected]
        await driver.execute(Pause())
        await driver.execute(Resume())
        await driver.execute(Stop())
        await watch.until(is_a(Activity.CANCELLED))


class _Worn(io.FileIO):
    """A file on a disk that cannot be read beyond its first piece."""

    @override
    def readinto(self, buffer: object, /) -> int:
        if 130_000 < self.tell() < 400_000:
            raise OSError(5, os.strerror(5))
        return super().readinto(buffer)  # type: ignore[arg-type]


class _WornPath(type(Path())):  # type: ignore[misc]
    @override
    def open(self, *_: object, **__: object) -> io.BufferedReader:
        return io.BufferedReader(_Worn(self))


class _WornSpool(Spool):
    @override
    def path(self, name: str) -> Path:
        return _WornPath(super().path(name))


class _WornRig(MarlinRig):
    @override
    def driver(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> MarlinDriver:
        spool = _WornSpool(self.spool.folder.parents[1], Place.of(connection))
        return MarlinDriver(connection, spool, clock, ticker)


async def test_a_file_that_cannot_be_read_on_leaves_nothing_hot(
    tmp_path: Path,
) -> None:
    async with simulated(tmp_path) as whole:
        rig = _WornRig(whole.printer, tmp_path)
        async with told(rig) as (_, driver, watch):
            await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
            state = await until_end(watch)
            assert state.activity is Activity.FAILED
            assert [fault.code for fault in state.faults] == ["file_unreadable"]
            bed = rig.printer.machine.bed
            assert bed is not None
            await true(lambda: bed.target_c == 0)


async def test_a_file_that_cannot_be_read_at_all_is_not_started(
    tmp_path: Path,
) -> None:
    async with simulated(tmp_path) as rig, told(rig) as (_, driver, _):
        command = rig.keep("bad.gcode", b"")
        (rig.spool.folder / "bad.gcode").unlink()
        # Linux lets nobody read the beginning of its own memory.
        (rig.spool.folder / "bad.gcode").symlink_to("/proc/self/mem")
        with pytest.raises(CommandRejected, match="cannot be read"):
            await driver.execute(command)


async def test_a_print_that_was_given_up_is_not_failed_again(tmp_path: Path) -> None:
    async with simulated(tmp_path) as rig, told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
        await true(lambda: len(rig.printer.firmware.received) >= 200)
        rig.printer.misbehave("old_resend")
        assert (await until_end(watch)).activity is Activity.FAILED
        await true(lambda: not (rig.spool.folder / ".feeding.json").exists())


async def test_a_rest_of_a_long_comment_is_no_command(tmp_path: Path) -> None:
    # The words behind the comment's first 68 KiB stand where a reading ends.
    comment = b"; " + b"x" * (65_536 + 4096 - 2) + b"M104 S300 \n"
    content = comment + b"G1 X1 E1\n"
    async with simulated(tmp_path) as rig, told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("long.gcode", content))
        state = await until_end(watch)
        assert state.activity is Activity.FINISHED
        assert was_sent(rig, "G1 X1 E1")
        assert not was_sent(rig, "M104 S300")


async def test_moves_with_remarks_and_checksums_are_sent_bare(tmp_path: Path) -> None:
    content = b"G1 X1 (a*b) E1\nG1 X2 E2 *71\nG1 X3 E3\n"
    async with simulated(tmp_path) as rig, told(rig) as (_, driver, watch):
        await driver.execute(rig.keep("odd.gcode", content))
        assert (await until_end(watch)).activity is Activity.FINISHED
        sent = " ".join(rig.printer.firmware.received)
        assert "G1 X1 E1*" in sent
        assert "G1 X2 E2*" in sent


async def test_files_leave_room_on_the_disk(tmp_path: Path) -> None:
    source = tmp_path / "part.gcode"
    source.write_bytes(b"G28\n")
    spool = Spool(tmp_path, Place("127.0.0.1"), spare_bytes=1 << 60)
    with pytest.raises(CommandRejected, match="no room"):
        await spool.put(source, "part.gcode", lambda *_: None)
    assert await spool.files() == []


async def test_what_a_crash_left_of_a_file_goes(tmp_path: Path) -> None:
    source = tmp_path / "part.gcode"
    source.write_bytes(b"G28\n")
    spool = Spool(tmp_path, Place("127.0.0.1"))
    spool.folder.mkdir(parents=True)
    (spool.folder / "old.gcode.part").write_bytes(b"G28")
    await spool.put(source, "part.gcode", lambda *_: None)
    assert sorted(each.name for each in spool.folder.iterdir()) == ["part.gcode"]


async def test_a_device_that_was_pulled_takes_words_without_a_fuss() -> None:
    board, line = os.openpty()
    name = os.ttyname(line)
    wire = Wire(Place(name), lambda _: None)
    await wire.open()
    os.close(line)
    os.close(board)
    async with asyncio.timeout(PATIENCE_S):
        while not wire.lost.done():
            wire.write(b"M105\n")
            await asyncio.sleep(0)
    wire.close()


async def test_a_connection_ends_though_its_device_was_pulled(tmp_path: Path) -> None:
    async with simulated(tmp_path, link="pty") as rig:
        driver = rig.driver(rig.connection, SystemClock(), LoopTicker())
        async with Watch(driver) as watch:
            rig.printer.act("reset")
            await watch.until(lambda s: s.model is not None)
            await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
            await watch.until(is_a(Activity.PREPARING, Activity.PRINTING))
            rig.cut()
            with suppress(Exception):
                await watch.end()
            assert watch.states[-1].activity is Activity.FAILED


async def test_a_stop_that_waits_cools_down_before_we_leave(plain: MarlinRig) -> None:
    clock = ManualClock()
    async with told(plain, clock) as (_, driver, watch):
        await driver.execute(plain.keep("hot.gcode", HOT))
        await true(lambda: plain.printer.firmware.is_blocked)
        with pytest.raises(CommandTimedOut):
            await finish(asyncio.create_task(driver.execute(Stop())), clock)
        await driver.close()
        await watch.end()
        assert watch.states[-1].activity is Activity.FAILED
        heat_up(plain)
        await true(lambda: plain.printer.machine.nozzles[0].target_c == 0)


@pytest.mark.parametrize(
    "line",
    [
        "M104 S500",
        "m104 s500",
        "M104 (S0) S500",
        "M104 S0 S500",
        "M109 R500",
        "M140 S200",
        "M303 E0 S400 C8",
        "N5 M104 S500*99",
        "M104S500",
    ],
)
async def test_what_is_typed_heats_no_more_than_its_owner_allows(
    plain: MarlinRig, line: str
) -> None:
    async with told(plain) as (_, driver, _):
        with pytest.raises(CommandRejected, match="heats above"):
            await driver.execute(SendGcode((line,)))


async def test_a_machine_that_was_switched_on_again_meanwhile_is_no_halted_one(
    tmp_path: Path,
) -> None:
    async with simulated(tmp_path) as rig, told(rig) as (_, driver, watch):
        rig.printer.misbehave("kill")
        await watch.until(lambda s: "start_print" not in s.capabilities.commands)
        rig.cut()
        await watch.end()
        rig.printer.firmware.lose_power()
        async with Watch(driver) as again:
            state = await again.until(
                lambda s: "start_print" in s.capabilities.commands
            )
            assert state.activity is Activity.IDLE
            assert state.faults == ()


async def test_how_a_print_ended_that_nobody_watched_is_not_known(
    tmp_path: Path,
) -> None:
    async with simulated(tmp_path) as rig, told(rig) as (_, driver, watch):
        lives = Lives()
        rig.begin_print()
        await watch.until(is_a(Activity.PRINTING))
        rig.cut()
        await watch.end()
        rig.printer.machine.advance(10_000)
        async with Watch(driver) as again:
            await again.until(is_a(Activity.IDLE))
            for state in [*watch.states, *again.states]:
                lives.see(state)
        ends = [each for each in lives.events if isinstance(each, PrintEnded)]
        assert [each.result for each in ends] == [PrintResult.UNKNOWN]
