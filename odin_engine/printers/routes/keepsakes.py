"""What a machine keeps itself: files, recordings, and the prints that it remembers."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from odin_engine.kernel.http import Json, Moment
from odin_engine.printers.ports import PastJob, StoredFile
from odin_engine.printers.routes.parts import READ, PrinterId, PrintersDep
from odin_engine.printers.wire.answers import Items

router = APIRouter(prefix="/printers/{printer_id}", dependencies=[READ])


@router.get("/files/on-printer", response_model=Items[StoredFile])
async def list_stored_files(printer_id: PrinterId, printers: PrintersDep) -> Response:
    """Lists what can be printed on the machine, whoever put it there."""
    return Json({"items": await printers.keepsakes.files(printer_id)})


@router.get("/timelapses", response_model=Items[StoredFile])
async def list_timelapses(printer_id: PrinterId, printers: PrintersDep) -> Response:
    """Lists the recordings on the machine."""
    return Json({"items": await printers.keepsakes.timelapses(printer_id)})


@router.get("/past-jobs", response_model=Items[PastJob])
async def list_past_jobs(
    printer_id: PrinterId,
    printers: PrintersDep,
    since: Annotated[Moment | None, Query()] = None,
) -> Response:
    """Lists what the machine's host remembers to have printed: 30 days if not said."""
    return Json({"items": await printers.keepsakes.past_jobs(printer_id, since)})
