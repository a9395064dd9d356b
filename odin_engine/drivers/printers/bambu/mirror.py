"""What one printer said, kept current message by message, and the state it amounts to.

Everything happens inside `hear`, in the callback that read the message: parse, fold,
translate, compare. No task and no timer is made for a message.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from datetime import timedelta

from odin_engine.drivers.printers.bambu.commander import Commander, is_unsigned
from odin_engine.drivers.printers.bambu.protocol.document import (
    Document,
    fold,
    note_accepted,
    note_new_session,
    note_refused,
    note_stop_sent,
    settle,
)
from odin_engine.drivers.printers.bambu.protocol.messages import (
    Ack,
    Report,
    VersionReply,
    parse,
)
from odin_engine.drivers.printers.bambu.protocol.translate import translate
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import PrinterState

_LOG = logging.getLogger(__name__)

_FULL_REPORT_WITHIN_S = 15.0
"""How long changes alone wait for the full report that they belong to."""


class Mirror:
    """Holds the document of a printer across its connections.

    `fresh` are the states that nobody has taken yet; `news` is called when one comes.
    """

    def __init__(
        self,
        serial: str | None,
        commander: Commander,
        clock: Clock,
        ticker: Ticker,
        news: Callable[[], None],
    ) -> None:
        self._serial = serial
        self._commander = commander
        self._clock = clock
        self._ticker = ticker
        self._news = news
        self._has_report = False
        self._is_shown = False
        self._full_by_s: float | None = None
        self._settling: asyncio.Task[None] | None = None
        self.document = Document.new(serial)
        self.state: PrinterState | None = None
        self.fresh: deque[PrinterState] = deque()
        self.heard_s: float | None = None
        self.rejected = 0

    def begin(self) -> None:
        """Prepares for a new connection: its first state is shown, the same one too.

        Changes that arrive ahead of its first full report are only remembered: a state
        made of them alone would show a machine without filament.
        """
        self.document = note_new_session(self.document)
        self.fresh.clear()
        self._is_shown = False
        self._full_by_s = self._clock.monotonic_s() + _FULL_REPORT_WITHIN_S
        self._arm_settling()

    def end(self) -> None:
        """Stops waiting for anything."""
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None

    def hear(self, payload: bytes) -> None:
        """Takes one message. What makes no sense is counted, and harms nothing."""
        self.heard_s = self._clock.monotonic_s()
        message = parse(payload)
        if message.__class__ is Report:
            self._has_report = True
            if message.is_full:
                self._full_by_s = None
            self._take(fold(self.document, message, self._clock.now()))
        elif message.__class__ is VersionReply:
            self._take(fold(self.document, message, self._clock.now()))
        elif message.__class__ is Ack:
            self._acknowledged(message)
        else:
            self.rejected += 1

    def note_stop_sent(self) -> None:
        """Remembers that the job's end, when it comes, is a person's wish."""
        self._take(note_stop_sent(self.document, self._clock.now()))

    def _acknowledged(self, ack: Ack) -> None:
        if is_unsigned(ack):
            self._take(note_refused(self.document))
        elif ack.ok and ack.namespace == "print" and self._commander.is_ours(ack):
            self._take(note_accepted(self.document))
        self._commander.heard_ack(ack)

    def _take(self, document: Document) -> None:
        """Makes a document the current one; a state that differs is handed on."""
        if document is not self.document:
            odd = document.oddities
            if odd is not self.document.oddities:
                self._log_new(odd - self.document.oddities)
            self.document = document
            self._arm_settling()
        if self._full_by_s is not None:
            if self._clock.monotonic_s() < self._full_by_s:
                return
            self._full_by_s = None
        if not self._has_report:
            return
        state = translate(document)
        self._commander.heard_state(state)
        if state is not self.state or not self._is_shown:
            self._is_shown = True
            self.state = state
            self.fresh.append(state)
            self._news()

    def _log_new(self, oddities: frozenset[str]) -> None:
        for oddity in sorted(oddities):
            _LOG.info("%s says something new to us: %s", self._serial, oddity)

    def _arm_settling(self) -> None:
        """Keeps one timer while the end of a job waits for its reason."""
        if self.document.settles_at is not None and self._settling is None:
            self._settling = asyncio.create_task(self._settle())

    async def _settle(self) -> None:
        while (due := self.document.settles_at) is not None:
            wait = due - self._clock.now()
            if wait > timedelta():
                await self._ticker.sleep(wait.total_seconds())
            self._take(settle(self.document, self._clock.now()))
        self._settling = None
