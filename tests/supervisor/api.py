"""The API: own info, discovery, and core's socket behind the proxy."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

TOKEN = "supervisor-token-of-this-app"


class SupervisorApi:
    """Records what an app offers; `pushed` is what core would be told of."""

    def __init__(self) -> None:
        self.services = ["odin"]
        self.hostname: str | None = "a0b1c2d3-odin"
        self.users: list[dict[str, Any]] = []
        self.is_broken = False
        self.is_core_down = False
        self.pushed: list[dict[str, Any]] = []
        self.asked = 0
        self.core_asked = 0
        self.url = ""
        self._kept: dict[str, Any] | None = None
        self._news = asyncio.Condition()

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[SupervisorApi]:
        """Serves on loopback for the length of the block."""
        app = web.Application()
        app.router.add_get("/addons/self/info", self._info)
        app.router.add_post("/discovery", self._discovery)
        app.router.add_get("/core/websocket", self._core)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def until_pushed(self, count: int) -> dict[str, Any]:
        """Waits until core was told so often; returns what it was told last."""
        async with asyncio.timeout(30), self._news:
            await self._news.wait_for(lambda: len(self.pushed) >= count)
            return self.pushed[-1]

    async def until_asked(self, count: int) -> None:
        """Waits until an app asked so often, whatever it was answered."""
        async with asyncio.timeout(30), self._news:
            await self._news.wait_for(lambda: self.asked >= count)

    async def _info(self, request: web.Request) -> web.Response:
        refusal = await self._refusal(request)
        return refusal or _ok({"hostname": self.hostname, "slug": "a0b1c2d3_odin"})

    async def _discovery(self, request: web.Request) -> web.Response:
        refusal = await self._refusal(request)
        if refusal is not None:
            return refusal
        body = await request.json()
        if set(body) != {"service", "config"}:
            return _error(400, "extra keys not allowed")
        if body["service"] not in self.services:
            return _error(403, "Apps must list services they provide via discovery")
        async with self._news:
            if body != self._kept:
                self._kept = body
                self.pushed.append(body)
            self._news.notify_all()
        return _ok({"uuid": "1" * 32})

    async def _refusal(self, request: web.Request) -> web.Response | None:
        async with self._news:
            self.asked += 1
            self._news.notify_all()
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(401, "unauthorized")
        return web.Response(status=502, text="<html>") if self.is_broken else None

    async def _core(self, request: web.Request) -> web.StreamResponse:
        if self.is_core_down:
            return web.Response(status=502)
        self.core_asked += 1
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "auth_required", "ha_version": "2026.10.4"})
        hello = await socket.receive_json()
        if hello != {"type": "auth", "access_token": TOKEN}:
            await socket.send_json({"type": "auth_invalid", "message": "Invalid"})
            await socket.close()
            return socket
        await socket.send_json({"type": "auth_ok", "ha_version": "2026.10.4"})
        asked = await socket.receive_json()
        answer = {"id": asked["id"], "type": "result", "success": True}
        assert asked["type"] == "config/auth/list"
        await socket.send_json(answer | {"result": self.users})
        await socket.close()
        return socket


def _ok(data: dict[str, Any]) -> web.Response:
    return web.json_response({"result": "ok", "data": data})


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"result": "error", "message": message}, status=status)
