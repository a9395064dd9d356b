"""The audit log."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.identity.model import AuditEntry, AuditFilter
from odin_engine.identity.tables import AuditRow
from odin_engine.kernel.pages import PageRequest, Slice, Sorts, fetch_page

_SORTS = Sorts({"at": AuditRow.id}, default="-at", key=AuditRow.id)
"""Ids sort by time, so one index serves order and cursor."""


async def add(session: AsyncSession, entries: Iterable[AuditEntry]) -> None:
    """Adds entries; one that is there already stays as it is.

    Whoever was cancelled while writing cannot know whether the commit went through, and
    writes again.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    rows = [
        {
            "id": entry.id,
            "at": entry.at,
            "user_id": entry.user_id,
            "user_name": entry.user_name,
            "token_id": entry.token_id,
            "on_behalf_of": entry.on_behalf_of,
            "address": entry.address,
            "method": entry.method,
            "route": entry.route,
            "action": entry.action,
            "status": entry.status,
            "targets": dict(entry.targets),
            "details": dict(entry.details),
        }
        for entry in entries
    ]
    await session.execute(
        insert(AuditRow).on_conflict_do_nothing(index_elements=["id"]), rows
    )


async def page(
    session: AsyncSession, request: PageRequest, wanted: AuditFilter
) -> Slice[AuditEntry]:
    """Returns a page of the log, newest first unless sorted by `at`."""
    query = select(AuditRow).where(*_conditions(wanted))
    if request.q:
        query = query.where(_mentions(request.q))
    found = await fetch_page(session, query, request, _SORTS)
    return Slice(
        [_to_entry(row) for row in found.items], found.next_cursor, found.total
    )


async def remove_before(session: AsyncSession, at: datetime) -> None:
    """Removes entries older than that."""
    await session.execute(delete(AuditRow).where(AuditRow.at < at))


def _to_entry(row: AuditRow) -> AuditEntry:
    """Returns the row as the model knows it."""
    return AuditEntry(
        id=row.id,
        at=row.at,
        user_id=row.user_id,
        user_name=row.user_name,
        token_id=row.token_id,
        on_behalf_of=row.on_behalf_of,
        address=row.address,
        method=row.method,
        route=row.route,
        action=row.action,
        status=row.status,
        targets=row.targets,
        details=row.details,
    )


def _mentions(text: str) -> ColumnElement[bool]:
    plain = (AuditRow.user_name, AuditRow.address, AuditRow.route, AuditRow.action)
    # JSON columns hold other letters than ASCII escaped, so what is sought is as well.
    escaped = json.dumps(text)[1:-1]
    return or_(
        *(column.icontains(text, autoescape=True) for column in plain),
        *(
            cast(column, String).icontains(escaped, autoescape=True)
            for column in (AuditRow.targets, AuditRow.details)
        ),
    )


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.actor is not None:
        conditions.append(
            or_(
                AuditRow.user_id == wanted.actor,
                AuditRow.user_name == wanted.actor,
                AuditRow.token_id == wanted.actor,
                AuditRow.on_behalf_of == wanted.actor,
            )
        )
    if wanted.action is not None:
        conditions.append(AuditRow.action == wanted.action)
    if wanted.method is not None:
        conditions.append(AuditRow.method == wanted.method.upper())
    conditions += _between(wanted.since, wanted.until)
    return conditions


def _between(
    since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(AuditRow.at >= since)
    if until is not None:
        conditions.append(AuditRow.at < until)
    return conditions
