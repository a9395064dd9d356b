"""A recording, read again through the same translation; no network, no clock.

Two forms: one JSON object `{get_version?, pushall, deltas?}`, or JSON lines, one record
each, in the order of time. Only what the printer said on `device/<serial>/report` is
state; a stop that was sent or acknowledged tells how the job ended.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from odin_engine.drivers.printers.bambu.protocol.document import (
    Document,
    fold,
    note_refused,
    note_stop_sent,
    settle,
)
from odin_engine.drivers.printers.bambu.protocol.errors import SIGNATURE_REFUSED
from odin_engine.drivers.printers.bambu.protocol.messages import (
    Ack,
    Message,
    Report,
    Unknown,
    VersionReply,
    parse,
    read,
)
from odin_engine.drivers.printers.bambu.protocol.translate import translate
from odin_engine.drivers.recording import INBOUND, read_document, read_lines
from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import PrinterState
from odin_engine.printers.ports import Record, Recording

_UNNAMED = "unknown"


def load(data: bytes) -> Recording:
    """Returns the records in a file of either form; never raises on any bytes."""
    body = read_document(data)
    if isinstance(body, dict):
        return Recording(tuple(_from_document(body)))
    return read_lines(data)


def read_recording(data: bytes) -> Recording:
    """Returns what `load` finds, each record with the name that `by_printer` gives it.

    What is about no printer is left out.
    """
    recording = load(data)
    named = (
        replace(record, printer_id=name)
        for name, own in by_printer(recording.records).items()
        for record in own
    )
    return Recording(tuple(named), recording.bad_lines)


def by_printer(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Returns the records of each printer, by the id recorded, else by serial.

    A record without an id belongs to the one id that others give to its serial.
    """
    ours = [(serial, record) for record in records if (serial := _serial(record.topic))]
    ids: dict[str, set[str]] = {}
    for serial, record in ours:
        if record.printer_id is not None:
            ids.setdefault(serial, set()).add(record.printer_id)
    found: dict[str, list[Record]] = {}
    for serial, record in ours:
        known = ids.get(serial, set())
        name = next(iter(known)) if len(known) == 1 else record.printer_id or serial
        found.setdefault(name, []).append(record)
    return found


def replay(
    records: Sequence[Record],
) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
    """Returns the state that one printer's recording ends in, and what happened.

    Of a recording with several printers it is the first one; see `by_printer`.
    """
    printers = by_printer(records)
    if not printers:
        return translate(Document.new(None)), ()
    name, own = next(iter(printers.items()))
    return _Player(name, own[0].topic).play(own)


class _Player:
    """Feeds records to one document and collects what happens."""

    def __init__(self, name: str, topic: str) -> None:
        serial = _serial(topic)
        self._name = name
        self._document = Document.new(None if serial == _UNNAMED else serial)
        self._state = translate(self._document)
        self._events: list[PrinterEvent] = []

    def play(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        for record in records:
            self._show(self._after(record))
        # Twice: an end that waited may have a beginning behind it.
        for _ in range(2):
            self._show(settle(self._document, None))
        return self._state, tuple(self._events)

    def _after(self, record: Record) -> Document:
        at = datetime.fromtimestamp(record.at_s, UTC)
        message = _message(record)
        is_request = record.topic.endswith("/request")
        if is_request or record.direction not in INBOUND:
            is_stop = is_request and _is_stop(message)
            return note_stop_sent(self._document, at) if is_stop else self._document
        match message:
            case Report() | VersionReply():
                return fold(self._document, message, at)
            case Ack():
                return self._after_reply(message, at)
            case Unknown():
                return self._document

    def _after_reply(self, ack: Ack, at: datetime) -> Document:
        document = self._document
        if ack.err_code in SIGNATURE_REFUSED:
            return note_refused(document)
        if ack.namespace != "print" or ack.ok is False:
            return document
        return note_stop_sent(document, at) if ack.command == "stop" else document

    def _show(self, document: Document) -> None:
        after = translate(document)
        self._events.extend(transitions(self._name, self._state, after))
        self._document, self._state = document, after


def _message(record: Record) -> Message:
    if isinstance(record.payload, str):
        return parse(record.payload.encode("utf-8", errors="replace"))
    return read(record.payload)


def _is_stop(message: Message) -> bool:
    return isinstance(message, Ack) and (message.namespace, message.command) == (
        "print",
        "stop",
    )


def _serial(topic: str) -> str | None:
    words = topic.split("/")
    is_ours = len(words) == 3 and words[0] == "device" and words[1] != ""
    return words[1] if is_ours and words[2] in {"report", "request"} else None


def _from_document(body: Mapping[str, Any]) -> Iterable[Record]:
    """Yields the records of a JSON document, a second apart, for it has no clock.

    A cancelled print's code comes seconds after its FAILED; without a clock every
    cancelled print would have failed first.
    """
    topic = f"device/{_UNNAMED}/report"
    deltas = body.get("deltas")
    parts = [body.get("get_version"), body if "print" in body else body.get("pushall")]
    parts += map(_as_delta, deltas) if isinstance(deltas, list) else []
    for second, part in enumerate(parts):
        if isinstance(part, dict):
            yield Record(float(second), "in", topic, part)


def _as_delta(part: object) -> object:
    """Returns a delta that says so: only a full report may lack `msg`."""
    if not isinstance(part, dict) or not isinstance(part.get("print"), dict):
        return part
    return {**part, "print": {"msg": 1, **part["print"]}}
