"""Where a slot is in the wire's bit masks and codes.

Source: docs/protocols/bambu.md §6.4 (exist bits, slot codes, `tray_now`), §5.1.
"""

from dataclasses import dataclass
from typing import Any

from odin_engine.drivers.printers.bambu.protocol.fields import hexadecimal, text, whole
from odin_engine.printers.model import SlotRef

EXTERNAL_MAIN = 255
EXTERNAL_DEPUTY = 254
FIRST_HT = 128
LITE_MIXED = 16
"""The unit id of an A2L's own holder."""

_AMS_UNITS = 4
_HT_UNITS = 8
_NONE = 255
_NO_SLOT = 0xFF
_LAST_FLAT = 15
_FIRST_MIXED = 24
"""The vendor's client counts the slots of an A2L's holder from here, as the bits do."""
_BARE = frozenset({"id", "state"})


def unit_bit(unit: int | None) -> int | None:
    """Returns a unit's bit in `ams_exist_bits`."""
    if unit is None:
        return None
    if 0 <= unit < _AMS_UNITS:
        return unit
    if FIRST_HT <= unit < FIRST_HT + _HT_UNITS:
        return 4 + unit - FIRST_HT
    return 12 if unit == LITE_MIXED else None


def tray_bit(unit: int | None, slot: int | None) -> int | None:
    """Returns a slot's bit in `tray_exist_bits` and the masks of the same layout."""
    if unit is None or slot is None or not 0 <= slot <= 3:
        return None
    if 0 <= unit < _AMS_UNITS:
        return unit * 4 + slot
    if FIRST_HT <= unit < FIRST_HT + _HT_UNITS and slot == 0:
        return 16 + unit - FIRST_HT
    return _FIRST_MIXED + slot if unit == LITE_MIXED else None


def has_content(tray: dict[str, Any]) -> bool:
    """Whether a slot's report describes filament."""
    return text(tray.get("tray_type")) is not None or is_tagged(tray)


def is_tagged(tray: dict[str, Any]) -> bool:
    """Whether a spool with a readable tag is in a slot."""
    return any(identity(tray.get(key)) for key in ("tray_uuid", "tag_uid"))


def identity(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns a tag's or spool's number; all zeros are no number."""
    word = text(value)
    return word if word and word.strip("0") else None


@dataclass(frozen=True, slots=True)
class ExistBits:
    """The masks of an `ams` object that say which units and slots are there."""

    units: int | None
    trays: int | None
    is_silent: bool

    @staticmethod
    def of(ams: dict[str, Any]) -> ExistBits:
        """Returns the masks; "0" with reading at power-on off says nothing (BB #765)."""
        trays = hexadecimal(ams.get("tray_exist_bits"))
        return ExistBits(
            units=hexadecimal(ams.get("ams_exist_bits")),
            trays=trays,
            is_silent=trays == 0 and ams.get("power_on_flag") is False,
        )

    def tray(self, unit: int | None, slot: int | None) -> bool | None:
        """Returns a slot's bit, `None` where there is none.

        Bits count only where they stand in the documented place: a unit whose own bit
        is clear has none there (X1Plus with an AMS HT).
        """
        bit = tray_bit(unit, slot)
        own = unit_bit(unit)
        if bit is None or own is None or self.trays is None:
            return None
        if self.units is not None and not self.units >> own & 1:
            return None
        return bool(self.trays >> bit & 1)

    def is_occupied(self, unit: int | None, tray: dict[str, Any]) -> bool | None:
        """Whether a spool is in a slot: its bit, else what the slot describes."""
        if not self.is_silent:
            bit = self.tray(unit, whole(tray.get("id")))
            if bit is not None:
                return bit
        if has_content(tray):
            return True
        return False if is_bare(tray) else None


def is_bare(tray: dict[str, Any]) -> bool:
    """Whether a slot is named and not described."""
    return tray.keys() <= _BARE


def of_code(code: Any) -> SlotRef | None:  # noqa: ANN401 - a wire value
    """Returns the slot of `snow`, `star` or a row of `mapping`: `unit << 8 | slot`."""
    number = whole(code)
    if number is None or not 0 <= number <= 0xFFFF or number & 0xFF == _NO_SLOT:
        return None
    return SlotRef(number >> 8, number & 0xFF)


def of_flat(number: Any) -> SlotRef | None:  # noqa: ANN401 - a wire value
    """Returns the slot of `tray_now` and its like: 254 external, 255 none."""
    flat = whole(number)
    if flat is None or flat < 0 or flat >= _NONE:
        return None
    if flat == EXTERNAL_DEPUTY:
        return SlotRef(EXTERNAL_DEPUTY, 0)
    if flat >= FIRST_HT:
        return SlotRef(flat, 0)
    if flat <= _LAST_FLAT or LITE_MIXED * 4 <= flat < LITE_MIXED * 4 + 4:
        return SlotRef(flat // 4, flat % 4)
    if _FIRST_MIXED <= flat < _FIRST_MIXED + 4:
        return SlotRef(LITE_MIXED, flat - _FIRST_MIXED)
    return None


def is_loaded_from(unit: int | None, number: Any) -> bool:  # noqa: ANN401 - a wire value
    """Whether `tray_now` names a slot of that unit."""
    ref = of_flat(number)
    return ref is not None and ref.unit == unit
