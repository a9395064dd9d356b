"""The API's description for people: Swagger UI and ReDoc, from files that we ship.

`script/panel` copies the two programs to `web/docs`; the pages and what starts them are
ours. Nothing is asked of another host, and nothing inline runs: what ReDoc writes as
styles at run time carries a nonce that is new with each page.
"""

import secrets
from pathlib import Path
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, params
from fastapi import Path as PathParameter
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from odin_engine.kernel.errors import NotFound
from odin_engine.kernel.http import Json

_OWN = Path(__file__).with_name("api_pages")
_BUILT = Path(__file__).parents[1] / "web" / "docs"
_FILES = {
    "swagger.js": _OWN,
    "redoc.js": _OWN,
    "swagger-ui.css": _BUILT,
    "swagger-ui-bundle.js": _BUILT,
    "redoc.standalone.js": _BUILT,
}
_CACHE = {"Cache-Control": "private, no-cache"}
"""Kept by the browser, but asked about each time: the next release has other ones."""


class DocsNotBuilt(NotFound):
    """The programs behind the pages were never copied here."""

    code: ClassVar[str] = "docs_not_built"

    def __init__(self) -> None:
        super().__init__(
            "The API pages are not part of this installation. Install Node 20.19 or "
            "newer and run script/panel; the description itself is at "
            "/api/openapi.json."
        )


def docs_router(guard: params.Depends) -> APIRouter:
    """Returns the routes below `/api`; `guard` decides who may see them.

    `GET /openapi.json`, `/docs`, `/redoc` and `/docs/<file>`. Addresses in the pages are
    relative, so that they also work behind a prefix.
    """
    router = APIRouter(include_in_schema=False, dependencies=[guard])
    router.add_api_route("/openapi.json", openapi_document)
    router.add_api_route("/docs", swagger_page)
    router.add_api_route("/redoc", redoc_page)
    router.add_api_route("/docs/{name}", page_file)
    return router


async def openapi_document(request: Request) -> Response:
    """Answers the OpenAPI document."""
    document: dict[str, Any] = request.app.openapi()
    return Json(document)


async def swagger_page() -> Response:
    """Shows the API to try out."""
    return HTMLResponse(_page("swagger.html"))


async def redoc_page() -> Response:
    """Shows the API to read."""
    nonce = secrets.token_urlsafe(16)
    policy = (
        "default-src 'self'; img-src 'self' data:; worker-src blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
        f"style-src 'self' 'nonce-{nonce}'"
    )
    page = _page("redoc.html").replace("{nonce}", nonce)
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


async def page_file(name: Annotated[str, PathParameter(max_length=64)]) -> Response:
    """Answers one of the files that the pages load."""
    folder = _FILES.get(name)
    if folder is None:
        raise NotFound("There is no such file.")
    if not (folder / name).is_file():
        raise DocsNotBuilt
    return FileResponse(folder / name, headers=_CACHE)


def _page(name: str) -> str:
    if not _BUILT.is_dir():
        raise DocsNotBuilt
    return (_OWN / name).read_text(encoding="utf-8")
