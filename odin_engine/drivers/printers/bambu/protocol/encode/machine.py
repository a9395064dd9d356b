"""The machine itself: lights, fans, heaters, motion, calibration, its own detectors.

Source: docs/protocols/bambu.md §8.3, §8.4.
"""

import re
from itertools import batched
from typing import Any

from odin_engine.drivers.printers.bambu.protocol.encode.request import (
    Machine,
    Request,
    gcode,
    printing,
)
from odin_engine.drivers.printers.bambu.protocol.fields import table
from odin_engine.drivers.printers.bambu.protocol.machine import (
    DETECTOR_MODULES,
    LIGHT_NODES,
    OPTION_DETECTORS,
)
from odin_engine.printers.model import (
    Axis,
    Calibrate,
    Calibration,
    CommandRejected,
    Heat,
    Home,
    Jog,
    NotSupported,
    PrinterState,
    SendGcode,
    SetBedTemperature,
    SetChamberTemperature,
    SetDetector,
    SetFan,
    SetLight,
    SetNozzleTemperature,
    SetTimelapse,
)

_FAN_NUMBERS = {"part": 1, "aux": 2, "chamber": 3, "aux_left": 10}
_FAN_TOLERANCE_PCT = 7
"""Machines report fans in fifteenths (§6.3)."""
_CALIBRATION_BITS = {
    Calibration.LIDAR: 0,
    Calibration.BED_LEVEL: 1,
    Calibration.VIBRATION: 2,
    Calibration.MOTOR_NOISE: 3,
    Calibration.NOZZLE_OFFSET: 4,
    Calibration.HOT_BED_LEVEL: 5,
    Calibration.CLUMP_DETECTION: 6,
}
_JOG_SPEEDS = {Axis.X: 3000, Axis.Y: 3000, Axis.Z: 900}
"""mm/min, as the vendor's own client moves them."""
_BED_SLINGERS = frozenset({"a1", "a1_mini", "a2l"})
_LINES_AT_ONCE = 4
"""`gcode_line` takes "a few lines" (§8.3)."""
_PARTIAL_HOMING = re.compile(r"G28\s*[^\s;]", re.IGNORECASE)
_SECOND_LIGHT = "chamber_2"


def set_light(command: SetLight, machine: Machine) -> tuple[Request, ...]:
    """Switches a light; the chamber's is two lamps where the machine has a pair."""
    known = {light.name for light in machine.state.lights} | set(machine.model.lights)
    if command.light not in known:
        raise NotSupported(f"This printer has no light called {command.light}.")
    names = [command.light]
    if command.light == "chamber" and _SECOND_LIGHT in machine.model.lights:
        names.append(_SECOND_LIGHT)
    return tuple(_lamp(name, command) for name in names)


def _lamp(name: str, command: SetLight) -> Request:
    return Request(
        "system",
        {
            "command": "ledctrl",
            "led_node": LIGHT_NODES.get(name, f"{name}_light"),
            "led_mode": command.mode.value,
            "led_on_time": 500,
            "led_off_time": 500,
            "loop_times": 0,
            "interval_time": 0,
        },
        confirms=lambda state: any(
            light.name == name and light.mode is command.mode for light in state.lights
        ),
    )


def set_fan(command: SetFan, machine: Machine) -> tuple[Request, ...]:
    """Sets a fan: by percent where the machine has air ducts, else by G-code.

    The numbers are the same: those of M106, and the ids of `airduct.parts`. Source:
    bambulab/BambuStudio, DeviceCore/DevFan.cpp.
    """
    number = _FAN_NUMBERS.get(command.fan)
    if number is None or command.fan not in machine.model.fans:
        raise NotSupported(f"This printer has no fan called {command.fan}.")
    percent = min(max(command.percent, 0), 100)

    def confirms(state: PrinterState) -> bool:
        shown = getattr(state.fans, f"{command.fan}_pct")
        return shown is not None and abs(shown - percent) <= _FAN_TOLERANCE_PCT

    if "airduct" in table(machine.wire.get("device")):
        return (
            printing("set_fan", fan_index=number, speed=percent, confirms=confirms),
        )
    line = f"M106 P{number} S{round(percent * 255 / 100)}"
    return (gcode(line, confirms=confirms),)


def set_nozzle_temperature(
    command: SetNozzleTemperature, machine: Machine
) -> tuple[Request, ...]:
    """Heats a nozzle; the head is named only where there are two."""
    head = command.nozzle
    if not 0 <= head < machine.model.heads:
        raise NotSupported(f"This printer has no head {head}.")
    name = f" T{head}" if machine.model.heads > 1 else ""
    return (
        gcode(
            f"M104{name} S{command.target_c}",
            confirms=lambda state: (
                len(state.temperatures.nozzles) > head
                and _aims_at(state.temperatures.nozzles[head], command.target_c)
            ),
        ),
    )


