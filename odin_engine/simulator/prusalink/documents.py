"""What the two servers say of the machine, each in its own shape.

Source: the OpenAPI document of Prusa-Link-Web; Buddy 6.3 `lib/WUI`; Prusa-Link 0.8.
"""

from typing import TYPE_CHECKING, Any

from odin_engine.simulator.plain import Activity
from odin_engine.simulator.prusalink.shelf import short_name

if TYPE_CHECKING:
    from odin_engine.simulator.prusalink.printer import SimulatedPrusaLink

_STATES = {
    Activity.IDLE: "IDLE",
    Activity.HEATING: "PRINTING",
    Activity.PRINTING: "PRINTING",
    Activity.PAUSED: "PAUSED",
    Activity.FINISHED: "FINISHED",
    Activity.CANCELLED: "STOPPED",
    Activity.FAILED: "ERROR",
}
_WITH_JOB = frozenset({"PRINTING", "PAUSED", "ATTENTION"})


def state(printer: SimulatedPrusaLink) -> str:
    """Returns the word for what it does."""
    machine = printer.machine
    if printer.question or (
        machine.activity is Activity.PAUSED and not machine.has_filament
    ):
        return "ATTENTION"
    return "BUSY" if printer.is_busy_without_job else _STATES[machine.activity]


def version(printer: SimulatedPrusaLink) -> dict[str, Any]:
    """Returns `/api/version`."""
    body: dict[str, Any] = {
        "api": "2.0.0",
        "server": "2.1.2",
        "nozzle_diameter": 0.4,
        "text": "PrusaLink",
        "hostname": printer.hostname,
        "capabilities": {"upload-by-put": True},
    }
    if printer.is_pi:
        del body["nozzle_diameter"]
        body |= {
            "server": "0.8.1",
            "text": "PrusaLink 0.8.1",
            "original": f"PrusaLink I3{printer.model}",
            "firmware": "3.14.1-8237",
            "sdk": "0.8.1",
        }
    elif printer.says_code:
        body |= {"firmware": "6.5.3+12780", "printer": printer.code}
    return body


def info(printer: SimulatedPrusaLink) -> dict[str, Any]:
    """Returns `/api/v1/info`."""
    body: dict[str, Any] = {
        "nozzle_diameter": 0.4,
        "mmu": False,
        "serial": printer.serial,
        "hostname": printer.hostname,
        "min_extrusion_temp": 170,
    }
    if printer.is_pi:
        body |= {"name": printer.name, "location": "", "farm_mode": False, "port": 0}
    return body


def printer_of_old(printer: SimulatedPrusaLink) -> dict[str, Any]:
    """Returns `/api/printer`, which other programs still ask."""
    machine, word = printer.machine, state(printer)
    nozzle, bed = machine.nozzles[machine.tool], machine.heaters["bed"]
    is_printing, is_paused = word == "PRINTING", word == "PAUSED"
    texts = {"PRINTING": "Printing", "PAUSED": "Paused", "ERROR": "Error"}
    heats = {
        name: {"actual": round(each.current_c, 1), "target": each.target_c}
        for name, each in (("tool0", nozzle), ("bed", bed))
    }
    return {
        "telemetry": {
            "temp-bed": heats["bed"]["actual"],
            "temp-nozzle": heats["tool0"]["actual"],
            "print-speed": machine.speed_pct,
            "z-height": round(machine.position_mm[2], 2),
            "material": "PLA",
        },
        "temperature": heats,
        "state": {
            "text": texts.get(word, "Operational"),
            "flags": {
                "operational": word != "ERROR",
                "printing": is_printing,
                "paused": is_paused,
                "error": word == "ERROR",
                "ready": not (is_printing or is_paused),
                "link_state": word,
            },
        },
    }


