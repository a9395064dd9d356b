"""What is answered besides printers themselves, as the OpenAPI document shows it.

The domain's own dataclasses are the shapes wherever they are fit to be shown.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from odin_engine.kernel.tasks import Task
from odin_engine.printers.model.history import Upload
from odin_engine.printers.ports import Certificate, Check, Checked
from odin_engine.printers.service import Discovered


class Items[T](BaseModel):
    """A short list."""

    items: Sequence[T]


class FilesOut(BaseModel):
    """The files that were put on a printer, and what it takes.

    `kinds` is what their names end in, `most_bytes` how large one may be.
    """

    items: Sequence[Upload]
    kinds: Sequence[str]
    most_bytes: int


class FoundOut(BaseModel):
    """A machine on the network; `printer_id` is set where it is registered already."""

    family: str
    host: str
    serial: str | None
    model: str | None
    name: str | None
    via: str
    ports: Mapping[str, int]
    options: Mapping[str, str | int | bool]
    is_known: bool
    printer_id: str | None

    @classmethod
    def from_model(cls, discovered: Discovered) -> Self:
        """Shapes what was found."""
        found = discovered.found
        return cls(
            family=found.family,
            host=found.host,
            serial=found.serial,
            model=found.model,
            name=found.name,
            via=found.via,
            ports=dict(found.ports),
            options=dict(found.options),
            is_known=discovered.printer_id is not None,
            printer_id=discovered.printer_id,
        )


class CheckedOut(BaseModel):
    """A connection check, step by step; `ok` is null for a step not reached.

    `at` is when it was, for a printer whose last check is kept.
    """

    at: datetime | None
    is_ok: bool
    checks: Sequence[Check]
    certificate: Certificate | None

    @classmethod
    def from_model(cls, checked: Checked, at: datetime | None = None) -> Self:
        """Shapes the result; the state that was seen on the way is left out."""
        return cls(
            at=at,
            is_ok=checked.is_ok,
            checks=checked.checks,
            certificate=checked.certificate,
        )


class TaskOut(BaseModel):
    """Work that goes on; `/tasks/{id}` tells how far it is."""

    id: str
    kind: str
    title: str
    state: str
    progress: float
    created_at: datetime

    @classmethod
    def from_model(cls, task: Task) -> Self:
        """Shapes a task that was just begun."""
        return cls(
            id=task.id,
            kind=task.kind,
            title=task.title,
            state=task.state,
            progress=task.progress,
            created_at=task.created_at,
        )


_BINARY = {"schema": {"type": "string", "format": "binary"}}
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The latest picture", "content": {"image/jpeg": _BINARY}}
}
PNG: dict[int | str, dict[str, Any]] = {
    200: {"description": "The picture", "content": {"image/png": _BINARY}}
}
