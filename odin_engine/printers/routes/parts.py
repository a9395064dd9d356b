"""What several route files share: parameters, who may, and lists as JSON or CSV."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Annotated, Any

import orjson
from fastapi import Path, Request, Response

from odin_engine.identity.access import needs
from odin_engine.identity.model import Permission, Principal
from odin_engine.kernel.http import Json, etag, of, to_csv, to_json, wants_csv
from odin_engine.kernel.pages import Slice
from odin_engine.printers.model.bounds import FILE_NAME_MOST
from odin_engine.printers.model.record import Printer
from odin_engine.printers.service import Printers, PrinterView
from odin_engine.printers.wire import page_json, printer_json

PrintersDep = Annotated[Printers, of(Printers)]
PrinterId = Annotated[str, Path(min_length=1, max_length=64)]
Word = Annotated[str, Path(min_length=1, max_length=64)]
FileName = Annotated[str, Path(min_length=1, max_length=FILE_NAME_MOST)]

READ = needs(Permission.READ_PRINTERS)
CONTROL = needs(Permission.CONTROL_PRINTERS)
STOP = needs(Permission.STOP_PRINTERS)
MANAGE = needs(Permission.MANAGE_PRINTERS)

Caller = Annotated[Principal, CONTROL]


def answer_printer(view: PrinterView, status: int = 200) -> Response:
    """Answers a printer with its version as `ETag`."""
    headers = {"ETag": etag(view.printer.version)}
    return Response(printer_json(view), status, headers, Json.media_type)


def answer_printers(request: Request, found: Slice[PrinterView]) -> Response:
    """Answers a page of printers as JSON, or their records as CSV."""
    if wants_csv(request):
        records = Slice(
            [view.printer for view in found.items], found.next_cursor, found.total
        )
        return answer_slice(request, records, Printer)
    body = page_json(found.items, found.next_cursor, found.total)
    return Response(body, media_type=Json.media_type)


def answer_slice(request: Request, found: Slice[Any], kind: type[Any]) -> Response:
    """Answers a page of dataclasses as JSON, or as CSV where that is asked for."""
    if not wants_csv(request):
        return Json(
            {
                "items": found.items,
                "next_cursor": found.next_cursor,
                "total": found.total,
            }
        )
    headers = {"X-Total-Count": str(found.total)}
    if found.next_cursor is not None:
        headers["X-Next-Cursor"] = found.next_cursor
    return _csv(found.items, kind, headers)


def answer_items(request: Request, items: Sequence[Any], kind: type[Any]) -> Response:
    """Answers a short list of dataclasses as JSON, or as CSV where that is asked for."""
    return _csv(items, kind, {}) if wants_csv(request) else Json({"items": items})


def _csv(items: Sequence[Any], kind: type[Any], headers: dict[str, str]) -> Response:
    columns = [field.name for field in fields(kind)]
    content = to_csv(orjson.loads(to_json(items)), columns)
    headers |= {
        "Content-Disposition": 'attachment; filename="list.csv"',
        "Vary": "Accept",
    }
    return Response(content, 200, headers, "text/csv")
