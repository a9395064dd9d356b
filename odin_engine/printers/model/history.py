"""What is remembered about a printer: runs, faults, nozzles, samples. Pure.

A run is one print seen at one printer. At most one per printer is open; `reconcile`
decides what the first report after a start of the engine says about it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from odin_engine.kernel.errors import NotFound
from odin_engine.printers.model.state import (
    Activity,
    FaultKind,
    Heat,
    Job,
    Nozzle,
    PrinterState,
    PrintResult,
    Severity,
)


@dataclass(frozen=True, slots=True)
class Run:
    """One print. `result` and `ended_at` are `None` while it runs.

    `printer_name` is what the printer was called then; it outlives the printer.
    `printing_s` is time spent moving, without pauses, as far as it was observed.
    `was_seen_starting` is false for a run that was found under way. What its file told
    (`weight_g`, `estimated_s`, `object_count`, a picture) is there once it was read.
    """

    id: str
    printer_id: str
    printer_name: str
    started_at: datetime
    was_seen_starting: bool
    name: str | None = None
    file: str | None = None
    plate: int | None = None
    token: int | None = None
    external_id: str | None = None
    source: str | None = None
    ended_at: datetime | None = None
    result: PrintResult | None = None
    progress_pct: int | None = None
    layer: int | None = None
    total_layers: int | None = None
    printing_s: float = 0.0
    weight_g: float | None = None
    estimated_s: int | None = None
    object_count: int | None = None
    has_picture: bool = False


@dataclass(frozen=True, slots=True)
class FaultRecord:
    """A fault as it was raised and, once the wire cleared it, when that was."""

    id: str
    printer_id: str
    printer_name: str
    code: str
    kind: FaultKind
    severity: Severity
    text: str
    raised_at: datetime
    cleared_at: datetime | None = None
    module: str | None = None
    unit: int | None = None
    slot: int | None = None
    help_url: str | None = None


@dataclass(frozen=True, slots=True)
class NozzleInstall:
    """A nozzle from the day it was put in until it was retired."""

    id: str
    printer_id: str
    printer_name: str
    head: int
    diameter_mm: float
    installed_at: datetime
    material: str | None = None
    note: str = ""
    retired_at: datetime | None = None
    printing_s: float = 0.0
    version: int = 1


SAMPLED_HEADS = 8
"""How many heads samples are kept of; tool changers have five or six."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Telemetry at one minute, or the mean over several; of `SAMPLED_HEADS` at most."""

    at: datetime
    nozzles: tuple[Heat, ...]
    bed: Heat
    chamber: Heat
    part_fan_pct: float | None = None
    aux_fan_pct: float | None = None
    chamber_fan_pct: float | None = None
    progress_pct: float | None = None
    layer: int | None = None


@dataclass(frozen=True, slots=True)
class Climate:
    """Temperature and humidity inside a filament unit at one minute, or the mean."""

    at: datetime
    unit: int
    temperature_c: float | None = None
    humidity_pct: float | None = None
    humidity_level: float | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that we put on a printer; only such files are ever deleted there."""

    printer_id: str
    name: str
    size_bytes: int
    uploaded_at: datetime


class NozzleNotFound(NotFound):
    """No nozzle was recorded under that id."""

    code = "nozzle_not_found"


class UploadNotFound(NotFound):
    """We never put a file of that name on that printer."""

    code = "printer_file_not_ours"


RESULTS = {
    Activity.FINISHED: PrintResult.FINISHED,
    Activity.FAILED: PrintResult.FAILED,
    Activity.CANCELLED: PrintResult.CANCELLED,
}


def is_another(run: Run, job: Job | None) -> bool:
    """Whether a job is certainly not that run; an id that either lacks proves nothing."""
    if job is None:
        return False
    if run.token is not None and job.token is not None:
        return run.token != job.token
    if run.external_id is not None and job.external_id is not None:
        return run.external_id != job.external_id
    return False


def job_of(run: Run, state: PrinterState) -> Job | None:
    """Returns what a first report says of an open run; `None` if it is of another.

    Of a print that is over and has no id any more the file decides.
    """
    job, activity = state.job, state.activity
    if job is None or is_another(run, job):
        return None
    has_id = job.token is not None or job.external_id is not None
    is_over = activity is not None and not activity.has_running_job
    is_named = run.file is not None and job.file is not None
    is_of_another_file = is_over and is_named and run.file != job.file
    return None if is_of_another_file and not has_id else job


def result_found(run: Run, state: PrinterState) -> PrintResult | None:
    """Returns how an open run ended, seen from a first report; `None` if it goes on."""
    activity = state.activity
    if activity is None:
        return None
    if is_another(run, state.job):
        return PrintResult.UNKNOWN
    if activity.has_running_job:
        return None
    if state.job is not None and job_of(run, state) is None:
        return PrintResult.UNKNOWN
    return RESULTS.get(activity, PrintResult.UNKNOWN)


def printing_head(state: PrinterState) -> int | None:
    """Returns the head that prints just now, `None` when none is known to."""
    if state.activity is not Activity.PRINTING:
        return None
    active = [nozzle.id for nozzle in state.nozzles if nozzle.is_active]
    if len(active) == 1:
        return active[0]
    return 0 if state.capabilities.heads == 1 else None


def minute_of(at: datetime) -> int:
    """Returns the whole minutes since 1970."""
    return int(at.timestamp() // 60)


def instant_of(minute: int) -> datetime:
    """Returns the beginning of a minute since 1970."""
    return datetime.fromtimestamp(minute * 60, UTC)


@dataclass(frozen=True, slots=True)
class NozzleStatus:
    """One head: what the printer reports in it, what was installed, and its heat."""

    head: int
    heat: Heat | None
    reported: Nozzle | None
    installed: NozzleInstall | None
