"""Which slot a filament of a file is printed from. Pure; the one place that judges it.

A proposal needs the material to be the same; whether the colour is close enough is
said, and left to whoever looks. Colours are compared by CIEDE2000, not by name.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from odin_engine.printers.model.details import PrintFilament
from odin_engine.printers.model.state import FilamentUnit, Slot, SlotRef, UnitKind

CLOSE_COLORS = 15.0
"""CIEDE2000. Two makers' reds differ by up to 12, red and orange by 20 and more."""
_OPPOSITE_COLORS = 100.0


class Fit(StrEnum):
    """How a slot suits a filament, the best first; the last two can never be used."""

    SAME = "same"
    OTHER_COLOR = "other_color"
    UNKNOWN = "unknown"
    OTHER_MATERIAL = "other_material"
    OTHER_HEAD = "other_head"
    EMPTY = "empty"


_ORDER = {fit: rank for rank, fit in enumerate(Fit)}


@dataclass(frozen=True, slots=True)
class SlotFit:
    """A slot, and how it suits a filament."""

    unit: int
    slot: int
    fit: Fit

    @property
    def ref(self) -> SlotRef:
        """Where it is."""
        return SlotRef(self.unit, self.slot)


def fits(filament: PrintFilament, units: Sequence[FilamentUnit]) -> tuple[SlotFit, ...]:
    """Returns how each slot of a printer suits a filament, in the printer's order."""
    return tuple(
        SlotFit(unit.id, slot.id, _fit(filament, unit, slot))
        for unit in units
        for slot in unit.slots
    )


def proposed(
    filaments: Sequence[PrintFilament], units: Sequence[FilamentUnit]
) -> tuple[SlotRef | None, ...]:
    """Returns a slot for each filament, `None` where none has its material.

    No slot twice, unless both would print in its very colour. The external spool is
    proposed only where there is nothing else: its content is what somebody typed once.
    """
    has_units = any(unit.kind is not UnitKind.EXTERNAL for unit in units)
    slots = {
        SlotRef(unit.id, slot.id): (unit, slot)
        for unit in units
        for slot in unit.slots
        if not (has_units and unit.kind is UnitKind.EXTERNAL)
    }
    ranked = sorted(
        (_rank(filament, *slots[ref]), place, index, ref)
        for index, filament in enumerate(filaments)
        for place, ref in enumerate(slots)
        if _fit(filament, *slots[ref]) in {Fit.SAME, Fit.OTHER_COLOR}
    )
    found: dict[int, SlotRef] = {}
    for *_, index, ref in ranked:
        if index not in found and ref not in found.values():
            found[index] = ref
    for (order, *_), _, index, ref in ranked:
        if order == _ORDER[Fit.SAME]:
            found.setdefault(index, ref)
    return tuple(found.get(index) for index in range(len(filaments)))


def _rank(
    filament: PrintFilament, unit: FilamentUnit, slot: Slot
) -> tuple[int, bool, float, int]:
    """Returns what the slots are sorted by, the best first."""
    has_other_preset = (
        filament.preset_id is None or filament.preset_id != slot.preset_id
    )
    distance = color_distance(filament.color, slot.color)
    return (
        _ORDER[_fit(filament, unit, slot)],
        has_other_preset,
        _OPPOSITE_COLORS if distance is None else distance,
        # Of two equal spools the one that has less is used up first.
        100 if slot.remaining_pct is None else slot.remaining_pct,
    )


def _fit(filament: PrintFilament, unit: FilamentUnit, slot: Slot) -> Fit:
    if slot.is_occupied is False:
        return Fit.EMPTY
    if None not in {filament.head, unit.nozzle} and filament.head != unit.nozzle:
        return Fit.OTHER_HEAD
    if filament.material is None or slot.material is None:
        return Fit.UNKNOWN
    if filament.material.casefold() != slot.material.casefold():
        return Fit.OTHER_MATERIAL
    distance = color_distance(filament.color, slot.color)
    if distance is None:
        return Fit.UNKNOWN
    return Fit.SAME if distance <= CLOSE_COLORS else Fit.OTHER_COLOR


def color_distance(one: str | None, other: str | None) -> float | None:
    """Returns how different two colours look (CIEDE2000: 2 is just seen, 100 is most).

    `None` where either is unknown. Transparency is left out: `#RRGGBB` is compared.
    """
    if one is None or other is None:
        return None
    return _ciede2000(_lab(one), _lab(other))


type _Lab = tuple[float, float, float]

_D65 = (0.95047, 1.0, 1.08883)
_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_SRGB_KNEE = 0.04045
_LAB_KNEE = (6 / 29) ** 3
_25_TO_7 = 25.0**7
_HALF_TURN = 180.0


def _lab(color: str) -> _Lab:
    """Returns a colour in CIE L*a*b*, D65."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= _SRGB_KNEE else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    x, y, z = (
        _curved(sum(a * b for a, b in zip(row, linear, strict=True)) / white)
        for row, white in zip(_TO_XYZ, _D65, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _curved(share: float) -> float:
    return math.cbrt(share) if share > _LAB_KNEE else share * (29 / 6) ** 2 / 3 + 4 / 29


def _ciede2000(one: _Lab, other: _Lab) -> float:
    """Source: Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference Formula" (2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * math.sqrt(mean_c7 / (mean_c7 + _25_TO_7))
    c1, c2 = math.hypot(a1 * stretch, b1), math.hypot(a2 * stretch, b2)
    h1, h2 = _hue(a1 * stretch, b1), _hue(a2 * stretch, b2)
    turn, mean_h = (0.0, h1 + h2) if not c1 * c2 else _turn(h1, h2)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    delta_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    weight = (
        1
        - 0.17 * _cos(mean_h - 30)
        + 0.24 * _cos(2 * mean_h)
        + 0.32 * _cos(3 * mean_h + 6)
        - 0.20 * _cos(4 * mean_h - 63)
    )
    off_l = (mean_l - 50) ** 2
    in_l = (l2 - l1) / (1 + 0.015 * off_l / math.sqrt(20 + off_l))
    in_c = (c2 - c1) / (1 + 0.045 * mean_c)
    in_h = delta_h / (1 + 0.015 * mean_c * weight)
    around = 60 * math.exp(-(((mean_h - 275) / 25) ** 2))
    skew = 2 * math.sqrt(mean_c**7 / (mean_c**7 + _25_TO_7))
    together = -math.sin(math.radians(around)) * skew * in_c * in_h
    return math.sqrt(max(in_l**2 + in_c**2 + in_h**2 + together, 0.0))


def _hue(a: float, b: float) -> float:
    return math.degrees(math.atan2(b, a)) % (2 * _HALF_TURN)


def _turn(h1: float, h2: float) -> tuple[float, float]:
    """Returns the shorter way from one hue to another, and the hue in its middle."""
    turn = (h2 - h1 + _HALF_TURN) % (2 * _HALF_TURN) - _HALF_TURN
    return turn, (h1 + turn / 2) % (2 * _HALF_TURN)


def _cos(degrees: float) -> float:
    return math.cos(math.radians(degrees))
