from datetime import UTC, datetime
from typing import Any

import pytest

from odin_engine.drivers.printers.moonraker.protocol.document import (
    Document,
    begin_machine,
    fold,
    hear,
    take,
)
from odin_engine.drivers.printers.moonraker.protocol.frames import (
    Notice,
    Refusal,
    Reply,
    parse,
    said,
)
from odin_engine.drivers.printers.moonraker.protocol.layout import layout_of
from odin_engine.drivers.printers.moonraker.protocol.metadata import (
    best_thumbnail,
    download_path,
    read_metadata,
)
from odin_engine.drivers.printers.moonraker.protocol.subscription import subscription
from odin_engine.drivers.printers.moonraker.protocol.translate import Translator
from odin_engine.drivers.printers.moonraker.protocol.webcams import read_webcams
from odin_engine.printers.model import (
    Activity,
    EstimateSource,
    Job,
    PrinterState,
    attention_reason,
)

_PRINTING = {
    "state": "printing",
    "filename": "a/part.gcode",
    "print_duration": 100.0,
    "total_duration": 120.0,
    "filament_used": 50.0,
    "message": "",
}


def state_of(status: dict[str, Any], klippy: str = "ready") -> PrinterState:
    """Returns the state of a machine that reports this at once."""
    document = Document()
    begin_machine(document, klippy)
    fold(document, {"webhooks": {"state": klippy}, **status}, 0.0)
    state = Translator(document).state()
    assert state is not None
    return state


def stats(**changes: object) -> dict[str, Any]:
    return {"print_stats": {**_PRINTING, **changes}}


_RUNOUT = {"filament_switch_sensor r": {"filament_detected": False, "enabled": True}}
_OFF = {"filament_switch_sensor r": {"filament_detected": False, "enabled": False}}


@pytest.mark.parametrize(
    ("status", "activity", "reason"),
    [
        (stats(), Activity.PRINTING, None),
        (stats(print_duration=0.0), Activity.PREPARING, None),
        (stats(filament_used=0.0), Activity.PREPARING, None),
        (stats(state="paused"), Activity.PAUSED, None),
        (stats(state="paused", message="Bed?"), Activity.PAUSED, "print_message"),
        ({**stats(state="paused"), **_RUNOUT}, Activity.PAUSED, "filament_runout_r"),
        ({**stats(state="paused"), **_OFF}, Activity.PAUSED, None),
        ({**stats(), **_RUNOUT}, Activity.PRINTING, None),
        (
            {**stats(), "mmu": {"print_state": "pause_locked"}},
            Activity.PAUSED,
            "mmu_locked",
        ),
        ({**stats(), "AFC": {"error_state": True}}, Activity.PAUSED, "afc_error"),
        (stats(state="complete"), Activity.FINISHED, None),
        (stats(state="cancelled"), Activity.CANCELLED, None),
        (stats(state="error", message="Oh"), Activity.FAILED, "print_error"),
        (stats(state="standby", filename=""), Activity.IDLE, None),
        (
            {
                **stats(state="standby", filename=""),
                "idle_timeout": {"state": "Printing"},
            },
            Activity.PREPARING,
            None,
        ),
        ({**stats(), "idle_timeout": {"state": "Ready"}}, Activity.PRINTING, None),
        ({"toolhead": {}}, Activity.IDLE, None),
    ],
)
def test_what_it_does_by_the_first_row_that_fits(
    status: dict[str, Any], activity: Activity, reason: str | None
) -> None:
    state = state_of(status)
    assert state.activity is activity
    assert attention_reason(state) == reason


def test_who_has_no_extruder_prints_from_the_start() -> None:
    document = Document()
    begin_machine(document, "ready")
    take(document, {"objects": ["print_stats", "virtual_sdcard"]}, 0.0)
    fold(document, stats(print_duration=0.0, filament_used=0.0), 0.0)
    state = Translator(document).state()
    assert state is not None
    assert state.activity is Activity.PRINTING


