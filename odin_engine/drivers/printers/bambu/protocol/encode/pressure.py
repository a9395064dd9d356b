"""Storing a K factor (pressure advance) for a slot. Source: §8.3, "PA profiles".

Machines that report `k` per slot take it there. Those that report `cali_idx` keep a
table: a profile is filed, the table is read to learn under which number, and that
number is chosen for the slot.
"""

import zlib
from collections.abc import Mapping
from typing import Any

from odin_engine.drivers.printers.bambu.protocol.encode.request import (
    Machine,
    Request,
    printing,
)
from odin_engine.drivers.printers.bambu.protocol.encode.trays import (
    flat_tray,
    is_external,
)
from odin_engine.drivers.printers.bambu.protocol.fields import rows, whole
from odin_engine.drivers.printers.bambu.protocol.slots import (
    EXTERNAL_DEPUTY,
    EXTERNAL_MAIN,
)
from odin_engine.printers.model import CommandRejected, ConfigureSlot, Slot

_NEW_PROFILE = -1
_LEGACY_N = 1.4
_TYPICAL_BED_C = 60


def pressure_advance(command: ConfigureSlot, slot: Slot, machine: Machine) -> Request:
    """Returns the first message; the others follow from its answers."""
    if machine.model.sends_deltas and slot.calibration_index is None:
        return printing(
            "extrusion_cali_set",
            tray_id=_global_tray(command, machine),
            k_value=command.k,
            n_coef=_LEGACY_N,
            nozzle_temp=command.nozzle_max_c,
            bed_temp=slot.bed_c or _TYPICAL_BED_C,
            max_volumetric_speed=0,
        )
    head = _head(command, machine)
    diameter, nozzle_id = _nozzle(machine, head)
    name = f"odin {command.preset_id} {command.k:.3f}"
    profile = {
        "ams_id": command.slot.unit,
        "tray_id": command.slot.slot,
        "cali_idx": _NEW_PROFILE,
        "extruder_id": head,
        "nozzle_id": nozzle_id,
        "nozzle_diameter": diameter,
        "filament_id": command.preset_id,
        # "PF" and 17 digits; the same profile always gets the same.
        "setting_id": f"PF{zlib.crc32(name.encode()):017d}",
        "name": name,
        "k_value": f"{command.k:.6f}",
        "n_coef": "0.000000",
    }
    ask = Request(
        "print",
        {
            "command": "extrusion_cali_get",
            "filament_id": command.preset_id,
            "nozzle_diameter": diameter,
            "extruder_id": head,
            "nozzle_id": nozzle_id,
        },
        follow=lambda answer: (_choose(command, machine, diameter, name, answer),),
    )
    body = {
        "command": "extrusion_cali_set",
        "nozzle_diameter": diameter,
        "filaments": [profile],
    }
    return Request("print", body, follow=lambda _: (ask,))


def _choose(
    command: ConfigureSlot,
    machine: Machine,
    diameter: str,
    name: str,
    answer: Mapping[str, Any],
) -> Request:
    ref = command.slot
    numbers = [
        number
        for row in rows(answer.get("filaments"))
        if row.get("name") == name
        and (number := whole(row.get("cali_idx"))) is not None
    ]
    if not numbers:
        raise CommandRejected(
            "The printer did not keep the K factor. Set it on its screen instead."
        )
    is_only_external = is_external(ref) and machine.model.heads == 1
    return printing(
        "extrusion_cali_sel",
        cali_idx=numbers[-1],
        filament_id=command.preset_id,
        nozzle_diameter=diameter,
        tray_id=_global_tray(command, machine),
        ams_id=EXTERNAL_MAIN if is_only_external else ref.unit,
        slot_id=0 if is_external(ref) else ref.slot,
    )


def _global_tray(command: ConfigureSlot, machine: Machine) -> int:
    if is_external(command.slot) and machine.model.heads == 1:
        return EXTERNAL_DEPUTY
    return flat_tray(command.slot)


def _head(command: ConfigureSlot, machine: Machine) -> int:
    for unit in machine.state.filament_units:
        if unit.id == command.slot.unit:
            return unit.nozzle or 0
    return 0


def _nozzle(machine: Machine, head: int) -> tuple[str, str]:
    """Returns diameter and id of a head's nozzle, as calibration names them."""
    for nozzle in machine.state.nozzles:
        if nozzle.id == head and nozzle.diameter_mm is not None:
            flow = "HH" if nozzle.flow == "high" else "HS"
            return f"{nozzle.diameter_mm:.1f}", f"{flow}00-{nozzle.diameter_mm:.1f}"
    return "0.4", "HS00-0.4"
