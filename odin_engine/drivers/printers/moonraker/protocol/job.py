"""The job: how far it is, which layer, how long still, and what that is made of.

Klipper counts the bytes of the whole file, with its pictures and settings; the slicer
may count time instead (M73). Source: docs.klipper3d.org, "Status reference"
(print_stats, virtual_sdcard, display_status).
"""

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from odin_engine.drivers.printers.moonraker.protocol.activity import has_laid_nothing
from odin_engine.drivers.printers.moonraker.protocol.document import Document
from odin_engine.drivers.printers.moonraker.protocol.fields import (
    above_zero,
    real,
    table,
    whole,
    word,
)
from odin_engine.drivers.printers.moonraker.protocol.metadata import Metadata
from odin_engine.drivers.printers.moonraker.protocol.objects import skipped
from odin_engine.printers.model import Activity, EstimateSource, Job

_MOST_PCT = 99
"""A job that is not over is never shown as done."""
_SAME = 0.001
"""`display_status` mirrors the bytes where the slicer said nothing."""
_SETTLED_S = 60.0
_LEAST, _MOST = 0.02, 1.0
_LONGEST_S = 10_000_000


class Remaining(NamedTuple):
    """How long a job still takes, and what that was made of."""

    seconds: int | None = None
    source: EstimateSource | None = None


def job_of(document: Document, activity: Activity) -> Job | None:
    """Returns the job that runs or was last run, `None` where there is none."""
    track = document.track
    if track.filename is None:
        return None
    stats = document.object("print_stats")
    metadata = document.metadata.get(track.filename)
    layer, layers = _layers(document, metadata)
    remaining = _remaining(document, metadata, activity)
    return Job(
        name=posixpath.basename(track.filename) or track.filename,
        file=track.filename,
        token=track.token,
        external_id=track.job_id,
        progress_pct=_percent(document, metadata, activity),
        remaining_s=remaining.seconds,
        remaining_source=remaining.source,
        elapsed_s=whole(stats.get("print_duration")),
        used_mm=_millimetres(real(stats.get("filament_used"))),
        layer=layer,
        total_layers=layers,
        stage_text=word(document.object("display_status").get("message")),
        started_at=track.started_at,
        skipped_objects=skipped(document.object("exclude_object")),
    )


def _millimetres(value: float | None) -> float | None:
    """Returns whole mm: what is finer makes every report a new job."""
    return None if value is None else float(round(value))


def progress_of(document: Document, metadata: Metadata | None) -> float | None:
    """Returns how far a file is, 0 to 1; `None` where nobody can say yet."""
    card = document.object("virtual_sdcard")
    position = real(card.get("file_position"))
    if metadata is not None and metadata.end_byte is not None and position is not None:
        start = metadata.start_byte or 0.0
        if metadata.end_byte > start:
            return _share((position - start) / (metadata.end_byte - start))
    by_time = _by_time(document)
    if by_time is None and has_laid_nothing(document):
        # All that was read is the file's header, which may be a third of it.
        return None
    return by_time if by_time is not None else _share(real(card.get("progress")))


def _by_time(document: Document) -> float | None:
    """Returns the slicer's own progress (M73), `None` where it says none."""
    shown = _share(real(document.object("display_status").get("progress")))
    by_bytes = _share(real(document.object("virtual_sdcard").get("progress")))
    if shown is None or by_bytes is None:
        return shown
    return shown if abs(shown - by_bytes) > _SAME else None


def _share(value: float | None) -> float | None:
    return None if value is None else min(1.0, max(0.0, value))


def _percent(
    document: Document, metadata: Metadata | None, activity: Activity
) -> int | None:
    if activity is Activity.FINISHED:
        return 100
    progress = progress_of(document, metadata)
    return None if progress is None else min(_MOST_PCT, int(progress * 100))


def _layers(
    document: Document, metadata: Metadata | None
) -> tuple[int | None, int | None]:
    """Returns the layer and how many there are; unknown is better than 0 of 0."""
    card = document.object("virtual_sdcard")
    info = table(document.object("print_stats").get("info"))
    for source, layer, layers in (
        (info, "current_layer", "total_layer"),
        (card, "current_layer", "total_layer"),
        (card, "layer", "layer_count"),
    ):
        now, total = _count(source, layer), _count(source, layers)
        if now is not None and total is not None:
            return now, total
    now = _count(info, "current_layer")
    return now, metadata.total_layers if metadata is not None else None


def _count(source: Mapping[str, object], key: str) -> int | None:
    return whole(above_zero(source.get(key)))


def _remaining(
    document: Document, metadata: Metadata | None, activity: Activity
) -> Remaining:
    if not activity.has_running_job:
        return Remaining(0 if activity is Activity.FINISHED else None)
    estimated_s = metadata.estimated_s if metadata is not None else None
    if activity is Activity.PREPARING:
        return _told(estimated_s, EstimateSource.SLICER, 1.0)
    factor = above_zero(document.object("gcode_move").get("speed_factor")) or 1.0
    by_time = _by_time(document)
    if by_time is not None and estimated_s is not None:
        return _told(estimated_s * (1 - by_time), EstimateSource.SLICER, factor)
    elapsed_s = real(document.object("print_stats").get("print_duration"))
    share = _blend(document, metadata)
    if elapsed_s is not None and elapsed_s > _SETTLED_S and share is not None:
        return _told(elapsed_s / share - elapsed_s, EstimateSource.BLEND, factor)
    left_s = None
    if estimated_s is not None and elapsed_s is not None:
        left_s = max(0.0, estimated_s - elapsed_s)
    return _told(left_s, EstimateSource.ELAPSED, factor)


def _told(seconds: float | None, source: EstimateSource, factor: float) -> Remaining:
    if seconds is None or not 0 <= seconds / factor <= _LONGEST_S:
        return Remaining()
    return Remaining(int(seconds / factor), source)


def _blend(document: Document, metadata: Metadata | None) -> float | None:
    """Returns how far it is by the file and by the filament, where that can be said."""
    shares = [progress_of(document, metadata)]
    used = real(document.object("print_stats").get("filament_used"))
    if metadata is not None and metadata.filament_mm and used is not None:
        shares.append(_share(used / metadata.filament_mm))
    known = [each for each in shares if each is not None]
    mean = sum(known) / len(known) if known else 0.0
    return mean if _LEAST < mean < _MOST else None
