"""Turns a machine into the documents its firmware would send. Pure.

Source: docs/protocols/bambu.md §5-6 for every field, bit and drift of type.
"""

from odin_engine.simulator.bambu.report.delta import Deltas
from odin_engine.simulator.bambu.report.full import full_report
from odin_engine.simulator.bambu.report.version import modules

__all__ = ["Deltas", "full_report", "modules"]
