"""One slot: a row of `tray`, or an external spool.

Source: docs/protocols/bambu.md §6.4 ("Tray fields").
"""

from typing import Any

from odin_engine.drivers.printers.bambu.protocol import slots
from odin_engine.drivers.printers.bambu.protocol.fields import (
    above_zero,
    color,
    percent,
    real,
    text,
    whole,
)
from odin_engine.printers.model import ColorKind, Slot

_COLOR_KINDS = {
    0: ColorKind.MULTI,
    1: ColorKind.GRADIENT,
    2: ColorKind.SOLID,
}


def slot_of(
    number: int,
    tray: dict[str, Any],
    *,
    is_occupied: bool | None,
    is_active: bool,
) -> Slot:
    """Returns a slot; an empty one holds nothing.

    One that feeds the nozzle and is described is never empty, whatever its bit says. One
    that is not described has run out: only the end of the filament is in the machine.
    """
    if is_occupied is False and (not is_active or slots.is_bare(tray)):
        return Slot(number, is_occupied=False, is_active=is_active)
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
