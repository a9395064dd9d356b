"""The API pages: who sees them, what they load, and that a browser runs them."""

import asyncio
import os
import re
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NoReturn

import pytest
import uvicorn
from fastapi import Depends, FastAPI
from httpx import ASGITransport, AsyncClient

import odin_engine
from odin_engine.identity.model import LoginRequired
from odin_engine.kernel import http
from odin_engine.kernel.docs import docs_router

_BUILT = Path(odin_engine.__file__).with_name("web") / "docs"
_PAGES = ("/api/docs", "/api/redoc")


def _app(*, is_open: bool = True) -> FastAPI:
    async def guard() -> None:
        if not is_open:
            raise LoginRequired("Sign in first.")

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    http.install(app)
    app.include_router(docs_router(Depends(guard)), prefix="/api")

    @app.get("/api/v1/things/{thing_id}", tags=["things"])
    async def thing(thing_id: str) -> dict[str, str]:
        """Reads a thing."""
        return {"id": thing_id}

    return app


def _client(app: FastAPI) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app), base_url="http://odin.test")


@pytest.fixture
def built() -> None:
    if not _BUILT.is_dir():
        _absent("the API pages are not built: run script/panel (needs Node)")


@pytest.fixture
def chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        _absent("Chromium is not installed: script/bootstrap --system")
    return found


def _absent(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


async def test_the_document_describes_the_api_and_not_its_pages() -> None:
    async with _client(_app()) as client:
        document = (await client.get("/api/openapi.json")).json()
    assert "/api/v1/things/{thing_id}" in document["paths"]
    assert not set(document["paths"]) & {*_PAGES, "/api/openapi.json"}


@pytest.mark.parametrize(
    "path", [*_PAGES, "/api/openapi.json", "/api/docs/redoc.js", "/api/docs/nothing"]
)
async def test_everything_needs_a_login(path: str) -> None:
    async with _client(_app(is_open=False)) as client:
        answer = await client.get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("path", _PAGES)
async def test_a_page_loads_only_what_we_serve(path: str) -> None:
    async with _client(_app()) as client:
        page = await client.get(path)
        loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(loaded) >= 3
        for each in loaded:
            if each != "data:,":
                answer = await client.get(f"/api/{each}")
                assert answer.status_code == 200, each
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*src)|<style|style=|onload=", page.text)


@pytest.mark.usefixtures("built")
async def test_each_page_has_a_nonce_of_its_own() -> None:
    async with _client(_app()) as client:
        pages = [(await client.get("/api/redoc")).text for _ in range(2)]
    assert pages[0] != pages[1]


@pytest.mark.parametrize("name", ["nothing.js", "..%2fdocs.py", "swagger.html"])
async def test_other_files_are_not_there(name: str) -> None:
    async with _client(_app()) as client:
        assert (await client.get(f"/api/docs/{name}")).status_code == 404


@pytest.fixture
async def served() -> AsyncIterator[str]:
    config = uvicorn.Config(_app(), lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve([listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("path", _PAGES)
async def test_a_browser_shows_the_page_and_complains_of_nothing(
    path: str, served: str, chromium: str, tmp_path: Path
) -> None:
    process = await asyncio.create_subprocess_exec(
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--enable-logging=stderr",
        "--virtual-time-budget=10000",
        f"--user-data-dir={tmp_path}",
        "--dump-dom",
        f"{served}{path}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        shown, said = await process.communicate()
    assert b"Reads a thing." in shown or b"/api/v1/things" in shown
    complaints = [line for line in said.decode().splitlines() if ":CONSOLE:" in line]
    assert not complaints
