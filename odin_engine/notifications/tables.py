"""Alerts, and how far each person has seen them."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from odin_engine.kernel.db import Base, Instant, one_of
from odin_engine.notifications.model import Alert, AlertKind, AlertSeverity


class AlertRow(Base):
    """An alert. `key` says when two are the same; at most one of them is open.

    It outlives the printer it names.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "uq_alerts_open",
            "key",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("count >= 1", name="count"),
        Index(None, "key", "raised_at"),
        Index(None, "raised_at", "id"),
        Index(None, "ended_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    kind: Mapped[AlertKind] = mapped_column(one_of(AlertKind, "kind"))
    code: Mapped[str] = mapped_column(Text)
    severity: Mapped[AlertSeverity] = mapped_column(one_of(AlertSeverity, "severity"))
    printer_id: Mapped[str | None] = mapped_column(String(32))
    printer_name: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    fault_code: Mapped[str | None] = mapped_column(Text)
    help_url: Mapped[str | None] = mapped_column(Text)
    raised_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    dismissed_at: Mapped[datetime | None] = mapped_column(Instant)
    dismissed_by: Mapped[str | None] = mapped_column(Text)
    count: Mapped[int]


class SeenRow(Base):
    """Until when a person has seen alerts: `user:<id>`, or `ha:<id>`."""

    __tablename__ = "alerts_seen"

    person: Mapped[str] = mapped_column(String(128), primary_key=True)
    seen_until: Mapped[datetime] = mapped_column(Instant)


def to_alert(row: AlertRow) -> Alert:
    """Returns the row as the model knows it."""
    return Alert(**{each.name: getattr(row, each.name) for each in fields(Alert)})
