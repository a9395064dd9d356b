"""Commands: one request each, and then looks until the machine shows what was asked.

The server says yes before the machine has moved, and it may yet do something else.
Source: Buddy `lib/WUI/link_content/prusa_link_api_v1.cpp`; Prusa-Link `web/main.py`,
whose `continue` answers yes and does nothing (0.8.1), so a pause ends by `resume`.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from odin_engine.drivers.printers.prusalink.link import Link
from odin_engine.drivers.printers.prusalink.mirror import Mirror
from odin_engine.drivers.printers.prusalink.protocol import document as documents
from odin_engine.drivers.printers.prusalink.protocol.answers import (
    parse_job,
    parse_status,
)
from odin_engine.drivers.printers.prusalink.protocol.files import may_be_path, path_of
from odin_engine.drivers.printers.prusalink.protocol.wording import Deed, rejection
from odin_engine.drivers.printers.prusalink.watch import Watch
from odin_engine.drivers.web import Answer
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Activity,
    Command,
    CommandRejected,
    CommandTimedOut,
    LoginRejected,
    NotSupported,
    Pause,
    PrinterState,
    ProtocolViolation,
    Resume,
    StartPrint,
    Stop,
    Unreachable,
)

_ANSWER_S = 10.0
_CONFIRM_S = 30.0
_SURE_S, _SURE_START_S = 15.0, 40.0
"""Longer than we wait for an answer, so that ours is the word that is said."""
_FINE, _NOT_FOUND = 300, "404"
_OVER = frozenset({"IDLE", "READY", "FINISHED", "STOPPED"})
_BUSY = frozenset({"BUSY", "ATTENTION"})
_AT_WORK = frozenset({"PRINTING", "PAUSED", "BUSY"})

type Ask = Callable[..., Coroutine[Any, Any, Answer]]
"""`Link.ask` or `Link.ask_now`."""


class Commander:
    """Does what one connected machine is told."""

    def __init__(
        self, link: Link, mirror: Mirror, watch: Watch, clock: Clock, ticker: Ticker
    ) -> None:
        self._link = link
        self._mirror = mirror
        self._watch = watch
        self._clock = clock
        self._ticker = ticker
        self._turn = asyncio.Lock()

    async def do(self, command: Command) -> None:
        """Does one command, in turn with others. Raises as `Driver.execute`."""
        async with self._turn:
            match command:
                case Pause():
                    await self._control(Deed.PAUSE, _is_still)
                case Resume():
                    await self._control(Deed.RESUME, _moves)
                case Stop():
                    await self._control(Deed.STOP, _is_over)
                case StartPrint():
                    await self._start(command)
                case _:
                    raise NotSupported("PrusaLink offers no such command.")

    async def stop_now(self) -> None:
        """Stops the print, past everything that waits. Raises as `Driver.execute`."""
        self._mirror.note(documents.note_stop)
        try:
            await self._end_now()
        except BaseException:
            # What the machine then does says whether it was stopped.
            self._mirror.note(partial(documents.note_stop, is_taken=False))
            raise
        self._watch.quicken()

    async def _end_now(self) -> None:
        link, course = self._link, self._mirror.document.course
        if course.runs and course.job_id is not None:
            try:
                await _tell(link.ask_now, Deed.STOP, course.job_id)
            except CommandRejected as error:
                if error.device_code != _NOT_FOUND:
                    raise
            else:
                return
        job_id = await self._current_job(link.ask_now)
        if job_id is not None:
            await _tell(link.ask_now, Deed.STOP, job_id)

    async def _control(
        self, deed: Deed, condition: Callable[[PrinterState], bool]
    ) -> None:
        link, watch = self._link, self._watch
        job_id = await self._in_time(self._current_job(link.ask))
        if job_id is None:
            raise CommandRejected("Nothing is being printed.", "409")
        if deed is Deed.STOP:
            self._mirror.note(documents.note_stop)
        try:
            await self._in_time(_tell(link.ask, deed, job_id))
        except BaseException:
            self._mirror.note(partial(documents.note_stop, is_taken=False))
            raise
        watch.quicken()
        await self._in_time(self._mirror.reach(condition), _CONFIRM_S)

    async def _start(self, command: StartPrint) -> None:
        if not may_be_path(command.file):
            raise CommandRejected("The printer has no file of such a name.")
        path = path_of(self._mirror.document.own_drive, command.file)
        # Noted before it is sent: where only the answer is lost, the print is ours.
        self._mirror.note(
            partial(
                documents.note_start,
                token=command.token,
                file=command.file,
                now=self._clock.now(),
            )
        )
        # The Pi answers once the machine has begun to read the file.
        asking = self._link.ask("POST", path, within_s=_SURE_START_S)
        try:
            answer = await self._in_time(asking, _CONFIRM_S)
            if answer.status >= _FINE:
                raise rejection(Deed.START, answer.status, answer.body)
        except CommandRejected, LoginRejected:
            self._mirror.note(documents.forget_start)
            raise
        finally:
            self._watch.quicken()

    async def _current_job(self, ask: Ask) -> int | None:
        """Returns the number of the job that runs, asked for now: an old one is refused.

        While the machine is busy with itself it does not name its job, and still has it.
        `None` is returned only where it says that nothing runs.

        Raises:
            CommandRejected: it works at something that has no number.
            DriverError: it does not say what it does.
        """
        answer = await ask("GET", documents.STATUS)
        if answer.status != documents.OK:
            raise Unreachable(f"The printer answers with HTTP {answer.status}.")
        status = parse_status(self._mirror.read(documents.STATUS, answer))
        if status is None:
            raise ProtocolViolation("The printer does not say what it does.")
        if status.state in _OVER:
            # What it names is the job that ended last.
            return None
        if status.job is not None and status.job.id is not None:
            return status.job.id
        course = self._mirror.document.course
        if course.runs and status.state in _BUSY:
            return course.job_id
        if status.state in _AT_WORK:
            answer = await ask("GET", documents.JOB)
            job = None
            if answer.status == documents.OK:
                job = parse_job(self._mirror.read(documents.JOB, answer))
            if job is not None:
                return job.id
            raise CommandRejected(
                "The printer is at work and names no print that could be told. Look at "
                "its screen.",
                "409",
            )
        return None

    async def _in_time[T](
        self, doing: Coroutine[Any, Any, T], within_s: float = _ANSWER_S
    ) -> T:
        task = asyncio.ensure_future(doing)
        timer = asyncio.ensure_future(self._ticker.sleep(within_s))
        try:
            await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        finally:
            for each in (task, timer):
                each.cancel()
            await asyncio.wait({task, timer})
        raise CommandTimedOut(
            "The printer did not confirm it in time. Look at what it does before you try "
            "again."
        )


async def _tell(ask: Ask, deed: Deed, job_id: int) -> None:
    """Tells a job what to do. Raises `CommandRejected` with the answer's code."""
    path = f"{documents.JOB}/{job_id}"
    order = ("DELETE", path) if deed is Deed.STOP else ("PUT", f"{path}/{deed.value}")
    answer = await ask(*order, within_s=_SURE_S)
    if answer.status >= _FINE:
        raise rejection(deed, answer.status, answer.body)


def _is_still(state: PrinterState) -> bool:
    return state.activity is Activity.PAUSED or _is_over(state)


def _moves(state: PrinterState) -> bool:
    return state.activity in {Activity.PRINTING, Activity.PREPARING} or _is_over(state)


def _is_over(state: PrinterState) -> bool:
    return state.activity is not None and not state.activity.has_running_job
