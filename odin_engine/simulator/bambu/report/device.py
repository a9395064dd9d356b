"""`device.*` and its neighbours: what X1- and H2-class firmware adds. Source: §6.3."""

from typing import Any

from odin_engine.simulator.bambu.description import Dialect
from odin_engine.simulator.bambu.machine import GcodeState, Machine
from odin_engine.simulator.bambu.machine.feed import Head
from odin_engine.simulator.bambu.machine.units import (
    EXTERNAL,
    EXTERNAL_LEFT,
    NOTHING,
)
from odin_engine.simulator.bambu.report.ams import external_slot, slot_code
from odin_engine.simulator.bambu.report.bits import (
    aux,
    cfg,
    fun,
    packed,
    sensitivity,
    stat,
)

# What machines without a sensor say. Source: §6.3.
_NO_SENSOR_C = 5
# Where the places of a hotend rack begin, and the head they belong to. Source: §6.3.
_FIRST_RACK = 16
_CHANGING, _IS_SWITCHING = 0xF, 1 << 19
_STATE_NUMBER = {
    GcodeState.IDLE: 0,
    GcodeState.PREPARE: 4,
    GcodeState.RUNNING: 4,
    GcodeState.PAUSE: 5,
    GcodeState.FINISH: 6,
    GcodeState.FAILED: 7,
}


def extras(machine: Machine) -> dict[str, Any]:
    """Builds what small boards do not send."""
    chamber = machine.chamber.heater
    cham = packed(_NO_SENSOR_C, 0)
    if machine.model.shows_chamber:
        cham = packed(chamber.reading_c, chamber.target_c)
    fields: dict[str, Any] = {
        **_shadows(machine),
        **_constants(),
        "device": _device(machine, cham),
        "info": {"temp": cham},
        "cfg": cfg(machine),
        "stat": stat(machine),
        "aux": aux(machine),
        "fun": fun(machine),
        "err": f"{machine.alarms.print_error:X}",
        "state": _STATE_NUMBER[machine.gcode_state],
        "mapping": _mapping(machine),
        "vir_slot": _vir_slot(machine),
        "t_utc": int(machine.now.timestamp() * 1000),
    }
    if machine.model.dialect is Dialect.X1:
        fields["vt_tray"] = external_slot(machine, EXTERNAL, "255")
        if machine.model.has_chamber_heater:
            fields |= {
                "ctt": chamber.target_c,
                "chamber_temper": float(round(chamber.reading_c)),
            }
        return fields
    detectors = machine.settings.detectors
    degree = sensitivity(machine.settings.sensitivity)
    fields["xcam"] = {
        "cfg": sum(
            detectors[name] << bit | degree << bit + 1
            for name, bit in (
                ("spaghetti_detector", 7),
                ("pileup_detector", 10),
                ("clump_detector", 13),
                ("airprint_detector", 16),
            )
        )
    }
    total = machine.prints.job.plan.layers if machine.prints.job else 0
    fields["3D"] = {"layer_num": machine.prints.layer, "total_layer_num": total}
    fields["lan_task_id"] = "0"
    return fields


def _shadows(machine: Machine) -> dict[str, Any]:
    prints = machine.prints
    job = prints.job
    return {
        "percent": prints.percent,
        "remain_time": prints.remaining_min,
        "prepare_per": prints.prepare_percent,
        "file": job.plan.gcode_file if job else "",
        "plate_id": job.plan.plate if job else 0,
        "plate_idx": job.plan.plate if job else 0,
        "plate_cnt": 1 if job else 0,
        "job_id": job.options.task_id if job else "0",
        "mc_print_error_code": str(machine.alarms.print_error & 0xFFFF),
        "fail_reason": str(machine.alarms.print_error),
        "mc_stage": 2 if prints.state is GcodeState.RUNNING else 1,
    }


def _constants() -> dict[str, Any]:
    return {
        "ap_err": 0,
        "aux_part_fan": True,
        "batch_id": 0,
        "canvas_id": 0,
        "care": [{"id": "cr", "info": "20631064"}, {"id": "ls", "info": "247991B"}],
        "design_id": "0",
        "job": {"cur_stage": {"idx": 0, "state": 0}, "stage": []},
        "job_attr": 17,
        "mc_action": 0,
        "mc_err": 0,
        "model_id": "",
        "print_gcode_action": 0,
        "print_real_action": 0,
        "queue": 0,
        "ver": "20010",
        "xcam_status": "0",
    }


