"""What there is to choose from when a printer is described."""

from fastapi import APIRouter, Response

from odin_engine.kernel.http import Json
from odin_engine.printers.model import FilamentPreset
from odin_engine.printers.routes.parts import READ, PrinterId, PrintersDep
from odin_engine.printers.wire.answers import Items

router = APIRouter(prefix="/printers/{printer_id}", dependencies=[READ])


@router.get("/filament-presets", response_model=Items[FilamentPreset])
async def list_filament_presets(
    printer_id: PrinterId, printers: PrintersDep
) -> Response:
    """Lists which filaments a slot can be said to hold; the same for all of a family."""
    return Json({"items": printers.presets.filaments(printer_id)})
