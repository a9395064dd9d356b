"""How a job begins, goes on and ends, fed by us or read from the card. Pure (§7)."""

from dataclasses import replace
from datetime import datetime

from odin_engine.drivers.printers.marlin.protocol.machine import (
    CARD,
    Machine,
    settled,
    with_fault,
    without_faults,
)
from odin_engine.drivers.printers.marlin.protocol.troubles import our_fault
from odin_engine.printers.model import (
    Activity,
    EstimateSource,
    Fault,
    Job,
    Severity,
)

LINK_LOST = (
    "The connection was lost in the middle of the print. Check the printer: nobody fed "
    "it any more, and its heaters may have stayed on."
)
SERIAL = "serial"
"""`Job.source` of a file that we feed line by line."""
_STAGES = {
    "pausing": "Pausing",
    "cancelling": "Cancelling",
    "paused_by_user": "Paused",
    "paused_by_gcode": "Paused by the file",
    "paused_filament_runout": "Out of filament",
}
_JOB_FAULTS = (
    "printer_reset",
    "link_lost",
    "resend",
    "resend_loop",
    "silent",
    "line_too_long",
    "file_unreadable",
    "filament_runout",
    "bad_cable",
    "emergency_stop",
)


def left_behind(
    machine: Machine, name: str | None, file: str | None, token: int | None
) -> Machine:
    """Returns the machine whose print was broken off while nobody was here to tell."""
    if machine.activity is not Activity.IDLE:
        return machine
    job = Job(name=name, file=file, token=token, source=SERIAL)
    fault = our_fault("link_lost", LINK_LOST)
    return ended(began(machine, job), Activity.FAILED, fault)


def began(machine: Machine, job: Job) -> Machine:
    """Returns the machine with a job that begins."""
    machine = without_faults(machine, *_JOB_FAULTS)
    return settled(
        replace(
            machine,
            activity=Activity.PREPARING,
            state=replace(machine.state, job=job),
            card_quiet=0,
            is_card_held=False,
            is_card_unseen=False,
        )
    )


def became(
    machine: Machine,
    activity: Activity,
    stage: str | None = None,
) -> Machine:
    """Returns the machine with its running job in another phase."""
    if not machine.activity.has_running_job:
        return machine
    job = machine.state.job
    stage_text = _STAGES.get(stage) if stage is not None else None
    if job is not None and (job.stage, job.stage_text) != (stage, stage_text):
        job = replace(job, stage=stage, stage_text=stage_text)
        machine = replace(machine, state=replace(machine.state, job=job))
    return settled(replace(machine, activity=activity))


def progressed(machine: Machine, job: Job) -> Machine:
    """Returns the machine with what its job has come to; the phase is kept."""
    if machine.state.job is None:
        return machine
    job = replace(
        job, stage=machine.state.job.stage, stage_text=machine.state.job.stage_text
    )
    if job == machine.state.job:
        return machine
    return replace(machine, state=replace(machine.state, job=job))


def ended(machine: Machine, activity: Activity, fault: Fault | None = None) -> Machine:
    """Returns the machine with its job ended, if one runs."""
    if fault is not None:
        machine = with_fault(machine, fault)
    if not machine.activity.has_running_job:
        return settled(machine)
    job = machine.state.job
    if job is not None:
        done_pct = 100 if activity is Activity.FINISHED else job.progress_pct
        job = replace(
            job, stage=None, stage_text=None, remaining_s=None, progress_pct=done_pct
        )
    return settled(
        replace(
            machine,
            activity=activity,
            state=replace(machine.state, job=job),
            waiting=None,
            asked=None,
            is_asking=False,
        )
    )


def was_reset(machine: Machine) -> Machine:
    """Returns the machine after its board was reset: any job is lost (§7)."""
    fault = None
    if machine.activity.has_running_job:
        fault = our_fault(
            "printer_reset",
            "The machine was reset in the middle of the print: its power failed, or "
            "somebody pressed the button. The print cannot go on.",
        )
    machine = ended(machine, Activity.FAILED, fault)
    alive = tuple(
        each for each in machine.state.faults if each.severity is not Severity.FATAL
    )
    if alive != machine.state.faults:
        machine = replace(machine, state=replace(machine.state, faults=alive))
    return settled(
        replace(
            machine,
            is_dead=False,
            waiting=None,
            asked=None,
            is_asking=False,
            position=None,
        )
    )


