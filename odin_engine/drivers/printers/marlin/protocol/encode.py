"""Commands as lines of G-code (§5, §7). Pure."""

import re

from odin_engine.drivers.printers.marlin.protocol.capabilities import Settings
from odin_engine.drivers.printers.marlin.protocol.gcode import Modes
from odin_engine.drivers.printers.marlin.protocol.lines import clean, code_of
from odin_engine.drivers.printers.marlin.protocol.machine import Machine
from odin_engine.drivers.printers.marlin.protocol.replies import Position
from odin_engine.printers.model import (
    Axis,
    Command,
    CommandRejected,
    Home,
    Jog,
    NotSupported,
    SelectTool,
    SendGcode,
    SetBedTemperature,
    SetFan,
    SetFlow,
    SetNozzleTemperature,
    SetSpeedPercent,
)

COOL = (b"M104 S0", b"M140 S0", b"M107")
CANCEL = (*COOL, b"G91", b"G1 Z5 F600", b"G90", b"G28 X", b"M84")
"""No `M400` before it: that would print on what the planner holds (§7)."""
_PARK_LIFT_MM, _RETRACT_MM = 10, 2
PARK = (
    b"M83",
    b"G1 E-%d F1800" % _RETRACT_MM,
    b"G91",
    b"G1 Z%d F600" % _PARK_LIFT_MM,
    b"G90",
)
"""Lifts the nozzle off the part; `restore` is the way back."""
_FULL = 255
_JOG_MM_MIN = {Axis.X: 3000, Axis.Y: 3000, Axis.Z: 600}
_NOZZLE_HEATS = frozenset({b"M104", b"M109", b"M303"})
_BED_HEATS = frozenset({b"M140", b"M190"})
_TARGET = re.compile(rb"[SR]\s*(\d+)")
_ALONE = frozenset({b"M28", b"M110", b"M928"})
"""They would make everything after them be swallowed, or break the count."""


def encode(command: Command, machine: Machine) -> tuple[bytes, ...]:  # noqa: PLR0911 - one line per command is the table
    """Returns the lines that do a command.

    Raises:
        NotSupported: there are none.
        CommandRejected: a line of G-code is none.
    """
    match command:
        case SetNozzleTemperature(target_c, nozzle):
            head = b" T%d" % nozzle if machine.heads > 1 else b""
            return (b"M104%s S%d" % (head, target_c),)
        case SetBedTemperature(target_c):
            return (b"M140 S%d" % target_c,)
        case SetFan(_, percent):
            return (b"M106 S%d" % round(percent * _FULL / 100) if percent else b"M107",)
        case SetSpeedPercent(percent):
            return (b"M220 S%d" % percent,)
        case SetFlow(percent):
            return (b"M221 S%d" % percent,)
        case Home():
            return (b"G28",)
        case Jog(axis, distance_mm):
            way = f"{axis.value.upper()}{distance_mm:.3f}".encode()
            return (b"G91", b"G0 %s F%d" % (way, _JOG_MM_MIN[axis]), b"G90")
        case SelectTool(tool):
            return (b"T%d" % tool,)
        case SendGcode(lines):
            return tuple(_typed(line, machine.settings) for line in lines)
    raise NotSupported("This machine cannot do that over its serial line.")


def _typed(line: str, settings: Settings) -> bytes:
    command = clean(line.encode("ascii", "ignore"))
    if command is None or code_of(command) in _ALONE:
        raise CommandRejected(
            f"{line[:40]!r} is no command that can be sent to this machine.", "not_sent"
        )
    # Looked at as it is sent: what was typed may hide a target behind a remark.
    word = code_of(command)
    most_c = settings.bed_max_c if word in _BED_HEATS else settings.nozzle_max_c
    targets = _TARGET.findall(command) if word in _BED_HEATS | _NOZZLE_HEATS else []
    if any(float(target) > most_c for target in targets):
        raise CommandRejected(f"{line[:40]!r} heats above {most_c} °C.", "too_hot")
    return command


def restore(
    position: Position, modes: Modes, feedrate: bytes | None, *, was_parked: bool
) -> tuple[bytes, ...]:
    """Returns what brings everything back to where a pause found it (§7)."""
    way: tuple[bytes, ...] = ()
    if was_parked:
        way = (
            b"G90",
            f"G1 X{position.x:.3f} Y{position.y:.3f} F3000".encode(),
            f"G1 Z{position.z:.3f} F600".encode(),
            b"M83",
            b"G1 E%d F1800" % _RETRACT_MM,
        )
    return (
        *way,
        f"G92 E{position.e:.5f}".encode(),
        b"G91" if modes.is_relative else b"G90",
        b"M83" if modes.extrudes_relative else b"M82",
        *((b"G1 " + feedrate,) if feedrate else ()),
        modes.fan,
    )
