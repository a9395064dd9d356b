"""Requests to a Centauri Carbon 2: the commands as methods with parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol.cc2.document import Document
from odin_engine.drivers.printers.elegoo.protocol.cc2.translate import LEVELS
from odin_engine.drivers.printers.elegoo.protocol.fields import real, table
from odin_engine.printers.model import (
    Command,
    CommandRejected,
    Home,
    Jog,
    LightMode,
    NotSupported,
    Pause,
    Resume,
    SetBedTemperature,
    SetFan,
    SetLight,
    SetNozzleTemperature,
    SetSpeed,
    StartPrint,
    Stop,
)

USER = "elegoo"
NO_CODE = "123456"
"""The password of a machine without an access code."""
STORE = "local"
_FANS = {"part": "fan", "aux": "aux_fan", "chamber": "box_fan"}
_SIDE_B = frozenset({"b", "side_b"})


class Method(IntEnum):
    """The numbers of the methods that we call."""

    ATTRIBUTES = 1001
    STATUS = 1002
    PRINT_STATUS = 1005
    START = 1020
    PAUSE = 1021
    STOP = 1022
    RESUME = 1023
    HOME = 1026
    MOVE = 1027
    HEAT = 1028
    LIGHT = 1029
    FANS = 1030
    SPEED = 1031
    VIDEO = 1042
    LIST = 1044
    DELETE = 1047
    CANVAS = 2005


@dataclass(frozen=True, slots=True)
class Call:
    """A method and its parameters."""

    method: Method
    params: Mapping[str, Any] = field(default_factory=dict)


def call(command: Command, document: Document) -> Call:  # noqa: C901, PLR0911 - one line per command is the table
    """Returns what does a command.

    Raises:
        NotSupported: not on this machine.
        CommandRejected: the machine is not ready for it.
    """
    match command:
        case Pause():
            return Call(Method.PAUSE)
        case Resume():
            return Call(Method.RESUME)
        case Stop():
            return Call(Method.STOP)
        case Home():
            return Call(Method.HOME, {"homed_axes": "xyz"})
        case Jog(axis, distance_mm):
            return Call(Method.MOVE, {"axes": axis.value, "distance": distance_mm})
        case SetNozzleTemperature(target_c, _):
            return Call(Method.HEAT, {"extruder": target_c})
        case SetBedTemperature(target_c):
            return Call(Method.HEAT, {"heater_bed": target_c})
        case SetSpeed(level):
            return Call(Method.SPEED, {"mode": LEVELS.index(level)})
        case SetFan(fan, percent):
            return _fan(fan, percent, document)
        case SetLight(_, mode):
            if mode is LightMode.FLASHING:
                raise NotSupported("This printer's light cannot flash.")
            is_on = mode is LightMode.ON
            return Call(
                Method.LIGHT, {"brightness": 255 if is_on else 0, "power": is_on}
            )
        case StartPrint():
            return _start(command, document)
    raise NotSupported("This printer cannot do that over the network.")


def _fan(fan: str, percent: int, document: Document) -> Call:
    if fan not in _FANS:
        raise NotSupported("This printer has no such fan.")
    now = table(document.status.get("fans"))
    speeds = {
        key: round(real(table(now.get(key)).get("speed")) or 0)
        for key in _FANS.values()
    }
    return Call(Method.FANS, speeds | {_FANS[fan]: round(percent * 255 / 100)})


def _start(command: StartPrint, document: Document) -> Call:
    activity = document.run.activity
    if activity is None or activity.has_running_job:
        raise CommandRejected("The printer is busy with another print.")
    options = command.options
    slots = [
        {"t": index, "canvas_id": ref.unit, "tray_id": ref.slot}
        for index, ref in enumerate(command.mapping)
        if ref is not None
    ]
    config = {
        "delay_video": options.timelapse,
        "printer_check": bool(options.bed_leveling),
        "print_layout": "B" if options.bed_type.lower() in _SIDE_B else "A",
        "bedlevel_force": False,
        "slot_map": slots,
    }
    return Call(
        Method.START,
        {"storage_media": STORE, "filename": command.file, "config": config},
    )


_REFUSALS = {
    109: "The filament has run out. Load some, then try again.",
    1000: "The printer does not accept the access code.",
    1001: "The printer's firmware does not know that command.",
    1003: "The printer does not accept that value.",
    1009: "The printer is busy. Look at its screen.",
    1010: "Nothing is being printed.",
    1012: "The printer does not know that print.",
    1021: "The printer does not find the file. Send it again.",
    1026: "The printer has no map of its bed. Let it level the bed first.",
    9000: "The printer lost its place in the file. Send it again.",
    9004: "The file arrived damaged. Send it again.",
}


def refusal(error: int) -> CommandRejected:
    """Returns what an `error_code` other than 0 means."""
    words = _REFUSALS.get(error)
    said = f"The printer refused (code {error}). Its screen may say more."
    return CommandRejected(words or said, str(error))
