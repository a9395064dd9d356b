"""The fields that every model reports. Source: §6.1-6.3."""

from typing import Any

from odin_engine.simulator.bambu.description import Dialect
from odin_engine.simulator.bambu.machine import GcodeState, Machine
from odin_engine.simulator.bambu.machine.heat import Heater
from odin_engine.simulator.bambu.machine.settings import Storage
from odin_engine.simulator.bambu.report.ams import ams_block, external_slot
from odin_engine.simulator.bambu.report.bits import home_flag

_EXTERNAL = 254
# Machines without a sensor report this constant. Source: §6.3.
_NO_CHAMBER_SENSOR = 5
_LEGACY_STAGE = {
    GcodeState.RUNNING: "2",
    GcodeState.PAUSE: "3",
}


def common(machine: Machine) -> dict[str, Any]:
    """Builds the fields shared by all dialects."""
    return {
        **_heat(machine),
        **_job(machine),
        **_parts(machine),
        "ams": ams_block(machine),
        "command": "push_status",
        "msg": 0,
    }


def reading_c(machine: Machine, heater: Heater) -> float:
    """Rounds a reading as the firmware does: 1/32 on small boards, else whole.

    Source: the temperatures in recordings of P1, A1, X1 and H2 machines.
    """
    if machine.model.dialect is Dialect.MICRO:
        steps = round(heater.reading_c * 32) + machine.flicker.randint(-2, 2)
        return _plain(steps / 32)
    return float(round(heater.reading_c))


def target_c(machine: Machine, value: float) -> float:
    """Gives a target: an integer from small boards, a float from the others."""
    return _plain(value) if machine.model.dialect is Dialect.MICRO else float(value)


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def _heat(machine: Machine) -> dict[str, Any]:
    settings, head = machine.settings, machine.feed.head
    fans = settings.fans
    warm = head.heater.current_c > 50
    fields: dict[str, Any] = {
        "nozzle_temper": reading_c(machine, head.heater),
        "nozzle_target_temper": target_c(machine, head.heater.target_c),
        "bed_temper": reading_c(machine, machine.bed),
        "bed_target_temper": target_c(machine, machine.bed.target_c),
        "heatbreak_fan_speed": "15" if warm else "0",
        "cooling_fan_speed": _fan(fans["part"]),
        "big_fan1_speed": _fan(fans["aux"]),
        "big_fan2_speed": _fan(fans["chamber"]),
        "fan_gear": sum(
            round(fans[name] * 2.55) << shift
            for name, shift in (("part", 0), ("aux", 8), ("chamber", 16))
        ),
        "nozzle_diameter": f"{head.diameter_mm:g}",
        "nozzle_type": machine.model.nozzle_type,
    }
    if not machine.model.shows_chamber:
        fields["chamber_temper"] = _NO_CHAMBER_SENSOR
    return fields


def _fan(percent: int) -> str:
    return str(round(percent * 15 / 100))


def _job(machine: Machine) -> dict[str, Any]:
    prints = machine.prints
    job = prints.job
    plan = job.plan if job else None
    options = job.options if job else None
    is_micro = machine.model.dialect is Dialect.MICRO
    blank_id = "0" if machine.model.bed_slinger else ""
    # A1 empties the file name once the job is over (§6.1).
    shows_file = plan is not None and not (is_micro and not prints.is_busy)
    return {
        "gcode_state": str(prints.state),
        "mc_percent": prints.percent,
        "mc_remaining_time": prints.remaining_min,
        "layer_num": prints.layer,
        "total_layer_num": plan.layers if plan else 0,
        "stg": list(prints.planned),
        "stg_cur": prints.stage,
        "mc_print_stage": _LEGACY_STAGE.get(prints.state, "1"),
        "mc_print_sub_stage": 0,
        "print_type": prints.print_type,
        "gcode_file": plan.gcode_file if plan and shows_file else "",
        "subtask_name": options.subtask_name if options else "",
        "project_id": options.project_id if options else blank_id,
        "profile_id": options.profile_id if options else blank_id,
        "task_id": options.task_id if options else blank_id,
        "subtask_id": options.subtask_id if options else blank_id,
        "gcode_file_prepare_percent": str(prints.prepare_percent),
        "gcode_start_time": str(
            int(machine.started_print_at.timestamp()) if job else 0
        ),
        "print_error": machine.alarms.print_error,
        "s_obj": list(prints.skipped),
        "queue_number": 0,
        "queue_total": 0,
        "queue_est": 0,
        "queue_sts": 0,
    }


