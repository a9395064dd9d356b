"""Commands as requests to the server.

Source: docs.octoprint.org, "REST API" and "Bundled plugins"; github.com/kantlivelong/
OctoPrint-PSUControl, "API".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, assert_never
from urllib.parse import quote

from odin_engine.drivers.printers.octoprint.protocol.document import Document
from odin_engine.drivers.printers.octoprint.protocol.events import EVENTS
from odin_engine.drivers.printers.octoprint.protocol.reports import PLUGINS
from odin_engine.drivers.printers.octoprint.protocol.translate import POWER
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.model import (
    AnswerPrompt,
    Calibrate,
    ClearFaults,
    Command,
    ConfigureSlot,
    ConnectMachine,
    DisconnectMachine,
    Home,
    Jog,
    LoadFilament,
    NotSupported,
    Pause,
    ReadFilament,
    RestartFirmware,
    RestartHost,
    Resume,
    RunMacro,
    SelectTool,
    SendGcode,
    SetActiveSpool,
    SetBedTemperature,
    SetChamberTemperature,
    SetDetector,
    SetFan,
    SetFlow,
    SetHeater,
    SetLight,
    SetNozzleTemperature,
    SetPower,
    SetSpeed,
    SetSpeedPercent,
    SetTimelapse,
    SkipObjects,
    StartDrying,
    StartPrint,
    Stop,
    StopDrying,
    UnloadFilament,
)

FILES = "/api/files/local"
VERSION = "/api/version"
LOGIN = "/api/login"
SOCKET = "/sockjs/websocket"
APP = "O.D.I.N."

_FULL = 255
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()\[\]+=@,-]{0,150}\.(?:gcode|gco|g)")
_NO_NAME = (
    "OctoPrint takes no such name. Use letters, digits, spaces and . _ - ( ) [ ], and "
    "end it in .gcode, .gco or .g."
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request with an effect, by POST, and what it carries."""

    path: str
    body: Mapping[str, Any]


def encode(  # noqa: C901, PLR0911, PLR0912 - one line per command is the table
    command: Command,
) -> Request:
    """Returns the request that a command is.

    Raises:
        NotSupported: OctoPrint has nothing of the kind.
    """
    match command:
        case Pause():
            # Without an action it would toggle.
            return _job({"command": "pause", "action": "pause"})
        case Resume():
            return _job({"command": "pause", "action": "resume"})
        case Stop():
            return _job({"command": "cancel"})
        case SetNozzleTemperature(target_c, nozzle):
            return _tool({"command": "target", "targets": {f"tool{nozzle}": target_c}})
        case SetBedTemperature(target_c):
            body = {"command": "target", "target": target_c}
            return Request("/api/printer/bed", body)
        case SetChamberTemperature(target_c):
            body = {"command": "target", "target": target_c}
            return Request("/api/printer/chamber", body)
        case SetFan(_, percent):
            return gcode(
                (f"M106 S{round(percent * _FULL / 100)}" if percent else "M107",)
            )
        case SetSpeedPercent(percent):
            return _head({"command": "feedrate", "factor": percent})
        case SetFlow(percent):
            return _tool({"command": "flowrate", "factor": percent})
        case SelectTool(tool):
            return _tool({"command": "select", "tool": f"tool{tool}"})
        case Home():
            return _head({"command": "home", "axes": ["x", "y", "z"]})
        case Jog(axis, distance_mm):
            return _head({"command": "jog", axis.value: distance_mm})
        case SendGcode(lines):
            return gcode(lines)
        case StartPrint(file):
            return Request(
                f"{FILES}/{quote(file)}", {"command": "select", "print": True}
            )
        case AnswerPrompt(choice):
            return Request(
                "/api/plugin/action_command_prompt",
                {"command": "select", "choice": choice},
            )
        case SetPower(_, is_on):
            word = "turnPSUOn" if is_on else "turnPSUOff"
            return Request("/api/plugin/psucontrol", {"command": word})
        case ConnectMachine():
            # Without more the server takes the port and the profile it prefers.
            return Request("/api/connection", {"command": "connect"})
        case DisconnectMachine():
            return Request("/api/connection", {"command": "disconnect"})
        case (
            SetLight()
            | SetSpeed()
            | SetHeater()
            | SkipObjects()
            | ClearFaults()
            | ReadFilament()
            | LoadFilament()
            | UnloadFilament()
            | ConfigureSlot()
            | StartDrying()
            | StopDrying()
            | Calibrate()
            | SetTimelapse()
            | SetDetector()
            | RunMacro()
            | SetActiveSpool()
            | RestartFirmware()
            | RestartHost()
        ):
            raise NotSupported("OctoPrint cannot tell its machine that.")
        case _:
            assert_never(command)


def note_done(document: Document, command: Command) -> Document:
    """Notes what a command that the server took has changed for certain."""
    match command:
        case SetSpeedPercent(percent):
            return replace(document, speed_pct=percent)
        case SetFlow(percent):
            return replace(document, flow_pct=percent)
        case SetFan(_, percent):
            return replace(document, fan_pct=percent)
        case SetPower(device, is_on) if device == POWER:
            return replace(document, is_powered=is_on)
        case AnswerPrompt():
            return replace(document, prompt=None)
        case _:
            return document


def start(path: str) -> Request:
    """Returns the request that selects a file and prints it."""
    return Request(file_path(path), {"command": "select", "print": True})


def gcode(lines: tuple[str, ...]) -> Request:
    """Returns the request that sends lines to the machine as they are."""
    return Request("/api/printer/command", {"commands": list(lines)})


def emergency_stop() -> Request:
    """Returns the strongest stop; the server lets it pass whatever waits."""
    return Request("/api/printer/command", {"command": "M112"})


def subscription() -> Mapping[str, Any]:
    """Returns what the socket shall bring; servers before 1.8 bring everything."""
    return {
        "subscribe": {
            "state": {"logs": True, "messages": False},
            "events": list(EVENTS),
            "plugins": list(PLUGINS),
        }
    }


def file_path(name: str) -> str:
    """Returns where the server has a file of its local storage."""
    return f"{FILES}/{quote(name)}"


def check_name(name: str) -> None:
    """Raises `Invalid` for a name that the server would change or not take."""
    if _NAME.fullmatch(name) is None:
        raise Invalid(_NO_NAME)


def _job(body: Mapping[str, Any]) -> Request:
    return Request("/api/job", body)


def _tool(body: Mapping[str, Any]) -> Request:
    return Request("/api/printer/tool", body)


def _head(body: Mapping[str, Any]) -> Request:
    return Request("/api/printer/printhead", body)
