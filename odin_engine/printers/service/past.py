"""What a machine's host remembers of its prints, laid beside what we recorded. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from odin_engine.kernel.ids import new_id
from odin_engine.printers.model import PrintResult
from odin_engine.printers.model.history import Run
from odin_engine.printers.model.record import Printer
from odin_engine.printers.ports import PastJob

_APART = timedelta(minutes=2)
"""A print shows itself here that much later than at its host, or its clock differs."""


def told_of(
    run: Run, past: Iterable[PastJob], runs: Iterable[Run] = ()
) -> PastJob | None:
    """Returns what the host says of a run, `None` where it says nothing.

    Without an id on our side name and times decide: a machine does one print at a time.
    What is known to be another of `runs` is left out.
    """
    taken = {each.external_id for each in runs if each.id != run.id}
    found = [job for job in past if job.external_id not in taken and _is_of(run, job)]
    return min(
        found, key=lambda job: abs(job.started_at - run.started_at), default=None
    )


def has_ended(run: Run, past: Iterable[PastJob]) -> bool:
    """Whether the host says for certain that a run is over."""
    return run.external_id is not None and any(
        job.external_id == run.external_id for job in past
    )


def corrected(run: Run, job: PastJob, now: datetime) -> Run:
    """Returns an ended run as its host tells it; a time in the future is now."""
    began_at = run.started_at
    if not run.was_seen_starting:
        began_at = min(job.started_at, began_at)
    return replace(
        run,
        started_at=began_at,
        name=run.name or job.name,
        external_id=job.external_id,
        result=job.result,
        ended_at=max(began_at, min(_end_of(job), now)),
    )


def missed(printer: Printer, job: PastJob, now: datetime) -> Run:
    """Returns the run of a print that came and went while nobody listened."""
    began_at = min(job.started_at, now)
    return Run(
        id=new_id(),
        printer_id=printer.id,
        printer_name=printer.name,
        started_at=began_at,
        was_seen_starting=False,
        name=job.name,
        external_id=job.external_id,
        ended_at=max(began_at, min(_end_of(job), now)),
        result=job.result,
        printing_s=job.printing_s or 0.0,
    )


def earliest(past: Sequence[PastJob]) -> datetime:
    """Returns from when on runs may belong to these jobs; there is at least one."""
    return min(job.started_at for job in past) - _APART


def knows_better(run: Run, job: PastJob) -> bool:
    """Whether the host knows how a print ended, and we do not."""
    return run.result is PrintResult.UNKNOWN and job.result is not PrintResult.UNKNOWN


def _is_of(run: Run, job: PastJob) -> bool:
    if run.external_id is not None:
        return run.external_id == job.external_id
    return _is_named(run, job) and (
        job.started_at - _APART
        <= run.started_at
        < max(_end_of(job), job.started_at + _APART)
    )


def _is_named(run: Run, job: PastJob) -> bool:
    """Whether both may have the same name; hosts differ in whether a file's end is told."""
    ours, theirs = (PurePosixPath(name or "").stem for name in (run.name, job.name))
    return not ours or not theirs or ours.casefold() == theirs.casefold()


def _end_of(job: PastJob) -> datetime:
    if job.ended_at is not None:
        return job.ended_at
    return job.started_at + timedelta(seconds=job.printing_s or 0)
