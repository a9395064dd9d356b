"""The app's own page inside Home Assistant: a browser, ingress, a real engine."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    async_playwright,
    expect,
)

from tests.e2e.test_app import ADMINS, ANNA, SUPERVISOR_IP, started
from tests.supervisor import IngressProxy, SupervisorApi
from tests.supervisor.ingress import BASE, SESSION

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--no-first-run"]
_PATIENCE_MS = 40_000
_BUILT = Path(__file__).parents[2] / "odin_engine" / "web" / "index.html"
_PRINTER = {
    "name": "Nordlicht",
    "family": "bambu",
    "host": "127.0.0.1",
    "serial": "00M00A000000000",
    "secret": "12345678",
    "ports": {"mqtt": 1},
}
_ADD = """
async printer => {
  const session = await (await fetch("api/v1/auth/session")).json();
  const answer = await fetch("api/v1/printers", {
    method: "POST",
    headers: {"Content-Type": "application/json", "X-CSRF-Token": session.csrf_token},
    body: JSON.stringify(printer),
  });
  return answer.status;
}
"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, without a head."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if found is None or not _BUILT.is_file():
        reason = "Chromium is not installed, or script/panel did not build the panel"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=found, args=_ARGUMENTS
        )
        yield browser
        await browser.close()


async def test_the_panel_lives_below_home_assistants_address(
    browser: Browser, tmp_path: Path
) -> None:
    api = SupervisorApi()
    api.users = ADMINS
    complaints: list[str] = []
    async with api.running(), started(tmp_path, api) as app:
        proxy = IngressProxy(app.ingress_base, ANNA, SUPERVISOR_IP)
        async with proxy.running():
            context = await browser.new_context(locale="en-GB")
            await _sign_in(context, proxy.origin)
            page = await context.new_page()
            _listen(page, proxy.origin, complaints)
            await page.goto(f"{proxy.origin}{BASE}/")
            # Home Assistant said who it is: nobody is asked to set up or sign in.
            empty = page.get_by_text("No printers yet")
            await expect(empty).to_be_visible(timeout=_PATIENCE_MS)
            assert await page.evaluate(_ADD, _PRINTER) == 201
            # Told by the socket, not by loading the page anew.
            card = page.get_by_text("Nordlicht").first
            await expect(card).to_be_visible(timeout=_PATIENCE_MS)
            await page.goto(f"{proxy.origin}{BASE}/settings/users")
            add = page.get_by_role("button", name="Add user")
            await expect(add).to_be_visible(timeout=_PATIENCE_MS)
            cookies = {each.get("name") for each in await context.cookies()}
            assert cookies == {"ingress_session"}
            await context.close()
    assert complaints == []


async def _sign_in(context: BrowserContext, origin: str) -> None:
    await context.add_cookies(
        [
            {
                "name": "ingress_session",
                "value": SESSION,
                "domain": urlsplit(origin).hostname or "",
                "path": "/api/hassio_ingress/",
                "sameSite": "Strict",
            }
        ]
    )


def _listen(page: Page, origin: str, complaints: list[str]) -> None:
    def asked(request: Request) -> None:
        if not request.url.startswith((f"{origin}{BASE}/", "blob:", "data:")):
            complaints.append(f"asked {request.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.type}: {message.text}")

    page.on("request", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: complaints.append(str(error)))
