"""All printers together: the list, its order, tags, bulk actions, finding new ones."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from odin_engine.identity.access import note
from odin_engine.kernel.http import SHEET, Json, Page
from odin_engine.printers.routes.parts import (
    MANAGE,
    READ,
    PrintersDep,
    Word,
    answer_printers,
)
from odin_engine.printers.service import BulkResult, Family, Tag
from odin_engine.printers.wire import PrinterOut
from odin_engine.printers.wire.answers import CheckedOut, FoundOut, Items
from odin_engine.printers.wire.bodies import (
    BulkChange,
    CreatePrinter,
    Discover,
    OrderPrinters,
    PrintersQuery,
    RenameTag,
)

router = APIRouter()


@router.get(
    "/printers", dependencies=[READ], response_model=Page[PrinterOut], responses=SHEET
)
async def list_printers(
    request: Request,
    wanted: Annotated[PrintersQuery, Query()],
    printers: PrintersDep,
) -> Response:
    """Lists printers with their live state, by position unless asked otherwise."""
    return answer_printers(request, printers.page(wanted.to_model()))


@router.put("/printers/order", dependencies=[MANAGE], status_code=204)
async def order_printers(body: OrderPrinters, printers: PrintersDep) -> None:
    """Puts the printers in this order; every one is named once."""
    await printers.groups.order(body.ids)


@router.post("/printers/bulk", dependencies=[MANAGE], response_model=Items[BulkResult])
async def change_many(
    request: Request, body: BulkChange, printers: PrintersDep
) -> Response:
    """Does the same to many printers; each has its own result."""
    note(request, action=body.action, tag=body.tag, printers=len(body.ids))
    items = await printers.groups.bulk(body.ids, body.action, body.tag)
    return Json({"items": items})


@router.get("/printers/tags", dependencies=[READ], response_model=Items[Tag])
async def list_tags(printers: PrintersDep) -> Response:
    """Lists the tags in use."""
    return Json({"items": printers.groups.tags()})


@router.put("/printers/tags/{tag}", dependencies=[MANAGE], response_model=Items[Tag])
async def rename_tag(
    tag: Word, request: Request, body: RenameTag, printers: PrintersDep
) -> Response:
    """Renames a tag wherever it is used; one that exists takes over."""
    note(request, name=body.name)
    return Json({"items": await printers.groups.rename_tag(tag, body.name)})


@router.delete("/printers/tags/{tag}", dependencies=[MANAGE], response_model=Items[Tag])
async def remove_tag(tag: Word, printers: PrintersDep) -> Response:
    """Removes a tag from every printer."""
    return Json({"items": await printers.groups.rename_tag(tag, None)})


@router.get("/printers/families", dependencies=[READ], response_model=Items[Family])
async def list_families(printers: PrintersDep) -> Response:
    """Lists the makes of printers that can be added."""
    return Json({"items": printers.discovery.families()})


@router.post("/printers/discover", dependencies=[MANAGE])
async def discover_printers(body: Discover, printers: PrintersDep) -> Items[FoundOut]:
    """Looks for machines on the network for some seconds."""
    found = await printers.discovery.discover(body.seconds)
    return Items(items=[FoundOut.from_model(each) for each in found])


@router.post("/printers/check", dependencies=[MANAGE])
async def check_connection(body: CreatePrinter, printers: PrintersDep) -> CheckedOut:
    """Tries a connection step by step before the printer is added; nothing is kept."""
    secret = printers.key_requests.filled(body.told()).get("secret")
    checked = await printers.discovery.check(
        body.family, body.host, body.serial, secret, body.ports, body.options
    )
    return CheckedOut.from_model(checked)
