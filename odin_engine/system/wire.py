"""Shapes of the engine's own routes."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from odin_engine.kernel.files import Room
from odin_engine.kernel.tasks import Task, TaskState
from odin_engine.kernel.tunable import Tunable, Value
from odin_engine.system.model import About, is_nearly_full


class HealthOut(BaseModel):
    """`ok` as long as the engine answers."""

    status: str = "ok"


class InfoOut(BaseModel):
    """Which engine and versions, and nothing else: this is open to everybody."""

    name: str = "O.D.I.N."
    version: str
    api_version: int
    engine_id: str


class DiskOut(BaseModel):
    """The disk with the engine's data; `is_nearly_full` where somebody should make room."""

    total_bytes: int
    free_bytes: int
    is_nearly_full: bool

    @classmethod
    def from_model(cls, room: Room) -> Self:
        """Shapes the figures."""
        return cls(
            total_bytes=room.total_bytes,
            free_bytes=room.free_bytes,
            is_nearly_full=is_nearly_full(room.total_bytes, room.free_bytes),
        )


class SystemOut(InfoOut):
    """What somebody who runs the engine wants to know at a glance."""

    started_at: datetime
    database: str
    printers: int
    disk: DiskOut

    @classmethod
    def from_model(cls, about: About, printers: int, room: Room) -> Self:
        """Shapes the facts."""
        return cls(
            version=about.version,
            api_version=about.api_version,
            engine_id=about.engine_id,
            started_at=about.started_at,
            database=about.database,
            printers=printers,
            disk=DiskOut.from_model(room),
        )


class TaskOut(BaseModel):
    """A piece of background work; `progress` goes from 0 to 1."""

    id: str
    kind: str
    title: str
    owner: str | None
    state: TaskState
    progress: float = Field(ge=0, le=1)
    message: str | None
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def from_model(cls, task: Task) -> Self:
        """Shapes a task."""
        return cls.model_validate(task, from_attributes=True)


class SettingOut(BaseModel):
    """A run-time setting with its bounds; null bounds do not apply."""

    key: str
    title: str
    value: bool | int | float | str
    default: bool | int | float | str
    minimum: float | None
    maximum: float | None
    choices: list[str]

    @classmethod
    def from_model(cls, tunable: Tunable[Any], value: Value) -> Self:
        """Shapes a setting."""
        return cls(
            key=tunable.key,
            title=tunable.title,
            value=value,
            default=tunable.default,
            minimum=tunable.minimum,
            maximum=tunable.maximum,
            choices=list(tunable.choices),
        )


class SettingsOut(BaseModel):
    """Every run-time setting, in the order of declaration."""

    items: list[SettingOut]
