"""What each entity of one machine must show, read off the machine's own wire.

For an X1C in the middle of a print, as Nord is. Nothing here asks the engine.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from odin_engine.kernel.clock import SystemClock
from tests.e2e.home_assistant.home import Home

type Json = Any
type Shown = Json
"""A state as Home Assistant tells it, with its attributes."""
type Expected = Callable[[Shown], bool]

_FAN_STEPS = 15
_TANGLE_BIT, _DOOR_BIT, _BLOB_BIT = 20, 23, 24
_ESTIMATE = timedelta(minutes=4)
_A_RUN = timedelta(hours=1)
"""What happened in the tests that ran before."""


def untrue(home: Home, name: str, told: Json, *, is_whole: bool = False) -> Json:
    """Returns by `domain key` what a printer's entities show that is not true.

    Those that are off unless somebody wants them count where `is_whole`.
    """
    prefix = home.unique_id(name, "")
    states = home.states()
    ours = {
        f"{each['entity_id'].partition('.')[0]} "
        f"{each['unique_id'].removeprefix(prefix)}": states[each["entity_id"]]
        for each in home.registry()
        if each["unique_id"].startswith(prefix) and not each["disabled_by"]
    }
    expected = what_shows(told, SystemClock().now())
    assert ours.keys() <= expected.keys()
    assert ours.keys() == expected.keys() or not is_whole
    return {
        key: shown["state"] for key, shown in ours.items() if not expected[key](shown)
    }


def what_shows(told: Json, now: datetime) -> dict[str, Expected]:
    """Returns by `domain key` whether a state is true to the machine's words."""
    return dict(
        [
            *_print(told, now),
            *_machine(told),
            *_controls(told),
            *_units(told),
            *_news(now),
        ]
    )


def _print(told: Json, now: datetime) -> Iterator[tuple[str, Expected]]:
    finish = now + timedelta(minutes=told["mc_remaining_time"])
    started = datetime.fromtimestamp(int(told["gcode_start_time"]), tz=now.tzinfo)
    yield "sensor status", _is({"RUNNING": "printing"}[told["gcode_state"]])
    yield "sensor stage", _is({0: "printing"}[told["stg_cur"]])
    yield "sensor job", _is(told["subtask_name"])
    yield "sensor progress", _near(told["mc_percent"], 1)
    yield "sensor remaining", _near(told["mc_remaining_time"], 1)
    yield "sensor finish", _at(finish, _ESTIMATE)
    yield "sensor started", _at(started, _ESTIMATE)
    yield "sensor layer", _near(told["layer_num"], 1)
    yield "sensor total_layers", _near(told["total_layer_num"], 0)
    yield "binary_sensor running", _is("on")
    yield "binary_sensor attention", _is("off")
    yield "binary_sensor filament_runout", _is("off")
    # Only the end of a print makes it so; nobody sees what lies there before.
    yield "binary_sensor plate", _is("off")


def _machine(told: Json) -> Iterator[tuple[str, Expected]]:
    yield "sensor nozzle_0_temperature", _near(told["nozzle_temper"], 1)
    yield "sensor nozzle_0_diameter", _near(float(told["nozzle_diameter"]), 0)
    yield "sensor bed_temperature", _near(told["bed_temper"], 1)
    yield "sensor chamber_temperature", _near(told["info"]["temp"], 1)
    yield "sensor heatbreak_fan", _near(_percent(told["heatbreak_fan_speed"]), 4)
    yield "sensor speed_percent", _near(told["spd_mag"], 0)
    yield "sensor wifi", _near(int(told["wifi_signal"].removesuffix("dBm")), 6)
    yield "sensor storage", _is("ok" if told["sdcard"] else "missing")
    yield "sensor host", _is("127.0.0.1")
    yield "sensor connection", _is("online")
    yield "sensor control", _is("allowed")
    yield "binary_sensor connectivity", _is("on")
    yield "sensor fault", _is("none" if told["print_error"] == 0 else "")
    yield "binary_sensor faults", _is("on" if told["hms"] else "off")
    yield "binary_sensor door", _switch(told["home_flag"] >> _DOOR_BIT & 1)
    newest = told["upgrade_state"]["ota_new_version_number"]
    yield "update firmware", _is("on" if newest else "off")
    seen = told["ipcam"]["rtsp_url"] != "disable"
    yield "camera camera_chamber", _is("idle" if seen else "unavailable")


