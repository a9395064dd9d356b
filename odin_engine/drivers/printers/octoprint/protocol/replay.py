"""A recording, read again through the same translation; no network, no clock.

Its records are what `odin record` writes, or bare documents as the server sends them:
answers of the REST API and messages of the push socket, one or a list of them.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import orjson

from odin_engine.drivers.cleaning import PrivateKeys
from odin_engine.drivers.printers.octoprint.protocol import answers, push
from odin_engine.drivers.printers.octoprint.protocol.capabilities import Limits
from odin_engine.drivers.printers.octoprint.protocol.document import (
    Document,
    note_asked,
)
from odin_engine.drivers.printers.octoprint.protocol.fields import mapping
from odin_engine.drivers.printers.octoprint.protocol.translate import (
    FAMILY,
    shared,
    translate,
)
from odin_engine.drivers.recording import INBOUND, read_document, read_lines
from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import PrinterState, ProtocolViolation
from odin_engine.printers.ports import Record, Recording

PRIVATE = PrivateKeys(
    names=frozenset({"name", "display", "path", "file", "origin_path"}),
    private=re.compile(
        r"token|secret|passw|api_?key|^auth$|^session$|ssid|^mac$|e_?mail|^user$"
        r"|^owner$|user_?name|host_?name|remoteAddress|uuid|_hash$",
        re.IGNORECASE,
    ),
)
_KINDS = frozenset({"current", "history", "event", "plugin", "connected"})
_BARE = "document"


def read(data: bytes) -> Recording:
    """Returns the records in a file of either form; never raises on any bytes."""
    body = read_document(data)
    if body is not None:
        return Recording(tuple(_from_documents(body)))
    recording = read_lines(data)
    if recording.records:
        return recording
    bare = [each for line in data.splitlines() if (each := _line(line)) is not None]
    return Recording(tuple(_from_documents(bare))) if bare else recording


def _line(line: bytes) -> Any:  # noqa: ANN401 - a wire value
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _from_documents(body: object) -> Iterator[Record]:
    """Yields documents as records, a second apart, for they have no clock."""
    listed = body if isinstance(body, list) else [body]
    for second, each in enumerate(listed):
        if isinstance(each, dict):
            yield Record(float(second), "in", _BARE, each)


def replay(
    records: Sequence[Record],
) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
    """Returns the state that a recording ends in, and the events on the way."""
    document, limits = Document(), Limits()
    state = translate(document, limits)
    events: list[PrinterEvent] = []
    first = records[0].printer_id if records else None
    for record in records:
        if record.printer_id != first:
            continue
        document = _after(document, record)
        after = shared(state, translate(document, limits))
        events.extend(transitions(first or FAMILY, state, after))
        state = after
    return state, tuple(events)


def _after(document: Document, record: Record) -> Document:
    at = datetime.fromtimestamp(record.at_s, UTC)
    if record.direction not in INBOUND:
        return _asked(document, record, at)
    if "action_command_prompt" in record.topic:
        return answers.take_prompt(document, record.payload)
    for message in _messages(record.payload):
        if _is_push(message):
            document = push.fold(document, message, at)
        else:
            document = answers.fold(document, record.payload, at)
    return document


def _asked(document: Document, record: Record, at: datetime) -> Document:
    """Notes an order to print, so that its job has a number as it had then."""
    path = record.topic.removeprefix("POST /api/files/local/")
    is_start = mapping(record.payload).get("print") is True
    if path == record.topic or not is_start:
        return document
    return note_asked(document, 1, unquote(path), at)


def _messages(payload: object) -> tuple[push.Message, ...]:
    if isinstance(payload, dict):
        return tuple((kind, mapping(value)) for kind, value in payload.items())
    try:
        return push.parse(str(payload))
    except ProtocolViolation:
        return ()


def _is_push(message: push.Message) -> bool:
    """Whether a key of an object is a message; `current` is one of connections too."""
    kind, payload = message
    if kind not in _KINDS:
        return False
    return kind != "current" or not isinstance(payload.get("state"), str)
