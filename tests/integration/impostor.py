"""A web server that says of itself whatever a test wants, at the address of an engine."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

GENUINE = {"name": "O.D.I.N.", "version": "1.0", "api_version": 1, "engine_id": "e"}

type Json = dict[str, Any]
type Socket = web.WebSocketResponse


async def _fall_silent(_: Socket) -> None:
    """Says nothing more."""


async def show_a_farm(socket: Socket) -> None:
    """Says what a client waits for: one printer, no alert."""
    for topic, data in (
        ("printers", {"a": {"id": "a", "name": "Ada"}}),
        ("alerts", {}),
    ):
        await socket.send_json(
            {"type": "snapshot", "topic": topic, "revision": 1, "data": data}
        )


async def _know_nothing(_: web.Request) -> web.StreamResponse:
    """Answers as a server does that is none of ours."""
    return web.Response(status=404)


@dataclass
class Impostor:
    """What answers at `/api/v1/info`: JSON, text, or a bare status.

    `converse` is what it says on a live socket whenever somebody subscribes or asks anew;
    after that it only listens. `heard` is all that was said to it. `serve` answers all other requests.
    """

    url: str = ""
    info: object = field(default_factory=lambda: GENUINE)
    converse: Callable[[Socket], Awaitable[None]] = _fall_silent
    serve: Callable[[web.Request], Awaitable[web.StreamResponse]] = _know_nothing
    heard: list[Json] = field(default_factory=list)
    sockets: int = 0
    open_sockets: int = 0

    async def answer(self, _: web.Request) -> web.Response:
        """Says it."""
        match self.info:
            case int():
                return web.Response(
                    status=self.info, headers={"Location": "http://127.0.0.1:1/"}
                )
            case str():
                return web.Response(text=self.info, content_type="text/html")
        return web.json_response(self.info)

    async def answer_other(self, request: web.Request) -> web.StreamResponse:
        """Answers whatever else is asked."""
        return await self.serve(request)

    async def listen(self, request: web.Request) -> Socket:
        """Says hello, hears the subscription, and goes on as the test wants."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets += 1
        self.open_sockets += 1
        try:
            await socket.send_json(
                {"type": "hello", "server_version": "1.0", "api_version": 1}
            )
            async for message in socket:
                self.heard.append(message.json())
                if message.json()["type"] in {"subscribe", "resync"}:
                    await self.converse(socket)
        finally:
            self.open_sockets -= 1
        return socket


@asynccontextmanager
async def run_impostor() -> AsyncIterator[Impostor]:
    """Runs one on loopback."""
    impostor = Impostor()
    app = web.Application()
    app.router.add_get("/api/v1/info", impostor.answer)
    app.router.add_get("/api/v1/ws", impostor.listen)
    app.router.add_route("*", "/{path:.*}", impostor.answer_other)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    impostor.url = f"http://{host}:{port}"
    try:
        yield impostor
    finally:
        await runner.cleanup()
