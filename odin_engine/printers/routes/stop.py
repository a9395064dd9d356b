"""The emergency stop, and cancelling a print."""

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from odin_engine.identity.access import note
from odin_engine.kernel.http import Json
from odin_engine.printers.model import Stop
from odin_engine.printers.routes.parts import STOP, PrinterId, PrintersDep
from odin_engine.printers.service import Stopped
from odin_engine.printers.wire.answers import Items
from odin_engine.printers.wire.bodies import EmergencyStop

router = APIRouter(dependencies=[STOP])


@router.post("/printers/emergency-stop", response_model=Items[Stopped])
async def stop_everything(
    request: Request,
    printers: PrintersDep,
    body: Annotated[EmergencyStop | None, Body()] = None,
) -> Response:
    """Stops every printer, or those named, at once; each answers within 5 s."""
    stopped = await printers.emergency.stop(body.ids if body else None)
    for each in stopped:
        note(request, **{each.printer_id: each.outcome})
    return Json({"items": stopped})


@router.post("/printers/{printer_id}/emergency-stop", response_model=Stopped)
async def stop_now(
    printer_id: PrinterId, request: Request, printers: PrintersDep
) -> Response:
    """Stops one printer at once; what could not be confirmed says what to do."""
    printers.view(printer_id)
    (stopped,) = await printers.emergency.stop([printer_id])
    note(request, outcome=stopped.outcome)
    return Json(stopped)


@router.post("/printers/{printer_id}/stop", status_code=204)
async def stop_print(printer_id: PrinterId, printers: PrintersDep) -> None:
    """Cancels the running print."""
    await printers.commands.execute(printer_id, Stop())
