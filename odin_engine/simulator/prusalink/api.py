"""What can be asked and told, route by route, with the refusals of the real ones."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from odin_engine.simulator.plain import PlainJob, plan_from_gcode
from odin_engine.simulator.plain.camera import picture
from odin_engine.simulator.plain.thumbnail import cube_png
from odin_engine.simulator.prusalink import documents
from odin_engine.simulator.prusalink.http import Hang, Request, Response
from odin_engine.simulator.prusalink.shelf import is_printable

if TYPE_CHECKING:
    from odin_engine.simulator.prusalink.printer import SimulatedPrusaLink

_STARTABLE = frozenset({"IDLE", "READY", "STOPPED", "FINISHED"})
_FORBIDDEN = set('\\:*?"<>|')
_LONGEST_NAME = 255
_READ_BYTES = 256 * 1024
_GARBAGE = (
    b"",
    b"{",
    b"[1, 2]",
    b"null",
    b'{"printer": 7}',
    b"<html>busy</html>",
    b"\xff\xfe\x00",
)


class Api:
    """The routes of one printer."""

    def __init__(self, printer: SimulatedPrusaLink) -> None:
        self._printer = printer
        self._garbage = 0

    async def answer(self, request: Request) -> Response:
        """Answers a request that may be asked."""
        printer = self._printer
        path = request.path
        if path == "/api/v1/status" and printer.garbage_left > 0:
            printer.garbage_left -= 1
            self._garbage += 1
            return Response(200, _GARBAGE[self._garbage % len(_GARBAGE)])
        plain: dict[str, Callable[[SimulatedPrusaLink], Any]] = {
            "/api/version": documents.version,
            "/api/printer": documents.printer_of_old,
            "/api/v1/info": documents.info,
            "/api/v1/status": documents.status,
            "/api/v1/storage": documents.storage,
        }
        if path in plain:
            return _json(plain[path](printer))
        if path == "/api/v1/job":
            return self._job()
        if path == "/api/v1/transfer":
            return self._transfer()
        for prefix, serve in self._branches():
            if path.startswith(prefix):
                return await serve(request, path.removeprefix(prefix))
        return self.refuse(404, "Not found")

    def refuse(self, status: int, words: str) -> Response:
        """Says no, as JSON or as a line of text."""
        printer = self._printer
        title = HTTPStatus(status).phrase
        if printer.says_plainly:
            text = f"{status}: {title}\n\n{words}".encode()
            return Response(status, text, {"Content-Type": "text/plain"})
        body = {"title": f"{status}: {title}", "message": words}
        if printer.is_pi:
            body = {"code": title.upper(), "title": title, "text": words}
        return _json(body, status)

    def _branches(
        self,
    ) -> tuple[tuple[str, Callable[[Request, str], Awaitable[Response]]], ...]:
        return (
            ("/api/v1/job/", self._command),
            ("/api/v1/files/", self._files),
            ("/api/v1/cameras", self._cameras),
            ("/thumb/", self._picture),
            ("/api/thumbnails/", self._picture),
        )

    def _job(self) -> Response:
        body = documents.job(self._printer)
        if body is None:
            return Response()
        response = _json(body)
        if not self._printer.shelf.is_there:
            # It leaves out what it cannot look up, and not the comma before it.
            response.body = response.body[:-2] + b",}}"
        return response

    def _transfer(self) -> Response:
        shelf = self._printer.shelf
        if shelf.receiving is None and shelf.settles <= 0:
            if not self._printer.has_other_transfer:
                return Response()
            return _json({"id": 9, "type": "FROM_CONNECT", "progress": 40.0})
        if shelf.receiving is None:
            shelf.settles -= 1
        return _json({"id": 7, "type": "FROM_WEB", "progress": 42.25})

    async def _command(self, request: Request, rest: str) -> Response:
        printer = self._printer
        number, _, word = rest.partition("/")
        word = word or {"DELETE": "stop"}.get(request.method, "")
        printer.orders.append(word)
        if printer.ignores:
            raise Hang
        if printer.refuses:
            return self.refuse(409, "Not now")
        if printer.swallows:
            return Response()
        state = documents.state(printer)
        if not documents.has_job(printer) or number != str(printer.job_id):
            return self.refuse(404, "Not the current job")
        machine = printer.machine
        match word:
            case "pause" if state == "PRINTING":
                machine.pause()
            case "resume" if state == "PAUSED":
                machine.resume()
            case "continue" if printer.is_pi:
                # It says yes and does nothing, as of 0.8.1.
                pass
            case "stop":
                printer.stop()
            case "continue":
                return self.refuse(400, "Bad request")
            case _:
                return self.refuse(409, "Job is not printing")
        return Response()

    async def _files(self, request: Request, rest: str) -> Response:
        shelf = self._printer.shelf
        segment, _, name = rest.partition("/")
        if segment != shelf.name:
            return self.refuse(403, "Location not found")
        place = shelf.path(name)
        if not shelf.is_there or place is None:
            return self.refuse(404, "No such storage")
        if request.method == "PUT":
            return await self._put(request, name)
        if request.method == "DELETE" and shelf.lag and not place.exists():
            return self.refuse(500, "Internal Server Error")
        if not place.exists() or shelf.is_behind():
            return self.refuse(404, "File not found")
        return self._stored(request.method, name, place)

    def _stored(self, method: str, name: str, place: Path) -> Response:
        """Answers what is asked or told of something that is there."""
        printer = self._printer
        match method:
            case "GET" | "HEAD" if place.is_dir():
                children = printer.shelf.children(place)
                response = _json({"type": "FOLDER", "children": children})
            case "GET" | "HEAD":
                response = _json(documents.file(printer, name))
            case "DELETE" if printer.machine.is_busy and place.name == printer.file:
                response = self.refuse(409, "File is busy")
            case "DELETE":
                place.unlink()
                response = Response()
            case "POST":
                response = self._start(name)
            case _:
                response = self.refuse(405, "Method not allowed")
        return response

    def _start(self, name: str) -> Response:
        printer = self._printer
        printer.orders.append("start")
        if printer.ignores:
            raise Hang
        if printer.refuses or documents.state(printer) not in _STARTABLE:
            return self.refuse(409, "Can't print right now")
        if not printer.swallows:
            printer.print_file(name)
        return Response()

    async def _put(self, request: Request, name: str) -> Response:
        shelf = self._printer.shelf
        refusal = self._judge(request, name)
        place = shelf.path(name)
        if refusal is not None or place is None:
            return refusal or self.refuse(422, "Bad name")
        length = request.length or 0
        kind = request.headers.get("content-type", "")
        if looks_too_early(self._printer, kind) and not place.exists():
            return self.refuse(500, "Internal Server Error")
        if not await shelf.take(place, request.blocks(), length):
            return self.refuse(507, "USB write error or USB full")
        shelf.settles = self._printer.settles_for
        if request.headers.get("print-after-upload") == "?1":
            answer = self._start(name)
            if answer.status >= 300:
                return answer
        return Response(201)

    def _judge(self, request: Request, name: str) -> Response | None:
        """Returns why an upload is not even begun."""
        for header in ("overwrite", "print-after-upload", "create-folder"):
            if request.headers.get(header, "?0") not in {"?0", "?1"}:
                return self.refuse(400, "Invalid Boolean Header")
        base = name.rsplit("/", 1)[-1]
        place = self._printer.shelf.path(name)
        if self._printer.shelf.receiving or self._printer.has_other_transfer:
            return self.refuse(409, "Another transfer in progress")
        checks = (
            (request.length is None, 411, "Length required"),
            (request.length == 0, 501, "Empty file"),
            (not is_printable(base), 415, "Not a GCODE"),
            (bool(_FORBIDDEN & set(base)), 422, "Bad file name"),
            (len(base) > _LONGEST_NAME, 431, "File name too long"),
            (
                place is not None
                and place.exists()
                and request.headers.get("overwrite") != "?1",
                409,
                "File already exists",
            ),
        )
        for is_wrong, status, words in checks:
            if is_wrong:
                return self.refuse(status, words)
        return None

    async def _cameras(self, request: Request, rest: str) -> Response:
        printer = self._printer
        if not printer.is_pi:
            return self.refuse(404, "Not found")
        if not rest:
            row = {"camera_id": "cam1", "config": {"name": "Pi"}, "connected": True}
            return _json({"camera_list": [row] if printer.has_camera else []})
        if rest not in {"/snap", "/cam1/snap"} or not printer.has_camera:
            return self.refuse(404, "Camera is not available")
        if request.method == "GET" and printer.has_photo:
            seen = await asyncio.to_thread(picture, printer.machine)
            return Response(200, seen, {"Content-Type": "image/jpeg"})
        return Response()

    async def _picture(self, request: Request, rest: str) -> Response:
        del request, rest
        if not self._printer.has_pictures:
            return self.refuse(404, "Not found")
        return Response(200, cube_png(), {"Content-Type": "image/png"})


def looks_too_early(printer: SimulatedPrusaLink, kind: str) -> bool:
    """Whether it looks what kind a file is before it is there, as Prusa-Link 0.8.1."""
    return printer.is_pi and kind == "application/octet-stream"


def plan(printer: SimulatedPrusaLink, name: str) -> PlainJob:
    """Returns what a file prints, by what its beginning and end say."""
    place = printer.shelf.path(name)
    if place is None or not place.is_file():
        return PlainJob(name)
    size = place.stat().st_size
    with place.open("rb") as file:
        content = file.read(_READ_BYTES)
        if size > 2 * _READ_BYTES:
            file.seek(-_READ_BYTES, 2)
        content += b"\n" + file.read(_READ_BYTES)
    return plan_from_gcode(name, content, size)


def _json(body: object, status: int = 200) -> Response:
    return Response(status, orjson.dumps(body), {"Content-Type": "application/json"})
