"""Commands for units, trays and spools. Source: §8.3."""

from odin_engine.simulator.bambu.commands.answer import (
    DONE,
    Answer,
    Body,
    Desk,
    integer,
    refused,
    text,
    told,
)
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.spools import Filament, settings_for
from odin_engine.simulator.bambu.machine.units import (
    EXTERNAL,
    EXTERNAL_LEFT,
    FIRST_HT,
    NOTHING,
)

_REFUSED_NOW = -2
_SLOTS = range(4)


def ams_change_filament(desk: Desk, body: Body) -> Answer:
    """Loads a tray, or unloads."""
    machine = desk.machine
    flat = _target(machine, body)
    if flat is None:
        return refused("no such slot", errno=_REFUSED_NOW)
    place = machine.feed.locate(flat)
    head = place[0].head if place else int(flat == EXTERNAL_LEFT)
    if flat == NOTHING:
        head = machine.feed.head.number
    if not machine.load(flat, head=head):
        return refused("device is busy", errno=_REFUSED_NOW)
    return Answer(fields={"errno": 0})


def unload_filament(desk: Desk, _: Body) -> Answer:
    """Takes out what is in the head."""
    head = desk.machine.feed.head.number
    works = desk.machine.load(NOTHING, head=head)
    return told(works=works, reason="device is busy")


def ams_get_rfid(desk: Desk, body: Body) -> Answer:
    """Reads a tag again."""
    flat = _flat(integer(body, "ams_id"), integer(body, "slot_id"))
    return told(works=desk.machine.read_tag(flat), reason="filament is loaded")


def ams_user_setting(desk: Desk, body: Body) -> Answer:
    """Sets when tags are read and whether the rest is estimated."""
    options = desk.machine.settings.options
    for key in ("startup_read_option", "tray_read_option", "calibrate_remain_flag"):
        if key in body:
            options[key] = body[key] is True
    return DONE


def ams_filament_setting(desk: Desk, body: Body) -> Answer:
    """Tells a tray what material and colour lies in it."""
    machine = desk.machine
    flat = _setting_target(machine, body)
    known = settings_for(text(body, "tray_type", "PLA"))
    described = Filament(
        idx=text(body, "tray_info_idx"),
        type=text(body, "tray_type"),
        brand=text(body, "tray_sub_brands"),
        nozzle_min_c=integer(body, "nozzle_temp_min", known.nozzle_min_c),
        nozzle_max_c=integer(body, "nozzle_temp_max", known.nozzle_max_c),
        dry_c=known.dry_c,
        dry_h=known.dry_h,
        print_c=known.print_c,
        bed_c=known.bed_c,
    )
    color = text(body, "tray_color", "FFFFFFFF").upper()
    works = machine.feed.configure(flat, described, color)
    return told(works=works, reason="no filament in the slot")


def ams_filament_drying(desk: Desk, body: Body) -> Answer:
    """Starts or stops drying."""
    unit = desk.machine.feed.unit(integer(body, "ams_id"))
    if unit is None or not unit.kind.can_dry:
        return refused("not supported")
    if integer(body, "mode") == 0:
        unit.stop_drying()
        return DONE
    if desk.machine.prints.is_busy:
        return refused("device is busy", errno=_REFUSED_NOW)
    if unit.is_drying:
        return refused("already drying", errno=_REFUSED_NOW)
    hours = min(max(integer(body, "duration"), 1), 24)
    unit.dry(integer(body, "temp"), hours, text(body, "filament"))
    return DONE


def _flat(unit_id: int, slot: int) -> int:
    return unit_id if unit_id >= FIRST_HT else unit_id * 4 + slot


def _target(machine: Machine, body: Body) -> int | None:
    target = integer(body, "target", NOTHING)
    if "ams_id" not in body:
        return target
    unit_id, slot = integer(body, "ams_id"), integer(body, "slot_id", 0)
    if slot == NOTHING:
        return NOTHING
    if slot == EXTERNAL == target:
        return EXTERNAL
    if unit_id in (EXTERNAL, NOTHING):
        return _holder(machine, unit_id)
    flat = _flat(unit_id, slot)
    return flat if machine.feed.spool(flat) else None


def _setting_target(machine: Machine, body: Body) -> int:
    unit_id = integer(body, "ams_id")
    if unit_id in (EXTERNAL, NOTHING):
        return _holder(machine, unit_id)
    slot = integer(body, "tray_id", 0)
    if slot not in _SLOTS:
        # Some clients count it on from unit to unit; those send `slot_id` too.
        slot = integer(body, "slot_id", slot)
    return _flat(unit_id, slot)


def _holder(machine: Machine, unit_id: int) -> int:
    is_left = machine.model.heads == 2 and unit_id == EXTERNAL
    return EXTERNAL_LEFT if is_left else EXTERNAL
