"""What is, was and can be printed: objects, filaments, pictures."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from odin_engine.kernel.http import Json, etag
from odin_engine.printers.model.bounds import PLATE_MOST
from odin_engine.printers.routes.parts import READ, FileName, PrinterId, PrintersDep
from odin_engine.printers.wire.answers import PNG, Items
from odin_engine.printers.wire.details import PlateOut, PrintDetailsOut

router = APIRouter(prefix="/printers/{printer_id}", dependencies=[READ])

RunId = Annotated[str, Path(min_length=1, max_length=64)]
PlateNumber = Annotated[int, Path(ge=1, le=PLATE_MOST)]
_PNG_TYPE = "image/png"
_ASK_AGAIN = "private, no-cache"
"""Kept, and asked for anew each time: the same address shows the next print's."""
_FOR_EVER = "private, max-age=31536000, immutable"


@router.get("/job/details", response_model=PrintDetailsOut)
async def read_details(printer_id: PrinterId, printers: PrintersDep) -> Response:
    """Shows what the present or last print is made of; may take a look at its file."""
    inside = await printers.details.of(printer_id)
    return Json(PrintDetailsOut.from_model(inside))


@router.get("/job/picture", response_class=Response, responses=PNG)
async def read_picture(
    printer_id: PrinterId, request: Request, printers: PrintersDep
) -> Response:
    """Shows the picture that the file of the present or last print holds."""
    return _named(request, *await printers.details.picture(printer_id))


@router.get("/files/{name}/plates", response_model=Items[PlateOut])
async def list_plates(
    printer_id: PrinterId, name: FileName, printers: PrintersDep
) -> Response:
    """Lists what is on the plates of a file; may take a look at it on the printer."""
    plates = await printers.uploads.plates(printer_id, name)
    return Json({"items": [PlateOut.from_model(plate) for plate in plates]})


@router.get(
    "/files/{name}/plates/{plate}/picture", response_class=Response, responses=PNG
)
async def read_plate_picture(
    printer_id: PrinterId,
    name: FileName,
    plate: PlateNumber,
    request: Request,
    printers: PrintersDep,
) -> Response:
    """Shows the picture of a plate of a file."""
    uploads = printers.uploads
    return _named(request, *await uploads.plate_picture(printer_id, name, plate))


@router.get("/prints/{run_id}/picture", response_class=Response, responses=PNG)
async def read_run_picture(
    printer_id: PrinterId, run_id: RunId, printers: PrintersDep
) -> Response:
    """Shows a small picture of what a print of the past was."""
    png = await printers.history.picture(printer_id, run_id)
    return Response(png, 200, {"Cache-Control": _FOR_EVER}, _PNG_TYPE)


def _named(request: Request, name: str, png: bytes) -> Response:
    """Answers a picture by its name, or that the caller has it."""
    headers = {"ETag": etag(name), "Cache-Control": _ASK_AGAIN}
    if headers["ETag"] in _tags(request):
        return Response(status_code=304, headers=headers)
    return Response(png, 200, headers, _PNG_TYPE)


def _tags(request: Request) -> set[str]:
    """Returns the pictures that the caller has; a proxy may have marked them weak."""
    sent = request.headers.get("if-none-match", "")
    return {tag.strip().removeprefix("W/") for tag in sent.split(",")}
