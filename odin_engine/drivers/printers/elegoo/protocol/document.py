"""All that one machine said, folded into one value that is replaced, never changed.

A status is whole; a part that one lacks (firmwares leave out what did not change) stays
as it was, and an empty `CurrentStatus` says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol import canvas
from odin_engine.drivers.printers.elegoo.protocol.codes import TASK_ENDS
from odin_engine.drivers.printers.elegoo.protocol.dialect import (
    Dialect,
    Limits,
    dialect_of,
)
from odin_engine.drivers.printers.elegoo.protocol.faults import (
    reason_fault,
    trouble_fault,
)
from odin_engine.drivers.printers.elegoo.protocol.fields import (
    above_zero,
    rows,
    table,
    text,
    whole,
)
from odin_engine.drivers.printers.elegoo.protocol.lifecycle import (
    Expected,
    Report,
    Run,
    advance,
    end,
    inferred,
    machine_codes,
)
from odin_engine.drivers.printers.elegoo.protocol.messages import (
    Attributes,
    Beacon,
    Message,
    Reply,
    Status,
    Trouble,
)
from odin_engine.printers.model import Activity, Fault, FilamentUnit, SlotRef

_MOST_KEYS = 500
"""A status has thirty."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Document:
    """`board` is the mainboard's id, as told. `has_status`: a report has come."""

    limits: Limits = field(default_factory=Limits)
    dialect: Dialect = Dialect.RESIN
    board: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    status: Mapping[str, Any] = field(default_factory=dict)
    machine: frozenset[int] = frozenset()
    run: Run = field(default_factory=Run)
    expected: Expected | None = None
    units: tuple[FilamentUnit, ...] = ()
    active_slot: SlotRef | None = None
    trouble: Fault | None = None
    camera_trouble: str | None = None

    @property
    def has_status(self) -> bool:
        """Whether a report has come."""
        return self.run.activity is not None

    @property
    def question(self) -> tuple[str, Activity | None] | None:
        """The task whose history is wanted, and what for; `None` where nothing is."""
        run = self.run
        task = run.job.external_id if run.job else None
        is_open = run.is_ending or (
            run.reason is None and run.activity in {Activity.PAUSED, Activity.FAILED}
        )
        if task is None or not is_open:
            return None
        return task, None if run.is_ending else run.activity


def fold(document: Document, message: Message, at: datetime = _EPOCH) -> Document:
    """Returns the document after a message; the same one where it says nothing new."""
    match message:
        case Status(data, board):
            return _reported(document, data, board, at)
        case Attributes(data, board):
            return _described(document, data, board)
        case Beacon(data, status, board):
            described = _described(document, data, board)
            if status is None:
                return described
            return _reported(described, status, board, at)
        case Trouble(code):
            return replace(document, trouble=trouble_fault(code))
    return _answered(document, message.data) if isinstance(message, Reply) else document


def expect(document: Document, expected: Expected | None) -> Document:
    """Returns the document that knows of a start of ours on its way."""
    return replace(document, expected=expected)


def note_stop_sent(document: Document, *, is_taken: bool = True) -> Document:
    """Returns the document that knows whether the job's end is a person's wish."""
    if not document.run.is_tracked:
        return document
    return replace(document, run=replace(document.run, is_stopping=is_taken))


def note_camera(document: Document, trouble: str | None) -> Document:
    """Returns the document that knows why the camera cannot be seen."""
    return replace(document, camera_trouble=trouble)


def note_light(document: Document, *, is_on: bool) -> Document:
    """Returns the document with the light as it was just switched.

    Switching is toggling there, so the next order must not wait for a report.
    """
    light = {**table(document.status.get("LightStatus")), "SecondLight": int(is_on)}
    return replace(document, status={**document.status, "LightStatus": light})


def forget_trouble(document: Document) -> Document:
    """Returns the document without the last push of an error."""
    return replace(document, trouble=None)


def settle(document: Document) -> Document:
    """Returns the document with an end that nobody told inferred."""
    if not document.run.is_ending:
        return document
    return replace(document, run=inferred(document.run))


def _merged(known: Mapping[str, Any], news: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns both; what has too many keys to be true is not added up for ever."""
    merged = {**known, **news}
    return merged if len(merged) <= _MOST_KEYS else news


def _described(
    document: Document, data: Mapping[str, Any], board: str | None
) -> Document:
    attributes = _merged(document.attributes, data)
    return replace(
        document,
        attributes=attributes,
        dialect=dialect_of(attributes, document.status),
        board=board or document.board,
    )


def _reported(
    document: Document, data: Mapping[str, Any], board: str | None, at: datetime
) -> Document:
    status = _merged(document.status, data)
    # V1 is told by its name alone; the two others also by what they report.
    dialect = dialect_of(document.attributes, status)
    machine = machine_codes(data.get("CurrentStatus")) or document.machine
    report = Report(dialect, machine, status, at)
    run = advance(document.run, report, document.expected)
    has_begun = run.is_tracked and not document.run.is_tracked
    return replace(
        document,
        status=status,
        dialect=dialect,
        machine=machine,
        board=document.board or board,
        run=run,
        expected=None if has_begun else document.expected,
        trouble=None if has_begun else document.trouble,
    )


def _answered(document: Document, data: Mapping[str, Any]) -> Document:
    """Takes what is news in an answer, known by its shape: tasks, filaments."""
    told = canvas.read(data)
    if told is not None:
        return replace(document, units=told.units, active_slot=told.active)
    job = document.run.job
    for row in rows(data.get("HistoryDetailList")):
        if job is not None and text(row.get("TaskId")) == job.external_id is not None:
            return replace(document, run=_remembered(document, row))
    return document


def _remembered(document: Document, row: Mapping[str, Any]) -> Run:
    run = document.run
    reason = above_zero(row.get("ErrorStatusReason"))
    fault = reason_fault(reason, document.dialect) if reason else None
    if run.is_ending:
        ended = TASK_ENDS.get(whole(row.get("TaskStatus")) or 0)
        return inferred(run) if ended is None else end(run, ended, fault)
    if run.activity in {Activity.PAUSED, Activity.FAILED} and fault is not None:
        return replace(run, reason=fault)
    return run