@pytest.mark.parametrize("klippy", ["shutdown", "error"])
def test_a_klipper_that_is_down_has_failed(klippy: str) -> None:
    state = state_of(stats(), klippy)
    assert state.activity is Activity.FAILED
    assert attention_reason(state) == f"klippy_{klippy}"
    assert "start_print" not in state.capabilities.commands
    assert "restart_firmware" in state.capabilities.commands


def test_deltas_are_merged_by_field_and_lists_replaced_whole() -> None:
    document = Document()
    begin_machine(document, "ready")
    fold(document, {"extruder": {"temperature": 20.0, "target": 0.0}}, 0.0)
    fold(document, {"exclude_object": {"objects": [{"name": "A"}]}}, 0.0)
    fold(document, {"extruder": {"temperature": 21.0}}, 1.0)
    fold(document, {"exclude_object": {"objects": []}}, 1.0)
    assert document.object("extruder") == {"temperature": 21.0, "target": 0.0}
    assert document.object("exclude_object") == {"objects": []}


def test_a_section_that_did_not_change_is_the_same_one() -> None:
    document = Document()
    begin_machine(document, "ready")
    fold(document, {**stats(), "extruder": {"temperature": 20.0}, "fan": {}}, 0.0)
    translator = Translator(document)
    before = translator.state()
    assert translator.state() is before
    fold(document, {"extruder": {"temperature": 25.0}}, 1.0)
    after = translator.state()
    assert before is not None
    assert after is not None
    assert after.temperatures is not before.temperatures
    assert after.job is before.job
    assert after.fans is before.fans
    assert after.capabilities is before.capabilities


def test_extruders_are_ordered_by_number() -> None:
    names = ["extruder10", "extruder2", "extruder", "extruder_stepper x", "extruder1"]
    layout = layout_of(names, {})
    assert [each.name for each in layout.extruders] == [
        "extruder",
        "extruder1",
        "extruder2",
        "extruder10",
    ]


def test_only_what_is_there_is_asked_for() -> None:
    names = ["extruder", "temperature_fan case", "fan", "output_pin fan0", "toolhead"]
    asked = subscription(layout_of(names, {}))
    assert asked.keys() == set(names)
    assert asked["toolhead"] == ["extruder", "axis_minimum", "axis_maximum"]
    assert set(asked["temperature_fan case"]) >= {"speed", "temperature"}


def test_a_fan_that_is_a_pin() -> None:
    state = state_of({"output_pin fan0": {"value": 127.5}, "output_pin fan2": {}})
    assert [(each.name, each.percent) for each in state.fans.others] == [
        ("fan0", 50),
        ("fan2", None),
    ]


@pytest.mark.parametrize(
    ("card", "info", "metadata", "expected"),
    [
        ({}, {"current_layer": 3, "total_layer": 9}, {}, (3, 9)),
        ({}, {"current_layer": 0, "total_layer": 0}, {}, (None, None)),
        ({"layer": 4, "layer_count": 8}, {"total_layer": 0}, {}, (4, 8)),
        ({"current_layer": 4, "total_layer": 8}, {}, {}, (4, 8)),
        ({}, {}, {"layer_count": 313}, (None, 313)),
        (
            {},
            {"current_layer": 2, "total_layer": None},
            {"object_height": 8, "first_layer_height": 0.2, "layer_height": 0.2},
            (2, 40),
        ),
        (
            {},
            {},
            {"object_height": 8, "first_layer_height": 0.2, "layer_height": 0},
            (None, None),
        ),
    ],
)
def test_layers_from_where_they_are_told(
    card: dict[str, Any],
    info: dict[str, Any],
    metadata: dict[str, Any],
    expected: tuple[int | None, int | None],
) -> None:
    document = Document()
    begin_machine(document, "ready")
    told = {"filename": "a/part.gcode", "size": 1, "modified": 1.0}
    take(document, {**told, **metadata}, 0.0)
    fold(document, {**stats(info=info), "virtual_sdcard": card}, 0.0)
    state = Translator(document).state()
    assert state is not None
    assert state.job is not None
    assert (state.job.layer, state.job.total_layers) == expected


