"""Reads of alerts, each shaped for one list or number."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.kernel.pages import PageRequest, Slice, Sorts, fetch_page
from odin_engine.notifications.model import Alert, AlertFilter, AlertState
from odin_engine.notifications.tables import AlertRow, SeenRow, to_alert

_SORTS = Sorts({"raised_at": AlertRow.raised_at}, "-raised_at", AlertRow.id)


async def page(
    session: AsyncSession, request: PageRequest, wanted: AlertFilter
) -> Slice[Alert]:
    """Returns a page of alerts, newest first unless asked otherwise."""
    query = select(AlertRow)
    if wanted.state is not AlertState.ALL:
        query = query.where(_in_state(wanted.state))
    if wanted.kind is not None:
        query = query.where(AlertRow.kind == wanted.kind)
    if wanted.printer_id is not None:
        query = query.where(AlertRow.printer_id == wanted.printer_id)
    if request.q:
        query = query.where(
            AlertRow.title.icontains(request.q, autoescape=True)
            | AlertRow.detail.icontains(request.q, autoescape=True)
        )
    found = await fetch_page(session, query, request, _SORTS)
    items = [to_alert(row) for row in found.items]
    return Slice(items, found.next_cursor, found.total)


async def seen_until(session: AsyncSession, person: str) -> datetime | None:
    """Returns until when a person has seen alerts, `None` if never."""
    row = await session.get(SeenRow, person)
    return None if row is None else row.seen_until


def _in_state(state: AlertState) -> ColumnElement[bool]:
    if state is AlertState.ACTIVE:
        return and_(AlertRow.ended_at.is_(None), AlertRow.dismissed_at.is_(None))
    return or_(AlertRow.ended_at.is_not(None), AlertRow.dismissed_at.is_not(None))
