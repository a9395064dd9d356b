"""What was: prints, faults, temperatures, air. It stays when the printer goes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from odin_engine.kernel.http import SHEET, Moment, Page, PageDep
from odin_engine.printers.model import PrintResult, Severity
from odin_engine.printers.model.history import Climate, FaultRecord, Run, Sample
from odin_engine.printers.routes.parts import (
    READ,
    PrinterId,
    PrintersDep,
    answer_items,
    answer_slice,
)
from odin_engine.printers.service.history import POINTS_DEFAULT, POINTS_MOST, Range
from odin_engine.printers.wire.answers import Items

router = APIRouter(prefix="/printers/{printer_id}", dependencies=[READ])


def _range(
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query()] = None,
    points: Annotated[int, Query(ge=2, le=POINTS_MOST)] = POINTS_DEFAULT,
) -> Range:
    return Range(since, until, points)


RangeDep = Annotated[Range, Depends(_range)]


@router.get("/prints", response_model=Page[Run], responses=SHEET)
async def list_prints(
    printer_id: PrinterId,
    request: Request,
    page: PageDep,
    printers: PrintersDep,
    result: PrintResult | None = None,
) -> Response:
    """Lists a printer's prints, newest first; `q` looks into names."""
    found = await printers.history.runs(printer_id, page, result)
    return answer_slice(request, found, Run)


@router.get("/faults", response_model=Page[FaultRecord], responses=SHEET)
async def list_faults(
    printer_id: PrinterId,
    request: Request,
    page: PageDep,
    printers: PrintersDep,
    severity: Severity | None = None,
) -> Response:
    """Lists a printer's faults, newest first; `q` looks into codes and texts."""
    found = await printers.history.faults(printer_id, page, severity)
    return answer_slice(request, found, FaultRecord)


@router.get("/telemetry", response_model=Items[Sample], responses=SHEET)
async def list_samples(
    printer_id: PrinterId, request: Request, wanted: RangeDep, printers: PrintersDep
) -> Response:
    """Lists temperatures, fans and progress while printing: the last day if not said."""
    items = await printers.history.samples(printer_id, wanted)
    return answer_items(request, items, Sample)


@router.get("/ams/environment", response_model=Items[Climate], responses=SHEET)
async def list_climate(
    printer_id: PrinterId, request: Request, wanted: RangeDep, printers: PrintersDep
) -> Response:
    """Lists temperature and humidity inside the filament units."""
    items = await printers.history.climates(printer_id, wanted)
    return answer_items(request, items, Climate)
