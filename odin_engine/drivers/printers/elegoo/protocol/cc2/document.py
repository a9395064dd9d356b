"""All that one machine said: the deltas merged, and what became of its job."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol import canvas
from odin_engine.drivers.printers.elegoo.protocol.cc2.job import job_of
from odin_engine.drivers.printers.elegoo.protocol.cc2.messages import Answer, Message
from odin_engine.drivers.printers.elegoo.protocol.dialect import Limits
from odin_engine.drivers.printers.elegoo.protocol.fields import table, text, whole
from odin_engine.drivers.printers.elegoo.protocol.lifecycle import (
    Expected,
    Run,
    claimed,
    end,
    ending,
    inferred,
)
from odin_engine.printers.model import Activity, FilamentUnit, SlotRef

STATUS, PRINT_STATUS, ATTRIBUTES = 1002, 1005, 1001
ON_STATUS, ON_ATTRIBUTES = 6000, 6008
_DEEPEST = 6
_MOST_KEYS = 500
_STOPPED_HARD = 14
_FILAMENT = frozenset({3, 4})
_PREPARING = frozenset(
    {1045, 1081, 1082, 1086, 1096, 1405, 1906, 2801, 2802, 2901, 2902}
)
_PAUSED = frozenset({2501, 2502, 2505})
_STOPPING, _STOPPED, _COMPLETED = 2503, 2504, 2077
_HARD_STOP_HOLDS = timedelta(seconds=10)
"""14 is also seen for a moment at the end of a job."""
_GAPS = 5
_REPLACED = "exception_code"
"""Told whole, so that what is gone goes."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Document:
    """`number` is the last event's; `gaps` how many did not follow the one before."""

    limits: Limits = field(default_factory=Limits)
    serial: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    status: Mapping[str, Any] = field(default_factory=dict)
    run: Run = field(default_factory=Run)
    expected: Expected | None = None
    units: tuple[FilamentUnit, ...] = ()
    active_slot: SlotRef | None = None
    number: int | None = None
    gaps: int = 0
    stopped_at: datetime | None = None
    camera_trouble: str | None = None

    @property
    def has_status(self) -> bool:
        """Whether a report has come."""
        return self.run.activity is not None

    @property
    def wants_everything(self) -> bool:
        """Whether so many events are missing that only a full report helps."""
        return self.gaps >= _GAPS


def fold(document: Document, message: Message, at: datetime = _EPOCH) -> Document:
    """Returns the document after a message; the same one where it says nothing new."""
    if not isinstance(message, Answer) or message.error:
        return document
    result = message.result
    told = canvas.read(result)
    if told is not None:
        return replace(document, units=told.units, active_slot=told.active)
    if message.method in {ATTRIBUTES, ON_ATTRIBUTES} or "machine_model" in result:
        serial = text(result.get("sn")) or document.serial
        attributes = _merged(document.attributes, result)
        return replace(document, attributes=attributes, serial=serial)
    if message.method == ON_STATUS:
        return _reported(_counted(document, message.number), result, at)
    if message.method not in {STATUS, PRINT_STATUS}:
        return document
    is_bare = "print_status" not in result and "machine_status" not in result
    if message.method == PRINT_STATUS and is_bare:
        result = {"print_status": result}
    if message.method == STATUS:
        # It is whole: what it lacks is not there any more.
        document = replace(document, status={}, gaps=0)
    return _reported(document, result, at)


def expect(document: Document, expected: Expected | None) -> Document:
    """Returns the document that knows of a start of ours on its way."""
    return replace(document, expected=expected)


def settle(document: Document, at: datetime | None = None) -> Document:
    """Returns the document with what only time decides, decided; all with no `at`."""
    since = document.stopped_at
    if since is None or document.run.activity is Activity.FAILED:
        return document
    if at is not None and at - since < _HARD_STOP_HOLDS:
        return document
    return replace(document, run=end(document.run, Activity.FAILED))


