"""Which command does what, who may give it, and the form of the acknowledgement."""

from typing import Any

from odin_engine.simulator.bambu.commands import (
    control,
    filament,
    pressure,
    start,
    switches,
)
from odin_engine.simulator.bambu.commands.answer import (
    Answer,
    BadField,
    Body,
    Desk,
    Handler,
    refused,
)
from odin_engine.simulator.bambu.description import Dialect
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine import alarms as codes
from odin_engine.simulator.bambu.machine.settings import Refusal

# Source: docs/protocols/bambu.md §7, form (a).
_UNSIGNED_REASON = "mqtt message verify failed"
_UNSIGNED_CODE = 84033543

_HANDLERS: dict[str, dict[str, Handler]] = {
    "print": {
        "project_file": start.project_file,
        "gcode_file": start.gcode_file,
        "pause": control.pause,
        "resume": control.resume,
        "stop": control.stop,
        "print_speed": control.print_speed,
        "skip_objects": control.skip_objects,
        "gcode_line": control.gcode_line,
        "clean_print_error": control.clean_print_error,
        "ignore": control.ignore,
        "idle_ignore": control.ignore,
        "calibration": control.calibration,
        "set_ctt": control.set_ctt,
        "set_airduct": control.set_airduct,
        "set_fan": control.set_fan,
        "print_option": control.print_option,
        "select_extruder": control.select_extruder,
        "buzzer_ctrl": control.accept,
        "ams_control": control.ams_control,
        "ams_reset": control.accept,
        "ams_change_filament": filament.ams_change_filament,
        "unload_filament": filament.unload_filament,
        "ams_get_rfid": filament.ams_get_rfid,
        "ams_user_setting": filament.ams_user_setting,
        "ams_filament_setting": filament.ams_filament_setting,
        "ams_filament_drying": filament.ams_filament_drying,
        "auto_stop_ams_dry": control.accept,
        "extrusion_cali": pressure.extrusion_cali,
        "extrusion_cali_get": pressure.extrusion_cali_get,
        "extrusion_cali_sel": pressure.extrusion_cali_sel,
        "extrusion_cali_set": pressure.extrusion_cali_set,
        "extrusion_cali_del": pressure.extrusion_cali_del,
        "extrusion_cali_get_result": pressure.extrusion_cali_get_result,
    },
    "system": {
        "ledctrl": switches.ledctrl,
        "uiop": switches.uiop,
        "get_accessories": switches.get_accessories,
        "set_accessories": switches.set_accessories,
        "get_access_code": switches.get_access_code,
    },
    "camera": {
        "ipcam_record_set": switches.ipcam_record_set,
        "ipcam_timelapse": switches.ipcam_timelapse,
        "ipcam_resolution_set": switches.ipcam_resolution_set,
    },
    "xcam": {"xcam_control_set": switches.xcam_control_set},
    "upgrade": {"get_history": switches.get_history},
}
# Without Developer Mode these need a signature. Source: §7, "Refused".
_SIGNED = frozenset({"print", "upgrade"})


def respond(desk: Desk, namespace: str, body: Body) -> dict[str, Any] | None:
    """Carries out a command and gives the reply for the report topic, if there is one.

    Unknown commands stay unanswered, as on the machines.
    """
    machine = desk.machine
    if namespace == "system" and "command" not in body:
        switches.switch_light_shortly(desk, body)
        machine.notice()
        return None
    handler = _HANDLERS.get(namespace, {}).get(str(body.get("command")))
    if handler is None:
        return None
    if namespace in _SIGNED and not machine.settings.developer_mode:
        answer = _refuse_unsigned(machine)
    else:
        try:
            answer = handler(desk, body)
        except BadField as error:
            answer = refused(str(error))
    machine.notice()
    if answer is None:
        return None
    return {namespace: body | answer.fields | _verdict(machine, answer)}


def _refuse_unsigned(machine: Machine) -> Answer | None:
    match machine.settings.refusal:
        case Refusal.ACK:
            return Answer(
                works=False,
                reason=_UNSIGNED_REASON,
                fields={"err_code": _UNSIGNED_CODE},
            )
        case Refusal.HMS:
            machine.alarms.raise_hms(codes.REFUSED_UNSIGNED)
            return None
        case Refusal.SILENT:
            return None


def _verdict(machine: Machine, answer: Answer) -> dict[str, str]:
    """Words the result, which differs in case from model to model (§8.1)."""
    if answer.reason == _UNSIGNED_REASON:
        return {"result": "failed", "reason": answer.reason}
    word = "success" if answer.works else "fail"
    if machine.model.dialect is Dialect.MICRO:
        word = word.upper()
    return {"result": word, "reason": answer.reason or word}
