"""A recording, read again through the same translation; no network, no clock.

Besides JSON lines, frames as they are: one JSON document, a list of them, or one in
each line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from odin_engine.drivers.printers.elegoo.protocol.cc2 import (
    document as cc2_document,
)
from odin_engine.drivers.printers.elegoo.protocol.cc2 import (
    messages as cc2_messages,
)
from odin_engine.drivers.printers.elegoo.protocol.cc2.translate import (
    translate as cc2_translate,
)
from odin_engine.drivers.printers.elegoo.protocol.document import (
    Document,
    fold,
    note_stop_sent,
    settle,
)
from odin_engine.drivers.printers.elegoo.protocol.messages import (
    Message,
    Request,
    parse,
    read,
)
from odin_engine.drivers.printers.elegoo.protocol.requests import Cmd
from odin_engine.drivers.printers.elegoo.protocol.translate import translate
from odin_engine.drivers.recording import INBOUND, read_document, read_lines
from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import PrinterState
from odin_engine.printers.ports import Record, Recording

_TOPIC = "websocket"
_CC2_TOPIC = "elegoo/"
_FRAME_KEYS = frozenset({"Topic", "Data", "Status", "Attributes"})


def load(data: bytes) -> Recording:
    """Returns the records in a file of any form; never raises on any bytes."""
    document = read_document(data)
    if isinstance(document, dict):
        return Recording((_frame(document, 0.0),))
    if isinstance(document, list):
        frames = [each for each in document if isinstance(each, dict)]
        return Recording(
            tuple(_frame(each, float(at)) for at, each in enumerate(frames))
        )
    recording = read_lines(data)
    return recording if recording.records else _raw_lines(data) or recording


def _raw_lines(data: bytes) -> Recording | None:
    """Returns the frames of a file that has one in each line; `None` without any."""
    records: list[Record] = []
    bad_lines: list[int] = []
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            body = orjson.loads(line)
        except orjson.JSONDecodeError:
            body = None
        if isinstance(body, dict) and (_FRAME_KEYS | {"result"}) & body.keys():
            records.append(_frame(body, float(len(records))))
        else:
            bad_lines.append(number)
    return Recording(tuple(records), tuple(bad_lines)) if records else None


def _frame(body: dict[str, Any], at_s: float) -> Record:
    message = read(body)
    direction = "out" if isinstance(message, Request) else "in"
    topic = body.get("Topic")
    return Record(
        at_s, direction, topic if isinstance(topic, str) and topic else _TOPIC, body
    )


def replay(
    records: Sequence[Record],
) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
    """Returns the state that one machine's recording ends in, and what happened.

    Of a recording with several machines it is the first one.
    """
    names = [name for record in records if (name := _name(record)) is not None]
    own = names[0] if names else None
    is_cc2 = any(map(_is_cc2, records))
    player: _Player[Any] = _cc2_player(own) if is_cc2 else _sdcp_player()
    own_records = [record for record in records if _name(record) in {own, None}]
    return player.play(own or "unknown", own_records)


@dataclass(frozen=True, slots=True)
class _Player[D]:
    """What feeds records to a document, and what shows it."""

    document: D
    folded: Callable[[D, Record, datetime], D]
    settled: Callable[[D], D]
    shown: Callable[[D, PrinterState | None], PrinterState]

    def play(
        self, name: str, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        document, events = self.document, list[PrinterEvent]()
        before = self.shown(document, None)
        for record in (*records, None):
            if record is None:
                document = self.settled(document)
            else:
                at = datetime.fromtimestamp(record.at_s, UTC)
                document = self.folded(document, record, at)
            after = self.shown(document, before)
            events.extend(transitions(name, before, after))
            before = after
        return before, tuple(events)


def _sdcp_player() -> _Player[Document]:
    return _Player(Document(), _folded, settle, translate)


def _cc2_player(name: str | None) -> _Player[cc2_document.Document]:
    document = cc2_document.Document(serial=name)
    return _Player(document, _cc2_folded, cc2_document.settle, cc2_translate)


def _folded(document: Document, record: Record, at: datetime) -> Document:
    message = _message(record)
    if record.direction in INBOUND and not isinstance(message, Request):
        return fold(document, message, at)
    if isinstance(message, Request) and message.command == Cmd.STOP:
        return note_stop_sent(document)
    return document


def _cc2_folded(
    document: cc2_document.Document, record: Record, at: datetime
) -> cc2_document.Document:
    payload = record.payload
    if record.direction not in INBOUND:
        return document
    if isinstance(payload, dict):
        return cc2_document.fold(document, cc2_messages.read(payload), at)
    message = cc2_messages.parse(payload.encode("utf-8", "replace"))
    return cc2_document.fold(document, message, at)


def _is_cc2(record: Record) -> bool:
    """Whether a record is of a Centauri Carbon 2."""
    if record.topic.startswith(_CC2_TOPIC):
        return True
    payload = record.payload
    return (
        isinstance(payload, dict)
        and not payload.keys() & _FRAME_KEYS
        and (isinstance(payload.get("result"), dict) or "client_id" in payload)
    )


def _message(record: Record) -> Message:
    if isinstance(record.payload, str):
        return parse(record.payload)
    return read(record.payload)


def _name(record: Record) -> str | None:
    """Returns what tells a record's machine apart; `None` where nothing does."""
    if record.printer_id is not None:
        return record.printer_id
    words = record.topic.split("/")
    if record.topic.startswith(_CC2_TOPIC) and words[1]:
        return words[1]
    is_sdcp = len(words) == 3 and words[0] == "sdcp"
    if is_sdcp and words[2] and not words[2].startswith("$"):
        return words[2]
    payload: Mapping[str, Any] = (
        record.payload if isinstance(record.payload, dict) else {}
    )
    board = payload.get("MainboardID")
    return board if isinstance(board, str) and board else None
