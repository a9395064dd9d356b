"""How a report is merged into what is known. Nothing here is ever changed in place.

Objects merge key by key, named lists row by row, everything else is replaced; what a
report leaves out is kept. Subtrees that did not change stay the same objects, so that
a later comparison is an `is`.

Source: docs/protocols/bambu.md §5.1.
"""

from collections.abc import Callable
from typing import Any

from odin_engine.drivers.printers.bambu.protocol import slots
from odin_engine.drivers.printers.bambu.protocol.fields import hexadecimal, rows, whole

_DEEPEST = 8
"""Known reports nest six levels; what is deeper is replaced, not walked."""

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
        elif (
            value.__class__ is dict and before.__class__ is dict and depth < _DEEPEST
        ):
            merged[key] = merge_object(before, value, None, depth + 1)
        else:
            merged[key] = value
    return merged


def _by(name: str, rules: dict[str, Rule] | None = None) -> Rule:
    """Returns a rule that merges a list of objects by one of their fields."""

    def merge_rows(old: Any, new: Any) -> Any:  # noqa: ANN401 - wire values
        if new.__class__ is not list:
            return old
        merged = {str(row.get(name)): row for row in rows(old)}
        for row in rows(new):
            key = str(row.get(name))
            before = merged.get(key)
            merged[key] = row if before is None else merge_object(before, row, rules)
        return list(merged.values())

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

_DEVICE = _object(
    {
        "extruder": _object({"info": _BY_ID}),
        "nozzle": _object({"info": _BY_ID}),
        "airduct": _object({"parts": _airduct_parts}),
    }
)

_AMS = _object({"ams": _by("id", {"tray": _by("id")})})

_RULES: dict[str, Rule] = {
    "device": _DEVICE,
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


def merge_value(key: str, old: Any, new: Any) -> Any:  # noqa: ANN401 - wire values
    """Returns the merged value of one top-level key (`ams` has its own, `merge_ams`)."""
    rule = _RULES.get(key)
    if rule is not None:
        return rule(old, new)
    if new.__class__ is dict and old.__class__ is dict:
        return merge_object(old, new)
    return new


def merge_ams(
    old: dict[str, Any], new: dict[str, Any], is_full: bool  # noqa: FBT001
) -> dict[str, Any]:
    """Returns the merged `ams` object; units may leave, emptied slots forget."""
    merged: dict[str, Any] = _AMS(old, new)
    units = rows(merged.get("ams"))
    if is_full and new.get("ams").__class__ is list:
        listed = {str(unit.get("id")) for unit in rows(new["ams"])}
        units = [unit for unit in units if _stays(unit, merged, listed)]
    bare = {
        (str(unit.get("id")), str(tray.get("id")))
        for unit in rows(new.get("ams"))
        for tray in rows(unit.get("tray"))
        if slots.is_bare(tray)
    }
    units = [_without_emptied(unit, merged, bare) for unit in units]
    if units == merged.get("ams"):
        return merged
    return {**merged, "ams": units}


def _stays(unit: dict[str, Any], ams: dict[str, Any], listed: set[str]) -> bool:
    """Whether a full report keeps a unit.

    It leaves when its exist bit is clear and it is omitted, or listed without anything
    in it. A unit with content stays whatever the bit says: X1Plus misplaces them.
    """
    unit_id = whole(unit.get("id"))
    is_listed = str(unit.get("id")) in listed
    bit = slots.unit_bit(unit_id)
    mask = hexadecimal(ams.get("ams_exist_bits"))
    if bit is None or mask is None:
        return is_listed
    if mask >> bit & 1:
        return True
    return is_listed and (
        any(slots.has_content(tray) for tray in rows(unit.get("tray")))
        or slots.is_loaded_from(unit_id, ams.get("tray_now"))
    )


def _without_emptied(
    unit: dict[str, Any], ams: dict[str, Any], bare: set[tuple[str, str]]
) -> dict[str, Any]:
    """Drops what an emptied slot held.

    Emptied: the bit says so, or the report names the slot without describing it and
    the bit is clear.
    """
    trays = rows(unit.get("tray"))
    kept = [
        {key: tray[key] for key in ("id", "state") if key in tray}
        if _is_emptied(unit, tray, ams, bare)
        else tray
        for tray in trays
    ]
    return unit if kept == trays else {**unit, "tray": kept}


def _is_emptied(
    unit: dict[str, Any],
    tray: dict[str, Any],
    ams: dict[str, Any],
    bare: set[tuple[str, str]],
) -> bool:
    if slots.is_occupied(unit, tray, ams) is False:
        return True
    is_named_only = (str(unit.get("id")), str(tray.get("id"))) in bare
    return is_named_only and slots.exists(unit, tray, ams) is False
