"""How a job begins, runs and ends, over several reports.

A report tells a state; what it means depends on what came before. A FAILED waits six
seconds for the code that says "cancelled"; numbers of the last job are not the next
one's; what a printer blanks at the end is kept.

Source: docs/protocols/bambu.md §6.1, §6.5 (cancel codes), §6.6 (sequences).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from odin_engine.drivers.printers.bambu.protocol import errors
from odin_engine.drivers.printers.bambu.protocol.fields import (
    above_zero,
    table,
    text,
    whole,
)
from odin_engine.printers.model import Activity

_HEARD = {
    "IDLE": Activity.IDLE,
    "PREPARE": Activity.PREPARING,
    "SLICING": Activity.PREPARING,
    "RUNNING": Activity.PRINTING,
    "PAUSE": Activity.PAUSED,
    "FINISH": Activity.FINISHED,
    "FAILED": Activity.FAILED,
}
_SAYS_NOTHING = frozenset({"", "INIT", "OFFLINE", "UNKNOWN"})

# The integer leads `gcode_state` by a frame, so it only stands in for it.
_HEARD_BY_NUMBER = {
    0: Activity.IDLE,
    4: Activity.PRINTING,
    5: Activity.PAUSED,
    6: Activity.FINISHED,
    7: Activity.FAILED,
}

CANCEL_WINDOW = timedelta(seconds=6)
"""The code of a cancelled print was seen up to 5 s after FAILED (§6.5)."""

_STOP_LASTS = timedelta(minutes=2)
"""A stop that has not ended the job by then was not what ended it."""

_TOKEN_KEYS = ("subtask_id", "task_id")
_EXTERNAL_KEYS = ("task_id", "subtask_id", "project_id")
_ID_KEYS = frozenset(_TOKEN_KEYS + _EXTERNAL_KEYS)
_STALE_KEYS = _ID_KEYS | {
    "mc_percent",
    "mc_remaining_time",
    "layer_num",
    "gcode_file_prepare_percent",
    "gcode_start_time",
    "s_obj",
    "3D",
}
_UNTIL_HEARD_AGAIN = frozenset({"mc_percent", "layer_num", "3D"})
_LARGEST_TOKEN = 2**31 - 1
_SOURCES = {"cloud": "cloud", "local": "local"}

type Identity = tuple[str, str]
"""Which field named the job, and what it said."""


@dataclass(frozen=True, slots=True)
class Run:
    """The job of now, or the last one.

    `heard` is the state last understood on the wire; `activity` what we make of it.
    `stale` are the fields that have not changed since the job before ended.
    """

    heard: Activity | None = None
    activity: Activity | None = None
    settles_at: datetime | None = None
    stop_sent: bool = False
    stop_sent_at: datetime | None = None
    error: int = 0
    is_error_old: bool = False
    stale: frozenset[str] = frozenset()
    begins: bool = False
    token: Identity | None = None
    external: Identity | None = None
    name: str | None = None
    file: str | None = None
    source: str | None = None
    total_layers: int | None = None

    @property
    def is_running(self) -> bool:
        """Whether a job occupies the machine, one whose end is not settled included."""
        return self.activity is not None and self.activity.has_running_job

    @property
    def has_fault(self) -> bool:
        """Whether an error is active that is not just the word "cancelled"."""
        return self.error != 0 and self.error not in errors.CANCELLED


def advance(
    run: Run,
    wire: Mapping[str, Any],
    changed: Collection[str],
    error: int,
    at: datetime | None,
) -> Run:
    """Returns the run after a report; `wire` is all that is known, `changed` what is new.

    Without a clock (`at` is `None`) nothing waits: an end is what its code says now.
    """
    if error != run.error:
        run = replace(run, error=error, is_error_old=False)
    heard = _heard(wire) or run.heard
    if heard is None:
        return run
    if heard is Activity.IDLE and run.settles_at is not None:
        # A FAILED that still waits for its reason is not undone by going idle.
        heard = run.heard or heard
    if heard.has_running_job:
        run = _running(run, heard, changed, at)
    elif not run.is_running:
        run = _resting(run, heard, changed)
    elif _is_anothers(run, wire):
        # Its own end was never heard, and what this report tells is another's.
        fresh = Run(error=run.error, is_error_old=run.is_error_old)
        run = _resting(fresh, heard, changed)
    elif heard is Activity.FINISHED:
        run = _ended(run, heard)
    else:
        run = _ending(replace(run, heard=heard), at)
    if run.heard is not heard:
        run = replace(run, heard=heard)
    return _with_job(run, wire)


def note_stop(run: Run, at: datetime | None) -> Run:
    """Returns the run after a stop was sent: its end will be a cancel."""
    if not run.is_running:
        return run
    run = replace(run, stop_sent=True, stop_sent_at=at)
    return _ending(run, at) if run.settles_at is not None else run


def settle(run: Run, wire: Mapping[str, Any], at: datetime | None) -> Run:
    """Returns the run after its waiting time: the end is what is known by now."""
    if run.settles_at is None or (at is not None and at < run.settles_at):
        return run
    if run.begins and run.heard is not None:
        return _with_job(_begun(run, run.heard, ()), wire)
    return _ended(run, _verdict(run, at))


def unknown_state(wire: Mapping[str, Any]) -> str | None:
    """Returns a `gcode_state` that is in no list, for the log."""
    word = str(wire.get("gcode_state") or "")
    known = word.upper() in _HEARD or word in _SAYS_NOTHING
    return None if known else word[:40]


def _heard(wire: Mapping[str, Any]) -> Activity | None:
    word = wire.get("gcode_state")
    if word.__class__ is str:
        heard = _HEARD.get(word.upper())
        if heard is not None or word in _SAYS_NOTHING:
            return heard
    number = whole(wire.get("state"))
    return None if number is None else _HEARD_BY_NUMBER.get(number)


def _is_cancel(run: Run, at: datetime | None) -> bool:
    if run.error in errors.CANCELLED and not run.is_error_old:
        return True
    if at is None or run.stop_sent_at is None:
        return run.stop_sent
    return at - run.stop_sent_at <= _STOP_LASTS


def _verdict(run: Run, at: datetime | None) -> Activity:
    """Returns how a job ended that is no longer on the machine."""
    if _is_cancel(run, at):
        return Activity.CANCELLED
    if run.heard is Activity.FAILED or run.has_fault:
        return Activity.FAILED
    return Activity.IDLE


def _running(
    run: Run, heard: Activity, changed: Collection[str], at: datetime | None
) -> Run:
    if run.begins or not run.is_running:
        return _begun(run, heard, changed)
    if run.settles_at is not None:
        if run.heard is Activity.FAILED:
            # The last job's end was not yet told, and the next one is here already:
            # tell the end now, the beginning at the next call.
            run = _ended(run, _verdict(run, at))
            stale = run.stale.difference(changed)
            return replace(run, begins=True, settles_at=at, stale=stale)
        run = replace(run, settles_at=None)
    stale = run.stale.difference(changed)
    if heard is Activity.PRINTING and "mc_percent" not in stale:
        # By now the printer names the job that it prints.
        stale -= _ID_KEYS
    if heard is run.activity and stale == run.stale:
        return run
    return replace(run, activity=heard, stale=stale)


def _begun(run: Run, heard: Activity, changed: Collection[str]) -> Run:
    """Returns a fresh run. The first report ever is no beginning, so its ids count."""
    if run.activity is None:
        is_preparing = heard is Activity.PREPARING
        stale = _UNTIL_HEARD_AGAIN if is_preparing else frozenset[str]()
    else:
        stale = run.stale.difference(changed)
    return Run(
        heard=heard,
        activity=heard,
        error=run.error,
        is_error_old=run.error in errors.CANCELLED,
        stale=stale,
    )


def _ending(run: Run, at: datetime | None) -> Run:
    """Returns a run whose job is gone: ended where the reason is known, else waiting."""
    if at is None or _is_cancel(run, at):
        return _ended(run, _verdict(run, at))
    settles_at = run.settles_at or at + CANCEL_WINDOW
    if at >= settles_at:
        return _ended(run, _verdict(run, at))
    return replace(run, settles_at=settles_at)


def _ended(run: Run, activity: Activity) -> Run:
    return replace(run, activity=activity, settles_at=None, stale=_STALE_KEYS)


def _resting(run: Run, heard: Activity, changed: Collection[str]) -> Run:
    """Returns a run that is over, or never was."""
    stale = _STALE_KEYS if run.activity is None else run.stale.difference(changed)
    return replace(
        run,
        activity=_at_rest(run, heard),
        settles_at=None,
        begins=False,
        stale=stale,
    )


def _at_rest(run: Run, heard: Activity) -> Activity:
    """Returns what a machine without a running job does."""
    before = run.activity
    if heard is Activity.FAILED:
        is_late_cancel = run.error in errors.CANCELLED and not run.is_error_old
        was_cancel = before is Activity.CANCELLED
        return Activity.CANCELLED if is_late_cancel or was_cancel else heard
    if heard is Activity.FINISHED:
        return heard
    if run.heard is Activity.IDLE and before is not None and before.is_end:
        # The end was told by going idle; it stays until the next job.
        return before
    return Activity.ATTENTION if run.has_fault else Activity.IDLE


def _with_job(run: Run, wire: Mapping[str, Any]) -> Run:
    """Returns the run with what the report says of its job.

    What the printer blanks is kept. Of a job that is over nothing changes any more:
    new values are the next one's.
    """
    name = text(wire.get("subtask_name"))
    file = text(wire.get("gcode_file"))
    source = _SOURCES.get(str(wire.get("print_type")))
    layers = _total_layers(wire)
    token = _identity(run, wire, _TOKEN_KEYS, run.token)
    external = _identity(run, wire, _EXTERNAL_KEYS, run.external)
    # One that only waits for the reason of its end is over.
    if run.is_running and run.settles_at is None:
        name, file = name or run.name, file or run.file
        source, layers = source or run.source, layers or run.total_layers
    else:
        name, file = run.name or name, run.file or file
        source, layers = run.source or source, run.total_layers or layers
        token, external = run.token or token, run.external or external
    if (name, file, source, layers, token, external) == (
        run.name,
        run.file,
        run.source,
        run.total_layers,
        run.token,
        run.external,
    ):
        return run
    return replace(
        run,
        name=name,
        file=file,
        source=source,
        total_layers=layers,
        token=token,
        external=external,
    )


def _is_anothers(run: Run, wire: Mapping[str, Any]) -> bool:
    """Whether a report names another job than the one that was running."""
    if run.settles_at is not None:
        return False
    for known, keys in ((run.token, _TOKEN_KEYS), (run.external, _EXTERNAL_KEYS)):
        if known is not None:
            return _identity(run, wire, keys, known) != known
    return False


def _total_layers(wire: Mapping[str, Any]) -> int | None:
    return above_zero(wire.get("total_layer_num")) or above_zero(
        table(wire.get("3D")).get("total_layer_num")
    )


def _identity(
    run: Run,
    wire: Mapping[str, Any],
    keys: tuple[str, ...],
    before: Identity | None,
) -> Identity | None:
    """Returns what names the job.

    Once named by a field it stays named by it: a better field that appears later is
    the same job, another value in the same field is another.
    """
    stale = run.stale if run.is_running else ()
    for key in keys if before is None else (before[0],):
        value = wire.get(key)
        word = str(value) if value.__class__ in {str, int} else ""
        if key not in stale and word.strip("0"):
            return key, word
    return before


def token_of(run: Run) -> int | None:
    """Returns the job's number where it can be one that we gave (1 … 2³¹-1)."""
    number = whole(run.token[1]) if run.token else None
    return number if number is not None and 1 <= number <= _LARGEST_TOKEN else None


def started_at(run: Run, wire: Mapping[str, Any]) -> datetime | None:
    """Returns when the job began, as the printer says."""
    if "gcode_start_time" in run.stale:
        return None
    seconds = whole(wire.get("gcode_start_time"))
    if seconds is None or not _FIRST_S <= seconds < _LAST_S:
        return None
    return datetime.fromtimestamp(seconds, UTC)


# 2015 and 2100: before the first machine, and after the last.
_FIRST_S = 1_420_070_400
_LAST_S = 4_102_444_800
