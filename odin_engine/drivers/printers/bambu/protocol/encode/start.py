"""Starting a print: `project_file` with every parameter.

Exactly one attempt, QoS 0: a broker must never send it a second time. An
acknowledgement proves nothing; the report must show our token, or our job.
Source: docs/protocols/bambu.md §8.2.
"""

from collections.abc import Iterator
from typing import Any

from odin_engine.drivers.printers.bambu.protocol.encode.request import (
    START_S,
    Machine,
    Request,
)
from odin_engine.drivers.printers.bambu.protocol.encode.trays import (
    flat_tray,
    is_external,
)
from odin_engine.drivers.printers.bambu.protocol.models import ModelInfo
from odin_engine.drivers.printers.bambu.protocol.slots import EXTERNAL_MAIN
from odin_engine.printers.model import (
    CommandRejected,
    FilamentUnit,
    NotSupported,
    PrinterState,
    PrintOptions,
    Slot,
    SlotRef,
    StartPrint,
    Storage,
    UnitKind,
)

_HIGHEST_TOKEN = 2**31 - 1
_UNUSED = 255
_NO_AMS_SLOT = -1
_OFF, _ON, _AUTO = 0, 1, 2

_DECIDES_ITSELF = frozenset({"a2l", "p2s", "x2d", "h2s", "h2d", "h2d_pro", "h2c"})
"""Models that take 2, "auto". Others read the boolean only, where auto would be off.

Source: `support_bed_leveling` and `support_auto_flow_calibration` in
`resources/printers/<code>.json` of bambulab/BambuStudio.
"""

STORAGE_TROUBLE = {
    Storage.MISSING: "There is no card or stick in the printer. Insert a USB stick or SD card.",
    Storage.ABNORMAL: "The printer cannot read its card or stick. Format or replace it.",
    Storage.READ_ONLY: "The printer's card or stick is write-protected.",
}
"""What keeps files from being uploaded and printed, and what to do about it."""


def start(command: StartPrint, machine: Machine) -> tuple[Request, ...]:
    """Returns the one message that starts a plate.

    Raises:
        CommandRejected: the printer is not ready, or a filament has no usable slot.
    """
    _check_ready(machine.state)
    if not 1 <= command.token <= _HIGHEST_TOKEN:
        # P1S 01.10 clamps a larger one and then never leaves IDLE (BB #1042).
        raise NotSupported("The print's token is outside of 1 to 2147483647.")
    slots = [_resolve(index, ref, machine) for index, ref in enumerate(command.mapping)]
    used = [ref for ref in slots if ref is not None]
    if not used:
        raise CommandRejected(
            "No filament of this plate was given a slot. Choose one for each."
        )
    token = str(command.token)
    body: dict[str, Any] = {
        "command": "project_file",
        "param": f"Metadata/plate_{command.plate}.gcode",
        "url": machine.model.print_url.format(
            path=storage_path(machine.model, command.file)
        ),
        "file": command.file,
        # Empty: the firmware does not compare.
        "md5": "",
        "subtask_name": command.name,
        "project_id": token,
        "profile_id": "0",
        "task_id": token,
        "subtask_id": token,
        **_options(command.options, machine.model),
        "use_ams": any(not is_external(ref) for ref in used),
        "ams_mapping": [_flat(ref) for ref in slots],
        "ams_mapping2": [_pair(ref, machine.model) for ref in slots],
        "cfg": "0",
    }
    request = Request(
        "print",
        body,
        is_settled_by_ack=False,
        confirms=lambda state: _runs(command, state),
        timeout_s=START_S,
    )
    return (request,)


def storage_path(model: ModelInfo, name: str) -> str:
    """Returns where a file of ours lies, seen from the storage's root."""
    return f"{model.upload_folder}/{name}" if model.upload_folder else name


