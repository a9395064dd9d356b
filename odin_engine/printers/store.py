"""Writes of the printers domain, and how its rows become plain values.

Each function works inside the caller's transaction. Text from a machine is fitted to
what both databases can hold.
"""

import math
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.kernel.db import Database, Work
from odin_engine.kernel.errors import OdinError, Unavailable
from odin_engine.kernel.secrets import Secrets
from odin_engine.printers.model import Job, PrintResult
from odin_engine.printers.model.history import (
    FaultRecord,
    NozzleInstall,
    Run,
    Upload,
)
from odin_engine.printers.model.record import Access, Plate, Printer
from odin_engine.printers.tables import (
    ClimateRow,
    FaultRow,
    NozzleRow,
    PrinterRow,
    RunRow,
    SampleRow,
    UploadRow,
    from_row,
)


class StorageDown(Unavailable):
    """The database does not take writes just now: locked, full or out of reach."""

    code = "storage_down"
    http_status = 503


class Unwritable(OdinError):
    """The database refuses these very values."""

    code = "unwritable"


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[Work]:
    """Opens a write transaction whose failures say whether trying again can help.

    Raises:
        StorageDown: it can.
        Unwritable: it cannot.
    """
    try:
        async with database.work() as work:
            yield work
    except _ABOUT_VALUES as error:
        raise Unwritable(str(error)) from error
    except DBAPIError as error:
        sqlstate = str(getattr(error.orig, "sqlstate", None))
        kind = Unwritable if sqlstate.startswith(_DATA_STATES) else StorageDown
        raise kind(str(error.orig)) from error
    except StatementError as error:
        raise Unwritable(str(error)) from error
    except (OSError, SQLAlchemyError) as error:
        raise StorageDown(str(error)) from error


