"""The local storage over the REST API.

Source: docs.octoprint.org, "File operations"; OctoPrint 1.11, `server/api/files.py`.
"""

from collections.abc import Mapping

from aiohttp import BodyPartReader, web

from odin_engine.simulator.octoprint import shapes
from odin_engine.simulator.octoprint.answers import done, no, said
from odin_engine.simulator.octoprint.host import Host

_KEPT = 64 * 1024
_FILE = "/api/files/local/{path:.+}"


class Shelf:
    """Serves the files of one server; `uploading` counts the pieces that came."""

    def __init__(self, host: Host, wrong: Mapping[str, Mapping[str, object]]) -> None:
        self._host = host
        self._wrong = wrong
        self.uploading = 0

    def routes(self) -> list[web.RouteDef]:
        """Returns where files are."""
        return [
            web.get("/api/files", self._files),
            web.post("/api/files/local", self._upload),
            web.get(_FILE, self._file),
            web.post(_FILE, self._select),
            web.delete(_FILE, self._delete),
            web.get("/api/timelapse", self._timelapse),
        ]

    async def _files(self, _: web.Request) -> web.Response:
        listed = [shapes.file(each) for each in self._host.files.values()]
        return said({"files": listed, "free": 1 << 33, "total": 1 << 35})

    async def _file(self, request: web.Request) -> web.Response:
        stored = self._host.files.get(request.match_info["path"])
        return said(shapes.file(stored)) if stored else no(404, "Not found")

    async def _upload(self, request: web.Request) -> web.Response:
        form, path, size, kept = await request.multipart(), None, 0, b""
        async for part in form:
            if not isinstance(part, BodyPartReader) or part.name != "file":
                continue
            path = part.filename
            while chunk := await part.read_chunk(_KEPT):
                self.uploading += 1
                size += len(chunk)
                kept = (kept + chunk)[:_KEPT] if size <= _KEPT else kept
        if not path:
            return no(400, "No file to upload and no folder to create")
        if self._prints(path):
            return no(409, "Trying to overwrite file that is currently being printed")
        if "half_upload" in self._wrong:
            size //= 2
        self._host.store(path, size, kept)
        file = {"name": path, "path": path, "origin": "local", "refs": {}}
        kept_as = {"file": file} if self._host.is_new else {"files": {"local": file}}
        ends = {"done": True, "effectiveSelect": False, "effectivePrint": False}
        return said(kept_as | ends, 201)

    def _prints(self, path: str) -> bool:
        selected = self._host.selected
        is_it = selected is not None and selected.path == path
        return is_it and self._host.machine.is_busy

    async def _select(self, request: web.Request) -> web.Response:
        path, body = request.match_info["path"], await request.json()
        if path not in self._host.files:
            return no(404, "Not found")
        if not self._host.is_there:
            return no(409, "Printer is not operational, cannot directly start printing")
        if self._host.machine.is_busy:
            return no(409, "Printer is already printing, cannot select a new file")
        if body.get("print") is True and "not_started" not in self._wrong:
            self._host.start_file(path)
        return done()

    async def _delete(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        if path not in self._host.files:
            return no(404, "Not found")
        if self._prints(path):
            return no(409, "Trying to delete a file that is currently in use")
        del self._host.files[path]
        return done()

    async def _timelapse(self, _: web.Request) -> web.Response:
        file = {"name": "part.mp4", "bytes": 1024, "timestamp": 1_780_000_000}
        return said({"config": {"type": "off"}, "files": [file]})
