"""Files, their upload in slices, and the history of tasks.

Source: SDCP V3.0.0, "File upload", 258, 259, 320, 321; FDM machines spell a list's
keys in three ways.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from odin_engine.drivers.printers.elegoo.protocol.codes import TASK_ENDS
from odin_engine.drivers.printers.elegoo.protocol.fields import (
    real,
    rows,
    text,
    whole,
    words,
)
from odin_engine.drivers.printers.elegoo.protocol.requests import STORE
from odin_engine.printers.model import Activity, PrintResult
from odin_engine.printers.ports import PastJob, StoredFile

SLICE_BYTES = 1 << 20
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
"""What every firmware takes as a file's name."""
_LAST_S = 253_402_300_799
_RECORDED = 1
_RESULTS = {
    Activity.FINISHED: PrintResult.FINISHED,
    Activity.FAILED: PrintResult.FAILED,
    Activity.CANCELLED: PrintResult.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a slice was not taken: the machine's number, or its text."""

    code: int | None
    words: str


def upload_outcome(body: bytes) -> Refused | None:
    """Returns why a slice was refused, `None` where it was taken; never raises."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Refused(None, "an answer that is no JSON")
    if not isinstance(answer, dict):
        return Refused(None, "an answer that makes no sense")
    if answer.get("success") is True or answer.get("code") == "000000":
        return None
    for row in rows(answer.get("messages")):
        code = whole(row.get("message"))
        if code is not None:
            return Refused(code, f"code {code}")
        if (said := text(row.get("message"))) is not None:
            return Refused(None, said)
    return Refused(None, f"code {answer.get('code')}"[:80])


def listed(data: Mapping[str, Any], folder: str) -> Iterator[StoredFile]:
    """Yields the files of a list; folders are left out."""
    for row in rows(data.get("FileList")):
        kind = whole(row.get("type", row.get("FileType", 1)))
        name = text(row.get("name")) or text(row.get("FileName"))
        if name is None or kind == 0:
            continue
        plain = name.removeprefix(folder).rpartition("/")[2]
        if not plain:
            continue
        yield StoredFile(
            name=plain,
            size_bytes=_size(row),
            modified_at=_instant(row.get("CreateTime")),
            place=folder.strip("/"),
        )


def size_of(data: Mapping[str, Any], name: str) -> tuple[bool, int | None]:
    """Returns whether a list of the machine's memory has a file, and its size."""
    for each in listed(data, STORE):
        if each.name == name:
            return True, each.size_bytes
    return False, None


def _size(row: Mapping[str, Any]) -> int | None:
    for key in ("usedSize", "size", "FileSize"):
        number = whole(row.get(key))
        if number is not None and number >= 0:
            return number
    return None


def task_ids(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns the ids of the tasks that the machine remembers."""
    listed_ids = words(data.get("HistoryData"))
    if listed_ids:
        return listed_ids
    return tuple(
        found
        for row in rows(data.get("HistoryData"))
        if (found := text(row.get("TaskId"))) is not None
    )


def past_jobs(data: Mapping[str, Any]) -> Iterator[PastJob]:
    """Yields the tasks that have ended; some machines list the running one too."""
    for row in rows(data.get("HistoryDetailList")):
        task = text(row.get("TaskId"))
        began, ended = _instant(row.get("BeginTime")), _instant(row.get("EndTime"))
        status = whole(row.get("TaskStatus")) or 0
        is_over = ended is not None and began is not None and ended > began
        if task is None or began is None or (status not in TASK_ENDS and not is_over):
            continue
        outcome = TASK_ENDS.get(status)
        yield PastJob(
            external_id=task,
            name=_title(row, task),
            started_at=began,
            ended_at=ended if is_over else began,
            result=_RESULTS[outcome] if outcome else PrintResult.UNKNOWN,
        )


def recordings(data: Mapping[str, Any]) -> Iterator[StoredFile]:
    """Yields the time-lapses that exist."""
    for row in rows(data.get("HistoryDetailList")):
        address = text(row.get("TimeLapseVideoUrl"))
        if whole(row.get("TimeLapseVideoStatus")) != _RECORDED or address is None:
            continue
        yield StoredFile(
            name=address.rpartition("/")[2] or _title(row, "timelapse"),
            size_bytes=whole(row.get("TimeLapseVideoSize")),
            modified_at=_instant(row.get("EndTime")),
            place="timelapse",
        )


def _title(row: Mapping[str, Any], otherwise: str) -> str:
    name = (text(row.get("TaskName")) or "").rpartition("/")[2]
    return name.rpartition(".")[0] or name or otherwise


def _instant(value: object) -> datetime | None:
    number = real(value)
    if number is None or not 0 < number <= _LAST_S:
        return None
    return datetime.fromtimestamp(number, UTC)
