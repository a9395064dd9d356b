"""What lies on a machine and what it printed: lists, metadata, history.

Source: docs.moonraker.dev, "File management" and "Job history".
"""

import posixpath
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from odin_engine.drivers.printers.moonraker import files
from odin_engine.drivers.printers.moonraker.gcode import look_into
from odin_engine.drivers.printers.moonraker.protocol import tracking
from odin_engine.drivers.printers.moonraker.protocol.document import Document
from odin_engine.drivers.printers.moonraker.protocol.fields import (
    above_zero,
    path,
    real,
    table,
    whole,
    word,
)
from odin_engine.drivers.printers.moonraker.protocol.metadata import (
    best_thumbnail,
    details_of,
    read_metadata,
)
from odin_engine.drivers.printers.moonraker.protocol.objects import print_objects, reach
from odin_engine.drivers.web import Web
from odin_engine.printers.model import (
    CommandRejected,
    DriverError,
    PrintFileUnavailable,
)
from odin_engine.printers.ports import PastJob, PlateFile, StoredFile

TIMELAPSE = "timelapse"
_MOST_FILES = 5000
_MOST_JOBS = 500
_LONGEST_JOB = timedelta(days=7)
"""The history is asked by when a job began, we want those that ended since."""
_SMALL_BYTES = 64 * 1024
_FILMS = (".mp4", ".mkv", ".webm")

type Ask = Callable[[str, dict[str, Any]], Awaitable[Any]]


def stored(told: Any, place: str = "gcodes") -> tuple[StoredFile, ...]:  # noqa: ANN401 - a wire value
    """Returns the files of a root."""
    found = []
    for row in (told if isinstance(told, list) else [])[:_MOST_FILES]:
        name = path(table(row).get("path"))
        if name is not None:
            size = whole(table(row).get("size"))
            changed = tracking.instant(table(row).get("modified"))
            found.append(StoredFile(name, size, changed, place))
    return tuple(found)


def recordings(told: Any) -> tuple[StoredFile, ...]:  # noqa: ANN401 - a wire value
    """Returns the films of the timelapse's root; pictures lie beside them."""
    return tuple(
        each for each in stored(told, TIMELAPSE) if each.name.lower().endswith(_FILMS)
    )


def history_query(since: datetime) -> dict[str, Any]:
    """Returns what the history is asked for."""
    begun = (since - _LONGEST_JOB).timestamp()
    return {"limit": _MOST_JOBS, "order": "desc", "since": max(begun, 0.0)}


def past_jobs(told: Any, since: datetime) -> tuple[PastJob, ...]:  # noqa: ANN401 - a wire value
    """Returns what ended since then, oldest first.

    What Moonraker did not see the end of may go on still.
    """
    found = []
    jobs = table(told).get("jobs")
    for row in map(table, jobs[:_MOST_JOBS] if isinstance(jobs, list) else ()):
        number, name = word(row.get("job_id")), path(row.get("filename"))
        begun = tracking.instant(row.get("start_time"))
        ended = tracking.instant(row.get("end_time"))
        if word(row.get("status")) in tracking.UNWATCHED:
            continue
        if not number or not name or not begun or not ended or ended < since:
            continue
        found.append(
            PastJob(
                external_id=number,
                name=posixpath.basename(name) or name,
                started_at=begun,
                ended_at=ended,
                result=tracking.result_of(row.get("status")),
                printing_s=real(row.get("print_duration")),
                used_mm=above_zero(row.get("filament_used")),
            )
        )
    return tuple(sorted(found, key=lambda each: each.ended_at or each.started_at))


async def read_file(
    name: str | None, document: Document, ask: Ask, web: Web
) -> PlateFile:
    """Returns what a machine knows of a file of its own, with its pictures.

    Raises:
        PrintFileUnavailable: the printer does not have it, or it makes no sense.
        DriverError: as it says.
    """
    if name is None:
        raise PrintFileUnavailable("missing", "The printer does not name its file.")
    try:
        told = await ask("server.files.metadata", {"filename": name})
    except CommandRejected as error:
        raise PrintFileUnavailable(
            "missing",
            "The printer knows nothing of this file: it is gone, or not read yet.",
        ) from error
    metadata = read_metadata(table(told))
    if metadata is None:
        raise PrintFileUnavailable("unreadable", "The printer's answer names no file.")
    is_running = document.track.filename == name
    excluding = document.object("exclude_object") if is_running else {}
    origin, size = reach(document.object("toolhead"))
    details = details_of(metadata, print_objects(excluding, origin), size)
    best = best_thumbnail(metadata)
    picture = await _picture(web, best.path) if best else None
    small = picture if picture and len(picture) <= _SMALL_BYTES else None
    if small is None and picture is not None:
        other = await _picture(web, metadata.thumbnails[0].path)
        small = other if other and len(other) <= _SMALL_BYTES else None
    return PlateFile(details, picture, small)


async def _picture(web: Web, where: str) -> bytes | None:
    try:
        return await files.fetch_picture(web, where)
    except DriverError:
        # Without its picture a print is still worth knowing.
        return None


def inspect(source: Path) -> Iterator[PlateFile]:
    """Yields what a G-code file on our own disk says of itself.

    Raises:
        Invalid: it says nothing.
    """
    yield look_into(source)
