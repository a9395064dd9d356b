"""The integration in a real Home Assistant: processes, sockets, its own API, a browser.

One Home Assistant serves all files that a test process runs; a test leaves it as it
found it. A test fails when Home Assistant's log complained about something of ours, when
it spoke to another machine, or when the browser's console complained.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page

from script.home_assistant import INTEGRATION
from script.home_assistant_person import Person
from tests.e2e.browser import Windows, run_browser
from tests.e2e.home_assistant.home import Home, run_home
from tests.e2e.panel.place import Place

_MOST_S = 300
_TOLD_BY_THE_PAGE = re.compile(r"status of 503 .*/(camera|files|job|prints)/")
"""A printer is slow to hand out its files: then the page shows no picture."""


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
    """Opens a path of Home Assistant in a new window; more options are `Windows`'."""

    def __call__(
        self,
        path: str = "/odin",
        *,
        by: Person | None = None,
        is_signed_in: bool = True,
        **options: Any,  # noqa: ANN401 - Playwright's
    ) -> Page: ...


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a head."""
    is_built = (INTEGRATION / "frontend").exists()
    lacks = "" if is_built else "panel and cards are not built: run script/panel"
    with run_browser(lacks) as browser:
        yield browser


@pytest.fixture
def window(browser: Browser, home: Home) -> Iterator[Window]:
    """Opens a path: `window("/odin", width=390, theme="dark")`."""
    windows = Windows(browser, _TOLD_BY_THE_PAGE)
    base = home.core.base

    def open_page(
        path: str = "/odin",
        *,
        by: Person | None = None,
        is_signed_in: bool = True,
        **options: Any,  # noqa: ANN401 - Playwright's
    ) -> Page:
        if is_signed_in:
            options["storage_state"] = _remembered(base, by or home.owner)
        return windows.open(f"{base}{path}", **options)

    yield open_page
    windows.close()


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
