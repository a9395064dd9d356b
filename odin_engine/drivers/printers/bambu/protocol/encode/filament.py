"""Spools and their boxes: read, load, unload, describe, dry. Source: §8.3."""

import re

from odin_engine.drivers.printers.bambu.protocol.encode.pressure import (
    pressure_advance,
)
from odin_engine.drivers.printers.bambu.protocol.encode.request import (
    Confirms,
    Machine,
    Request,
    printing,
)
from odin_engine.drivers.printers.bambu.protocol.encode.trays import (
    flat_tray,
    is_external,
)
from odin_engine.drivers.printers.bambu.protocol.fields import rows, table, whole
from odin_engine.drivers.printers.bambu.protocol.slots import (
    EXTERNAL_DEPUTY,
    EXTERNAL_MAIN,
    LITE_MIXED,
)
from odin_engine.printers.model import (
    CommandRejected,
    ConfigureSlot,
    Drying,
    DryingStatus,
    FilamentChange,
    FilamentUnit,
    LoadFilament,
    NotSupported,
    PrinterState,
    ReadFilament,
    Slot,
    SlotRef,
    StartDrying,
    StopDrying,
    UnloadFilament,
)

_UNLOAD = 255
_COOLING_C = 20
_DRIES = frozenset({DryingStatus.CHECKING, DryingStatus.DRYING})
_SUPPORT_FILAMENT = re.compile(r"GFS\d\d")
"""Support materials have an S of their own, before that of the settings."""


def read(command: ReadFilament, machine: Machine) -> tuple[Request, ...]:
    """Reads a tag again."""
    _slot(machine, command.slot)
    if is_external(command.slot):
        raise NotSupported("An external spool has no tag reader.")
    return (
        printing("ams_get_rfid", ams_id=command.slot.unit, slot_id=command.slot.slot),
    )


def load(command: LoadFilament, machine: Machine) -> tuple[Request, ...]:
    """Feeds a slot; units beyond the four classic ones are their own target."""
    ref = command.slot
    _slot(machine, ref)
    return (
        _change(
            ref.unit,
            ref.slot,
            ref.unit if ref.unit >= LITE_MIXED else flat_tray(ref),
            lambda state: state.active_slot == ref or _is_changing(state),
        ),
    )


def unload(command: UnloadFilament, machine: Machine) -> tuple[Request, ...]:
    """Pulls back what is loaded."""
    return (
        _change(
            _loaded_unit(machine, command.nozzle),
            _UNLOAD,
            _UNLOAD,
            lambda state: state.active_slot is None or _is_changing(state),
        ),
    )


def _is_changing(state: PrinterState) -> bool:
    return state.filament_change is FilamentChange.CHANGING


def _change(unit: int, slot: int, target: int, confirms: Confirms) -> Request:
    return printing(
        "ams_change_filament",
        ams_id=unit,
        slot_id=slot,
        target=target,
        # The firmware chooses the temperatures for the filaments that it knows.
        curr_temp=-1,
        tar_temp=-1,
        confirms=confirms,
    )


def _loaded_unit(machine: Machine, nozzle: int) -> int:
    """Returns the unit that feeds a head: it tells which head is to be unloaded."""
    if machine.model.heads > 1:
        extruder = table(table(machine.wire.get("device")).get("extruder"))
        for head in rows(extruder.get("info")):
            code = whole(head.get("snow"))
            if whole(head.get("id")) == nozzle and code is not None:
                return code >> 8 & 0xFF
    active = machine.state.active_slot
    return active.unit if active is not None else 0