def machine_status(document: Document) -> tuple[int | None, int | None]:
    """Returns status and sub-status."""
    machine = table(document.status.get("machine_status"))
    return whole(machine.get("status")), whole(machine.get("sub_status"))


def _counted(document: Document, number: int | None) -> Document:
    # It begins at 0 anew when it has run out.
    follows = document.number is None or number in {document.number + 1, 0}
    gaps = 0 if follows else document.gaps + 1
    return replace(document, number=number, gaps=gaps)


def _merged(
    base: Mapping[str, Any], news: Mapping[str, Any], depth: int = 0
) -> dict[str, Any]:
    # A section has twenty keys; what has many more is not added up for ever.
    merged = dict(base) if len(base) <= _MOST_KEYS else {}
    for key, value in news.items():
        old = merged.get(key)
        if key == _REPLACED:
            merged[key] = value
        elif isinstance(value, dict) and isinstance(old, dict) and depth < _DEEPEST:
            merged[key] = _merged(old, value, depth + 1)
        else:
            merged[key] = value
    return merged


def _reported(document: Document, news: Mapping[str, Any], at: datetime) -> Document:
    folded = replace(document, status=_merged(document.status, news))
    status, sub = machine_status(folded)
    if status is None:
        return folded
    if status != _STOPPED_HARD:
        folded = replace(folded, stopped_at=None)
    elif folded.stopped_at is None:
        folded = replace(folded, stopped_at=at)
    run = _advanced(folded, status, sub, at)
    has_begun = run.is_tracked and not document.run.is_tracked
    return settle(
        replace(folded, run=run, expected=None if has_begun else folded.expected), at
    )


def _advanced(document: Document, status: int, sub: int | None, at: datetime) -> Run:
    run = document.run
    match status:
        case 2:
            return _printing(document, sub, at)
        case 1:
            if not run.is_tracked:
                is_end = run.activity is not None and run.activity.is_end
                return run if is_end else replace(run, activity=Activity.IDLE)
            return inferred(ending(run, at))
        case 14:
            # Time tells whether it was meant.
            return run if run.activity else replace(run, activity=Activity.FAILED)
    if run.is_tracked:
        is_filament = status in _FILAMENT
        activity = Activity.PRINTING if is_filament else Activity.PREPARING
        return replace(_updated(document, run, at), activity=activity)
    # As in `lifecycle`: a routine of no job leaves the machine at rest.
    return run if run.activity else replace(run, activity=Activity.PREPARING)


def _printing(document: Document, sub: int | None, at: datetime) -> Run:
    run = _updated(document, _begun(document, at), at)
    if sub == _COMPLETED:
        return end(run, Activity.FINISHED)
    if sub == _STOPPED:
        return end(run, Activity.CANCELLED)
    if sub in _PAUSED:
        return replace(run, activity=Activity.PAUSED)
    if sub in _PREPARING and not (run.job and run.job.layer):
        return replace(run, activity=Activity.PREPARING)
    is_stopping = run.is_stopping or sub == _STOPPING
    return replace(run, activity=Activity.PRINTING, is_stopping=is_stopping)


def _begun(document: Document, at: datetime) -> Run:
    run = document.run
    told = table(document.status.get("print_status"))
    task, file = text(told.get("uuid")), text(told.get("filename"))
    known = run.job.external_id if run.job else None
    is_other = task is not None and known is not None and task != known
    if not is_other and (run.is_tracked or (task is not None and task == known)):
        return replace(run, is_tracked=True)
    plain = file.rpartition("/")[2] if file is not None else None
    job = claimed(document.expected, plain, at)
    if run.activity is not None:
        job = replace(job, started_at=at)
    return Run(activity=run.activity, job=job, is_tracked=True)


def _updated(document: Document, run: Run, at: datetime) -> Run:
    _, sub = machine_status(document)
    return replace(run, job=job_of(document.status, run.job, sub, at), heard_at=at)
