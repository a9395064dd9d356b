"""Files on a printer, and pictures from its camera."""

from fastapi import APIRouter, Request, Response

from odin_engine.identity.access import needs, note
from odin_engine.identity.model import Permission
from odin_engine.kernel.http import Json, allow_upload
from odin_engine.printers.routes.parts import (
    CONTROL,
    READ,
    Caller,
    FileName,
    PrinterId,
    PrintersDep,
    Word,
)
from odin_engine.printers.wire.answers import PICTURE, FilesOut, TaskOut

router = APIRouter(prefix="/printers/{printer_id}")

_RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"}
            }
        },
    }
}


@router.get("/files", dependencies=[READ], response_model=FilesOut)
async def list_files(printer_id: PrinterId, printers: PrintersDep) -> Response:
    """Lists the files that were put on the printer from here, and what it takes."""
    uploads = printers.uploads
    return Json(
        {
            "items": await uploads.of(printer_id),
            "kinds": uploads.kinds(printer_id),
            "most_bytes": uploads.most_bytes,
        }
    )


# Home Assistant's ingress streams the bodies of POST only, and holds others in memory.
@router.post("/files/{name}", status_code=202, openapi_extra=_RAW_BODY)
@router.put("/files/{name}", status_code=202, openapi_extra=_RAW_BODY)
async def upload_file(
    printer_id: PrinterId,
    name: FileName,
    request: Request,
    caller: Caller,
    printers: PrintersDep,
) -> TaskOut:
    """Takes a file as the raw body; the task puts it on the printer."""
    allow_upload(request, printers.uploads.most_bytes)
    task = await printers.uploads.receive(
        printer_id, name, request.stream(), caller.user_id
    )
    note(request, task_id=task.id)
    return TaskOut.from_model(task)


@router.delete("/files/{name}", dependencies=[CONTROL], status_code=204)
async def delete_file(
    printer_id: PrinterId, name: FileName, printers: PrintersDep
) -> None:
    """Deletes a file that was put on the printer from here; no other."""
    await printers.uploads.delete(printer_id, name)


@router.get(
    "/camera/{camera_id}/frame",
    dependencies=[needs(Permission.READ_CAMERAS)],
    response_class=Response,
    responses=PICTURE,
)
async def read_frame(
    printer_id: PrinterId, camera_id: Word, printers: PrintersDep
) -> Response:
    """Shows the latest picture of a printer's own camera."""
    frame = await printers.commands.camera_frame(printer_id, camera_id)
    headers = {"Cache-Control": "no-store", "X-Taken-At": frame.at.isoformat()}
    return Response(frame.data, 200, headers, frame.media_type)
