"""Units, slots, what is loaded, and what the filament path does.

Source: docs/protocols/bambu.md §6.4.
"""

from typing import Any

from odin_engine.drivers.printers.bambu.protocol import slots
from odin_engine.drivers.printers.bambu.protocol.document import Document, SlotMemo
from odin_engine.drivers.printers.bambu.protocol.fields import (
    above_zero,
    celsius,
    color,
    hexadecimal,
    percent,
    real,
    rows,
    table,
    text,
    whole,
)
from odin_engine.drivers.printers.bambu.protocol.heat import (
    current_head,
    extruder_rows,
    heads_of,
)
from odin_engine.printers.model import (
    ColorKind,
    Drying,
    DryingStatus,
    FilamentChange,
    FilamentUnit,
    Slot,
    SlotRef,
    UnitKind,
)

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
_CAN_DRY = frozenset({UnitKind.AMS_2_PRO, UnitKind.AMS_HT})
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
_COLOR_KINDS = {
    0: ColorKind.MULTI,
    1: ColorKind.GRADIENT,
    2: ColorKind.SOLID,
}
_CHANGES = {
    1: FilamentChange.CHANGING,
    2: FilamentChange.READING,
    4: FilamentChange.CALIBRATING,
}
_IDLE = 0
_WETTEST, _DRIEST = 1, 5


def active_slot(document: Document) -> SlotRef | None:
    """Returns the slot that feeds the nozzle in use, `None` while none does.

    With `device.extruder` it is the head's own `snow`: `tray_now` counts within a unit
    there (BB #420). Source: §6.4 "Active slot algorithm".
    """
    heads = extruder_rows(document)
    if heads:
        in_use = current_head(document)
        for head in heads:
            if whole(head.get("id")) == in_use and "snow" in head:
                return _external_as_listed(document, slots.of_code(head["snow"]))
        if in_use is None or len(heads) > 1:
            return None
    ref = slots.of_flat(document.table("ams").get("tray_now"))
    return _external_as_listed(document, ref)


def _external_as_listed(document: Document, ref: SlotRef | None) -> SlotRef | None:
    """Returns the external spool under the id it is listed by.

    A machine with one external spool calls it 254 in one field and 255 in another.
    """
    if ref is None or ref.unit < slots.EXTERNAL_DEPUTY:
        return ref
    listed = [whole(tray.get("id")) for tray in _external_trays(document)]
    if len(listed) == 1 and listed[0] is not None and heads_of(document) == 1:
        return SlotRef(listed[0], 0)
    return ref


def filament_change(document: Document) -> FilamentChange:
    """Returns what the filament path does just now."""
    ams = document.table("ams")
    status = whole(document.wire.get("ams_status")) or 0
    change = _CHANGES.get(status >> 8, FilamentChange.NONE)
    if change is not FilamentChange.NONE or status >> 8 == _IDLE:
        return change
    heads = extruder_rows(document)
    if heads:
        is_changing = any(
            _differs(slots.of_code(head.get("star")), slots.of_code(head.get("snow")))
            for head in heads
            if whole(head.get("id")) == current_head(document)
        )
    else:
        is_changing = _differs(
            slots.of_flat(ams.get("tray_tar")), slots.of_flat(ams.get("tray_now"))
        )
    return FilamentChange.CHANGING if is_changing else FilamentChange.NONE


def _differs(target: SlotRef | None, now: SlotRef | None) -> bool:
    return target is not None and target != now


def filament_units(
    document: Document, active: SlotRef | None
) -> tuple[FilamentUnit, ...]:
    """Returns the AMS units by id, then the external spools."""
    ams = document.table("ams")
    bits = slots.ExistBits.of(ams)
    memo: SlotMemo = {}
    units = {
        number: _unit(document, number, row, bits, active, memo)
        for row in rows(ams.get("ams"))
        if (number := whole(row.get("id"))) is not None
    }
    externals = [
        _external(document, number, tray, active, memo)
        for tray in _external_trays(document)
        if (number := whole(tray.get("id"))) is not None
    ]
    document.slot_memo = memo
    return (*(units[number] for number in sorted(units)), *externals)


def _slot_of(
    document: Document,
    memo: SlotMemo,
    ref: SlotRef,
    tray: dict[str, Any],
    *,
    is_occupied: bool | None,
    is_active: bool,
) -> Slot:
    """Returns a slot, the old one if it would be made of the same."""
    place = (ref.unit, ref.slot)
    made = document.slot_memo.get(place)
    if (
        made is None
        or made[0] is not tray
        or made[1] is not is_occupied
        or made[2] is not is_active
    ):
        slot = _slot(ref.slot, tray, is_occupied=is_occupied, is_active=is_active)
        made = (tray, is_occupied, is_active, slot)
    memo[place] = made
    return made[3]


