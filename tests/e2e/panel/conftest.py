"""The panel as a person meets it: a real browser, a real engine, a simulated farm.

One engine and one farm serve all tests of a file; every test gets a fresh browser window.
A test fails when the page asked another origin for anything, or when the browser's
console complained.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.e2e.panel.place import PASSWORD, USER, Place, run_engine, run_place

PHONE_PX = 390
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--no-first-run"]
_PATIENCE_MS = 20_000
_TOUCHED_BELOW_PX = 700
_REFUSED = re.compile(r"Failed to load resource: .* status of 4\d\d ")
"""The browser's own word on an answer that the page expects and tells in its way."""

expect.set_options(timeout=_PATIENCE_MS)


def chromium() -> str | None:
    """Returns where the system's Chromium is."""
    return next(filter(None, map(shutil.which, _CHROMIUM)), None)


class Window(Protocol):
    """Opens a path of the panel in a new browser window."""

    def __call__(
        self,
        path: str = "/",
        *,
        width: int = 1440,
        height: int = 1000,
        theme: str = "light",
        at: Place | None = None,
        is_signed_in: bool = True,
        expects_errors: bool = False,
        **options: Any,  # noqa: ANN401 - Playwright's
    ) -> Page: ...


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a head."""
    found = chromium()
    if found is None:
        reason = "Chromium is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The engine and its farm."""
    with run_place(tmp_path_factory.mktemp("place")) as place:
        yield place


@pytest.fixture
def first_start(tmp_path: Path) -> Iterator[Place]:
    """An engine that was never started before."""
    with run_engine(tmp_path) as place:
        yield place


@pytest.fixture(scope="module")
def storage(browser: Browser, place: Place) -> dict[str, object]:
    """The cookies of somebody who signed in once."""
    return signed_in(browser, place)


def signed_in(
    browser: Browser, place: Place, name: str = USER, password: str = PASSWORD
) -> dict[str, object]:
    """Signs in past the page; returns the cookies."""
    context = browser.new_context(base_url=place.base)
    body = {"name": name, "password": password}
    answer = context.request.post("/api/v1/auth/login", data=body)
    assert answer.ok, answer.text()
    state: dict[str, object] = dict(context.storage_state())
    context.close()
    return state


@pytest.fixture
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Window]:
    """Opens a path of the panel: `window("/", width=390, theme="dark")`."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        path: str = "/",
        *,
        width: int = 1440,
        height: int = 1000,
        theme: str = "light",
        at: Place | None = None,
        is_signed_in: bool = True,
        expects_errors: bool = False,
        **options: Any,  # noqa: ANN401 - Playwright's
    ) -> Page:
        base = (at or request.getfixturevalue("place")).base
        if is_signed_in:
            options.setdefault("storage_state", request.getfixturevalue("storage"))
        context = browser.new_context(
            base_url=base,
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]  # light or dark
            has_touch=width < _TOUCHED_BELOW_PX,
            reduced_motion="reduce",
            locale="en-GB",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(_PATIENCE_MS)
        page = context.new_page()

        def asked(request: Request) -> None:
            address = urlsplit(request.url)
            if address.scheme in ("blob", "data"):
                return
            if f"{address.scheme}://{address.netloc}" != base:
                complaints.append(f"asked {request.url}")

        def said(message: ConsoleMessage) -> None:
            if message.type not in ("error", "warning") or expects_errors:
                return
            if not _REFUSED.match(message.text):
                complaints.append(f"{message.type}: {message.text}")

        page.on("request", asked)
        page.on("console", said)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
