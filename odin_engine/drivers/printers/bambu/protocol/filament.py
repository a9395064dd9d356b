"""The filament units of a document: AMS units and external spools.

Source: docs/protocols/bambu.md §6.4.
"""

from typing import Any

from odin_engine.drivers.printers.bambu.protocol.document import (
    Document,
    Made,
    UnitMemo,
)
from odin_engine.drivers.printers.bambu.protocol.fields import (
    above_zero,
    celsius,
    hexadecimal,
    percent,
    rows,
    table,
    text,
    whole,
)
from odin_engine.drivers.printers.bambu.protocol.heat import heads_of
from odin_engine.drivers.printers.bambu.protocol.path import external_trays
from odin_engine.drivers.printers.bambu.protocol.slots import (
    EXTERNAL_DEPUTY,
    FIRST_HT,
    LITE_MIXED,
    ExistBits,
)
from odin_engine.drivers.printers.bambu.protocol.tray import slot_of
from odin_engine.printers.model import (
    Drying,
    DryingStatus,
    FilamentUnit,
    Slot,
    SlotRef,
    UnitKind,
)
from odin_engine.printers.model.bounds import drying_bounds

_KINDS_BY_TYPE = {
    1: UnitKind.AMS,
    2: UnitKind.AMS_LITE,
    3: UnitKind.AMS_2_PRO,
    4: UnitKind.AMS_HT,
    5: UnitKind.AMS_LITE,
}
_KINDS_BY_MODULE = {
    "ams": UnitKind.AMS,
    "ams_f1": UnitKind.AMS_LITE,
    "n3f": UnitKind.AMS_2_PRO,
    "n3s": UnitKind.AMS_HT,
}
_LITE_MODELS = frozenset({"a1", "a1_mini", "a2l"})
_NAMES = {
    UnitKind.AMS_LITE: "AMS Lite",
    UnitKind.AMS_HT: "AMS HT",
}
_DRYING = {
    0: DryingStatus.OFF,
    1: DryingStatus.CHECKING,
    2: DryingStatus.DRYING,
    3: DryingStatus.COOLING,
    4: DryingStatus.STOPPING,
    5: DryingStatus.ERROR,
    # "Cannot stop" and the factory's test run.
    6: DryingStatus.ERROR,
    7: DryingStatus.CHECKING,
}
_BLOCKS_DRYING = {
    0: "printing",
    1: "low_power",
    2: "busy",
    3: "filament_at_outlet",
    4: "starting",
    5: "two_d_mode",
    6: "drying",
    7: "upgrading",
    8: "needs_power_adapter",
}
_WETTEST, _DRIEST = 1, 5


def filament_units(
    document: Document, active: SlotRef | None
) -> tuple[FilamentUnit, ...]:
    """Returns the AMS units by id, then the external spools.

    A unit that would be made of the same as last time is the one made then.
    """
    ams = document.table("ams")
    bits = ExistBits.of(ams)
    units: UnitMemo = {}
    for row in rows(ams.get("ams")):
        number = whole(row.get("id"))
        if number is not None:
            units[number] = _unit(document, number, row, bits, _used(active, number))
    externals: UnitMemo = {}
    for row in external_trays(document):
        number = whole(row.get("id"))
        if number is not None:
            externals[number] = _external(document, number, row, _used(active, number))
    document.unit_memo = {**units, **externals}
    ordered = [units[number] for number in sorted(units)]
    return tuple([made.unit for made in (*ordered, *externals.values())])


def _used(active: SlotRef | None, unit: int) -> int | None:
    """Returns which slot of a unit feeds the nozzle."""
    return active.slot if active is not None and active.unit == unit else None


def _unit(
    document: Document,
    number: int,
    row: dict[str, Any],
    bits: ExistBits,
    used: int | None,
) -> Made:
    made = document.unit_memo.get(number)
    trays = row.get("tray")
    basis = (bits, used)
    slots = None
    if made is not None and made.basis == basis:
        if made.row is row:
            return made
        if made.row.get("tray") is trays:
            slots = made.unit.slots
    if slots is None:
        slots = _slots(number, rows(trays), bits, used)
    return Made(row, basis, _described(document, number, row, slots))


def _slots(
    unit: int, trays: list[dict[str, Any]], bits: ExistBits, used: int | None
) -> tuple[Slot, ...]:
    return tuple(
        slot_of(
            number,
            tray,
            is_occupied=bits.is_occupied(unit, tray),
            is_active=number == used,
        )
        for tray in trays
        if (number := whole(tray.get("id"))) is not None
    )


