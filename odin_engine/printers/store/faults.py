"""Faults, from raised to cleared."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.printers.model.history import FaultRecord
from odin_engine.printers.store.writing import count, fitted
from odin_engine.printers.tables import FaultRow, from_row


async def open_faults(session: AsyncSession, printer_id: str) -> list[FaultRecord]:
    """Returns the faults of a printer that were not cleared."""
    rows = await session.scalars(
        select(FaultRow).where(
            FaultRow.printer_id == printer_id, FaultRow.cleared_at.is_(None)
        )
    )
    return [from_row(FaultRecord, row) for row in rows]


async def add_fault(session: AsyncSession, fault: FaultRecord) -> bool:
    """Inserts a fault; returns false when the same one is open already."""
    is_open = await session.scalar(
        select(FaultRow.id).where(
            FaultRow.printer_id == fault.printer_id,
            FaultRow.code == fault.code,
            FaultRow.cleared_at.is_(None),
        )
    )
    if is_open is not None:
        return False
    session.add(FaultRow(**fitted(asdict(fault))))
    await session.flush()
    return True


async def clear_fault(
    session: AsyncSession, printer_id: str, code: str, at: datetime
) -> bool:
    """Marks a fault as cleared; returns false when it was not open."""
    result = await session.execute(
        update(FaultRow)
        .where(
            FaultRow.printer_id == printer_id,
            FaultRow.code == code,
            FaultRow.cleared_at.is_(None),
        )
        .values(cleared_at=at)
    )
    return count(result) > 0
