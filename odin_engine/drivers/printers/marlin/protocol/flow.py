"""Which line goes next: one at a time, again what was lost, until each is taken (§4).

The machine's `ok` is the only flow control there is. Everything is numbered, so a line
that is sent twice is refused by the machine and does no harm; that is what every
recovery here rests on (§10). No I/O and no clock: instants are handed in.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from odin_engine.drivers.printers.marlin.protocol.lines import (
    POKE,
    RESET_NUMBER,
    code_of,
    numbered,
)
from odin_engine.drivers.printers.marlin.protocol.replies import (
    Busy,
    Ok,
    Reply,
    Resend,
    Wait,
)

_KEPT = 64
"""Lines kept for sending again; more than any receiver holds."""
_NUMBER_MOST = 100_000
"""Then the count begins anew, far below where firmwares' integers end (§2)."""
_RESEND_OK_S = 0.5
"""Some firmwares forget the `ok` behind a request to resend."""
_SAME_MOST = 10
"""A line asked for more often than this can never pass."""
_BUSY_S = 3.0
"""For a machine that says every 2 s that it is busy."""
_FIRST_S = 6.0
_QUIET_S = 30.0
_TIMEOUTS_IDLE, _TIMEOUTS_AT_WORK = 2, 5
_BAD_OF, _BAD_MOST = 100, 10
"""More requests to resend than this among so many lines are a bad cable."""
_SAID_MOST = 2_000
_LONG = frozenset(
    f"{code}".encode()
    for code in (
        *("G4", "G28", "G29", "G30", "G32", "G34", "G425", "M0", "M1", "M48", "M109"),
        *("M116", "M190", "M191", "M226", "M303", "M400", "M600"),
    )
)
"""Commands whose `ok` may take minutes."""


class Failure(StrEnum):
    """Why the conversation cannot go on."""

    RESEND = "resend"
    RESEND_LOOP = "resend_loop"
    SILENT = "silent"


class End(StrEnum):
    """How a command ended."""

    TAKEN = "taken"
    SILENT = "silent"
    DROPPED = "dropped"


@dataclass(slots=True, eq=False)
class Item:
    """A command of ours, what was said while it was under way, and who waits for it."""

    command: bytes
    on_end: Callable[[End], None]
    said: list[Reply] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Sent:
    number: int
    data: bytes
    command: bytes
    item: Item | None

    @property
    def is_long(self) -> bool:
        return code_of(self.command) in _LONG

    def end(self, how: End) -> None:
        item, self.item = self.item, None
        if item is not None:
            item.on_end(how)


