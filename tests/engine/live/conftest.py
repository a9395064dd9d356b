"""A real server with the socket on it, and real clients."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
import uvicorn
from aiohttp import (
    AddrInfoType,
    ClientSession,
    ClientWebSocketResponse,
    TCPConnector,
    WSMsgType,
)
from fastapi import FastAPI

from odin_engine.identity.model import Permission, Role
from odin_engine.identity.service import Identity, NewToken, NewUser
from odin_engine.kernel import http
from odin_engine.kernel.db import Database
from odin_engine.kernel.http.listener import HttpConnection, LiveConnection
from odin_engine.live.model import Hello
from odin_engine.live.routes import router
from odin_engine.live.service import Live
from odin_engine.live.wire import MAX_MESSAGE_BYTES
from tests.engine.doubles import ManualClock, settle
from tests.engine.live.things import Mirror, Oven, Thing, Things
from tests.patience import PATIENCE_S


class Client:
    """One open socket."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, kind: str, **members: object) -> None:
        await self.socket.send_json({"type": kind, **members})

    async def hear(self, kind: str | None = None) -> dict[str, Any]:
        """Returns the next message; fails if it is of another kind, or none comes."""
        message: dict[str, Any] = await self.socket.receive_json(timeout=PATIENCE_S)
        assert kind is None or message["type"] == kind, message
        return message

    async def subscribe(self, *topics: str, profile: str = "panel") -> dict[str, Any]:
        """Subscribes and returns the first answer."""
        await self.say("subscribe", topics=topics, profile=profile)
        return await self.hear()

    async def follow(self, mirror: Mirror, topic: str, until: object) -> int:
        """Hears patches until the mirror shows that; returns how many messages it took."""
        for count in range(10_000):
            if mirror.objects == until:
                return count
            message = await self.hear()
            if message.get("topic") == topic:
                mirror.hear(message)
        raise AssertionError("it never came")

    async def close_code(self) -> int | None:
        """Returns the code with which the server closes, whatever it says before."""
        async with asyncio.timeout(PATIENCE_S):
            while (await self.socket.receive()).type is not WSMsgType.CLOSE:
                pass
        return self.socket.close_code


type Connect = Callable[..., Awaitable[Client]]


@pytest.fixture
def things() -> Things:
    return Things(a=Thing(), b=Thing(oven=Oven(20.0, 0.0)))


@pytest.fixture
async def live(things: Things, clock: ManualClock) -> AsyncIterator[Live]:
    """The service, running."""
    secrets = Things(Permission.MANAGE_USERS)
    live = Live(
        {"printers": things, "secrets": secrets}, Hello("1.2.3", 1), clock, clock
    )
    running = asyncio.create_task(live.run())
    await settle()
    yield live
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@pytest.fixture
def identity(database: Database, clock: ManualClock) -> Identity:
    return Identity(database, clock)


@pytest.fixture
async def token(identity: Identity) -> str:
    """A token that may read printers."""
    user = await identity.users.create(NewUser("anna", Role.ADMIN, None))
    wanted = NewToken("test", frozenset({Permission.READ_PRINTERS}))
    return (await identity.tokens.issue(user.id, wanted)).secret


@pytest.fixture
async def server(live: Live, identity: Identity) -> AsyncIterator[uvicorn.Server]:
    """What serves the socket, as `odin serve` does."""
    app = FastAPI()
    http.install(app)
    http.provide(app, Live, live)
    http.provide(app, Identity, identity)
    app.include_router(router, prefix="/api/v1")
    config = uvicorn.Config(
        app,
        http=HttpConnection,
        ws=LiveConnection,
        lifespan="off",
        log_config=None,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_per_message_deflate=False,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:
            await settle()
        yield server
        server.should_exit = True
        await serving


@pytest.fixture
def address(server: uvicorn.Server) -> str:
    """Where the socket is served."""
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}/api/v1/ws"


@pytest.fixture
async def connect(address: str) -> AsyncIterator[Connect]:
    """Opens sockets; `token` goes into the header."""
    async with AsyncExitStack() as stack:

        async def open_socket(
            token: str | None = None,
            *,
            query: str = "",
            receive_buffer: int | None = None,
            **headers: str,
        ) -> Client:
            def make_socket(info: AddrInfoType) -> socket.socket:
                made = socket.socket(*info[:3])
                if receive_buffer is not None:
                    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
                return made

            connector = TCPConnector(socket_factory=make_socket)
            session = await stack.enter_async_context(
                ClientSession(connector=connector)
            )
            if token is not None:
                headers["Authorization"] = f"Bearer {token}"
            opened = await session.ws_connect(
                address + query, headers=headers, max_msg_size=0
            )
            stack.push_async_callback(opened.close)
            client = Client(opened)
            assert await client.hear() == {
                "type": "hello",
                "server_version": "1.2.3",
                "api_version": 1,
            }
            return client

        yield open_socket
