from typing import Any

import pytest

from odin_engine.drivers.printers.moonraker.protocol.document import (
    Document,
    begin_machine,
    fold,
    take,
)
from odin_engine.drivers.printers.moonraker.protocol.encode import encode
from odin_engine.drivers.printers.moonraker.protocol.prompts import hear
from odin_engine.drivers.printers.moonraker.protocol.translate import Translator
from odin_engine.printers.model import (
    AnswerPrompt,
    ClearFaults,
    Command,
    CommandRejected,
    Home,
    Jog,
    LightMode,
    LoadFilament,
    NotSupported,
    RestartFirmware,
    RestartHost,
    RunMacro,
    SelectTool,
    SendGcode,
    SetActiveSpool,
    SetBedTemperature,
    SetChamberTemperature,
    SetFan,
    SetFlow,
    SetHeater,
    SetLight,
    SetNozzleTemperature,
    SetPower,
    SetSpeedPercent,
    SkipObjects,
    SlotRef,
    StartPrint,
    UnloadFilament,
)
from odin_engine.printers.model.commands import Axis

_OBJECTS = [
    *("extruder", "extruder1", "heater_bed", "heater_generic Chamber heater"),
    *("heater_generic dryer", "fan", "fan_generic Nevermore", "toolhead", "mmu", "AFC"),
    *("neopixel case", "output_pin caselight", "gcode_macro T1", "gcode_macro CLEAN"),
    *("print_stats", "exclude_object", "AFC_lane lane1", "AFC_lane lane2"),
]
_STATUS: dict[str, Any] = {
    "exclude_object": {"objects": [{"name": "Cube"}, {"name": 'a "b" c'}]},
    "mmu": {"ttg_map": [0, 1, 2, 3]},
    "AFC": {"lanes": ["lane1", "lane2"]},
    "AFC_lane lane1": {"map": "T0"},
    "AFC_lane lane2": {"map": "T1"},
    "neopixel case": {"color_data": [[0.0, 0.2, 0.0, 0.0]]},
    "output_pin caselight": {"value": 0.0},
    "print_stats": {"state": "standby", "filename": ""},
}


@pytest.fixture
def document() -> Document:
    document = Document()
    begin_machine(document, "ready")
    take(document, {"objects": _OBJECTS}, 0.0)
    take(document, {"devices": [{"device": "plug", "status": "on"}]}, 0.0)
    fold(document, _STATUS, 0.0)
    return document


def scripts(command: Command, document: Document) -> list[str]:
    return [call.params["script"] for call in encode(command, document)]


def start(*mapping: SlotRef | None) -> StartPrint:
    return StartPrint("a.gcode", "A", 1, mapping, 7)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (
            SetNozzleTemperature(210, 1),
            "SET_HEATER_TEMPERATURE HEATER=extruder1 TARGET=210",
        ),
        (SetBedTemperature(60), "SET_HEATER_TEMPERATURE HEATER=heater_bed TARGET=60"),
        (
            SetChamberTemperature(50),
            'SET_HEATER_TEMPERATURE HEATER="Chamber heater" TARGET=50',
        ),
        (SetHeater("dryer", 45), "SET_HEATER_TEMPERATURE HEATER=dryer TARGET=45"),
        (SetFan("part", 50), "M106 S128"),
        (SetFan("Nevermore", 30), "SET_FAN_SPEED FAN=Nevermore SPEED=0.30"),
        (SetSpeedPercent(120), "M220 S120"),
        (SetFlow(95), "M221 S95"),
        (Home(), "G28"),
        (SelectTool(1), "T1"),
        (SelectTool(0), "ACTIVATE_EXTRUDER EXTRUDER=extruder"),
        (RunMacro("CLEAN"), "CLEAN"),
        (SendGcode(("M117 a", "G4 P1")), "M117 a\nG4 P1"),
        (SkipObjects((0,)), "EXCLUDE_OBJECT NAME=Cube"),
        (SkipObjects((1,)), 'EXCLUDE_OBJECT NAME="a b c"'),
        (
            SetLight("case", LightMode.ON),
            "SET_LED LED=case RED=1 GREEN=1 BLUE=1 WHITE=1",
        ),
        (SetLight("caselight", LightMode.OFF), "SET_PIN PIN=caselight VALUE=0"),
        (ClearFaults(), "SDCARD_RESET_FILE"),
    ],
)
def test_commands_as_gcode(document: Document, command: Command, expected: str) -> None:
    assert scripts(command, document) == [expected]


