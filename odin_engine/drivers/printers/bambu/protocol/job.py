"""The job of a document.

Source: docs/protocols/bambu.md §6.1, §6.2, §6.6.
"""

from typing import Any

from odin_engine.drivers.printers.bambu.protocol import lifecycle
from odin_engine.drivers.printers.bambu.protocol.document import Document
from odin_engine.drivers.printers.bambu.protocol.fields import (
    above_zero,
    percent,
    table,
    whole,
)
from odin_engine.drivers.printers.bambu.protocol.stages import stage_of
from odin_engine.printers.model import Activity, Job

_LONGEST_S = 60 * 24 * 3600
_MOST_SKIPPED = 1000
"""Slicers number a few dozen objects of a plate."""
_HAS_REMAINING = frozenset(
    {Activity.PREPARING, Activity.PRINTING, Activity.PAUSED, Activity.FINISHED}
)


def job(document: Document) -> Job | None:
    """Returns the job of now, or the last one; `None` if nothing is known of any."""
    run, wire = document.run, document.wire
    is_nameless = run.name is None and run.file is None and run.external is None
    if is_nameless and not run.is_running and not _has_ended(run.activity):
        return None
    stale = run.stale if run.is_running else frozenset()
    stage = stage_of(wire.get("stg_cur"), is_printing=run.activity is Activity.PRINTING)
    return Job(
        name=run.name,
        file=run.file,
        plate=_plate(document),
        token=lifecycle.token_of(run),
        external_id=run.external[1] if run.external else None,
        source=run.source,
        progress_pct=_progress(document, stale),
        prepare_pct=_prepared(document, stale),
        remaining_s=_remaining_s(document, stale),
        layer=_layer(document, stale),
        total_layers=run.total_layers,
        stage=stage[0] if stage else None,
        stage_text=stage[1] if stage else None,
        started_at=lifecycle.started_at(run, wire),
        skipped_objects=_skipped(wire.get("s_obj"), stale),
    )


def _has_ended(activity: Activity | None) -> bool:
    return activity is not None and activity.is_end


def _progress(document: Document, stale: frozenset[str]) -> int | None:
    """Returns the progress; the last job's 100 % while the next prepares is 0."""
    number = percent(document.wire.get("mc_percent"))
    if number is None:
        return None
    is_preparing = document.run.activity is Activity.PREPARING
    is_last_jobs = "mc_percent" in stale or (is_preparing and number == 100)
    return 0 if is_last_jobs else number


def _prepared(document: Document, stale: frozenset[str]) -> int | None:
    if document.run.activity is not Activity.PREPARING:
        return None
    if "gcode_file_prepare_percent" in stale:
        return None
    return percent(document.wire.get("gcode_file_prepare_percent"))


def _remaining_s(document: Document, stale: frozenset[str]) -> int | None:
    """Returns the time left; of a job that failed or none it is a left-over."""
    activity = document.run.activity
    minutes = whole(document.wire.get("mc_remaining_time"))
    if activity not in _HAS_REMAINING or "mc_remaining_time" in stale:
        return None
    if activity is Activity.FINISHED:
        return 0
    if minutes is None or not 0 <= minutes * 60 <= _LONGEST_S:
        return None
    return minutes * 60


def _layer(document: Document, stale: frozenset[str]) -> int | None:
    wire = document.wire
    if "layer_num" in wire:
        number, name = whole(wire["layer_num"]), "layer_num"
    else:
        number, name = whole(table(document.get("3D")).get("layer_num")), "3D"
    if number is None or number < 0:
        return None
    return 0 if name in stale else number


def _plate(document: Document) -> int | None:
    """Returns the plate from `…/plate_N.gcode`, else `plate_idx`."""
    file = document.run.file or ""
    name = file.rpartition("/")[2].removesuffix(".gcode")
    if name.startswith("plate_"):
        plate = above_zero(name.removeprefix("plate_"))
        if plate is not None:
            return plate
    return above_zero(document.wire.get("plate_idx"))


def _skipped(value: Any, stale: frozenset[str]) -> tuple[int, ...]:  # noqa: ANN401
    if value.__class__ is not list or "s_obj" in stale:
        return ()
    listed = value[:_MOST_SKIPPED]
    return tuple(number for item in listed if (number := whole(item)) is not None)
