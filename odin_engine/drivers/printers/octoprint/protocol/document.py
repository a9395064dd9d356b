"""All that is known of a server and its machine, and how a job begins and ends in it.

Source: docs.octoprint.org, "Printer operations" and "Job operations"; states and
events from OctoPrint 1.11 (`printer/standard.py`, `util/comm.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from odin_engine.printers.model import Activity, Fault, Heat, Prompt

_DONE_PCT = 99.5
"""A finished job leaves its completion at 100; one byte less is rounding."""
_BACK_S = 5.0
"""A print time that jumps back further belongs to another run of the same file."""
_LAG_S = 3.0
"""Flags come once a second and are held back; events come at once."""
_TOLD_WITHIN_S = 30.0
"""Flags and the event of a beginning come on their own ways: either may be late."""
_ASKED_S = 180.0
"""What begins later than that after our order was begun by somebody else."""


@dataclass(frozen=True, slots=True)
class Flags:
    """The server's own flags; `is_printing` stays true through every transition."""

    is_operational: bool = False
    is_printing: bool = False
    is_cancelling: bool = False
    is_pausing: bool = False
    is_resuming: bool = False
    is_finishing: bool = False
    is_closed_or_error: bool = False
    is_error: bool = False
    is_paused: bool = False
    is_ready: bool = False

    @property
    def is_held(self) -> bool:
        """Whether the job is paused, or about to be."""
        return self.is_paused or self.is_pausing

    @property
    def has_job(self) -> bool:
        """Whether a job occupies the machine."""
        return (
            self.is_printing
            or self.is_paused
            or self.is_pausing
            or self.is_resuming
            or self.is_finishing
            or self.is_cancelling
        )


@dataclass(frozen=True, slots=True)
class File:
    """The selected file; `used_mm` is the filament of all tools."""

    path: str
    name: str
    origin: str | None = None
    size_bytes: int | None = None
    estimated_s: float | None = None
    used_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the selected file is: % of its bytes, seconds without pauses."""

    completion_pct: float | None = None
    printed_s: float | None = None
    left_s: float | None = None
    left_origin: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a file. `id` is known only of a run that was seen to begin.

    `is_shown`: the flags have shown it. `is_told`: the event of its beginning was heard.
    """

    path: str
    id: str | None = None
    token: int | None = None
    started_at: datetime | None = None
    is_shown: bool = False
    is_told: bool = False
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What the printer profile says the machine has."""

    name: str | None = None
    model: str | None = None
    extruders: int = 1
    has_shared_nozzle: bool = False
    has_bed: bool = True
    has_chamber: bool = False

    @property
    def heaters(self) -> int:
        """How many nozzles are heated."""
        return 1 if self.has_shared_nozzle else self.extruders


class Source(StrEnum):
    """Where a camera's pictures are."""

    SNAPSHOT = "snapshot"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Picture:
    """One way to a picture: `port` is `None` for the server's own."""

    port: int | None
    path: str
    is_tls: bool = False


@dataclass(frozen=True, slots=True)
class Webcam:
    """A camera of the server and the ways to its pictures, best first."""

    id: str
    name: str | None
    pictures: tuple[Picture, ...] = ()
    unavailable_because: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """Everything heard. `may` are the roles of our key, `None` where unknown.

    `asked` is our order to print, until its job begins: a token, a path, and when.
    """

    host: str = ""
    server: str | None = None
    is_safe_mode: bool = False
    firmware: str | None = None
    profile: Profile | None = None
    may: frozenset[str] | None = None
    plugins: frozenset[str] = frozenset()
    webcams: tuple[Webcam, ...] = ()
    flags: Flags | None = None
    state_id: str | None = None
    state_text: str | None = None
    was_operational: bool = False
    heats: Mapping[str, Heat] = field(default_factory=dict)
    file: File | None = None
    progress: Progress = field(default_factory=Progress)
    tool: int | None = None
    run: Run | None = None
    asked: tuple[int, str, datetime] | None = None
    end: Activity | None = None
    ended_at: datetime | None = None
    hold: str | None = None
    hold_at: datetime | None = None
    fault: Fault | None = None
    prompt: Prompt | None = None
    layer: int | None = None
    layers: int | None = None
    speed_pct: int | None = None
    flow_pct: int | None = None
    fan_pct: int | None = None
    is_powered: bool | None = None


def note_asked(document: Document, token: int, path: str, at: datetime) -> Document:
    """Remembers our order to print a file."""
    return replace(document, asked=(token, path, at))


def begin(
    document: Document,
    path: str,
    at: datetime,
    *,
    is_shown: bool = False,
    is_told: bool = False,
) -> Document:
    """Notes that a run of a file was seen to begin."""
    token = None
    if document.asked is not None:
        number, wanted, asked_at = document.asked
        is_ours = wanted == path and (at - asked_at).total_seconds() <= _ASKED_S
        token = number if is_ours else None
    return replace(
        document,
        run=Run(
            path,
            str(int(at.timestamp())),
            token,
            at,
            is_shown=is_shown,
            is_told=is_told,
        ),
        asked=None,
        end=None,
        hold=None,
        fault=None,
        layer=None,
    )


