"""A machine that reports ever more: what is kept of it, and told of it, has bounds."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.bambu.protocol.document import Document, fold
from odin_engine.drivers.printers.bambu.protocol.messages import (
    Report,
    Unknown,
    VersionReply,
    parse,
)
from odin_engine.drivers.printers.bambu.protocol.sanitise import sanitise
from odin_engine.drivers.printers.bambu.protocol.translate import translate
from odin_engine.printers.events import transitions
from odin_engine.printers.ports import Record
from tests.engine.drivers.bambu.talk import H2D
from tests.engine.drivers.bambu.test_protocol_properties import ANYTHING, NAMES
from tests.fuzzing import fuzzed

_ROWS = 2000
_MOST_SHOWN_BYTES = 400_000
_MOST_KEPT_BYTES = 600_000
_MOST_EVENTS = 1000

type Story = Callable[[int], dict[str, Any]]


def _rows(turn: int, name: str, **more: object) -> list[dict[str, Any]]:
    first = turn * _ROWS
    return [{name: str(first + number), **more} for number in range(_ROWS)]


_TRAY = {"id": "0", "tray_type": "PLA", "tray_color": "FF0000FF"}
_STORIES: dict[str, Story] = {
    "fields": lambda turn: {
        **{f"{turn}_{number}": number for number in range(_ROWS)},
        "nozzle_temper": turn,
    },
    "units": lambda turn: {"ams": {"ams": _rows(turn, "id", tray=[_TRAY])}},
    "trays": lambda turn: {"ams": {"ams": [{"id": "0", "tray": _rows(turn, "id")}]}},
    "parts of ams": lambda turn: {
        "ams": {f"{turn}_{n}": n for n in range(300)},
    },
    "faults": lambda turn: {
        "hms": [
            {"attr": 0x03000000 + turn * _ROWS + number, "code": 0x10001}
            for number in range(_ROWS)
        ]
    },
    "lights": lambda turn: {"lights_report": _rows(turn, "node", mode="on")},
    "skipped": lambda turn: {
        "gcode_state": "RUNNING",
        "s_obj": list(range(turn, 40_000 + turn)),
    },
    "spools outside": lambda turn: {"vir_slot": _rows(turn, "id", tray_type="PLA")},
    "heads": lambda turn: {"device": {"extruder": {"info": _rows(turn, "id", temp=5)}}},
    "nozzles": lambda turn: {
        "device": {"nozzle": {"info": _rows(turn, "id", diameter=0.4)}}
    },
    "detectors": lambda turn: {"xcam": {f"{turn}_{n}": True for n in range(300)}},
    "names": lambda turn: {
        "gcode_state": "RUNNING",
        "subtask_name": f"{turn}" + "x" * 200_000,
        "gcode_file": f"{turn}" + "y" * 20_000,
    },
    "numbers beyond all JSON": lambda turn: {
        "ams": {"ams": [{"id": "9" * 21, "tray": [{"id": "-" + "9" * 30}]}]},
        "vir_slot": [{"id": f"{turn}" + "9" * 20}],
        "device": {
            "extruder": {
                "info": [{"id": "9" * 21, "temp": "9" * 21}],
                "state": "9" * 21,
            },
            "nozzle": {"info": [{"id": "9" * 21, "diameter": "9" * 21}]},
        },
        "gcode_state": "RUNNING",
        "layer_num": "9" * 21,
        "total_layer_num": "9" * 21,
        "s_obj": ["9" * 21],
        "stg_cur": "9" * 21,
        "home_flag": "9" * 21,
        "wifi_signal": f"-{'9' * 21}dBm",
    },
    "states": lambda turn: {"gcode_state": f"{turn}" + "Z" * 200_000},
}


@pytest.mark.parametrize("story", _STORIES)
def test_a_report_without_measure_is_kept_in_measure(story: str) -> None:
    document = Document.new(H2D)
    state = translate(document)
    for turn in range(12):
        body = {"command": "push_status", "msg": 1, **_STORIES[story](turn)}
        message = parse(orjson.dumps({"print": body}))
        assert isinstance(message, Report), message
        document = fold(document, message, None)
        before, state = state, translate(document)
        assert len(list(transitions("p", before, state))) <= _MOST_EVENTS
        assert len(orjson.dumps(state)) < _MOST_SHOWN_BYTES
        kept = orjson.dumps([document.wire, document.merged])
        assert len(kept) < _MOST_KEPT_BYTES


def test_boards_without_measure() -> None:
    modules = [{"name": f"ams/{n}", "sn": f"{n}", "sw_ver": "1"} for n in range(4000)]
    reply = parse(orjson.dumps({"info": {"command": "get_version", "module": modules}}))
    assert isinstance(reply, VersionReply)
    state = translate(fold(Document.new(H2D), reply, None))
    assert len(orjson.dumps(state)) < _MOST_SHOWN_BYTES


def test_a_payload_without_measure_is_none() -> None:
    assert isinstance(parse(b'{"print":{"x":"' + b"y" * (1 << 20) + b'"}}'), Unknown)


@given(st.lists(st.dictionaries(NAMES, ANYTHING, max_size=6), max_size=5))
@fuzzed(150)
def test_any_recording_is_made_fit_to_be_shown(bodies: list[dict[str, Any]]) -> None:
    records = [
        Record(float(n), "in", "device/01P00A000000001/report", {"print": body})
        for n, body in enumerate(bodies)
    ]
    cleaned, counts = sanitise(records, ["a secret"])
    assert len(cleaned) == len(records)
    assert all(count > 0 for count in counts.values())
    assert b"01P00A000000001" not in b"".join(
        orjson.dumps([each.topic, each.payload]) for each in cleaned
    )


def test_a_recording_that_nests_without_end_can_be_written_down() -> None:
    deep = b'{"print":' * 900 + b'{"token":"hidden"}' + b"}" * 900
    record = Record(0.0, "in", "device/x/report", orjson.loads(deep))
    (cleaned,), _ = sanitise([record])
    assert b"hidden" not in orjson.dumps(cleaned.payload)
