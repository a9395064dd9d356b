"""The Canvas filament unit, in the forms that firmwares give it.

Source: docs/printers/elegoo.md; ids count from 0, `active_tray_id` -1 is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol.fields import (
    color,
    rows,
    table,
    text,
    whole,
)
from odin_engine.printers.model import FilamentUnit, Slot, SlotRef, UnitKind

_TRAYS = 4
_EMPTY, _IN_USE = 0, 2
_PLACEHOLDERS = frozenset({"?", "-", "—", "——", "———", "null"})
_MOST_UNITS = 16


@dataclass(frozen=True, slots=True)
class Canvas:
    """The units, and which slot feeds the nozzle."""

    units: tuple[FilamentUnit, ...]
    active: SlotRef | None


def read(data: Mapping[str, Any]) -> Canvas | None:
    """Returns what a `Data` says of the Canvas; `None` where it is about other things."""
    body = table(data.get("canvas_info")) or data
    if "canvas_list" not in body:
        return None
    unit, tray = whole(body.get("active_canvas_id")), whole(body.get("active_tray_id"))
    active = None
    if unit is not None and tray is not None and unit >= 0 and tray >= 0:
        active = SlotRef(unit, tray)
    listed = rows(body["canvas_list"])[:_MOST_UNITS]
    units = tuple(
        _unit(number, row, active)
        for index, row in enumerate(listed)
        if whole(row.get("connected", 1)) != 0
        and (number := _number(row.get("canvas_id"), index)) is not None
    )
    present = {SlotRef(each.id, slot.id) for each in units for slot in each.slots}
    return Canvas(units, active if active in present else None)


def _number(value: object, index: int) -> int | None:
    number = whole(value)
    if number is None:
        return index
    return number if 0 <= number < 1000 else None


def _unit(number: int, row: Mapping[str, Any], active: SlotRef | None) -> FilamentUnit:
    trays = rows(row.get("tray_list")) or _flat(row)
    slots = tuple(
        _slot(place, tray, is_active=active == SlotRef(number, place))
        for index, tray in enumerate(trays[:_TRAYS])
        if (place := _number(tray.get("tray_id"), index)) is not None
    )
    return FilamentUnit(
        id=number, kind=UnitKind.CANVAS, name=f"Canvas {number + 1}", slots=slots
    )


def _flat(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns trays from arrays of four, one for each property."""
    columns = {key: value for key, value in row.items() if isinstance(value, list)}
    longest = min(max(map(len, columns.values()), default=0), _TRAYS)
    return [
        {key: value[index] for key, value in columns.items() if index < len(value)}
        for index in range(longest)
    ]


def _slot(place: int, tray: Mapping[str, Any], *, is_active: bool) -> Slot:
    status = whole(tray.get("status"))
    material = _named(tray.get("filament_type"))
    if status == _EMPTY or (status is None and material is None):
        return Slot(place, is_occupied=False)
    brand, name = _named(tray.get("brand")), _named(tray.get("filament_name"))
    return Slot(
        place,
        is_occupied=True,
        is_active=is_active or status == _IN_USE,
        material=material,
        product=" ".join(filter(None, (brand, name))) or None,
        color=color(tray.get("filament_color")),
        nozzle_min_c=whole(tray.get("min_nozzle_temp")),
        nozzle_max_c=whole(tray.get("max_nozzle_temp")),
    )


def _named(value: object) -> str | None:
    word = text(value)
    return None if word is None or word.strip() in _PLACEHOLDERS else word
