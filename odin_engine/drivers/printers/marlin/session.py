"""One connection to a machine, from its greeting to its loss.

What the machine says is heard here and acted on: a restart, a halt, a request to its
host. A pulse twice a second does what time makes due. Orders are in `orders`.
"""

import asyncio
from collections.abc import Callable

from odin_engine.drivers.printers.marlin.book import Book
from odin_engine.drivers.printers.marlin.card import CardPrints
from odin_engine.drivers.printers.marlin.errands import Errands
from odin_engine.drivers.printers.marlin.greeting import introduce, poll, poll_feeding
from odin_engine.drivers.printers.marlin.link import Wire
from odin_engine.drivers.printers.marlin.place import Place
from odin_engine.drivers.printers.marlin.protocol import encode, jobs
from odin_engine.drivers.printers.marlin.protocol.flow import End, Failure
from odin_engine.drivers.printers.marlin.protocol.machine import with_fault
from odin_engine.drivers.printers.marlin.protocol.replies import (
    Action,
    Card,
    CardProgress,
    Heats,
    Ok,
    Reply,
    Start,
)
from odin_engine.drivers.printers.marlin.protocol.troubles import Trouble, our_fault
from odin_engine.drivers.printers.marlin.spool import Spool
from odin_engine.drivers.printers.marlin.streamed import Streamed
from odin_engine.drivers.printers.marlin.talk import Overhear, Talk
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Activity,
    CommandRejected,
    DriverError,
    Fault,
    Severity,
    Unreachable,
)

_PULSE_S = 0.5
_CLOSE_S = 1.0
_START_WAIT_S = 2.0
"""A board that resets when its port is opened says `start` within this (§5)."""
_ANEW_MOST, _ANEW_WITHIN_S = 3, 60.0
_FAILURES = {
    Failure.RESEND: "The machine asked for a line that was sent long ago; the print "
    "cannot go on. This comes from a bad cable, or two programs on one line.",
    Failure.RESEND_LOOP: "The machine asked for the same line over and over; the print "
    "cannot go on. Check the cable and what lies beside it.",
    Failure.SILENT: "The machine stopped answering in the middle of the print. Look at "
    "it: its heaters may still be on.",
}
_LEAVES = frozenset({"kill", "shutdown", "poweroff", "disconnect"})


