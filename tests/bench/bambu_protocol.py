"""What a Bambu Lab message costs: parse, fold, translate and compare.

Baseline: `orjson.loads` of the same bytes. The full reports are captures, where the
captures are, and one written here; the stream changes the numbers that change on a real
machine, some in every frame.
"""

import copy
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import orjson

from odin_engine.drivers.printers.bambu.protocol.document import Document, fold
from odin_engine.drivers.printers.bambu.protocol.messages import (
    Report,
    VersionReply,
    parse,
)
from odin_engine.drivers.printers.bambu.protocol.translate import translate
from odin_engine.printers.events import transitions
from tests.bench.figures import Figure, best_of_both_s

_START = datetime(2026, 1, 1, tzinfo=UTC)


def measure() -> list[Figure]:
    """Returns what one message costs, of each kind."""
    figures = [_figure("delta", "≤ 20 x", *_deltas())]
    for name in ("h2s_full.json", "x1c_multi_ams_full.json"):
        path = _captures() / "bambu" / name
        if path.is_file():
            capture = orjson.loads(path.read_bytes())
            figures.append(_figure(f"full, {name}", "≤ 3 x", *_fulls(capture)))
    return [*figures, _figure("full, written here", "≤ 3 x", *_fulls(_synthetic()))]


def _captures() -> Path:
    return Path(os.environ.get("ODIN_CAPTURES", "../shared/fixtures"))


def _figure(name: str, bar: str, document: Document, payloads: list[bytes]) -> Figure:
    size = sum(map(len, payloads)) // len(payloads)
    cost_s, base_s = best_of_both_s(
        _stream(document, payloads), lambda: _load(payloads)
    )
    return Figure(
        f"{name}, {size} B",
        cost_s / len(payloads),
        bar,
        "orjson.loads",
        base_s / len(payloads),
    )


def _load(payloads: list[bytes]) -> None:
    for payload in payloads:
        orjson.loads(payload)


def _stream(document: Document, payloads: list[bytes]) -> Callable[[], None]:
    """Returns a function that feeds the stream once more to the same printer."""
    current, state, at = document, translate(document), _START

    def run() -> None:
        nonlocal current, state
        for payload in payloads:
            message = parse(payload)
            assert isinstance(message, Report)
            current = fold(current, message, at)
            after = translate(current)
            for _event in transitions("bench", state, after):
                pass
            state = after

    return run


def _deltas() -> tuple[Document, list[bytes]]:
    capture = _synthetic()
    document = _document(capture)
    payloads = [
        orjson.dumps(
            {
                "print": {
                    "bed_temper": 29.53 + step / 32,
                    "wifi_signal": f"-{50 + step % 3}dBm",
                    "command": "push_status",
                    "msg": 1,
                    "sequence_id": str(727 + step),
                }
            }
        )
        for step in range(50)
    ]
    return document, payloads


def _fulls(capture: dict[str, Any]) -> tuple[Document, list[bytes]]:
    payloads = []
    body = copy.deepcopy(capture["pushall"])
    report = body["print"]
    warmth = cycle((0, 1, 0, -1))
    for step in range(60):
        swing = next(warmth)
        report["sequence_id"] = str(5000 + step)
        report["t_utc"] = 1756741151768 + step * 1000
        report["wifi_signal"] = f"-{44 + step % 3}dBm"
        report["nozzle_temper"] = 275.0 + swing
        for head in report.get("device", {}).get("extruder", {}).get("info", []):
            head["temp"] = 275 << 16 | 275 + swing
        if step % 5 == 0:
            report["bed_temper"] = 105.0 + swing / 4
            report["mc_percent"] = 42 + step // 10
        if step % 10 == 0:
            report["layer_num"] = 24 + step // 10
            report["mc_remaining_time"] = 78 - step // 10
        if step % 20 == 0 and report["ams"]["ams"]:
            report["ams"]["ams"][0]["temp"] = f"{42.7 + step / 100:.1f}"
        payloads.append(orjson.dumps(body))
    return _document(capture), payloads


def _document(capture: dict[str, Any]) -> Document:
    document = Document.new("00M00A000000000")
    for name in ("get_version", "pushall"):
        message = parse(orjson.dumps(capture.get(name, {})))
        if isinstance(message, Report | VersionReply):
            document = fold(document, message, _START - timedelta(seconds=1))
    return document


def _synthetic() -> dict[str, Any]:
    """Returns a full report with two units, written after the protocol note."""
    tray = {
        "bed_temp": "0",
        "bed_temp_type": "0",
        "cali_idx": -1,
        "cols": ["112233FF"],
        "ctype": 0,
        "drying_temp": "55",
        "drying_time": "8",
        "nozzle_temp_max": "230",
        "nozzle_temp_min": "190",
        "remain": 60,
        "state": 11,
        "tag_uid": "1122334455667788",
        "total_len": 330000,
        "tray_color": "112233FF",
        "tray_diameter": "1.75",
        "tray_info_idx": "GFA00",
        "tray_sub_brands": "PLA Basic",
        "tray_type": "PLA",
        "tray_uuid": "11223344556677881122334455667788",
        "tray_weight": "1000",
        "xcam_info": "0" * 24,
    }
    units = [
        {
            "dry_time": 0,
            "humidity": "5",
            "humidity_raw": "12",
            "id": str(unit),
            "info": "1003",
            "temp": "27.1",
            "tray": [{"id": str(slot), **tray} for slot in range(4)],
        }
        for unit in range(2)
    ]
    report: dict[str, Any] = json.loads(_REPORT)
    report["ams"]["ams"] = units
    return {"pushall": {"print": report}}


_REPORT = """
{"ams": {"ams_exist_bits": "3", "tray_exist_bits": "ff", "tray_now": "0",
  "tray_tar": "0", "tray_pre": "0", "power_on_flag": false, "insert_flag": true},
 "ams_status": 768, "ams_rfid_status": 0, "bed_target_temper": 105.0,
 "bed_temper": 105.0, "big_fan1_speed": "0", "big_fan2_speed": "0",
 "chamber_temper": 38.0, "command": "push_status", "cooling_fan_speed": "2",
 "fail_reason": "0", "fan_gear": 25, "fun": "11A30F9CFB",
 "gcode_file": "/data/Metadata/plate_1.gcode", "gcode_file_prepare_percent": "100",
 "gcode_state": "RUNNING", "heatbreak_fan_speed": "15", "hms": [], "home_flag": 256,
 "ipcam": {"ipcam_dev": "1", "timelapse": "disable",
  "rtsp_url": "rtsps://192.0.2.10:322/streaming/live/1"},
 "layer_num": 24, "total_layer_num": 75,
 "lights_report": [{"mode": "on", "node": "chamber_light"}],
 "mc_percent": 42, "mc_remaining_time": 78, "msg": 0,
 "net": {"conf": 16, "info": []}, "nozzle_diameter": "0.4",
 "nozzle_target_temper": 275.0, "nozzle_temper": 275.0, "nozzle_type": "hardened_steel",
 "print_error": 0, "print_type": "cloud", "project_id": "1097", "s_obj": [],
 "sdcard": true, "sequence_id": "1", "spd_lvl": 2, "spd_mag": 100, "stg": [2, 14],
 "stg_cur": 0, "subtask_id": "1097", "subtask_name": "bracket", "task_id": "1097",
 "upgrade_state": {"status": "IDLE", "new_version_state": 2}, "wifi_signal": "-44dBm",
 "xcam": {"spaghetti_detector": true, "halt_print_sensitivity": "medium",
  "print_halt": true}}
"""