def _check_ready(state: PrinterState) -> None:
    if state.activity is None:
        raise CommandRejected("The printer has not said yet what it is doing.")
    if state.activity.has_running_job:
        # An A1 mini would cancel the running print for it (BB #2598).
        raise CommandRejected("The printer is busy with another print.")
    if state.firmware.is_updating:
        raise CommandRejected("The printer is updating its firmware.")
    if state.storage in STORAGE_TROUBLE:
        raise CommandRejected(STORAGE_TROUBLE[state.storage])


def _resolve(index: int, ref: SlotRef | None, machine: Machine) -> SlotRef | None:
    """Returns the slot for a filament; one that is not there or empty is refused.

    A wrong slot must never become the external spool by default (BB #2589).
    """
    if ref is None:
        return None
    unit = next((u for u in machine.state.filament_units if u.id == ref.unit), None)
    slot = next((s for s in unit.slots if s.id == ref.slot), None) if unit else None
    if unit is None or slot is None:
        raise CommandRejected(
            f"Filament {index + 1} is to come from a slot that this printer does not "
            f"have (unit {ref.unit}, slot {ref.slot + 1})."
        )
    if slot.is_occupied is False:
        raise CommandRejected(
            f"Filament {index + 1} is to come from {_place(unit, slot)}, which is empty."
        )
    return ref


def _place(unit: FilamentUnit, slot: Slot) -> str:
    if unit.kind is UnitKind.EXTERNAL:
        return unit.name
    return f"{unit.name} slot {slot.id + 1}"


def _flat(ref: SlotRef | None) -> int:
    # 254 and 255 here end in 0700_8012, "failed to get the mapping table".
    return _NO_AMS_SLOT if ref is None or is_external(ref) else flat_tray(ref)


def _pair(ref: SlotRef | None, model: ModelInfo) -> dict[str, int]:
    if ref is None:
        return {"ams_id": _UNUSED, "slot_id": _UNUSED}
    if is_external(ref):
        unit = ref.unit if model.heads > 1 else EXTERNAL_MAIN
        return {"ams_id": unit, "slot_id": 0}
    return {"ams_id": ref.unit, "slot_id": ref.slot}


def _options(options: PrintOptions, model: ModelInfo) -> dict[str, Any]:
    """Returns the choices; booleans must be JSON booleans (BB #1386, #1478)."""
    may_decide = model.id in _DECIDES_ITSELF
    leveling = _choice(options.bed_leveling, _AUTO if may_decide else _ON)
    flow = _choice(options.flow_calibration, _AUTO if may_decide else _OFF)
    offset = _choice(options.nozzle_offset_calibration, _AUTO)
    return {
        "bed_type": options.bed_type,
        "timelapse": options.timelapse,
        "bed_leveling": leveling == _ON,
        "auto_bed_leveling": leveling,
        "flow_cali": flow == _ON,
        "extrude_cali_flag": flow,
        "extrude_cali_manual_mode": 0,
        "nozzle_offset_cali": offset if model.heads > 1 else _OFF,
        "vibration_cali": options.vibration_calibration and model.id != "p2s",
        "layer_inspect": options.first_layer_inspection,
    }


def _choice(wanted: bool | None, otherwise: int) -> int:  # noqa: FBT001 - three-valued
    if wanted is None:
        return otherwise
    return _ON if wanted else _OFF


def _runs(command: StartPrint, state: PrinterState) -> bool:
    """Whether a report shows our job: its token, or its name where tokens are lost."""
    job = state.job
    if job is None or state.activity is None or not state.activity.has_running_job:
        return False
    if job.token is not None:
        return job.token == command.token
    return any(
        _is_same(word, shown) for word, shown in _names(command, job.name, job.file)
    )


def _names(
    command: StartPrint, name: str | None, file: str | None
) -> Iterator[tuple[str, str]]:
    if name is not None:
        yield command.name, name
    if file is not None:
        yield command.file, file.rsplit("/", 1)[-1]


def _is_same(sent: str, shown: str) -> bool:
    return shown.removesuffix(".3mf").removesuffix(".gcode") == sent.removesuffix(
        ".3mf"
    ).removesuffix(".gcode")
