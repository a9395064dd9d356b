"""Stops that are told rightly, starts that are ours, and states that come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.prusalink.driver import PrusaLinkDriver
from odin_engine.drivers.printers.prusalink.protocol import document as documents
from odin_engine.drivers.printers.prusalink.protocol.document import note_stop
from odin_engine.drivers.printers.prusalink.protocol.pace import Pace
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.events import PrintStarted
from odin_engine.printers.model import (
    Activity,
    CommandRejected,
    CommandTimedOut,
    DriverError,
    LinkStatus,
    Unreachable,
)
from odin_engine.printers.ports import Connection
from odin_engine.simulator.plain import PlainJob
from odin_engine.simulator.prusalink.http import HttpServer, Request, Response
from tests.engine.doubles import ManualClock, settle
from tests.engine.drivers.contract import Watch, anything, connected, finish
from tests.engine.drivers.lives import Lives, stories
from tests.engine.drivers.prusalink.rigs import (
    FAST,
    ON_STICK,
    PrusaRig,
    simulated,
    start,
)
from tests.engine.drivers.prusalink.talk import Tale, status
from tests.patience import PATIENCE_S

VERSION = {"api": "2.0.0", "text": "PrusaLink", "firmware": "6.4.0"}
INFO = {"serial": "CZPX4720X004XC34242"}
STORAGE = {"storage_list": [{"path": "/usb", "name": "USB", "available": True}]}


class Host:
    """A server that answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Response] = {
            documents.VERSION: said(VERSION),
            documents.INFO: said(INFO),
            documents.STORAGE: said(STORAGE),
            documents.STATUS: said(status("IDLE")),
        }
        self.asked: list[str] = []
        self.silent = asyncio.Event()

    async def answer(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.path}")
        if self.silent.is_set() and request.method == "GET":
            await asyncio.sleep(60)
        return self.answers.get(request.path, Response(404, b"{}"))


def said(body: dict[str, Any], code: int = 200) -> Response:
    return Response(code, orjson.dumps(body))


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Host, Connection]]:
    host = Host()
    http = HttpServer(host.answer, None)
    port = await http.open("127.0.0.1", 0)
    try:
        yield host, Connection("127.0.0.1", None, "key", {"http": port})
    finally:
        await http.close()


@asynccontextmanager
async def heard(
    connection: Connection, pace: Pace = FAST
) -> AsyncIterator[tuple[PrusaLinkDriver, Watch]]:
    driver = PrusaLinkDriver(connection, SystemClock(), LoopTicker(), pace=pace)
    async with Watch(driver) as watch:
        await watch.until(anything)
        yield driver, watch
    await driver.close()


@pytest.fixture
async def buddy(tmp_path: Path) -> AsyncIterator[PrusaRig]:
    async with simulated(tmp_path / "printer") as rig:
        yield rig


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response(500, b"{}"), DriverError),
        (Response(503, b"{}"), DriverError),
        (Response(200, b"no JSON"), DriverError),
        (Response(200, b"{}"), DriverError),
        (said(status("PRINTING")), CommandRejected),
        (said(status("BUSY")), CommandRejected),
    ],
)
async def test_a_stop_is_not_confirmed_by_what_says_nothing(
    answer: Response, error: type[Exception]
) -> None:
    async with served() as (host, connection), heard(connection, Pace()) as (driver, _):
        host.answers[documents.STATUS] = answer
        with pytest.raises(error):
            await driver.emergency_stop()


async def test_a_job_that_the_status_does_not_name_is_asked_for() -> None:
    async with served() as (host, connection), heard(connection, Pace()) as (driver, _):
        host.answers[documents.STATUS] = said(status("PRINTING"))
        host.answers[documents.JOB] = said({"id": 5, "state": "PRINTING"})
        host.answers[f"{documents.JOB}/5"] = Response(204, b"")
        await driver.emergency_stop()
        assert f"DELETE {documents.JOB}/5" in host.asked


async def test_a_job_that_has_ended_needs_no_stop() -> None:
    async with served() as (host, connection), heard(connection) as (driver, _):
        host.answers[documents.STATUS] = said(status("FINISHED", 5, 100))
        await driver.emergency_stop()
        assert not [each for each in host.asked if each.startswith("DELETE")]


async def test_a_stop_does_not_wait_for_a_first_report() -> None:
    async with served() as (host, connection):
        host.silent.set()
        host.answers[f"{documents.JOB}/5"] = Response(204, b"")
        driver = PrusaLinkDriver(connection, SystemClock(), LoopTicker())
        async with Watch(driver):
            async with asyncio.timeout(PATIENCE_S):
                while not host.asked:
                    await settle(1)
            host.silent.clear()
            host.answers[documents.STATUS] = said(status("PRINTING", 5, 40))
            await driver.emergency_stop()
        assert f"DELETE {documents.JOB}/5" in host.asked