def configure(command: ConfigureSlot, machine: Machine) -> tuple[Request, ...]:
    """Describes what is in a slot, and its K factor where one is given."""
    ref = command.slot
    slot = _slot(machine, ref)
    unit, tray, number = ref.unit, ref.slot, ref.slot
    if is_external(ref):
        # 254 as tray says "external", the unit says which (BB #1279).
        unit = ref.unit if machine.model.heads > 1 else EXTERNAL_MAIN
        tray, number = EXTERNAL_DEPUTY, 0
    setting = printing(
        "ams_filament_setting",
        ams_id=unit,
        tray_id=tray,
        slot_id=number,
        tray_info_idx=command.preset_id,
        setting_id=setting_of(command.preset_id),
        tray_type=command.material,
        tray_sub_brands="",
        tray_color=command.color.removeprefix("#").upper(),
        nozzle_temp_min=command.nozzle_min_c,
        nozzle_temp_max=command.nozzle_max_c,
        confirms=lambda state: _holds(state, command),
    )
    if command.k is None:
        return (setting,)
    return setting, pressure_advance(command, slot, machine)


def setting_of(preset_id: str) -> str:
    """Returns the settings id of a maker's filament id; a user's own has none here.

    `GFL99` becomes `GFSL99`, `GFS00` becomes `GFSS00`. Source: §11.
    """
    if _SUPPORT_FILAMENT.fullmatch(preset_id):
        return f"GFS{preset_id[2:]}"
    if preset_id.startswith("GFS"):
        return preset_id
    return f"GFS{preset_id[2:]}" if preset_id.startswith("GF") else ""


def _holds(state: PrinterState, command: ConfigureSlot) -> bool:
    return any(
        slot.preset_id == command.preset_id
        and slot.material == command.material
        and slot.color == command.color.upper()
        for unit in state.filament_units
        if unit.id == command.slot.unit
        for slot in unit.slots
        if slot.id == command.slot.slot
    )


def start_drying(command: StartDrying, machine: Machine) -> tuple[Request, ...]:
    """Dries for hours; what the unit itself names as an obstacle is refused here."""
    unit, drying = _dryer(machine, command.unit)
    if drying.blocked_by:
        why = ", ".join(drying.blocked_by).replace("_", " ")
        raise CommandRejected(f"{unit.name} cannot dry now: {why}.")
    return (
        _dry(
            command.unit,
            wanted=True,
            mode=1,
            filament=command.material,
            temp=command.target_c,
            duration=command.hours,
            rotate_tray=command.rotate,
            cooling_temp=_COOLING_C,
        ),
    )


def stop_drying(command: StopDrying, machine: Machine) -> tuple[Request, ...]:
    """Ends a drying run."""
    _dryer(machine, command.unit)
    return (_dry(command.unit, wanted=False),)


def _dryer(machine: Machine, unit_id: int) -> tuple[FilamentUnit, Drying]:
    unit = _unit(machine, unit_id)
    if unit.drying is None:
        raise NotSupported(f"{unit.name} cannot dry.")
    return unit, unit.drying


def _dry(unit_id: int, *, wanted: bool, **given: object) -> Request:
    body: dict[str, object] = {
        "mode": 0,
        "filament": "",
        "temp": 0,
        "duration": 0,
        "humidity": 0,
        "rotate_tray": False,
        "cooling_temp": 0,
        "close_power_conflict": False,
    }
    return printing(
        "ams_filament_drying",
        confirms=lambda state: _dries(state, unit_id) is wanted,
        ams_id=unit_id,
        **(body | given),
    )


def _dries(state: PrinterState, unit_id: int) -> bool:
    return any(
        unit.id == unit_id and unit.drying is not None and unit.drying.status in _DRIES
        for unit in state.filament_units
    )


def _unit(machine: Machine, unit_id: int) -> FilamentUnit:
    for unit in machine.state.filament_units:
        if unit.id == unit_id:
            return unit
    raise NotSupported(f"This printer has no filament unit {unit_id}.")


def _slot(machine: Machine, ref: SlotRef) -> Slot:
    for slot in _unit(machine, ref.unit).slots:
        if slot.id == ref.slot:
            return slot
    raise NotSupported(f"This printer has no slot {ref.slot + 1} in unit {ref.unit}.")
