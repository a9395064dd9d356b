"""Starting a print: finding the file, reading it, checking the mapping. Source: §8.2."""

from pathlib import PurePosixPath

from odin_engine.simulator.bambu.commands.answer import (
    DONE,
    Answer,
    Body,
    Desk,
    refused,
    text,
)
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine import alarms as codes
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour
from odin_engine.simulator.bambu.machine.plan import Options, PlanFilament, PrintPlan
from odin_engine.simulator.bambu.machine.units import EXTERNAL, EXTERNAL_LEFT
from odin_engine.simulator.bambu.sliced import Unreadable, read_plan

_INT32_MAX = 2**31 - 1
_FILE_ROOTS = ("file:///sdcard/", "file:///mnt/sdcard/", "file:///media/usb0/")


def project_file(desk: Desk, body: Body) -> Answer:
    """Starts a plate of an uploaded file."""
    machine = desk.machine
    if machine.prints.is_busy and machine.model.second_start_cancels:
        # Source: §8.2, guards: an A1 mini drops the running job.
        machine.prints.cancel()
        return DONE
    if machine.prints.is_busy or machine.does(Misbehaviour.BUSY):
        machine.alarms.print_error = codes.BUSY
        return refused("device is busy", err_code=codes.BUSY)
    if _is_too_big(machine, body):
        # Accepted, and then nothing ever happens. Source: §8.2, ids.
        return DONE
    plan, verdict = _find_plan(desk, body)
    slots = _slots(machine, plan, body)
    if slots is None:
        slots, verdict = {}, verdict or codes.NO_MAPPING
    machine.start(
        plan,
        slots=slots,
        heads=_heads(machine, slots),
        options=_options(body),
        verdict=verdict,
    )
    return DONE


def gcode_file(desk: Desk, body: Body) -> Answer:
    """Starts a plain g-code file on the card."""
    machine = desk.machine
    if machine.prints.is_busy:
        machine.alarms.print_error = codes.BUSY
        return refused("device is busy", err_code=codes.BUSY)
    path = PurePosixPath(text(body, "param").removeprefix("/sdcard"))
    verdict = 0 if desk.card.has(path) else codes.CANNOT_READ_FILE
    machine.start(_unknown_plan(path.name), verdict=verdict)
    return DONE


def card_path(machine: Machine, url: str) -> PurePosixPath | None:
    """Turns the URL of a start command into a path on the card, if it can.

    Source: §8.2, `url`: which form works where.
    """
    if url.startswith("ftp://"):
        rest = url.removeprefix("ftp://").lstrip("/")
        if machine.model.sends_deltas and "/" in rest:
            return None
        return PurePosixPath("/") / rest
    if machine.model.file_urls:
        for root in _FILE_ROOTS:
            if url.startswith(root):
                return PurePosixPath("/") / url.removeprefix(root)
    return None


def _find_plan(desk: Desk, body: Body) -> tuple[PrintPlan, int]:
    url, param = text(body, "url"), text(body, "param")
    path = card_path(desk.machine, url)
    name = PurePosixPath(url).name
    if path is None:
        return _unknown_plan(name), codes.CANNOT_READ_FILE
    if not desk.card.is_there or path in desk.card.writing:
        return _unknown_plan(name), codes.STORAGE_ERROR
    if not desk.card.has(path):
        desk.card.complete()
    try:
        plan = read_plan(desk.card.place(path), param)
    except Unreadable:
        return _unknown_plan(name), codes.CANNOT_READ_FILE
    expected = text(body, "md5").upper()
    if expected and desk.card.sum_of(path) != expected:
        return _unknown_plan(name), codes.CANNOT_READ_FILE
    return _named(desk.machine, plan, param), 0


def _named(machine: Machine, plan: PrintPlan, param: str) -> PrintPlan:
    """Fills in the file name as reports give it: small boards drop the plate (§6.1)."""
    prefix = machine.model.prefix_of_files
    return PrintPlan(
        name=plan.name,
        plate=plan.plate,
        layers=plan.layers,
        print_s=plan.print_s,
        filaments=plan.filaments,
        objects=plan.objects,
        nozzle_c=plan.nozzle_c,
        bed_c=min(plan.bed_c, machine.model.bed_max_c),
        gcode_file=f"{prefix}{param}" if prefix else plan.name,
    )


def _unknown_plan(name: str) -> PrintPlan:
    return PrintPlan(
        name=name,
        plate=0,
        layers=0,
        print_s=600,
        filaments=(PlanFilament(0, "PLA", "#FFFFFF", 1.0),),
        gcode_file=name,
    )


def _slots(machine: Machine, plan: PrintPlan, body: Body) -> dict[int, int] | None:
    """Reads the mapping; None where the machine cannot make sense of it."""
    if body.get("use_ams") is not True:
        return {}
    flats, pairs = body.get("ams_mapping"), body.get("ams_mapping2")
    if not isinstance(flats, list):
        return None
    slots: dict[int, int] = {}
    for each in plan.filaments:
        if each.index >= len(flats) or not isinstance(flats[each.index], int):
            return None
        flat = flats[each.index]
        if flat == -1:
            slots[each.index] = _external(machine, pairs, each.index)
        elif flat in (254, 255) or machine.feed.spool(flat) is None:
            return None
        else:
            slots[each.index] = flat
    return slots


def _external(machine: Machine, pairs: object, index: int) -> int:
    pair = pairs[index] if isinstance(pairs, list) and index < len(pairs) else None
    is_left = isinstance(pair, dict) and pair.get("ams_id") == 254
    return EXTERNAL_LEFT if is_left and machine.model.heads == 2 else EXTERNAL


def _heads(machine: Machine, slots: dict[int, int]) -> dict[int, int]:
    """Finds the head each filament reaches: a unit feeds one head only."""
    heads: dict[int, int] = {}
    for index, flat in slots.items():
        place = machine.feed.locate(flat)
        if flat == EXTERNAL_LEFT:
            heads[index] = 1
        elif place is not None:
            heads[index] = place[0].head
    return heads


def _options(body: Body) -> Options:
    # Only a real true counts: machines were seen to skip on 1. Source: §8.2.
    return Options(
        subtask_name=text(body, "subtask_name"),
        project_id=text(body, "project_id", "0"),
        profile_id=text(body, "profile_id", "0"),
        task_id=text(body, "task_id", "0"),
        subtask_id=text(body, "subtask_id", "0"),
        bed_leveling=body.get("bed_leveling") is True,
        flow_calibration=body.get("flow_cali") is True,
        vibration=body.get("vibration_cali") is True,
        inspects_layer=body.get("layer_inspect") is True,
        timelapse=body.get("timelapse") is True,
    )


def _is_too_big(machine: Machine, body: Body) -> bool:
    if not machine.model.sends_deltas:
        return False
    ids = (text(body, key, "0") for key in ("task_id", "subtask_id", "project_id"))
    return any(each.isdigit() and int(each) > _INT32_MAX for each in ids)
