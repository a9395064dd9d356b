"""What may be sent to a printer, and when. Pure; every command passes through here.

`refusal` runs the guards of a command in order and returns the first objection. The
emergency stop alone does not ask. The bounds of single values are in `bounds`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from odin_engine.kernel.errors import OdinError, Refused, Unavailable
from odin_engine.printers.model.bounds import out_of_bounds
from odin_engine.printers.model.commands import (
    Command,
    CommandKind,
    SetPower,
    SkipObjects,
    StartPrint,
)
from odin_engine.printers.model.details import PrintDetails
from odin_engine.printers.model.errors import NotSupported
from odin_engine.printers.model.link import link_text
from odin_engine.printers.model.record import PlateState, Printer
from odin_engine.printers.model.state import (
    Activity,
    Control,
    LinkReason,
    LinkStatus,
    PrinterState,
    Severity,
    SlotRef,
    Storage,
)

FRESH_S = 5.0
"""A start needs a report younger than this: one sent to a busy machine ends its print."""


class ObserveOnly(Refused):
    """The owner wants this printer watched and never told anything."""

    code = "printer_observe_only"


class ControlRefused(Refused):
    """The printer takes no commands from programs until a person changes a setting."""

    code = "printer_control_refused"


class NotConnected(Unavailable):
    """There is no live connection; `link` and `reason` say why."""

    code = "printer_not_connected"

    def __init__(self, link: LinkStatus, reason: LinkReason | None) -> None:
        said = link_text(link, reason)
        super().__init__(" ".join(filter(None, (said.text, said.remedy))))
        self.link = link.value
        self.reason = reason.value if reason else None


class NotNow(Refused):
    """The printer's present state forbids it; `because` is a stable word for what."""

    code = "printer_not_now"

    def __init__(self, because: str, message: str) -> None:
        super().__init__(message)
        self.because = because


class SlotUnresolved(Refused):
    """A filament of the plate has no usable slot, so nothing is started."""

    code = "printer_slot_unresolved"


class SlotFeedsOtherHead(SlotUnresolved):
    """A slot cannot reach the head that its filament was sliced for.

    `filament` counts from 0, as the mapping does.
    """

    code = "printer_slot_feeds_other_head"

    def __init__(self, message: str, filament: int, head: int) -> None:
        super().__init__(message)
        self.filament = filament
        self.head = head


@dataclass(frozen=True, slots=True)
class Situation:
    """What the guards look at. `report_age_s` is `None` before the first report.

    `details` is what the file of the running job told, if it was read;
    `objects_in_job` is how many objects its plate has, where only the caller knows.
    """

    printer: Printer
    state: PrinterState
    report_age_s: float | None = None
    objects_in_job: int | None = None
    details: PrintDetails | None = None


type Guard = Callable[[Command, Situation], OdinError | None]


def refusal(command: Command, situation: Situation) -> OdinError | None:
    """Returns why a command may not be sent now, `None` when it may."""
    for guard in (*_ALWAYS, *_BY_KIND.get(command.kind, ()), _in_bounds):
        objection = guard(command, situation)
        if objection is not None:
            return objection
    return None


def skip_refusal(situation: Situation) -> OdinError | None:
    """Returns why no object of the running print can be skipped now, `None` if one can.

    Needs the print's details.
    """
    objects = situation.details.objects if situation.details else ()
    if not objects:
        return NotSupported("The file of this print names no objects.")
    job = situation.state.job
    skipped = set(job.skipped_objects) if job else set[int]()
    left = [each.id for each in objects if each.id not in skipped]
    return refusal(SkipObjects((left[0] if left else objects[0].id,)), situation)


def _observed(_: Command, situation: Situation) -> OdinError | None:
    if situation.printer.is_observe_only:
        return ObserveOnly(
            "This printer is set to be observed only. Change that in its settings "
            "to control it; the emergency stop always works."
        )
    return None


_WORTH_TRYING_WHEN_STALE = frozenset({CommandKind.PAUSE, CommandKind.STOP})
_FOR_THE_HOST = frozenset(
    {
        CommandKind.CONNECT_MACHINE,
        CommandKind.RESTART_FIRMWARE,
        CommandKind.RESTART_HOST,
        CommandKind.SET_POWER,
    }
)
"""What a host does that has no connection to its machine: they bring it back."""


