"""Signed-in browsers."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.identity.model import (
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    Session,
    User,
)
from odin_engine.identity.store.users import to_user
from odin_engine.identity.tables import SessionRow, UserRow


async def find(session: AsyncSession, fingerprint: str) -> tuple[Session, User] | None:
    """Returns the session kept under that fingerprint, and whose it is."""
    found = await session.execute(
        select(SessionRow, UserRow)
        .join(UserRow, UserRow.id == SessionRow.user_id)
        .where(SessionRow.fingerprint == fingerprint)
    )
    row = found.one_or_none()
    return None if row is None else (_to_session(row[0]), to_user(row[1]))


async def of_user(session: AsyncSession, user_id: str) -> list[Session]:
    """Returns the sessions of a user, the last used first."""
    rows = await session.scalars(
        select(SessionRow)
        .where(SessionRow.user_id == user_id)
        .order_by(SessionRow.last_seen_at.desc(), SessionRow.id.desc())
    )
    return [_to_session(row) for row in rows]


def add(session: AsyncSession, opened: Session, fingerprint: str) -> None:
    """Adds a session."""
    session.add(
        SessionRow(
            id=opened.id,
            user_id=opened.user_id,
            fingerprint=fingerprint,
            device=opened.device,
            address=opened.address,
            created_at=opened.created_at,
            last_seen_at=opened.last_seen_at,
        )
    )


async def remove(
    session: AsyncSession,
    user_id: str,
    *,
    only: str | None = None,
    keep: str | None = None,
) -> tuple[str, ...]:
    """Removes sessions of a user: all, `only` one, or all but `keep`; returns their ids."""
    gone = delete(SessionRow).where(SessionRow.user_id == user_id)
    if only is not None:
        gone = gone.where(SessionRow.id == only)
    if keep is not None:
        gone = gone.where(SessionRow.id != keep)
    return tuple(await session.scalars(gone.returning(SessionRow.id)))


async def remove_by_fingerprint(
    session: AsyncSession, fingerprint: str
) -> tuple[str, str] | None:
    """Removes the session kept under that fingerprint; returns whose it was and its id."""
    found = await session.execute(
        delete(SessionRow)
        .where(SessionRow.fingerprint == fingerprint)
        .returning(SessionRow.user_id, SessionRow.id)
    )
    row = found.one_or_none()
    return None if row is None else (row[0], row[1])


async def note_seen(session: AsyncSession, seen: Mapping[str, datetime]) -> None:
    """Writes when sessions were last used."""
    for session_id, at in seen.items():
        await session.execute(
            update(SessionRow)
            .where(SessionRow.id == session_id, SessionRow.last_seen_at < at)
            .values(last_seen_at=at)
        )


async def remove_ended(session: AsyncSession, now: datetime) -> None:
    """Removes sessions that ran out."""
    await session.execute(
        delete(SessionRow).where(
            or_(
                SessionRow.last_seen_at <= now - SESSION_IDLE,
                SessionRow.created_at <= now - SESSION_ABSOLUTE,
            )
        )
    )


def _to_session(row: SessionRow) -> Session:
    return Session(
        id=row.id,
        user_id=row.user_id,
        device=row.device,
        address=row.address,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
    )