async def test_a_refused_stop_leaves_the_print_as_it_was(buddy: PrusaRig) -> None:
    buddy.begin_print()
    buddy.printer.machine.skip_to(0.5)
    async with connected(buddy) as (driver, watch):
        buddy.refuse_commands()
        with pytest.raises(CommandRejected):
            await driver.emergency_stop()
        buddy.printer.machine.skip_to(0.6)
        state = await watch.until(
            lambda s: s.job is not None and s.job.progress_pct == 60
        )
        assert state.job is not None
        assert state.job.stage is None


async def test_a_pi_that_is_back_is_seen_at_once() -> None:
    """Its machine came while the storage was asked for, and not yet the status."""
    async with served() as (host, connection):
        host.answers[documents.STORAGE] = Response(503, b"{}")
        async with heard(connection) as (_, watch):
            await watch.until(lambda s: s.link is LinkStatus.ONLINE)


async def test_a_serial_in_capitals_is_the_same(buddy: PrusaRig) -> None:
    serial = buddy.connection.serial or ""
    buddy.connection = replace(buddy.connection, serial=serial.swapcase())
    async with connected(buddy) as (_, watch):
        assert watch.error is None


async def test_a_start_whose_answer_is_lost_is_known_for_ours(buddy: PrusaRig) -> None:
    clock = ManualClock()
    async with connected(buddy, clock) as (driver, watch):
        buddy.ignore_commands()
        order = asyncio.create_task(driver.execute(start(token=77)))
        with pytest.raises(CommandTimedOut):
            await finish(order, clock)
        buddy.printer.behave("ignore_commands")
        buddy.printer.start_job(PlainJob(ON_STICK))
        await driver.ask_for_report()
        state = await watch.until(lambda s: s.activity is Activity.PREPARING)
        assert state.job is not None
        assert state.job.token == 77


async def test_a_start_that_was_refused_claims_nothing(buddy: PrusaRig) -> None:
    async with connected(buddy) as (driver, watch):
        buddy.refuse_commands()
        with pytest.raises(CommandRejected):
            await driver.execute(start(token=77))
        buddy.printer.behave("refuse_commands")
        buddy.printer.start_job(PlainJob(ON_STICK))
        await driver.ask_for_report()
        state = await watch.until(lambda s: s.activity is Activity.PREPARING)
        assert state.job is not None
        assert state.job.token is None


async def test_nobody_is_stopped_without_a_connection(buddy: PrusaRig) -> None:
    driver = buddy.driver(buddy.connection, SystemClock(), LoopTicker())
    with pytest.raises(Unreachable):
        await driver.emergency_stop()


def test_a_busy_machine_that_shows_an_old_job_begins_none() -> None:
    tale = Tale()
    tale.status("IDLE")
    tale.status("PRINTING", 7, 50, 600, 600)
    tale.status("FINISHED", 7, 100)
    tale.status("BUSY", 7, 100)
    tale.status("FINISHED", 7, 100)
    assert tale.words().count("PrintStarted") == 1
    assert tale.words().count("PrintEnded") == 1


WORDS = st.sampled_from(
    [
        *("IDLE", "READY", "BUSY", "PRINTING", "PAUSED", "FINISHED", "STOPPED"),
        *("ERROR", "ATTENTION", "NEW"),
    ]
)
STEPS = st.lists(
    st.tuples(
        WORDS,
        st.sampled_from([None, 1, 1, 2, 3]),
        st.sampled_from([None, 0, 40, 99, 100]),
        st.sampled_from(["look", "stop", "away"]),
    ),
    max_size=30,
)
type Told = tuple[str, int | None, int | None, str]


@stories
@given(STEPS)
def test_each_print_begins_and_ends_once(steps: list[Told]) -> None:
    tale, lives = Tale(), Lives()
    for word, job_id, progress, deed in steps:
        if deed == "stop":
            tale.document = note_stop(tale.document)
        before = len(tale.states)
        if deed == "away":
            tale.hear(documents.STATUS, None, documents.AWAY)
        else:
            tale.status(word, job_id, progress, 100 - (progress or 0), 300)
        for state in tale.states[before:]:
            lives.see(state)


@stories
@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(["FINISHED", "STOPPED", "ERROR"])),
        min_size=1,
        max_size=6,
        unique_by=lambda pair: pair[0],
    ),
    st.randoms(),
)
def test_of_a_legal_story_every_print_is_told(
    prints: list[tuple[int, str]], chance: Random
) -> None:
    """Looks may miss anything but that a job ran at all."""
    lives, tale = Lives(), Tale()
    tale.status("IDLE")
    for job_id, end in prints:
        course: list[tuple[str, int]] = [("PRINTING", 0), ("PRINTING", 40)]
        course += chance.choice([[], [("PAUSED", 40), ("PRINTING", 41)]])
        course += chance.choice([[], [("ATTENTION", 50), ("BUSY", 50)]])
        for word, progress in course:
            tale.status(word, job_id, progress, 100, 300)
        if chance.random() < 0.7:
            tale.status(end, job_id, 40)
        if chance.random() < 0.7:
            tale.status("IDLE")
    for state in tale.states:
        lives.see(state)
    tale.status("IDLE")
    lives.see(tale.states[-1])
    started = [event for event in lives.events if isinstance(event, PrintStarted)]
    assert [event.job.external_id for event in started] == [str(n) for n, _ in prints]
