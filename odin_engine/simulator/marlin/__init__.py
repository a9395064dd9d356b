"""Marlin machines on a serial line, over raw TCP, RFC 2217 or a pseudo terminal.

`SimulatedMarlin` is the door; the wire is restated from serial_marlin (§n).
"""

from odin_engine.simulator.marlin.misbehaviour import ONCE
from odin_engine.simulator.marlin.printer import SimulatedMarlin, make

PORTS = {"serial": 23}
"""Its ports and the real ones."""

__all__ = ["ONCE", "PORTS", "SimulatedMarlin", "make"]
