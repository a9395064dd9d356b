"""Reads of history, each shaped for one list or chart."""

from collections.abc import Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import Float

from odin_engine.kernel.pages import PageRequest, Slice, Sorts, fetch_page
from odin_engine.printers.model import Heat, PrintResult, Severity
from odin_engine.printers.model.history import (
    SAMPLED_HEADS,
    Climate,
    FaultRecord,
    NozzleInstall,
    Run,
    Sample,
    Upload,
    instant_of,
    minute_of,
)
from odin_engine.printers.tables import (
    ClimateRow,
    FaultRow,
    NozzleRow,
    PictureRow,
    RunRow,
    SampleRow,
    UploadRow,
    from_row,
)

_RUNS = Sorts({"started_at": RunRow.started_at}, "-started_at", RunRow.id)
_FAULTS = Sorts({"raised_at": FaultRow.raised_at}, "-raised_at", FaultRow.id)


async def runs(
    session: AsyncSession,
    printer_id: str,
    request: PageRequest,
    result: PrintResult | None,
    total: int | None,
) -> Slice[Run]:
    """Returns a page of prints, newest first unless asked otherwise.

    `total` is how many there are, where that is known already.
    """
    query = select(RunRow).where(RunRow.printer_id == printer_id)
    if result is not None:
        query = query.where(RunRow.result == result)
    if request.q:
        query = query.where(RunRow.name.icontains(request.q, autoescape=True))
    page = await fetch_page(session, query, request, _RUNS, total)
    return Slice(
        [from_row(Run, row) for row in page.items], page.next_cursor, page.total
    )


async def picture(session: AsyncSession, printer_id: str, run_id: str) -> bytes | None:
    """Returns the small picture of a printer's run, `None` where there is none."""
    query = (
        select(PictureRow.png)
        .join(RunRow, RunRow.id == PictureRow.run_id)
        .where(RunRow.id == run_id, RunRow.printer_id == printer_id)
    )
    png: bytes | None = await session.scalar(query)
    return png


async def faults(
    session: AsyncSession,
    printer_id: str,
    request: PageRequest,
    severity: Severity | None,
    total: int | None,
) -> Slice[FaultRecord]:
    """Returns a page of faults, newest first unless asked otherwise.

    `total` is how many there are, where that is known already.
    """
    query = select(FaultRow).where(FaultRow.printer_id == printer_id)
    if severity is not None:
        query = query.where(FaultRow.severity == severity)
    if request.q:
        query = query.where(
            FaultRow.text.icontains(request.q, autoescape=True)
            | FaultRow.code.icontains(request.q, autoescape=True)
        )
    page = await fetch_page(session, query, request, _FAULTS, total)
    return Slice(
        [from_row(FaultRecord, row) for row in page.items], page.next_cursor, page.total
    )


async def nozzles(session: AsyncSession, printer_id: str) -> list[NozzleInstall]:
    """Returns every nozzle of a printer: those in use, then the latest retired."""
    rows = await session.scalars(
        select(NozzleRow)
        .where(NozzleRow.printer_id == printer_id)
        .order_by(
            NozzleRow.retired_at.is_not(None),
            NozzleRow.installed_at.desc(),
            NozzleRow.id.desc(),
        )
    )
    return [from_row(NozzleInstall, row) for row in rows]


async def nozzle(session: AsyncSession, nozzle_id: str) -> NozzleInstall | None:
    """Returns one nozzle, or `None`."""
    row = await session.get(NozzleRow, nozzle_id)
    return None if row is None else from_row(NozzleInstall, row)


async def uploads(session: AsyncSession, printer_id: str) -> list[Upload]:
    """Returns the files that we put on a printer, latest first."""
    rows = await session.scalars(
        select(UploadRow)
        .where(UploadRow.printer_id == printer_id)
        .order_by(UploadRow.uploaded_at.desc(), UploadRow.name)
    )
    return [from_row(Upload, row) for row in rows]


