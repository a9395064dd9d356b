"""What is, and was, printed: objects, filaments, pictures."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from odin_engine.kernel.http import Json, etag
from odin_engine.printers.routes.parts import READ, PrinterId, PrintersDep
from odin_engine.printers.wire.answers import PNG
from odin_engine.printers.wire.details import PrintDetailsOut

router = APIRouter(prefix="/printers/{printer_id}", dependencies=[READ])

RunId = Annotated[str, Path(min_length=1, max_length=64)]
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
    name, png = await printers.details.picture(printer_id)
    headers = {"ETag": etag(name), "Cache-Control": _ASK_AGAIN}
    if headers["ETag"] in _tags(request):
        return Response(status_code=304, headers=headers)
    return Response(png, 200, headers, _PNG_TYPE)


@router.get("/prints/{run_id}/picture", response_class=Response, responses=PNG)
async def read_run_picture(
    printer_id: PrinterId, run_id: RunId, printers: PrintersDep
) -> Response:
    """Shows a small picture of what a print of the past was."""
    png = await printers.history.picture(printer_id, run_id)
    return Response(png, 200, {"Cache-Control": _FOR_EVER}, _PNG_TYPE)


def _tags(request: Request) -> set[str]:
    """Returns the pictures that the caller has; a proxy may have marked them weak."""
    sent = request.headers.get("if-none-match", "")
    return {tag.strip().removeprefix("W/") for tag in sent.split(",")}
