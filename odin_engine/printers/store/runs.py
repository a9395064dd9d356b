"""Prints, and the printing time of nozzles, which grows with them."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.printers.model import Job, PrintDetails, PrintResult
from odin_engine.printers.model.history import Run
from odin_engine.printers.store.writing import fitted
from odin_engine.printers.tables import NozzleRow, PictureRow, RunRow, from_row


async def open_run(session: AsyncSession, printer_id: str) -> Run | None:
    """Returns the run of a printer that has not ended, if there is one."""
    row = await session.scalar(
        select(RunRow).where(RunRow.printer_id == printer_id, RunRow.ended_at.is_(None))
    )
    return None if row is None else from_row(Run, row)


async def last_run(session: AsyncSession, printer_id: str) -> Run | None:
    """Returns the run of a printer that started last."""
    row = await session.scalar(
        select(RunRow)
        .where(RunRow.printer_id == printer_id)
        .order_by(RunRow.started_at.desc(), RunRow.id.desc())
        .limit(1)
    )
    return None if row is None else from_row(Run, row)


async def known_until(session: AsyncSession) -> dict[str, datetime]:
    """Returns by printer until when its prints are known, where it printed at all.

    A run that is open, or ended in a way that nobody saw, leaves its own time open.
    """
    latest = (
        select(RunRow.printer_id, func.max(RunRow.started_at).label("started_at"))
        .group_by(RunRow.printer_id)
        .subquery()
    )
    rows = await session.execute(
        select(
            RunRow.printer_id, RunRow.started_at, RunRow.ended_at, RunRow.result
        ).join(
            latest,
            and_(
                RunRow.printer_id == latest.c.printer_id,
                RunRow.started_at == latest.c.started_at,
            ),
        )
    )
    return {
        printer_id: started_at
        if ended_at is None or result is PrintResult.UNKNOWN
        else ended_at
        for printer_id, started_at, ended_at, result in rows
    }


async def runs_since(
    session: AsyncSession, printer_id: str, since: datetime
) -> list[Run]:
    """Returns the runs of a printer that began or ended since then, or are open."""
    rows = await session.scalars(
        select(RunRow)
        .where(
            RunRow.printer_id == printer_id,
            or_(
                RunRow.started_at >= since,
                RunRow.ended_at >= since,
                RunRow.ended_at.is_(None),
            ),
        )
        .order_by(RunRow.started_at)
        # They may have been written in this very transaction.
        .execution_options(populate_existing=True)
    )
    return [from_row(Run, row) for row in rows]


async def token_is_used(session: AsyncSession, token: int) -> bool:
    """Whether a run with that token was recorded."""
    found = await session.scalar(
        select(RunRow.id).where(RunRow.token == token).limit(1)
    )
    return found is not None


async def add_run(session: AsyncSession, run: Run) -> None:
    """Inserts a run. The caller made sure that none is open at this printer."""
    session.add(RunRow(**fitted(asdict(run))))
    await session.flush()


async def end_run(session: AsyncSession, run: Run) -> None:
    """Writes how a run ended, and what was learnt about it meanwhile."""
    values = {
        "name": run.name,
        "external_id": run.external_id,
        "ended_at": run.ended_at,
        "result": run.result,
        "progress_pct": run.progress_pct,
        "layer": run.layer,
        "total_layers": run.total_layers,
    }
    await session.execute(
        update(RunRow).where(RunRow.id == run.id).values(**fitted(values))
    )


async def correct_run(
    session: AsyncSession, run: Run, printing_s: float | None
) -> None:
    """Writes what a machine's host knows of a run that has ended."""
    values: dict[str, Any] = {
        "started_at": run.started_at,
        "name": run.name,
        "external_id": run.external_id,
        "ended_at": run.ended_at,
        "result": run.result,
    }
    if printing_s is not None:
        values["printing_s"] = printing_s
    await session.execute(
        update(RunRow).where(RunRow.id == run.id).values(**fitted(values))
    )


async def describe_run(
    session: AsyncSession, run_id: str, details: PrintDetails, png: bytes | None
) -> None:
    """Writes what the file of a run told; what is known of the run else stays."""
    values = {
        "weight_g": details.weight_g,
        "estimated_s": details.estimated_s,
        "object_count": len(details.objects) or None,
        "has_picture": png is not None,
    }
    await session.execute(
        update(RunRow).where(RunRow.id == run_id).values(**fitted(values))
    )
    await session.execute(delete(PictureRow).where(PictureRow.run_id == run_id))
    if png is not None:
        session.add(PictureRow(run_id=run_id, png=png))


async def note_progress(
    session: AsyncSession,
    printer_id: str,
    seconds_by_head: Mapping[int | None, float],
    job: Job | None = None,
) -> None:
    """Adds printing time to the open run and to the nozzle in each head that worked.

    With a job, notes how far it is; the rest of the row stays.
    """
    values: dict[str, Any] = {
        "printing_s": RunRow.printing_s + sum(seconds_by_head.values())
    }
    if job is not None:
        far = {
            "progress_pct": job.progress_pct,
            "layer": job.layer,
            "total_layers": job.total_layers,
        }
        values |= {k: v for k, v in fitted(far).items() if v is not None}
    await session.execute(
        update(RunRow)
        .where(RunRow.printer_id == printer_id, RunRow.ended_at.is_(None))
        .values(**values)
    )
    for head, seconds in seconds_by_head.items():
        if head is not None:
            await session.execute(
                update(NozzleRow)
                .where(
                    NozzleRow.printer_id == printer_id,
                    NozzleRow.head == head,
                    NozzleRow.retired_at.is_(None),
                )
                .values(printing_s=NozzleRow.printing_s + seconds)
            )