def _connected(command: Command, situation: Situation) -> OdinError | None:
    state = situation.state
    if state.link is LinkStatus.ONLINE:
        return None
    if state.link is LinkStatus.STALE and command.kind in _WORTH_TRYING_WHEN_STALE:
        return None
    if state.link_reason is LinkReason.MACHINE_AWAY and command.kind in _FOR_THE_HOST:
        return None
    return NotConnected(state.link, state.link_reason)


def _controllable(_: Command, situation: Situation) -> OdinError | None:
    if situation.state.control is Control.REFUSED:
        return ControlRefused(
            "The printer refuses commands from programs. Switch on its developer mode "
            "(on its screen: Settings, LAN only, Developer mode) and try again."
        )
    return None


def _supported(command: Command, situation: Situation) -> OdinError | None:
    state = situation.state
    if command.kind.value in state.capabilities.commands:
        return None
    fatal = [each.text for each in state.faults if each.severity is Severity.FATAL]
    if fatal:
        # A machine that has halted offers little; it is not its model that cannot.
        return NotNow("fault", f"The printer cannot do that now. {fatal[0]}")
    return NotSupported("This model or its firmware cannot do that.")


def _only_in(*allowed: Activity, message: str) -> Guard:
    def guard(_: Command, situation: Situation) -> OdinError | None:
        if situation.state.activity in allowed:
            return None
        return NotNow("activity", message)

    return guard


def _never_in(*refused: Activity, message: str) -> Guard:
    def guard(_: Command, situation: Situation) -> OdinError | None:
        if situation.state.activity in refused:
            return NotNow("busy", message)
        return None

    return guard


_RUNNING = (Activity.PREPARING, Activity.PRINTING, Activity.PAUSED)
_MOVING = (Activity.PREPARING, Activity.PRINTING)
_READY = (Activity.IDLE, Activity.FINISHED, Activity.FAILED, Activity.CANCELLED)

_NO_JOB = "Nothing is being printed."
_HANDS_OFF = "A print is running. Wait for its end, or stop it first."


def _fresh(_: Command, situation: Situation) -> OdinError | None:
    age_s = situation.report_age_s
    if age_s is None or age_s > FRESH_S:
        return NotNow(
            "stale_report",
            "The printer has not reported just now, so it is not known to be free. "
            "Nothing was sent; try again in a moment.",
        )
    return None


def _plate_clear(_: Command, situation: Situation) -> OdinError | None:
    if situation.printer.plate.state is PlateState.OCCUPIED:
        return NotNow(
            "plate_occupied",
            "The last print may still lie on the plate. Clear it and confirm that.",
        )
    return None


def _in_service(_: Command, situation: Situation) -> OdinError | None:
    if situation.printer.is_in_maintenance:
        return NotNow(
            "maintenance", "The printer is in maintenance. End the maintenance first."
        )
    return None


def _firmware_settled(_: Command, situation: Situation) -> OdinError | None:
    if situation.state.firmware.is_updating:
        return NotNow("firmware_update", "The printer updates its firmware. Wait.")
    return None


def _storage_ready(_: Command, situation: Situation) -> OdinError | None:
    storage = situation.state.storage
    if storage in {None, Storage.OK}:
        return None
    return NotNow(
        "storage",
        f"The printer's storage is {str(storage).replace('_', ' ')}. Insert a working "
        "card or stick.",
    )


def _power_spared(command: Command, situation: Situation) -> OdinError | None:
    """Refuses to cut the power of a machine that prints."""
    if isinstance(command, SetPower) and not command.is_on:
        return _not_while_running(command, situation)
    return None


def _not_while_running(_: Command, situation: Situation) -> OdinError | None:
    """As what a restart would end; what a host without its machine says is old."""
    state = situation.state
    if state.link is LinkStatus.ONLINE and state.activity in _RUNNING:
        return NotNow("busy", _HANDS_OFF)
    return None


def _asked(_: Command, situation: Situation) -> OdinError | None:
    if situation.state.prompt is None:
        return NotNow("no_prompt", "The printer asks nothing just now.")
    return None


