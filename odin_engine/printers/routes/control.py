"""Commands to a printer. Each is done when the printer confirmed it."""

from fastapi import APIRouter, Request, Response

from odin_engine.identity.access import needs, note
from odin_engine.identity.model import Permission
from odin_engine.kernel.http import Json
from odin_engine.printers.model import (
    Calibrate,
    ClearFaults,
    Home,
    Jog,
    Pause,
    Resume,
    SendGcode,
    SetDetector,
    SetFan,
    SetFlow,
    SetLight,
    SetTimelapse,
    SkipObjects,
)
from odin_engine.printers.routes.parts import CONTROL, PrinterId, PrintersDep, Word
from odin_engine.printers.service import Accepted
from odin_engine.printers.wire.commands import (
    CalibrateBody,
    GcodeBody,
    JogBody,
    PrintBody,
    SetDetectorBody,
    SetFanBody,
    SetFlowBody,
    SetLightBody,
    SetSpeedBody,
    SetTemperatureBody,
    SkipObjectsBody,
    SwitchBody,
)

router = APIRouter()


@router.post("/printers/{printer_id}/pause", dependencies=[CONTROL], status_code=204)
async def pause(printer_id: PrinterId, printers: PrintersDep) -> None:
    """Pauses the running print."""
    await printers.commands.execute(printer_id, Pause())


@router.post("/printers/{printer_id}/resume", dependencies=[CONTROL], status_code=204)
async def resume(printer_id: PrinterId, printers: PrintersDep) -> None:
    """Resumes the paused print."""
    await printers.commands.execute(printer_id, Resume())


@router.post("/printers/{printer_id}/home", dependencies=[CONTROL], status_code=204)
async def home(printer_id: PrinterId, printers: PrintersDep) -> None:
    """Homes all axes; refused while a job runs."""
    await printers.commands.execute(printer_id, Home())


@router.post(
    "/printers/{printer_id}/clear-errors", dependencies=[CONTROL], status_code=204
)
async def clear_errors(printer_id: PrinterId, printers: PrintersDep) -> None:
    """Dismisses what the printer lets a person dismiss."""
    await printers.commands.execute(printer_id, ClearFaults())


@router.post("/printers/{printer_id}/light", dependencies=[CONTROL], status_code=204)
async def set_light(
    printer_id: PrinterId, request: Request, body: SetLightBody, printers: PrintersDep
) -> None:
    """Switches a light; the first one where none is named."""
    note(request, light=body.light, mode=body.mode)
    lights = printers.view(printer_id).state.capabilities.lights
    light = body.light or next(iter(lights), "chamber")
    await printers.commands.execute(printer_id, SetLight(light, body.mode))


@router.post("/printers/{printer_id}/speed", dependencies=[CONTROL], status_code=204)
async def set_speed(
    printer_id: PrinterId, request: Request, body: SetSpeedBody, printers: PrintersDep
) -> None:
    """Sets the speed factor, or chooses a profile by its name or what is nearest."""
    note(request, **body.told())
    can = printers.view(printer_id).state.capabilities
    await printers.commands.execute(printer_id, body.to_model(can))


@router.post("/printers/{printer_id}/flow", dependencies=[CONTROL], status_code=204)
async def set_flow(
    printer_id: PrinterId, request: Request, body: SetFlowBody, printers: PrintersDep
) -> None:
    """Sets the extrusion factor."""
    note(request, percent=body.percent)
    await printers.commands.execute(printer_id, SetFlow(body.percent))


@router.post("/printers/{printer_id}/fan", dependencies=[CONTROL], status_code=204)
async def set_fan(
    printer_id: PrinterId, request: Request, body: SetFanBody, printers: PrintersDep
) -> None:
    """Sets a fan's speed."""
    note(request, fan=body.fan, percent=body.in_percent())
    command = SetFan(body.fan, body.in_percent())
    await printers.commands.execute(printer_id, command)


@router.post(
    "/printers/{printer_id}/temperature", dependencies=[CONTROL], status_code=204
)
async def set_temperature(
    printer_id: PrinterId,
    request: Request,
    body: SetTemperatureBody,
    printers: PrintersDep,
) -> None:
    """Sets one target within the machine's bounds; 0 switches it off."""
    note(request, **body.told())
    await printers.commands.execute(printer_id, body.to_model())


@router.post("/printers/{printer_id}/jog", dependencies=[CONTROL], status_code=204)
async def jog(
    printer_id: PrinterId, request: Request, body: JogBody, printers: PrintersDep
) -> None:
    """Moves one axis; refused while a job runs."""
    note(request, axis=body.axis, distance_mm=body.distance_mm)
    command = Jog(body.axis, body.distance_mm)
    await printers.commands.execute(printer_id, command)


@router.post(
    "/printers/{printer_id}/skip-objects", dependencies=[CONTROL], status_code=204
)
async def skip_objects(
    printer_id: PrinterId,
    request: Request,
    body: SkipObjectsBody,
    printers: PrintersDep,
) -> None:
    """Leaves objects of the running plate unprinted; one must remain."""
    note(request, object_ids=" ".join(map(str, body.object_ids)))
    command = SkipObjects(tuple(body.object_ids))
    await printers.commands.execute(printer_id, command, body.total_objects)


@router.post(
    "/printers/{printer_id}/calibrate", dependencies=[CONTROL], status_code=204
)
async def calibrate(
    printer_id: PrinterId, request: Request, body: CalibrateBody, printers: PrintersDep
) -> None:
    """Runs calibration routines; refused while a job runs."""
    note(request, routines=" ".join(body.routines))
    command = Calibrate(tuple(body.routines))
    await printers.commands.execute(printer_id, command)


@router.post(
    "/printers/{printer_id}/timelapse", dependencies=[CONTROL], status_code=204
)
async def set_timelapse(
    printer_id: PrinterId, request: Request, body: SwitchBody, printers: PrintersDep
) -> None:
    """Switches the printer's own timelapse."""
    note(request, enabled=body.enabled)
    command = SetTimelapse(body.enabled)
    await printers.commands.execute(printer_id, command)


@router.post(
    "/printers/{printer_id}/detectors/{name}", dependencies=[CONTROL], status_code=204
)
async def set_detector(
    printer_id: PrinterId,
    name: Word,
    request: Request,
    body: SetDetectorBody,
    printers: PrintersDep,
) -> None:
    """Switches one of the printer's own detectors."""
    note(request, enabled=body.enabled)
    command = SetDetector(name, body.enabled, body.sensitivity, body.halts)
    await printers.commands.execute(printer_id, command)


@router.post(
    "/printers/{printer_id}/gcode",
    dependencies=[needs(Permission.SEND_GCODE)],
    status_code=204,
)
async def send_gcode(
    printer_id: PrinterId, request: Request, body: GcodeBody, printers: PrintersDep
) -> None:
    """Sends lines of G-code as they are; refused while a job runs, always audited."""
    note(request, **{f"line_{n}": line for n, line in enumerate(body.lines, 1)})
    await printers.commands.execute(printer_id, SendGcode(tuple(body.lines)))


@router.post(
    "/printers/{printer_id}/print",
    dependencies=[CONTROL],
    status_code=202,
    response_model=Accepted,
)
async def start_print(
    printer_id: PrinterId, request: Request, body: PrintBody, printers: PrintersDep
) -> Response:
    """Starts a plate of a file on the printer; its reports say when it prints."""
    note(request, file=body.file, plate=body.plate)
    accepted = await printers.commands.print(printer_id, body.to_model())
    note(request, token=accepted.token)
    return Json(accepted, 202)
