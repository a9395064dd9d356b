"""A print that we feed line by line: begin, pause, resume, cancel, end (§7)."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from odin_engine.drivers.printers.marlin.book import Book
from odin_engine.drivers.printers.marlin.feed import Feed
from odin_engine.drivers.printers.marlin.protocol import encode, jobs
from odin_engine.drivers.printers.marlin.protocol.gcode import Facts
from odin_engine.drivers.printers.marlin.protocol.lines import BREAK_WAIT
from odin_engine.drivers.printers.marlin.protocol.replies import Position, Reply
from odin_engine.drivers.printers.marlin.protocol.troubles import our_fault
from odin_engine.drivers.printers.marlin.talk import Talk
from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import (
    Activity,
    CommandRejected,
    DriverError,
    Fault,
    Job,
    StartPrint,
)

_TOO_LONG = (
    "The file has a line that this firmware cannot take, as it is longer than 96 "
    "characters: {line}. The print was stopped."
)
_UNREADABLE = "The file could not be read to its end. The print was stopped."


type Start = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


class Streamed:
    """One print from a file of ours."""

    def __init__(self, talk: Talk, book: Book, feed: Feed, clock: Clock) -> None:
        self._talk = talk
        self._book = book
        self._feed = feed
        self._clock = clock
        self._parks = book.machine.settings.parks
        self._facts = Facts()
        self._began_s = clock.monotonic_s()
        self._paused_s = 0.0
        self._paused_at_s: float | None = None
        self._position: Position | None = None
        self._was_parked = False
        self._changing = asyncio.Lock()
        self._run: asyncio.Task[None] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is sent of it."""
        return self._run is not None and self._run.done()

    async def begin(self, command: StartPrint, start: Start) -> None:
        """Starts it; returns when the machine has taken a first line.

        `start` makes the task that sees it through.

        Raises:
            CommandRejected: the file is none, or the machine refused.
            DriverError: as it says.
        """
        self._facts = await self._feed.look()
        await self._talk.tell(b"M105")
        job = Job(
            name=command.name,
            file=command.file,
            plate=command.plate,
            token=command.token,
            source=jobs.SERIAL,
            progress_pct=0,
            remaining_s=self._facts.estimate_s,
            total_layers=self._facts.layers,
            started_at=self._book.now(),
        )
        self._book.change(jobs.began(self._book.machine, job))
        self._talk.flow.source = self._feed.take
        self._run = start(self._go())

    async def _go(self) -> None:
        filling = asyncio.create_task(self._feed.fill(self._talk.pump))
        done = asyncio.create_task(self._feed.done.wait())
        stopped = asyncio.create_task(self._feed.stopped.wait())
        try:
            while not done.done():
                waiting = (
                    {done, stopped} if filling.done() else {done, stopped, filling}
                )
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if filling.done() and filling.exception() is not None:
                    await self._fail(our_fault("file_unreadable", _UNREADABLE))
                    return
                if self._feed.stopped.is_set():
                    self._feed.stopped.clear()
                    if self._feed.too_long is not None:
                        line = self._feed.too_long.decode("ascii", "replace")
                        text = _TOO_LONG.format(line=line)
                        await self._fail(our_fault("line_too_long", text))
                        return
                    await self.pause("paused_by_gcode")
                if stopped.done():
                    stopped = asyncio.create_task(self._feed.stopped.wait())
            await self._talk.ask(b"M400")
            self._book.change(jobs.ended(self._book.machine, Activity.FINISHED))
        except DriverError:
            # The driver sees the same, and ends the job with its reason.
            return
        finally:
            self._let_go()
            for task in (filling, done, stopped):
                task.cancel()

    async def _fail(self, fault: Fault) -> None:
        self._let_go()
        self._book.change(jobs.ended(self._book.machine, Activity.FAILED, fault))
        await self._talk.ask(*encode.COOL)

    def _let_go(self) -> None:
        if self._talk.flow.source == self._feed.take:
            self._talk.flow.source = None
        self._feed.close()

    def refresh(self) -> None:
        """Brings the job's progress up to date."""
        machine = self._book.machine
        job = machine.state.job
        if job is None or not machine.activity.has_running_job:
            return
        if machine.activity is Activity.PREPARING and self._feed.extrudes:
            machine = jobs.became(machine, Activity.PRINTING)
        feed, size = self._feed, max(1, self._feed.size)
        done = feed.sent / size
        elapsed_s = self._clock.monotonic_s() - self._began_s - self._paused_s
        if self._paused_at_s is not None:
            elapsed_s -= self._clock.monotonic_s() - self._paused_at_s
        said_s = feed.said_remaining_s
        if said_s is None and self._facts.estimate_s and feed.elapsed_said_s:
            said_s = self._facts.estimate_s - feed.elapsed_said_s
        remaining_s, source = jobs.remaining(
            said_s=said_s,
            estimate_s=self._facts.estimate_s,
            elapsed_s=elapsed_s,
            done=done,
        )
        self._book.change(
            jobs.progressed(
                machine,
                replace(
                    job,
                    progress_pct=min(99, int(done * 100)),
                    layer=feed.layer,
                    remaining_s=remaining_s,
                    remaining_source=source,
                    elapsed_s=round(elapsed_s),
                ),
            )
        )

    async def pause(self, stage: str = "paused_by_user") -> None:
        """Stops feeding, waits until the head stands still, and lifts it.

        Raises as `Talk.ask`.
        """
        async with self._changing:
            if self._paused_at_s is not None or self.is_over:
                return
            self._feed.is_held = True
            self._paused_at_s = self._clock.monotonic_s()
            self._became(self._book.machine.activity, "pausing")
            said = await self._talk.ask(b"M400", b"M114")
            self._position = _position(said)
            self._was_parked = self._parks and self._position is not None
            if self._was_parked:
                await self._talk.ask(*encode.PARK)
            self._became(Activity.PAUSED, stage)

    async def resume(self) -> None:
        """Brings the head back and feeds on.

        Raises as `Talk.ask`.
        """
        async with self._changing:
            if self._paused_at_s is None:
                raise CommandRejected("The print is not paused.", "not_paused")
            if self._position is not None:
                await self._talk.ask(
                    *encode.restore(
                        self._position,
                        self._feed.modes,
                        self._feed.feedrate(),
                        was_parked=self._was_parked,
                    )
                )
            self._go_on()

    def hold(self) -> None:
        """Stops feeding, as the machine has paused by itself."""
        if self._paused_at_s is None:
            self._feed.is_held = True
            self._position = None
            self._paused_at_s = self._clock.monotonic_s()
            self._became(Activity.PAUSED, "paused_by_user")

    def go_on(self) -> None:
        """Feeds on, as the machine has resumed by itself."""
        if self._paused_at_s is not None and self._position is None:
            self._go_on()

    def _go_on(self) -> None:
        if self._paused_at_s is not None:
            self._paused_s += self._clock.monotonic_s() - self._paused_at_s
        self._paused_at_s = self._position = None
        extrudes = self._feed.extrudes
        self._became(Activity.PRINTING if extrudes else Activity.PREPARING)
        self._feed.is_held = False
        self._talk.pump()

    def _became(self, activity: Activity, stage: str | None = None) -> None:
        self._book.change(jobs.became(self._book.machine, activity, stage))

    async def cancel(self) -> None:
        """Ends it for good: nothing more is sent, heaters off, the head away.

        Raises as `Talk.ask`.
        """
        self.abandon()
        if self._book.machine.can("EMERGENCY_PARSER") and not self._talk.flow.is_idle:
            self._talk.shout(BREAK_WAIT)
        async with self._changing:
            self._became(self._book.machine.activity, "cancelling")
            await self._talk.ask(*encode.CANCEL)
            self._book.change(jobs.ended(self._book.machine, Activity.CANCELLED))

    def abandon(self) -> None:
        """Sends nothing more of it; the job's end is for the caller to tell."""
        self._let_go()
        if self._run is not None:
            self._run.cancel()


def _position(said: list[Reply]) -> Position | None:
    return next((each for each in said if isinstance(each, Position)), None)
