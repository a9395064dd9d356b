"""The ground floor's own tables: outbox, background tasks, settings, kept answers."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from odin_engine.kernel.db import Base, Instant, one_of

_ID_CHARS = 32
_NAME_CHARS = 200


class OutboxState(StrEnum):
    """Whether a delivery is still owed."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class TaskState(StrEnum):
    """How far a background task got."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class OutboxRow(Base):
    """Something that must be delivered at least once, whatever happens to us."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "state", "due_at"),
        CheckConstraint("attempts >= 0", name="attempts"),
    )

    id: Mapped[str] = mapped_column(String(_ID_CHARS), primary_key=True)
    key: Mapped[str] = mapped_column(String(_NAME_CHARS), unique=True)
    kind: Mapped[str] = mapped_column(String(_NAME_CHARS))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[OutboxState] = mapped_column(one_of(OutboxState, "state"))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(Text)


class TaskRow(Base):
    """A background task, written when it starts and when it ends."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index(None, "created_at"),
        CheckConstraint("progress >= 0 AND progress <= 1", name="progress"),
    )

    id: Mapped[str] = mapped_column(String(_ID_CHARS), primary_key=True)
    kind: Mapped[str] = mapped_column(String(_NAME_CHARS))
    title: Mapped[str] = mapped_column(String(_NAME_CHARS))
    owner: Mapped[str | None] = mapped_column(String(_NAME_CHARS))
    state: Mapped[TaskState] = mapped_column(one_of(TaskState, "state"))
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    message: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class SettingRow(Base):
    """A run-time setting that differs from its default."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(String(_NAME_CHARS), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class IdempotencyRow(Base):
    """A write that must not be done twice, and what was answered to it."""

    __tablename__ = "idempotency"
    __table_args__ = (Index(None, "claimed_at"),)

    caller: Mapped[str] = mapped_column(String(_NAME_CHARS), primary_key=True)
    key: Mapped[str] = mapped_column(String(_NAME_CHARS), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    claimed_at: Mapped[datetime] = mapped_column(Instant)
    sealed_answer: Mapped[str | None] = mapped_column(Text)
