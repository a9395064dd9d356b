"""An H2D over a whole print: a document written after the note, not a capture."""

from typing import Any

from odin_engine.printers.model import (
    Activity,
    Control,
    Heat,
    PrintResult,
    SlotRef,
    Storage,
    UnitKind,
)
from tests.engine.drivers.bambu.talk import H2D, Talk

NO_TAG = {"tag_uid": "0" * 16, "tray_uuid": "0" * 32}


def tray(slot: int, material: str, color: str, **fields: object) -> dict[str, Any]:
    return {
        "id": str(slot),
        "tray_type": material,
        "tray_color": color,
        "cols": [color],
        "ctype": 0,
        "remain": 40 + slot,
        "tag_uid": f"0A0B0C0D0000000{slot}",
        "tray_uuid": f"{slot + 1}" * 32,
        "state": 11,
        **fields,
    }


def head(number: int, current: int, target: int, slot: int) -> dict[str, Any]:
    return {
        "id": number,
        "temp": target << 16 | current,
        "snow": slot,
        "star": slot,
        "hnow": number,
        "info": 0b1110,
    }


FULL: dict[str, Any] = {
    "gcode_state": "RUNNING",
    "mc_percent": 42,
    "mc_remaining_time": 78,
    "layer_num": 24,
    "total_layer_num": 75,
    "3D": {"layer_num": 24, "total_layer_num": 75},
    "stg_cur": 0,
    "print_type": "local",
    "gcode_file": "/data/Metadata/plate_2.gcode",
    "subtask_name": "gearbox",
    "task_id": "12",
    "subtask_id": "12",
    "project_id": "0",
    "print_error": 0,
    "err": "0",
    "hms": [],
    "nozzle_temper": 219.0,
    "nozzle_target_temper": 220.0,
    "bed_temper": 60.0,
    "ams_status": 768,
    "ams": {
        "ams": [
            {
                "id": "0",
                "info": "1103",
                "temp": "31.5",
                "humidity": "4",
                "humidity_raw": "22",
                "dry_time": 0,
                "tray": [
                    tray(0, "PLA", "FF0000FF"),
                    tray(1, "PETG", "00FF0080"),
                    {"id": "2", "state": 0},
                    tray(3, "ABS", "0000FFFF", remain=-1, **NO_TAG),
                ],
            },
            {
                "id": "128",
                "info": "2004",
                "temp": "40.0",
                "humidity": "0",
                "humidity_raw": "12",
                "tray": [tray(0, "PA-CF", "101010FF")],
            },
        ],
        "ams_exist_bits": "11",
        "tray_exist_bits": "1000b",
        "tray_now": "0",
        "tray_tar": "0",
        "power_on_flag": False,
    },
    "vir_slot": [
        {"id": "254", "tray_type": "TPU", "tray_color": "FFFFFFFF", "remain": 0},
        {"id": "255", "tray_type": "", "tray_color": "00000000", "remain": 0},
    ],
    "device": {
        "bed": {"info": {"temp": 60 << 16 | 59}, "state": 2},
        "ctc": {"info": {"temp": 40 << 16 | 38}},
        "extruder": {
            "state": 2 | 1 << 4 | 1 << 8,
            "info": [head(0, 150, 0, 0x8000), head(1, 219, 220, 0x0001)],
        },
        "nozzle": {
            "exist": 3,
            "info": [
                {"id": 0, "diameter": 0.4, "type": "HS01", "wear": 4},
                {"id": 1, "diameter": 0.6, "type": "HH01", "wear": 0},
            ],
        },
        "airduct": {
            "modeCur": 0,
            "parts": [
                {"id": 16, "func": 0, "state": 70},
                {"id": 32, "func": 1, "state": 30},
                {"id": 48, "func": 2, "state": 0},
            ],
        },
    },
    "stat": "16382180F0",
    "fun": "21FF18FFF9CB7",
    "aux": "2001004",
    "home_flag": -1066967617,
    "spd_lvl": 2,
    "spd_mag": 100,
    "wifi_signal": "-44dBm",
    "net": {"conf": 16},
    "lights_report": [
        {"node": "chamber_light", "mode": "on"},
        {"node": "chamber_light2", "mode": "on"},
    ],
    "ipcam": {"rtsp_url": "disable", "timelapse": "disable", "ipcam_dev": "1"},
}


