"""What a simulated Moonraker answers by HTTP: the socket, uploads, files, the stop.

Beside it stands the web front-end on a port of its own, with the camera.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import BodyPartReader, WSMsgType, web

from odin_engine.simulator.moonraker.clients import Client
from odin_engine.simulator.moonraker.rpc import Refused, Rpc
from odin_engine.simulator.plain.camera import picture

if TYPE_CHECKING:
    from odin_engine.simulator.moonraker.server import SimulatedMoonraker

_BLOCK_BYTES = 64 * 1024
_RPC_CODES = {401: -32602, 404: -32601}
"""What servers say on the socket for these, since 2023."""


class Http:
    """The routes of Moonraker and of its front-end."""

    def __init__(self, server: SimulatedMoonraker) -> None:
        self._server = server
        self.rpc = Rpc(server)

    def moonraker(self) -> web.Application:
        """Returns Moonraker itself."""
        app = web.Application(client_max_size=2**30, middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/websocket", self._socket),
                web.get("/server/info", self._info),
                web.post("/server/files/upload", self._upload),
                web.get("/server/files/gcodes/{name:.+}", self._download),
                web.post("/printer/emergency_stop", self._stop),
            ]
        )
        return app

    def front_end(self) -> web.Application:
        """Returns the web server beside it."""
        app = web.Application()
        app.add_routes([web.get("/webcam/", self._webcam)])
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 - aiohttp's own
        if "error_503" in self._server.misbehaves:
            return _error(503, "Klippy Host not connected")
        if "hung_http" in self._server.misbehaves and request.path != "/websocket":
            await asyncio.Event().wait()
        is_open = request.path == "/websocket" or self._has_key(request)
        if not is_open:
            return _error(401, "Unauthorized")
        try:
            response: web.StreamResponse = await handler(request)
        except Refused as error:
            return _error(error.code, error.message)
        return response

    def _has_key(self, request: web.Request) -> bool:
        secret = self._server.secret
        return secret is None or request.headers.get("X-Api-Key") == secret

    async def _info(self, _: web.Request) -> web.Response:
        return web.json_response({"result": self.rpc.info()})

    async def _stop(self, _: web.Request) -> web.Response:
        return web.json_response({"result": self.rpc.emergency_stop()})

    async def _webcam(self, _: web.Request) -> web.Response:
        seen = await asyncio.to_thread(picture, self._server.machine)
        return web.Response(body=seen, content_type="image/jpeg")

    async def _download(self, request: web.Request) -> web.Response:
        thumbnail = self._server.shelf.picture(request.match_info["name"])
        if thumbnail is None:
            raise Refused(404, "File not found")
        return web.Response(body=thumbnail, content_type="image/png")

    async def _upload(self, request: web.Request) -> web.Response:
        """Takes a form as it streams in; what stands behind the file is not seen."""
        fields: dict[str, str] = {}
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader):
                continue
            if part.name != "file":
                fields[part.name or ""] = await part.text()
                continue
            name = part.filename or "upload.gcode"
            size = await self._take(part, name)
            break
        else:
            raise Refused(400, "No file name specifed in upload form")
        is_wanted = fields.get("print") == "true"
        is_started = is_wanted and "print_flag_ignored" not in self._server.misbehaves
        if is_started and (job := self._server.shelf.plan(name)) is not None:
            self._server.machine.start(job)
        item: dict[str, Any] = {"path": name, "root": "gcodes"}
        if "old_upload" not in self._server.misbehaves:
            item |= {"size": size, "permissions": "rw"}
        body = {"item": item, "print_started": is_started, "print_queued": False}
        is_wrapped = "wrapped_upload" in self._server.misbehaves
        return web.json_response(
            {"result": body} if is_wrapped else {**body, "action": "create_file"},
            status=201,
        )

    async def _take(self, part: BodyPartReader, name: str) -> int:
        shelf = self._server.shelf
        with tempfile.NamedTemporaryFile(dir=shelf.folder.parent, delete=False) as file:
            place = Path(file.name)
            try:
                shelf.writing += 1
                async for block in _blocks(part):
                    file.write(block)
                if "half_upload" in self._server.misbehaves:
                    file.truncate(file.tell() // 2)
                size = file.seek(0, 2)
            except BaseException:
                os.unlink(file.name)  # noqa: PTH108 - at once: a task may be cancelled
                raise
            finally:
                shelf.writing -= 1
        shelf.put(name, place)
        return size

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False, max_msg_size=2**24)
        await socket.prepare(request)
        has_key = "X-Api-Key" in request.headers and self._has_key(request)
        client = Client(
            socket,
            request.transport,
            may_call=has_key or self._server.secret is None,
        )
        if has_key:
            self._server.note_login(client)
        writing = asyncio.create_task(client.write())
        answering: set[asyncio.Task[None]] = set()
        self._server.enter(client)
        try:
            async for message in socket:
                if {"silent", "deaf_socket"} & self._server.misbehaves:
                    continue
                if message.type is WSMsgType.PING:
                    await socket.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    task = asyncio.create_task(self._answer(client, message.data))
                    answering.add(task)
                    task.add_done_callback(answering.discard)
        finally:
            self._server.leave(client)
            for each in (writing, *answering):
                each.cancel()
        return socket

    async def _answer(self, client: Client, text: str) -> None:
        try:
            body = orjson.loads(text)
            method, params = str(body["method"]), body.get("params") or {}
            number = body.get("id")
        except orjson.JSONDecodeError, KeyError, TypeError:
            client.say('{"jsonrpc":"2.0","error":{"code":-32700},"id":null}')
            return
        answer: dict[str, Any] = {"jsonrpc": "2.0"}
        try:
            answer["result"] = await self.rpc.answer(method, params, client)
        except Refused as error:
            code = _RPC_CODES.get(error.code, error.code)
            answer["error"] = {"code": code, "message": error.message}
        client.say(orjson.dumps({**answer, "id": number}).decode())


async def _blocks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while block := await part.read_chunk(_BLOCK_BYTES):
        yield block


def _error(status: int, message: str) -> web.Response:
    error = {"code": status, "message": message, "traceback": ""}
    return web.json_response({"error": error}, status=status)
