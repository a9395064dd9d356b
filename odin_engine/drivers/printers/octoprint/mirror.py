"""What is known of the machine, kept up to date; and the states to tell of it."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from odin_engine.drivers.printers.octoprint.protocol import (
    answers,
    encode,
    push,
    reports,
)
from odin_engine.drivers.printers.octoprint.protocol.capabilities import Limits
from odin_engine.drivers.printers.octoprint.protocol.document import (
    Document,
    note_asked,
)
from odin_engine.drivers.printers.octoprint.protocol.fields import mapping, real
from odin_engine.drivers.printers.octoprint.protocol.translate import shared, translate
from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import Command, PrinterState, ProtocolViolation
from odin_engine.printers.ports import ConsoleLine

_LINES_MOST = 500
_LINE_MOST = 300
_WAITING_MOST = 100
"""States nobody took in; a reader that slow has lost the older ones anyway."""
_REPORTS = frozenset({"current", "history"})


class Console:
    """The last lines of the machine's conversation."""

    def __init__(self) -> None:
        self._lines: deque[tuple[int, datetime, str]] = deque(maxlen=_LINES_MOST)
        self._numbers = itertools.count(1)

    def add(self, lines: Iterable[object], at: datetime) -> None:
        """Adds lines as the server logged them."""
        for line in lines:
            if isinstance(line, str):
                self._lines.append((next(self._numbers), at, line[:_LINE_MOST]))

    def lines(self, after: int) -> Sequence[ConsoleLine]:
        """Returns the lines with a higher number, oldest first."""
        return [
            ConsoleLine(number, at, *reports.read_line(line))
            for number, at, line in self._lines
            if number > after
        ]


class Mirror:
    """Folds what is heard into the document and queues the states that follow."""

    def __init__(
        self, host: str, limits: Limits, clock: Clock, tell: Callable[[], None]
    ) -> None:
        self.document = Document(host=host)
        self.state: PrinterState | None = None
        self.fresh: deque[PrinterState] = deque(maxlen=_WAITING_MOST)
        self.console = Console()
        self.heard_s: float | None = None
        self.rejected = 0
        self.has_report = False
        self.skew_s: float | None = None
        self._limits = limits
        self._clock = clock
        self._tell = tell
        self._known: PrinterState | None = None

    def begin(self) -> None:
        """Starts a session: nothing is told before its first report."""
        self.fresh.clear()
        self.state = None
        # What only events tell may have changed unheard.
        self.document = replace(self.document, heats={}, state_id=None)
        self.has_report = False

    def may(self, role: str) -> bool:
        """Whether our key has a role, as far as the server says."""
        return self.document.may is None or role in self.document.may

    def hear(self, said: str) -> bool:
        """Takes in what the socket said; returns whether it wants a new login."""
        now = self._heard()
        try:
            messages = push.parse(said)
        except ProtocolViolation:
            self.rejected += 1
            return False
        for kind, payload in messages:
            if kind == "reauthRequired":
                return True
            before = self.document
            self.document = push.fold(before, (kind, payload), now)
            self._show_end(before)
            if kind in _REPORTS:
                self._take_report(kind, payload, now)
        if self.has_report:
            self._show()
        return False

    def _show_end(self, before: Document) -> None:
        """Shows the end that was told, where the next job begins before flags show it."""
        state, old, new = self.state, before.run, self.document.run
        has_begun = new is not None and not new.is_over
        is_told = old is not None and old.is_over and before.end is not None
        if state is None or not has_begun or not is_told:
            return
        if state.activity is not None and state.activity.has_running_job:
            self._queue(replace(state, activity=before.end))

    def _take_report(self, kind: str, payload: Mapping[str, Any], at: datetime) -> None:
        if not reports.is_report(payload):
            self.rejected += 1
            return
        logs = payload.get("logs")
        # The history repeats what was told before.
        if isinstance(logs, list) and (kind == "current" or not self.has_report):
            self.console.add(logs, at)
        theirs_s = real(payload.get("serverTime"), 0, 1e11)
        if theirs_s is not None:
            self.skew_s = theirs_s - at.timestamp()
        self.has_report = True

    def take_answer(self, body: object) -> None:
        """Takes in what a request was answered with."""
        self.document = answers.fold(self.document, body, self._heard())
        self._show_if_known()

    def take_prompt(self, body: object) -> None:
        """Takes in which question the machine asks."""
        self._heard()
        self.document = answers.take_prompt(self.document, mapping(body))
        self._show_if_known()

    def note_asked(self, token: int, path: str) -> None:
        """Remembers an order to print that is on its way."""
        self.document = note_asked(self.document, token, path, self._clock.now())

    def forget_asked(self, token: int) -> None:
        """Forgets an order that the server refused."""
        asked = self.document.asked
        if asked is not None and asked[0] == token:
            self.document = replace(self.document, asked=None)

    def note_done(self, command: Command) -> None:
        """Takes in what a command changed that no report tells of."""
        self.document = encode.note_done(self.document, command)
        self._show_if_known()

    def _heard(self) -> datetime:
        self.heard_s = self._clock.monotonic_s()
        return self._clock.now()

    def _show_if_known(self) -> None:
        if self.state is not None:
            self._show()

    def _show(self) -> None:
        after = shared(self._known, translate(self.document, self._limits))
        if after is self.state:
            return
        self._queue(after)

    def _queue(self, state: PrinterState) -> None:
        self.state = self._known = state
        self.fresh.append(state)
        self._tell()
