"""Where a slot is in the wire's bit masks and codes.

Source: docs/protocols/bambu.md §6.4 (exist bits, slot codes, `tray_now`), §5.1.
"""

from typing import Any

from odin_engine.drivers.printers.bambu.protocol.fields import hexadecimal, text, whole
from odin_engine.printers.model import SlotRef

EXTERNAL_MAIN = 255
EXTERNAL_DEPUTY = 254
FIRST_HT = 128
LITE_MIXED = 16
"""The unit id of an A2L's own holder."""

_NONE = 255
_NO_SLOT = 0xFF
_LAST_FLAT = 15
_BARE = frozenset({"id", "state"})


def unit_bit(unit: int | None) -> int | None:
    """Returns a unit's bit in `ams_exist_bits`."""
    match unit:
        case 0 | 1 | 2 | 3:
            return unit
        case 16:
            return 12
        case int() if FIRST_HT <= unit < FIRST_HT + 8:
            return 4 + unit - FIRST_HT
    return None


def tray_bit(unit: int | None, slot: int | None) -> int | None:
    """Returns a slot's bit in `tray_exist_bits` and the masks of the same layout."""
    if unit is None or slot is None or not 0 <= slot <= 3:
        return None
    match unit:
        case 0 | 1 | 2 | 3:
            return unit * 4 + slot
        case 16:
            return 24 + slot
        case int() if FIRST_HT <= unit < FIRST_HT + 8 and slot == 0:
            return 16 + unit - FIRST_HT
    return None


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


def exists(
    unit: dict[str, Any], tray: dict[str, Any], ams: dict[str, Any]
) -> bool | None:
    """Returns a slot's bit of `tray_exist_bits`, `None` where it says nothing.

    Bits count only where they stand in the documented place: a unit whose own bit is
    clear has none there (X1Plus with an AMS HT).
    """
    unit_id = whole(unit.get("id"))
    bit = tray_bit(unit_id, whole(tray.get("id")))
    own = unit_bit(unit_id)
    mask = hexadecimal(ams.get("tray_exist_bits"))
    units = hexadecimal(ams.get("ams_exist_bits"))
    if bit is None or own is None or mask is None:
        return None
    if units is not None and not units >> own & 1:
        return None
    return bool(mask >> bit & 1)


def is_occupied(
    unit: dict[str, Any], tray: dict[str, Any], ams: dict[str, Any]
) -> bool | None:
    """Whether a spool is in a slot: its exist bit, else what the slot describes.

    A mask of "0" while the AMS does not read at power-on says nothing (BB #765).
    """
    bit = exists(unit, tray, ams)
    is_silent = (
        ams.get("power_on_flag") is False
        and hexadecimal(ams.get("tray_exist_bits")) == 0
    )
    if bit is not None and not is_silent:
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
    return None


def is_loaded_from(unit: int | None, number: Any) -> bool:  # noqa: ANN401 - a wire value
    """Whether `tray_now` names a slot of that unit."""
    ref = of_flat(number)
    return ref is not None and ref.unit == unit
