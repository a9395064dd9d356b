"""The stages of a print: a stable word and English for people, by `stg_cur`.

Words that begin with `paused_` name pauses (`printers.model.attention_reason`).
Source: docs/protocols/bambu.md §6.2.
"""

from typing import Any

from odin_engine.drivers.printers.bambu.protocol.fields import whole

_IDLE = frozenset({-1, 255})

STAGES: dict[int, tuple[str, str]] = {
    0: ("printing", "Printing"),
    1: ("bed_leveling", "Bed leveling"),
    2: ("preheating_bed", "Preheating the bed"),
    3: ("vibration_compensation", "Measuring vibration"),
    4: ("changing_filament", "Changing filament"),
    # The slicer writes M400 U1 where a person asked for a pause.
    5: ("paused_by_gcode", "Paused by the G-code (M400)"),
    6: ("paused_filament_runout", "Paused: filament ran out"),
    7: ("heating_hotend", "Heating the hotend"),
    8: ("calibrating_extrusion", "Calibrating extrusion"),
    9: ("scanning_bed", "Scanning the bed"),
    10: ("inspecting_first_layer", "Inspecting the first layer"),
    11: ("identifying_plate", "Identifying the build plate"),
    12: ("calibrating_lidar", "Calibrating the lidar"),
    13: ("homing", "Homing the toolhead"),
    14: ("cleaning_nozzle", "Cleaning the nozzle"),
    15: ("checking_extruder_temperature", "Checking the extruder's temperature"),
    16: ("paused_by_user", "Paused by a person"),
    17: ("paused_front_cover", "Paused: the toolhead's front cover is off"),
    18: ("calibrating_lidar", "Calibrating the lidar"),
    19: ("calibrating_flow", "Calibrating flow"),
    20: ("paused_nozzle_temperature", "Paused: nozzle temperature fault"),
    21: ("paused_bed_temperature", "Paused: bed temperature fault"),
    22: ("unloading_filament", "Unloading filament"),
    23: ("paused_skipped_step", "Paused: the motors lost steps"),
    24: ("loading_filament", "Loading filament"),
    25: ("calibrating_motor_noise", "Calibrating motor noise"),
    26: ("paused_ams_lost", "Paused: the AMS was lost"),
    27: ("paused_heatbreak_fan", "Paused: heatbreak fan fault"),
    28: ("paused_chamber_temperature", "Paused: chamber temperature fault"),
    29: ("cooling_chamber", "Cooling the chamber"),
    30: ("paused_by_gcode", "Paused by the G-code"),
    31: ("motor_noise_demo", "Showing motor noise"),
    32: ("paused_nozzle_covered", "Paused: the nozzle is covered in filament"),
    33: ("paused_cutter", "Paused: cutter fault"),
    34: ("paused_first_layer", "Paused: first layer fault"),
    35: ("paused_nozzle_clog", "Paused: the nozzle is clogged"),
    36: ("checking_accuracy_before", "Checking accuracy before calibration"),
    37: ("calibrating_accuracy", "Calibrating accuracy"),
    38: ("checking_accuracy_after", "Checking accuracy after calibration"),
    39: ("calibrating_nozzle_offset", "Calibrating the nozzle offset"),
    40: ("hot_bed_leveling", "Bed leveling at temperature"),
    41: ("checking_quick_release", "Checking the quick release"),
    42: ("checking_door", "Checking door and cover"),
    43: ("calibrating_laser", "Calibrating the laser"),
    44: ("checking_platform", "Checking the platform"),
    45: ("checking_birdseye_position", "Checking the overhead camera's position"),
    46: ("calibrating_birdseye", "Calibrating the overhead camera"),
    47: ("bed_leveling_phase_1", "Bed leveling, phase 1"),
    48: ("bed_leveling_phase_2", "Bed leveling, phase 2"),
    49: ("heating_chamber", "Heating the chamber"),
    50: ("cooling_bed", "Cooling the bed"),
    51: ("printing_calibration_lines", "Printing calibration lines"),
    52: ("checking_material", "Checking the material"),
    53: ("calibrating_camera", "Calibrating the live view camera"),
    54: ("waiting_for_bed", "Waiting for the bed's temperature"),
    55: ("checking_material_position", "Checking the material's position"),
    56: ("calibrating_cutter_offset", "Calibrating the cutter offset"),
    57: ("measuring_surface", "Measuring the surface"),
    58: ("thermal_preconditioning", "Thermal preconditioning"),
    59: ("homing_blade_holder", "Homing the blade holder"),
    60: ("calibrating_camera_offset", "Calibrating the camera offset"),
    61: ("calibrating_blade_holder", "Calibrating the blade holder's position"),
    62: ("testing_hotend_exchange", "Testing hotend pick and place"),
    63: ("equalising_chamber", "Equalising the chamber's temperature"),
    64: ("preparing_hotend", "Preparing the hotend"),
    65: ("calibrating_clump_detection", "Calibrating clump detection"),
    66: ("purifying_air", "Purifying the chamber's air"),
    67: ("measuring_rotary", "Measuring the rotary attachment"),
    68: ("moving_to_chute", "Moving the toolhead over the chute"),
    69: ("cooling_nozzle", "Cooling the nozzle"),
    70: ("moving_to_centre", "Moving the toolhead to the centre"),
    71: ("fitting_arcs", "Fitting arcs"),
    72: ("detecting_hotend", "Detecting the hotend's type"),
    73: ("aligning_plate", "Checking the plate's alignment"),
    74: ("checking_object_on_bed", "Looking for objects on the bed"),
    75: ("checking_object_under_bed", "Looking for objects under the bed"),
    76: ("pre_extruding", "Extruding before the print"),
    77: ("preparing_ams", "Preparing the AMS"),
}


def is_known_stage(value: Any) -> bool:  # noqa: ANN401 - a wire value
    """Whether a stage is in the table, or says that there is none."""
    number = whole(value)
    return number is not None and (number in _IDLE or number in STAGES)


def stage_of(
    value: Any,  # noqa: ANN401 - a wire value
    *,
    is_printing: bool,
) -> tuple[str, str] | None:
    """Returns word and text of a stage, `None` where there is none.

    0 says "printing" only while printing; -1 (X1) and 255 (P1, A1) are idle. A number
    that we do not know is named by it.
    """
    number = whole(value)
    if number is None or number in _IDLE or (number == 0 and not is_printing):
        return None
    return STAGES.get(number) or (f"stage_{number}", f"Stage {number}")
