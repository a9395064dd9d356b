"""Reading the files that `odin record` writes: JSON lines, one record each, in order.

A line is `{"ts": seconds, "direction": "in" | "out", "topic": …, "payload": …}`, with
`printer_id` where a file holds several machines. Pure; the families' replays use it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import orjson

from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import PrinterState, ProtocolViolation
from odin_engine.printers.ports import Record, Recording

INBOUND = frozenset({"in", "recv"})
"""What a line's direction may say of a message from the printer."""
_DIRECTIONS = INBOUND | {"out", "send"}
_LAST_S = 253_402_300_799.0
"""The last second a date can name."""
_LONGEST_NUMBER = 32


def read_lines(data: bytes) -> Recording:
    """Returns the records in a file of JSON lines; never raises on any bytes."""
    records: list[Record] = []
    bad_lines: list[int] = []
    at_s = 0.0
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        record = _record(line, at_s)
        if record is None:
            bad_lines.append(number)
            continue
        records.append(record)
        at_s = record.at_s
    return Recording(tuple(records), tuple(bad_lines))


def read_document(data: bytes) -> Any:  # noqa: ANN401 - a wire value
    """Returns a file that is one JSON value and no record; `None` for any other."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return None if isinstance(value, dict) and "topic" in value else value


def write_lines(records: Sequence[Record]) -> bytes:
    """Returns records as the lines that `read_lines` reads."""
    return b"".join(map(_line, records))


def replayed(
    records: Sequence[Record], translate: Callable[[Any], PrinterState]
) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
    """Replays the first machine of a recording in which each report tells everything.

    What `translate` refuses with `ProtocolViolation` is passed over, as in life.
    """
    state, events = PrinterState(), list[PrinterEvent]()
    first = records[0].printer_id if records else None
    for record in records:
        if record.direction not in INBOUND or record.printer_id != first:
            continue
        with suppress(ProtocolViolation):
            before, state = state, translate(record.payload)
            events.extend(transitions(first or "", before, state))
    return state, tuple(events)


def _line(record: Record) -> bytes:
    body: dict[str, Any] = {
        "ts": round(record.at_s, 3),
        "direction": record.direction,
        "topic": record.topic,
        "payload": record.payload,
    }
    if record.printer_id is not None:
        body["printer_id"] = record.printer_id
    return orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)


def _record(line: bytes, last_s: float) -> Record | None:
    try:
        row = orjson.loads(line.decode("utf-8", errors="replace"))
    except orjson.JSONDecodeError:
        return None
    if not isinstance(row, dict):
        return None
    topic, payload = row.get("topic"), row.get("payload")
    direction, printer = str(row.get("direction")), row.get("printer_id")
    at_s = _instant(row.get("ts"))
    if isinstance(payload, list):
        # What answers with a list is told as its text, as what is no JSON.
        payload = orjson.dumps(payload).decode()
    if (
        not isinstance(topic, str)
        or not isinstance(payload, dict | str)
        or direction not in _DIRECTIONS
        or at_s is None
    ):
        return None
    # A clock that was set back must not make time run backwards.
    name = str(printer) if isinstance(printer, str | int) else None
    return Record(max(at_s, last_s), direction, topic, payload, name)


def _instant(value: Any) -> float | None:  # noqa: ANN401 - a wire value
    """Returns seconds since 1970 from a number or its text; `None` if no date has it."""
    if value.__class__ is str and len(value) <= _LONGEST_NUMBER:
        try:
            value = float(value)
        except ValueError:
            return None
    if value.__class__ is not float and value.__class__ is not int:
        return None
    # NaN fails both comparisons.
    return float(value) if 0 <= value <= _LAST_S else None
