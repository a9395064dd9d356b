"""The end of what is remembered: of a printer that leaves, and of old rows."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.printers.model import PrintResult
from odin_engine.printers.store.writing import count
from odin_engine.printers.tables import (
    ClimateRow,
    FaultRow,
    NozzleRow,
    RunRow,
    SampleRow,
)

_PURGE_MINUTES = 12 * 60
_PURGE_ROWS = 2000
"""A purge takes bites this size, each in its own short transaction."""


async def close_history(session: AsyncSession, printer_id: str, at: datetime) -> None:
    """Ends what is open at a printer that leaves: its run as unknown, its faults."""
    await session.execute(
        update(RunRow)
        .where(RunRow.printer_id == printer_id, RunRow.ended_at.is_(None))
        .values(ended_at=at, result=PrintResult.UNKNOWN)
    )
    await session.execute(
        update(FaultRow)
        .where(FaultRow.printer_id == printer_id, FaultRow.cleared_at.is_(None))
        .values(cleared_at=at)
    )
    await session.execute(
        update(NozzleRow)
        .where(NozzleRow.printer_id == printer_id, NozzleRow.retired_at.is_(None))
        .values(retired_at=at, version=NozzleRow.version + 1)
    )


async def purge(
    session: AsyncSession, samples: int, climate: int, faults: datetime
) -> bool:
    """Deletes a bite of old history; returns whether there may be more.

    `samples` and `climate` are the first minutes to keep; faults are kept from the
    instant they were cleared.
    """
    some = select(FaultRow.id).where(FaultRow.cleared_at < faults).limit(_PURGE_ROWS)
    result = await session.execute(delete(FaultRow).where(FaultRow.id.in_(some)))
    are_more = [
        count(result) == _PURGE_ROWS,
        await _purge_minutes(session, SampleRow, samples),
        await _purge_minutes(session, ClimateRow, climate),
    ]
    return any(are_more)


async def _purge_minutes(
    session: AsyncSession, table: type[SampleRow | ClimateRow], keep_from: int
) -> bool:
    oldest = await session.scalar(select(func.min(table.minute)))
    if oldest is None or oldest >= keep_from:
        return False
    until = min(oldest + _PURGE_MINUTES, keep_from)
    await session.execute(delete(table).where(table.minute < until))
    return until < keep_from
