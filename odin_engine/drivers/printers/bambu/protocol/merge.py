"""How a report is merged into what is known. Nothing here is ever changed in place.

Objects merge key by key, named lists row by row, everything else is replaced; what a
report leaves out is kept. Subtrees that did not change stay the same objects, so that
a later comparison is an `is`.

Source: docs/protocols/bambu.md §5.1.
"""

from collections.abc import Callable
from typing import Any

from odin_engine.drivers.printers.bambu.protocol import parts
from odin_engine.drivers.printers.bambu.protocol.fields import (
    MOST_ROWS,
    rows,
    table,
    whole,
)
from odin_engine.drivers.printers.bambu.protocol.slots import (
    ExistBits,
    has_content,
    is_bare,
    is_loaded_from,
    unit_bit,
)

_DEEPEST = 8
"""Known reports nest six levels; what is deeper is replaced, not walked."""

_MOST_FIELDS = 512
"""Known objects have a few dozen. One that grows beyond begins anew, or is ignored."""

_PATH = ("id", "snow", "star", "hnow")
"""What of a head is looked at beside its temperature."""

_SPOOLS = ("ams_exist_bits", "tray_exist_bits", "power_on_flag", "tray_now")
"""What beside the slots decides which units and spools are there."""

_FULL_AIRDUCT = {"16", "32"}

type Rule = Callable[[Any, Any], Any]


def merge_object(
    old: dict[str, Any],
    new: dict[str, Any],
    rules: dict[str, Rule] | None = None,
    depth: int = 0,
) -> dict[str, Any]:
    """Returns `old` with `new` merged in; `old` itself when nothing changed."""
    merged = old
    for key, value in new.items():
        before = old.get(key)
        if before == value and (before is not None or key in old):
            continue
        if merged is old:
            merged = old.copy()
        rule = rules.get(key) if rules else None
        if rule is not None:
            merged[key] = rule(before, value)
        elif value.__class__ is dict and before.__class__ is dict and depth < _DEEPEST:
            merged[key] = merge_object(before, value, None, depth + 1)
        else:
            merged[key] = value
    if len(merged) > _MOST_FIELDS:
        return new if len(new) <= _MOST_FIELDS else old
    return merged


def _names(value: Any, name: str) -> list[Any] | None:  # noqa: ANN401 - a wire value
    """Returns what each row is named, `None` for anything but a list of objects."""
    if value.__class__ is not list:
        return None
    try:
        return [row[name] for row in value]
    except KeyError, TypeError:
        return None