def _described(
    document: Document, number: int, row: dict[str, Any], slots: tuple[Slot, ...]
) -> FilamentUnit:
    info = hexadecimal(row.get("info"))
    module = _module(document, number)
    kind = _kind(document, number, info, module)
    head = None if info is None else info >> 8 & 0xF
    bounds = drying_bounds(kind)
    humidity_pct, humidity_level = _humidity(kind, row)
    return FilamentUnit(
        id=number,
        kind=kind,
        name=_unit_name(number, kind),
        slots=slots,
        nozzle=head if head in {0, 1} else None,
        # "0.0" is what units without the sensor send.
        temperature_c=celsius(row.get("temp")) or None,
        humidity_pct=humidity_pct,
        humidity_level=humidity_level,
        drying=_drying(row, info) if bounds else None,
        drying_bounds=bounds,
        serial=text(module.get("sn")) or text(row.get("ams_id")),
        firmware=text(module.get("sw_ver")),
    )


def _humidity(kind: UnitKind, row: dict[str, Any]) -> tuple[int | None, int | None]:
    """Returns the humidity in % and on the maker's scale."""
    if kind is UnitKind.AMS_LITE:
        # An open frame without a sensor, which always reports the driest level.
        return None, None
    level = whole(row.get("humidity"))
    is_level = level is not None and _WETTEST <= level <= _DRIEST
    # 0 % is what units without the sensor send.
    return percent(row.get("humidity_raw")) or None, level if is_level else None


def _module(document: Document, number: int) -> dict[str, Any]:
    names = {f"{board}/{number}" for board in _KINDS_BY_MODULE}
    for module in document.facts.modules:
        if str(module.get("name")) in names:
            return module
    return {}


def _kind(
    document: Document, number: int, info: int | None, module: dict[str, Any]
) -> UnitKind:
    """Returns a unit's kind: from its `info`, else its module, else its place."""
    kind = None if info is None else _KINDS_BY_TYPE.get(info & 0xF)
    if kind is None and module:
        kind = _KINDS_BY_MODULE.get(str(module.get("name")).partition("/")[0])
    if kind is not None:
        return kind
    if number >= FIRST_HT:
        return UnitKind.AMS_HT
    if info is not None:
        return UnitKind.UNKNOWN
    is_lite = number == LITE_MIXED or document.facts.model.id in _LITE_MODELS
    return UnitKind.AMS_LITE if is_lite else UnitKind.AMS


def _unit_name(number: int, kind: UnitKind) -> str:
    """Returns the name the printer's own screen uses: units are counted by letters."""
    index = number - FIRST_HT if number >= FIRST_HT else number
    index = 0 if number == LITE_MIXED else index
    name = _NAMES.get(kind, "AMS")
    return f"{name} {chr(ord('A') + index)}" if 0 <= index < 26 else f"{name} {number}"


def _drying(row: dict[str, Any], info: int | None) -> Drying:
    setting = table(row.get("dry_setting"))
    minutes = whole(row.get("dry_time"))
    remaining_s = None if minutes is None or minutes < 0 else minutes * 60
    if info is not None:
        status = _DRYING.get(info >> 4 & 0xF, DryingStatus.OFF)
    else:
        status = DryingStatus.DRYING if remaining_s else DryingStatus.OFF
    hours = above_zero(setting.get("dry_duration"))
    reasons = row.get("dry_sf_reason")
    numbers = map(whole, reasons) if reasons.__class__ is list else ()
    return Drying(
        status=status,
        remaining_s=remaining_s,
        target_c=above_zero(setting.get("dry_temperature")),
        duration_s=None if hours is None else hours * 3600,
        material=text(setting.get("dry_filament")),
        blocked_by=tuple(
            _BLOCKS_DRYING.get(number, f"reason_{number}")
            for number in numbers
            if number is not None
        ),
    )


def _external(
    document: Document, number: int, row: dict[str, Any], used: int | None
) -> Made:
    """Returns an external spool as a unit with one slot; no sensor sees the spool."""
    heads = heads_of(document)
    made = document.unit_memo.get(number)
    basis = (heads, used)
    if made is not None and made.row is row and made.basis == basis:
        return made
    name, head = "External", 0
    if heads > 1:
        is_left = number == EXTERNAL_DEPUTY
        name, head = ("External left", 1) if is_left else ("External right", 0)
    slot = slot_of(0, row, is_occupied=None, is_active=used is not None)
    unit = FilamentUnit(number, UnitKind.EXTERNAL, name, (slot,), nozzle=head)
    return Made(row, basis, unit)
