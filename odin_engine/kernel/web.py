"""The panel's pages, as `script/panel` built them into `web/`: one document, its files.

The document holds no data and asks the API for everything, so it is open to all. Its
addresses are relative to a `<base>` that follows the prefix under which we are reached.
"""

import html
import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, params
from fastapi import Path as PathParameter
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from odin_engine.kernel.errors import NotFound

CLIENT_PATHS = (
    "/",
    "/printers/add",
    "/printers/{printer_id}",
    "/alerts",
    "/settings",
    "/settings/{section}",
)
"""Places inside the panel that can be opened directly (`frontend_panel` `place.ts`)."""

_BUILT = Path(__file__).parents[1] / "web"
_INDEX = "index.html"
_BASE = '<base href="/" />'

_MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".md": "text/markdown",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_ROOT_FILES = (
    "apple-touch-icon.png",
    "favicon.svg",
    "icon-192.png",
    "icon-512.png",
    "icon-maskable-512.png",
    "licenses.md",
    "manifest.webmanifest",
)

_FOREVER = "public, max-age=31536000, immutable"
"""The names of assets carry a hash of what is in them."""
_A_WHILE = "public, max-age=3600"
_ASK_FIRST = "no-cache"

_TAKES_GZIP = re.compile(r"\b(gzip|\*)(?!\s*;\s*q=0(\.0*)?\s*(,|$))")

_NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>O.D.I.N.</title>
<h1>The web pages are not built yet</h1>
<p>The engine runs, and so does its API. To get the pages, install Node 20.19 or newer,
run <code>script/panel</code> in the project's folder, and load this page again.</p>
"""


def web_router(guard: params.Depends, folder: Path = _BUILT) -> APIRouter:
    """Returns the routes of the panel, to be mounted without a prefix.

    `guard` decides who may see them; `folder` is looked at anew for each request, so a
    new build needs no restart.
    """
    router = APIRouter(include_in_schema=False, dependencies=[guard])

    def page(request: Request) -> Response:
        """Answers the one document of the panel."""
        return _page(folder, request)

    def asset(
        request: Request, name: Annotated[str, PathParameter(max_length=128)]
    ) -> Response:
        """Answers a file whose name tells its content."""
        return _file(folder / "assets", name, _FOREVER, request)

    def root_file(request: Request) -> Response:
        """Answers one of the few files with a fixed name."""
        return _file(folder, request.url.path.rpartition("/")[2], _A_WHILE, request)

    for path in CLIENT_PATHS:
        _add(router, path, page)
    for name in _ROOT_FILES:
        _add(router, f"/{name}", root_file)
    _add(router, "/assets/{name}", asset)
    return router


def _add(router: APIRouter, path: str, endpoint: Callable[..., Response]) -> None:
    router.add_api_route(path, endpoint, methods=["GET", "HEAD"])


def _page(folder: Path, request: Request) -> Response:
    headers = {"Cache-Control": _ASK_FIRST}
    index = folder / _INDEX
    if not index.is_file():
        return HTMLResponse(_NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE, headers)
    prefix = html.escape(request.scope.get("root_path", "").rstrip("/"))
    document = index.read_text(encoding="utf-8")
    return HTMLResponse(
        document.replace(_BASE, f'<base href="{prefix}/" />'), headers=headers
    )


def _file(folder: Path, name: str, cache: str, request: Request) -> Response:
    """Answers a file right in that folder; a name can lead nowhere else."""
    media_type = _MEDIA_TYPES.get(Path(name).suffix)
    if media_type is None or Path(name).name != name:
        raise NotFound("There is no such file.")
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    packed = folder / f"{name}.gz"
    if _takes_gzip(request) and packed.is_file():
        headers["Content-Encoding"] = "gzip"
        return FileResponse(packed, headers=headers, media_type=media_type)
    if not (folder / name).is_file():
        raise NotFound("There is no such file.")
    return FileResponse(folder / name, headers=headers, media_type=media_type)


def _takes_gzip(request: Request) -> bool:
    return _TAKES_GZIP.search(request.headers.get("accept-encoding", "")) is not None
