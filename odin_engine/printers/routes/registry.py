"""One printer as its owner describes it."""

from fastapi import APIRouter, Request, Response

from odin_engine.identity.access import note
from odin_engine.kernel.http import check_if_match
from odin_engine.printers.model.record import PlateState
from odin_engine.printers.routes.parts import (
    CONTROL,
    MANAGE,
    READ,
    PrinterId,
    PrintersDep,
    answer_printer,
)
from odin_engine.printers.service import CertificateStatus
from odin_engine.printers.wire import PrinterOut
from odin_engine.printers.wire.answers import CheckedOut
from odin_engine.printers.wire.bodies import (
    ChangePrinter,
    ConfirmCertificate,
    CreatePrinter,
    Maintenance,
)

router = APIRouter()


@router.post(
    "/printers", dependencies=[MANAGE], status_code=201, response_model=PrinterOut
)
async def add_printer(
    request: Request, body: CreatePrinter, printers: PrintersDep
) -> Response:
    """Registers a printer and begins to connect it."""
    printer = await printers.registry.add(body.told())
    note(request, printer_id=printer.id, name=printer.name, host=printer.host)
    return answer_printer(printers.view(printer.id), 201)


@router.get("/printers/{printer_id}", dependencies=[READ], response_model=PrinterOut)
async def read_printer(printer_id: PrinterId, printers: PrintersDep) -> Response:
    """Shows a printer with its live state; the `ETag` is what a change must name."""
    return answer_printer(printers.view(printer_id))


@router.patch(
    "/printers/{printer_id}", dependencies=[MANAGE], response_model=PrinterOut
)
async def change_printer(
    printer_id: PrinterId, request: Request, body: ChangePrinter, printers: PrintersDep
) -> Response:
    """Changes a printer; its connection follows by itself. Takes `If-Match`."""
    version = printers.view(printer_id).printer.version
    check_if_match(request, version)
    note(request, changed=" ".join(sorted(body.told())))
    await printers.registry.edit(printer_id, body.told(), version)
    return answer_printer(printers.view(printer_id))


@router.delete("/printers/{printer_id}", dependencies=[MANAGE], status_code=204)
async def remove_printer(
    printer_id: PrinterId, request: Request, printers: PrintersDep
) -> None:
    """Removes a printer; its history stays. Takes `If-Match`."""
    printer = printers.view(printer_id).printer
    check_if_match(request, printer.version)
    note(request, name=printer.name)
    await printers.registry.delete(printer_id)


@router.post(
    "/printers/{printer_id}/maintenance",
    dependencies=[CONTROL],
    response_model=PrinterOut,
)
async def set_maintenance(
    printer_id: PrinterId, request: Request, body: Maintenance, printers: PrintersDep
) -> Response:
    """Takes a printer out of service, or back: no print starts meanwhile."""
    note(request, is_on=body.is_on)
    values = {"is_in_maintenance": body.is_on, "maintenance_note": body.note}
    await printers.registry.edit(printer_id, values)
    return answer_printer(printers.view(printer_id))


@router.post(
    "/printers/{printer_id}/plate-cleared",
    dependencies=[CONTROL],
    response_model=PrinterOut,
)
async def clear_plate(printer_id: PrinterId, printers: PrintersDep) -> Response:
    """Says that the plate is clear for the next print."""
    await printers.registry.set_plate(printer_id, PlateState.CLEAR)
    return answer_printer(printers.view(printer_id))


@router.post(
    "/printers/{printer_id}/plate-occupied",
    dependencies=[CONTROL],
    response_model=PrinterOut,
)
async def occupy_plate(printer_id: PrinterId, printers: PrintersDep) -> Response:
    """Takes that back: something lies on the plate."""
    await printers.registry.set_plate(printer_id, PlateState.OCCUPIED)
    return answer_printer(printers.view(printer_id))


@router.get("/printers/{printer_id}/certificate", dependencies=[READ])
async def read_certificate(
    printer_id: PrinterId, printers: PrintersDep
) -> CertificateStatus:
    """Shows the trusted certificate, and the one shown instead where they differ."""
    return printers.registry.certificate(printer_id)


@router.post(
    "/printers/{printer_id}/certificate/confirm",
    dependencies=[CONTROL],
    response_model=PrinterOut,
)
async def confirm_certificate(
    printer_id: PrinterId,
    request: Request,
    body: ConfirmCertificate,
    printers: PrintersDep,
) -> Response:
    """Trusts a changed certificate after both fingerprints were compared."""
    note(request, pinned=body.pinned, found=body.found)
    await printers.registry.confirm_certificate(printer_id, body.pinned, body.found)
    return answer_printer(printers.view(printer_id))


@router.post("/printers/{printer_id}/check", dependencies=[MANAGE])
async def check_printer(printer_id: PrinterId, printers: PrintersDep) -> CheckedOut:
    """Tries the connection step by step and names the remedy of what fails."""
    found = await printers.doctor.examine(printer_id)
    return CheckedOut.from_model(found.checked, found.at)


@router.get("/printers/{printer_id}/check", dependencies=[READ])
async def read_last_check(printer_id: PrinterId, printers: PrintersDep) -> CheckedOut:
    """Shows the last check of the connection since the engine started."""
    found = printers.doctor.last(printer_id)
    return CheckedOut.from_model(found.checked, found.at)


@router.post("/printers/{printer_id}/refresh", dependencies=[CONTROL], status_code=202)
async def refresh_printer(printer_id: PrinterId, printers: PrintersDep) -> None:
    """Asks the printer for a full report, or tries a lost connection at once."""
    printers.refresh(printer_id)
