"""Temperatures, fans and nozzles of a document.

Source: docs/protocols/bambu.md §6.3.
"""

from typing import Any

from odin_engine.drivers.printers.bambu.protocol import parts
from odin_engine.drivers.printers.bambu.protocol.document import Document
from odin_engine.drivers.printers.bambu.protocol.fields import (
    celsius,
    packed_heat,
    real,
    rows,
    table,
    text,
    whole,
)
from odin_engine.printers.model import Fans, Heat, Nozzle, Temperatures

_NO_SENSOR_C = 5.0
"""What machines without a chamber sensor send."""

_NONE = Temperatures()
_CHANGING = 0xF
_FIRST_RACK = 16
_FAN_STEPS = 15
_MATERIALS = {
    "00": "stainless_steel",
    "01": "hardened_steel",
    "05": "tungsten_carbide",
}
_FLOWS = {"HS": "standard", "HH": "high"}


def extruder_rows(document: Document) -> list[dict[str, Any]]:
    """Returns what `device.extruder` says of each head, in any order."""
    device = document.merged.get("device")
    return rows(table(device.get("extruder")).get("info")) if device else []


def current_head(document: Document) -> int | None:
    """Returns the head in use; `None` while heads change.

    Bits 4-7 of `device.extruder.state`; bits 8-11 are the head to come.
    """
    state = whole(table(document.table("device").get("extruder")).get("state"))
    if state is None or state < 0:
        return 0
    head = state >> 4 & 0xF
    return None if head == _CHANGING else head


def heads_of(document: Document) -> int:
    """Returns how many heads a machine has."""
    return max(document.facts.model.heads, len(extruder_rows(document)), 1)


def temperatures(document: Document) -> Temperatures:
    """Returns the temperatures; one that was not touched stays the old object."""
    old = _NONE if document.base is None else document.base[0].temperatures
    touched = document.touched
    return Temperatures(
        _nozzle_heats(document) if touched & parts.NOZZLE_HEAT else old.nozzles,
        _bed_heat(document) if touched & parts.BED_HEAT else old.bed,
        _chamber_heat(document) if touched & parts.CHAMBER_HEAT else old.chamber,
    )


def _nozzle_heats(document: Document) -> tuple[Heat, ...]:
    """Returns a temperature per head.

    With two heads the flat fields follow either head, so they say nothing.
    """
    heads = extruder_rows(document)
    count = max(document.facts.model.heads, len(heads))
    if count > 1:
        by_id = {whole(head.get("id")): head.get("temp") for head in heads}
        return tuple([Heat(*packed_heat(by_id.get(head))) for head in range(count)])
    if heads and not document.flat_heat & parts.NOZZLE_HEAT:
        current, target = packed_heat(heads[0].get("temp"))
        if current is not None:
            return (Heat(current, target),)
    current = celsius(document.wire.get("nozzle_temper"))
    target = celsius(document.wire.get("nozzle_target_temper"))
    return (Heat(current, target),)


def _bed_heat(document: Document) -> Heat | None:
    device = document.merged.get("device")
    if device and not document.flat_heat & parts.BED_HEAT:
        for value in (_info_temp(device.get("bed")), device.get("bed_temp")):
            packed = packed_heat(value)
            if packed[0] is not None:
                return Heat(*packed)
    wire = document.wire
    current = celsius(wire.get("bed_temper"))
    target = celsius(wire.get("bed_target_temper"))
    return None if current is None and target is None else Heat(current, target)


def _chamber_heat(document: Document) -> Heat | None:
    model = document.facts.model
    if not model.has_chamber_sensor:
        return None
    current, target = _chamber_readings(document)
    if current is None:
        return None
    if model.is_known and model.chamber_max_c is None:
        return Heat(current)
    return Heat(current, target or celsius(document.wire.get("ctt")))


def _chamber_readings(document: Document) -> tuple[float | None, float | None]:
    device = document.table("device")
    if not document.flat_heat & parts.CHAMBER_HEAT:
        for value in (
            _info_temp(device.get("ctc")),
            device.get("cham_temp"),
            document.table("info").get("temp"),
        ):
            packed = packed_heat(value)
            if packed[0] is not None:
                return packed
    current = celsius(document.wire.get("chamber_temper"))
    if not document.facts.model.is_known and current == _NO_SENSOR_C:
        current = None
    return current, celsius(document.wire.get("ctt"))


def _info_temp(value: Any) -> Any:  # noqa: ANN401 - wire values
    return table(table(value).get("info")).get("temp")