class Session:
    """A connection and what goes on over it. `failure` is why it has to end.

    `tell` is called when there is something to look at: a failure, or the book's news.
    """

    def __init__(
        self,
        place: Place,
        book: Book,
        spool: Spool,
        clock: Clock,
        ticker: Ticker,
        tell: Callable[[], None],
        overhear: Overhear | None = None,
    ) -> None:
        self.book = book
        self.spool = spool
        self.clock = clock
        self.ticker = ticker
        self.wire = Wire(place, self._deliver)
        self.talk = Talk(
            self.wire.write,
            self._hear,
            lambda text, is_sent: book.note(text, is_sent=is_sent),
            clock,
            overhear,
        )
        self.errands = Errands(ticker, self.fail, lambda: self.talk.flow.outstanding)
        self.card = CardPrints(self.talk, book)
        self.streamed: Streamed | None = None
        self.starting = asyncio.Lock()
        """Held from the look whether a print runs until the next one does."""
        self.failure: BaseException | None = None
        self.halted = asyncio.Event()
        """Set when the machine says that it halted, or that it starts."""
        self._place = place
        self._tell = tell
        self._is_open = False
        self._asked_s: float | None = None
        self._heats_s: float | None = None
        self._card_s: float | None = None
        self._anew_s: list[float] = []

    @property
    def feeding(self) -> Streamed | None:
        """The print that is being fed, if one is."""
        streamed = self.streamed
        return None if streamed is None or streamed.is_over else streamed

    @property
    def is_printing(self) -> bool:
        """Whether a job occupies the machine, fed or from its card."""
        return self.book.machine.activity.has_running_job

    async def open(self) -> None:
        """Opens the line and begins to talk.

        Raises:
            DriverError: it cannot be had.
        """
        await self.wire.open()
        self.book.change(jobs.card_lost_sight(self.book.machine))
        self._is_open = True
        self.wire.lost.add_done_callback(lambda lost: self.fail(lost.result()))
        self.errands.start(self._pulse())
        self.errands.start(self.greet(waits=self._place.is_device))

    def fail(self, error: BaseException) -> None:
        """Lets the connection end for that reason; the first one counts."""
        if self.failure is None:
            self.failure = error
        self._tell()

    def lose(self) -> None:
        """Ends a print that nobody feeds any more, as the line ends or we leave."""
        streamed, self.streamed = self.feeding, None
        if streamed is not None:
            streamed.abandon()
        elif not self.is_printing or self.book.machine.prints_from_card:
            return
        # Else one is just being ended, which may still wait for the machine.
        if not self.wire.lost.done():
            # The line is there, and we leave: nobody else would switch them off.
            self.talk.shout(b"".join(line + b"\n" for line in encode.COOL))
        self._fail_job(our_fault("link_lost", jobs.LINK_LOST))

    async def close(self) -> None:
        """Ends the connection; what waits for an answer fails."""
        self.lose()
        self.talk.flow.drop(End.DROPPED)
        self.wire.close()
        await self.errands.close()
        # The kernel may hold on to a device that hangs; nobody waits for that.
        await asyncio.wait({self.wire.lost}, timeout=_CLOSE_S)

    def _deliver(self, data: bytes) -> None:
        if self._is_open:
            self.talk.deliver(data)

    async def greet(self, *, waits: bool = False) -> None:
        """Agrees on numbers with the machine, gets to know it, and shows it."""
        if waits:
            await self.has_started(_START_WAIT_S)
        self.talk.flow.greet()
        self.talk.pump()
        try:
            await introduce(self.talk, self.book, self.ticker)
            await self._end_what_was_left()
        except CommandRejected, DriverError:
            # The pulse or the wire knows why, and says so.
            return
        if self.book.machine.is_dead:
            # It answers: somebody has switched it off and on while we were away.
            self.book.change(jobs.was_reset(self.book.machine))
        if not self.book.is_open:
            self.book.open()

    async def has_started(self, seconds: float) -> bool:
        """Waits so long for the board to say that it starts; whether it did."""
        started = asyncio.create_task(self.halted.wait())
        timer = asyncio.ensure_future(self.ticker.sleep(seconds))
        try:
            await asyncio.wait({started, timer}, return_when=asyncio.FIRST_COMPLETED)
            return started.done()
        finally:
            started.cancel()
            timer.cancel()

    async def _end_what_was_left(self) -> None:
        """Cools a machine down that nobody fed any more, and says what became of it."""
        left = await self.spool.left_feeding()
        if self.feeding is not None:
            return
        if not self.book.machine.prints_from_card:
            self._fail_job(our_fault("link_lost", jobs.LINK_LOST))
        if left is None:
            return
        name, file, token = (left.get(key) for key in ("name", "file", "token"))
        machine = jobs.left_behind(
            self.book.machine,
            name if isinstance(name, str) else None,
            file if isinstance(file, str) else None,
            token if isinstance(token, int) else None,
        )
        self.book.change(machine)
        if not machine.prints_from_card:
            await self.talk.ask(*encode.COOL)
        await self.spool.note_feeding(None)

    async def _pulse(self) -> None:
        while True:
            await self.ticker.sleep(_PULSE_S)
            self.talk.tick()
            if self.streamed is not None:
                self.streamed.refresh()
                if self.feeding is None and not self.is_printing:
                    self.streamed = None
                    await self.spool.note_feeding(None)
            flow = self.talk.flow
            if flow.failure is not None:
                self._talk_failed(flow.failure)
            elif self.book.is_open and not self.book.machine.is_dead:
                self._ask_what_is_due()
            if flow.has_bad_cable:
                flow.has_bad_cable = False
                text = "More than one line in ten had to be sent again: a bad cable?"
                fault = our_fault("bad_cable", text, Severity.COMMON)
                self.book.change(with_fault(self.book.machine, fault))

    def _ask_what_is_due(self) -> None:
        now_s = self.clock.monotonic_s()
        since = (self._asked_s, self._heats_s, self._card_s)
        ages = [None if at_s is None else now_s - at_s for at_s in since]
        if self.feeding is not None:
            wanted = poll_feeding(self.book, *ages[:2])
        elif self.talk.flow.is_idle:
            wanted = poll(self.book, *ages[1:])
        else:
            return
        for command in wanted:
            if command == b"M105":
                self._asked_s = self._heats_s = now_s
            else:
                self._card_s = now_s
            self.talk.mention(command)

    def _talk_failed(self, failure: Failure) -> None:
        was_feeding = self.feeding is not None
        self._drop_print(our_fault(failure.value, _FAILURES[failure]))
        flow = self.talk.flow
        if failure is Failure.SILENT:
            self.fail(Unreachable(self._silence()))
            return
        flow.drop(End.DROPPED)
        if self._happens_too_often():
            self.fail(Unreachable(f"{self._place} does not keep to the protocol."))
            return
        flow.greet()
        self.talk.pump()
        if not self.book.is_open:
            self.errands.start(self.greet())
        elif was_feeding:
            self.errands.run(self._cool())

    def _silence(self) -> str:
        if self.talk.heard_s is not None:
            return f"The machine at {self._place} stopped answering."
        if self.talk.rejected:
            return (
                f"Only noise comes from {self._place}. The baud rate is most likely "
                "wrong; 115200 and 250000 are the usual ones."
            )
        return (
            f"{self._place} is open, and no printer answers there. Check the cable, "
            "that the printer is on, and the baud rate."
        )

    async def _cool(self) -> None:
        await self.talk.ask(*encode.COOL)
        await self.spool.note_feeding(None)

    def _hear(self, reply: Reply) -> None:
        if isinstance(reply, Ok):
            tells = bool(reply.heats) or reply.position is not None
            if tells or self.book.machine.waiting is not None:
                self.book.hear(reply)
                if reply.heats:
                    self._heats_s = self.clock.monotonic_s()
            return
        if isinstance(reply, Heats):
            self._heats_s = self.clock.monotonic_s()
        elif isinstance(reply, CardProgress | Card):
            self._card_s = self.clock.monotonic_s()
        self.book.hear(reply)
        match reply:
            case Start():
                self._was_reset()
            case Action(word):
                self._do_as_asked(word)
            case Trouble() if reply.is_dead:
                self._died()
            case _:
                return

    def _was_reset(self) -> None:
        """Begins anew; a machine that does nothing but restart is left alone (§10.5)."""
        self.halted.set()
        self._drop_print()
        had_begun = self.book.is_open or self.talk.flow.outstanding is not None
        self.talk.flow.drop(End.DROPPED)
        if self._happens_too_often():
            self.fail(
                Unreachable(
                    "The machine restarts over and over. Its power supply or its USB "
                    "supply may be too weak."
                )
            )
        elif had_begun:
            self.errands.start(self.greet())

    def _happens_too_often(self) -> bool:
        """Takes note that all had to begin anew, and whether that is no use any more."""
        now_s = self.clock.monotonic_s()
        recent = [at for at in self._anew_s if now_s - at < _ANEW_WITHIN_S]
        self._anew_s = [*recent, now_s]
        return len(self._anew_s) > _ANEW_MOST

    def _died(self) -> None:
        self.halted.set()
        self._drop_print()
        self.talk.flow.drop(End.DROPPED)
        self.talk.flow.rest()

    def _drop_print(self, fault: Fault | None = None) -> None:
        streamed, self.streamed = self.feeding, None
        if streamed is not None:
            streamed.abandon()
            if fault is not None:
                self._fail_job(fault)

    def _fail_job(self, fault: Fault) -> None:
        if self.is_printing:
            machine = jobs.ended(self.book.machine, Activity.FAILED, fault)
            self.book.change(machine)

    def _do_as_asked(self, word: str) -> None:
        """Does what the machine asks its host for (§3)."""
        streamed = self.feeding
        if word in _LEAVES:
            self.fail(Unreachable(f"The machine took its leave ({word})."))
        elif word == "cancel" and self.is_printing:
            self.errands.run(self.stop())
        elif streamed is None:
            return
        elif word == "pause":
            self.errands.run(streamed.pause())
        elif word == "out_of_filament":
            self.errands.run(streamed.pause("paused_filament_runout"))
        elif word == "paused":
            streamed.hold()
        elif word == "resumed":
            streamed.go_on()
        elif word == "resume":
            self.errands.run(streamed.resume())

    def printing(self) -> Streamed | CardPrints:
        """Returns whatever prints now.

        Raises:
            CommandRejected: nothing, or it is just being ended.
        """
        if self.feeding is not None:
            return self.feeding
        if self.book.machine.prints_from_card:
            return self.card
        if self.is_printing:
            raise CommandRejected("The print is just being ended.", "ending")
        raise CommandRejected("Nothing is being printed.", "no_job")

    async def stop(self) -> None:
        """Ends what prints now, for good. Raises as `printing` and `Talk.ask`."""
        target = self.printing()
        self.streamed = None
        await target.cancel()
        await self.spool.note_feeding(None)
