"""The job in a status of a Centauri Carbon 2."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol.fields import (
    above_zero,
    percent,
    table,
    text,
    whole,
)
from odin_engine.printers.model import EstimateSource, Job

_MOST_S = 10_000_000
_STAGES = {
    1045: ("heating_nozzle", "Heating the nozzle"),
    1081: ("downloading", "Fetching the file"),
    1082: ("downloading", "Fetching the file"),
    1086: ("downloading", "Fetching the file"),
    1096: ("heating_nozzle", "Heating the nozzle"),
    1405: ("heating_bed", "Heating the bed"),
    1906: ("heating_bed", "Heating the bed"),
    2401: ("resuming", "Resuming"),
    2402: ("resuming", "Resuming"),
    2501: ("pausing", "Pausing"),
    2502: ("paused", "Paused"),
    2503: ("stopping", "Stopping"),
    2505: ("paused", "Paused"),
    2801: ("homing", "Homing"),
    2802: ("homing", "Homing"),
    2901: ("bed_leveling", "Levelling the bed"),
    2902: ("bed_leveling", "Levelling the bed"),
}


def job_of(
    status: Mapping[str, Any], before: Job | None, sub: int | None, at: datetime
) -> Job:
    """Returns the job as `print_status` has it; what it lacks stays as it was."""
    told, known = table(status.get("print_status")), before or Job()
    file = (text(told.get("filename")) or "").rpartition("/")[2] or known.file
    elapsed_s = _seconds(told.get("print_duration"))
    remaining_s = _seconds(told.get("remaining_time_sec"))
    layer, total = _layer(told.get("current_layer")), _layer(told.get("total_layer"))
    progress = percent(table(status.get("machine_status")).get("progress"))
    if progress is None:
        progress = percent(told.get("progress"))
    stage, words = _STAGES.get(sub or 0, (None, None))
    return Job(
        name=(file.rpartition(".")[0] or file) if file else known.name,
        file=file,
        # It was taken for ours before it named its file.
        token=known.token if file in {known.file, None} else None,
        external_id=text(told.get("uuid")) or known.external_id,
        progress_pct=progress,
        remaining_s=remaining_s,
        remaining_source=EstimateSource.PRINTER if remaining_s is not None else None,
        elapsed_s=elapsed_s,
        layer=layer,
        total_layers=total or known.total_layers,
        stage=stage,
        stage_text=words,
        started_at=known.started_at or at - timedelta(seconds=elapsed_s or 0),
    )


def _seconds(value: object) -> int | None:
    number = whole(value)
    return number if number is not None and 0 <= number <= _MOST_S else None


def _layer(value: object) -> int | None:
    number = whole(value)
    if number == 0:
        return 0
    return above_zero(value) if number is not None and number <= _MOST_S else None
