"""Nozzles: what is in the heads, what was, and for how long."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from odin_engine.identity.access import note
from odin_engine.kernel.http import Json, check_if_match, etag
from odin_engine.printers.model.history import NozzleInstall, NozzleStatus
from odin_engine.printers.routes.parts import CONTROL, READ, PrinterId, PrintersDep
from odin_engine.printers.wire.answers import Items
from odin_engine.printers.wire.bodies import ChangeNozzle, InstallNozzle

router = APIRouter()

NozzleId = Annotated[str, Path(min_length=1, max_length=64)]


def _answer(nozzle: NozzleInstall, status: int = 200) -> Response:
    return Json(nozzle, status, {"ETag": etag(nozzle.version)})


@router.get(
    "/printers/{printer_id}/nozzle-status",
    dependencies=[READ],
    response_model=Items[NozzleStatus],
)
async def read_nozzle_status(printer_id: PrinterId, printers: PrintersDep) -> Response:
    """Shows each head: its heat, what it reports, and what was installed."""
    return Json({"items": await printers.nozzles.status(printer_id)})


@router.get(
    "/printers/{printer_id}/nozzles",
    dependencies=[READ],
    response_model=Items[NozzleInstall],
)
async def list_nozzles(printer_id: PrinterId, printers: PrintersDep) -> Response:
    """Lists a printer's nozzles: those in use, then the latest retired."""
    return Json({"items": await printers.nozzles.of(printer_id)})


@router.post(
    "/printers/{printer_id}/nozzles",
    dependencies=[CONTROL],
    status_code=201,
    response_model=NozzleInstall,
)
async def install_nozzle(
    printer_id: PrinterId, request: Request, body: InstallNozzle, printers: PrintersDep
) -> Response:
    """Records a nozzle put into a head; the one before it is retired."""
    note(request, head=body.head, diameter_mm=body.diameter_mm)
    nozzle = await printers.nozzles.install(printer_id, **dict(body))
    return _answer(nozzle, 201)


@router.patch(
    "/nozzles/{nozzle_id}", dependencies=[CONTROL], response_model=NozzleInstall
)
async def change_nozzle(
    nozzle_id: NozzleId, request: Request, body: ChangeNozzle, printers: PrintersDep
) -> Response:
    """Corrects or retires a nozzle. Takes `If-Match`."""
    before = await printers.nozzles.get(nozzle_id)
    check_if_match(request, before.version)
    note(request, changed=" ".join(sorted(body.told())))
    after = await printers.nozzles.edit(nozzle_id, body.told(), before.version)
    return _answer(after)


@router.delete("/nozzles/{nozzle_id}", dependencies=[CONTROL], status_code=204)
async def delete_nozzle(
    nozzle_id: NozzleId, request: Request, printers: PrintersDep
) -> None:
    """Deletes a nozzle recorded by mistake; to retire one, change it. Takes `If-Match`."""
    nozzle = await printers.nozzles.get(nozzle_id)
    check_if_match(request, nozzle.version)
    note(request, printer_id=nozzle.printer_id)
    await printers.nozzles.delete(nozzle_id)
