"""Bytes and values that nobody should send: never an exception, never out of range."""

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.octoprint.protocol import answers, push, replay
from odin_engine.drivers.printers.octoprint.protocol.capabilities import Limits
from odin_engine.drivers.printers.octoprint.protocol.document import Document
from odin_engine.drivers.printers.octoprint.protocol.translate import translate
from odin_engine.printers.model import ProtocolViolation
from odin_engine.printers.ports import Record
from tests.engine.drivers.octoprint.said import AT, PRINTING, current, event
from tests.fuzzing import fuzzed

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=12)
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
_REAL = [
    current(
        PRINTING,
        completion=3.0,
        heats={"tool0": {"actual": 20, "target": 0}},
        filament={"tool0": {"length": 3}},
        logs=["Send: M220 S100"],
        currentTool=0,
    ),
    event("PrintStarted", path="a.gcode"),
    event("Error", error="x", reason="y", faq="z"),
    event("PrinterStateChanged", state_id="PRINTING", state_string="Printing"),
    {"plugin": {"plugin": "psucontrol", "data": {"isPSUOn": True}}},
    {
        "plugin": {
            "plugin": "action_command_prompt",
            "data": {"action": "show", "text": "?", "choices": ["a"]},
        }
    },
    {"connected": {"version": "1.11.8"}},
    {"profiles": {"a": {"current": True, "extruder": {"count": 2}}}},
    {"webcam": {"webcams": [{"name": "a", "compat": {"snapshot": "http://[/"}}]}},
    {"name": "a", "session": "b", "needs": {"role": ["status"]}},
    {"temperature": {"tool0": {"actual": 1}}, "state": {"flags": {}, "text": ""}},
    {"files": [{"type": "machinecode", "path": "a", "size": 1, "date": 1}]},
    {"current": {"state": "Operational"}, "options": {"profiles": [{"id": 1}]}},
    {"isPSUOn": True},
    {"layer": {"current": "1", "total": "-"}},
    {"error": "Printer is not operational"},
]


def _read(body: object) -> None:
    """Reads a value in every way that there is, and shows what came of it."""
    document = Document(host="192.0.2.7")
    if isinstance(body, dict):
        for kind, payload in body.items():
            whole = payload if isinstance(payload, dict) else {}
            document = push.fold(document, (str(kind), whole), AT)
            document = push.fold(document, ("current", whole), AT)
    document = answers.fold(document, body, AT)
    document = answers.take_prompt(document, body)
    answers.stored_files(body)
    answers.recordings(body)
    answers.stored_path(body)
    answers.said_by(body)
    answers.is_octoprint(body)
    state = translate(document, Limits())
    if state.job is not None and state.job.progress_pct is not None:
        assert 0 <= state.job.progress_pct <= 100


@fuzzed(200)
@given(_JSON)
def test_any_value_is_read_or_left(body: object) -> None:
    _read(body)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += _places(inner, (*path, index))
    return found


@fuzzed(200)
@given(st.data())
def test_a_real_message_with_any_value_in_it(data: st.DataObject) -> None:
    body = copy.deepcopy(data.draw(st.sampled_from(_REAL)))
    *way, last = data.draw(st.sampled_from(_places(body)))
    inner: Any = body
    for step in way:
        inner = inner[step]
    inner[last] = data.draw(_JSON)
    _read(body)


@fuzzed(200)
@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_bytes_are_messages_or_a_violation(said: bytes) -> None:
    try:
        messages = push.parse(said)
    except ProtocolViolation:
        return
    for message in messages:
        push.fold(Document(), message, AT)


@fuzzed(200)
@given(st.binary(max_size=200))
def test_any_file_is_a_recording(data: bytes) -> None:
    recording = replay.read(data)
    replay.replay(recording.records)


@fuzzed(100)
@given(st.lists(_JSON, max_size=4))
def test_any_documents_are_replayed(bodies: list[object]) -> None:
    payloads = [body if isinstance(body, dict) else str(body) for body in bodies]
    replay.replay([Record(float(n), "in", "x", p) for n, p in enumerate(payloads)])
    try:
        data = orjson.dumps(bodies)
    except TypeError:
        return
    replay.replay(replay.read(data).records)


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("o", []),
        ("h", []),
        ('a[{"connected": {}}]', ["connected"]),
        ('c[3000,"Go away!"]', []),
        ('{"current": {}}', ["current"]),
    ],
)
def test_frames_of_the_other_socket(said: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in push.parse(said)] == kinds
