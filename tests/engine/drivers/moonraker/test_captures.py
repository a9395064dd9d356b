import orjson
import pytest

from odin_engine.drivers.printers.moonraker.family import MoonrakerFamily, make
from odin_engine.printers.model import (
    Activity,
    EstimateSource,
    HeaterBounds,
    LinkReason,
    SensorKind,
    SlotRef,
    UnitKind,
    attention_reason,
)
from odin_engine.printers.ports import Surroundings
from tests.engine.drivers.moonraker.captures import (
    capture,
    captures,
    needs_captures,
    state_of,
)

pytestmark = needs_captures


def test_a_print_with_two_heads_and_many_sensors() -> None:
    state = state_of("rich_query_printing")
    assert state.activity is Activity.PRINTING
    job = state.job
    assert job is not None
    assert (job.layer, job.total_layers, job.progress_pct) == (22, 33, 90)
    assert (job.remaining_s, job.remaining_source) == (406, EstimateSource.BLEND)
    assert job.stage_text == "Custom Message"
    assert [heat.target_c for heat in state.temperatures.nozzles] == [205.0, 220.0]
    assert [each.is_active for each in state.nozzles] == [True, False]
    others = {each.name: each.current_c for each in state.temperatures.others}
    assert others == {"my_super_heater": 32.43, "MIXED_CASE": 33.21}
    assert state.capabilities.heaters == (
        HeaterBounds("my_super_heater", 90),
        HeaterBounds("MIXED_CASE", 85),
    )
    fans = {each.name: (each.percent, each.rpm) for each in state.fans.others}
    assert fans["nevermore_fan"] == (12, 4500)
    assert fans["heater_fan"] == (51, None)
    assert state.fans.part_pct == 51
    sensors = {(each.name, each.kind): each.value for each in state.sensors}
    assert sensors["bme280_temp", SensorKind.HUMIDITY] == 26.8
    assert sensors["FAN_CASE", SensorKind.TEMPERATURE] == 34.0
    assert [each.is_enabled for each in state.filament_sensors] == [True, True]


def test_a_shutdown_hides_the_stale_print() -> None:
    state = state_of("shutdown_with_stale_print")
    assert state.activity is Activity.FAILED
    assert attention_reason(state) == "klippy_shutdown"
    assert state.faults[0].text == "Lost communication with MCU 'mcu'"


def test_a_locked_unit_asks_for_a_person() -> None:
    state = state_of("happy_hare_pause_locked")
    assert state.activity is Activity.PAUSED
    assert attention_reason(state) == "mmu_locked"
    assert state.faults[0].text == "Filament stuck in extruder"
    unit = state.filament_units[0]
    assert unit.kind is UnitKind.MMU
    assert [each.is_occupied for each in unit.slots] == [True, True, False, None]
    assert state.active_slot is None


def test_an_error_of_the_changer_asks_for_a_person() -> None:
    state = state_of("afc_error")
    assert attention_reason(state) == "afc_error"
    assert state.faults[0].text == "lane2 failed to load"
    assert state.active_slot == SlotRef(1, 1)


def test_four_empty_heads_hold_nothing() -> None:
    state = state_of("snapmaker_u1_defaults")
    slots = state.filament_units[0].slots
    assert [each.is_occupied for each in slots] == [False] * 4
    assert [each.material for each in slots] == [None] * 4
    assert state.model is not None
    assert state.model.id == "snapmaker_u1"


def test_klipper_that_is_away() -> None:
    state = state_of("server_info_ready", "objects_query", "notify_klippy_disconnected")
    assert state.link_reason is LinkReason.MACHINE_AWAY
    state = state_of("printer_info_ready", "notify_klippy_shutdown")
    assert state.activity is Activity.FAILED


def test_switches_spools_and_cameras_of_the_host() -> None:
    state = state_of(
        "server_info_ready",
        "power_devices",
        "spoolman_status",
        "notify_active_spool_set",
        "webcams_list",
        "objects_query",
    )
    assert [(each.name, each.is_on) for each in state.power_devices] == [
        ("green_led", False),
        ("printer", False),
    ]
    assert state.active_spool_id == 1
    assert [each.is_available for each in state.cameras] == [False, False, True]


def test_a_file_s_own_bytes_count_for_progress() -> None:
    metadata = orjson.loads(capture("file_metadata_prusaslicer"))
    stats = {
        "print_stats": {
            "state": "printing",
            "filename": metadata["filename"],
            "print_duration": 30.0,
            "filament_used": 10.0,
        },
        "virtual_sdcard": {"file_position": 87410 + 153106, "progress": 0.148},
    }
    family = MoonrakerFamily()
    records = [
        *family.read_recording(capture("file_metadata_prusaslicer")).records,
        *family.read_recording(orjson.dumps(stats)).records,
    ]
    job = family.replay(records)[0].job
    assert job is not None
    assert job.progress_pct == 10
    assert job.total_layers == 40
    assert (job.remaining_s, job.remaining_source) == (5917, EstimateSource.ELAPSED)


@pytest.mark.parametrize("name", captures())
def test_every_capture_is_read_and_cleaned(name: str, tmp_path: object) -> None:
    del tmp_path
    family = make(Surroundings(data_dir=None))  # type: ignore[arg-type]
    recording = family.read_recording(capture(name))
    assert recording.records
    assert not recording.bad_lines
    state, _ = family.replay(recording.records)
    cleaned, _ = family.sanitise(recording.records, ())
    assert family.replay(cleaned)[0].activity is state.activity