def tell_begin(document: Document, path: str, at: datetime) -> Document:
    """Takes in the event that a run began, which the flags may have shown before."""
    run = document.run
    if (
        run is not None
        and not run.is_over
        and not run.is_told
        and run.path in {path, ""}
        and _is_lately(run.started_at, at, _TOLD_WITHIN_S)
    ):
        return replace(document, run=replace(run, path=path, is_told=True), fault=None)
    # What is known of the progress is of the run before.
    document = replace(document, progress=Progress())
    return begin(document, path, at, is_told=True)


def finish(
    document: Document, path: str | None, end: Activity, at: datetime
) -> Document:
    """Notes how the run of a file ended; a cancel is also a failure to the server."""
    run = document.run
    if run is not None and path is not None and run.path != path:
        return document
    is_told = run is None or run.is_over
    if is_told and end is Activity.FAILED and document.end is Activity.CANCELLED:
        return document
    return replace(
        document,
        end=end,
        ended_at=at,
        run=replace(run, is_over=True) if run is not None else None,
        hold=None,
    )


def take_flags(document: Document, flags: Flags, at: datetime) -> Document:
    """Takes in new flags, and whatever they show of a run that no event told of."""
    before, document = document.flags, replace(document, flags=flags)
    if flags.is_operational:
        # Flags that lag behind an error still say that all is well.
        is_news = before is None or not before.is_operational
        fault = None if is_news else document.fault
        document = replace(document, was_operational=True, fault=fault)
    document = _why_held(document, before, flags, at)
    if flags.has_job:
        return _take_running(document, before, at)
    if flags.is_closed_or_error:
        document = replace(document, prompt=None, heats={})
    run = document.run
    if run is not None and not run.is_over and not _is_young(run, at):
        return finish(document, None, _unseen_end(document, run, flags), at)
    if before is None and run is None and flags.is_operational:
        return _found_done(document)
    return document


def _why_held(
    document: Document, before: Flags | None, flags: Flags, at: datetime
) -> Document:
    """Forgets why it pauses when it goes on, or when no pause came of it.

    The event comes before the pause, and flags that lag behind in between.
    """
    was_held = before is not None and before.is_held
    is_stale = not was_held and not _is_lately(document.hold_at, at, _TOLD_WITHIN_S)
    if document.hold is None or (flags.is_held and not is_stale):
        return document
    return replace(document, hold=None) if was_held or is_stale else document


def _found_done(document: Document) -> Document:
    """Takes in a file that was found printed to its end, when is not known."""
    done_pct = document.progress.completion_pct
    if document.file is None or done_pct is None or done_pct < _DONE_PCT:
        return document
    run = Run(document.file.path, is_shown=True, is_over=True)
    return replace(document, run=run, end=Activity.FINISHED)


def _is_young(run: Run, at: datetime) -> bool:
    """Whether a run began so lately that flags may still be of the one before."""
    return _is_lately(run.started_at, at, _LAG_S if run.is_shown else _TOLD_WITHIN_S)


def _is_lately(then: datetime | None, at: datetime, within_s: float = _LAG_S) -> bool:
    # A clock that was set back says nothing.
    return then is not None and 0 <= (at - then).total_seconds() < within_s


def _take_running(document: Document, before: Flags | None, at: datetime) -> Document:
    path = document.file.path if document.file is not None else ""
    run = document.run
    if run is not None and not run.is_over and run.path in {path, ""}:
        run = replace(run, path=run.path or path, is_shown=True)
        return replace(document, run=run, end=None)
    if before is None:
        # Found running: when it began is not known.
        return replace(document, run=Run(path, is_shown=True), end=None)
    is_ending = document.flags is not None and (
        document.flags.is_finishing or document.flags.is_cancelling
    )
    is_late = _is_lately(document.ended_at, at) or (is_ending and before.has_job)
    if document.end is not None and is_late:
        # The event tells the end first; the scripts that follow may take minutes. Of a
        # print that was over at once the flags come only then.
        return document if before.has_job else replace(document, flags=before)
    return begin(document, path, at, is_shown=True)


def take_progress(document: Document, progress: Progress, at: datetime) -> Document:
    """Takes in the progress; a print time that jumps back shows another run."""
    then_s, now_s = document.progress.printed_s, progress.printed_s
    document = replace(document, progress=progress)
    is_running = document.flags is not None and document.flags.has_job
    run = document.run
    if (
        is_running
        and run is not None
        and not run.is_over
        and then_s is not None
        and now_s is not None
        and now_s < then_s - _BACK_S
        and run.started_at is not None
        and (at - run.started_at).total_seconds() > then_s
    ):
        return begin(document, run.path, at, is_shown=True)
    return document


def _unseen_end(document: Document, run: Run, flags: Flags) -> Activity:
    """Returns how a run ended whose end no event told; idle where nobody knows."""
    if document.file is not None and document.file.path != run.path:
        # What is told of the file that is selected now says nothing of it.
        return Activity.IDLE
    if flags.is_closed_or_error or document.file is None:
        # The server lost its machine, or was itself started anew.
        return Activity.FAILED
    done_pct = document.progress.completion_pct
    if done_pct is not None and done_pct >= _DONE_PCT:
        return Activity.FINISHED
    # A cancel empties the progress.
    return Activity.FAILED if done_pct else Activity.CANCELLED
