"""The sockets of a Centauri Carbon 2: its broker, its uploads, its pictures."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from odin_engine.simulator.bambu.mqtt import Broker
from odin_engine.simulator.bambu.mqtt_packets import Connack
from odin_engine.simulator.elegoo.cc2_body import Cc2Body
from odin_engine.simulator.elegoo.pictures import pictures
from odin_engine.simulator.listening import hang_up

_USER = "elegoo"
_DEFAULT_CODE = "123456"
_GARBAGE = (b"{", b"[1,2]", b"\x00\xff")
_MOST_UPLOAD = 4 << 20
_LOST_PLACE, _DAMAGED = 9000, 9004


class Cc2Server:
    """Serves one machine; implements the broker's `Gate`."""

    def __init__(self, body: Cc2Body, code: str | None) -> None:
        self._body = body
        self._code = code or _DEFAULT_CODE
        self.broker = Broker(self)
        self._mqtt: asyncio.Server | None = None
        self._runners: list[web.AppRunner] = []
        self._told: dict[str, Any] = {}
        self._number = 0
        self._garbage = 0
        self._uploads: dict[str, int] = {}

    async def open(self, host: str, wanted: Mapping[str, int]) -> dict[str, int]:
        """Opens every port and gives them; OSError where one cannot be had."""
        loop = asyncio.get_running_loop()
        self._mqtt = await loop.create_server(
            self.broker.session, host, wanted.get("mqtt", 0)
        )
        files = web.Application(client_max_size=_MOST_UPLOAD)
        files.router.add_put("/upload", self._upload)
        camera = web.Application()
        camera.router.add_get("/", self._pictures)
        try:
            return {
                "mqtt": int(self._mqtt.sockets[0].getsockname()[1]),
                "upload": await self._serve(files, host, wanted.get("upload", 0)),
                "camera": await self._serve(camera, host, wanted.get("camera", 0)),
            }
        except OSError:
            await self.close()
            raise

    async def close(self) -> None:
        """Cuts whoever is there and closes the ports."""
        server, self._mqtt = self._mqtt, None
        self.cut()
        if server is not None:
            hang_up(server, cut=True)
            await server.wait_closed()
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    def cut(self) -> None:
        """Cuts every connection without a word."""
        self.broker.drop_all()

    def push(self) -> None:
        """Tells everybody what has changed since the last time."""
        if not self.broker.has_listeners or "silent" in self._body.bad:
            return
        topic = f"elegoo/{self._body.serial}/api_status"
        if "garbage" in self._body.bad:
            self._garbage += 1
            self.broker.publish(topic, _GARBAGE[self._garbage % len(_GARBAGE)])
        now = self._body.status()
        news = _changes(self._told, now)
        self._told = now
        if not news:
            return
        self._number += 1
        if "gaps" in self._body.bad and self._number % 3:
            return
        event = {"id": self._number, "method": 6000, "result": news}
        self.broker.publish(topic, json.dumps(event).encode())

    def login(self, username: str, password: str) -> Connack:
        """Answers a CONNECT."""
        is_right = (username, password) == (_USER, self._code)
        return Connack.ACCEPTED if is_right else Connack.NOT_AUTHORISED

    def may_subscribe(self, topic_filter: str) -> bool:
        """Says whether a filter may be subscribed to: any, also of another serial."""
        return bool(topic_filter)

    def subscribed(self) -> None:
        """Hears that somebody has subscribed; nothing comes of it."""

    def received(self, topic: str, payload: bytes, qos: int) -> None:  # noqa: ARG002 - the gate's
        """Takes a message a client published; of another serial's it hears nothing."""
        levels = topic.split("/")
        if levels[:2] != ["elegoo", self._body.serial] or "silent" in self._body.bad:
            return
        try:
            body = json.loads(payload)
            if levels[2:] == ["api_register"]:
                self._register(body)
            elif levels[3:] == ["api_request"]:
                self._request(levels[2], body)
        except AttributeError, KeyError, RecursionError, TypeError, ValueError:
            # What makes no sense is not answered.
            return

    def _register(self, body: dict[str, Any]) -> None:
        outcome = "too many clients" if "too_many_clients" in self._body.bad else "ok"
        answer = {"client_id": body["client_id"], "error": outcome}
        self._say(f"{body['request_id']}/register_response", answer)

    def _request(self, client: str, body: dict[str, Any]) -> None:
        if body.get("type") == "PING":
            self._say(f"{client}/api_response", {"type": "PONG"})
            return
        method = int(body["method"])
        result = self._body.do(method, body.get("params") or {})
        if result is not None:
            answer = {"id": body["id"], "method": method, "result": result}
            self._say(f"{client}/api_response", answer)
            self.push()

    def _say(self, topic: str, body: dict[str, Any]) -> None:
        self.broker.publish(
            f"elegoo/{self._body.serial}/{topic}", json.dumps(body).encode()
        )

    async def _serve(self, app: web.Application, host: str, port: int) -> int:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, host, port).start()
        return int(runner.addresses[0][1])

    async def _upload(self, request: web.Request) -> web.Response:
        body = self._body
        slice_ = await request.read()
        span, total = request.headers["Content-Range"].removeprefix("bytes ").split("/")
        offset = int(span.split("-")[0])
        if "lose_place" in body.bad and offset:
            del body.bad["lose_place"]
            body.shelf.lose()
            return web.json_response({"error_code": _LOST_PLACE})
        body.shelf.keeps_half = "half_upload" in body.bad
        name, md5 = request.headers["X-File-Name"], request.headers["X-File-MD5"]
        if offset == 0:
            body.shelf.abort(md5)
        form = {
            "Uuid": md5,
            "Offset": str(offset),
            "S-File-MD5": md5,
            "TotalSize": total,
        }
        before = len(body.shelf.arrived)
        answer = body.shelf.take(form, name, slice_)
        if not answer["success"]:
            return web.json_response({"error_code": _LOST_PLACE})
        if len(body.shelf.arrived) > before and not body.shelf.arrived[-1][1]:
            return web.json_response({"error_code": _DAMAGED})
        return web.json_response({"error_code": 0, "offset": offset + len(slice_) - 1})

    async def _pictures(self, request: web.Request) -> web.StreamResponse:
        return await pictures(
            request, self._body.machine, lambda: self._body.is_video_on
        )


def _changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Returns the leaves of a document that are not as they were."""
    changed: dict[str, Any] = {}
    for key, value in new.items():
        before = old.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            inner = _changes(before, value)
            if inner:
                changed[key] = inner
        elif value != before:
            changed[key] = value
    return changed
