"""A fault code in words: our own short text where we have one, else a composed one.

The texts are in `faults.toml`, read when the first fault appears. A line is found by
the code's place: the module and unit, a filament unit's kind of part, or a unit that
the mainboard speaks of.

Source: docs/protocols/bambu.md §6.5 (modules, units, parts, severities).
"""

import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

from odin_engine.drivers.printers.bambu.protocol.slots import (
    EXTERNAL_DEPUTY,
    EXTERNAL_MAIN,
    FIRST_HT,
)
from odin_engine.printers.model import Fault, FaultKind, Severity

HELP_URL = "https://wiki.bambulab.com/en/hms/home"

_AMS, _LITE, _HT, _MAINBOARD = 0x07, 0x12, 0x18, 0x05
_FILAMENT = frozenset({_AMS, _LITE, _HT})
_MODULES = {
    0x03: ("motion_controller", "Motion controller"),
    _MAINBOARD: ("mainboard", "Mainboard"),
    _AMS: ("ams", "AMS"),
    0x08: ("toolhead", "Toolhead"),
    0x0C: ("xcam", "Camera and lidar"),
    0x10: ("print", "Print advice"),
    _LITE: ("ams_lite", "AMS Lite"),
    _HT: ("ams_ht", "AMS HT"),
}
_HEALTH_SEVERITIES = {
    1: Severity.FATAL,
    2: Severity.SERIOUS,
    3: Severity.COMMON,
    4: Severity.INFO,
}
_PRINT_SEVERITIES = {
    0x4: Severity.SERIOUS,
    0x8: Severity.COMMON,
    0xC: Severity.INFO,
}
_SLOT_GROUPS = frozenset({0x1, 0x2, 0x3, 0x6, 0x7})
"""High halves of a part that counts slots in its low half, for filament units."""
_LAST_SLOT = 3
_FIRST_EXTERNAL = 0xFE
_MAINBOARD_LITE = 0x10
_MAINBOARD_HT = range(0x80, 0x88)
_MAINBOARD_AMS = range(8)


@lru_cache(maxsize=512)
def health(attr: int, code: int) -> Fault:
    """Returns the fault of a row of `hms`; `code >> 16` is its severity."""
    module, unit, part = attr >> 24, attr >> 16 & 0xFF, attr >> 8 & 0xFF
    name = f"{attr >> 16:04X}_{attr & 0xFFFF:04X}_{code >> 16:04X}_{code & 0xFFFF:04X}"
    severity = _HEALTH_SEVERITIES.get(code >> 16, Severity.COMMON)
    slot = _slot(module, unit, part)
    line = f"{code >> 16:04X}_{code & 0xFFFF:04X}"
    text = _text("health", _health_tables(attr), line, _names(module, unit, slot))
    return Fault(
        code=name,
        kind=FaultKind.HEALTH,
        severity=severity,
        text=text or _composed(module, unit, slot, severity, name),
        module=_MODULES[module][0] if module in _MODULES else None,
        unit=_unit_id(module, unit),
        slot=slot,
        help_url=HELP_URL,
    )


@lru_cache(maxsize=512)
def print_fault(error: int) -> Fault:
    """Returns the fault of `print_error`: 4xxx ends the job, 8xxx pauses, Cxxx asks."""
    module, unit = error >> 24, error >> 16 & 0xFF
    name = f"{error >> 16:04X}_{error & 0xFFFF:04X}"
    severity = _PRINT_SEVERITIES.get(error >> 12 & 0xF, Severity.COMMON)
    line = f"{error & 0xFFFF:04X}"
    text = _text("print", _print_tables(error), line, _names(module, unit, None))
    return Fault(
        code=name,
        kind=FaultKind.PRINT,
        severity=severity,
        text=text or _composed(module, unit, None, severity, name),
        module=_MODULES[module][0] if module in _MODULES else None,
        unit=_unit_id(module, unit),
        help_url=HELP_URL,
    )