def status(printer: SimulatedPrusaLink) -> dict[str, Any]:
    """Returns `/api/v1/status`; keys come and go as on the real ones."""
    machine, word = printer.machine, state(printer)
    nozzle, bed = machine.nozzles[machine.tool], machine.heaters["bed"]
    body: dict[str, Any] = {
        "state": word,
        "temp_bed": round(bed.current_c, 1),
        "target_bed": bed.target_c,
        "temp_nozzle": round(nozzle.current_c, 1),
        "target_nozzle": nozzle.target_c,
        "axis_z": round(machine.position_mm[2], 2),
        "flow": machine.flow_pct,
        "speed": machine.speed_pct,
        "fan_hotend": 4000 if nozzle.current_c > 50 else 0,
        "fan_print": machine.fans_pct.get("part", 0) * 50,
    }
    if word not in _WITH_JOB:
        body |= {"axis_x": 241.0, "axis_y": 170.0}
    if printer.is_pi:
        body["status_printer"] = {"ok": True, "message": "OK"}
        body["status_connect"] = {"ok": True, "message": "OK"}
    whole: dict[str, Any] = {"printer": body}
    if has_job(printer):
        whole["job"] = _job_numbers(printer)
    if printer.is_pi:
        whole["storage"] = [
            {"path": "/local", "name": "PrusaLink gcodes", "read_only": False},
            {"path": "/sdcard", "name": "SD Card", "read_only": True},
        ]
    elif printer.shelf.is_there:
        whole["storage"] = {"path": "/usb/", "name": "usb", "read_only": False}
    if printer.shelf.receiving is not None:
        whole["transfer"] = {"id": 1, "transferred": printer.shelf.received_bytes}
    if printer.drops_keys:
        for key in ("speed", "flow", "axis_z", "fan_print", "target_bed"):
            del body[key]
        whole.get("job", {}).pop("time_remaining", None)
    return whole


def has_job(printer: SimulatedPrusaLink) -> bool:
    """Whether a status has a job in it."""
    return printer.machine.job is not None and state(printer) in _WITH_JOB


def job(printer: SimulatedPrusaLink) -> dict[str, Any] | None:
    """Returns `/api/v1/job`, `None` where there is none."""
    if not has_job(printer):
        return None
    squeezed = {"ATTENTION": "PAUSED", "BUSY": "ERROR"}
    word = state(printer)
    return {
        **_job_numbers(printer),
        "state": word if printer.is_pi else squeezed.get(word, word),
        "file": file(printer, printer.file),
    }


def file(printer: SimulatedPrusaLink, name: str) -> dict[str, Any]:
    """Returns what is said of a file, `name` being its path in the storage."""
    base = name.rsplit("/", 1)[-1]
    place = printer.shelf.path(name)
    there = place is not None and place.is_file()
    if printer.is_pi:
        body: dict[str, Any] = {
            "name": base,
            "display_name": base,
            "path": f"/local/{name}",
            "refs": {
                "download": f"/api/files/local/{name}/raw",
                "icon": f"/api/thumbnails/local/{name}.small.png",
                "thumbnail": f"/api/thumbnails/local/{name}.orig.png",
            },
            "meta": {"layer_height": 0.2, "filament_type": "PLA"},
        }
    else:
        short = short_name(base)
        body = {
            "name": short,
            "display_name": base,
            "path": f"/{printer.shelf.name}",
            "refs": {
                "icon": f"/thumb/s/usb/{short}",
                "thumbnail": f"/thumb/l/usb/{short}",
                "download": f"/usb/{short}",
            },
        }
    body["type"] = "PRINT_FILE"
    if there and place is not None:
        body["size"] = place.stat().st_size
        body["m_timestamp"] = int(place.stat().st_mtime)
    return body


def storage(printer: SimulatedPrusaLink) -> dict[str, Any]:
    """Returns `/api/v1/storage`."""
    shelf = printer.shelf
    row: dict[str, Any] = {
        "path": f"/{shelf.name}/",
        "name": shelf.name,
        "type": "USB",
        "read_only": False,
        "available": shelf.is_there,
    }
    if not printer.is_pi:
        return {"storage_list": [row]}
    row |= {"path": "/local", "type": "LOCAL", "free_space": 27_429_449_728}
    card = {"type": "SDCARD", "path": "/sdcard", "available": False, "read_only": True}
    return {"storage_list": [row, card]}


def _job_numbers(printer: SimulatedPrusaLink) -> dict[str, Any]:
    machine = printer.machine
    body: dict[str, Any] = {
        "id": printer.job_id,
        "progress": float(int(machine.progress * 100)),
        "time_printing": int(machine.total_s),
    }
    if machine.printed_s > 0:
        body["time_remaining"] = int(machine.remaining_s)
    return body
