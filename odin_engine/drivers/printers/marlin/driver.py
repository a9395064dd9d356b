"""One machine on a serial line: its words as states, commands as lines to it.

The way of a line: `link` brings bytes, `talk` makes replies of them and sends the next
line at once, `book` folds what was said into the machine, and a state that differs
waits for whoever iterates `states`. `session` is one connection, `orders` what is told.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path

from odin_engine.drivers.printers.marlin import orders
from odin_engine.drivers.printers.marlin.book import Book
from odin_engine.drivers.printers.marlin.claims import Claims
from odin_engine.drivers.printers.marlin.place import Place, settings_of
from odin_engine.drivers.printers.marlin.protocol.machine import Machine
from odin_engine.drivers.printers.marlin.replay import JOBS, LINES, note_job
from odin_engine.drivers.printers.marlin.session import Session
from odin_engine.drivers.printers.marlin.spool import Spool
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Command,
    NotSupported,
    PrinterState,
    Unreachable,
)
from odin_engine.printers.ports import (
    Certificate,
    Connection,
    ConsoleLine,
    Frame,
    Progress,
    Record,
    StoredFile,
)

_PINGS = 5


class MarlinDriver:
    """Implements `printers.ports.Driver`, `HasConsole` and `ListsFiles`."""

    def __init__(
        self,
        connection: Connection,
        spool: Spool,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
        claims: Claims | None = None,
    ) -> None:
        self._claims = claims or Claims()
        self._place = Place.of(connection)
        self._spool = spool
        self._clock = clock
        self._ticker = ticker
        self._tap = tap
        self._news = asyncio.Event()
        self._book = Book(
            Machine.new(settings_of(connection)),
            clock,
            self._news.set,
            self._note_job if tap is not None else None,
        )
        self._session: Session | None = None
        self._heard_s: float | None = None
        self._rejected = 0
        self._was_opened = False

    @property
    def certificate(self) -> Certificate | None:
        """None: a serial line has no certificate."""
        return None

    @property
    def last_heard_s(self) -> float | None:
        """`Clock.monotonic_s` of the last line that made sense; `None` before it."""
        session = self._session
        heard_s = session.talk.heard_s if session is not None else None
        return self._heard_s if heard_s is None else heard_s

    @property
    def rejected_messages(self) -> int:
        """How many lines made no sense since the driver was made."""
        return self._rejected + (self._session.talk.rejected if self._session else 0)

    @property
    def was_opened(self) -> bool:
        """Whether the port or bridge could be opened, the last time it was tried."""
        return self._was_opened

    async def states(self) -> AsyncGenerator[PrinterState]:
        """Connects and yields a state per report that changed something.

        Raises:
            DriverError: when the connection cannot be made or is lost; always ends so.
        """
        self._was_opened = False
        with self._claims.claimed(self._place, self._book):
            async with aclosing(self._talk()) as states:
                async for state in states:
                    yield state

    async def _talk(self) -> AsyncGenerator[PrinterState]:
        self._book.fresh.clear()
        session = Session(
            self._place,
            self._book,
            self._spool,
            self._clock,
            self._ticker,
            self._news.set,
            self._overheard if self._tap is not None else None,
        )
        await session.open()
        self._was_opened = True
        self._session = session
        try:
            while True:
                self._news.clear()
                if session.failure is not None:
                    session.lose()
                while self._book.fresh:
                    yield self._book.fresh.popleft()
                if session.failure is not None:
                    raise session.failure
                await self._news.wait()
        finally:
            self._heard_s = self.last_heard_s
            self._rejected = self.rejected_messages
            self._session = None
            try:
                await session.close()
            finally:
                self._book.close()

    def _connected(self) -> Session:
        if self._session is None:
            raise Unreachable("The printer is not connected.")
        return self._session

    async def round_trip_s(self) -> float:
        """Returns how long a line takes there and back at best. Raises as `execute`."""
        session = self._connected()
        taken: list[float] = []
        for _ in range(_PINGS):
            began_s = self._clock.monotonic_s()
            await session.talk.ask(b"M105")
            taken.append(self._clock.monotonic_s() - began_s)
        return min(taken)

    async def ask_for_report(self) -> None:
        """Asks for the temperatures, and for how far the card is.

        Raises:
            Unreachable: not connected.
        """
        talk = self._connected().talk
        if talk.flow.is_idle:
            talk.mention(b"M105")
            if self._book.machine.can("SDCARD"):
                talk.mention(b"M27")

    async def execute(self, command: Command) -> None:
        """Does one command; returns when the machine has taken it.

        Raises:
            CommandRejected: the machine said no.
            CommandTimedOut: neither confirmed nor refused in time.
            NotSupported: not in the declared capabilities.
            Unreachable: not connected.
        """
        session = self._connected()
        if not self._book.is_open:
            raise Unreachable("The printer has not reported yet.")
        can = self._book.machine.state.capabilities.commands
        if command.kind.value not in can:
            raise NotSupported("This machine or its firmware cannot do that now.")
        await orders.do(command, session)

    async def emergency_stop(self) -> None:
        """Sends the strongest stop at once, past pacing, queues and locks.

        Returns when the machine said that it halted, or restarted. Raises as `execute`.
        """
        await orders.stop_at_once(self._connected())

    async def upload(self, source: Path, name: str, progress: Progress) -> None:
        """Keeps a file for printing, under `name`, with the engine.

        Cancelling the task stops it and removes the part. Raises as `execute`.
        """
        await self._spool.put(source, name, progress)

    async def delete_file(self, name: str) -> None:
        """Removes a file that we uploaded; one that is gone already is fine."""
        await self._spool.remove(name)

    async def files(self) -> Sequence[StoredFile]:
        """Returns the files kept for this machine, and those on its own card.

        The card is looked at only while nothing is printed.
        """
        kept = await self._spool.files()
        session = self._session
        if session is None or not self._book.is_open or session.is_printing:
            return kept
        return [*kept, *(file for _, file in await session.card.files())]

    async def timelapses(self) -> Sequence[StoredFile]:
        """Returns none: such a machine makes no recordings."""
        return ()

    def console(self, after: int) -> Sequence[ConsoleLine]:
        """Returns the lines with a higher number, oldest first; old ones are gone."""
        return self._book.console(after)

    async def camera_frame(self, camera_id: str) -> Frame:
        """Raises `NotSupported`: a serial line has no camera."""
        raise NotSupported(f"This printer has no camera called {camera_id[:40]}.")

    async def close(self) -> None:
        """Ends the connection and everything that hangs on it."""
        if self._session is not None:
            self._session.fail(Unreachable("The connection was closed."))

    def _note_job(self, machine: Machine) -> None:
        if self._tap is not None:
            at_s = self._clock.now().timestamp()
            self._tap(Record(at_s, "out", JOBS, note_job(machine)))

    def _overheard(self, line: bytes, is_sent: bool) -> None:  # noqa: FBT001 - a callback
        if self._tap is not None:
            at_s = self._clock.now().timestamp()
            direction = "out" if is_sent else "in"
            self._tap(Record(at_s, direction, LINES, line.decode("latin-1")))
