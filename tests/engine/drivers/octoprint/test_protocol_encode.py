"""Commands as requests."""

from typing import Any

import pytest

from odin_engine.drivers.printers.octoprint.protocol import encode
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.model import (
    AnswerPrompt,
    Axis,
    Command,
    ConnectMachine,
    DisconnectMachine,
    Home,
    Jog,
    NotSupported,
    Pause,
    RestartFirmware,
    Resume,
    SelectTool,
    SendGcode,
    SetBedTemperature,
    SetChamberTemperature,
    SetFan,
    SetFlow,
    SetNozzleTemperature,
    SetPower,
    SetSpeedPercent,
    StartPrint,
    Stop,
)


@pytest.mark.parametrize(
    ("command", "path", "body"),
    [
        (Pause(), "/api/job", {"command": "pause", "action": "pause"}),
        (Resume(), "/api/job", {"command": "pause", "action": "resume"}),
        (Stop(), "/api/job", {"command": "cancel"}),
        (
            SetNozzleTemperature(210, 1),
            "/api/printer/tool",
            {"command": "target", "targets": {"tool1": 210}},
        ),
        (
            SetBedTemperature(60),
            "/api/printer/bed",
            {"command": "target", "target": 60},
        ),
        (
            SetChamberTemperature(0),
            "/api/printer/chamber",
            {"command": "target", "target": 0},
        ),
        (SetFan("part", 50), "/api/printer/command", {"commands": ["M106 S128"]}),
        (SetFan("part", 0), "/api/printer/command", {"commands": ["M107"]}),
        (
            SetSpeedPercent(120),
            "/api/printer/printhead",
            {"command": "feedrate", "factor": 120},
        ),
        (SetFlow(90), "/api/printer/tool", {"command": "flowrate", "factor": 90}),
        (SelectTool(1), "/api/printer/tool", {"command": "select", "tool": "tool1"}),
        (
            Home(),
            "/api/printer/printhead",
            {"command": "home", "axes": ["x", "y", "z"]},
        ),
        (
            Jog(Axis.Z, -2.5),
            "/api/printer/printhead",
            {"command": "jog", "z": -2.5},
        ),
        (
            SendGcode(("G28", "M117 hi")),
            "/api/printer/command",
            {"commands": ["G28", "M117 hi"]},
        ),
        (
            StartPrint("a/b (1).gcode", "b", 1, (), 7),
            "/api/files/local/a/b%20%281%29.gcode",
            {"command": "select", "print": True},
        ),
        (
            AnswerPrompt(1),
            "/api/plugin/action_command_prompt",
            {"command": "select", "choice": 1},
        ),
        (
            SetPower("printer", is_on=False),
            "/api/plugin/psucontrol",
            {"command": "turnPSUOff"},
        ),
        (ConnectMachine(), "/api/connection", {"command": "connect"}),
        (DisconnectMachine(), "/api/connection", {"command": "disconnect"}),
    ],
)
def test_a_command_is_a_request(
    command: Command, path: str, body: dict[str, Any]
) -> None:
    assert encode.encode(command) == encode.Request(path, body)


def test_what_there_is_nothing_for_is_not_supported() -> None:
    with pytest.raises(NotSupported):
        encode.encode(RestartFirmware())


@pytest.mark.parametrize("name", ["part.gcode", "Part (1) [x]+2.gco", "a b.g"])
def test_names_that_stay_as_they_are(name: str) -> None:
    encode.check_name(name)


@pytest.mark.parametrize(
    "name", ["", ".a.gcode", "../a.gcode", "a/b.gcode", "a.txt", "ä.gcode", "a\n.gcode"]
)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(Invalid):
        encode.check_name(name)