def _slots_resolved(command: Command, situation: Situation) -> OdinError | None:
    if not isinstance(command, StartPrint):
        return None
    slots = {
        SlotRef(unit.id, slot.id): slot
        for unit in situation.state.filament_units
        for slot in unit.slots
    }
    wanted = [ref for ref in command.mapping if ref is not None]
    if slots and not wanted:
        return SlotUnresolved("Choose a slot for each filament that the plate uses.")
    for ref in wanted:
        if ref not in slots:
            return SlotUnresolved(
                f"There is no slot {ref.slot} in unit {ref.unit} on this printer."
            )
        if slots[ref].is_occupied is False:
            return SlotUnresolved(f"Slot {ref.slot} of unit {ref.unit} is empty.")
    return None


_HEADS = {0: "right", 1: "left"}


def _heads_reached(command: Command, situation: Situation) -> OdinError | None:
    """Refuses a slot whose unit feeds the other head: the printer would stop midway."""
    if not isinstance(command, StartPrint):
        return None
    units = {unit.id: unit for unit in situation.state.filament_units}
    # Either may be the longer one; what is missing is unknown.
    for index, (ref, head) in enumerate(zip(command.mapping, command.heads)):  # noqa: B905
        fed = units[ref.unit].nozzle if ref is not None else None
        if ref is None or head is None or fed is None or fed == head:
            continue
        wanted, other = _HEADS.get(head, f"{head}."), _HEADS.get(fed, f"{fed}.")
        return SlotFeedsOtherHead(
            f"Filament {index + 1} was sliced for the {wanted} nozzle, and "
            f"{units[ref.unit].name} feeds the {other} one. Choose a slot that feeds the "
            f"{wanted} nozzle, or slice the file anew.",
            index,
            head,
        )
    return None


def _objects_labelled(_: Command, situation: Situation) -> OdinError | None:
    details = situation.details
    if details is None or details.can_skip_objects is not False:
        return None
    return NotSupported(
        "This file was sliced without labels for its objects, so the printer cannot "
        "tell them apart. Switch on “Label objects” in the slicer for the next one."
    )


def _in_bounds(command: Command, situation: Situation) -> OdinError | None:
    return out_of_bounds(
        command, situation.state, situation.objects_in_job, situation.details
    )


_ALWAYS: tuple[Guard, ...] = (_observed, _connected, _controllable, _supported)

_BY_KIND: dict[CommandKind, tuple[Guard, ...]] = {
    CommandKind.PAUSE: (_only_in(*_MOVING, message=_NO_JOB),),
    CommandKind.RESUME: (
        _only_in(Activity.PAUSED, message="Nothing is paused that could go on."),
    ),
    CommandKind.STOP: (_only_in(*_RUNNING, message=_NO_JOB),),
    CommandKind.SKIP_OBJECTS: (
        _only_in(*_RUNNING, message=_NO_JOB),
        _objects_labelled,
    ),
    CommandKind.HOME: (_never_in(*_RUNNING, message=_HANDS_OFF),),
    CommandKind.JOG: (_never_in(*_RUNNING, message=_HANDS_OFF),),
    CommandKind.CALIBRATE: (_never_in(*_RUNNING, message=_HANDS_OFF),),
    CommandKind.READ_FILAMENT: (_never_in(*_RUNNING, message=_HANDS_OFF),),
    CommandKind.SEND_GCODE: (_never_in(*_RUNNING, message=_HANDS_OFF),),
    # A print that paused because the filament ran out goes on only after loading.
    CommandKind.LOAD_FILAMENT: (_never_in(*_MOVING, message=_HANDS_OFF),),
    CommandKind.UNLOAD_FILAMENT: (_never_in(*_MOVING, message=_HANDS_OFF),),
    # A macro may do anything, and between two layers it would.
    CommandKind.RUN_MACRO: (_never_in(*_MOVING, message=_HANDS_OFF),),
    CommandKind.SELECT_TOOL: (_never_in(*_RUNNING, message=_HANDS_OFF),),
    CommandKind.SET_POWER: (_power_spared,),
    CommandKind.ANSWER_PROMPT: (_asked,),
    CommandKind.DISCONNECT_MACHINE: (_never_in(*_RUNNING, message=_HANDS_OFF),),
    CommandKind.RESTART_FIRMWARE: (_not_while_running,),
    CommandKind.RESTART_HOST: (_not_while_running,),
    CommandKind.START_PRINT: (
        _only_in(*_READY, message="The printer is not free to start a print."),
        _plate_clear,
        _in_service,
        _firmware_settled,
        _storage_ready,
        _slots_resolved,
        _heads_reached,
        _fresh,
    ),
}