@pytest.mark.parametrize(
    ("command", "method", "params"),
    [
        (
            SetPower("plug", is_on=False),
            "machine.device_power.post_device",
            {"device": "plug", "action": "off"},
        ),
        (
            SetActiveSpool(None),
            "server.spoolman.post_spool_id",
            {"spool_id": None},
        ),
        (RestartFirmware(), "printer.firmware_restart", {}),
        (RestartHost(), "printer.restart", {}),
    ],
)
def test_commands_of_the_host(
    document: Document, command: Command, method: str, params: dict[str, object]
) -> None:
    (call,) = encode(command, document)
    assert (call.method, call.params) == (method, params)


def test_a_host_without_klipper_starts_its_service(document: Document) -> None:
    document.klippy = "disconnected"
    (call,) = encode(RestartHost(), document)
    assert (call.method, call.params) == (
        "machine.services.restart",
        {"service": "klipper"},
    )


@pytest.mark.parametrize(
    ("mapping", "before"),
    [
        ((), []),
        ((SlotRef(0, 0), None), []),
        ((None, SlotRef(0, 3)), ["MMU_TTG_MAP MAP=0,3,2,3 QUIET=1"]),
        ((None,) * 5 + (SlotRef(0, 3),), ["MMU_TTG_MAP TOOL=5 GATE=3 QUIET=1"]),
        ((SlotRef(1, 1),), ["SET_MAP LANE=lane2 MAP=T0"]),
        (
            (SlotRef(1, 1), SlotRef(1, 0)),
            ["SET_MAP LANE=lane2 MAP=T0", "SET_MAP LANE=lane1 MAP=T1"],
        ),
        ((SlotRef(1, 0), SlotRef(1, 1)), []),
    ],
)
def test_what_feeds_is_told_the_slots(
    document: Document, mapping: tuple[SlotRef | None, ...], before: list[str]
) -> None:
    *first, last = encode(start(*mapping), document)
    assert [call.params["script"] for call in first] == before
    assert (last.method, last.params) == (
        "printer.print.start",
        {"filename": "a.gcode"},
    )


def test_a_lane_feeds_one_tool(document: Document) -> None:
    with pytest.raises(CommandRejected, match="a lane of its own"):
        encode(start(SlotRef(1, 1), SlotRef(1, 1)), document)
    with pytest.raises(CommandRejected, match="no such lane"):
        encode(start(SlotRef(1, 7)), document)


def test_heads_are_told_what_they_print_and_which_of_them() -> None:
    document = Document()
    begin_machine(document, "ready")
    config = {"filament_type": ["PLA", "ABS"], "filament_exist": [True, True]}
    fold(document, {"print_task_config": config}, 0.0)
    *before, _ = encode(start(SlotRef(2, 3), None, SlotRef(2, 1)), document)
    assert [call.params["script"] for call in before] == [
        "SET_PRINT_EXTRUDER_MAP CONFIG_EXTRUDER=0 MAP_EXTRUDER=3",
        "SET_PRINT_EXTRUDER_MAP CONFIG_EXTRUDER=2 MAP_EXTRUDER=1",
        "SET_PRINT_USED_EXTRUDERS EXTRUDERS=1,3",
    ]
    with pytest.raises(NotSupported):
        encode(UnloadFilament(), document)


