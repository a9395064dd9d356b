"""Any bytes, and real shapes with anything in them: nothing is raised, all is bounded."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.moonraker.family import MoonrakerFamily
from odin_engine.drivers.printers.moonraker.gcode import look_into
from odin_engine.drivers.printers.moonraker.protocol.document import Document, fold
from odin_engine.drivers.printers.moonraker.protocol.frames import parse
from odin_engine.drivers.printers.moonraker.protocol.prompts import hear
from odin_engine.drivers.printers.moonraker.protocol.translate import Translator
from odin_engine.drivers.printers.moonraker.shelf import past_jobs, stored
from odin_engine.kernel.errors import Invalid
from tests.fuzzing import fuzzed

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["printing", "paused", "ready", "shutdown", "Loaded", "NONE"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
_OBJECTS = (
    *("webhooks", "print_stats", "virtual_sdcard", "display_status", "mmu", "AFC"),
    *("print_task_config", "extruder", "extruder1", "heater_bed", "toolhead", "fan"),
    *("heater_generic chamber", "fan_generic x", "bme280 y", "AFC_stepper lane1"),
    *("filament_switch_sensor r", "exclude_object", "gcode_move", "idle_timeout"),
    *("configfile", "output_pin fan0", "gcode_macro T0"),
)
_FIELDS = (
    *("state", "state_message", "filename", "message", "print_duration", "info"),
    *("filament_used", "total_duration", "progress", "file_position", "temperature"),
    *("target", "humidity", "speed", "rpm", "value", "filament_detected", "enabled"),
    *("objects", "excluded_objects", "num_gates", "gate", "gate_status", "gate_color"),
    *("gate_color_rgb", "gate_spool_id", "gate_material", "ttg_map", "lanes", "load"),
    *("error_state", "message", "filament_exist", "filament_type", "settings"),
    *("filament_color_rgba", "speed_factor", "extrude_factor", "current_layer"),
)
STATUS = st.dictionaries(
    st.sampled_from(_OBJECTS),
    st.dictionaries(st.sampled_from(_FIELDS), ANYTHING, max_size=8) | ANYTHING,
    max_size=8,
)
_FAMILY = MoonrakerFamily()


@fuzzed(300)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_text_is_a_frame_or_none(text: str | bytes) -> None:
    parse(text)


@fuzzed(200)
@given(st.lists(STATUS, min_size=1, max_size=3))
def test_any_status_is_a_state(told: list[dict[str, Any]]) -> None:
    document = Document()
    translator = Translator(document)
    for status in told:
        fold(document, status, 0.0)
        document.klippy = document.klippy or "ready"
        state = translator.state()
        if state is not None:
            assert orjson.dumps(state)


@fuzzed(200)
@given(
    st.sampled_from(
        [
            *("klippy_state", "state_message", "objects", "status", "webcams"),
            *("devices", "jobs", "gcode_store", "spoolman_connected", "method"),
            *("result", "error", "filename", "params"),
        ]
    ),
    ANYTHING,
    STATUS,
)
def test_any_answer_is_replayed(key: str, value: object, status: object) -> None:
    extra = {"modified": 1, "size": 2, "state": value, "thumbnails": value}
    for body in (
        {key: value},
        {"result": {key: value, **extra}, "id": 1},
        {"method": "notify_status_update", "params": [status, 1.0]},
        {"method": "notify_history_changed", "params": [{"job": value}]},
        {"method": "notify_gcode_response", "params": [value]},
        {"method": "notify_power_changed", "params": [value]},
        {"method": "notify_filelist_changed", "params": [{"item": value}]},
    ):
        try:
            data = orjson.dumps(body)
        except orjson.JSONEncodeError, TypeError:
            continue
        state, _ = _FAMILY.replay(_FAMILY.read_recording(data).records)
        assert orjson.dumps(state)


@fuzzed(200)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_recording(data: bytes) -> None:
    recording = _FAMILY.read_recording(data)
    _FAMILY.replay(recording.records)


@fuzzed(200)
@given(
    st.lists(st.sampled_from(["begin", "text", "button", "show", "end"]) | st.text())
)
def test_any_console_is_a_prompt_or_none(words: list[str]) -> None:
    asking = None
    for word in words:
        asking = hear(asking, f"// action:prompt_{word}")
        prompt = asking.prompt if asking else None
        assert prompt is None or len(prompt.choices) <= 40


@fuzzed(200)
@given(ANYTHING)
def test_any_list_of_files_and_jobs(told: object) -> None:
    stored(told)
    stored([told, {"path": told, "size": told, "modified": told}])
    row = {"job_id": "1", "filename": "a", "start_time": told, "end_time": told}
    past_jobs({"jobs": [told, row]}, datetime(2020, 1, 1, tzinfo=UTC))
    past_jobs({"jobs": told}, datetime(2020, 1, 1, tzinfo=UTC))


def test_what_a_server_says_is_kept_in_bounds() -> None:
    document = Document()
    translator = Translator(document)
    document.klippy = "ready"
    for turn in range(20):
        fold(
            document,
            {f"extruder{turn}{n}": {f"{turn}_{n}": "x" * 50} for n in range(500)},
            0.0,
        )
        fold(document, {"print_stats": {f"{turn}_{n}": n for n in range(500)}}, 0.0)
        state = translator.state()
    assert state is not None
    assert len(document.status) <= 600
    assert len(document.status["print_stats"]) <= 64
    assert len(orjson.dumps(state)) < 400_000


def test_no_gcode_is_none(tmp_path: Path) -> None:
    source = tmp_path / "a.gcode"
    source.write_bytes(bytes(range(256)) * 100)
    with pytest.raises(Invalid, match="no G-code"):
        look_into(source)
