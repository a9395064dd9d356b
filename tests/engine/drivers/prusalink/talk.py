"""Short ways to say what a printer said, and to hear it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from odin_engine.drivers.printers.prusalink.protocol import document as documents
from odin_engine.drivers.printers.prusalink.protocol.document import Document
from odin_engine.drivers.printers.prusalink.protocol.translate import (
    shared,
    translate,
)
from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import PrinterState

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def status(
    word: str,
    job_id: float | None = None,
    progress: float | None = None,
    left_s: float | None = None,
    done_s: float | None = None,
    **printer: object,
) -> dict[str, Any]:
    """Returns a status; without a number there is no job in it."""
    body: dict[str, Any] = {"printer": {"state": word, **printer}}
    if job_id is not None:
        values = {
            "id": job_id,
            "progress": progress,
            "time_remaining": left_s,
            "time_printing": done_s,
        }
        body["job"] = {key: each for key, each in values.items() if each is not None}
    return body


def job(job_id: int, name: str, **file: object) -> dict[str, Any]:
    """Returns a job's own document."""
    shown = {"name": "SHORT~1.BGC", "display_name": name, "path": "/usb", **file}
    return {"id": job_id, "state": "PRINTING", "file": shown}


class Tale:
    """Feeds answers to one document, some seconds apart, and keeps what comes of it."""

    def __init__(self, document: Document | None = None) -> None:
        self.document = document or Document()
        self.at = START
        self.states: list[PrinterState] = []
        self.events: list[PrinterEvent] = []
        self._last = PrinterState()

    def hear(
        self, path: str, body: object, code: int = 200, after_s: float = 5
    ) -> PrinterState:
        """Hears one answer; returns the state after it."""
        self.at += timedelta(seconds=after_s)
        heard = documents.hear(self.document, path, code, body, self.at)
        assert heard is not None
        for self.document in heard:
            state = shared(self._last, translate(self.document))
            self.events.extend(transitions("p", self._last, state))
            self._last = state
            self.states.append(state)
        return self._last

    def status(
        self, word: str, *numbers: float | None, **printer: object
    ) -> PrinterState:
        """Hears a status."""
        body = status(word, *numbers)
        body["printer"] |= printer
        return self.hear(documents.STATUS, body)

    def job(self, job_id: int, name: str, **file: object) -> PrinterState:
        """Hears a job's document."""
        return self.hear(documents.JOB, job(job_id, name, **file), after_s=0)

    def words(self) -> Sequence[str]:
        """Returns the kinds of what happened."""
        return [type(event).__name__ for event in self.events]
