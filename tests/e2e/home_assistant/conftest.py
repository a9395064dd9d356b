"""The integration in a real Home Assistant: processes, sockets, its own API, a browser.

One Home Assistant serves all files that a test process runs; a test leaves it as it
found it. A test fails when Home Assistant's log complained about something of ours, when
it spoke to another machine, or when the browser's console complained.
"""

import json
import os
import re
import time
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

from script.home_assistant import INTEGRATION
from script.home_assistant_person import Person
from tests.e2e.home_assistant.home import Home, run_home
from tests.e2e.panel.conftest import ARGUMENTS, chromium
from tests.e2e.panel.place import Place

_MOST_S = 300
_PATIENCE_MS = 20_000
_TOUCHED_BELOW_PX = 700
_TOLD_BY_THE_PAGE = re.compile(r"status of 503 .*/(camera|files|job|prints)/")
"""A printer is slow to hand out its files: then the page shows no picture."""

expect.set_options(timeout=_PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives these tests time: the first one waits for all of Home Assistant."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.timeout(_MOST_S))


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with run_home(tmp_path_factory.mktemp("home")) as home:
        yield home


@pytest.fixture
def may_be_said() -> list[str]:
    """Parts of complaints in the log that a test expects; it may add to them."""
    return []


@pytest.fixture
def home(shared_home: Home, may_be_said: list[str]) -> Iterator[Home]:
    """The Home Assistant, whose log is watched."""
    since = shared_home.said()
    yield shared_home
    found = shared_home.problems(since)
    assert [p for p in found if not any(part in p for part in may_be_said)] == []
    assert shared_home.spoken_to() == []


@pytest.fixture
def place(home: Home) -> Place:
    """The engine and the farm."""
    return home.place


class Window(Protocol):
    """Opens a path of Home Assistant in a new browser window."""

    def __call__(
        self,
        path: str = "/odin",
        *,
        by: Person | None = None,
        width: int = 1440,
        height: int = 1000,
        theme: str = "light",
        is_signed_in: bool = True,
        expects_errors: bool = False,
        **options: Any,  # noqa: ANN401 - Playwright's
    ) -> Page: ...


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a head."""
    found = chromium()
    lacks = "" if found else "Chromium is not installed"
    if not (INTEGRATION / "frontend").exists():
        lacks = "panel and cards are not built: run script/panel"
    if lacks and os.environ.get("CI") == "true":
        pytest.fail(lacks)
    if lacks:
        pytest.skip(lacks)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def window(browser: Browser, home: Home) -> Iterator[Window]:
    """Opens a path: `window("/odin", width=390, theme="dark")`."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    base = home.core.base

    def open_page(
        path: str = "/odin",
        *,
        by: Person | None = None,
        width: int = 1440,
        height: int = 1000,
        theme: str = "light",
        is_signed_in: bool = True,
        expects_errors: bool = False,
        **options: Any,  # noqa: ANN401 - Playwright's
    ) -> Page:
        if is_signed_in:
            options["storage_state"] = _remembered(base, by or home.owner)
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

        def heard(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning") and not expects_errors:
                where = urlsplit(message.location.get("url", "")).path
                said = f"{message.type}: {message.text} {where}"
                if not _TOLD_BY_THE_PAGE.search(said):
                    complaints.append(said)

        page.on("request", asked)
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _remembered(base: str, person: Person) -> dict[str, object]:
    """Returns a browser's storage after a login that was to be remembered."""
    tokens = {
        **person.tokens,
        "hassUrl": base,
        "clientId": f"{base}/",
        "expires": int((time.time() + person.tokens["expires_in"]) * 1000),  # noqa: TID251 - the browser's clock
    }
    stored = [{"name": "hassTokens", "value": json.dumps(tokens)}]
    return {"cookies": [], "origins": [{"origin": base, "localStorage": stored}]}
