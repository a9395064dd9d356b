"""The job in a status: name, progress and time, whatever the vocabulary.

Source: SDCP V3.0.0, "PrintInfo"; ticks are milliseconds on resin machines and seconds
on FDM ones.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol.codes import Step
from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect
from odin_engine.drivers.printers.elegoo.protocol.fields import (
    above_zero,
    percent,
    real,
    seconds,
    text,
    whole,
)
from odin_engine.printers.model import EstimateSource, Job

_MOST_TICKS_S = 400_000
"""Of an FDM machine; no print takes four days and a half, so more are milliseconds."""
_USED_KEY = "CurrentExtrusion"
_MOST_LAYERS = 10_000_000
_MOST_S = 10_000_000


def job_of(
    dialect: Dialect,
    info: Mapping[str, Any],
    before: Job | None,
    step: Step | None,
    at: datetime,
) -> Job:
    """Returns the job as `PrintInfo` has it; what it lacks stays as it was before."""
    unit_s = _unit_s(dialect, info)
    total_s = seconds(info.get("TotalTicks"), unit_s)
    elapsed_s = _sane(seconds(info.get("CurrentTicks"), unit_s))
    layer = _layer(info.get("CurrentLayer"))
    total_layers = above_zero(info.get("TotalLayer"))
    file = file_of(info)
    remaining_s = (
        max(0, total_s - elapsed_s)
        if total_s and elapsed_s is not None and total_s <= _MOST_S
        else None
    )
    known = before or Job()
    return Job(
        name=_title(file) or known.name,
        file=file or known.file,
        # It was taken for ours before it named its file.
        token=known.token if file in {known.file, None} else None,
        external_id=text(info.get("TaskId")) or known.external_id,
        progress_pct=_progress(info, layer, total_layers),
        remaining_s=remaining_s,
        remaining_source=EstimateSource.PRINTER if remaining_s is not None else None,
        elapsed_s=elapsed_s,
        used_mm=_used_mm(info),
        layer=layer,
        total_layers=_layer(total_layers),
        stage=step.word if step else None,
        stage_text=step.text if step else None,
        started_at=known.started_at or at - timedelta(seconds=elapsed_s or 0),
    )


def file_of(info: Mapping[str, Any]) -> str | None:
    """Returns the file's name without its folder."""
    return (text(info.get("Filename")) or "").rpartition("/")[2] or None


def ticks(info: Mapping[str, Any]) -> float:
    """Returns how far the job's clock is, in ticks."""
    return real(info.get("CurrentTicks")) or 0.0


def _unit_s(dialect: Dialect, info: Mapping[str, Any]) -> float:
    if dialect is not Dialect.FDM or (real(info.get("TotalTicks")) or 0) > (
        _MOST_TICKS_S
    ):
        return 0.001
    return 1.0


def _sane(value_s: int | None) -> int | None:
    return value_s if value_s is not None and value_s <= _MOST_S else None


def _layer(value: object) -> int | None:
    number = whole(value)
    return number if number is not None and 0 <= number <= _MOST_LAYERS else None


def _progress(
    info: Mapping[str, Any], layer: int | None, total: int | None
) -> int | None:
    told = percent(info.get("Progress"))
    if told is not None:
        return told
    if layer is None or total is None:
        return None
    return min(100, layer * 100 // total)


def _title(file: str | None) -> str | None:
    if file is None:
        return None
    return file.rpartition(".")[0] or file


def _used_mm(info: Mapping[str, Any]) -> float | None:
    """Returns the filament used; some firmware spells the key as hex digits."""
    value = info.get(_USED_KEY)
    if value is None:
        value = next((info[key] for key in info if _decoded(key) == _USED_KEY), None)
    number = real(value)
    return round(number, 1) if number is not None and 0 <= number < 1e9 else None


def _decoded(key: str) -> str:
    """Returns `54 6F …00` as the text that it is."""
    if " " not in key:
        return ""
    try:
        return bytes.fromhex(key).rstrip(b"\0").decode("ascii", "replace")
    except ValueError:
        return ""