@pytest.mark.parametrize("first_mm", [0.2, 0.1, 0.16, 0.15, 0.12, 0.3])
def test_layers_by_a_height_that_is_rounded(first_mm: float) -> None:
    for layers in range(1, 501):
        height_mm = round(first_mm + (layers - 1) * 0.2, 2)
        assert layers_of(height_mm, first_mm) == layers
        assert layers_of(first_mm + (layers - 1) * 0.2, first_mm) == layers
        # A thin last layer is one as well.
        assert layers_of(height_mm + 0.05, first_mm) == layers + 1


def test_layers_by_a_height_that_makes_no_sense() -> None:
    assert layers_of(0.1, 0.2) is None
    assert layers_of(9e15, 0.2, 1e-300) is None


def layers_of(height_mm: float, first_mm: float, layer_mm: float = 0.2) -> int | None:
    """Returns how many layers a file has by its height alone."""
    metadata = read_metadata(
        {
            "filename": "a.gcode",
            "object_height": height_mm,
            "first_layer_height": first_mm,
            "layer_height": layer_mm,
        }
    )
    assert metadata is not None
    return metadata.total_layers


@pytest.mark.parametrize(
    ("status", "metadata", "remaining", "source"),
    [
        (
            {"display_status": {"progress": 0.5}, "virtual_sdcard": {"progress": 0.4}},
            {"estimated_time": 1000},
            500,
            EstimateSource.SLICER,
        ),
        (
            {"display_status": {"progress": 0.4}, "virtual_sdcard": {"progress": 0.4}},
            {"estimated_time": 1000},
            150,
            EstimateSource.BLEND,
        ),
        (
            {"virtual_sdcard": {"progress": 0.4}, "gcode_move": {"speed_factor": 0.5}},
            {},
            300,
            EstimateSource.BLEND,
        ),
        (
            {"virtual_sdcard": {"progress": 0.001}},
            {"estimated_time": 1000},
            900,
            EstimateSource.ELAPSED,
        ),
        ({"virtual_sdcard": {"progress": 0.0}}, {}, None, None),
        ({"virtual_sdcard": {"progress": 0.0}}, {"estimated_time": 0}, None, None),
    ],
)
def test_how_long_still_and_what_that_is_made_of(
    status: dict[str, Any],
    metadata: dict[str, Any],
    remaining: int | None,
    source: EstimateSource | None,
) -> None:
    document = Document()
    begin_machine(document, "ready")
    told = {"filename": "a/part.gcode", "size": 1, "modified": 1.0}
    take(document, {**told, **metadata}, 0.0)
    fold(document, {**stats(), **status}, 0.0)
    state = Translator(document).state()
    assert state is not None
    assert state.job is not None
    assert state.job.remaining_s == remaining
    assert state.job.remaining_source == source


def test_it_is_done_when_it_says_so_and_not_before() -> None:
    card = {"virtual_sdcard": {"progress": 1.0}}
    job = state_of({**stats(), **card}).job
    assert job is not None
    assert job.progress_pct == 99
    card = {"virtual_sdcard": {"progress": 0.98}}
    job = state_of({**stats(state="complete"), **card}).job
    assert job is not None
    assert (job.progress_pct, job.remaining_s) == (100, 0)


def test_a_header_that_is_read_is_no_progress() -> None:
    card = {"file_position": 1671, "file_size": 5977, "progress": 1671 / 5977}
    status = {
        **stats(print_duration=0.0, filament_used=0.0),
        "virtual_sdcard": card,
        "display_status": {"progress": card["progress"]},
    }
    document = Document()
    begin_machine(document, "ready")
    fold(document, status, 0.0)
    translator = Translator(document)
    job = current_job(translator)
    assert job.progress_pct is None
    told = {"filename": "a/part.gcode", "size": 5977, "modified": 1.0}
    parts = {"gcode_start_byte": 1671, "gcode_end_byte": 5000}
    take(document, {**told, **parts}, 0.0)
    assert current_job(translator).progress_pct == 0
    fold(document, {"print_stats": {"state": "cancelled"}}, 1.0)
    assert current_job(translator).progress_pct == 0


