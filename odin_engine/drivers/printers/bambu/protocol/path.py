"""What is loaded, and what the filament path does.

Source: docs/protocols/bambu.md §6.4 ("Active slot algorithm", `ams_status`).
"""

from typing import Any

from odin_engine.drivers.printers.bambu.protocol import slots
from odin_engine.drivers.printers.bambu.protocol.document import Document
from odin_engine.drivers.printers.bambu.protocol.fields import rows, whole
from odin_engine.drivers.printers.bambu.protocol.heat import (
    current_head,
    extruder_rows,
    heads_of,
)
from odin_engine.printers.model import FilamentChange, SlotRef

_CHANGES = {
    1: FilamentChange.CHANGING,
    2: FilamentChange.READING,
    4: FilamentChange.CALIBRATING,
}
_IDLE = 0


def active_slot(document: Document) -> SlotRef | None:
    """Returns the slot that feeds the nozzle in use, `None` while none does.

    With `device.extruder` it is the head's own `snow`: `tray_now` counts within a unit
    there (BB #420). Source: §6.4 "Active slot algorithm".
    """
    heads = extruder_rows(document)
    if heads:
        in_use = current_head(document)
        for head in heads:
            if whole(head.get("id")) == in_use and "snow" in head:
                return _external_as_listed(document, slots.of_code(head["snow"]))
        if in_use is None or len(heads) > 1:
            return None
    ref = slots.of_flat(document.table("ams").get("tray_now"))
    return _external_as_listed(document, ref)


def _external_as_listed(document: Document, ref: SlotRef | None) -> SlotRef | None:
    """Returns the external spool under the id it is listed by.

    A machine with one external spool calls it 254 in one field and 255 in another.
    """
    if ref is None or ref.unit < slots.EXTERNAL_DEPUTY:
        return ref
    listed = [whole(tray.get("id")) for tray in external_trays(document)]
    if len(listed) == 1 and listed[0] is not None and heads_of(document) == 1:
        return SlotRef(listed[0], 0)
    return ref


def filament_change(document: Document) -> FilamentChange:
    """Returns what the filament path does just now."""
    ams = document.table("ams")
    status = whole(document.wire.get("ams_status")) or 0
    change = _CHANGES.get(status >> 8, FilamentChange.NONE)
    if change is not FilamentChange.NONE or status >> 8 == _IDLE:
        return change
    heads = extruder_rows(document)
    if heads:
        is_changing = any(
            _differs(slots.of_code(head.get("star")), slots.of_code(head.get("snow")))
            for head in heads
            if whole(head.get("id")) == current_head(document)
        )
    else:
        is_changing = _differs(
            slots.of_flat(ams.get("tray_tar")), slots.of_flat(ams.get("tray_now"))
        )
    return FilamentChange.CHANGING if is_changing else FilamentChange.NONE


def _differs(target: SlotRef | None, now: SlotRef | None) -> bool:
    return target is not None and target != now


def external_trays(document: Document) -> list[dict[str, Any]]:
    """Returns the external spools: `vir_slot`, on old firmware `vt_tray`."""
    trays = rows(document.merged.get("vir_slot"))
    if not trays and (tray := document.table("vt_tray")):
        trays = [tray if "id" in tray else {**tray, "id": slots.EXTERNAL_DEPUTY}]
    return sorted(trays, key=lambda tray: -(whole(tray.get("id")) or 0))