def _by(name: str, rules: dict[str, Rule] | None = None) -> Rule:
    """Returns a rule that merges a list of objects by one of their fields.

    Rows without rules of their own are flat on every machine seen.
    """

    def merge_row(row: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
        if row == other:
            return row
        return merge_object(row, other, rules) if rules else row | other

    def merge_rows(old: Any, new: Any) -> Any:  # noqa: ANN401 - wire values
        if new.__class__ is not list:
            return old
        if len(new) > MOST_ROWS:
            new = new[:MOST_ROWS]
        names = _names(new, name)
        if names is not None and names == _names(old, name):
            # The usual report: the same rows in the same order.
            return list(map(merge_row, old, new, strict=True))
        merged = {str(row.get(name)): row for row in rows(old)}
        for row in rows(new):
            key = str(row.get(name))
            before = merged.get(key)
            merged[key] = row if before is None else merge_row(before, row)
        result = list(merged.values())
        if len(result) > MOST_ROWS:
            result = rows(new)
        return old if result == old else result

    return merge_rows


def _airduct_parts(old: Any, new: Any) -> Any:  # noqa: ANN401 - wire values
    """Replaces the parts when all are there; P2S and H2 send some alone."""
    if {str(row.get("id")) for row in rows(new)} >= _FULL_AIRDUCT:
        return new
    return _by("id")(old, new)


def _object(rules: dict[str, Rule]) -> Rule:
    def merge(old: Any, new: Any) -> Any:  # noqa: ANN401 - wire values
        if new.__class__ is not dict:
            return old
        return merge_object(old if old.__class__ is dict else {}, new, rules)

    return merge


_BY_ID = _by("id")

_DEVICE: dict[str, Rule] = {
    "extruder": _object({"info": _BY_ID}),
    "nozzle": _object({"info": _BY_ID}),
    "airduct": _object({"parts": _airduct_parts}),
}

_AMS = _object({"ams": _by("id", {"tray": _by("id")})})

_RULES: dict[str, Rule] = {
    "vir_slot": _BY_ID,
    "lights_report": _by("node"),
}

_LISTS = frozenset({"hms", "stg", "s_obj", "mapping", "filam_bak"})
_OBJECTS = frozenset(
    {"ams", "device", "vt_tray", "ipcam", "xcam", "upgrade_state", "net", "info", "3D"}
)


def fits(key: str, value: Any) -> bool:  # noqa: ANN401 - a wire value
    """Whether a value has the shape its key always has; one that has not is ignored."""
    if key in _OBJECTS:
        return value.__class__ is dict
    if key in _LISTS:
        return value.__class__ is list
    if key in _RULES:
        return value.__class__ is list
    return True


def merge_device(
    old: dict[str, Any], new: dict[str, Any]
) -> tuple[dict[str, Any], int]:
    """Returns the merged `device` object, as far as it is looked at, and its touches."""
    merged, touched = old, 0
    for key, mask in parts.DEVICE_TOUCHES.items():
        value = new.get(key)
        before = old.get(key)
        if value is None or value == before:
            continue
        if merged is old:
            merged = old.copy()
        rule = _DEVICE.get(key)
        after = _merged(before, value) if rule is None else rule(before, value)
        merged[key] = after
        is_heat_only = key == "extruder" and _is_same_path(table(before), table(after))
        touched |= parts.NOZZLE_HEAT if is_heat_only else mask
    return merged, touched


def _merged(old: Any, new: Any) -> Any:  # noqa: ANN401 - wire values
    if new.__class__ is dict and old.__class__ is dict:
        return merge_object(old, new)
    return new


def _is_same_path(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether only temperatures changed, as they do in nearly every report."""
    old, new = rows(before.get("info")), rows(after.get("info"))
    if len(old) != len(new) or before.get("state") != after.get("state"):
        return False
    for row, other in zip(old, new, strict=True):
        for name in _PATH:
            if row.get(name) != other.get(name):
                return False
    return True


def merge_value(key: str, old: Any, new: Any) -> Any:  # noqa: ANN401 - wire values
    """Returns the merged value of a top-level key that has no function of its own."""
    rule = _RULES.get(key)
    return _merged(old, new) if rule is None else rule(old, new)


def merge_ams(
    old: dict[str, Any],
    new: dict[str, Any],
    *,
    is_full: bool,
    is_first: bool,
) -> dict[str, Any]:
    """Returns the merged `ams` object; units may leave, emptied slots forget.

    `is_first`: the first full report after others, so it may drop units though it says
    nothing new.
    """
    merged: dict[str, Any] = _AMS(old, new)
    is_complete = not is_full or len(rows(new.get("ams"))) == len(
        rows(merged.get("ams"))
    )
    if is_complete and not is_first and _has_same_spools(old, merged):
        return merged
    bits = ExistBits.of(merged)
    units = rows(merged.get("ams"))
    told = rows(new.get("ams"))
    if is_full and new.get("ams").__class__ is list:
        listed = {whole(unit.get("id")) for unit in told}
        units = [unit for unit in units if _stays(unit, merged, bits, listed)]
    bare = {
        (whole(unit.get("id")), whole(tray.get("id")))
        for unit in told
        for tray in rows(unit.get("tray"))
        if is_bare(tray)
    }
    units = [_without_emptied(unit, bits, bare) for unit in units]
    if units == merged.get("ams"):
        return merged
    return {**merged, "ams": units}


def _has_same_spools(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether only the climate and the like changed, as it does every few seconds."""
    return [new.get(name) for name in _SPOOLS] == [
        old.get(name) for name in _SPOOLS
    ] and (
        [unit.get("tray") for unit in rows(new.get("ams"))]
        == [unit.get("tray") for unit in rows(old.get("ams"))]
    )


def _stays(
    unit: dict[str, Any],
    ams: dict[str, Any],
    bits: ExistBits,
    listed: set[int | None],
) -> bool:
    """Whether a full report keeps a unit.

    It leaves when its exist bit is clear and it is omitted, or listed without anything
    in it. A unit with content stays whatever the bit says: X1Plus misplaces them.
    """
    unit_id = whole(unit.get("id"))
    bit = unit_bit(unit_id)
    if bit is None or bits.units is None:
        return unit_id in listed
    if bits.units >> bit & 1:
        return True
    return unit_id in listed and (
        any(has_content(tray) for tray in rows(unit.get("tray")))
        or is_loaded_from(unit_id, ams.get("tray_now"))
    )


def _without_emptied(
    unit: dict[str, Any], bits: ExistBits, bare: set[tuple[int | None, int | None]]
) -> dict[str, Any]:
    """Drops what an emptied slot held.

    Emptied: the bit says so, or the report names the slot without describing it and
    the bit is clear.
    """
    unit_id = whole(unit.get("id"))
    trays = rows(unit.get("tray"))
    kept = []
    for tray in trays:
        slot = whole(tray.get("id"))
        is_emptied = bits.is_occupied(unit_id, tray) is False or (
            (unit_id, slot) in bare and bits.tray(unit_id, slot) is False
        )
        kept.append(_bare(tray) if is_emptied and not is_bare(tray) else tray)
    return unit if kept == trays else {**unit, "tray": kept}


def _bare(tray: dict[str, Any]) -> dict[str, Any]:
    return {key: tray[key] for key in ("id", "state") if key in tray}