def set_bed_temperature(command: SetBedTemperature, _: Machine) -> tuple[Request, ...]:
    """Heats the bed."""
    return (
        gcode(
            f"M140 S{command.target_c}",
            confirms=lambda state: _aims_at(state.temperatures.bed, command.target_c),
        ),
    )


def set_chamber_temperature(
    command: SetChamberTemperature, _: Machine
) -> tuple[Request, ...]:
    """Heats the chamber with the command of its own, which can say no (M141 cannot)."""
    return (
        Request(
            "print",
            {"command": "set_ctt", "ctt_val": command.target_c},
            qos=1,
            confirms=lambda state: _aims_at(
                state.temperatures.chamber, command.target_c
            ),
        ),
    )


def _aims_at(heat: Heat | None, target_c: float) -> bool:
    return heat is not None and heat.target_c == target_c


def home(_: Home, __: Machine) -> tuple[Request, ...]:
    """Homes all axes; one axis alone crashed a head (BB #1052)."""
    return (gcode("G28"),)


def jog(command: Jog, machine: Machine) -> tuple[Request, ...]:
    """Moves one axis, with soft limits and reference mode saved and restored.

    Positive opens the gap between nozzle and bed (Z) on every machine. Along Y it
    follows what a person sees: a bed that slings moves against the nozzle's direction,
    as in the vendor's own client (DeviceCore/DevAxisCtrl.cpp, BB #2579).
    """
    distance_mm = command.distance_mm
    if command.axis is Axis.Y and machine.model.id in _BED_SLINGERS:
        distance_mm = -distance_mm
    axis = command.axis.value.upper()
    return (
        gcode(
            "M211 S",
            "M211 X1 Y1 Z1",
            "M1002 push_ref_mode",
            "G91",
            f"G1 {axis}{distance_mm:.1f} F{_JOG_SPEEDS[command.axis]}",
            "M1002 pop_ref_mode",
            "M211 R",
        ),
    )


def send_gcode(command: SendGcode, _: Machine) -> tuple[Request, ...]:
    """Sends lines as they are, a few at a time."""
    lines = [part.strip() for line in command.lines for part in line.splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        raise CommandRejected("There is no line to send.")
    if any(_PARTIAL_HOMING.match(line) for line in lines):
        raise CommandRejected(
            "Homing single axes has crashed heads of these printers. Send G28 alone."
        )
    return tuple(gcode(*some) for some in batched(lines, _LINES_AT_ONCE, strict=False))


def calibrate(command: Calibrate, machine: Machine) -> tuple[Request, ...]:
    """Runs routines, one bit each."""
    bits = 0
    for routine in command.routines:
        if routine not in machine.model.calibrations:
            raise NotSupported(f"This printer has no calibration {routine}.")
        bits |= 1 << _CALIBRATION_BITS[routine]
    if not bits:
        raise CommandRejected("Name at least one routine to run.")
    return (printing("calibration", option=bits),)


def set_timelapse(command: SetTimelapse, _: Machine) -> tuple[Request, ...]:
    """Switches the recording of timelapses."""
    return (
        Request(
            "camera",
            {
                "command": "ipcam_timelapse",
                "control": "enable" if command.enabled else "disable",
            },
            confirms=lambda state: state.is_timelapse_on is command.enabled,
        ),
    )


def set_detector(command: SetDetector, machine: Machine) -> tuple[Request, ...]:
    """Switches a detector: a module of the camera's, or an option of the print's."""
    name = command.detector
    if name not in machine.state.capabilities.detectors:
        raise NotSupported(f"This printer has no detector {name}.")

    def confirms(state: PrinterState) -> bool:
        return any(
            detector.name == name and detector.is_enabled is command.enabled
            for detector in state.detectors
        )

    has_camera_modules = "cfg" in table(machine.wire.get("xcam"))
    option = OPTION_DETECTORS.get(name)
    if option is not None and not (name in DETECTOR_MODULES and has_camera_modules):
        body: dict[str, Any] = {option: command.enabled}
        return (printing("print_option", confirms=confirms, **body),)
    body = {
        "command": "xcam_control_set",
        "module_name": DETECTOR_MODULES[name],
        "control": command.enabled,
        "enable": command.enabled,
        "print_halt": command.halts,
    }
    if command.sensitivity is not None:
        body["halt_print_sensitivity"] = command.sensitivity.value
    return (Request("xcam", body, confirms=confirms),)