def _health_tables(attr: int) -> Iterator[str]:
    """Yields the names of the tables a code may be in, the most exact first."""
    module, unit, part = attr >> 24, attr >> 16 & 0xFF, attr >> 8 & 0xFF
    yield f"{attr >> 16:04X}_{attr & 0xFFFF:04X}"
    if attr & 0xFF:
        return
    if module == _MAINBOARD:
        yield f"UNIT_{attr & 0xFFFF:04X}"
    elif module in _FILAMENT and unit >= _FIRST_EXTERNAL:
        yield f"EXTERNAL_{part:02X}"
    elif module in _FILAMENT:
        if part & 0xF <= _LAST_SLOT:
            if module == _LITE:
                yield f"LITE_{part >> 4:X}s"
            yield f"AMS_{part >> 4:X}s"
        yield f"AMS_{part:02X}"


def _print_tables(error: int) -> Iterator[str]:
    module, unit = error >> 24, error >> 16 & 0xFF
    yield f"{error >> 16:04X}"
    if module == _MAINBOARD:
        yield "UNIT"
    elif module in _FILAMENT:
        yield "EXTERNAL" if unit >= _FIRST_EXTERNAL else "AMS"


def _text(
    kind: str, names: Iterator[str], line: str, words: dict[str, str] | None
) -> str | None:
    tables = _tables()[kind]
    for name in names:
        table = tables.get(name)
        told = table.get(line) if table else None
        if table is None or told is None:
            continue
        text = f"{table['place']}: {told}"
        if "{" not in text:
            return text
        return text.format_map(words) if words else None
    return None


@cache
def _tables() -> dict[str, dict[str, dict[str, str]]]:
    """Returns the tables, each with the lines of the one it is `like`."""
    source = resources.files(__package__).joinpath("faults.toml")
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        kind: {
            name: {**_lines(tables, table.get("like")), **table}
            for name, table in tables.items()
        }
        for kind, tables in raw.items()
    }


def _lines(tables: dict[str, dict[str, str]], name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    table = tables[name]
    return {**_lines(tables, table.get("like")), **table}


def _slot(module: int, unit: int, part: int) -> int | None:
    if module not in _FILAMENT or unit >= _FIRST_EXTERNAL:
        return None
    is_lite_slot = module == _LITE and part >> 4 == 0x8
    counts_slots = part >> 4 in _SLOT_GROUPS or is_lite_slot
    return part & 0xF if counts_slots and part & 0xF <= _LAST_SLOT else None


def _unit_id(module: int, unit: int) -> int | None:
    """Returns `FilamentUnit.id` of the unit that a code speaks of."""
    if module == _MAINBOARD:
        return FIRST_HT + unit - _MAINBOARD_HT[0] if unit in _MAINBOARD_HT else None
    if module not in _FILAMENT:
        return None
    if unit >= _FIRST_EXTERNAL:
        return EXTERNAL_DEPUTY if unit == _FIRST_EXTERNAL else EXTERNAL_MAIN
    return FIRST_HT + (unit & 0x7F) if module == _HT else unit


def _names(module: int, unit: int, slot: int | None) -> dict[str, str] | None:
    """Returns what stands for {unit} and {slot} in a text."""
    name = _unit_name(module, unit)
    if name is None:
        return None
    # An AMS HT has one slot only.
    is_numbered = slot is not None and module != _HT
    return {
        "unit": name,
        "slot": f"{name} slot {(slot or 0) + 1}" if is_numbered else name,
    }


def _unit_name(module: int, unit: int) -> str | None:
    if module == _MAINBOARD:
        return _mainboard_unit_name(unit)
    if module not in _FILAMENT:
        return None
    if unit >= _FIRST_EXTERNAL:
        return "External spool, left" if unit == _FIRST_EXTERNAL else "External spool"
    return f"{_MODULES[module][1]} {_letter(unit & 0x7F)}"


def _mainboard_unit_name(unit: int) -> str | None:
    if unit in _MAINBOARD_AMS:
        return f"AMS {_letter(unit)}"
    if unit == _MAINBOARD_LITE:
        return "AMS Lite A"
    if unit in _MAINBOARD_HT:
        return f"AMS HT {_letter(unit - _MAINBOARD_HT[0])}"
    return None


def _letter(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else str(index)


def _composed(
    module: int, unit: int, slot: int | None, severity: Severity, code: str
) -> str:
    """Returns a text for a code that we have no words for; it shows the code."""
    who = _MODULES[module][1] if module in _MODULES else "The printer"
    if module in _FILAMENT and (names := _names(module, unit, slot)):
        who = names["slot"]
    grade = "an information" if severity is Severity.INFO else f"a {severity} fault"
    return f"{who} reports {grade} ({code})."