def test_filament_is_loaded_by_gate_and_by_lane(document: Document) -> None:
    fold(document, {"mmu": {"ttg_map": [2, 1, 0, 3]}}, 1.0)
    expected = ["MMU_CHANGE_TOOL STANDALONE=1 TOOL=2"]
    assert scripts(LoadFilament(SlotRef(0, 0)), document) == expected
    assert scripts(LoadFilament(SlotRef(1, 1)), document) == ["CHANGE_TOOL LANE=lane2"]
    assert scripts(UnloadFilament(), document) == ["MMU_UNLOAD"]
    with pytest.raises(CommandRejected, match="No tool"):
        encode(LoadFilament(SlotRef(0, 9)), document)
    document.status["mmu"] = {}
    with pytest.raises(CommandRejected, match="No filament"):
        encode(UnloadFilament(), document)
    fold(document, {"AFC": {"current_load": "lane1"}}, 1.0)
    assert scripts(UnloadFilament(), document) == ["TOOL_UNLOAD LANE=lane1"]


def test_an_answer_runs_its_button(document: Document) -> None:
    asking = None
    for line in ("begin Sure?", "button Yes|M117 yes|primary", "button NO", "show"):
        asking = hear(asking, f"// action:prompt_{line}")
    document.asking = asking
    assert scripts(AnswerPrompt(0), document) == ["M117 yes"]
    assert scripts(AnswerPrompt(1), document) == ["NO"]
    with pytest.raises(CommandRejected):
        encode(AnswerPrompt(2), document)


def test_a_question_is_dismissed_beside_a_job_and_its_error_after_it(
    document: Document,
) -> None:
    end = 'RESPOND TYPE=command MSG="action:prompt_end"'
    asking = hear(None, "// action:prompt_begin Sure?")
    document.asking = asking
    assert scripts(ClearFaults(), document) == ["SDCARD_RESET_FILE"]
    document.asking = hear(asking, "// action:prompt_show")
    assert scripts(ClearFaults(), document) == [end, "SDCARD_RESET_FILE"]
    fold(document, {"print_stats": {"state": "printing", "filename": "a"}}, 1.0)
    assert scripts(ClearFaults(), document) == [end]
    fold(document, {"mmu": {"print_state": "pause_locked"}}, 1.0)
    assert scripts(ClearFaults(), document) == [end, "MMU_UNLOCK"]


@pytest.mark.parametrize(
    "command",
    [
        LoadFilament(SlotRef(2, 0)),
        SetNozzleTemperature(200, 4),
        SetFan("exhaust", 10),
        SetHeater("extruder9", 10),
        SetLight("case", LightMode.FLASHING),
        RunMacro("_SECRET"),
        SetPower("lamp", is_on=True),
        SelectTool(7),
    ],
)
def test_what_it_has_not(document: Document, command: Command) -> None:
    with pytest.raises(NotSupported):
        encode(command, document)


def test_a_refused_move_leaves_no_relative_machine(document: Document) -> None:
    (call,) = encode(Jog(Axis.Z, -0.1), document)
    assert call.params["script"].splitlines()[2] == "G1 Z-0.100 F600"
    assert call.undo == "RESTORE_GCODE_STATE NAME=odin_jog"


def test_an_error_is_not_dismissed_beside_a_job(document: Document) -> None:
    fold(document, {"print_stats": {"state": "paused", "filename": "a"}}, 1.0)
    with pytest.raises(CommandRejected):
        encode(ClearFaults(), document)
    fold(document, {"AFC": {"error_state": True}}, 1.0)
    assert scripts(ClearFaults(), document) == ["RESET_FAILURE"]
    fold(document, {"mmu": {"print_state": "pause_locked"}}, 1.0)
    assert scripts(ClearFaults(), document) == ["MMU_UNLOCK"]


def test_lights_by_their_colours_and_pins(document: Document) -> None:
    state = Translator(document).state()
    assert state is not None
    assert [(each.name, each.mode) for each in state.lights] == [
        ("case", LightMode.ON),
        ("caselight", LightMode.OFF),
    ]
    assert state.capabilities.lights == ("case", "caselight")