def test_a_file_of_which_nothing_is_known_is_as_far_as_it_was_read() -> None:
    job = state_of({**stats(), "virtual_sdcard": {"progress": 0.4}}).job
    assert job is not None
    assert job.progress_pct == 40
    slicer = {"display_status": {"progress": 0.02}}
    preparing = stats(print_duration=0.0)
    job = state_of({**preparing, **slicer, "virtual_sdcard": {"progress": 0.4}}).job
    assert job is not None
    assert job.progress_pct == 2


def current_job(translator: Translator) -> Job:
    state = translator.state()
    assert state is not None
    assert state.job is not None
    return state.job


def test_null_is_no_message() -> None:
    for message in (None, "", 5):
        job = state_of({**stats(), "display_status": {"message": message}}).job
        assert job is not None
        assert job.stage_text is None


def test_the_history_names_the_job() -> None:
    document = Document()
    begin_machine(document, "ready")
    fold(document, stats(), 0.0)
    job = {"job_id": "0000A1", "filename": "a/part.gcode", "status": "in_progress"}
    take(document, {"jobs": [{**job, "start_time": 1_700_000_000}]}, 0.0)
    state = Translator(document).state()
    assert state is not None
    assert state.job is not None
    assert state.job.external_id == "0000A1"
    assert state.job.started_at == datetime.fromtimestamp(1_700_000_000, UTC)
    assert state.job.name == "part.gcode"
    other = {**job, "job_id": "0000A2", "filename": "b.gcode", "status": "cancelled"}
    hear(document, Notice("notify_history_changed", [{"job": other}]), 1.0)
    assert document.track.job_id == "0000A1"


def test_the_end_of_a_job_that_klipper_took_along_is_told_once() -> None:
    document = Document()
    begin_machine(document, "ready")
    fold(document, stats(), 0.0)
    job = {"job_id": "1", "filename": "a/part.gcode", "status": "in_progress"}
    hear(document, Notice("notify_history_changed", [{"job": job}]), 0.0)
    translator = Translator(document)
    assert translator.state()
    hear(document, Notice("notify_klippy_disconnected"), 1.0)
    away = translator.state()
    assert away is not None
    assert (away.activity, away.job and away.job.external_id) == (Activity.FAILED, "1")
    hear(document, Notice("notify_klippy_ready"), 2.0)
    fold(document, {"print_stats": {"state": "standby", "filename": ""}}, 2.0)
    ended = {**job, "status": "klippy_disconnect"}
    hear(document, Notice("notify_history_changed", [{"job": ended}]), 3.0)
    back = translator.state()
    assert back is not None
    assert (back.activity, back.job) == (Activity.IDLE, None)


def test_nothing_remains_of_a_job_that_klipper_took_along() -> None:
    document = Document()
    begin_machine(document, "ready")
    fold(document, {**stats(), "virtual_sdcard": {"progress": 0.5}}, 0.0)
    translator = Translator(document)
    before = current_job(translator)
    assert before.remaining_s
    hear(document, Notice("notify_klippy_disconnected"), 1.0)
    job = current_job(translator)
    assert (job.progress_pct, job.remaining_s, job.remaining_source) == (50, None, None)
    assert job.file == before.file


def test_a_job_that_ends_in_standby_ends_as_the_history_says() -> None:
    document = Document()
    begin_machine(document, "ready")
    fold(document, stats(), 0.0)
    job = {"job_id": "1", "filename": "a/part.gcode", "status": "in_progress"}
    hear(document, Notice("notify_history_changed", [{"job": job}]), 0.0)
    fold(document, {"print_stats": {"state": "standby"}}, 1.0)
    ended = {**job, "status": "cancelled"}
    hear(document, Notice("notify_history_changed", [{"job": ended}]), 1.0)
    state = Translator(document).state()
    assert state is not None
    assert state.activity is Activity.CANCELLED


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('{"jsonrpc":"2.0","id":4,"result":"ok"}', Reply(4, "ok")),
        (
            '{"id":4,"error":{"code":400,"message":"Must home"}}',
            Refusal(4, 400, "Must home"),
        ),
        ('{"id":null,"error":{"code":-32700}}', Refusal(None, -32700, "")),
        ('{"method":"notify_klippy_ready"}', Notice("notify_klippy_ready", [])),
        ('{"method":"x","params":{"a":1}}', Notice("x", [])),
        ("{", None),
        ("[]", None),
        ('{"id":"4","result":1}', None),
        ("", None),
    ],
)
def test_frames(text: str, frame: object) -> None:
    assert parse(text) == frame


