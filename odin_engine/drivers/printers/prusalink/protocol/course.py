"""The course of a job, out of a series of statuses. Pure.

A status knows neither where a job came from nor, often, that it ended: after the end a
person may have left the screen before the next look. What was not seen is concluded
here, and called so. Source: Buddy `src/state/printer_state.cpp`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from odin_engine.drivers.printers.prusalink.protocol.answers import (
    JobInfo,
    JobStatus,
    Status,
)
from odin_engine.printers.model import Activity

_DONE_PCT = 98.0
_DONE_S, _HALF_PCT = 60, 50.0
"""Who was as near to the end as this, finished; the last look may be 15 s old.

The time alone says nothing: at a start the Pi says that none is left.
"""
_BLIND_S = 20
"""Nobody looked for so long: the machine may have lost its power meanwhile."""
_OWN_AFTER_S = 60
"""A job that prints for so long shows a progress of its own."""
_LINGERS_PCT = 99.0
_COLD_C = 10.0
_HEATS_FOR_S = 1200
START_DEADLINE_S = 180
ASKED = "paused_question"
ASKED_AT_START = "paused_question_at_start"
"""What a pause is called that the machine's screen asks about."""
INFERRED = "end_inferred"
STOPPING = "stopping"
BUSY = "busy"
HEATING = "heating"


@dataclass(frozen=True, slots=True)
class Awaited:
    """A print that we started and that was not heard of yet."""

    token: int
    file: str
    before_id: int | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """What the machine does, and the job that runs or ran last.

    `activity` is `None` until the first status that says something. `stale_pct` is the
    progress that the Pi begins a job with: that of the one before, until the first mark
    of the new file.
    """

    activity: Activity | None = None
    has_job: bool = False
    job_id: int | None = None
    token: int | None = None
    info: JobInfo | None = None
    progress_pct: float | None = None
    stale_pct: float | None = None
    remaining_s: int | None = None
    printing_s: int | None = None
    started_at: datetime | None = None
    stage: str | None = None
    is_stopping: bool = False
    awaited: Awaited | None = None
    looked_at: datetime | None = None

    @property
    def runs(self) -> bool:
        """Whether a job that we know of occupies the machine."""
        return (
            self.has_job and self.activity is not None and self.activity.has_running_job
        )


def follow(
    course: Course, status: Status, info: JobInfo | None, now: datetime
) -> list[Course]:
    """Returns what a status makes of a course: one step, or two if an end was missed."""
    steps: list[Course] = []
    seen, state = status.job, status.state
    is_blind = _was_blind(course, now)
    if _is_another(course, seen):
        course = _ended(course, is_blind=is_blind)
        steps.append(course)
    match state:
        case "PRINTING" | "PAUSED":
            course = _under_way(course, status, info, now)
        case "ATTENTION":
            if (
                course.runs
                and seen is None
                and (course.progress_pct or 0) >= (_LINGERS_PCT)
            ):
                course = _ended(course, is_blind=is_blind)
                steps.append(course)
            course = _attention(course, status, info, now)
        case "BUSY":
            course = _busy(course, seen, info, now)
        case "FINISHED":
            course = _over(course, Activity.FINISHED)
        case "STOPPED":
            course = _over(course, Activity.CANCELLED)
        case "ERROR":
            course = _over(course, Activity.FAILED)
        case "IDLE" | "READY":
            if course.runs:
                course = _ended(course, is_blind=is_blind)
                steps.append(course)
            course = replace(course, activity=Activity.IDLE, stage=None)
        case _:
            # A word that we do not know, or none: nothing is known to have changed.
            pass
    if is_blind and course.runs and state == "BUSY" and seen is None:
        # It may have lost its power and start anew: nothing was seen of the job yet.
        return [*steps, course]
    return [*steps, replace(course, looked_at=now)]


def learn(course: Course, info: JobInfo | None) -> Course:
    """Returns the course with what the job's own document tells of it."""
    if info is None or not course.has_job or course.job_id not in {None, info.id}:
        return course
    return replace(course, job_id=info.id, info=info)


def _is_another(course: Course, seen: JobStatus | None) -> bool:
    return (
        course.runs
        and seen is not None
        and None not in {seen.id, course.job_id}
        and seen.id != course.job_id
    )


def _was_blind(course: Course, now: datetime) -> bool:
    looked_at = course.looked_at
    return looked_at is not None and (now - looked_at).total_seconds() > _BLIND_S


def _ended(course: Course, *, is_blind: bool) -> Course:
    """Returns the end of a job that was not seen, by where it stood last.

    Who looks away for long does not know it: what lost its power is no cancelled job.
    """
    progress = course.progress_pct or 0
    is_done = progress >= _DONE_PCT or (
        course.remaining_s is not None
        and course.remaining_s <= _DONE_S
        and progress >= _HALF_PCT
    )
    is_finished = is_done and not course.is_stopping
    activity = Activity.CANCELLED
    if is_finished:
        course, activity = _completed(course), Activity.FINISHED
    elif is_blind and not course.is_stopping:
        activity = Activity.IDLE
    return replace(
        course,
        activity=activity,
        stage=None if course.is_stopping else INFERRED,
        is_stopping=False,
    )


def _over(course: Course, activity: Activity) -> Course:
    # What stays on the screen for hours is no news, and no other end either.
    if course.activity is activity:
        return course
    if activity is Activity.FINISHED and course.has_job:
        course = _completed(course)
    return replace(course, activity=activity, stage=None, is_stopping=False)