async def upload(session: AsyncSession, printer_id: str, name: str) -> Upload | None:
    """Returns one of our files on a printer, or `None`."""
    row = await session.get(UploadRow, (printer_id, name))
    return None if row is None else from_row(Upload, row)


_NOZZLE_MEANS: tuple[InstrumentedAttribute[Any], ...] = tuple(
    getattr(SampleRow, f"nozzle_{head}_{what}")
    for head in range(SAMPLED_HEADS)
    for what in ("c", "target_c")
)
_MEANS = (
    *_NOZZLE_MEANS,
    SampleRow.bed_c,
    SampleRow.bed_target_c,
    SampleRow.chamber_c,
    SampleRow.chamber_target_c,
    SampleRow.part_fan_pct,
    SampleRow.aux_fan_pct,
    SampleRow.chamber_fan_pct,
)


async def samples(
    session: AsyncSession,
    printer_id: str,
    since: datetime,
    until: datetime,
    points: int,
) -> list[Sample]:
    """Returns at most `points` samples in [since, until): means where it must be fewer.

    Progress and layer are the highest of their span, so that they only fall when a
    new print starts.
    """
    first, last = minute_of(since), minute_of(until)
    span = _span(first, last, points)
    bucket = SampleRow.minute // span
    rows = await session.execute(
        select(
            func.min(SampleRow.minute),
            func.max(SampleRow.progress_pct),
            func.max(SampleRow.layer),
            *map(_mean, _MEANS),
        )
        .where(SampleRow.printer_id == printer_id)
        .where(SampleRow.minute >= first, SampleRow.minute < last)
        .group_by(bucket)
        .order_by(bucket)
    )
    return [_sample(*row) for row in rows]


async def climates(
    session: AsyncSession,
    printer_id: str,
    since: datetime,
    until: datetime,
    points: int,
) -> list[Climate]:
    """Returns at most `points` rows per filament unit in [since, until), by time."""
    first, last = minute_of(since), minute_of(until)
    bucket = ClimateRow.minute // _span(first, last, points)
    at = func.min(ClimateRow.minute)
    query: Select[Any] = (
        select(
            at,
            ClimateRow.unit,
            _mean(ClimateRow.temperature_c),
            _mean(ClimateRow.humidity_pct),
            _mean(ClimateRow.humidity_level),
        )
        .where(ClimateRow.printer_id == printer_id)
        .where(ClimateRow.minute >= first, ClimateRow.minute < last)
        .group_by(ClimateRow.unit, bucket)
        .order_by(at, ClimateRow.unit)
    )
    rows = await session.execute(query)
    return [
        Climate(instant_of(minute), unit, *map(_tenth, means))
        for minute, unit, *means in rows
    ]


def _span(first: int, last: int, points: int) -> int:
    """Returns how many minutes share a point; unaligned ends take one point more."""
    return max(1, -(-(last - first) // max(points - 1, 1)))


def _mean(column: InstrumentedAttribute[Any]) -> ColumnElement[float | None]:
    return func.avg(cast(column, Float))


def _sample(
    minute: int, progress_pct: int | None, layer: int | None, *means: float | None
) -> Sample:
    tenths = [_tenth(mean) for mean in means]
    nozzles, values = tenths[: len(_NOZZLE_MEANS)], tenths[len(_NOZZLE_MEANS) :]
    return Sample(
        at=instant_of(minute),
        nozzles=_heads(nozzles),
        bed=Heat(values[0], values[1]),
        chamber=Heat(values[2], values[3]),
        part_fan_pct=values[4],
        aux_fan_pct=values[5],
        chamber_fan_pct=values[6],
        progress_pct=progress_pct,
        layer=layer,
    )


def _heads(values: Sequence[float | None]) -> tuple[Heat, ...]:
    """Returns the heads up to the last that said anything, and always the first."""
    heads = [Heat(*pair) for pair in batched(values, 2, strict=True)]
    while len(heads) > 1 and heads[-1] == Heat():
        heads.pop()
    return tuple(heads)


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