_ABOUT_VALUES = (
    IntegrityError,
    DataError,
    # SQLite's driver, and our own mistakes, are not wrapped.
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
_DATA_STATES = ("22", "23")
"""SQLSTATE classes "data exception" and "integrity constraint violation"."""

TEXT_MAX = 500
INTEGER_MOST = 2**31 - 1
"""PostgreSQL's `integer`."""
_PURGE_MINUTES = 12 * 60
_PURGE_ROWS = 2000
"""A purge takes bites this size, each in its own short transaction."""


def fitted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a machine's values as both databases can hold them.

    Text is cut; a number that no column holds is unknown.
    """
    return {name: _fitted(value) for name, value in values.items()}


def _fitted(value: object) -> object:
    match value:
        case StrEnum():
            return value
        case str():
            return value.replace("\0", "")[:TEXT_MAX]
        case int() if abs(value) > INTEGER_MOST:
            return None
        case float() if not math.isfinite(value):
            return None
        case _:
            return value


# Printers


async def load_printers(
    session: AsyncSession, secrets: Secrets
) -> list[tuple[Printer, Access]]:
    """Returns every registered printer in its order, with what opens it."""
    rows = await session.scalars(
        select(PrinterRow).order_by(PrinterRow.position, PrinterRow.id)
    )
    return [(_printer(row), _access(row, secrets)) for row in rows]


def add_printer(
    session: AsyncSession, printer: Printer, access: Access, secrets: Secrets
) -> None:
    """Inserts a new printer."""
    session.add(
        PrinterRow(id=printer.id, **_columns(printer), **_sealed(access, secrets))
    )


async def save_printer(session: AsyncSession, printer: Printer) -> None:
    """Writes the record of a printer; what opens it stays."""
    await session.execute(
        update(PrinterRow)
        .where(PrinterRow.id == printer.id)
        .values(**_columns(printer))
    )


async def save_access(
    session: AsyncSession, printer_id: str, access: Access, secrets: Secrets
) -> None:
    """Writes what opens a printer."""
    await session.execute(
        update(PrinterRow)
        .where(PrinterRow.id == printer_id)
        .values(**_sealed(access, secrets))
    )


async def save_plate(session: AsyncSession, printer_id: str, plate: Plate) -> None:
    """Writes the state of a plate."""
    await session.execute(
        update(PrinterRow)
        .where(PrinterRow.id == printer_id)
        .values(**_plate_columns(plate))
    )


async def save_pin(session: AsyncSession, printer_id: str, sha256: str) -> None:
    """Writes the certificate to trust from now on."""
    await session.execute(
        update(PrinterRow).where(PrinterRow.id == printer_id).values(pin_sha256=sha256)
    )


async def delete_printer(session: AsyncSession, printer_id: str) -> None:
    """Deletes a printer and its list of uploads; its history stays."""
    await session.execute(delete(PrinterRow).where(PrinterRow.id == printer_id))
    await session.execute(delete(UploadRow).where(UploadRow.printer_id == printer_id))


def _printer(row: PrinterRow) -> Printer:
    return Printer(
        id=row.id,
        name=row.name,
        family=row.family,
        host=row.host,
        created_at=row.created_at,
        serial=row.serial,
        ports=dict(row.ports),
        pin_sha256=row.pin_sha256,
        has_secret=row.secret is not None,
        has_camera_url=row.camera_url is not None,
        tags=tuple(row.tags),
        position=row.position,
        is_enabled=row.is_enabled,
        is_observe_only=row.is_observe_only,
        is_in_maintenance=row.is_in_maintenance,
        maintenance_note=row.maintenance_note,
        plate=Plate(
            row.is_plate_gated, row.plate_state, row.plate_since, row.plate_run_id
        ),
        notes=row.notes,
        heater_off_min=row.heater_off_min,
        version=row.version,
    )


def _columns(printer: Printer) -> dict[str, Any]:
    return {
        "name": printer.name,
        "name_key": printer.name.casefold(),
        "family": printer.family,
        "host": printer.host,
        "created_at": printer.created_at,
        "serial": printer.serial,
        "ports": dict(printer.ports),
        "pin_sha256": printer.pin_sha256,
        "tags": list(printer.tags),
        "position": printer.position,
        "is_enabled": printer.is_enabled,
        "is_observe_only": printer.is_observe_only,
        "is_in_maintenance": printer.is_in_maintenance,
        "maintenance_note": printer.maintenance_note,
        "notes": printer.notes,
        "heater_off_min": printer.heater_off_min,
        "version": printer.version,
        **_plate_columns(printer.plate),
    }


def _plate_columns(plate: Plate) -> dict[str, Any]:
    return {
        "is_plate_gated": plate.is_gated,
        "plate_state": plate.state,
        "plate_since": plate.since,
        "plate_run_id": plate.run_id,
    }


def _access(row: PrinterRow, secrets: Secrets) -> Access:
    return Access(
        secrets.open(row.secret) if row.secret else None,
        secrets.open(row.camera_url) if row.camera_url else None,
    )


def _sealed(access: Access, secrets: Secrets) -> dict[str, str | None]:
    return {
        "secret": secrets.seal(access.secret) if access.secret else None,
        "camera_url": secrets.seal(access.camera_url) if access.camera_url else None,
    }


# Runs


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


# Faults


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
    return _count(result) > 0


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


# Nozzles


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


# Samples and uploads


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


async def save_upload(session: AsyncSession, upload: Upload) -> None:
    """Notes a file that is on a printer now; an older one of that name is replaced."""
    await delete_upload(session, upload.printer_id, upload.name)
    session.add(UploadRow(**asdict(upload)))


async def delete_upload(session: AsyncSession, printer_id: str, name: str) -> None:
    """Forgets a file that is no longer on a printer."""
    await session.execute(
        delete(UploadRow).where(
            UploadRow.printer_id == printer_id, UploadRow.name == name
        )
    )


# Retention


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
        _count(result) == _PURGE_ROWS,
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


def _count(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