def _parts(machine: Machine) -> dict[str, Any]:
    settings, feed = machine.settings, machine.feed
    fields: dict[str, Any] = {
        "ams_status": feed.status,
        "ams_rfid_status": 1 if feed.status == 512 else 0,
        "hw_switch_state": 0 if feed.now == 255 else 1,
        "spd_lvl": settings.speed_level,
        "spd_mag": settings.speed_percent,
        "home_flag": home_flag(machine),
        "sdcard": settings.storage is Storage.OK,
        "lights_report": [
            {"node": node, "mode": mode} for node, mode in settings.lights.items()
        ],
        "hms": [{"attr": each.attr, "code": each.code} for each in machine.alarms.hms],
        "wifi_signal": f"{settings.wifi_dbm + machine.flicker.randint(-1, 1)}dBm",
        "force_upgrade": False,
        "cali_version": 0,
        "ipcam": _ipcam(machine),
        "xcam": _xcam(machine),
        "upload": _upload(machine),
        "net": {"conf": 16, "info": [{"ip": 16777343, "mask": 255}]},
        "upgrade_state": _upgrade_state(machine),
        "online": _online(machine),
    }
    if machine.model.dialect is Dialect.MICRO:
        fields |= {
            "vt_tray": _holder(machine),
            "lifecycle": "product",
            "mess_production_state": "active",
            "mc_print_line_number": "0",
            "filam_bak": feed.backups(),
            "k": "0.0200",
            "flag3": 8863,
        }
        if not machine.model.bed_slinger:
            del fields["xcam"]
    return fields


def _holder(machine: Machine) -> dict[str, Any]:
    """Builds `vt_tray` as small boards word it: shorter, and of no diameter."""
    row = external_slot(machine, _EXTERNAL, "254")
    for key in ("cols", "ctype", "total_len"):
        del row[key]
    return row | {"tray_diameter": "0.00"}


def _online(machine: Machine) -> dict[str, Any]:
    if machine.model.dialect is Dialect.MICRO:
        return {"ahb": False, "rfid": False, "version": 816539411}
    block: dict[str, Any] = {"ahb": bool(machine.feed.units), "version": 10}
    if machine.model.dialect is Dialect.X1:
        block["ext"] = False
    return block


def _upload(machine: Machine) -> dict[str, Any]:
    if machine.model.dialect is Dialect.MICRO:
        return {"status": "idle", "progress": 0, "message": ""}
    return {
        "file_size": 0,
        "finish_size": 0,
        "message": "Good",
        "oss_url": "",
        "progress": 0,
        "sequence_id": "0903",
        "speed": 0,
        "status": "idle",
        "task_id": "",
        "time_remaining": 0,
        "trouble_id": "",
    }


def _ipcam(machine: Machine) -> dict[str, Any]:
    settings = machine.settings
    block: dict[str, Any] = {
        "ipcam_dev": "1",
        "ipcam_record": "enable" if settings.records else "disable",
        "timelapse": "enable" if settings.timelapse else "disable",
        "resolution": settings.resolution,
        "tutk_server": "disable",
        "mode_bits": 3,
    }
    if machine.model.camera == "rtsp":
        # Off here: no simulated machine serves H.264.
        block["rtsp_url"] = "disable"
    if machine.model.dialect is not Dialect.MICRO:
        block |= {
            "agora_service": "disable",
            "brtc_service": "enable",
            "bs_state": 0,
            "laser_preview_res": 7 if machine.model.dialect is Dialect.X1 else 4,
            "mode_bits": 2,
            "tl_store_hpd_type": 2,
            "tl_store_path_type": 2,
        }
    return block


def _xcam(machine: Machine) -> dict[str, Any]:
    settings = machine.settings
    detectors = settings.detectors
    if machine.model.dialect is Dialect.MICRO:
        return {"buildplate_marker_detector": detectors["buildplate_marker_detector"]}
    block: dict[str, Any] = {
        name: detectors[name]
        for name in (
            "first_layer_inspector",
            "spaghetti_detector",
            "printing_monitor",
            "buildplate_marker_detector",
        )
    }
    return block | {
        "allow_skip_parts": False,
        "print_halt": settings.halts_print,
        "halt_print_sensitivity": settings.sensitivity,
    }


def _upgrade_state(machine: Machine) -> dict[str, Any]:
    block: dict[str, Any] = {
        "sequence_id": 0,
        "progress": "",
        "status": "IDLE",
        "consistency_request": False,
        "dis_state": 0,
        "err_code": 0,
        "force_upgrade": False,
        "idx2": 559919763,
        "message": "",
        "module": "",
        "new_version_state": 2,
        "new_ver_list": [],
    }
    if machine.model.dialect is Dialect.MICRO:
        return block | {"cur_state_code": 0}
    return block | {
        "ahb_new_version_number": "",
        "ams_new_version_number": "",
        "ext_new_version_number": "",
        "idx": 10,
        "lower_limit": "00.00.00.00",
        "ota_new_version_number": "",
        "sn": f"SN{machine.serial[-6:]}B0",
    }
