"""Ways to a new printer: a network looked through, and keys approved at the machine."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from odin_engine.identity.access import note
from odin_engine.identity.model import Principal
from odin_engine.kernel.http import Json
from odin_engine.printers.routes.parts import MANAGE, PrintersDep
from odin_engine.printers.service import KeyRequest
from odin_engine.printers.wire.answers import TaskOut
from odin_engine.printers.wire.bodies import RequestKey, ScanNetwork

router = APIRouter()

Manager = Annotated[Principal, MANAGE]
RequestId = Annotated[str, Path(min_length=1, max_length=64)]


@router.post("/printers/scan", status_code=202)
async def scan_network(
    request: Request, body: ScanNetwork, caller: Manager, printers: PrintersDep
) -> TaskOut:
    """Looks for machines at every address of a network; the task lists them."""
    note(request, network=body.network)
    task = await printers.scanning.begin(body.network, body.families, caller.user_id)
    return TaskOut.from_model(task)


@router.post(
    "/printers/key-requests",
    dependencies=[MANAGE],
    status_code=201,
    response_model=KeyRequest,
)
async def request_key(
    request: Request, body: RequestKey, printers: PrintersDep
) -> Response:
    """Asks a machine for a key, which a person approves there; it is never shown."""
    note(request, family=body.family, host=body.host)
    asked = await printers.key_requests.begin(body.family, body.to_model())
    return Json(asked, 201)


@router.get(
    "/printers/key-requests/{request_id}",
    dependencies=[MANAGE],
    response_model=KeyRequest,
)
async def read_key_request(request_id: RequestId, printers: PrintersDep) -> Response:
    """Shows how far a request for a key is."""
    return Json(printers.key_requests.get(request_id))


@router.delete(
    "/printers/key-requests/{request_id}", dependencies=[MANAGE], status_code=204
)
async def cancel_key_request(request_id: RequestId, printers: PrintersDep) -> None:
    """Forgets a request for a key, and the key."""
    printers.key_requests.cancel(request_id)