def _completed(course: Course) -> Course:
    return replace(course, progress_pct=100.0, remaining_s=0)


def _adopted(
    course: Course, seen: JobStatus | None, info: JobInfo | None, now: datetime
) -> Course:
    """Returns the course with the values of the job that is there, new or known."""
    own = info if info is not None and (seen is None or seen.id == info.id) else None
    job_id = course.job_id
    if seen is not None and seen.id is not None:
        job_id = seen.id
    elif own is not None:
        job_id = own.id
    if not _is_same(course, job_id):
        course = Course(
            activity=course.activity,
            has_job=True,
            stale_pct=_left_behind(course, seen),
            started_at=now - timedelta(seconds=(seen and seen.printing_s) or 0),
            awaited=course.awaited,
        )
    course = replace(course, job_id=job_id, info=own or course.info)
    return _claimed(_measured(course, seen) if seen is not None else course, now)


def _left_behind(before: Course, seen: JobStatus | None) -> float | None:
    """Returns the progress that a job begins with, if it cannot be its own."""
    if before.activity is None or seen is None or not seen.progress_pct:
        return None
    return None if (seen.printing_s or 0) >= _OWN_AFTER_S else seen.progress_pct


def _measured(course: Course, seen: JobStatus) -> Course:
    """Returns the course with the numbers of a status, where they are the job's own."""
    printing_s = _or(seen.printing_s, course.printing_s)
    if seen.progress_pct == course.stale_pct and (printing_s or 0) < _OWN_AFTER_S:
        return replace(course, printing_s=printing_s)
    progress = _or(seen.progress_pct, course.progress_pct)
    return replace(
        course,
        progress_pct=progress,
        stale_pct=None,
        remaining_s=seen.remaining_s if progress or seen.remaining_s else None,
        printing_s=printing_s,
    )


def _is_same(course: Course, job_id: int | None) -> bool:
    if course.job_id is None or job_id is None:
        return course.runs
    return course.has_job and course.job_id == job_id


def _lingers(course: Course, seen: JobStatus | None) -> bool:
    """Whether what is shown is a job that has ended, not one that begins."""
    return (
        seen is not None
        and course.has_job
        and not course.runs
        and course.job_id == seen.id
    )


def _frozen_s(before: Course, after: Course) -> int | None:
    """Returns what was left when a job came to a stand: some machines count on."""
    is_same = before.job_id == after.job_id and before.remaining_s is not None
    return before.remaining_s if is_same else after.remaining_s


def _claimed(course: Course, now: datetime) -> Course:
    """Returns the course with our token, if the job is the one that we started."""
    awaited = course.awaited
    if awaited is None:
        return course
    if now > awaited.until:
        return replace(course, awaited=None)
    file = course.info.file if course.info is not None else None
    is_ours = course.job_id != awaited.before_id and (
        file is None or file.path.rsplit("/", 1)[-1] == awaited.file.rsplit("/", 1)[-1]
    )
    return replace(course, token=awaited.token, awaited=None) if is_ours else course


def _under_way(
    course: Course, status: Status, info: JobInfo | None, now: datetime
) -> Course:
    before, course = course, _adopted(course, status.job, info, now)
    if status.state == "PAUSED":
        left_s = _frozen_s(before, course)
        return replace(course, activity=Activity.PAUSED, stage=None, remaining_s=left_s)
    if course.is_stopping:
        return replace(course, activity=Activity.PRINTING, stage=STOPPING)
    if _heats(course, status):
        return replace(course, activity=Activity.PREPARING, stage=HEATING)
    return replace(course, activity=Activity.PRINTING, stage=None)


def _attention(
    course: Course, status: Status, info: JobInfo | None, now: datetime
) -> Course:
    seen = status.job
    if _lingers(course, seen) or (seen is None and not course.runs):
        return replace(course, activity=Activity.ATTENTION, stage=None)
    before = course
    if seen is not None:
        course = _adopted(course, seen, info, now)
    at_start = not course.progress_pct and (course.printing_s or 0) < START_DEADLINE_S
    return replace(
        course,
        activity=Activity.PAUSED,
        stage=ASKED_AT_START if at_start else ASKED,
        remaining_s=_frozen_s(before, course),
    )


def _busy(
    course: Course, seen: JobStatus | None, info: JobInfo | None, now: datetime
) -> Course:
    if course.runs or (seen is not None and not _lingers(course, seen)):
        course = _adopted(course, seen, info, now) if seen is not None else course
        return replace(course, activity=Activity.PREPARING, stage=BUSY)
    # Calibrating or changing filament: no job, and none that ended before either.
    return Course(
        activity=Activity.PREPARING,
        job_id=course.job_id,
        stage=BUSY,
        awaited=course.awaited,
    )


def _heats(course: Course, status: Status) -> bool:
    if course.progress_pct or (course.printing_s or 0) >= _HEATS_FOR_S:
        return False
    pairs = (
        (status.nozzle_c, status.nozzle_target_c),
        (status.bed_c, status.bed_target_c),
    )
    return any(
        is_c is not None and target_c is not None and is_c < target_c - _COLD_C
        for is_c, target_c in pairs
    )


def _or[T](value: T | None, otherwise: T | None) -> T | None:
    return value if value is not None else otherwise
