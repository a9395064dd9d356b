"""What the events say, each taken into the document.

Source: docs.octoprint.org, "Available events".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from odin_engine.drivers.printers.octoprint.protocol.document import (
    Document,
    finish,
    tell_begin,
)
from odin_engine.drivers.printers.octoprint.protocol.fields import (
    text,
    whole,
)
from odin_engine.printers.model import (
    Activity,
    Fault,
    FaultKind,
    Severity,
)


def _started(document: Document, payload: Mapping[str, Any], at: datetime) -> Document:
    path = text(payload.get("path")) or text(payload.get("name")) or ""
    return tell_begin(document, path, at)


def _done(document: Document, payload: Mapping[str, Any], at: datetime) -> Document:
    return finish(document, text(payload.get("path")), Activity.FINISHED, at)


def _cancelled(
    document: Document, payload: Mapping[str, Any], at: datetime
) -> Document:
    return finish(document, text(payload.get("path")), Activity.CANCELLED, at)


def _failed(document: Document, payload: Mapping[str, Any], at: datetime) -> Document:
    is_cancel = payload.get("reason") == "cancelled"
    end = Activity.CANCELLED if is_cancel else Activity.FAILED
    after = finish(document, text(payload.get("path")), end, at)
    why = text(payload.get("error"))
    if after is document or is_cancel or why is None or after.fault is not None:
        return after
    said = why.rstrip(" :.")
    failed = Fault("print_failed", FaultKind.PRINT, Severity.FATAL, f"{said}.")
    return replace(after, fault=failed)


def _resumed(document: Document, _: Mapping[str, Any], __: datetime) -> Document:
    return replace(document, hold=None)


def _filament(document: Document, _: Mapping[str, Any], at: datetime) -> Document:
    return replace(document, hold="paused_filament_change", hold_at=at)


def _waiting(document: Document, _: Mapping[str, Any], at: datetime) -> Document:
    return replace(document, hold="paused_by_gcode", hold_at=at)


def _state_id(document: Document, payload: Mapping[str, Any], _: datetime) -> Document:
    return replace(document, state_id=text(payload.get("state_id"), 40))


def _error(document: Document, payload: Mapping[str, Any], _: datetime) -> Document:
    # Else the machine stays connected, and at most its print is cancelled.
    is_end = text(payload.get("consequence")) != "cancel"
    return replace(
        document,
        fault=Fault(
            text(payload.get("reason"), 60) or "error",
            FaultKind.PRINT,
            Severity.FATAL if is_end else Severity.COMMON,
            text(payload.get("error")) or "The machine stopped with an error.",
            help_url=_help_url(payload.get("faq")),
        ),
    )


def _help_url(faq: object) -> str | None:
    word = text(faq, 60)
    is_word = word is not None and re.fullmatch(r"[a-z0-9-]+", word) is not None
    return f"https://faq.octoprint.org/{word}" if is_word else None


def _firmware(document: Document, payload: Mapping[str, Any], _: datetime) -> Document:
    return replace(document, firmware=text(payload.get("name"), 120))


def _left(document: Document, _: Mapping[str, Any], __: datetime) -> Document:
    return replace(document, heats={}, tool=None, firmware=None, fan_pct=None)


def _fresh(document: Document, _: Mapping[str, Any], __: datetime) -> Document:
    """A machine that was connected anew was reset: all is as at its first."""
    return replace(
        document, speed_pct=None, flow_pct=None, fan_pct=None, tool=0, fault=None
    )


def _tool(document: Document, payload: Mapping[str, Any], _: datetime) -> Document:
    return replace(document, tool=whole(payload.get("new"), 0, 99))


CHANGES: Mapping[str, Callable[[Document, Mapping[str, Any], datetime], Document]] = {
    "Connected": _fresh,
    "Disconnected": _left,
    "Error": _error,
    "FilamentChange": _filament,
    "FirmwareData": _firmware,
    "PrintCancelled": _cancelled,
    "PrintDone": _done,
    "PrintFailed": _failed,
    "PrintResumed": _resumed,
    "PrintStarted": _started,
    "PrinterStateChanged": _state_id,
    "ToolChange": _tool,
    "Waiting": _waiting,
}
EVENTS = tuple(CHANGES)
"""What to ask the server for."""