def _unit(
    document: Document,
    number: int,
    row: dict[str, Any],
    bits: slots.ExistBits,
    active: SlotRef | None,
    memo: SlotMemo,
) -> FilamentUnit:
    info = hexadecimal(row.get("info"))
    module = _module(document, number)
    kind = _kind(document, number, info, module)
    head = None if info is None else info >> 8 & 0xF
    humidity = percent(row.get("humidity_raw"))
    level = whole(row.get("humidity"))
    temperature = celsius(row.get("temp"))
    return FilamentUnit(
        id=number,
        kind=kind,
        name=_unit_name(number, kind),
        slots=tuple(
            _slot_of(
                document,
                memo,
                ref := SlotRef(number, slot),
                tray,
                is_occupied=bits.is_occupied(number, tray),
                is_active=ref == active,
            )
            for tray in rows(row.get("tray"))
            if (slot := whole(tray.get("id"))) is not None
        ),
        nozzle=head if head in {0, 1} else None,
        # "0.0" and 0 are what units without the sensor send.
        temperature_c=temperature or None,
        humidity_pct=humidity or None,
        humidity_level=level if level and _WETTEST <= level <= _DRIEST else None,
        drying=_drying(row, info) if kind in _CAN_DRY else None,
        serial=text(module.get("sn")) or text(row.get("ams_id")),
        firmware=text(module.get("sw_ver")),
    )


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
    if number >= slots.FIRST_HT:
        return UnitKind.AMS_HT
    if info is not None:
        return UnitKind.UNKNOWN
    is_lite = number == slots.LITE_MIXED or document.facts.model.id in _LITE_MODELS
    return UnitKind.AMS_LITE if is_lite else UnitKind.AMS


def _unit_name(number: int, kind: UnitKind) -> str:
    """Returns the name the printer's own screen uses: units are counted by letters."""
    index = number - slots.FIRST_HT if number >= slots.FIRST_HT else number
    index = 0 if number == slots.LITE_MIXED else index
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


def _slot(
    number: int,
    tray: dict[str, Any],
    *,
    is_occupied: bool | None,
    is_active: bool,
) -> Slot:
    if is_occupied is False and not is_active:
        return Slot(number, is_occupied=False)
    if is_active:
        is_occupied = True
    material = text(tray.get("tray_type"))
    colors = tuple(filter(None, map(color, _list(tray.get("cols")))))
    return Slot(
        id=number,
        is_occupied=is_occupied,
        is_active=is_active,
        material=material,
        preset_id=text(tray.get("tray_info_idx")),
        product=text(tray.get("tray_sub_brands")),
        # Without a material the colour is a left-over; 00000000 with one is clear.
        color=color(tray.get("tray_color")) if material else None,
        colors=colors if material else (),
        color_kind=_color_kind(tray, colors),
        remaining_pct=_remaining(tray),
        spool_weight_g=above_zero(tray.get("tray_weight")),
        diameter_mm=_positive(tray.get("tray_diameter")),
        nozzle_min_c=above_zero(tray.get("nozzle_temp_min")),
        nozzle_max_c=above_zero(tray.get("nozzle_temp_max")),
        bed_c=above_zero(tray.get("bed_temp")),
        drying_c=above_zero(tray.get("drying_temp", tray.get("tray_temp"))),
        drying_hours=above_zero(tray.get("drying_time", tray.get("tray_time"))),
        k=_positive(tray.get("k")),
        calibration_index=_index(tray.get("cali_idx")),
        tag_uid=slots.identity(tray.get("tag_uid")),
        spool_uid=slots.identity(tray.get("tray_uuid")),
    )


def _remaining(tray: dict[str, Any]) -> int | None:
    """Returns what is left on a spool with a readable tag, in %.

    Only for those the printer knows a length; for others it sends -1 (AMS), 100 (AMS
    Lite) or 0 (external), which mean nothing. `home_flag` bit 7 switches the estimate
    as it prints; the number itself stays on the tag, so it is shown either way.
    """
    return percent(tray.get("remain")) if slots.is_tagged(tray) else None


def _color_kind(tray: dict[str, Any], colors: tuple[str, ...]) -> ColorKind:
    if len(colors) < 2:
        return ColorKind.SOLID
    return _COLOR_KINDS.get(whole(tray.get("ctype")) or 0, ColorKind.MULTI)


def _positive(value: Any) -> float | None:  # noqa: ANN401 - a wire value
    number = real(value)
    return round(number, 4) if number is not None and 0 < number < 1000 else None


def _index(value: Any) -> int | None:  # noqa: ANN401 - a wire value
    number = whole(value)
    return number if number is not None and number >= 0 else None


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - a wire value
    return value if value.__class__ is list else []


def _external_trays(document: Document) -> list[dict[str, Any]]:
    """Returns the external spools: `vir_slot`, on old firmware `vt_tray`."""
    trays = rows(document.merged.get("vir_slot"))
    if not trays and (tray := document.table("vt_tray")):
        trays = [tray if "id" in tray else {**tray, "id": slots.EXTERNAL_DEPUTY}]
    return sorted(trays, key=lambda tray: -(whole(tray.get("id")) or 0))


def _external(
    document: Document,
    number: int,
    tray: dict[str, Any],
    active: SlotRef | None,
    memo: SlotMemo,
) -> FilamentUnit:
    """Returns an external spool as a unit with one slot; no sensor sees the spool."""
    name, head = "External", 0
    if heads_of(document) > 1:
        is_left = number == slots.EXTERNAL_DEPUTY
        name, head = ("External left", 1) if is_left else ("External right", 0)
    ref = SlotRef(number, 0)
    slot = _slot_of(
        document, memo, ref, tray, is_occupied=None, is_active=ref == active
    )
    return FilamentUnit(
        id=number,
        kind=UnitKind.EXTERNAL,
        name=name,
        slots=(slot,),
        nozzle=head,
    )
