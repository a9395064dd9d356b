"""What the contract suite does not know: the ways of PrusaLink."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from odin_engine.drivers.printers.prusalink.driver import PrusaLinkDriver
from odin_engine.drivers.printers.prusalink.protocol.pace import Pace
from odin_engine.drivers.printers.prusalink.protocol.replay import replay
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import (
    Activity,
    CommandRejected,
    CommandTimedOut,
    LinkReason,
    LinkStatus,
    LoginRejected,
    Pause,
    PrinterState,
    ProtocolViolation,
    Resume,
    Stop,
    Storage,
    Unreachable,
)
from odin_engine.printers.ports import Connection, Record
from odin_engine.simulator.plain import PlainJob
from odin_engine.simulator.prusalink.http import HttpServer, Request, Response
from tests.engine.doubles import ManualClock, settle
from tests.engine.drivers.contract import Watch, anything, connected, finish
from tests.engine.drivers.prusalink.rigs import (
    JOB,
    ON_STICK,
    PrusaRig,
    simulated,
    start,
)
from tests.patience import PATIENCE_S


@pytest.fixture(params=["MK4", "MK3S"])
async def rig(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[PrusaRig]:
    """The firmware's own server, and the Pi's."""
    async with simulated(tmp_path / "printer", request.param) as rig:
        yield rig


@pytest.fixture
async def buddy(tmp_path: Path) -> AsyncIterator[PrusaRig]:
    async with simulated(tmp_path / "printer") as rig:
        yield rig


@pytest.fixture
async def pi(tmp_path: Path) -> AsyncIterator[PrusaRig]:
    async with simulated(tmp_path / "printer", "MK3S") as rig:
        yield rig


def does(activity: Activity) -> Callable[[PrinterState], bool]:
    return lambda state: state.activity is activity


@asynccontextmanager
async def server(
    answer: Callable[[Request], Response],
) -> AsyncIterator[Connection]:
    """Something else that answers HTTP."""

    async def handle(request: Request) -> Response:
        return answer(request)

    http = HttpServer(handle, None)
    port = await http.open("127.0.0.1", 0)
    try:
        yield Connection("127.0.0.1", None, "key", {"http": port})
    finally:
        await http.close()


async def first_error(connection: Connection) -> BaseException:
    driver = PrusaLinkDriver(connection, SystemClock(), LoopTicker())
    async with Watch(driver) as watch:
        return await watch.end()


async def test_a_print_from_start_to_end(rig: PrusaRig) -> None:
    async with connected(rig) as (driver, watch):
        await driver.execute(start(token=99))
        state = await watch.until(does(Activity.PREPARING))
        assert state.job is not None
        assert state.job.token == 99
        assert state.job.name == ON_STICK
        rig.printer.machine.skip_to(0.5)
        state = await watch.until(does(Activity.PRINTING))
        assert state.job is not None
        assert state.job.progress_pct == 50
        rig.printer.machine.advance(10_000)
        state = await watch.until(does(Activity.FINISHED))
        assert state.job is not None
        assert state.job.token == 99
        rig.printer.act("leave_screen")
        await watch.until(does(Activity.IDLE))


async def test_a_print_is_paused_resumed_and_stopped(rig: PrusaRig) -> None:
    async with connected(rig) as (driver, watch):
        rig.begin_print()
        await watch.until(does(Activity.PREPARING))
        await driver.execute(Pause())
        await driver.execute(Resume())
        await driver.execute(Stop())
        state = watch.states[-1]
        assert state.activity is Activity.CANCELLED
        assert rig.printer.orders == ["pause", "resume", "stop"]


async def test_what_does_not_print_cannot_be_paused(rig: PrusaRig) -> None:
    async with connected(rig) as (driver, _):
        for command in (Pause(), Resume(), Stop()):
            with pytest.raises(CommandRejected, match="Nothing is being printed"):
                await driver.execute(command)
        assert rig.printer.orders == []


async def test_a_question_cannot_be_answered_from_here(rig: PrusaRig) -> None:
    async with connected(rig) as (driver, watch):
        rig.begin_print()
        rig.printer.act("ask")
        state = await watch.until(does(Activity.PAUSED))
        assert state.prompt is not None
        with pytest.raises(CommandRejected, match="answer it there first") as caught:
            await driver.execute(Resume())
        assert caught.value.device_code == "409"
        rig.printer.act("answer")
        await watch.until(does(Activity.PREPARING))


async def test_a_start_that_asks_something_says_so(buddy: PrusaRig) -> None:
    buddy.printer.misbehave("ask_at_start")
    async with connected(buddy) as (driver, watch):
        await driver.execute(start(token=5))
        state = await watch.until(does(Activity.PAUSED))
        assert state.job is not None
        assert state.job.stage == "paused_question_at_start"
        assert state.job.token == 5


async def test_a_machine_that_is_busy_starts_nothing(rig: PrusaRig) -> None:
    rig.printer.act("begin_calibration")
    async with connected(rig) as (driver, watch):
        assert watch.states[0].activity is Activity.PREPARING
        assert watch.states[0].job is None
        with pytest.raises(CommandRejected, match="cannot start a print now"):
            await driver.execute(start())


async def test_a_file_that_is_gone_cannot_be_started(rig: PrusaRig) -> None:
    async with connected(rig) as (driver, _):
        with pytest.raises(CommandRejected, match="not on the printer") as caught:
            await driver.execute(start("gone.gcode"))
        assert caught.value.device_code == "404"
        with pytest.raises(CommandRejected, match="no file of such a name"):
            await driver.execute(start("../gone.gcode"))


async def test_a_yes_without_a_deed_is_no_confirmation(buddy: PrusaRig) -> None:
    clock = ManualClock()
    buddy.begin_print()
    async with connected(buddy, clock) as (driver, _):
        buddy.printer.misbehave("swallow_commands")
        with pytest.raises(CommandTimedOut):
            await finish(asyncio.create_task(driver.execute(Pause())), clock)


async def test_a_refusal_in_plain_text_is_understood(buddy: PrusaRig) -> None:
    buddy.printer.misbehave("plain_errors")
    buddy.printer.misbehave("refuse_commands")
    async with connected(buddy) as (driver, _):
        with pytest.raises(CommandRejected, match="Can't print right now"):
            await driver.execute(start())


async def test_what_other_machines_say_may_be_missing(buddy: PrusaRig) -> None:
    buddy.printer.misbehave("missing_keys")
    buddy.begin_print()
    async with connected(buddy) as (_, watch):
        state = watch.states[0]
        assert state.speed is None
        assert state.job is not None
        assert state.job.remaining_s is None


@pytest.mark.parametrize(("model", "username"), [("MINI", "maker"), ("MK3S", "me")])
async def test_an_old_nonce_is_answered_anew(
    tmp_path: Path, model: str, username: str
) -> None:
    async with simulated(tmp_path, model, username) as rig, connected(rig) as both:
        driver, watch = both
        rig.printer.misbehave("stale_nonce")
        rig.begin_print()
        await watch.until(does(Activity.PREPARING))
        rig.printer.misbehave("stale_nonce")
        await driver.execute(Pause())


async def test_a_password_that_changed_ends_the_connection(rig: PrusaRig) -> None:
    async with connected(rig) as (_, watch):
        rig.printer.doorkeeper.secret = "another"
        error = await watch.end()
        assert isinstance(error, LoginRejected)
        assert "PrusaLink" in error.message


async def test_a_restart_of_the_network_part_is_survived(buddy: PrusaRig) -> None:
    async with connected(buddy) as (_, watch):
        buddy.printer.misbehave("hiccup", times=3)
        buddy.begin_print()
        await watch.until(does(Activity.PREPARING))
        assert watch.error is None


async def test_a_machine_that_the_pi_lost_comes_back(pi: PrusaRig) -> None:
    async with connected(pi) as (driver, watch):
        pi.printer.misbehave("away")
        state = await watch.until(lambda s: s.link is LinkStatus.OFFLINE)
        assert state.link_reason is LinkReason.MACHINE_AWAY
        assert state.activity is Activity.IDLE
        with pytest.raises(CommandRejected, match="not ready"):
            await driver.execute(start())
        pi.printer.behave("away")
        await watch.until(lambda s: s.link is LinkStatus.ONLINE)


async def test_a_pi_without_its_machine_is_heard_too(pi: PrusaRig) -> None:
    pi.printer.misbehave("away")
    async with connected(pi) as (_, watch):
        assert watch.states[0].link_reason is LinkReason.MACHINE_AWAY
        assert watch.states[0].activity is None
        pi.printer.behave("away")
        state = await watch.until(lambda s: s.link is LinkStatus.ONLINE)
        assert state.model is not None
        assert state.model.name == "MK3S"


async def test_another_server_is_no_printer() -> None:
    async with server(lambda _: Response(404, b"{}")) as connection:
        error = await first_error(connection)
    assert isinstance(error, ProtocolViolation)
    assert "no PrusaLink" in error.message


async def test_an_octoprint_is_named() -> None:
    body = b'{"api": "0.1", "text": "OctoPrint 1.11"}'
    async with server(lambda _: Response(200, body)) as connection:
        error = await first_error(connection)
    assert isinstance(error, ProtocolViolation)
    assert "OctoPrint 1.11, not PrusaLink" in error.message


async def test_a_resin_printer_is_turned_away() -> None:
    body = b'{"api": "0.1", "text": "Prusa SLA 1.0.5"}'
    async with server(lambda _: Response(200, body)) as connection:
        error = await first_error(connection)
    assert isinstance(error, ProtocolViolation)
    assert "SL1" in error.message


async def test_firmware_that_is_too_old_is_told_so() -> None:
    def answer(request: Request) -> Response:
        if request.path == "/api/version":
            return Response(200, b'{"api": "1.0", "text": "PrusaLink"}')
        return Response(404, b"")

    async with server(answer) as connection:
        error = await first_error(connection)
    assert isinstance(error, ProtocolViolation)
    assert "firmware" in error.message


async def test_nonsense_without_end_ends_the_connection(buddy: PrusaRig) -> None:
    async with connected(buddy) as (driver, watch):
        buddy.printer.misbehave("garbage", times=100)
        error = await watch.end()
        assert isinstance(error, ProtocolViolation)
        assert driver.rejected_messages == 5


async def test_an_emergency_stop_finds_the_job_that_runs(rig: PrusaRig) -> None:
    clock = ManualClock()
    rig.begin_print()
    async with connected(rig, clock) as (driver, _):
        rig.printer.machine.cancel()
        rig.printer.start_job(PlainJob("another.gcode"))
        await driver.emergency_stop()
        assert not rig.printer.machine.is_busy
        assert rig.stops == 2


async def test_an_emergency_stop_of_nothing_is_done(rig: PrusaRig) -> None:
    async with connected(rig) as (driver, _):
        await driver.emergency_stop()
        assert rig.stops == 0


async def test_a_refused_emergency_stop_says_so(rig: PrusaRig) -> None:
    rig.begin_print()
    async with connected(rig) as (driver, _):
        rig.refuse_commands()
        with pytest.raises(CommandRejected):
            await driver.emergency_stop()


async def test_an_emergency_stop_passes_an_upload(
    buddy: PrusaRig, tmp_path: Path
) -> None:
    """A poll, an upload and the stop are the three connections that there are."""
    source = tmp_path / "big.gcode"
    with source.open("wb") as file:
        file.truncate(400 << 20)
    buddy.begin_print()
    async with connected(buddy) as (driver, watch):
        upload = asyncio.create_task(
            driver.upload(source, "big.gcode", lambda *_: None)
        )
        await buddy.uploading()
        async with asyncio.timeout(PATIENCE_S):
            await driver.emergency_stop()
        await watch.until(does(Activity.CANCELLED))
        assert buddy.clients <= 3
        upload.cancel()
        await asyncio.wait({upload})
    assert buddy.stored("big.gcode") is None


def recorded(
    rig: PrusaRig, pace: Pace, clock: ManualClock
) -> tuple[PrusaLinkDriver, list[Record]]:
    records: list[Record] = []
    driver = PrusaLinkDriver(rig.connection, clock, clock, records.append, pace)
    return driver, records


def looks(records: list[Record]) -> int:
    return sum(each.topic == "GET /api/v1/status" for each in records) // 2


async def looked(records: list[Record], times: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while looks(records) < times:
            await settle(1)


async def test_it_looks_as_often_as_there_is_reason_to(buddy: PrusaRig) -> None:
    clock = ManualClock()
    driver, records = recorded(buddy, Pace(), clock)
    async with Watch(driver) as watch:
        await watch.until(anything)
        await clock.advance(19)
        assert looks(records) == 1
        await clock.advance(1)
        await looked(records, 2)
        buddy.printer.start_job(JOB, at=0.5)
        await driver.ask_for_report()
        await watch.until(does(Activity.PRINTING))
        assert looks(records) == 3
        await clock.advance(4)
        assert looks(records) == 3
        await clock.advance(1)
        await looked(records, 4)
        command = asyncio.create_task(driver.execute(Pause()))
        await watch.until(does(Activity.PAUSED))
        await command
        count = looks(records)
        for step in range(1, 4):
            await clock.advance(2)
            await looked(records, count + step)
        assert driver.last_heard_s == clock.monotonic_s()
    await driver.close()


async def test_a_recording_is_the_same_story_again(rig: PrusaRig) -> None:
    clock = ManualClock()
    driver, records = recorded(rig, Pace(), clock)
    async with Watch(driver) as watch:
        await watch.until(anything)
        rig.printer.start_job(JOB, at=0.25)
        await driver.ask_for_report()
        await watch.until(does(Activity.PRINTING))
        live = watch.states[-1]
    await driver.close()
    state, events = replay(records)
    assert state == live
    assert "PrintStarted" in [type(each).__name__ for each in events]
    assert rig.connection.secret is not None
    assert all(rig.connection.secret not in str(each) for each in records)


async def test_closing_ends_a_command_that_waits(buddy: PrusaRig) -> None:
    buddy.begin_print()
    async with connected(buddy) as (driver, _):
        buddy.printer.misbehave("swallow_commands")
        command = asyncio.create_task(driver.execute(Pause()))
        while not buddy.printer.orders:
            await settle(1)
        await settle()
        await driver.close()
        with pytest.raises(Unreachable):
            async with asyncio.timeout(PATIENCE_S):
                await command


async def test_a_machine_that_answers_nothing_is_unreachable(buddy: PrusaRig) -> None:
    buddy.printer.misbehave("full_house")
    driver = buddy.driver(buddy.connection, SystemClock(), LoopTicker())
    async with aclosing(driver.states()) as states:
        task = asyncio.ensure_future(anext(states))
        await asyncio.wait({task}, timeout=0.2)
        assert not task.done()
        await driver.close()
        with pytest.raises(Unreachable):
            await task


async def test_a_serial_is_compared_where_it_is_given(rig: PrusaRig) -> None:
    rig.connection = replace(rig.connection, serial=None)
    async with connected(rig) as (_, watch):
        model = watch.states[0].model
        assert model is not None
        assert model.serial == rig.printer.serial


async def test_a_stick_that_is_pulled_in_the_middle_is_survived(
    buddy: PrusaRig,
) -> None:
    """The firmware's document of the job is no JSON then."""
    buddy.begin_print()
    buddy.printer.act("remove_stick")
    async with connected(buddy) as (driver, watch):
        assert watch.states[0].activity is Activity.PREPARING
        assert driver.rejected_messages == 1
        await driver.execute(Pause())
        await driver.execute(Stop())


async def test_a_stick_that_is_pulled_is_missed(buddy: PrusaRig) -> None:
    buddy.printer.act("remove_stick")
    async with connected(buddy) as (_, watch):
        assert watch.states[0].storage is Storage.MISSING
