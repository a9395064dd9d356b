"""From a document to the one vocabulary: `PrinterState`.

Only what the last reports touched is made anew; a part that comes out equal stays the
old object, so that comparing two states is comparing references.
"""

from collections.abc import Callable
from dataclasses import fields, make_dataclass
from functools import lru_cache
from typing import Any, cast

from odin_engine.drivers.printers.bambu.protocol import (
    filament,
    heat,
    machine,
    parts,
    path,
)
from odin_engine.drivers.printers.bambu.protocol.capabilities import capabilities
from odin_engine.drivers.printers.bambu.protocol.document import Document, Rendered
from odin_engine.drivers.printers.bambu.protocol.faults import faults
from odin_engine.drivers.printers.bambu.protocol.job import job
from odin_engine.printers.model import (
    Detector,
    FilamentUnit,
    Light,
    LinkStatus,
    PrinterState,
    UnitKind,
)

type _Render = Callable[[Document], object]

_FIELDS = tuple(field.name for field in fields(PrinterState))
_PLACES = {name: index for index, name in enumerate(_FIELDS)}
_Draft = make_dataclass("_Draft", _FIELDS, slots=True)
_NOTHING_YET = PrinterState(link=LinkStatus.ONLINE)
_BLANK: Rendered = (_NOTHING_YET, [getattr(_NOTHING_YET, name) for name in _FIELDS])


def translate(document: Document) -> PrinterState:
    """Returns what the printer does, its link being online.

    The same object for the same document, and for one in which nothing that is shown
    has changed since.
    """
    rendered = document.rendered
    if rendered is None:
        rendered = document.rendered = _rendered(document)
    return rendered[0]


_PARTS: tuple[tuple[int, str, _Render], ...] = (
    (parts.CONTROL, "control", machine.control),
    (parts.ACTIVITY, "activity", lambda document: document.run.activity),
    (parts.JOB, "job", job),
    (parts.HEAT, "temperatures", heat.temperatures),
    (parts.FANS, "fans", heat.fans),
    (parts.SPEED, "speed", machine.speed),
    (parts.LIGHTS, "lights", machine.lights),
    (parts.NOZZLES, "nozzles", heat.nozzles),
    (parts.ACTIVE_SLOT, "active_slot", path.active_slot),
    (parts.CHANGE, "filament_change", path.filament_change),
    (parts.FAULTS, "faults", faults),
    (parts.DETECTORS, "detectors", machine.detectors),
    (parts.CAMERAS, "cameras", machine.cameras),
    (parts.FIRMWARE, "firmware", machine.firmware),
    (parts.MODEL, "model", machine.model),
    (parts.DOOR, "is_door_open", machine.is_door_open),
    (parts.TIMELAPSE, "is_timelapse_on", machine.is_timelapse_on),
    (parts.STORAGE, "storage", machine.storage),
    (parts.WIFI, "wifi_dbm", machine.wifi_dbm),
)
_UNITS = _PLACES["filament_units"]
_ACTIVE_SLOT = _PLACES["active_slot"]
_CAPABILITIES = _PLACES["capabilities"]
_LIGHTS = _PLACES["lights"]
_DETECTORS = _PLACES["detectors"]
_CAPABLE = parts.UNITS | parts.LIGHTS | parts.DETECTORS


@lru_cache(maxsize=1024)
def _plan(touched: int) -> tuple[tuple[int, _Render], ...]:
    """Returns the parts to make anew, in order; reports touch few combinations."""
    return tuple(
        (_PLACES[name], render) for mask, name, render in _PARTS if touched & mask
    )


def _rendered(document: Document) -> Rendered:
    base = document.base or _BLANK
    touched = document.touched & parts.ALL
    state, before = base
    values = before.copy()
    has_changed = document.base is None
    for place, render in _plan(touched):
        old = values[place]
        new = render(document)
        if new is not old and new != old:
            values[place] = new
            has_changed = True
    if touched & parts.UNITS or values[_ACTIVE_SLOT] != state.active_slot:
        units = filament.filament_units(document, values[_ACTIVE_SLOT])
        if units != state.filament_units:
            values[_UNITS] = units
            has_changed = True
    if touched & parts.CAPABILITIES or (
        touched & _CAPABLE and _offers_more(state, values)
    ):
        able = capabilities(
            document, values[_UNITS], values[_LIGHTS], values[_DETECTORS]
        )
        if able != state.capabilities:
            values[_CAPABILITIES] = able
            has_changed = True
    return (_state(values), values) if has_changed else base


def _state(values: list[Any]) -> PrinterState:
    """Returns `PrinterState(*values)`, at a quarter of the price.

    A frozen dataclass sets each of its fields through `object.__setattr__`. A plain one
    with the same slots does not, and may become the other.
    """
    draft: Any = _Draft(*values)
    draft.__class__ = PrinterState
    return cast("PrinterState", draft)


def _offers_more(base: PrinterState, values: list[Any]) -> bool:
    """Whether there are other units, lights or detectors than before."""
    units, lights, watches = values[_UNITS], values[_LIGHTS], values[_DETECTORS]
    if units is not base.filament_units and _kinds(units) != _kinds(
        base.filament_units
    ):
        return True
    if lights is not base.lights and _names(lights) != _names(base.lights):
        return True
    return watches is not base.detectors and _names(watches) != _names(base.detectors)


def _names(things: tuple[Light, ...] | tuple[Detector, ...]) -> list[str]:
    return [thing.name for thing in things]


def _kinds(units: tuple[FilamentUnit, ...]) -> list[tuple[UnitKind, bool]]:
    return [(unit.kind, unit.drying is None) for unit in units]
