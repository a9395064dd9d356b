"""What lies in the memory of a Centauri Carbon 2."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol.fields import real, rows, text, whole
from odin_engine.printers.ports import StoredFile

_LAST_S = 253_402_300_799


def listed(result: Mapping[str, Any]) -> Iterator[StoredFile]:
    """Yields the files of a list; folders are left out."""
    for row in rows(result.get("files", result.get("file_list"))):
        name = text(row.get("name")) or text(row.get("filename"))
        if name is None or row.get("type") in {"directory", "folder"}:
            continue
        size = whole(row.get("size"))
        yield StoredFile(
            name=name.lstrip("/"),
            size_bytes=size if size is None or size >= 0 else None,
            modified_at=_instant(row.get("modified", row.get("create_time"))),
            place="local",
        )


def _instant(value: object) -> datetime | None:
    number = real(value)
    if number is None or not 0 < number <= _LAST_S:
        return None
    return datetime.fromtimestamp(number, UTC)
