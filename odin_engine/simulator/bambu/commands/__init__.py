"""What the request topic can ask of a machine, and what it answers.

Source: docs/protocols/bambu.md §7-8. Pure but for reading the uploaded file.
"""

from odin_engine.simulator.bambu.commands.table import respond

__all__ = ["respond"]
