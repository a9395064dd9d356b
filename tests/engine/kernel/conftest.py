"""A small app with everything `kernel.http` installs."""

import errno
import sqlite3
from collections.abc import AsyncIterator
from ipaddress import ip_network
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, WebSocket
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import Response

from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import (
    Conflict,
    Invalid,
    NotFound,
    Problem,
    Refused,
    Unavailable,
)
from odin_engine.kernel.http import (
    PROBLEMS,
    Json,
    Page,
    PageDep,
    allow_upload,
    answer_page,
    check_if_match,
    claim,
    client_ip,
    etag,
    install,
    of,
    peer_ip,
    provide,
)
from odin_engine.kernel.idempotency import Idempotency
from odin_engine.kernel.secrets import Secrets
from odin_engine.kernel.tables import OutboxRow
from tests.engine.doubles import ManualClock

_KEY = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
_UPLOAD_LIMIT = 5000


class Forbidden(Refused):
    code = "forbidden"
    http_status = 403


class Slower(Refused):
    code = "slower"
    http_status = 429

    def __init__(self) -> None:
        super().__init__("Too many tries. Wait a little.")
        self.retry_after_s = 2.5


class OutOfReach(Unavailable):
    code = "printer_unreachable"

    def __init__(self) -> None:
        super().__init__("The printer does not answer. Is it on?")
        self.printer_id = "p1"


ERRORS = {
    "not-found": NotFound("No such printer."),
    "invalid": Invalid("Wrong.", Problem("/name", "Too long.")),
    "refused": Refused("Not while printing."),
    "forbidden": Forbidden("Ask an administrator."),
    "slower": Slower(),
    "conflict": Conflict("It changed."),
    "unavailable": OutOfReach(),
    "unforeseen": LookupError("internals"),
    "disk-full": OSError(errno.ENOSPC, "No space left on device", "/data/spool/x"),
    "file-gone": FileNotFoundError(errno.ENOENT, "No such file", "internals"),
    "database-full": OperationalError("INSERT", {}, sqlite3.OperationalError("full")),
}


class Part(BaseModel):
    name: Annotated[str, Field(max_length=20)]
    count: int = 0
    extra: Any = None


class Counter:
    """A service that routes find; it counts what was really done."""

    def __init__(self) -> None:
        self.done = 0


CounterDep = Annotated[Counter, of(Counter)]
DatabaseDep = Annotated[Database, of(Database)]
router = APIRouter()


@router.get("/errors/{kind}")
async def fail(kind: str) -> None:
    raise ERRORS[kind]


@router.get("/who")
async def who(request: Request) -> Response:
    return Json(
        {
            "client": client_ip(request),
            "peer": peer_ip(request),
            "scheme": request.url.scheme,
            "path": request.url.path,
        }
    )


@router.post("/parts")
async def make(part: Part, counter: CounterDep) -> Part:
    counter.done += 1
    return part


@router.get("/parts")
async def parts(request: Request, page: PageDep) -> Response:
    rows = [Part(name=f"part {number}", count=-number) for number in range(page.limit)]
    return answer_page(request, Page(items=rows, next_cursor="c1", total=99), Part)


@router.put("/parts/{part_id}")
async def edit(request: Request, part_id: int) -> Response:
    check_if_match(request, part_id)
    return Json({}, headers={"ETag": etag(part_id + 1)})


@router.post("/uploads")
async def upload(request: Request) -> Response:
    allow_upload(request, _UPLOAD_LIMIT)
    size_bytes = 0
    async for chunk in request.stream():
        size_bytes += len(chunk)
    return Json({"size_bytes": size_bytes})


async def _caller(request: Request, caller: Annotated[str, Header()] = "anna") -> None:
    await claim(request, caller)


@router.post("/orders", dependencies=[Depends(_caller)], status_code=201)
async def order(part: Part, counter: CounterDep) -> Response:
    if part.name == "refused":
        raise Refused("Not now.")
    counter.done += 1
    if part.name == "broken":
        raise LookupError
    return Json(
        {"number": counter.done, "secret": "canary123"}, 201, {"Location": "/orders/1"}
    )


@router.post("/order-uploads", dependencies=[Depends(_caller)])
async def order_upload(request: Request, counter: CounterDep) -> Response:
    allow_upload(request, _UPLOAD_LIMIT)
    async for _ in request.stream():
        pass
    counter.done += 1
    return Json({"number": counter.done})


@router.get("/attempts/{attempts}")
async def attempts(attempts: int, database: DatabaseDep) -> int:
    query = select(OutboxRow).where(OutboxRow.attempts == attempts)
    async with database.read() as session:
        return len((await session.scalars(query)).all())


@router.get("/texts/{text}")
async def texts(text: str, database: DatabaseDep) -> int:
    query = select(OutboxRow).where(OutboxRow.key == text + "\0")
    async with database.read() as session:
        return len((await session.scalars(query)).all())


@router.websocket("/ws")
async def socket(_socket: WebSocket) -> None:
    raise Forbidden("Ask an administrator.")


@pytest.fixture
def idempotency(database: Database, clock: ManualClock) -> Idempotency:
    return Idempotency(database, Secrets(_KEY), clock)


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def app(database: Database, idempotency: Idempotency, counter: Counter) -> FastAPI:
    return make_app(database, idempotency, counter)


def make_app(database: Database, idempotency: Idempotency, counter: Counter) -> FastAPI:
    app = FastAPI(responses=PROBLEMS)
    app.include_router(router, prefix="/api/v1")
    install(app, trusted_proxies=[ip_network("10.0.0.0/8")], max_json_bytes=2000)
    provide(app, Idempotency, idempotency)
    provide(app, Counter, counter)
    provide(app, Database, database)
    return app


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with talk_to(app) as client:
        yield client


def talk_to(app: FastAPI, peer: str = "10.0.0.9") -> httpx.AsyncClient:
    """Returns a client that calls the app from an address."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, client=(peer, 5000)),
        base_url="http://odin",
        trust_env=False,
    )
