"""Ingress, both halves in one: what a browser sends to core, as the app gets it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import (
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    StreamReader,
    TCPConnector,
    WSMsgType,
    hdrs,
    web,
)
from aiohttp.helpers import must_be_empty_body
from multidict import CIMultiDict

TOKEN = "Zt0k-en_9"
BASE = f"/api/hassio_ingress/{TOKEN}"
SESSION = "s" * 128
_MOST_UNSTREAMED_BYTES = 16 * 1024**2
"""The Supervisor holds what it does not stream in memory, and no more than this."""

_DROPPED = {
    hdrs.CONTENT_LENGTH,
    hdrs.CONTENT_ENCODING,
    hdrs.TRANSFER_ENCODING,
    hdrs.ACCEPT_ENCODING,
    hdrs.SEC_WEBSOCKET_EXTENSIONS,
    hdrs.SEC_WEBSOCKET_PROTOCOL,
    hdrs.SEC_WEBSOCKET_VERSION,
    hdrs.SEC_WEBSOCKET_KEY,
    "X-Supervisor-Token",
    "X-Hassio-Key",
    "X-Remote-User-Id",
    "X-Remote-User-Name",
    "X-Remote-User-Display-Name",
}
_DROPPED_OF_ANSWERS = {
    hdrs.TRANSFER_ENCODING,
    hdrs.CONTENT_LENGTH,
    hdrs.CONTENT_TYPE,
    hdrs.CONTENT_ENCODING,
}


@dataclass(frozen=True)
class Person:
    """Whose ingress session it is. Old Supervisors do not know."""

    id: str
    name: str | None = None
    display_name: str | None = None


class IngressProxy:
    """Home Assistant's address, with the app's page below `BASE`."""

    def __init__(self, target: str, person: Person | None, from_ip: str) -> None:
        self.person = person
        self.origin = ""
        self._target = target
        self._from_ip = from_ip
        self._session: ClientSession

    @asynccontextmanager
    async def running(self) -> AsyncIterator[IngressProxy]:
        """Serves on loopback for the length of the block."""
        app = web.Application(client_max_size=_MOST_UNSTREAMED_BYTES)
        app.router.add_route("*", BASE + "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        connector = TCPConnector(local_addr=(self._from_ip, 0))
        async with ClientSession(connector=connector) as self._session:
            try:
                yield self
            finally:
                await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.cookies.get("ingress_session") != SESSION:
            raise web.HTTPUnauthorized
        url = f"{self._target}/{request.match_info['path']}"
        if request.query_string:
            url += f"?{request.query_string}"
        if request.headers.get(hdrs.UPGRADE, "").lower() == "websocket":
            return await self._relay(request, url)
        data: StreamReader | bytes = request.content
        if request.method != "POST":
            data = await request.read()
        async with self._session.request(
            request.method,
            url,
            headers=self._headers(request),
            allow_redirects=False,
            data=data,
            timeout=ClientTimeout(total=None),
            skip_auto_headers={hdrs.CONTENT_TYPE},
        ) as answer:
            headers = CIMultiDict(
                (name, value)
                for name, value in answer.headers.items()
                if name not in _DROPPED_OF_ANSWERS
            )
            body = await answer.read()
            if must_be_empty_body(request.method, answer.status):
                return web.Response(headers=headers, status=answer.status)
            return web.Response(
                headers=headers,
                status=answer.status,
                content_type=answer.content_type,
                body=body,
            )

    async def _relay(self, request: web.Request, url: str) -> web.WebSocketResponse:
        browser = web.WebSocketResponse(autoclose=False, autoping=False)
        await browser.prepare(request)
        async with self._session.ws_connect(
            url, headers=self._headers(request), autoclose=False, autoping=False
        ) as app:
            ways = {
                asyncio.create_task(_forward(browser, app)),
                asyncio.create_task(_forward(app, browser)),
            }
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        await browser.close(code=app.close_code or 1000)
        return browser

    def _headers(self, request: web.Request) -> CIMultiDict[str]:
        headers = CIMultiDict(
            (name, value)
            for name, value in request.headers.items()
            if name not in _DROPPED
        )
        headers["X-Hass-Source"] = "core.ingress"
        headers["X-Ingress-Path"] = BASE
        forwarded = request.headers.get("X-Forwarded-For")
        seen = f"{forwarded}, {request.remote}" if forwarded else f"{request.remote}"
        headers["X-Forwarded-For"] = f"{seen}, 172.30.32.1"
        headers.setdefault("X-Forwarded-Host", request.host)
        headers.setdefault("X-Forwarded-Proto", request.scheme)
        if self.person is not None:
            headers["X-Remote-User-Id"] = self.person.id
            if self.person.name is not None:
                headers["X-Remote-User-Name"] = self.person.name
            if self.person.display_name is not None:
                headers["X-Remote-User-Display-Name"] = self.person.display_name
        return headers


type _Socket = web.WebSocketResponse | ClientWebSocketResponse


async def _forward(source: _Socket, target: _Socket) -> None:
    async for message in source:
        match message.type:
            case WSMsgType.TEXT:
                await target.send_str(message.data)
            case WSMsgType.BINARY:
                await target.send_bytes(message.data)
            case WSMsgType.PING:
                await target.ping(message.data)
            case WSMsgType.PONG:
                await target.pong(message.data)
            case _:
                return
