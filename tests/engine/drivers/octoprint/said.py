"""What an OctoPrint server says, made up for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from odin_engine.drivers.printers.octoprint.protocol import answers, push
from odin_engine.drivers.printers.octoprint.protocol.capabilities import Limits
from odin_engine.drivers.printers.octoprint.protocol.document import (
    Document,
    note_asked,
)
from odin_engine.drivers.printers.octoprint.protocol.translate import translate
from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import PrinterState

AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
OPERATIONAL = {"operational": True, "ready": True}
PRINTING = {"operational": True, "printing": True}
PAUSED = {"operational": True, "paused": True}
CLOSED = {"closedOrError": True}
ERROR = {"closedOrError": True, "error": True}


def current(
    flags: dict[str, bool] | None = None,
    *,
    path: str | None = "part.gcode",
    completion: float | None = None,
    **more: Any,  # noqa: ANN401 - wire values
) -> dict[str, Any]:
    """Returns a report of the push socket."""
    progress = {
        "completion": completion,
        "printTime": more.pop("printed", None),
        "printTimeLeft": more.pop("left", None),
        "printTimeLeftOrigin": more.pop("origin", None),
    }
    file = {
        "name": path,
        "path": path,
        "display": path,
        "origin": "local",
        "size": 1000,
    }
    job = {
        "file": file,
        "estimatedPrintTime": more.pop("estimated", None),
        "filament": more.pop("filament", None),
    }
    flags = OPERATIONAL if flags is None else flags
    state = {"text": "?", "flags": flags, "error": more.pop("error", "")}
    heats = more.pop("heats", None)
    temps = [{"time": 1, **heats}] if heats is not None else []
    body = {"state": state, "job": job, "progress": progress, "temps": temps, **more}
    return {"current": body}


def event(kind: str, **payload: object) -> dict[str, Any]:
    """Returns an event of the push socket."""
    return {"event": {"type": kind, "payload": payload}}


class Story:
    """Messages in the order of time, a second apart, and what they come to."""

    def __init__(self, document: Document | None = None) -> None:
        self.document = document or Document(host="192.0.2.7")
        self.limits = Limits()
        self.state: PrinterState = translate(self.document, self.limits)
        self.events: list[PrinterEvent] = []
        self._at = AT

    def push(self, *messages: dict[str, Any], seconds: float = 1.0) -> PrinterState:
        for message in messages:
            self._at += timedelta(seconds=seconds)
            for each in message.items():
                self._show(push.fold(self.document, each, self._at))
        return self.state

    def answer(self, body: object) -> PrinterState:
        self._at += timedelta(seconds=1)
        self._show(answers.fold(self.document, body, self._at))
        return self.state

    def ask(self, token: int, path: str) -> None:
        self.document = note_asked(self.document, token, path, self._at)

    def words(self) -> list[str]:
        """Returns what happened, as words."""
        return [
            f"{type(each).__name__} {getattr(each, 'result', '')}".strip()
            for each in self.events
        ]

    def _show(self, document: Document) -> None:
        after = translate(document, self.limits)
        self.events.extend(transitions("p", self.state, after))
        self.document, self.state = document, after