class Flow:
    """The lines of one connection. `source` gives those of a file, between ours."""

    def __init__(self) -> None:
        self.source: Callable[[], bytes | None] | None = None
        self.failure: Failure | None = None
        self.resends = 0
        self.strays = 0
        self._queue: deque[Item] = deque()
        self._history: deque[_Sent] = deque(maxlen=_KEPT)
        self._next = 1
        self._pointer: int | None = None
        self._outstanding: _Sent | None = None
        self._greets = False
        self._resend_due_s: float | None = None
        self._sends_again = False
        self._last_resend: int | None = None
        self._same = 0
        self._bad_of = 0
        self._bad = 0
        self.has_bad_cable = False
        self._has_busy = False
        self._tells_heats = False
        self._pokes = 0
        self._waits = 0
        self._timeouts = 0
        self._due_s = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way or waits for its turn."""
        return self._outstanding is None and not self._queue

    @property
    def outstanding(self) -> bytes | None:
        """The command that the machine has, and has not taken yet."""
        return self._outstanding.command if self._outstanding is not None else None

    @property
    def has_asked(self) -> bool:
        """Whether what comes may be the answer to a command of ours, not of a file."""
        return self._outstanding is not None and self._outstanding.item is not None

    def greet(self) -> None:
        """Begins the count anew before anything else is sent.

        What a machine that was reset had been sent is dropped.
        """
        self.rest()
        self._greets = True

    def rest(self) -> None:
        """Sends nothing more of what is under way, as nobody is there to take it."""
        self.failure = None
        self._begin_count()
        self._outstanding = None
        self._resend_due_s = None
        self._pokes = self._waits = self._timeouts = 0

    def drop(self, how: End) -> None:
        """Ends everything that is under way or waits."""
        waiting = list(self._queue)
        self._queue.clear()
        for sent in (*self._history, self._outstanding):
            if sent is not None:
                sent.end(how)
        for item in waiting:
            item.on_end(how)

    def put(self, item: Item) -> None:
        """Lines up a command behind the others of ours, before the file's next."""
        self._queue.append(item)

    def withdraw(self, items: Sequence[Item]) -> None:
        """Takes commands back, unless the first is on its way: they belong together."""
        if items and items[0] in self._queue:
            for item in items:
                self._queue.remove(item)

    def hear(self, reply: Reply, now_s: float) -> None:
        """Takes note of what the machine said."""
        if isinstance(reply, Ok):
            if reply.position is not None:
                self._keep(reply.position)
            self._hear_ok(reply)
            return
        self._keep(reply)
        if isinstance(reply, Resend):
            self._hear_resend(reply.number, now_s)
        elif isinstance(reply, Busy):
            self._has_busy = True
            self._due_s = now_s + _BUSY_S
        elif isinstance(reply, Wait) and self._outstanding is not None:
            self._waits += 1
            if self._waits >= 2:
                self._again()

    def _keep(self, reply: Reply) -> None:
        """Keeps what was said for whoever asked."""
        if self._outstanding is not None and self._outstanding.item is not None:
            said = self._outstanding.item.said
            if len(said) < _SAID_MOST:
                said.append(reply)

    def pump(self, now_s: float) -> bytes | None:
        """Returns the next line to send, `None` while one is under way or none is left."""
        if (
            self._outstanding is not None
            or self._resend_due_s is not None
            or self.failure is not None
        ):
            return None
        sent = self._take()
        if sent is None:
            return None
        self._outstanding = sent
        self._timeouts = self._waits = 0
        self._due_s = now_s + self._patience_s(sent)
        return sent.data

    def tick(self, now_s: float) -> bytes | None:
        """Returns what provokes an answer that is overdue; to be asked now and then."""
        if self._resend_due_s is not None and now_s >= self._resend_due_s:
            self._resend_done()
        sent = self._outstanding
        if sent is None or now_s < self._due_s or self.failure is not None:
            return None
        self._timeouts += 1
        at_work = self.source is not None or sent.is_long
        if self._timeouts > (_TIMEOUTS_AT_WORK if at_work else _TIMEOUTS_IDLE):
            self.failure = Failure.SILENT
            self.drop(End.SILENT)
            return None
        self._due_s = now_s + self._patience_s(sent)
        if sent.number == 0:
            return sent.data
        self._pokes += 1
        return POKE

    def _patience_s(self, sent: _Sent) -> float:
        if self._has_busy:
            return _BUSY_S
        return _FIRST_S if self._timeouts == 0 and not sent.is_long else _QUIET_S

    def _take(self) -> _Sent | None:
        if self._greets or (self._next > _NUMBER_MOST and self._pointer is None):
            self._greets = False
            self._begin_count()
            return _Sent(0, RESET_NUMBER, b"M110", None)
        if self._pointer is not None:
            sent = self._history[self._pointer - self._history[0].number]
            self._pointer += 1
            if self._pointer == self._next:
                self._pointer = None
            return sent
        item, command = None, None
        if self._queue:
            item = self._queue.popleft()
            command = item.command
        elif self.source is not None:
            command = self.source()
        if command is None:
            return None
        sent = _Sent(self._next, numbered(self._next, command), command, item)
        self._next += 1
        self._history.append(sent)
        return sent

    def _begin_count(self) -> None:
        self._history.clear()
        self._next, self._pointer = 1, None
        self._last_resend, self._same = None, 0

    def _hear_ok(self, ok: Ok) -> None:
        if self._resend_due_s is not None:
            self._resend_done()
            return
        sent = self._outstanding
        if self._pokes and ok.heats and (sent is None or sent.command != b"M105"):
            # The poke's own: what was sent before it is through, or lost (§10.1).
            self._pokes -= 1
            if sent is not None and self._timeouts:
                self._again()
            return
        self._tells_heats = self._tells_heats or bool(ok.heats)
        if sent is None or self._is_stray(ok, sent):
            # No credit for it: commands from the panel are answered as well.
            self.strays += 1
            return
        self._done(sent)

    def _is_stray(self, ok: Ok, sent: _Sent) -> bool:
        """Whether an `ok` is not the answer to that line, as far as it can be told."""
        if sent.command == b"M105" and self._tells_heats:
            return not ok.heats
        return ok.number is not None and ok.number == sent.number - 1

    def _done(self, sent: _Sent) -> None:
        self._outstanding = None
        if sent.number == self._last_resend:
            self._last_resend, self._same = None, 0
        self._bad_of += 1
        if self._bad_of >= _BAD_OF:
            self.has_bad_cable = self._bad > _BAD_MOST
            self._bad_of = self._bad = 0
        sent.end(End.TAKEN)

    def _again(self) -> None:
        """Sends the outstanding line again; if the machine had it, it will say so."""
        sent, self._outstanding = self._outstanding, None
        self._waits = 0
        if sent is None:
            return
        if sent.number == 0:
            self._greets = True
        elif self._pointer is None or self._pointer > sent.number:
            self._pointer = sent.number

    def _hear_resend(self, number: int, now_s: float) -> None:
        if self._resend_due_s is not None and number == self._last_resend:
            # One for each line that it had received already.
            return
        if self._outstanding is not None and self._outstanding.number == 0:
            return
        self.resends += 1
        self._bad += 1
        self._same = self._same + 1 if number == self._last_resend else 1
        self._last_resend = number
        oldest = self._history[0].number if self._history else self._next
        if self._same > _SAME_MOST:
            self.failure = Failure.RESEND_LOOP
        elif not oldest <= number <= self._next:
            self.failure = Failure.RESEND
        else:
            # Asking for what was never sent, it has all that was.
            self._sends_again = number < self._next
            self._resend_due_s = now_s + _RESEND_OK_S

    def _resend_done(self) -> None:
        """The `ok` behind a request to resend is there, or overdue."""
        self._resend_due_s = None
        if self._sends_again:
            self._pointer, self._outstanding = self._last_resend, None
        elif self._outstanding is not None:
            self._done(self._outstanding)
