"""Filament units: loading, reading and describing slots, and drying."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Request

from odin_engine.identity.access import note
from odin_engine.printers.model import (
    LoadFilament,
    ReadFilament,
    SlotRef,
    StartDrying,
    StopDrying,
    UnloadFilament,
)
from odin_engine.printers.routes.parts import CONTROL, PrinterId, PrintersDep
from odin_engine.printers.wire.commands import (
    ConfigureSlotBody,
    DryBody,
    SlotBody,
    UnloadBody,
)

router = APIRouter(prefix="/printers/{printer_id}/ams", dependencies=[CONTROL])

Index = Annotated[int, Path(ge=0, le=255)]


@router.post("/refresh", status_code=204)
async def read_filament(
    printer_id: PrinterId, request: Request, body: SlotBody, printers: PrintersDep
) -> None:
    """Reads the spool's tag in a slot again."""
    note(request, **body.told())
    await printers.commands.execute(printer_id, ReadFilament(body.to_model()))


@router.post("/load", status_code=204)
async def load_filament(
    printer_id: PrinterId, request: Request, body: SlotBody, printers: PrintersDep
) -> None:
    """Feeds the filament of a slot to the nozzle; refused while it prints."""
    note(request, **body.told())
    await printers.commands.execute(printer_id, LoadFilament(body.to_model()))


@router.post("/unload", status_code=204)
async def unload_filament(
    printer_id: PrinterId,
    request: Request,
    printers: PrintersDep,
    body: Annotated[UnloadBody | None, Body()] = None,
) -> None:
    """Pulls the loaded filament back; refused while it prints."""
    nozzle = body.nozzle if body else 0
    note(request, nozzle=nozzle)
    await printers.commands.execute(printer_id, UnloadFilament(nozzle))


@router.put("/{ams_id}/slots/{slot_id}", status_code=204)
async def configure_slot(
    printer_id: PrinterId,
    ams_id: Index,
    slot_id: Index,
    request: Request,
    body: ConfigureSlotBody,
    printers: PrintersDep,
) -> None:
    """Says what is in a slot that has no readable tag."""
    note(request, **body.told())
    command = body.to_model(SlotRef(ams_id, slot_id))
    await printers.commands.execute(printer_id, command)


@router.post("/{ams_id}/dry", status_code=204)
async def start_drying(
    printer_id: PrinterId,
    ams_id: Index,
    request: Request,
    body: DryBody,
    printers: PrintersDep,
) -> None:
    """Dries what is in a unit."""
    note(request, **body.told())
    command = StartDrying(ams_id, body.target_c, body.hours, body.material, body.rotate)
    await printers.commands.execute(printer_id, command)


@router.delete("/{ams_id}/dry", status_code=204)
async def stop_drying(
    printer_id: PrinterId, ams_id: Index, printers: PrintersDep
) -> None:
    """Ends the drying of a unit."""
    await printers.commands.execute(printer_id, StopDrying(ams_id))
