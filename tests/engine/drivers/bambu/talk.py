"""A printer's side of a conversation, for tests of the protocol."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from odin_engine.drivers.printers.bambu.protocol.document import (
    Document,
    fold,
    note_stop_sent,
    settle,
)
from odin_engine.drivers.printers.bambu.protocol.messages import (
    Report,
    VersionReply,
    parse,
)
from odin_engine.drivers.printers.bambu.protocol.translate import translate
from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import PrinterState

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
X1C, P1S, A1, P2S, H2S, H2D, H2C, X2D = (
    f"{prefix}00A000000001"
    for prefix in ("00M", "01P", "039", "22E", "093", "094", "31B", "20P")
)


class Talk:
    """Feeds what a printer says, as bytes, and keeps state and events."""

    def __init__(self, serial: str | None = X1C) -> None:
        self.document = Document.new(serial)
        self.state = translate(self.document)
        self.events: list[PrinterEvent] = []
        self.now = START
        self.has_clock = True

    def full(self, **fields: object) -> PrinterState:
        """The printer sends everything."""
        return self._report({"msg": 0, **fields})

    def says(self, *, after_s: float = 1, **fields: object) -> PrinterState:
        """The printer sends what changed, so long after the last message."""
        self.now += timedelta(seconds=after_s)
        return self._report({"msg": 1, **fields})

    def versions(self, *modules: dict[str, Any]) -> PrinterState:
        """The printer names its boards."""
        body = {"info": {"command": "get_version", "module": list(modules)}}
        message = parse(orjson.dumps(body))
        assert isinstance(message, VersionReply)
        return self._show(fold(self.document, message, self.now))

    def wait(self, seconds: float) -> PrinterState:
        """Time passes; what waits for it is settled."""
        self.now += timedelta(seconds=seconds)
        return self._show(settle(self.document, self.now))

    def we_stop(self) -> None:
        """We send a stop."""
        self._show(note_stop_sent(self.document, self.now))

    @property
    def happened(self) -> list[str]:
        """The names of the events so far."""
        return [type(event).__name__ for event in self.events]

    def _report(self, fields: dict[str, Any]) -> PrinterState:
        message = parse(orjson.dumps({"print": {"command": "push_status", **fields}}))
        assert isinstance(message, Report)
        return self._show(
            fold(self.document, message, self.now if self.has_clock else None)
        )

    def _show(self, document: Document) -> PrinterState:
        after = translate(document)
        self.events += transitions("p", self.state, after)
        self.document, self.state = document, after
        return after
