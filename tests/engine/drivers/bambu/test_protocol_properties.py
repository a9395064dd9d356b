"""What holds for any report: nothing raises, and repeating changes nothing."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.bambu.protocol import parts
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
from odin_engine.drivers.printers.bambu.protocol.replay import load, replay
from odin_engine.drivers.printers.bambu.protocol.translate import translate
from odin_engine.printers.events import transitions
from odin_engine.printers.model import PrinterState
from tests.engine.drivers.bambu.talk import H2D, START
from tests.fuzzing import fuzzed

NAMES = st.sampled_from(
    sorted(
        {
            *parts.TOUCHES,
            *parts.DEVICE_TOUCHES,
            *("id", "info", "tray", "temp", "node", "mode", "parts", "state", "snow"),
            *("ams_exist_bits", "tray_exist_bits", "tray_now", "remain", "cols"),
            *("tray_type", "tray_color", "exist", "attr", "code", "rtsp_url", "x"),
            *("layer_num", "type", "diameter", "dry_time", "dry_setting", "status"),
        }
    )
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.sampled_from([0, 1, 128, 254, 255, 0xFF00, 0xFFFF, 2**53, -1])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["RUNNING", "FAILED", "IDLE", "PREPARE", "FINISH", "on", "off", "disable"]
    )
    | st.sampled_from(["ff", "FF0000FF", "0", "255", "-46dBm", "1003", "enable"])
    | st.sampled_from(["9" * 21, "-" + "9" * 30, "f" * 32, "1e300", "٣", "1_0", "0x1"])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5)
    ),
    max_leaves=20,
)
REPORTS = st.dictionaries(NAMES, ANYTHING, max_size=8)


def message(fields: dict[str, Any], msg: int) -> Report:
    body = {"print": {**fields, "command": "push_status", "msg": msg}}
    found = parse(orjson.dumps(body))
    assert isinstance(found, Report)
    return found


@given(st.lists(st.tuples(REPORTS, st.integers(0, 1)), max_size=6))
@fuzzed(300)
def test_no_report_raises(reports: list[tuple[dict[str, Any], int]]) -> None:
    document = Document.new(H2D)
    before = translate(document)
    for fields, msg in reports:
        document = fold(document, message(fields, msg), START)
        document = note_stop_sent(settle(document, START), START)
        state = translate(document)
        assert type(state) is PrinterState
        assert list(transitions("p", before, state)) is not None
        assert orjson.dumps(state)
        assert translate(document) is state
        before = state


@given(st.lists(ANYTHING, max_size=5))
@fuzzed(100)
def test_no_version_reply_raises(modules: list[Any]) -> None:
    body = {"info": {"command": "get_version", "module": modules}}
    reply = parse(orjson.dumps(body))
    assert isinstance(reply, VersionReply)
    state = translate(fold(Document.new(None), reply, None))
    assert orjson.dumps(state)


@given(REPORTS, REPORTS)
@fuzzed(200)
def test_repeating_a_report_changes_nothing(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    document = fold(Document.new(H2D), message(first, 0), None)
    document = fold(document, message(second, 0), None)
    state = translate(document)
    again = fold(document, message(second, 0), None)
    assert translate(again) is state


@given(REPORTS, REPORTS)
@fuzzed(200)
def test_a_folded_message_leaves_the_document_as_it_was(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    document = fold(Document.new(H2D), message(first, 0), None)
    state = translate(document)
    kept = orjson.dumps([document.wire, document.merged])
    fold(document, message(second, 1), None)
    assert translate(document) is state
    assert orjson.dumps([document.wire, document.merged]) == kept


@given(REPORTS)
@fuzzed(200)
def test_parts_made_anew_equal_parts_made_from_nothing(fields: dict[str, Any]) -> None:
    step_by_step = Document.new(H2D)
    for key, value in fields.items():
        step_by_step = fold(step_by_step, message({key: value}, 1), None)
        translate(step_by_step)
    at_once = fold(step_by_step, message({}, 1), None)
    fresh = Document.new(H2D)
    for key, value in fields.items():
        fresh = fold(fresh, message({key: value}, 1), None)
    assert translate(at_once) == translate(fresh)


@given(st.binary(max_size=200))
@fuzzed(300)
def test_no_bytes_raise(data: bytes) -> None:
    assert parse(data) is not None
    recording = load(data)
    assert orjson.dumps(replay(recording.records)[0])


def test_deep_nesting_is_no_danger() -> None:
    deep = b'{"x":' * 900 + b"1" + b"}" * 900
    for key in (b"device", b"ams", b"ipcam", b"xcam", b"bed"):
        body = b'{"print":{"command":"push_status","' + key + b'":' + deep + b"}}"
        other = body.replace(b":1}", b":2}")
        document = Document.new(H2D)
        for payload in (body, other, body):
            report = parse(payload)
            assert isinstance(report, Report)
            document = fold(document, report, None)
        assert translate(document).activity is None
