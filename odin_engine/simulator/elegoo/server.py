"""The sockets of a machine: WebSocket and uploads on one port, pictures on another."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import BodyPartReader, WSMsgType, web

from odin_engine.simulator.elegoo.body import Body
from odin_engine.simulator.elegoo.orders import ATTRIBUTES, STATUS, Orders
from odin_engine.simulator.elegoo.pictures import pictures
from odin_engine.simulator.elegoo.shelf import refused

_MOST_CLIENTS = 5
_MOST_UPLOAD = 4 << 20
_UPLOAD_KEYS = {"S-File-MD5", "Offset", "Uuid", "TotalSize"}
_WRONG_CMD = 192
_GARBAGE = ("{", "[1,2,3]", '{"Topic":"sdcp/status/x","Status":[]}', "\x00\x01")


class Server:
    """Serves one machine. `clients` are the sockets that are open."""

    def __init__(self, body: Body, orders: Orders, now_s: Callable[[], int]) -> None:
        self._body = body
        self._orders = orders
        self._now_s = now_s
        self._runners: list[web.AppRunner] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._garbage = 0
        self.clients: dict[web.WebSocketResponse, asyncio.WriteTransport] = {}

    async def open(self, host: str, wanted: Mapping[str, int]) -> dict[str, int]:
        """Opens both ports and gives them; OSError where one cannot be had."""
        machine = web.Application(client_max_size=_MOST_UPLOAD)
        machine.router.add_get("/websocket", self._socket)
        machine.router.add_post("/uploadFile/upload", self._upload)
        camera = web.Application()
        camera.router.add_get("/video", self._pictures)
        return {
            "web": await self._serve(machine, host, wanted.get("web", 0)),
            "camera": await self._serve(camera, host, wanted.get("camera", 0)),
        }

    async def close(self) -> None:
        """Cuts whoever is there and closes the ports."""
        self.cut()
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    def cut(self) -> None:
        """Cuts every socket without a word."""
        for transport in tuple(self.clients.values()):
            transport.abort()

    def push(self) -> None:
        """Sends everybody a status."""
        if not self.clients or "silent" in self._body.bad:
            return
        if "garbage" in self._body.bad:
            self._garbage += 1
            self._broadcast(_GARBAGE[self._garbage % len(_GARBAGE)])
        self._broadcast(self._report("status", "Status", self._body.status()))

    def push_error(self, code: str) -> None:
        """Sends everybody that something failed."""
        board = self._body.serial
        body = {
            "Id": "",
            "Data": {
                "Data": {"ErrorCode": code},
                "MainboardID": board,
                "TimeStamp": self._now_s(),
            },
            "Topic": f"sdcp/error/{board}",
        }
        self._broadcast(json.dumps(body))

    def say(self, frame: str) -> None:
        """Sends everybody a frame as it is."""
        self._broadcast(frame)

    async def _serve(self, app: web.Application, host: str, port: int) -> int:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, host, port).start()
        return int(runner.addresses[0][1])

    def _broadcast(self, frame: str) -> None:
        for client in tuple(self.clients):
            task = asyncio.ensure_future(_send(client, frame))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    def _report(self, topic: str, key: str, content: dict[str, Any]) -> str:
        board = self._body.serial
        return json.dumps(
            {
                key: content,
                "MainboardID": board,
                "TimeStamp": self._now_s(),
                "Topic": f"sdcp/{topic}/{board}",
            }
        )

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        client = web.WebSocketResponse()
        await client.prepare(request)
        transport = request.transport
        assert transport is not None  # noqa: S101 - it was prepared just now
        if "too_many_clients" in self._body.bad or len(self.clients) >= _MOST_CLIENTS:
            # No error, just gone: what the real ones do.
            transport.abort()
            return client
        self.clients[client] = transport
        try:
            async for message in client:
                if message.type is WSMsgType.TEXT:
                    await self._hear(client, message.data)
        finally:
            del self.clients[client]
        return client

    async def _hear(self, client: web.WebSocketResponse, frame: str) -> None:
        if "silent" in self._body.bad:
            return
        if frame == "ping":
            await _send(client, "pong")
            return
        try:
            data = json.loads(frame)["Data"]
            cmd, board, request_id = (
                int(data["Cmd"]),
                data["MainboardID"],
                data["RequestID"],
            )
            asked = dict(data["Data"])
        except KeyError, RecursionError, TypeError, ValueError:
            # What makes no sense is not answered.
            return
        if self._body.variant.is_resin and board != self._body.serial:
            return
        answer = self._orders.do(cmd, asked)
        if answer is None:
            return
        said = _WRONG_CMD if "wrong_cmd" in self._body.bad else cmd
        await _send(client, self._reply(said, request_id, answer))
        if cmd == ATTRIBUTES:
            told = self._body.attributes()
            await _send(client, self._report("attributes", "Attributes", told))
        elif cmd == STATUS:
            self.push()

    def _reply(self, cmd: int, request_id: str, answer: dict[str, Any]) -> str:
        board = self._body.serial
        data = {
            "Cmd": cmd,
            "Data": answer,
            "RequestID": request_id,
            "MainboardID": board,
            "TimeStamp": self._now_s(),
        }
        body = {"Id": "", "Data": data, "Topic": f"sdcp/response/{board}"}
        return json.dumps(body)

    async def _upload(self, request: web.Request) -> web.Response:
        body = self._body
        words, name, slice_ = await _form(request)
        if name is None or not words.keys() >= _UPLOAD_KEYS:
            return web.json_response(refused(-4))
        if "full_storage" in body.bad:
            return web.json_response(refused(-3))
        if "lose_place" in body.bad and int(words["Offset"]):
            del body.bad["lose_place"]
            body.shelf.lose()
            return web.json_response(refused(-2))
        body.shelf.keeps_half = "half_upload" in body.bad
        before = len(body.shelf.arrived)
        answer = body.shelf.take(words, name, slice_)
        if len(body.shelf.arrived) > before:
            is_whole = body.shelf.arrived[-1][1]
            if "md5_failure" in body.bad or not is_whole:
                self.push_error("1")
        return web.json_response(answer)

    async def _pictures(self, request: web.Request) -> web.StreamResponse:
        return await pictures(
            request, self._body.machine, lambda: self._body.is_video_on
        )


async def _form(request: web.Request) -> tuple[dict[str, str], str | None, bytes]:
    """Reads words, the file's name and the slice; nothing stays of what is cut off."""
    words, name, slice_ = dict[str, str](), None, b""
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "File":
            name, slice_ = part.filename, bytes(await part.read())
        else:
            words[part.name or ""] = await part.text()
    return words, name, slice_


async def _send(client: web.WebSocketResponse, frame: str) -> None:
    with contextlib.suppress(ConnectionError):
        await client.send_str(frame)
