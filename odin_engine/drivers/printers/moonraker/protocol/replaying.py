"""A recording, read again through the same folding; no network, no clock.

Two forms: JSON lines as `odin record` writes them, and one JSON document as servers and
their manuals have them: an answer, a notice, the status of objects, or a file's metadata.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from odin_engine.drivers.printers.moonraker.protocol.document import (
    Document,
    begin_session,
    fold,
    hear,
    take,
)
from odin_engine.drivers.printers.moonraker.protocol.fields import Table, table
from odin_engine.drivers.printers.moonraker.protocol.frames import read
from odin_engine.drivers.printers.moonraker.protocol.tracking import stopping
from odin_engine.drivers.printers.moonraker.protocol.translate import Translator
from odin_engine.drivers.recording import INBOUND, read_document, read_lines
from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import PrinterState
from odin_engine.printers.ports import Record, Recording

_UNNAMED = "recorded"
_TOPIC = "document"
SOCKET_TOPIC = "websocket"
_STATUS_SIGNS = frozenset(
    {"webhooks", "print_stats", "virtual_sdcard", "toolhead", "extruder", "mmu", "AFC"}
    | {"heater_bed", "display_status", "exclude_object", "print_task_config", "heaters"}
)


def read_recording(data: bytes) -> Recording:
    """Returns the records in a file of either form; never raises on any bytes."""
    body = read_document(data)
    bodies = body if isinstance(body, list) else [body]
    if all(isinstance(each, dict) for each in bodies):
        return Recording(tuple(Record(0.0, "in", _TOPIC, each) for each in bodies))
    return read_lines(data)


def replay(
    records: Sequence[Record],
) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
    """Returns the state that a recording ends in, and what happened on the way."""
    document = Document()
    translator = Translator(document)
    state, events = PrinterState(), list[PrinterEvent]()
    name = records[0].printer_id if records else None
    for record in records:
        if record.printer_id != name:
            continue
        _feed(document, record)
        _assume_ready(document)
        made = translator.state()
        if made is not None and made is not state:
            events.extend(transitions(name or _UNNAMED, state, made))
            state = made
    return state, tuple(events)


def _feed(document: Document, record: Record) -> None:
    body = _opened(record.payload)
    if record.direction not in INBOUND:
        _sent(document, table(body))
        return
    frame = read(body)
    if frame is not None:
        hear(document, frame, record.at_s)
    elif isinstance(body, dict):
        inner = body.get("result")
        _document(document, inner if isinstance(inner, dict) else body, record.at_s)


def _opened(payload: dict[str, Any] | str) -> Any:  # noqa: ANN401 - a wire value
    if isinstance(payload, dict):
        return payload
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None


def _document(document: Document, body: Table, now_s: float) -> None:
    if _STATUS_SIGNS & body.keys() and "status" not in body:
        fold(document, body, now_s)
    else:
        take(document, body, now_s)


def _sent(document: Document, body: Table) -> None:
    """Remembers what we asked for: it tells why a job ended."""
    method = body.get("method")
    if method == "printer.print.cancel":
        document.track = stopping(document.track)
    elif method == "server.connection.identify":
        begin_session(document)


def _assume_ready(document: Document) -> None:
    """Takes a machine that reports objects, and says nothing of itself, as ready."""
    if document.klippy is None and document.status:
        document.klippy = "ready"
