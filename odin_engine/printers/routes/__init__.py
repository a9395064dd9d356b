"""Printers over HTTP: each route parses, calls one verb, and shapes the answer."""

from fastapi import APIRouter

from odin_engine.printers.routes import (
    control,
    filament,
    files,
    finding,
    fleet,
    history,
    host,
    inside,
    keepsakes,
    nozzles,
    presets,
    registry,
    stop,
)

router = APIRouter(tags=["printers"])
# Fixed paths such as /printers/tags come before /printers/{printer_id}.
for each in (
    fleet,
    finding,
    stop,
    registry,
    control,
    host,
    filament,
    files,
    keepsakes,
    inside,
    nozzles,
    presets,
    history,
):
    router.include_router(each.router)
