"""Commands for the print under way and for the machine's own parts. Source: §8.3."""

from odin_engine.simulator.bambu.commands.answer import (
    DONE,
    Answer,
    BadField,
    Body,
    Desk,
    integer,
    refused,
    text,
    told,
)
from odin_engine.simulator.bambu.commands.gcode import run_lines
from odin_engine.simulator.bambu.machine.settings import SPEED_PERCENT

_COOL_MATERIALS = frozenset({"PLA", "PETG", "TPU", "PVA"})
_FANS = {1: "part", 2: "aux", 3: "chamber"}
_OPTIONS = frozenset(
    {
        "auto_recovery",
        "air_print_detect",
        "filament_tangle_detect",
        "nozzle_blob_detect",
        "sound_enable",
        "auto_switch_filament",
    }
)


def pause(desk: Desk, _: Body) -> Answer:
    """Halts the print."""
    return told(works=desk.machine.prints.pause(), reason="not printing")


def resume(desk: Desk, _: Body) -> Answer:
    """Goes on with the print."""
    return told(works=desk.machine.prints.resume(), reason="not paused")


def ams_control(desk: Desk, body: Body) -> Answer:
    """Goes on after a filament fault, or halts; the other words show nowhere."""
    match text(body, "param"):
        case "resume" | "done":
            return resume(desk, body)
        case "pause":
            return pause(desk, body)
        case "reset" | "abort":
            return DONE
        case _:
            return refused("invalid param")


def stop(desk: Desk, _: Body) -> Answer:
    """Cancels the print."""
    return told(works=desk.machine.prints.cancel(), reason="not printing")


def print_speed(desk: Desk, body: Body) -> Answer:
    """Sets one of the four speeds."""
    level = integer(body, "param")
    if level not in SPEED_PERCENT:
        return refused("invalid speed level")
    desk.machine.settings.speed_level = level
    return DONE


def skip_objects(desk: Desk, body: Body) -> Answer:
    """Leaves objects out."""
    objects = body.get("obj_list")
    if not isinstance(objects, list):
        raise BadField("invalid obj_list")
    chosen = [integer({"obj": each}, "obj") for each in objects]
    return told(works=desk.machine.prints.skip(chosen), reason="cannot skip")


def gcode_line(desk: Desk, body: Body) -> Answer:
    """Runs a few lines of g-code."""
    run_lines(desk.machine, text(body, "param"))
    return DONE


def clean_print_error(desk: Desk, _: Body) -> Answer:
    """Clears the print error."""
    desk.machine.alarms.print_error = 0
    return DONE


def ignore(desk: Desk, _: Body) -> Answer:
    """Clears the error and goes on."""
    desk.machine.alarms.print_error = 0
    desk.machine.prints.resume()
    return DONE


def calibration(desk: Desk, body: Body) -> Answer:
    """Runs the calibrations asked for."""
    works = desk.machine.calibrate(integer(body, "option"))
    return told(works=works, reason="device is busy")


def set_ctt(desk: Desk, body: Body) -> Answer:
    """Sets the chamber's target, within what the loaded material bears."""
    machine = desk.machine
    target_c = integer(body, "ctt_val")
    if not machine.model.has_chamber_heater:
        return refused("not supported", errno=-1)
    spool = machine.feed.spool(machine.feed.now)
    if target_c > 45 and spool and spool.filament.type in _COOL_MATERIALS:
        return refused("low temperature filament", errno=-2)
    if target_c < 40:
        machine.chamber.heater.aim(0)
        return Answer(fields={"errno": -4 if target_c else 0})
    machine.chamber.heater.aim(target_c)
    return Answer(fields={"errno": 0})


def set_airduct(desk: Desk, body: Body) -> Answer:
    """Chooses the way of the air."""
    desk.machine.settings.airduct_mode = integer(body, "modeId")
    return DONE


def set_fan(desk: Desk, body: Body) -> Answer:
    """Sets a fan by percent."""
    name = _FANS.get(integer(body, "fan_index"))
    if name is None:
        return refused("no such fan")
    desk.machine.settings.fans[name] = min(max(integer(body, "speed"), 0), 100)
    return DONE


def print_option(desk: Desk, body: Body) -> Answer:
    """Switches options."""
    for key in _OPTIONS & body.keys():
        desk.machine.settings.options[key] = body[key] is True
    return DONE


def select_extruder(desk: Desk, body: Body) -> Answer:
    """Brings the other head to work."""
    number = integer(body, "extruder_index")
    heads = desk.machine.feed.heads
    if desk.machine.prints.is_busy or not 0 <= number < len(heads):
        return refused("cannot switch")
    desk.machine.feed.head = heads[number]
    return DONE


def accept(_: Desk, __: Body) -> Answer:
    """Takes what leaves no trace in the reports."""
    return DONE
