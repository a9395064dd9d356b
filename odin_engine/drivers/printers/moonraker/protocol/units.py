"""What holds the spools: Happy Hare's gates, AFC's lanes, the U1's heads.

Everything in them is optional, because several vendors imitate Happy Hare in parts.
Sources: the `mmu` object of moggieuk/Happy-Hare, the `AFC` objects of ArmoredTurtle's
add-on, `print_task_config` of the Snapmaker U1.
"""

from odin_engine.drivers.printers.moonraker.protocol.document import Document
from odin_engine.drivers.printers.moonraker.protocol.fields import (
    MOST_ROWS,
    Table,
    at,
    color,
    mix,
    rows,
    whole,
    word,
)
from odin_engine.printers.model import FilamentUnit, Slot, SlotRef, UnitKind

MMU_UNIT = 0
AFC_UNIT = 1
TOOLS_UNIT = 2
_AVAILABLE = frozenset({1, 2})
"""From the spool, or from a buffer."""
_NOTHING = frozenset({"NONE", ""})
_NAMED_COLORS = {
    "black": "#000000FF",
    "white": "#FFFFFFFF",
    "red": "#FF0000FF",
    "green": "#008000FF",
    "blue": "#0000FFFF",
    "yellow": "#FFFF00FF",
    "orange": "#FFA500FF",
    "purple": "#800080FF",
    "grey": "#808080FF",
    "gray": "#808080FF",
}


def units_of(document: Document) -> tuple[FilamentUnit, ...]:
    """Returns every holder of spools that the machine reports."""
    found = []
    mmu, config = document.object("mmu"), document.object("print_task_config")
    if mmu and mmu.get("enabled") is not False:
        found.append(FilamentUnit(MMU_UNIT, UnitKind.MMU, "MMU", _gates(mmu)))
    if document.object("AFC"):
        found.append(FilamentUnit(AFC_UNIT, UnitKind.AFC, "AFC", _lanes(document)))
    if config:
        slots = _heads(document, config)
        found.append(FilamentUnit(TOOLS_UNIT, UnitKind.TOOLS, "Toolheads", slots))
    return tuple(unit for unit in found if unit.slots)


def active_slot_of(units: tuple[FilamentUnit, ...]) -> SlotRef | None:
    """Returns the slot that feeds the nozzle."""
    for unit in units:
        for slot in unit.slots:
            if slot.is_active:
                return SlotRef(unit.id, slot.id)
    return None


def _gates(mmu: Table) -> tuple[Slot, ...]:
    status = mmu.get("gate_status")
    count = whole(mmu.get("num_gates")) or len(rows(status))
    gate, is_loaded = whole(mmu.get("gate")), mmu.get("filament") == "Loaded"
    return tuple(
        _gate(mmu, index, is_active=is_loaded and gate == index)
        for index in range(min(max(count, 0), MOST_ROWS))
    )


def _gate(mmu: Table, index: int, *, is_active: bool) -> Slot:
    known = whole(at(mmu.get("gate_status"), index))
    is_occupied = None if known is None or known < 0 else known in _AVAILABLE
    if is_occupied is False:
        return Slot(index, is_occupied=False, is_active=is_active)
    told = at(mmu.get("gate_color"), index)
    named = _NAMED_COLORS.get(told.lower()) if isinstance(told, str) else None
    rgb = mix(at(mmu.get("gate_color_rgb"), index)) if told else None
    spool = whole(at(mmu.get("gate_spool_id"), index))
    return Slot(
        index,
        is_occupied=is_occupied,
        is_active=is_active,
        material=word(at(mmu.get("gate_material"), index)),
        product=word(at(mmu.get("gate_filament_name"), index)),
        color=color(told) or named or rgb,
        spool_id=spool if spool is not None and spool > 0 else None,
    )


def lane_objects(document: Document) -> tuple[tuple[str, Table], ...]:
    """Returns AFC's lanes by name, in the order that it lists them."""
    by_name = {
        name.partition(" ")[2]: document.object(name) for name in document.layout.lanes
    }
    listed = [word(each) for each in rows(document.object("AFC").get("lanes"))]
    order = [each for each in listed if each] or sorted(by_name)
    return tuple((name, by_name.get(name, {})) for name in order)


def _lanes(document: Document) -> tuple[Slot, ...]:
    loaded = word(document.object("AFC").get("current_load"))
    found = []
    for index, (name, lane) in enumerate(lane_objects(document)):
        seen = [lane.get(each) for each in ("load", "prep")]
        known = [each for each in seen if isinstance(each, bool)]
        spool = whole(lane.get("spool_id"))
        is_occupied = any(known) if known else None
        is_told = is_occupied is not False
        found.append(
            Slot(
                index,
                is_occupied=is_occupied,
                is_active=name == loaded,
                material=word(lane.get("material")) if is_told else None,
                product=name,
                color=color(lane.get("color")) if is_told else None,
                spool_id=spool if spool is not None and spool > 0 else None,
            )
        )
    return tuple(found)


def _heads(document: Document, config: Table) -> tuple[Slot, ...]:
    there = rows(config.get("filament_exist"))
    kinds = rows(config.get("filament_type"))
    names = [each.object for each in document.layout.extruders]
    active = word(document.object("toolhead").get("extruder"))
    found = []
    for index in range(max(len(there), len(kinds))):
        known = at(there, index)
        is_occupied = known if isinstance(known, bool) else None
        is_active = index < len(names) and names[index] == active
        if is_occupied is False:
            found.append(Slot(index, is_occupied=False, is_active=is_active))
            continue
        parts = [
            _told(at(config.get(key), index))
            for key in ("filament_vendor", "filament_type", "filament_sub_type")
        ]
        found.append(
            Slot(
                index,
                is_occupied=is_occupied,
                is_active=is_active,
                material=parts[1],
                product=" ".join(filter(None, parts)) or None,
                color=color(at(config.get("filament_color_rgba"), index))
                if parts[1]
                else None,
            )
        )
    return tuple(found)


def _told(value: object) -> str | None:
    text = word(value)
    return None if text is None or text in _NOTHING else text
