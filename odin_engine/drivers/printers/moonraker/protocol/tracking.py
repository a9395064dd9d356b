"""Which job is running: what one report alone does not tell.

`print_stats` keeps its values until the next print, has no number of the job, and some
makers' builds end a cancelled job in `standby`.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from odin_engine.drivers.printers.moonraker.protocol.fields import (
    Table,
    path,
    real,
    rows,
    table,
    word,
)
from odin_engine.printers.model import PrintResult

RUNNING = frozenset({"printing", "paused"})
ENDED = frozenset({"complete", "cancelled", "error"})
_RESULTS = {
    "completed": PrintResult.FINISHED,
    "cancelled": PrintResult.CANCELLED,
    "error": PrintResult.FAILED,
    "klippy_shutdown": PrintResult.FAILED,
    "klippy_disconnect": PrintResult.FAILED,
    "interrupted": PrintResult.FAILED,
    "server_exit": PrintResult.FAILED,
}
UNWATCHED = frozenset({"interrupted", "server_exit"})
"""Moonraker itself was stopped: Klipper may have gone on with the print."""
_LAST_S = 253_402_300_799.0
_START_WITHIN_S = 180.0
"""A start waits two minutes for its answer at most; what begins a minute later is not it."""
_BACK_S = 5.0
"""A time that jumps back further is another run's."""


@dataclass(frozen=True, slots=True)
class Track:
    """The job that `print_stats` shows, and what is known of it besides.

    `run` grows with each job that is seen to begin. `token` is ours while the job is.
    `result` is how it ended where `print_stats` does not say so. `awaited` is a job that
    we just started, with its token and until when (`Clock.monotonic_s`). `coming` is the
    number, file and start of a job that the history knew before `print_stats` did.
    """

    state: str | None = None
    filename: str | None = None
    total_s: float = 0.0
    token: int | None = None
    job_id: str | None = None
    started_at: datetime | None = None
    is_stop_sent: bool = False
    result: PrintResult | None = None
    awaited: tuple[str, int, float] | None = None
    coming: tuple[str, str, datetime | None] | None = None
    run: int = 0


def follow(track: Track, stats: Table, now_s: float) -> Track:
    """Returns the track after a report of `print_stats`."""
    state, filename = word(stats.get("state")), path(stats.get("filename"))
    total_s = real(stats.get("total_duration")) or 0.0
    if (state, filename) == (track.state, track.filename) and total_s >= track.total_s:
        return track if total_s == track.total_s else replace(track, total_s=total_s)
    if state in RUNNING and _is_new(track, filename, total_s):
        return _begun(track, state, filename, total_s, now_s)
    if _is_stillborn(track, state, _awaited_token(track, filename, now_s)):
        return _begun(track, state, filename, total_s, now_s)
    result = track.result
    if state == "standby" and track.state in RUNNING and track.is_stop_sent:
        result = PrintResult.CANCELLED
    if state == "standby" and track.state not in RUNNING:
        # What was reset by hand is over, for us as well.
        result = result if track.state == "standby" else None
    return replace(
        track,
        state=state,
        filename=filename or (track.filename if result is not None else None),
        total_s=total_s,
        result=None if state in ENDED else result,
        is_stop_sent=track.is_stop_sent and state in RUNNING,
    )


def _is_new(track: Track, filename: str | None, total_s: float) -> bool:
    if track.state not in RUNNING or filename != track.filename:
        return track.state is not None
    # Klipper counts on through a pause.
    return total_s < track.total_s - _BACK_S


def _is_stillborn(track: Track, state: str | None, token: int | None) -> bool:
    """Whether a job of ours ended between two reports, and was never seen to run."""
    return state in ENDED and track.state not in RUNNING and token is not None


def _begun(
    track: Track,
    state: str | None,
    filename: str | None,
    total_s: float,
    now_s: float,
) -> Track:
    begun = Track(
        state,
        filename,
        total_s,
        token=_awaited_token(track, filename, now_s),
        run=track.run + 1,
    )
    if track.coming is None or track.coming[1] != filename:
        return begun
    job_id, _, started_at = track.coming
    return replace(begun, job_id=job_id, started_at=started_at)


def _awaited_token(track: Track, filename: str | None, now_s: float) -> int | None:
    """Returns the number of the job that we just started, if this is its file."""
    if track.awaited is None:
        return None
    name, number, until_s = track.awaited
    return number if name == filename and now_s <= until_s else None


def expect(track: Track, filename: str, token: int, now_s: float) -> Track:
    """Returns the track once we asked for a job to start."""
    return replace(track, awaited=(filename, token, now_s + _START_WITHIN_S))


def expect_nothing(track: Track) -> Track:
    """Returns the track once our start was refused."""
    return replace(track, awaited=None)


def stopping(track: Track) -> Track:
    """Returns the track once we asked for the job to be cancelled."""
    return replace(track, is_stop_sent=track.state in RUNNING)


def found_history(track: Track, job: Table) -> Track:
    """Returns the track after the newest line of the history, read on connecting.

    The same file again, begun while we were away, is not what we started.
    """
    known = heard_history(track, job)
    is_other = track.job_id not in {None, known.job_id}
    return replace(known, token=None) if is_other else known


def heard_history(track: Track, job: Table) -> Track:
    """Returns the track after a line of the host's history about this very job."""
    name, number = path(job.get("filename")), word(job.get("job_id"))
    status = word(job.get("status"))
    if number is None or name is None:
        return track
    if status == "in_progress":
        started_at = _instant(job, "start_time")
        if track.state not in RUNNING or name != track.filename:
            return replace(track, coming=(number, name, started_at))
        return replace(track, job_id=number, started_at=started_at)
    result = _RESULTS.get(status or "")
    is_same = number == track.job_id or (
        track.job_id is None and track.state in ENDED and name == track.filename
    )
    if not is_same or result is None:
        return track
    known = replace(track, job_id=number, started_at=_instant(job, "start_time"))
    # Where `print_stats` says it as well, that counts.
    return known if track.state in ENDED else replace(known, result=result)


def newest(jobs: Any) -> Table:  # noqa: ANN401 - a wire value
    """Returns the job that began last, of an answer of the history."""
    found = [table(each) for each in rows(jobs)]
    return max(found, key=lambda each: real(each.get("start_time")) or 0, default={})


def _instant(job: Table, key: str) -> datetime | None:
    return instant(job.get(key))


def instant(value: Any) -> datetime | None:  # noqa: ANN401 - a wire value
    """Returns the instant of seconds since 1970."""
    seconds = real(value)
    if seconds is None or not 0 < seconds <= _LAST_S:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def result_of(status: Any) -> PrintResult:  # noqa: ANN401 - a wire value
    """Returns how a job of the history ended."""
    return _RESULTS.get(word(status) or "", PrintResult.UNKNOWN)
