"""A plain machine for the simulators whose protocol knows no maker's own physics.

`machine` is what it does, `job` what it prints. The servers of the families put their
wire in front of it. One that cures resin has no nozzles and no bed.
"""

from odin_engine.simulator.plain.heat import Heater, bed, chamber, nozzle
from odin_engine.simulator.plain.job import PlainJob, plan_from_gcode
from odin_engine.simulator.plain.machine import Activity, PlainMachine

__all__ = [
    "Activity",
    "Heater",
    "PlainJob",
    "PlainMachine",
    "bed",
    "chamber",
    "nozzle",
    "plan_from_gcode",
]