def fans(document: Document) -> Fans:
    """Returns the fans' speeds: the air duct's parts, else the fields of steps."""
    wire = document.wire
    gear = whole(wire.get("fan_gear"))
    speeds = {
        "part": _steps(wire.get("cooling_fan_speed"), gear, 0),
        "aux": _steps(wire.get("big_fan1_speed"), gear, 8),
        "chamber": _steps(wire.get("big_fan2_speed"), gear, 16),
        **_airduct(document),
    }
    model = document.facts.model
    if model.is_known:
        speeds = {name: speeds.get(name) for name in model.fans}
    return Fans(
        part_pct=speeds.get("part"),
        aux_pct=speeds.get("aux"),
        chamber_pct=speeds.get("chamber"),
        heatbreak_pct=_steps(wire.get("heatbreak_fan_speed"), None, 0),
        aux_left_pct=speeds.get("aux_left"),
    )


_AIRDUCT_FANS = {1: "part", 2: "aux", 3: "chamber", 10: "aux_left"}
"""`id >> 4` of a part of the air duct; 6, the inner loop, is no fan that we show."""


def _airduct(document: Document) -> dict[str, int | None]:
    speeds: dict[str, int | None] = {}
    for part in rows(table(document.table("device").get("airduct")).get("parts")):
        number, state = whole(part.get("id")), whole(part.get("state"))
        name = None if number is None else _AIRDUCT_FANS.get(number >> 4)
        if name and state is not None:
            speeds[name] = min(state & 0xFF, 100)
    return speeds


def _steps(value: Any, gear: int | None, shift: int) -> int | None:  # noqa: ANN401
    """Returns % of a speed in steps of 0-15, else of its byte in `fan_gear`."""
    step = whole(value)
    if step is not None and step >= 0:
        return round(min(step, _FAN_STEPS) / _FAN_STEPS * 100)
    if gear is None or gear < 0:
        return None
    return round((gear >> shift & 0xFF) / 255 * 100)


def nozzles(document: Document) -> tuple[Nozzle, ...]:
    """Returns the nozzle of each head, then what a hotend rack holds."""
    device = document.table("device")
    nozzle = table(device.get("nozzle"))
    known = {whole(row.get("id")): row for row in rows(nozzle.get("info"))}
    exist = whole(nozzle.get("exist"))
    if not known:
        return _flat_nozzle(document)
    in_use = current_head(document)
    mounted: dict[int, int] = dict.fromkeys(range(heads_of(document)), -1)
    for head in mounted:
        mounted[head] = _mounted(document, head, known)
    heads = [
        _nozzle(
            head,
            known.get(number, {}),
            is_active=head == in_use,
            is_mounted=_is_there(exist, number) and number in known,
        )
        for head, number in mounted.items()
    ]
    rack = [
        _nozzle(number, row, is_active=False, is_mounted=False)
        for number, row in sorted(known.items(), key=lambda item: item[0] or 0)
        if number is not None
        and number >= _FIRST_RACK
        and number not in mounted.values()
        and _is_there(exist, number)
    ]
    return (*heads, *rack)


def _mounted(
    document: Document, head: int, known: dict[int | None, dict[str, Any]]
) -> int:
    """Returns the number of the nozzle in a head: `hnow`, else the head's own."""
    for row in extruder_rows(document):
        if whole(row.get("id")) == head:
            number = whole(row.get("hnow"))
            if number is not None and number in known:
                return number
    return head


def _is_there(exist: int | None, number: int) -> bool:
    return exist is None or exist < 0 or bool(exist >> number & 1)


def _nozzle(
    head: int,
    row: dict[str, Any],
    *,
    is_active: bool,
    is_mounted: bool,
) -> Nozzle:
    code = text(row.get("type"))
    material, flow = _nozzle_type(code)
    return Nozzle(
        id=head,
        diameter_mm=_diameter(row.get("diameter")),
        material=material,
        flow=flow,
        code=code,
        wear=whole(row.get("wear")),
        is_active=is_active,
        is_mounted=is_mounted,
    )


def _flat_nozzle(document: Document) -> tuple[Nozzle, ...]:
    """Returns the nozzle of a machine with one head that says it in flat fields."""
    wire = document.wire
    if heads_of(document) > 1:
        return ()
    code = text(wire.get("nozzle_type"))
    diameter = _diameter(wire.get("nozzle_diameter"))
    if code is None and diameter is None:
        return ()
    material, flow = _nozzle_type(code)
    return (Nozzle(0, diameter, material, flow, code, is_active=True),)


def _nozzle_type(code: str | None) -> tuple[str | None, str | None]:
    """Returns material and flow of `hardened_steel` or a code such as `HS01-0.4`."""
    if code is None:
        return None, None
    if code in _MATERIALS.values():
        return code, None
    word = code.split("-")[0].upper()
    return _MATERIALS.get(word[2:4]), _FLOWS.get(word[:2])


def _diameter(value: Any) -> float | None:  # noqa: ANN401 - a wire value
    number = real(value)
    return round(number, 2) if number is not None and 0 < number < 5 else None
