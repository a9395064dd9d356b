"""Commands as messages: pure, one small function for each kind.

`request` is what a message is, `job`, `machine`, `filament`, `pressure` and `start`
make them. Where two models differ, the reason stands beside it.
Source: docs/protocols/bambu.md §8.
"""

from collections.abc import Callable
from typing import Any

from odin_engine.drivers.printers.bambu.protocol.encode import filament, job, machine
from odin_engine.drivers.printers.bambu.protocol.encode.request import Machine, Request
from odin_engine.drivers.printers.bambu.protocol.encode.start import (
    STORAGE_TROUBLE,
    start,
    storage_path,
)
from odin_engine.printers.model import Command, CommandKind, NotSupported

__all__ = [
    "KINDS",
    "STORAGE_TROUBLE",
    "Machine",
    "Request",
    "emergency_stop",
    "encode",
    "get_version",
    "push_all",
    "push_start",
    "storage_path",
]

_MESSAGES: dict[CommandKind, Callable[[Any, Machine], tuple[Request, ...]]] = {
    CommandKind.PAUSE: job.pause,
    CommandKind.RESUME: job.resume,
    CommandKind.STOP: job.stop,
    CommandKind.SET_SPEED: job.set_speed,
    CommandKind.SKIP_OBJECTS: job.skip_objects,
    CommandKind.CLEAR_FAULTS: job.clear_faults,
    CommandKind.START_PRINT: start,
    CommandKind.SET_LIGHT: machine.set_light,
    CommandKind.SET_FAN: machine.set_fan,
    CommandKind.SET_NOZZLE_TEMPERATURE: machine.set_nozzle_temperature,
    CommandKind.SET_BED_TEMPERATURE: machine.set_bed_temperature,
    CommandKind.SET_CHAMBER_TEMPERATURE: machine.set_chamber_temperature,
    CommandKind.HOME: machine.home,
    CommandKind.JOG: machine.jog,
    CommandKind.SEND_GCODE: machine.send_gcode,
    CommandKind.CALIBRATE: machine.calibrate,
    CommandKind.SET_TIMELAPSE: machine.set_timelapse,
    CommandKind.SET_DETECTOR: machine.set_detector,
    CommandKind.READ_FILAMENT: filament.read,
    CommandKind.LOAD_FILAMENT: filament.load,
    CommandKind.UNLOAD_FILAMENT: filament.unload,
    CommandKind.CONFIGURE_SLOT: filament.configure,
    CommandKind.START_DRYING: filament.start_drying,
    CommandKind.STOP_DRYING: filament.stop_drying,
}
KINDS = frozenset(_MESSAGES)
"""What there is a message for; the other commands are for other makes."""


def encode(command: Command, target: Machine) -> tuple[Request, ...]:
    """Returns the messages that do a command, to be sent one after the other.

    Raises:
        NotSupported: this machine cannot do that.
        CommandRejected: it could, but not in the state it is in.
    """
    if command.kind not in target.state.capabilities.commands:
        name = target.model.name or "printer"
        raise NotSupported(f"This {name} cannot do that ({command.kind}).")
    return _MESSAGES[command.kind](command, target)


def emergency_stop() -> Request:
    """Returns the strongest stop there is: of the print, with QoS 1."""
    return job.urgent("stop", job.has_no_job)


def get_version() -> Request:
    """Returns the question for the boards and their firmware; harmless at any time."""
    return Request("info", {"command": "get_version"}, qos=1)


def push_all() -> Request:
    """Returns the question for a full report; P1 and A1 lag if asked too often (§4)."""
    return Request("pushing", {"command": "pushall", "version": 1, "push_target": 1})


def push_start() -> Request:
    """Returns the request to go on reporting, for a broker that fell silent (§4)."""
    return Request("pushing", {"command": "start"})
