"""A real browser for the tests: the system's Chromium, and windows that complain.

A window notes each request to another origin, each warning or error of the console and
each script that failed; `close` fails when there was any that nobody excused.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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

ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--no-first-run"]
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE_MS = 40_000
_TOUCHED_BELOW_PX = 700
_NOT_ASKED_OF_ANYBODY = frozenset({"blob", "data"})

expect.set_options(timeout=_PATIENCE_MS)


def chromium() -> str | None:
    """Returns where the system's Chromium is."""
    return next(filter(None, map(shutil.which, _CHROMIUM)), None)


@contextmanager
def run_browser(lacks: str = "") -> Iterator[Browser]:
    """Runs Chromium without a head; skips where it, or what `lacks` says, is missing."""
    found = chromium()
    reason = lacks if found else "Chromium is not installed"
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


class Windows:
    """The windows of one test. What matches `excused` is no complaint."""

    def __init__(self, browser: Browser, excused: re.Pattern[str]) -> None:
        self._browser = browser
        self._excused = excused
        self._contexts: list[BrowserContext] = []
        self._complaints: list[str] = []

    def open(
        self,
        address: str,
        *,
        width: int = 1440,
        height: int = 1000,
        theme: str = "light",
        expects_errors: bool = False,
        **options: object,
    ) -> Page:
        """Opens an address in a window of its own; `options` are Playwright's."""
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        context = self._browser.new_context(
            base_url=origin,
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]  # light or dark
            has_touch=width < _TOUCHED_BELOW_PX,
            reduced_motion="reduce",
            locale="en-GB",
            **options,  # type: ignore[arg-type]
        )
        self._contexts.append(context)
        context.set_default_timeout(_PATIENCE_MS)
        page = context.new_page()
        page.on("request", lambda request: self._asked(request, origin))
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        if not expects_errors:
            page.on("console", self._said)
        page.goto(address)
        return page

    def close(self) -> None:
        """Closes all of them, and fails when there were complaints."""
        for context in self._contexts:
            context.close()
        assert not self._complaints, self._complaints

    def _asked(self, request: Request, origin: str) -> None:
        address = urlsplit(request.url)
        if (
            address.scheme not in _NOT_ASKED_OF_ANYBODY
            and f"{address.scheme}://{address.netloc}" != origin
        ):
            self._complaints.append(f"asked {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        where = urlsplit(message.location.get("url", "")).path
        said = f"{message.type}: {message.text} {where}"
        if not self._excused.search(said):
            self._complaints.append(said)
