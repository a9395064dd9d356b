"""Samples by the minute."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.printers.store.writing import fitted
from odin_engine.printers.tables import ClimateRow, SampleRow


async def add_samples(
    session: AsyncSession, minute: int, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Inserts one telemetry row per printer; a minute that is there already stays."""
    present = set(
        await session.scalars(
            select(SampleRow.printer_id).where(SampleRow.minute == minute)
        )
    )
    session.add_all(
        SampleRow(minute=minute, **fitted(row))
        for row in rows
        if row["printer_id"] not in present
    )


async def add_climates(
    session: AsyncSession, minute: int, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Inserts one row per filament unit; a minute that is there already stays."""
    found = await session.execute(
        select(ClimateRow.printer_id, ClimateRow.unit).where(
            ClimateRow.minute == minute
        )
    )
    present = {(printer_id, unit) for printer_id, unit in found}
    session.add_all(
        ClimateRow(minute=minute, **fitted(row))
        for row in rows
        if (row["printer_id"], row["unit"]) not in present
    )
