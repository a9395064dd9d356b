"""The machine itself: heat, filament, faults and prints on its own clock.

Everything here is pure and deterministic: no sockets, no tasks, no reading of clocks.
Time enters by `Machine.tick(seconds)` alone.
"""

from odin_engine.simulator.bambu.machine.machine import EPOCH, Machine
from odin_engine.simulator.bambu.machine.prints import GcodeState

__all__ = ["EPOCH", "GcodeState", "Machine"]
