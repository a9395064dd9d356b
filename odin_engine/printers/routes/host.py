"""What machines with a host of their own take besides: macros, switches, their console."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from odin_engine.identity.access import needs, note
from odin_engine.identity.model import Permission, PermissionMissing
from odin_engine.kernel.http import Json
from odin_engine.printers.model import (
    AnswerPrompt,
    ConnectMachine,
    DisconnectMachine,
    RestartFirmware,
    RestartHost,
    RunMacro,
    SelectTool,
    SetActiveSpool,
    SetPower,
)
from odin_engine.printers.ports import ConsoleLine
from odin_engine.printers.routes.parts import (
    CONTROL,
    Caller,
    PrinterId,
    PrintersDep,
    Word,
)
from odin_engine.printers.wire.answers import Items
from odin_engine.printers.wire.commands import (
    AnswerPromptBody,
    SelectToolBody,
    SetActiveSpoolBody,
    SetPowerBody,
)

router = APIRouter(prefix="/printers/{printer_id}")


@router.post("/tool", dependencies=[CONTROL], status_code=204)
async def select_tool(
    printer_id: PrinterId, request: Request, body: SelectToolBody, printers: PrintersDep
) -> None:
    """Makes a head the one that works; refused while a job runs."""
    note(request, tool=body.tool)
    await printers.commands.execute(printer_id, SelectTool(body.tool))


@router.post("/macros/{name}", status_code=204)
async def run_macro(
    printer_id: PrinterId, name: Word, caller: Caller, printers: PrintersDep
) -> None:
    """Runs a macro; one that is no button of this printer needs `gcode:printers`."""
    buttons = printers.view(printer_id).printer.macro_buttons
    if name not in buttons and not caller.may(Permission.SEND_GCODE):
        raise PermissionMissing(Permission.SEND_GCODE)
    await printers.commands.execute(printer_id, RunMacro(name))


@router.post("/prompt", dependencies=[CONTROL], status_code=204)
async def answer_prompt(
    printer_id: PrinterId,
    request: Request,
    body: AnswerPromptBody,
    printers: PrintersDep,
) -> None:
    """Answers what the machine asks with one of its choices."""
    note(request, choice=body.choice)
    await printers.commands.execute(printer_id, AnswerPrompt(body.choice))


@router.post("/power/{device}", dependencies=[CONTROL], status_code=204)
async def set_power(
    printer_id: PrinterId,
    device: Word,
    request: Request,
    body: SetPowerBody,
    printers: PrintersDep,
) -> None:
    """Switches a device of the machine's host; never off under a running job."""
    note(request, is_on=body.is_on)
    await printers.commands.execute(printer_id, SetPower(device, body.is_on))


@router.post("/spool", dependencies=[CONTROL], status_code=204)
async def set_active_spool(
    printer_id: PrinterId,
    request: Request,
    body: SetActiveSpoolBody,
    printers: PrintersDep,
) -> None:
    """Says which of Spoolman's spools is in use."""
    note(request, spool_id=body.spool_id)
    await printers.commands.execute(printer_id, SetActiveSpool(body.spool_id))


@router.post("/connect", dependencies=[CONTROL], status_code=204)
async def connect_machine(printer_id: PrinterId, printers: PrintersDep) -> None:
    """Lets the host connect to its machine."""
    await printers.commands.execute(printer_id, ConnectMachine())


@router.post("/disconnect", dependencies=[CONTROL], status_code=204)
async def disconnect_machine(printer_id: PrinterId, printers: PrintersDep) -> None:
    """Lets the host leave its machine; refused while a job runs."""
    await printers.commands.execute(printer_id, DisconnectMachine())


@router.post("/restart-firmware", dependencies=[CONTROL], status_code=204)
async def restart_firmware(printer_id: PrinterId, printers: PrintersDep) -> None:
    """Resets the machine's boards, as after an emergency stop; never under a job."""
    await printers.commands.execute(printer_id, RestartFirmware())


@router.post("/restart-host", dependencies=[CONTROL], status_code=204)
async def restart_host(printer_id: PrinterId, printers: PrintersDep) -> None:
    """Restarts the machine's host software; never under a job."""
    await printers.commands.execute(printer_id, RestartHost())


@router.get(
    "/console",
    dependencies=[needs(Permission.SEND_GCODE)],
    response_model=Items[ConsoleLine],
)
async def read_console(
    printer_id: PrinterId,
    printers: PrintersDep,
    after: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Lists what the machine said and was told after a line's number, oldest first."""
    return Json({"items": printers.keepsakes.console(printer_id, after)})
