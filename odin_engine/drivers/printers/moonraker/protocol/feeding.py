"""What feeds the filaments is told which slot each tool of a file means, and to load.

Each has its own word for a map from tools to slots; all keep it until told anew.
Sources: the manuals of Happy Hare (MMU_TTG_MAP, MMU_CHANGE_TOOL, MMU_UNLOAD) and AFC
(SET_MAP, CHANGE_TOOL, TOOL_UNLOAD), and what programs for the Snapmaker U1 send before a
print (SET_PRINT_EXTRUDER_MAP, SET_PRINT_USED_EXTRUDERS).
"""

from collections.abc import Iterator, Mapping, Sequence

from odin_engine.drivers.printers.moonraker.protocol.document import Document
from odin_engine.drivers.printers.moonraker.protocol.fields import rows, whole, word
from odin_engine.drivers.printers.moonraker.protocol.units import (
    AFC_UNIT,
    MMU_UNIT,
    TOOLS_UNIT,
    lane_objects,
)
from odin_engine.printers.model import CommandRejected, NotSupported, SlotRef


def mapping_lines(
    mapping: Sequence[SlotRef | None], document: Document
) -> Iterator[str]:
    """Yields the G-code that makes a mapping so, none where it is so already.

    Raises:
        CommandRejected: the machine cannot be told that.
    """
    wanted = {tool: ref for tool, ref in enumerate(mapping) if ref is not None}
    for unit, lines in ((MMU_UNIT, _gates), (AFC_UNIT, _lanes), (TOOLS_UNIT, _heads)):
        slots = {tool: ref.slot for tool, ref in wanted.items() if ref.unit == unit}
        if slots:
            yield from lines(slots, document)


def _gates(slots: Mapping[int, int], document: Document) -> Iterator[str]:
    """Yields one line for all: set one by one, two tools may exchange their gates."""
    known = [whole(each) for each in rows(document.object("mmu").get("ttg_map"))]
    if None in known or max(slots) >= len(known):
        for tool, gate in slots.items():
            yield f"MMU_TTG_MAP TOOL={tool} GATE={gate} QUIET=1"
        return
    gates = [slots.get(tool, gate) for tool, gate in enumerate(known)]
    if gates != known:
        yield f"MMU_TTG_MAP MAP={','.join(map(str, gates))} QUIET=1"


def _lanes(slots: Mapping[int, int], document: Document) -> Iterator[str]:
    """Yields a line for each tool: lanes exchange theirs, so all or none are said."""
    lanes = lane_objects(document)
    if len(set(slots.values())) < len(slots):
        raise CommandRejected(
            "Each lane feeds one tool of a file. Choose a lane of its own for each."
        )
    if any(slot >= len(lanes) for slot in slots.values()):
        raise CommandRejected("The filament changer has no such lane any more.")
    if any(lanes[slot][1].get("map") != f"T{tool}" for tool, slot in slots.items()):
        for tool, slot in slots.items():
            yield f"SET_MAP LANE={lanes[slot][0]} MAP=T{tool}"


def _heads(slots: Mapping[int, int], _: Document) -> Iterator[str]:
    for tool, head in slots.items():
        yield f"SET_PRINT_EXTRUDER_MAP CONFIG_EXTRUDER={tool} MAP_EXTRUDER={head}"
    # An unused empty head would report a run-out before the print.
    used = ",".join(map(str, sorted(set(slots.values()))))
    yield f"SET_PRINT_USED_EXTRUDERS EXTRUDERS={used}"


def load_line(slot: SlotRef, document: Document) -> str:
    """Returns the G-code that feeds a slot's filament to the nozzle.

    Raises:
        NotSupported: this unit cannot be told so.
        CommandRejected: no tool means that gate.
    """
    if slot.unit == MMU_UNIT and document.object("mmu"):
        gates = [whole(each) for each in rows(document.object("mmu").get("ttg_map"))]
        if slot.slot not in gates:
            raise CommandRejected("No tool of the unit is mapped to that gate.")
        return f"MMU_CHANGE_TOOL STANDALONE=1 TOOL={gates.index(slot.slot)}"
    lanes = lane_objects(document) if slot.unit == AFC_UNIT else ()
    if slot.slot >= len(lanes):
        raise NotSupported("This printer loads no filament from there by itself.")
    return f"CHANGE_TOOL LANE={lanes[slot.slot][0]}"


def unload_line(document: Document) -> str:
    """Returns the G-code that pulls the loaded filament back. Raises as `load_line`."""
    if document.object("mmu"):
        return "MMU_UNLOAD"
    loaded = word(document.object("AFC").get("current_load"))
    if not document.object("AFC"):
        raise NotSupported("This printer unloads no filament by itself.")
    if loaded is None:
        raise CommandRejected("No filament is loaded.")
    return f"TOOL_UNLOAD LANE={loaded}"
