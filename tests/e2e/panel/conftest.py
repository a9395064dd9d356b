"""The panel as a person meets it: a real browser, a real engine, a simulated farm.

One engine and one farm serve all tests of a file; every test gets a fresh browser window.
A test fails when the page asked another origin for anything, or when the browser's
console complained.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browser import Windows, run_browser
from tests.e2e.panel.place import PASSWORD, USER, Place, run_engine, run_place

PHONE_PX = 390
_REFUSED = re.compile(r"Failed to load resource: .* status of 4\d\d ")
"""The browser's own word on an answer that the page expects and tells in its way."""


class Window(Protocol):
    """Opens a path of the panel in a new browser window; more options are `Windows`'."""

    def __call__(
        self,
        path: str = "/",
        *,
        at: Place | None = None,
        is_signed_in: bool = True,
        **options: Any,  # noqa: ANN401 - Playwright's
    ) -> Page: ...


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a head."""
    with run_browser() as browser:
        yield browser


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
    windows = Windows(browser, _REFUSED)

    def open_page(
        path: str = "/",
        *,
        at: Place | None = None,
        is_signed_in: bool = True,
        **options: Any,  # noqa: ANN401 - Playwright's
    ) -> Page:
        base = (at or request.getfixturevalue("place")).base
        if is_signed_in:
            options.setdefault("storage_state", request.getfixturevalue("storage"))
        return windows.open(f"{base}{path}", **options)

    yield open_page
    windows.close()