def test_one_report() -> None:
    state = Talk(H2D).full(**FULL)
    assert state.activity is Activity.PRINTING
    assert state.control is Control.ALLOWED
    assert state.temperatures.nozzles == (Heat(150, 0), Heat(219, 220))
    assert state.temperatures.bed == Heat(59, 60)
    assert state.temperatures.chamber == Heat(38, 40)
    assert [nozzle.is_active for nozzle in state.nozzles] == [False, True]
    assert [nozzle.diameter_mm for nozzle in state.nozzles] == [0.4, 0.6]
    assert state.active_slot == SlotRef(0, 1)
    assert [(unit.id, unit.kind, unit.nozzle) for unit in state.filament_units] == [
        (0, UnitKind.AMS_2_PRO, 1),
        (128, UnitKind.AMS_HT, 0),
        (255, UnitKind.EXTERNAL, 0),
        (254, UnitKind.EXTERNAL, 1),
    ]
    described = [
        (slot.material, slot.color, slot.remaining_pct)
        for unit in state.filament_units
        for slot in unit.slots
    ]
    assert described == [
        ("PLA", "#FF0000FF", 40),
        ("PETG", "#00FF0080", 41),
        (None, None, None),
        ("ABS", "#0000FFFF", None),
        ("PA-CF", "#101010FF", 40),
        (None, None, None),
        ("TPU", "#FFFFFFFF", None),
    ]
    assert state.job is not None
    assert (state.job.plate, state.job.token, state.job.source) == (2, 12, "local")
    assert (state.job.progress_pct, state.job.remaining_s) == (42, 4680)
    assert (state.fans.part_pct, state.fans.aux_pct, state.fans.chamber_pct) == (
        70,
        30,
        0,
    )
    assert state.is_door_open is False
    assert state.storage is Storage.OK
    assert state.cameras[0].is_available is False
    assert state.capabilities.heads == 2


def test_the_heads_change_and_the_flat_fields_follow_either() -> None:
    talk = Talk(H2D)
    talk.full(**FULL)
    changing = {"extruder": {**FULL["device"]["extruder"], "state": 2 | 0xF << 4}}
    state = talk.full(
        **{**FULL, "nozzle_temper": 150.0, "device": {**FULL["device"], **changing}}
    )
    assert state.active_slot is None
    assert state.temperatures.nozzles == (Heat(150, 0), Heat(219, 220))
    right = {
        "extruder": {
            "state": 2,
            "info": [head(0, 248, 250, 0x8000), head(1, 180, 0, 0x0001)],
        }
    }
    state = talk.full(**{**FULL, "device": {**FULL["device"], **right}})
    assert state.active_slot == SlotRef(128, 0)
    assert state.temperatures.nozzles == (Heat(248, 250), Heat(180, 0))
    assert [nozzle.is_active for nozzle in state.nozzles] == [True, False]
    assert talk.happened == ["ActiveSlotChanged", "ActiveSlotChanged"]


def test_an_error_a_stop_and_the_late_code() -> None:
    talk = Talk(H2D)
    talk.full(**FULL)
    talk.events.clear()
    talk.now = talk.now.replace(minute=1)
    error = 0x0300_8016
    talk.full(
        **{**FULL, "gcode_state": "PAUSE", "print_error": error, "err": f"{error:08X}"}
    )
    talk.now = talk.now.replace(minute=2)
    failed = {**FULL, "gcode_state": "FAILED", "mc_percent": 0}
    talk.full(**failed)
    assert talk.state.activity is Activity.PAUSED
    talk.now = talk.now.replace(second=4)
    state = talk.full(**{**failed, "print_error": 0x0300_400C, "err": "0300400C"})
    assert state.activity is Activity.CANCELLED
    assert state.faults == ()
    assert talk.happened == [
        "FaultRaised",
        "AttentionNeeded",
        "PrintPaused",
        "FaultCleared",
        "PrintEnded",
    ]
    assert getattr(talk.events[-1], "result", None) is PrintResult.CANCELLED


def test_full_reports_cost_only_what_changes() -> None:
    talk = Talk(H2D)
    before = talk.full(**FULL)
    rows = [head(0, 151, 0, 0x8000), head(1, 220, 220, 0x0001)]
    extruder = {"state": FULL["device"]["extruder"]["state"], "info": rows}
    device = {**FULL["device"], "extruder": extruder}
    after = talk.full(**{**FULL, "device": device, "sequence_id": "9"})
    assert after.temperatures.nozzles == (Heat(151, 0), Heat(220, 220))
    assert after.temperatures.bed is before.temperatures.bed
    for part in ("job", "nozzles", "filament_units", "active_slot", "fans", "faults"):
        assert getattr(after, part) is getattr(before, part), part