def _controls(told: Json) -> Iterator[tuple[str, Expected]]:
    yield "number nozzle_0_target", _near(told["nozzle_target_temper"], 0)
    yield "number bed_target", _near(told["bed_target_temper"], 0)
    for key, wire in (
        ("part_fan", "cooling_fan_speed"),
        ("aux_fan", "big_fan1_speed"),
        ("chamber_fan", "big_fan2_speed"),
    ):
        yield f"fan {key}", _fan(_percent(told[wire]))
    modes = {each["node"]: each["mode"] for each in told["lights_report"]}
    yield "light light_chamber", _switch(modes["chamber_light"] != "off")
    levels = {1: "silent", 2: "standard", 3: "sport", 4: "ludicrous"}
    yield "select speed", _is(levels[told["spd_lvl"]])
    unit, slot = divmod(int(told["ams"]["tray_now"]), 4)
    yield "select active_slot", _is(f"AMS {'AB'[unit]} {slot + 1}")
    yield "switch timelapse", _switch(told["ipcam"]["timelapse"] != "disable")
    yield "switch maintenance", _is("off")
    for key, wire in (
        ("first_layer", "first_layer_inspector"),
        ("spaghetti", "spaghetti_detector"),
        ("printing_monitor", "printing_monitor"),
        ("build_plate_marker", "buildplate_marker_detector"),
    ):
        yield f"switch detector_{key}", _switch(told["xcam"][wire])
    flags = told["home_flag"]
    yield "switch detector_filament_tangle", _switch(flags >> _TANGLE_BIT & 1)
    yield "switch detector_nozzle_blob", _switch(flags >> _BLOB_BIT & 1)


def _units(told: Json) -> Iterator[tuple[str, Expected]]:
    active = int(told["ams"]["tray_now"])
    for unit in told["ams"]["ams"]:
        number = int(unit["id"])
        name = f"unit_{number}"
        yield f"sensor {name}_humidity", _near(int(unit["humidity_raw"]), 1)
        yield f"sensor {name}_dryness", _near(int(unit["humidity"]), 0)
        yield f"sensor {name}_temperature", _near(float(unit["temp"]), 0.6)
        for tray in unit["tray"]:
            slot = int(tray["id"])
            at = f"{name}_slot_{slot}"
            yield f"sensor {at}_filament", _filament(tray)
            left = tray.get("remain")
            is_left = _is("unknown") if left is None else _near(left, 1)
            yield f"sensor {at}_remaining", is_left
            is_active = active == number * 4 + slot
            yield f"binary_sensor {at}_active", _switch(is_active)
            yield f"button {at}_read_filament", _is("unknown")
    holder = told["vt_tray"]
    assert not holder["tray_type"]
    yield "sensor unit_255_slot_0_filament", _is("unknown")
    yield "binary_sensor unit_255_slot_0_active", _switch(active == int(holder["id"]))


def _news(now: datetime) -> Iterator[tuple[str, Expected]]:
    """Yields what tells of moments: the last one, if there was any."""
    for key in (
        *("pause", "resume", "stop", "home", "refresh"),
        *("clear_plate", "clear_errors"),
    ):
        yield f"button {key}", _since(now)
    yield "event print", _since(now)
    yield "event fault_event", _since(now)
    yield "image picture", _at(now, _A_RUN)


def _filament(tray: Json) -> Expected:
    if "tray_type" not in tray:
        return _is("empty")

    def is_so(shown: Shown) -> bool:
        attributes = shown["attributes"]
        if shown["state"] != tray["tray_sub_brands"]:
            return False
        return bool(
            attributes["material"] == tray["tray_type"]
            and attributes["color"] == f"#{tray['tray_color']}"
            and attributes["preset_id"] == tray["tray_info_idx"]
            and attributes["nozzle_min_c"] == int(tray["nozzle_temp_min"])
            and attributes["nozzle_max_c"] == int(tray["nozzle_temp_max"])
        )

    return is_so


def _is(wanted: str) -> Expected:
    return lambda shown: bool(shown["state"] == wanted)


def _switch(is_on: object) -> Expected:
    return _is("on" if is_on else "off")


def _near(wanted: float, most: float) -> Expected:
    def is_so(shown: Shown) -> bool:
        try:
            return abs(float(shown["state"]) - wanted) <= most
        except ValueError:
            return False

    return is_so


def _at(wanted: datetime, most: timedelta) -> Expected:
    def is_so(shown: Shown) -> bool:
        try:
            return abs(datetime.fromisoformat(shown["state"]) - wanted) <= most
        except ValueError:
            return False

    return is_so


def _since(now: datetime) -> Expected:
    was = _at(now, _A_RUN)
    return lambda shown: shown["state"] == "unknown" or was(shown)


def _fan(percent: float) -> Expected:
    def is_so(shown: Shown) -> bool:
        if shown["state"] != ("on" if percent else "off"):
            return False
        return bool(abs(shown["attributes"]["percentage"] - percent) <= 4)

    return is_so


def _percent(steps: str) -> float:
    return int(steps) / _FAN_STEPS * 100
