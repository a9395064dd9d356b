"""Bambu Lab machines: `SimulatedPrinter` is the door, `make_sliced_3mf` feeds it.

The wire is restated from docs/protocols/bambu.md; sections are cited as §n.
"""

from odin_engine.simulator.bambu.description import UnknownModel, model_names
from odin_engine.simulator.bambu.machine import GcodeState, Machine
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour
from odin_engine.simulator.bambu.machine.plan import PlanFilament, PrintPlan
from odin_engine.simulator.bambu.machine.spools import Spool, spool
from odin_engine.simulator.bambu.machine.units import Unit, UnitKind
from odin_engine.simulator.bambu.printer import SimulatedPrinter
from odin_engine.simulator.bambu.slicing import (
    SlicedFilament,
    SlicedPlate,
    make_sliced_3mf,
)
from odin_engine.simulator.bambu.wire import Request

__all__ = [
    "GcodeState",
    "Machine",
    "Misbehaviour",
    "PlanFilament",
    "PrintPlan",
    "Request",
    "SimulatedPrinter",
    "SlicedFilament",
    "SlicedPlate",
    "Spool",
    "Unit",
    "UnitKind",
    "UnknownModel",
    "make_sliced_3mf",
    "model_names",
    "spool",
]
