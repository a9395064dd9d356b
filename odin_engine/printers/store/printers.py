"""Registered printers, what opens them, and the files we put on them."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.kernel.secrets import Secrets
from odin_engine.printers.model.history import Upload
from odin_engine.printers.model.record import Access, Plate, Printer
from odin_engine.printers.tables import PrinterRow, UploadRow


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
        options=dict(row.options),
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
        location=row.location,
        heater_off_min=row.heater_off_min,
        macro_buttons=tuple(row.macro_buttons),
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
        "options": dict(printer.options),
        "pin_sha256": printer.pin_sha256,
        "tags": list(printer.tags),
        "position": printer.position,
        "is_enabled": printer.is_enabled,
        "is_observe_only": printer.is_observe_only,
        "is_in_maintenance": printer.is_in_maintenance,
        "maintenance_note": printer.maintenance_note,
        "notes": printer.notes,
        "location": printer.location,
        "heater_off_min": printer.heater_off_min,
        "macro_buttons": list(printer.macro_buttons),
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
