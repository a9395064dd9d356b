"""What becomes of a job, report by report.

`PrintInfo` keeps what it said last when a job has ended, so it counts only while the
machine prints, or in the first report after that. A machine that goes idle without a
word is asked how its job ended (`history`); until then the job stays as it was.

A routine outside of a job (levelling, an upload …) leaves the machine at rest: were it
called busy, its end would look like the end of a print, and the plate would be locked.
Only when it is found under way, and might be a job's, it counts as preparing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol import codes
from odin_engine.drivers.printers.elegoo.protocol.codes import ENDS, Phase, Step
from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect
from odin_engine.drivers.printers.elegoo.protocol.fields import (
    above_zero,
    celsius,
    table,
    text,
    whole,
)
from odin_engine.drivers.printers.elegoo.protocol.job import file_of, job_of, ticks
from odin_engine.printers.model import Activity, Fault, Job

_NEAR_C = 5.0
_DONE_PCT = 98
"""A job that vanished at this much was finished, nobody stops one there."""
_BLIND_S = 30
"""Nothing was heard for so long: the machine may have lost its power meanwhile."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A start that was sent: the job that begins next, and in time, is ours."""

    token: int
    file: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """The last job. `is_ending`: the machine is idle and did not say how it ended.

    `is_blind`: it was not heard for long before that.
    """

    activity: Activity | None = None
    job: Job | None = None
    is_tracked: bool = False
    is_ending: bool = False
    is_stopping: bool = False
    is_blind: bool = False
    heard_at: datetime | None = None
    ticks: float = 0.0
    reason: Fault | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A status, as far as it concerns the job; `machine` is `CurrentStatus` as a set."""

    dialect: Dialect
    machine: frozenset[int]
    status: Mapping[str, Any]
    at: datetime

    @property
    def info(self) -> dict[str, Any]:
        """What it says of the job."""
        return table(self.status.get("PrintInfo"))

    @property
    def step(self) -> Step:
        """The sub-status."""
        return codes.step(self.dialect, whole(self.info.get("Status")))


def machine_codes(value: object) -> frozenset[int]:
    """Returns `CurrentStatus`, which V1 sends as a number; a transfer beside more goes."""
    listed = value if isinstance(value, list) else [value]
    found = {number for each in listed if (number := whole(each)) is not None}
    busy = found - {codes.TRANSFER, codes.IDLE}
    return frozenset(busy or found)


def advance(run: Run, report: Report, expected: Expected | None) -> Run:
    """Returns the run after a report."""
    if above_zero(report.info.get("ErrorNumber")):
        return _failed(run, report)
    if codes.PRINTING in report.machine:
        return _printing(run, report, expected)
    if report.dialect is Dialect.V1 and report.step.phase is Phase.FINISHED:
        return _ended(run, report, Activity.FINISHED)
    routine = min(report.machine - {codes.IDLE, codes.TRANSFER}, default=None)
    if routine is not None:
        return _in_routine(run, report, routine, expected)
    return _at_rest(run, report)


def end(run: Run, activity: Activity, reason: Fault | None = None) -> Run:
    """Returns the run ended; its job stays."""
    job = run.job
    if job is not None:
        job = replace(job, stage=None, stage_text=None)
        if activity is Activity.FINISHED:
            layer = job.total_layers or job.layer
            job = replace(job, progress_pct=100, remaining_s=0, layer=layer)
    return Run(activity=activity, job=job, reason=reason or run.reason)


def inferred(run: Run) -> Run:
    """Returns a run whose end nobody told, ended by how far it was.

    Who was not heard for long may have lost its power: that is no cancelled job.
    """
    progress = run.job.progress_pct if run.job else None
    if run.is_stopping:
        return end(run, Activity.CANCELLED)
    if (progress or 0) >= _DONE_PCT:
        return end(run, Activity.FINISHED)
    return end(run, Activity.IDLE if run.is_blind else Activity.CANCELLED)


def ending(run: Run, at: datetime) -> Run:
    """Returns a run whose machine is idle and did not say how it ended.

    What counts is the silence before that, not how long it has been idle since.
    """
    if run.is_ending:
        return run
    heard_at = run.heard_at
    is_blind = heard_at is not None and (at - heard_at).total_seconds() > _BLIND_S
    return replace(run, is_ending=True, is_blind=is_blind)


def _failed(run: Run, report: Report) -> Run:
    if run.activity is Activity.FAILED and not run.is_tracked:
        return run
    return _ended(run, report, Activity.FAILED)


def _ended(run: Run, report: Report, activity: Activity) -> Run:
    if not run.is_tracked:
        if run.activity is activity:
            return run
        job = job_of(report.dialect, report.info, None, None, report.at)
        return end(Run(job=job), activity)
    return end(_updated(run, report, report.step), activity)


def _printing(run: Run, report: Report, expected: Expected | None) -> Run:
    step = report.step
    outcome = ENDS.get(step.phase)
    if report.dialect is Dialect.V1 and _all_layers(report.info):
        outcome = Activity.FINISHED
    if outcome is not None:
        if run.is_tracked or not _may_be_new(run, report.info):
            return _ended(run, report, outcome)
        step = Step(Phase.PREPARING, "starting", "Starting")
    run = _begun(run, report, expected)
    activity = _activity(step, run, report)
    if activity is Activity.PRINTING and step.phase is Phase.MILESTONE:
        step = Step(Phase.PRINTING)
    after = _updated(run, report, step)
    keeps_reason = activity is Activity.PAUSED
    return replace(
        after,
        activity=activity,
        is_stopping=run.is_stopping or step.phase is Phase.STOPPING,
        reason=run.reason if keeps_reason else None,
    )


def _activity(step: Step, run: Run, report: Report) -> Activity:
    match step.phase:
        case Phase.PREPARING:
            return Activity.PREPARING
        case Phase.PAUSED:
            return Activity.PAUSED
        case Phase.STOPPING:
            # It goes on being the job that it is until the machine says it is over.
            running = run.activity is not None and run.activity.has_running_job
            return run.activity if running and run.activity else Activity.PRINTING
        case Phase.MILESTONE if not _is_under_way(run, report):
            return Activity.PREPARING
        case _:
            return Activity.PRINTING


def _is_under_way(run: Run, report: Report) -> bool:
    """Whether it prints although the code of a milestone stands still."""
    info = report.info
    if (above_zero(info.get("CurrentLayer")) or 0) >= 1:
        return True
    if (above_zero(info.get("Progress")) or 0) >= 1:
        return True
    nozzle_c = celsius(report.status.get("TempOfNozzle"))
    target_c = celsius(report.status.get("TempTargetNozzle"))
    is_hot = bool(target_c) and nozzle_c is not None
    return (
        0 < run.ticks < ticks(info)
        and is_hot
        and abs((nozzle_c or 0) - (target_c or 0)) <= _NEAR_C
    )


def _in_routine(
    run: Run, report: Report, routine: int, expected: Expected | None
) -> Run:
    word, words = codes.ROUTINES.get(routine, ("busy", "Busy"))
    step = Step(Phase.PREPARING, word, words)
    if run.is_tracked and report.step.phase in ENDS:
        return _ended(run, report, ENDS[report.step.phase])
    is_named = text(report.info.get("TaskId")) or file_of(report.info)
    is_a_jobs = is_named and report.step.phase not in ENDS
    if run.is_tracked or (is_a_jobs and not _is_the_last(run, report.info)):
        run = _begun(run, report, expected)
        return replace(_updated(run, report, step), activity=Activity.PREPARING)
    if run.activity is None:
        return replace(run, activity=Activity.PREPARING)
    return run


def _at_rest(run: Run, report: Report) -> Run:
    if run.is_tracked:
        outcome = ENDS.get(report.step.phase)
        return ending(run, report.at) if outcome is None else end(run, outcome)
    if run.activity is None and codes.TRANSFER in report.machine:
        return replace(run, activity=Activity.PREPARING)
    is_end = run.activity is not None and run.activity.is_end
    return run if is_end else replace(run, activity=Activity.IDLE)


def _may_be_new(run: Run, info: Mapping[str, Any]) -> bool:
    """Whether an end stands there from the job before, and a new one begins."""
    task, file = text(info.get("TaskId")), file_of(info)
    if ticks(info) or above_zero(info.get("CurrentLayer")):
        return False
    if run.job is None:
        return (task or file) is not None
    if task is not None:
        return task != run.job.external_id
    return file is not None and file != run.job.file


def _is_the_last(run: Run, info: Mapping[str, Any]) -> bool:
    """Whether it names the job that has ended, which stays there until another."""
    if run.job is None:
        return False
    task = text(info.get("TaskId"))
    if task is not None:
        return task == run.job.external_id
    return file_of(info) == run.job.file


def _all_layers(info: Mapping[str, Any]) -> bool:
    total = above_zero(info.get("TotalLayer"))
    return total is not None and whole(info.get("CurrentLayer")) == total


def _begun(run: Run, report: Report, expected: Expected | None) -> Run:
    """Returns the run of the job that the report is about."""
    task = text(report.info.get("TaskId"))
    known = run.job.external_id if run.job else None
    is_other = task is not None and known is not None and task != known
    if run.is_tracked and not is_other:
        return replace(run, is_ending=False, is_blind=False)
    job = claimed(expected, file_of(report.info), report.at)
    if run.activity is not None:
        job = replace(job, started_at=report.at)
    return Run(activity=run.activity, job=job, is_tracked=True)


def claimed(expected: Expected | None, file: str | None, at: datetime) -> Job:
    """Returns a job that begins: the one that was expected, or somebody else's.

    One that does not name its file yet is ours until it names another.
    """
    if expected is None or at > expected.until or file not in {expected.file, None}:
        return Job()
    return Job(file=expected.file, token=expected.token)


def _updated(run: Run, report: Report, step: Step) -> Run:
    job = job_of(report.dialect, report.info, run.job, step, report.at)
    return replace(run, job=job, ticks=ticks(report.info), heard_at=report.at)
