"""Commands of the `system`, `camera` and `xcam` namespaces. Source: §8.4."""

from odin_engine.simulator.bambu.commands.answer import (
    DONE,
    Answer,
    Body,
    Desk,
    refused,
    text,
)
from odin_engine.simulator.bambu.description import Dialect


def ledctrl(desk: Desk, body: Body) -> Answer:
    """Switches a light."""
    lights, node = desk.machine.settings.lights, text(body, "led_node")
    mode = text(body, "led_mode")
    if node not in lights or mode not in ("on", "off", "flashing"):
        return refused("no such light")
    lights[node] = mode
    return DONE


def switch_light_shortly(desk: Desk, body: Body) -> None:
    """Switches the light by `led_mode` alone, which H2-class firmware passes over.

    Old clients do it so, and X1C and P1S obey. Source: public reports that X2D and P2S
    do not (2026-06).
    """
    if desk.machine.model.dialect is not Dialect.H2 and "led_mode" in body:
        ledctrl(desk, {"led_node": "chamber_light", **body})


def get_access_code(desk: Desk, _: Body) -> Answer:
    """Tells the code to whoever has logged in with it."""
    return Answer(fields={"access_code": desk.machine.access_code})


def get_history(_: Desk, __: Body) -> Answer:
    """Lists older firmware to go back to: none is kept here."""
    return Answer(fields={"firmware_optional": []})


def uiop(desk: Desk, body: Body) -> Answer:
    """Closes the error dialog on the screen."""
    if text(body, "name") == "print_error" and text(body, "action") == "close":
        desk.machine.alarms.print_error = 0
    return DONE


def get_accessories(desk: Desk, _: Body) -> Answer:
    """Names the nozzle."""
    machine = desk.machine
    return Answer(
        fields={
            "accessory_type": "nozzle",
            "nozzle_diameter": machine.feed.head.diameter_mm,
            "nozzle_type": machine.model.nozzle_type,
        }
    )


def set_accessories(desk: Desk, body: Body) -> Answer:
    """Tells which nozzle is in the head."""
    try:
        diameter_mm = float(text(body, "nozzle_diameter"))
    except ValueError:
        return refused("invalid nozzle_diameter")
    desk.machine.feed.head.diameter_mm = diameter_mm
    return DONE


def ipcam_record_set(desk: Desk, body: Body) -> Answer:
    """Switches the recording of prints."""
    desk.machine.settings.records = text(body, "control") == "enable"
    return DONE


def ipcam_timelapse(desk: Desk, body: Body) -> Answer:
    """Switches the timelapse."""
    desk.machine.settings.timelapse = text(body, "control") == "enable"
    return DONE


def ipcam_resolution_set(desk: Desk, body: Body) -> Answer:
    """Sets the picture's size."""
    desk.machine.settings.resolution = text(body, "resolution")
    return DONE


def xcam_control_set(desk: Desk, body: Body) -> Answer:
    """Switches a detector and sets how keen it is."""
    settings, module = desk.machine.settings, text(body, "module_name")
    if module not in settings.detectors:
        return refused("no such module")
    settings.detectors[module] = body.get("control", body.get("enable")) is True
    settings.halts_print = body.get("print_halt", settings.halts_print) is True
    if sensitivity := text(body, "halt_print_sensitivity"):
        settings.sensitivity = sensitivity
    return DONE
