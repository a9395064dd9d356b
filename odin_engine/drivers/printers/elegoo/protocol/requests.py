"""Requests: their envelope, and the commands as what the machine takes.

Source: SDCP V3.0.0, "Requests"; `Calibration_switch`, `PrintPlatformType`,
`Tlp_Switch` and `slot_map` from the web page of FDM machines and elegoo-link.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol.capabilities import FANS, SPEEDS
from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect
from odin_engine.drivers.printers.elegoo.protocol.document import Document
from odin_engine.drivers.printers.elegoo.protocol.fields import percent, table, whole
from odin_engine.printers.model import (
    Activity,
    Command,
    CommandRejected,
    Home,
    Jog,
    LightMode,
    NotSupported,
    Pause,
    PrinterState,
    Resume,
    SetBedTemperature,
    SetFan,
    SetLight,
    SetNozzleTemperature,
    SetSpeed,
    SetTimelapse,
    SlotRef,
    StartPrint,
    Stop,
)

STORE = "/local/"
"""Where uploads lie."""
_FROM_WEB = 1
_SIDE_B = frozenset({"b", "side_b"})

type Confirms = Callable[[PrinterState], bool]


class Cmd(IntEnum):
    """The numbers of the commands that we send."""

    STATUS = 0
    ATTRIBUTES = 1
    START = 128
    PAUSE = 129
    STOP = 130
    RESUME = 131
    ABORT_UPLOAD = 255
    LIST = 258
    DELETE = 259
    HISTORY = 320
    TASKS = 321
    CANVAS = 324
    VIDEO = 386
    TIMELAPSE = 387
    JOG = 401
    HOME = 402
    SET = 403


@dataclass(frozen=True, slots=True)
class Order:
    """A command worded; `confirms` tells from a report that it was done.

    `is_done` says that the machine is as it shall be, so that nothing is sent.
    """

    cmd: Cmd
    data: Mapping[str, Any] = field(default_factory=dict)
    confirms: Confirms | None = None
    is_done: bool = False


def envelope(
    cmd: int, data: Mapping[str, Any], request_id: str, board: str, at_s: int
) -> dict[str, Any]:
    """Returns a request; resin machines take only those with their own id."""
    return {
        "Id": "",
        "Data": {
            "Cmd": int(cmd),
            "Data": dict(data),
            "RequestID": request_id,
            "MainboardID": board,
            "TimeStamp": at_s,
            "From": _FROM_WEB,
        },
        "Topic": f"sdcp/request/{board}",
    }


def order(command: Command, document: Document) -> Order:  # noqa: C901, PLR0911 - one line per command is the table
    """Returns what does a command.

    Raises:
        NotSupported: not on this machine.
        CommandRejected: the machine is not ready for it.
    """
    match command:
        case Pause():
            return Order(Cmd.PAUSE, confirms=_is(Activity.PAUSED))
        case Resume():
            return Order(Cmd.RESUME, confirms=_is(Activity.PRINTING))
        case Stop():
            return stop()
        case StartPrint():
            return _start(command, document)
        case SetTimelapse(enabled):
            return Order(
                Cmd.TIMELAPSE,
                {"Enable": int(enabled)},
                confirms=lambda state: state.is_timelapse_on is enabled,
            )
        case Home():
            return Order(Cmd.HOME, {"Axis": "XYZ"})
        case Jog(axis, distance_mm):
            return Order(Cmd.JOG, {"Axis": axis.value.upper(), "Step": distance_mm})
        case SetNozzleTemperature(target_c, _):
            return Order(Cmd.SET, {"TempTargetNozzle": target_c})
        case SetBedTemperature(target_c):
            return Order(Cmd.SET, {"TempTargetHotbed": target_c})
        case SetSpeed(level):
            return Order(Cmd.SET, {"PrintSpeedPct": SPEEDS[level]})
        case SetFan(fan, speed_pct):
            return _fan(fan, speed_pct, document)
        case SetLight(_, mode):
            return _light(mode, document)
    raise NotSupported("This printer cannot do that over the network.")


def stop() -> Order:
    """Returns what ends the job; there is nothing stronger."""
    return Order(
        Cmd.STOP,
        confirms=lambda state: (
            state.activity is not None and not state.activity.has_running_job
        ),
    )


def _is(activity: Activity) -> Confirms:
    return lambda state: state.activity is activity


def _fan(fan: str, speed_pct: int, document: Document) -> Order:
    """Returns the speeds of all fans: one that is left out may be taken for 0."""
    if fan not in FANS:
        raise NotSupported("This printer has no such fan.")
    now = table(document.status.get("CurrentFanSpeed"))
    speeds = {key: percent(now.get(key)) or 0 for key in FANS.values() if key in now}
    return Order(Cmd.SET, {"TargetFanSpeed": speeds | {FANS[fan]: speed_pct}})


def _light(mode: LightMode, document: Document) -> Order:
    if mode is LightMode.FLASHING:
        raise NotSupported("This printer's light cannot flash.")
    now = table(document.status.get("LightStatus"))
    wanted = int(mode is LightMode.ON)
    rgb = now.get("RgbLight")
    group = {"SecondLight": wanted, "RgbLight": rgb if rgb is not None else [0, 0, 0]}
    # Firmware 1.1 of the Centauri Carbon switches over whatever it is told.
    is_done = whole(now.get("SecondLight")) == wanted
    return Order(Cmd.SET, {"LightStatus": group}, is_done=is_done)


def _start(command: StartPrint, document: Document) -> Order:
    activity = document.run.activity
    if activity is None or activity.has_running_job:
        raise CommandRejected("The printer is busy with another print.")
    data: dict[str, Any] = {"Filename": command.file, "StartLayer": 0}
    if document.dialect is Dialect.FDM:
        options = command.options
        data = {
            "Filename": f"{STORE}{command.file}",
            "StartLayer": 0,
            "Calibration_switch": int(bool(options.bed_leveling)),
            "PrintPlatformType": int(options.bed_type.lower() in _SIDE_B),
            "Tlp_Switch": int(options.timelapse),
            "slot_map": _slot_map(command.mapping),
        }
    return Order(Cmd.START, data)


def _slot_map(mapping: tuple[SlotRef | None, ...]) -> list[dict[str, int]]:
    return [
        {"t": index, "canvas_id": ref.unit, "tray_id": ref.slot}
        for index, ref in enumerate(mapping)
        if ref is not None
    ]


_START_REFUSALS = {
    1: "The printer is busy, or not ready to print. Look at its screen.",
    2: "The printer does not find the file. Send it again.",
    3: "The file on the printer is damaged. Send it again.",
    4: "The printer cannot read the file. Send it again, or look at its storage.",
    5: "The file was sliced for another screen resolution than this printer's.",
    6: "The printer does not know the file's format. Slice it for this model.",
    7: "The file was sliced for another printer model.",
}


def refusal(cmd: int, ack: int) -> CommandRejected:
    """Returns what an `Ack` other than 0 means."""
    if cmd == Cmd.START and ack in _START_REFUSALS:
        return CommandRejected(_START_REFUSALS[ack], str(ack))
    return CommandRejected(
        f"The printer refused (code {ack}). It may be busy; look at its screen.",
        str(ack),
    )