def _device(machine: Machine, cham: int) -> dict[str, Any]:
    bed = packed(machine.bed.reading_c, machine.bed.target_c)
    feed, model = machine.feed, machine.model
    block: dict[str, Any] = {
        "type": 1,
        "bed": {"info": {"temp": bed}, "state": 2 if machine.bed.target_c else 0},
        "bed_temp": bed,
        "ctc": {"info": {"temp": cham}, "state": 2 if cham >> 16 else 0},
        "cam": {"laser": {"cond": 252, "state": 0}},
        "ext_tool": {
            "calib": 2,
            "low_prec": True,
            "mount": 0,
            "th_temp": 0,
            "type": "",
        },
        "extruder": {
            "info": [_extruder(machine, head) for head in feed.heads],
            "state": _heads(machine),
        },
        "fan": 0,
        "laser": {"power": 0},
        "nozzle": _nozzles(machine),
        "plate": {"base": 1, "cali2d_id": "", "cur_id": "", "mat": 1, "tar_id": ""},
    }
    if model.dialect is Dialect.H2 and model.enclosed:
        block["airduct"] = _airduct(machine)
    if model.dialect is Dialect.H2:
        block["cham_temp"] = cham
        block["ext_tool"]["mount_3d"] = 0
    return block


def _heads(machine: Machine) -> int:
    """Builds the word of heads: how many, which is at work, which is to be. §6.3."""
    feed, target = machine.feed, machine.feed.switches_to
    if target is None:
        number = feed.head.number
        return machine.model.heads | number << 4 | number << 8
    return machine.model.heads | _CHANGING << 4 | target.number << 8 | _IS_SWITCHING


def _nozzles(machine: Machine) -> dict[str, Any]:
    model = machine.model
    kind = "HS01" if model.dialect is Dialect.H2 else "HX01"
    numbers = [head.number for head in machine.feed.heads]
    sizes = {head.number: head.diameter_mm for head in machine.feed.heads}
    numbers += range(_FIRST_RACK, _FIRST_RACK + model.hotend_rack)
    block: dict[str, Any] = {
        "exist": sum(1 << number for number in numbers),
        "info": [
            {
                "id": number,
                "diameter": sizes.get(number, 0.4),
                "tm": 0,
                "type": kind,
                "wear": 0,
            }
            for number in numbers
        ],
        "state": 0,
    }
    if model.hotend_rack:
        for row in block["info"]:
            row |= {
                "sn": f"N{machine.serial[-6:]}{row['id']:02}",
                "stat": 0,
                "color_m": "",
                "fila_id": "",
            }
        block |= {"src_id": 0xFF, "tar_id": 0xFF}
    return block


def _extruder(machine: Machine, head: Head) -> dict[str, Any]:
    feed = machine.feed
    here = slot_code(machine, head.loaded, head.number)
    is_working = head is feed.head
    target = slot_code(machine, feed.target, head.number) if is_working else here
    return {
        "id": head.number,
        "temp": packed(head.heater.reading_c, head.heater.target_c),
        "hnow": head.number,
        "hpre": head.number,
        "htar": head.number,
        "snow": here,
        "spre": here,
        "star": target,
        # Bit 3: a nozzle is there; bits 1 and 2: filament in the head and the buffer.
        "info": 8 | (6 if head.loaded != NOTHING else 0),
        "stat": feed.status if is_working else 0,
        "filam_bak": feed.backups() if is_working else [],
    }


def _airduct(machine: Machine) -> dict[str, Any]:
    fans = machine.settings.fans
    kinds = ((16, 0, fans["part"]), (32, 1, fans["aux"]), (48, 2, fans["chamber"]))
    parts = [
        {"id": number, "func": func, "range": 6553600, "state": percent}
        for number, func, percent in kinds
    ]
    parts.append({"id": 96, "func": 3, "range": 6553600, "state": 0})
    return {
        "modeCur": machine.settings.airduct_mode,
        "modeList": [
            {"ctrl": [16, 32, 48], "modeId": 0, "off": [96]},
            {"ctrl": [16], "modeId": 1, "off": [32, 48]},
            {"ctrl": [48], "modeId": 2, "off": []},
        ],
        "parts": parts,
        "subMode": 0,
    }


def _mapping(machine: Machine) -> list[int]:
    job = machine.prints.job
    if job is None:
        return []
    top = max((each.index for each in job.plan.filaments), default=-1)
    return [
        slot_code(machine, job.slots[index], 0) if index in job.slots else 0xFFFF
        for index in range(top + 1)
    ]


def _vir_slot(machine: Machine) -> list[dict[str, Any]]:
    rows = [external_slot(machine, EXTERNAL, "255")]
    if machine.model.heads == 2:
        rows.append(external_slot(machine, EXTERNAL_LEFT, "254"))
    return rows
