"""Writes of alerts. Each function works inside the caller's transaction."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.notifications.model import Alert
from odin_engine.notifications.tables import AlertRow, SeenRow, to_alert

_TEXT_MOST_CHARS = 500
_PURGE_ROWS = 2000
"""A purge takes bites this size, each in its own short transaction."""


async def load_open(session: AsyncSession) -> dict[str, Alert]:
    """Returns every alert that has not ended, by key."""
    rows = await session.scalars(select(AlertRow).where(AlertRow.ended_at.is_(None)))
    return {row.key: to_alert(row) for row in rows}


async def latest(session: AsyncSession, key: str) -> Alert | None:
    """Returns the last alert of that key, ended or not."""
    row = await session.scalar(
        select(AlertRow)
        .where(AlertRow.key == key)
        .order_by(AlertRow.raised_at.desc(), AlertRow.id.desc())
        .limit(1)
    )
    return None if row is None else to_alert(row)


async def find(session: AsyncSession, alert_id: str) -> tuple[str, Alert] | None:
    """Returns an alert and its key."""
    row = await session.get(AlertRow, alert_id)
    return None if row is None else (row.key, to_alert(row))


async def add(session: AsyncSession, key: str, alert: Alert) -> None:
    """Inserts an alert. The caller made sure that none of its key is open."""
    session.add(AlertRow(key=key, **_fitted(alert)))
    await session.flush()


async def save(session: AsyncSession, alert: Alert) -> None:
    """Writes an alert that is there already."""
    await session.execute(
        update(AlertRow).where(AlertRow.id == alert.id).values(**_fitted(alert))
    )


async def purge(session: AsyncSession, before: datetime) -> bool:
    """Deletes a bite of what ended before that; returns whether there may be more."""
    some = select(AlertRow.id).where(AlertRow.ended_at < before).limit(_PURGE_ROWS)
    result = await session.execute(delete(AlertRow).where(AlertRow.id.in_(some)))
    return isinstance(result, CursorResult) and result.rowcount == _PURGE_ROWS


async def save_seen(session: AsyncSession, person: str, until: datetime) -> datetime:
    """Moves on how far a person has seen, never back; returns it."""
    row = await session.get(SeenRow, person)
    if row is None:
        session.add(SeenRow(person=person, seen_until=until))
        return until
    row.seen_until = max(row.seen_until, until)
    return row.seen_until


async def forget_person(session: AsyncSession, person: str) -> None:
    """Deletes how far a person has seen."""
    await session.execute(delete(SeenRow).where(SeenRow.person == person))


def _fitted(alert: Alert) -> dict[str, Any]:
    """Returns an alert's values as both databases can hold them."""
    return {
        name: value.replace("\0", "")[:_TEXT_MOST_CHARS]
        if type(value) is str
        else value
        for name, value in asdict(alert).items()
    }
