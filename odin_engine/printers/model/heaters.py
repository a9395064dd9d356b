"""Heaters that burn without a print, and when to switch them off. Pure."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from odin_engine.printers.model.commands import (
    SetBedTemperature,
    SetChamberTemperature,
    SetHeater,
    SetNozzleTemperature,
)
from odin_engine.printers.model.state import PrinterState

type HeaterOff = (
    SetNozzleTemperature | SetBedTemperature | SetChamberTemperature | SetHeater
)
type Burning = Mapping[HeaterOff, Since]
"""Each heater that is on without a print, by the command that switches it off."""


class Since(NamedTuple):
    """A target, and since when (monotonic seconds) it stands without a print."""

    target_c: float
    since_s: float


def burning(before: Burning, state: PrinterState, now_s: float) -> Burning:
    """Returns the heaters on without a print; a new target starts its time anew.

    A running job owns every heater. What was on before the engine started counts from
    the first look, because nobody knows since when it burns.
    """
    if state.activity is not None and state.activity.has_running_job:
        return {}
    now_on = {}
    for off, target_c in _targets(state):
        known = before.get(off)
        if known is not None and known.target_c == target_c:
            now_on[off] = known
        else:
            now_on[off] = Since(target_c, now_s)
    return now_on


def overdue(on: Burning, limit_min: int, now_s: float) -> tuple[HeaterOff, ...]:
    """Returns the commands for heaters on for `limit_min` minutes; 0 means never."""
    if limit_min == 0:
        return ()
    return tuple(
        off for off, since in on.items() if now_s - since.since_s >= limit_min * 60
    )


def _targets(state: PrinterState) -> Iterator[tuple[HeaterOff, float]]:
    temperatures = state.temperatures
    for head, heat in enumerate(temperatures.nozzles):
        if heat.target_c:
            yield SetNozzleTemperature(0, head), heat.target_c
    if temperatures.bed and temperatures.bed.target_c:
        yield SetBedTemperature(0), temperatures.bed.target_c
    if temperatures.chamber and temperatures.chamber.target_c:
        yield SetChamberTemperature(0), temperatures.chamber.target_c
    # What a person cannot set goes by rules of the machine's own.
    can_be_set = {each.name for each in state.capabilities.heaters}
    for other in temperatures.others:
        if other.target_c and other.name in can_be_set:
            yield SetHeater(other.name, 0), other.target_c
