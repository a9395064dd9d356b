"""Nozzles, from installed to retired."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.printers.model.history import NozzleInstall
from odin_engine.printers.tables import NozzleRow


async def retire_in_head(
    session: AsyncSession, printer_id: str, head: int, at: datetime
) -> None:
    """Retires the nozzle in a head, if one is recorded there."""
    await session.execute(
        update(NozzleRow)
        .where(
            NozzleRow.printer_id == printer_id,
            NozzleRow.head == head,
            NozzleRow.retired_at.is_(None),
        )
        .values(retired_at=at, version=NozzleRow.version + 1)
    )


async def add_nozzle(session: AsyncSession, nozzle: NozzleInstall) -> None:
    """Inserts a nozzle. The caller made sure that its head has none in use."""
    session.add(NozzleRow(**asdict(nozzle)))
    await session.flush()


async def save_nozzle(session: AsyncSession, nozzle: NozzleInstall) -> None:
    """Writes what a person may correct about a nozzle; its hours stay."""
    values = asdict(nozzle)
    for kept in ("id", "printing_s"):
        del values[kept]
    await session.execute(
        update(NozzleRow).where(NozzleRow.id == nozzle.id).values(**values)
    )


async def delete_nozzle(session: AsyncSession, nozzle_id: str) -> None:
    """Deletes a nozzle that was recorded by mistake."""
    await session.execute(delete(NozzleRow).where(NozzleRow.id == nozzle_id))