def test_klipper_s_error_inside_an_error_is_opened() -> None:
    told = "{'error': 'WebRequestError', 'message': 'Must home axis first'}"
    assert said(told) == "Must home axis first"
    assert said("{'message': unclosed") == "{'message': unclosed"
    assert said(None) == ""


@pytest.mark.parametrize(
    ("told", "materials"),
    [
        ("PLA", ["PLA"]),
        ("PLA;PETG", ["PLA", "PETG"]),
        ('["PLA", "ABS"]', ["PLA", "ABS"]),
        (["PLA", "TPU"], ["PLA", "TPU"]),
    ],
)
def test_filaments_in_every_form(told: object, materials: list[str]) -> None:
    metadata = read_metadata({"filename": "a.gcode", "filament_type": told})
    assert metadata is not None
    assert [each.material for each in metadata.filaments] == materials


def test_thumbnails_lie_beside_their_file_and_nowhere_else() -> None:
    metadata = read_metadata(
        {
            "filename": "sub dir/a.gcode",
            "thumbnails": [
                {"width": 600, "relative_path": ".thumbs/a-600.png"},
                {"width": 300, "relative_path": ".thumbs/a-300.png"},
                {"width": 400, "relative_path": "../../../etc/passwd"},
            ],
        }
    )
    assert metadata is not None
    best = best_thumbnail(metadata)
    assert best is not None
    assert best.path == "sub dir/.thumbs/a-300.png"
    assert download_path(best.path).endswith("/gcodes/sub%20dir/.thumbs/a-300.png")


@pytest.mark.parametrize(
    ("row", "is_available", "port"),
    [
        ({"snapshot_url": "/webcam/?action=snapshot"}, True, None),
        ({"snapshot_url": "webcam?action=snapshot"}, True, None),
        ({"snapshot_url": "http://192.0.2.7:8080/?action=snapshot"}, True, 8080),
        ({"snapshot_url": "http://localhost/snap"}, True, 80),
        ({"snapshot_url": "http://VORON.local/snap"}, True, 80),
        ({"snapshot_url": "http://192.0.2.8/snap"}, False, None),
        ({"snapshot_url": "https://192.0.2.7/snap"}, False, None),
        ({"snapshot_url": "//evil.example/snap"}, False, None),
        ({"snapshot_url": "http://[::1"}, False, None),
        ({"snapshot_url": "file:///etc/passwd"}, False, None),
        ({"snapshot_url": "", "service": "webrtc-go2rtc"}, False, None),
        (
            {"stream_url": "/webcam/?action=stream", "service": "mjpegstreamer"},
            True,
            None,
        ),
    ],
)
def test_which_cameras_are_the_machine_s_own(
    row: dict[str, Any],
    is_available: bool,  # noqa: FBT001 - a column of the table
    port: int | None,
) -> None:
    (found,) = read_webcams([{"name": "Bed", **row}], "192.0.2.7", "voron")
    assert found.camera.is_available is is_available
    assert found.port == port
    assert (found.path is None) is not is_available


def test_a_camera_that_is_switched_off_is_none() -> None:
    assert read_webcams([{"name": "Bed", "enabled": False}, 5], "h", None) == ()


def test_names_that_come_twice_are_told_apart() -> None:
    state = state_of({"fan_generic a": {}, "heater_fan a": {}, "fan_generic part": {}})
    assert [each.name for each in state.fans.others] == [
        "fan_generic a",
        "heater_fan a",
        "fan_generic part",
    ]
    assert state.capabilities.fans == ("fan_generic a", "fan_generic part")
