"""What is known of a machine. Pure; `fold` takes its words in, `jobs` moves its job.

The state that is shown is a part of it, so that sections nobody touched stay the very
same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from odin_engine.drivers.printers.marlin.protocol.capabilities import (
    Settings,
    capabilities,
)
from odin_engine.drivers.printers.marlin.protocol.replies import Position, Waiting
from odin_engine.drivers.printers.marlin.protocol.troubles import our_fault
from odin_engine.printers.model import (
    Activity,
    Control,
    Fault,
    LinkStatus,
    Model,
    PrinterState,
    Prompt,
    Severity,
    Speed,
)

FAMILY = "marlin"
CARD = "card"
"""`Job.source` of what the machine prints from its own card."""
CONTINUE = "Continue"
_HEADS_MOST = 16


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine as it is known. `activity` is without what it waits for.

    `is_card_unseen` while nothing was heard of a print from the card since the line was
    lost: it may have ended any way.
    """

    settings: Settings
    state: PrinterState
    activity: Activity = Activity.IDLE
    identity: Mapping[str, str] = field(default_factory=dict)
    caps: Mapping[str, bool] = field(default_factory=dict)
    is_dead: bool = False
    waiting: Waiting | None = None
    asked: Prompt | None = None
    is_asking: bool = False
    position: Position | None = None
    card_name: str | None = None
    card_quiet: int = 0
    is_card_held: bool = False
    is_card_unseen: bool = False

    @classmethod
    def new(cls, settings: Settings) -> Machine:
        """Returns a machine of which nothing is known yet."""
        state = PrinterState(
            link=LinkStatus.ONLINE,
            control=Control.ALLOWED,
            activity=Activity.IDLE,
            model=Model(FAMILY),
        )
        return cls(settings, state)

    def can(self, cap: str) -> bool:
        """Whether the firmware says that it has a capability."""
        return self.caps.get(cap, False)

    @property
    def heads(self) -> int:
        """How many nozzles it has."""
        said = self.identity.get("EXTRUDER_COUNT", "1")
        count = int(said) if said.isdecimal() else 1
        return max(1, min(count, _HEADS_MOST))

    @property
    def prints_from_card(self) -> bool:
        """Whether the job that runs is one from its own card."""
        job = self.state.job
        return self.activity.has_running_job and job is not None and job.source == CARD


def settled(machine: Machine) -> Machine:
    """Returns the machine with the state that all of it amounts to."""
    state = machine.state
    activity, stage = machine.activity, None
    prompt = _prompt(machine)
    if machine.waiting is not None or prompt is not None:
        if activity.has_running_job:
            activity, stage = Activity.PAUSED, "paused_for_user"
        else:
            activity = Activity.ATTENTION
    elif machine.is_dead and not activity.is_end:
        activity = Activity.ATTENTION
    job = state.job
    if job is not None:
        was_waiting = job.stage == "paused_for_user"
        if stage is not None and not was_waiting:
            job = replace(job, stage=stage, stage_text="Waits for somebody")
        elif stage is None and was_waiting:
            job = replace(job, stage=None, stage_text=None)
    can = capabilities(
        machine.settings,
        machine.caps,
        state.temperatures,
        machine.heads,
        is_dead=machine.is_dead,
    )
    if can == state.capabilities:
        can = state.capabilities
    shown = replace(state, activity=activity, job=job, prompt=prompt, capabilities=can)
    return machine if shown == state else replace(machine, state=shown)


def _prompt(machine: Machine) -> Prompt | None:
    if machine.asked is not None and machine.is_asking:
        return machine.asked
    if machine.waiting is None:
        return None
    can_go_on = machine.can("EMERGENCY_PARSER")
    return Prompt(
        "The machine waits until somebody has done what its display asks for.",
        (CONTINUE,) if can_go_on else (),
    )


def with_factors(
    machine: Machine, speed_pct: int | None, flow_pct: int | None
) -> Machine:
    """Returns the machine with another speed or flow, in %; `None` leaves it."""
    was = machine.state.speed or Speed()
    speed = replace(
        was,
        percent=was.percent if speed_pct is None else speed_pct,
        flow_pct=was.flow_pct if flow_pct is None else flow_pct,
    )
    if speed == machine.state.speed:
        return machine
    return replace(machine, state=replace(machine.state, speed=speed))


def with_fault(machine: Machine, fault: Fault) -> Machine:
    """Returns the machine with a fault; one of the same code is replaced."""
    faults = (
        *(each for each in machine.state.faults if each.code != fault.code),
        fault,
    )
    if faults == machine.state.faults:
        return machine
    return replace(machine, state=replace(machine.state, faults=faults))


def without_faults(machine: Machine, *codes: str) -> Machine:
    """Returns the machine without faults of these codes; none named means all."""
    left = tuple(
        each for each in machine.state.faults if codes and each.code not in codes
    )
    if left == machine.state.faults:
        return machine
    return replace(machine, state=replace(machine.state, faults=left))


def warned(machine: Machine) -> Machine:
    """Returns the machine with what its firmware lacks for safety."""
    if machine.caps.get("THERMAL_PROTECTION", True):
        return machine
    text = (
        "The firmware was built without thermal protection: a loose sensor can set the "
        "machine on fire. Update the firmware before you leave it alone."
    )
    return settled(
        with_fault(machine, our_fault("no_thermal_protection", text, Severity.COMMON))
    )
