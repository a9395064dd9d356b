"""What happened at a printer, in past tense, and the one place that decides it.

`transitions` compares two states. Nothing else says that a print started or ended,
that a fault came or went, or that a link was lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from odin_engine.printers.model import (
    Activity,
    Control,
    Fault,
    Job,
    LinkReason,
    LinkStatus,
    PrinterState,
    PrintResult,
    Slot,
    SlotRef,
    attention_reason,
)
from odin_engine.printers.model.history import RESULTS


@dataclass(frozen=True, slots=True)
class PrinterEvent:
    """Parent of all; `printer_id` says where."""

    printer_id: str


@dataclass(frozen=True, slots=True)
class LinkChanged(PrinterEvent):
    """The link got better or worse."""

    before: LinkStatus
    after: LinkStatus
    reason: LinkReason | None


@dataclass(frozen=True, slots=True)
class ControlChanged(PrinterEvent):
    """The printer began to take, or to refuse, our commands."""

    control: Control


@dataclass(frozen=True, slots=True)
class PrintStarted(PrinterEvent):
    """A job began; seen to begin, not merely found running."""

    job: Job


@dataclass(frozen=True, slots=True)
class PrintPaused(PrinterEvent):
    """A running job stands still."""

    job: Job | None


@dataclass(frozen=True, slots=True)
class PrintResumed(PrinterEvent):
    """A paused job goes on."""

    job: Job | None


@dataclass(frozen=True, slots=True)
class PrintEnded(PrinterEvent):
    """A job ended and something may lie on the plate."""

    result: PrintResult
    job: Job | None


@dataclass(frozen=True, slots=True)
class AttentionNeeded(PrinterEvent):
    """A person must act; `reason` is a fault's code or a word."""

    reason: str


@dataclass(frozen=True, slots=True)
class FaultRaised(PrinterEvent):
    """A fault appeared."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class FaultCleared(PrinterEvent):
    """A fault is gone from the wire."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class SlotChanged(PrinterEvent):
    """What is in a slot changed: emptied, filled, or described anew."""

    slot: SlotRef


@dataclass(frozen=True, slots=True)
class ActiveSlotChanged(PrinterEvent):
    """Another slot, or none, feeds the nozzle."""

    before: SlotRef | None
    after: SlotRef | None


@dataclass(frozen=True, slots=True)
class PlateOccupied(PrinterEvent):
    """A part may lie on the plate; no print starts there until it is clear."""


@dataclass(frozen=True, slots=True)
class PlateCleared(PrinterEvent):
    """The plate is clear for the next print."""


@dataclass(frozen=True, slots=True)
class DoorChanged(PrinterEvent):
    """The door was opened or closed."""

    is_open: bool


def transitions(
    printer_id: str, before: PrinterState, after: PrinterState
) -> Iterator[PrinterEvent]:
    """Yields what happened between two states of one printer, in a fixed order.

    The first report after a start of the engine (`before.activity` is `None`) is a
    baseline: it raises faults, links and refused control, and never starts, ends or
    pauses a print.
    """
    if before is after:
        return
    if before.link is not after.link:
        yield LinkChanged(printer_id, before.link, after.link, after.link_reason)
    if before.control is not after.control and (
        before.activity is not None or after.control is Control.REFUSED
    ):
        yield ControlChanged(printer_id, after.control)
    if before.faults is not after.faults:
        yield from _faults(printer_id, before, after)
    if (
        before.activity is not after.activity
        or before.faults is not after.faults
        or before.job is not after.job
    ):
        yield from _attention(printer_id, before, after)
    if before.activity is None:
        return
    if before.activity is not after.activity or before.job is not after.job:
        yield from _job(printer_id, before, after)
    if before.filament_units is not after.filament_units:
        yield from _slots(printer_id, before, after)
    if before.active_slot != after.active_slot:
        yield ActiveSlotChanged(printer_id, before.active_slot, after.active_slot)
    if after.is_door_open is not None and before.is_door_open is not after.is_door_open:
        yield DoorChanged(printer_id, after.is_door_open)


def _faults(
    printer_id: str, before: PrinterState, after: PrinterState
) -> Iterator[PrinterEvent]:
    old = {fault.code: fault for fault in before.faults}
    new = {fault.code: fault for fault in after.faults}
    for code, fault in old.items():
        if code not in new:
            yield FaultCleared(printer_id, fault)
    for code, fault in new.items():
        if code not in old:
            yield FaultRaised(printer_id, fault)


def _attention(
    printer_id: str, before: PrinterState, after: PrinterState
) -> Iterator[PrinterEvent]:
    reason = attention_reason(after)
    if reason is not None and attention_reason(before) is None:
        yield AttentionNeeded(printer_id, reason)


def _job(
    printer_id: str, before: PrinterState, after: PrinterState
) -> Iterator[PrinterEvent]:
    was, runs = _runs_job(before), _runs_job(after)
    if was and _is_another_job(before.job, after.job):
        # How it ended was not seen; an end that is shown is the other one's.
        yield PrintEnded(printer_id, PrintResult.UNKNOWN, before.job)
        was = False
    if runs and not was and after.job is not None:
        yield PrintStarted(printer_id, after.job)
    elif was and not runs and after.activity is not None:
        result = RESULTS.get(after.activity, PrintResult.UNKNOWN)
        yield PrintEnded(printer_id, result, _ended(before.job, after.job))
    elif was and runs and before.activity is not after.activity:
        if after.activity is Activity.PAUSED:
            yield PrintPaused(printer_id, after.job)
        elif before.activity is Activity.PAUSED:
            yield PrintResumed(printer_id, after.job)


def _runs_job(state: PrinterState) -> bool:
    """Whether it works at a job: one that only homes or calibrates prepares none."""
    activity = state.activity
    if activity is Activity.PREPARING and state.job is None:
        return False
    return activity is not None and activity.has_running_job


def _is_another_job(before: Job | None, after: Job | None) -> bool:
    """Whether two jobs differ for certain; an id the printer lacks proves nothing."""
    if before is None or after is None:
        return False
    if before.token is not None and after.token is not None:
        return before.token != after.token
    return (
        before.external_id is not None
        and after.external_id is not None
        and before.external_id != after.external_id
    )


def _ended(before: Job | None, after: Job | None) -> Job | None:
    """Returns the better description: printers often empty the job when it ends."""
    if before is None or (after is not None and after.name is not None):
        return after
    return before


def _slots(
    printer_id: str, before: PrinterState, after: PrinterState
) -> Iterator[PrinterEvent]:
    old = {unit.id: unit for unit in before.filament_units}
    new = {unit.id: unit for unit in after.filament_units}
    for unit_id in sorted(old.keys() | new.keys()):
        was, now = old.get(unit_id), new.get(unit_id)
        if was is now:
            continue
        slots_then = {} if was is None else {slot.id: slot for slot in was.slots}
        slots_now = {} if now is None else {slot.id: slot for slot in now.slots}
        for slot_id in sorted(slots_then.keys() | slots_now.keys()):
            slot_then, slot_now = slots_then.get(slot_id), slots_now.get(slot_id)
            if slot_then is not slot_now and _content(slot_then) != _content(slot_now):
                yield SlotChanged(printer_id, SlotRef(unit_id, slot_id))


def _content(slot: Slot | None) -> tuple[object, ...] | None:
    """Returns what is in a slot, without what merely changes as it is used."""
    if slot is None:
        return None
    return (
        slot.is_occupied,
        slot.material,
        slot.preset_id,
        slot.colors or slot.color,
        slot.spool_uid,
        slot.tag_uid,
    )
