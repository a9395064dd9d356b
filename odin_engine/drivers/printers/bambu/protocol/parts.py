"""Which fields of a report touch which part of the state.

One bit per part, so that a report costs what it changes. Fields that are not named
here are kept and never looked at.
"""

ACTIVITY = 1 << 0
JOB = 1 << 1
NOZZLE_HEAT = 1 << 2
BED_HEAT = 1 << 3
CHAMBER_HEAT = 1 << 4
FANS = 1 << 5
SPEED = 1 << 6
LIGHTS = 1 << 7
NOZZLES = 1 << 8
UNITS = 1 << 9
ACTIVE_SLOT = 1 << 10
CHANGE = 1 << 11
FAULTS = 1 << 12
DETECTORS = 1 << 13
CAMERAS = 1 << 14
FIRMWARE = 1 << 15
MODEL = 1 << 16
CAPABILITIES = 1 << 17
DOOR = 1 << 18
TIMELAPSE = 1 << 19
STORAGE = 1 << 20
WIFI = 1 << 21
CONTROL = 1 << 22

ALL = (1 << 23) - 1
HEAT = NOZZLE_HEAT | BED_HEAT | CHAMBER_HEAT

LIFECYCLE = 1 << 23
"""Not a part: `lifecycle` must look at the report."""
NESTED = 1 << 24
"""Not a part: an object or list that is sent in parts and has to be merged."""
SHAPED = 1 << 25
"""Not a part: a value of another shape than usual is ignored."""

_LIFE = LIFECYCLE | JOB

FLAT_HEAT: dict[str, int] = {
    "nozzle_temper": NOZZLE_HEAT,
    "nozzle_target_temper": NOZZLE_HEAT,
    "bed_temper": BED_HEAT,
    "bed_target_temper": BED_HEAT,
    "chamber_temper": CHAMBER_HEAT,
    "ctt": CHAMBER_HEAT,
}

TOUCHES: dict[str, int] = {
    **FLAT_HEAT,
    "gcode_state": _LIFE,
    "state": _LIFE,
    "print_error": _LIFE,
    "err": _LIFE,
    "mc_percent": _LIFE,
    "mc_remaining_time": _LIFE,
    "layer_num": _LIFE,
    "total_layer_num": _LIFE,
    "3D": _LIFE | NESTED | SHAPED,
    "stg_cur": JOB,
    "print_type": _LIFE,
    "gcode_file": _LIFE,
    "subtask_name": _LIFE,
    "gcode_start_time": _LIFE,
    "gcode_file_prepare_percent": _LIFE,
    "project_id": _LIFE,
    "task_id": _LIFE,
    "subtask_id": _LIFE,
    "plate_idx": JOB,
    "s_obj": _LIFE | SHAPED,
    "device": NESTED | SHAPED,
    "info": CHAMBER_HEAT | NESTED | SHAPED,
    "cooling_fan_speed": FANS,
    "big_fan1_speed": FANS,
    "big_fan2_speed": FANS,
    "heatbreak_fan_speed": FANS,
    "fan_gear": FANS,
    "spd_lvl": SPEED,
    "spd_mag": SPEED,
    "lights_report": LIGHTS | NESTED | SHAPED,
    "nozzle_diameter": NOZZLES,
    "nozzle_type": NOZZLES,
    "ams": UNITS | ACTIVE_SLOT | CHANGE | NESTED | SHAPED,
    "ams_status": CHANGE,
    "vt_tray": UNITS | ACTIVE_SLOT | NESTED | SHAPED,
    "vir_slot": UNITS | ACTIVE_SLOT | NESTED | SHAPED,
    "hms": FAULTS | CONTROL | SHAPED,
    "xcam": DETECTORS | NESTED | SHAPED,
    "cfg": DETECTORS | SPEED | LIGHTS | TIMELAPSE,
    "fun": CONTROL | DETECTORS,
    "fun2": DETECTORS,
    "home_flag": STORAGE | DOOR | DETECTORS,
    "aux": STORAGE,
    "sdcard": STORAGE,
    "stat": DOOR,
    "ipcam": CAMERAS | TIMELAPSE | NESTED | SHAPED,
    "upgrade_state": FIRMWARE | NESTED | SHAPED,
    "wifi_signal": WIFI,
    "net": WIFI | NESTED | SHAPED,
}

DEVICE_TOUCHES: dict[str, int] = {
    "bed": BED_HEAT,
    "bed_temp": BED_HEAT,
    "ctc": CHAMBER_HEAT,
    "cham_temp": CHAMBER_HEAT,
    "extruder": NOZZLE_HEAT | NOZZLES | UNITS | ACTIVE_SLOT | CHANGE | CAPABILITIES,
    "nozzle": NOZZLES,
    "airduct": FANS,
    "fan": FANS,
}

DEVICE_HEAT: dict[str, int] = {
    "extruder": NOZZLE_HEAT,
    "bed": BED_HEAT,
    "bed_temp": BED_HEAT,
    "ctc": CHAMBER_HEAT,
    "cham_temp": CHAMBER_HEAT,
}
