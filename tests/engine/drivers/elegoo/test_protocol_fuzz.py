"""No bytes from the wire raise, and whatever is made of them can be shown."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.elegoo.family import ElegooFamily
from odin_engine.drivers.printers.elegoo.protocol import files
from odin_engine.drivers.printers.elegoo.protocol.beacon import parse_answer
from odin_engine.drivers.printers.elegoo.protocol.cc2 import document as cc2_document
from odin_engine.drivers.printers.elegoo.protocol.cc2 import files as cc2_files
from odin_engine.drivers.printers.elegoo.protocol.cc2 import messages as cc2_messages
from odin_engine.drivers.printers.elegoo.protocol.cc2.translate import (
    translate as cc2_translate,
)
from odin_engine.drivers.printers.elegoo.protocol.document import Document, fold
from odin_engine.drivers.printers.elegoo.protocol.messages import parse, read
from odin_engine.drivers.printers.elegoo.protocol.translate import translate
from tests.engine.drivers.elegoo.frames import attributes, fdm, history, resin
from tests.fuzzing import fuzzed

_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["1", "-1", "1e400", "NaN", "#GGGGGG", 2**63, -(2**63), 1e308]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


def _canvas() -> dict[str, Any]:
    tray = {"tray_id": 0, "status": 1, "filament_color": "#FFFFFF"}
    unit = {"canvas_id": 0, "connected": 1, "tray_list": [tray]}
    data = {"active_canvas_id": 0, "active_tray_id": 0, "canvas_list": [unit]}
    return {"Data": {"RequestID": "r", "Data": {"canvas_info": data}}}


_SHAPES = [
    attributes(DevicesStatus={"LCDStatus": 1, "SgStatus": 2}, ReleaseFilmMax=9),
    fdm(
        [1], 13, CurrentLayer=3, TotalLayer=9, CurrentTicks=1, TotalTicks=2, Progress=4
    ),
    fdm([0], 8),
    resin([1, 2], 3, ErrorNumber=0, CurrentTicks=5, TotalTicks=9),
    history(1, 3),
    _canvas(),
]

_CC2_SHAPES: list[dict[str, Any]] = [
    {
        "id": 3,
        "method": 6000,
        "result": {
            "machine_status": {
                "status": 2,
                "sub_status": 2075,
                "exception_status": [1],
            },
            "print_status": {"uuid": "a", "filename": "b", "current_layer": 3},
            "extruder": {"temperature": 20.0, "target": 0, "filament_detected": 1},
            "fans": {"fan": {"speed": 255, "rpm": 1}},
            "led": {"status": 1},
            "gcode_move_inf": {"speed_mode": 1},
            "external_device": {"camera": True},
        },
    },
    {"id": 1, "method": 1001, "result": {"sn": "x", "software_version": {"a": "b"}}},
    {"id": 2, "method": 1005, "result": {"uuid": "a", "filename": "b"}},
    {"id": 4, "method": 2005, "result": _canvas()["Data"]["Data"]},
]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += _paths(inner, (*path, index))
    return found


@st.composite
def _mutated(draw: st.DrawFn, shapes: list[dict[str, Any]]) -> dict[str, Any]:
    """A frame of a real shape, with some of its values replaced."""
    shape = orjson.loads(orjson.dumps(draw(st.sampled_from(shapes))))
    for path in draw(st.lists(st.sampled_from(_paths(shape)), max_size=3)):
        holder = shape
        try:
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = draw(_VALUES)
        except KeyError, IndexError, TypeError:
            continue
    whole: dict[str, Any] = shape
    return whole


@fuzzed(200)
@given(st.lists(_mutated(_SHAPES), max_size=5))
def test_mutated_frames_fold_and_show(frames: list[dict[str, Any]]) -> None:
    document, state = Document(), None
    for frame in frames:
        document = fold(document, read(frame))
        state = translate(document, state)
        orjson.dumps(state)


@fuzzed(200)
@given(st.lists(_mutated(_CC2_SHAPES), max_size=5))
def test_mutated_events_fold_and_show(events: list[dict[str, Any]]) -> None:
    document, state = cc2_document.Document(), None
    for event in events:
        document = cc2_document.fold(document, cc2_messages.read(event))
        state = cc2_translate(document, state)
        orjson.dumps(state)


@fuzzed(200)
@given(_VALUES, st.sampled_from([1001, 1002, 1005, 1044, 2005, 6000, 6008, None]))
def test_any_result_is_read(value: Any, method: int | None) -> None:  # noqa: ANN401 - JSON
    for result in (value, {"machine_status": value, "print_status": value}):
        event = {"id": value, "method": method, "result": result}
        message = cc2_messages.read(event)
        cc2_translate(cc2_document.fold(cc2_document.Document(), message))
    list(cc2_files.listed({"files": value}))
    list(cc2_files.listed({"files": [value, {"name": "a", "modified": value}]}))


@fuzzed(200)
@given(_VALUES)
def test_any_value_is_read(value: Any) -> None:  # noqa: ANN401 - JSON
    translate(fold(Document(), read(value)))
    for topic in ("status", "error", "notice", "request", "response"):
        translate(fold(Document(), read({"Topic": f"sdcp/{topic}/x", "Data": value})))
    for key in ("Status", "Attributes"):
        translate(fold(Document(), read({key: value})))


@fuzzed(200)
@given(st.binary(max_size=64) | st.text(max_size=64))
def test_any_frame_is_parsed(frame: bytes | str) -> None:
    fold(Document(), parse(frame))
    cc2_messages.parse(
        frame if isinstance(frame, bytes) else frame.encode("utf-8", "replace")
    )
    raw = frame if isinstance(frame, bytes) else frame.encode("utf-8", "replace")
    parse_answer(raw)
    files.upload_outcome(raw)
    family = ElegooFamily()
    family.replay(family.read_recording(raw).records)


@fuzzed(200)
@given(_VALUES)
def test_any_answer_is_read(value: Any) -> None:  # noqa: ANN401 - JSON
    data = {
        "FileList": value if isinstance(value, list) else [value],
        "HistoryData": value,
        "HistoryDetailList": [value, {"TaskId": "a", "BeginTime": 1, "EndTime": value}],
    }
    list(files.listed(data, "/local/"))
    list(files.past_jobs(data))
    list(files.recordings(data))
    files.task_ids(data)
    body = orjson.dumps({"Data": {"MachineName": "x", "MainboardID": "y"}})
    parse_answer(body)
    try:
        parse_answer(orjson.dumps({"Data": value, "result": value}))
    except orjson.JSONEncodeError:
        return
