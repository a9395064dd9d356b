"""Slots as the commands name them. Source: docs/protocols/bambu.md §8.2, §8.3."""

from odin_engine.drivers.printers.bambu.protocol.slots import (
    EXTERNAL_DEPUTY,
    EXTERNAL_MAIN,
    FIRST_HT,
    LITE_MIXED,
)
from odin_engine.printers.model import SlotRef


def is_external(ref: SlotRef) -> bool:
    """Whether this is a spool holder beside the printer."""
    return ref.unit in {EXTERNAL_MAIN, EXTERNAL_DEPUTY}


def flat_tray(ref: SlotRef) -> int:
    """Returns a slot as one number: unit * 4 + slot, or the number of an AMS HT."""
    if ref.unit == LITE_MIXED:
        return ref.slot
    return ref.unit if ref.unit >= FIRST_HT else ref.unit * 4 + ref.slot
