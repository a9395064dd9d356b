import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import Depends, FastAPI

from odin_engine.kernel import http
from odin_engine.kernel.web import CLIENT_PATHS, web_router

INDEX = '<!doctype html><base href="/" /><script src="./assets/app-1.js"></script>'
SCRIPT = "console.log('the panel');\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a build leaves, beside something that is nobody's business."""
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    (web / "docs").mkdir()
    (web / "index.html").write_text(INDEX)
    (web / "favicon.svg").write_text("<svg/>")
    (web / "manifest.webmanifest").write_text("{}")
    (web / "assets" / "app-1.js").write_text(SCRIPT)
    (web / "assets" / "app-1.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (web / "assets" / "app-1.css").write_text("html{}")
    (web / "secret.js").write_text("no")
    (tmp_path / "outside.js").write_text("no")
    return web


@pytest.fixture
async def browser(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with _browser(folder) as client:
        yield client


def _browser(folder: Path, root_path: str = "") -> httpx.AsyncClient:
    app = FastAPI()
    http.install(app)
    app.include_router(web_router(Depends(_anybody), folder))
    transport = httpx.ASGITransport(app, root_path=root_path)
    return httpx.AsyncClient(transport=transport, base_url="http://odin")


async def _anybody() -> None:
    return None


@pytest.mark.parametrize("path", CLIENT_PATHS)
async def test_every_client_path_opens_the_panel(
    browser: httpx.AsyncClient, path: str
) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 200
    assert answer.text == INDEX
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "unsafe-inline" not in answer.headers["content-security-policy"]


async def test_unknown_paths_are_not_the_panel(browser: httpx.AsyncClient) -> None:
    for path in ("/nowhere", "/printers", "/printers/add/more", "/index.html"):
        answer = await browser.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["code"] == "not_found"


async def test_assets_are_kept_forever(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assets/app-1.js", headers={"Accept-Encoding": "br"})
    assert answer.text == SCRIPT
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "content-encoding" not in answer.headers


async def test_the_packed_file_goes_to_who_takes_it(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assets/app-1.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert answer.text == SCRIPT
    refused = await browser.get(
        "/assets/app-1.js", headers={"Accept-Encoding": "gzip;q=0, br"}
    )
    assert "content-encoding" not in refused.headers
    unpacked = await browser.get("/assets/app-1.css")
    assert "content-encoding" not in unpacked.headers


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../secret.js",
        "/assets/..%2fsecret.js",
        "/assets/%2e%2e/secret.js",
        "/assets/..%5csecret.js",
        "/assets/..%2f..%2foutside.js",
        "/assets/%2fetc%2fpasswd",
        "/assets/app-1.js%00",
        "/assets/app-1.js.gz",
        "/assets/",
        "/assets/%2e%2e",
        "/secret.js",
        "/docs/app.js",
        "/licenses.md",
    ],
)
async def test_nothing_else_can_be_read(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(httpx.URL("http://odin", raw_path=path.encode()))
    assert answer.status_code in {400, 404}, path


async def test_root_files_have_their_types(browser: httpx.AsyncClient) -> None:
    icon = await browser.get("/favicon.svg")
    assert icon.headers["content-type"] == "image/svg+xml"
    manifest = await browser.head("/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"


async def test_addresses_follow_the_prefix(folder: Path) -> None:
    async with _browser(folder, '/proxy/"x') as browser:
        answer = await browser.get('/proxy/"x/')
    assert '<base href="/proxy/&quot;x/" />' in answer.text


async def test_without_a_build_it_says_what_to_do(tmp_path: Path) -> None:
    async with _browser(tmp_path / "never") as browser:
        answer = await browser.get("/")
        assert answer.status_code == 503
        assert "script/panel" in answer.text
        assert (await browser.get("/assets/app-1.js")).status_code == 404