def cleared(machine: Machine) -> Machine:
    """Returns the machine without what a person has taken note of."""
    activity = Activity.IDLE if machine.activity.is_end else machine.activity
    machine = without_faults(replace(machine, activity=activity))
    return settled(replace(machine, is_dead=False))


def card_selected(machine: Machine, name: str | None) -> Machine:
    """Returns the machine with the name of the file on its card."""
    if name is None or (machine.card_name == name):
        return machine
    job = machine.state.job
    if machine.prints_from_card and job is not None and job.name is None:
        job = replace(job, name=name, file=name)
        machine = replace(machine, state=replace(machine.state, job=job))
    return replace(machine, card_name=name)


def card_progressed(
    machine: Machine, done: int, total: int, now: datetime | None
) -> Machine:
    """Returns the machine that has read so many bytes; found so, its job began before."""
    if machine.activity.has_running_job and not machine.prints_from_card:
        return machine
    if not machine.prints_from_card:
        if total == 0 or done >= total:
            return machine
        job = Job(
            name=machine.card_name,
            file=machine.card_name,
            source=CARD,
            started_at=now,
        )
        machine = began(machine, job)
    job = machine.state.job or Job(source=CARD)
    percent = min(100, done * 100 // total) if total else None
    after = replace(machine, card_quiet=0, is_card_unseen=False)
    if not machine.is_card_held:
        after = replace(after, activity=Activity.PRINTING)
    if percent != job.progress_pct:
        job = replace(job, progress_pct=percent)
        after = replace(after, state=replace(after.state, job=job))
    return after if after != machine else machine


def card_done(machine: Machine) -> Machine:
    """Returns the machine that has printed its file to the end."""
    if not machine.prints_from_card:
        return machine
    return ended(replace(machine, card_name=None), Activity.FINISHED)


def card_quiet(machine: Machine) -> Machine:
    """Returns the machine that has stopped reading its file without being done."""
    job = machine.state.job
    is_done = job is not None and job.progress_pct == 100
    machine = replace(machine, card_name=None)
    if machine.is_card_unseen and not is_done:
        return ended(machine, Activity.IDLE)
    return ended(machine, Activity.FINISHED if is_done else Activity.CANCELLED)


def remaining(
    *, said_s: int | None, estimate_s: int | None, elapsed_s: float, done: float
) -> tuple[int | None, EstimateSource | None]:
    """Returns the seconds left and what they were made of; `done` is 0 to 1.

    `said_s` is what the file says at this place, `estimate_s` what it says of all of it.
    """
    if said_s is not None:
        return max(0, said_s), EstimateSource.SLICER
    if estimate_s is not None:
        return max(0, round(estimate_s * (1 - done))), EstimateSource.SLICER
    # Bytes of the first layers say little.
    if done > 0.05:
        return round(elapsed_s * (1 - done) / done), EstimateSource.ELAPSED
    return None, None


def card_held(machine: Machine, *, is_held: bool) -> Machine:
    """Returns the machine whose card print we hold: its silence then is no end."""
    return replace(machine, is_card_held=is_held, card_quiet=0)


def card_paused(machine: Machine) -> Machine:
    """Returns the machine whose card print was paused at the panel, if it has one."""
    if not machine.prints_from_card:
        return machine
    return became(card_held(machine, is_held=True), Activity.PAUSED, "paused_by_user")


def card_resumed(machine: Machine) -> Machine:
    """Returns the machine whose card print goes on, if it has one."""
    if not machine.prints_from_card:
        return machine
    return became(card_held(machine, is_held=False), Activity.PRINTING)


def card_lost_sight(machine: Machine) -> Machine:
    """Returns the machine whose print from the card goes on while nobody listens."""
    return replace(machine, is_card_unseen=machine.prints_from_card)


def card_remaining(machine: Machine, remaining_s: int) -> Machine:
    """Returns the machine with the time that the file on its card says is left."""
    job = machine.state.job
    if job is None or not machine.prints_from_card or job.remaining_s == remaining_s:
        return machine
    job = replace(job, remaining_s=remaining_s, remaining_source=EstimateSource.SLICER)
    return replace(machine, state=replace(machine.state, job=job))
