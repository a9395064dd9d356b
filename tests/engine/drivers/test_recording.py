from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.recording import read_document, read_lines, write_lines
from odin_engine.printers.ports import Record
from tests.fuzzing import fuzzed


def line(**changes: object) -> bytes:
    row = {"ts": 5.5, "direction": "in", "topic": "GET /api", "payload": {"a": 1}}
    return orjson.dumps(row | changes)


def test_what_is_written_is_read_again() -> None:
    records = (
        Record(1.0, "in", "GET /api/job", {"state": "Printing"}),
        Record(2.5, "out", "socket", "not json", "left"),
    )
    assert read_lines(write_lines(records)).records == records


def test_other_words_and_types_are_understood() -> None:
    data = b"\n".join(
        [
            line(ts="7", direction="recv"),
            b"  ",
            line(ts=6, direction="send", printer_id=3),
            line(ts=8, payload=[1, {"b": None}]),
        ]
    )
    first, second, third = read_lines(data).records
    assert (first.at_s, first.direction) == (7.0, "recv")
    # A clock that was set back does not make time run backwards.
    assert (second.at_s, second.printer_id) == (7.0, "3")
    assert third.payload == '[1,{"b":null}]'


@pytest.mark.parametrize(
    "bad",
    [
        b"{",
        b"\xff\x00",
        b"null",
        b"7",
        b"{}",
        line(ts="soon"),
        line(ts=-1),
        line(ts=1e300),
        line(ts=True),
        line(topic=7),
        line(payload=7),
        line(direction="up"),
    ],
)
def test_what_is_no_record_is_told_by_its_line(bad: bytes) -> None:
    recording = read_lines(b"\n".join([line(), bad, line()]))
    assert recording.bad_lines == (2,)
    assert len(recording.records) == 2


def test_a_document_is_none_of_the_records() -> None:
    assert read_document(b'{"state": {"text": "Operational"}}') == {
        "state": {"text": "Operational"}
    }
    assert read_document(b"[1]") == [1]
    assert read_document(line()) is None
    assert read_document(line() + b"\n" + line()) is None
    assert read_document(b"\x00") is None


@given(st.binary(max_size=400))
@fuzzed(200)
def test_no_bytes_break_it(data: bytes) -> None:
    recording = read_lines(data)
    assert not set(recording.bad_lines) & {0}
    read_document(data)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)
    ),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("ts", "direction", "topic", "payload", "printer_id"),
            _JSON | st.sampled_from(["in", "out", 1.0]),
        ),
    )
)
@fuzzed(200)
def test_no_line_breaks_it(row: dict[str, Any]) -> None:
    try:
        data = orjson.dumps(row)
    except TypeError:
        return
    recording = read_lines(data)
    assert len(recording.records) + len(recording.bad_lines) == 1
