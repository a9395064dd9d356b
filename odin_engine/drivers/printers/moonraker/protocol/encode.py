"""Commands as requests. What a name or text holds never becomes a line of its own.

Source: docs.moonraker.dev, "Printer administration"; docs.klipper3d.org, "G-Codes".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from odin_engine.drivers.printers.moonraker.protocol import feeding
from odin_engine.drivers.printers.moonraker.protocol.document import Document
from odin_engine.drivers.printers.moonraker.protocol.objects import object_names
from odin_engine.drivers.printers.moonraker.protocol.tracking import RUNNING
from odin_engine.printers.model import (
    AnswerPrompt,
    Axis,
    ClearFaults,
    Command,
    CommandRejected,
    Home,
    Jog,
    LightMode,
    LoadFilament,
    NotSupported,
    Pause,
    RestartFirmware,
    RestartHost,
    Resume,
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
    StartPrint,
    Stop,
    UnloadFilament,
)

SCRIPT_S = 120.0
"""Klipper takes one script at a time: one before it may home, heat or mesh."""
MACRO_S = 600.0
"""Pausing parks, resuming heats, and macros do anything; all answer in the end."""
HOST_S = 30.0
_JOG_MM_MIN = {Axis.X: 3000, Axis.Y: 3000, Axis.Z: 600}
_PLAIN = re.compile(r"[\w.:-]+")
RESET_FILE = "SDCARD_RESET_FILE"
_END_PROMPT = 'RESPOND TYPE=command MSG="action:prompt_end"'


@dataclass(frozen=True, slots=True)
class Call:
    """A request: its method, its parameters, and how long its answer may take.

    `undo` is the G-code that puts things right where the machine refuses it midway.
    """

    method: str
    params: dict[str, Any] = field(default_factory=dict)
    within_s: float = HOST_S
    undo: str | None = None


def script(*lines: str, within_s: float = SCRIPT_S) -> Call:
    """Returns the request that runs G-code and answers when it was executed."""
    return Call("printer.gcode.script", {"script": "\n".join(lines)}, within_s)


def encode(command: Command, document: Document) -> list[Call]:
    """Returns the requests of a command, in order.

    Raises:
        NotSupported: this machine cannot do that.
        CommandRejected: not as things are now.
    """
    return list(_calls(command, document))


def _calls(command: Command, document: Document) -> Iterator[Call]:  # noqa: C901, PLR0912, PLR0915 - one line per command is the table
    layout = document.layout
    match command:
        case Pause():
            yield Call("printer.print.pause", within_s=MACRO_S)
        case Resume():
            yield Call("printer.print.resume", within_s=MACRO_S)
        case Stop():
            yield Call("printer.print.cancel", within_s=MACRO_S)
        case StartPrint():
            for line in feeding.mapping_lines(command.mapping, document):
                yield script(line)
            yield Call("printer.print.start", {"filename": command.file}, SCRIPT_S)
        case SetNozzleTemperature(target_c, nozzle):
            if nozzle >= len(layout.extruders):
                raise NotSupported(f"This printer has no head {nozzle}.")
            yield _heat(layout.extruders[nozzle].name, target_c)
        case SetBedTemperature(target_c) if layout.bed:
            yield _heat(layout.bed.name, target_c)
        case SetChamberTemperature(target_c) if layout.chamber:
            yield _heat(layout.chamber.name, target_c)
        case SetHeater(heater, target_c):
            yield _heat(
                _one_of(heater, [each.name for each in layout.heaters]), target_c
            )
        case SetFan(fan, percent):
            yield _fan(fan, percent, document)
        case SetLight(light, mode) if mode is not LightMode.FLASHING:
            yield _light(light, document, is_on=mode is LightMode.ON)
        case SetSpeedPercent(percent):
            yield script(f"M220 S{percent}")
        case SetFlow(percent):
            yield script(f"M221 S{percent}")
        case Home():
            yield script("G28", within_s=MACRO_S)
        case Jog(axis, distance_mm):
            yield _jog(axis, distance_mm)
        case SendGcode(lines):
            yield script(*lines, within_s=MACRO_S)
        case SelectTool(tool):
            yield script(_select(tool, document), within_s=MACRO_S)
        case RunMacro(macro):
            yield script(_one_of(macro, list(layout.macros)), within_s=MACRO_S)
        case SkipObjects(object_ids):
            yield from _skip(object_ids, document)
        case ClearFaults():
            yield from _clear(document)
        case AnswerPrompt(choice):
            yield _answer(choice, document)
        case LoadFilament(slot):
            yield script(feeding.load_line(slot, document), within_s=MACRO_S)
        case UnloadFilament():
            yield script(feeding.unload_line(document), within_s=MACRO_S)
        case SetPower(device, is_on):
            yield _power(_one_of(device, list(document.power)), is_on=is_on)
        case SetActiveSpool(spool_id):
            yield Call("server.spoolman.post_spool_id", {"spool_id": spool_id})
        case RestartFirmware():
            yield Call("printer.firmware_restart")
        case RestartHost() if document.klippy == "disconnected":
            # Its service may have ended; Klipper itself hears nothing then.
            yield Call("machine.services.restart", {"service": "klipper"})
        case RestartHost():
            yield Call("printer.restart")
        case _:
            raise NotSupported("This printer cannot do that.")


def _heat(heater: str, target_c: int) -> Call:
    return script(f"SET_HEATER_TEMPERATURE HEATER={_quoted(heater)} TARGET={target_c}")


def _fan(fan: str, percent: int, document: Document) -> Call:
    if fan == "part" and "fan" in document.layout.objects:
        return script(f"M106 S{round(percent * 255 / 100)}")
    name = document.layout.settable_fans.get(fan)
    if name is None:
        raise NotSupported(f"This printer has no fan {fan} that can be set.")
    called = name.partition(" ")[2]
    return script(f"SET_FAN_SPEED FAN={_quoted(called)} SPEED={percent / 100:.2f}")


def _light(light: str, document: Document, *, is_on: bool) -> Call:
    lights = {called: name for name, called in document.layout.lights.items()}
    name = lights[_one_of(light, list(lights))]
    kind, _, brief = name.partition(" ")
    if kind == "output_pin":
        return script(f"SET_PIN PIN={_quoted(brief)} VALUE={int(is_on)}")
    parts = " ".join(
        f"{part}={int(is_on)}" for part in ("RED", "GREEN", "BLUE", "WHITE")
    )
    return script(f"SET_LED LED={_quoted(brief)} {parts}")


def _jog(axis: Axis, distance_mm: float) -> Call:
    restore = "RESTORE_GCODE_STATE NAME=odin_jog"
    moving = script(
        "SAVE_GCODE_STATE NAME=odin_jog",
        "G91",
        f"G1 {axis.value.upper()}{distance_mm:.3f} F{_JOG_MM_MIN[axis]}",
        restore,
    )
    # A script ends at the line that is refused, and the machine would stay relative.
    return replace(moving, undo=restore)


def _select(tool: int, document: Document) -> str:
    layout = document.layout
    if tool in layout.tools or "toolchanger" in layout.objects:
        return f"T{tool}"
    if not 0 <= tool < len(layout.extruders):
        raise NotSupported(f"This printer has no tool {tool}.")
    return f"ACTIVATE_EXTRUDER EXTRUDER={layout.extruders[tool].name}"


def _skip(object_ids: tuple[int, ...], document: Document) -> Iterator[Call]:
    names = object_names(document.object("exclude_object"))
    for number in object_ids:
        if not 0 <= number < len(names) or not names[number]:
            raise CommandRejected(f"The plate has no object {number} any more.")
    for number in object_ids:
        yield script(f"EXCLUDE_OBJECT NAME={_quoted(names[number])}")


def _clear(document: Document) -> Iterator[Call]:
    is_asking = document.asking is not None and document.asking.is_shown
    if is_asking:
        yield script(_END_PROMPT)
    if document.object("mmu").get("print_state") == "pause_locked":
        yield script("MMU_UNLOCK")
    elif document.object("AFC").get("error_state") is True:
        yield script("RESET_FAILURE")
    elif document.track.state not in RUNNING:
        yield script(RESET_FILE)
    elif not is_asking:
        raise CommandRejected(
            "A job occupies the printer; stop it, then its error can be dismissed."
        )


def _answer(choice: int, document: Document) -> Call:
    buttons = document.asking.buttons if document.asking else ()
    if not 0 <= choice < len(buttons):
        raise CommandRejected("The printer asks nothing of that kind any more.")
    return script(buttons[choice][1], within_s=MACRO_S)


def _power(device: str, *, is_on: bool) -> Call:
    action = "on" if is_on else "off"
    params = {"device": device, "action": action}
    return Call("machine.device_power.post_device", params)


def _one_of(name: str, known: list[str]) -> str:
    if name not in known:
        raise NotSupported(f"This printer has nothing called {name}.")
    return name


def _quoted(name: str) -> str:
    """Returns a value of a parameter; quoted where Klipper would split it."""
    if _PLAIN.fullmatch(name):
        return name
    cleaned = "".join(each for each in name if each.isprintable() and each not in '"\\')
    return f'"{cleaned}"'
