"""Every page and state at four widths in both themes."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.panel.conftest import Window, signed_in
from tests.e2e.panel.looks import Shown, farm, heading, look, take
from tests.e2e.panel.place import PASSWORD, Place

_PAGES: dict[str, tuple[str, Shown]] = {
    "floor": ("/", farm),
    "drawer": ("/?printer={Nord}", heading("Gearbox housing")),
    "printer-printing": ("/printers/{Nord}", heading("Gearbox housing")),
    "printer-fault": ("/printers/{Magpie}", heading("2 faults")),
    "printer-two-heads": ("/printers/{Atlas}", heading("Desk organiser")),
    "printer-offline": ("/printers/{Old Faithful}", heading("Controls")),
    "printer-gone": ("/printers/none", heading("This printer is not here")),
    "alerts": ("/alerts", heading("Today")),
    "add": ("/printers/add", heading("We found")),
    "settings-printers": ("/settings/printers", heading("Printers")),
    "settings-users": ("/settings/users", heading("Users")),
    "settings-tokens": ("/settings/tokens", heading("Tokens")),
    "settings-sessions": ("/settings/sessions", heading("Sessions")),
    "settings-account": ("/settings/account", heading("Password")),
    "settings-engine": ("/settings/engine", heading("Engine settings")),
    "settings-tasks": ("/settings/tasks", heading("Background tasks")),
    "settings-audit": ("/settings/audit", heading("Audit log")),
    "settings-about": ("/settings/about", heading("About")),
}


@pytest.mark.parametrize("name", _PAGES)
def test_pages(window: Window, place: Place, name: str) -> None:
    path, is_shown = _PAGES[name]
    look(window, name, path.format(**place.printers), is_shown)


def test_nobody_is_signed_in(window: Window) -> None:
    look(window, "sign-in", "/", heading("Sign in"), is_signed_in=False)


def test_nobody_is_known_and_nothing_is_there(
    first_start: Place, window: Window, browser: Browser
) -> None:
    new = {"at": first_start, "is_signed_in": False}
    look(window, "setup", "/", heading("Welcome"), **new)
    create = ("user", "create", "ada", "--role", "admin", "--password-stdin")
    first_start.engine.run(*create, stdin=PASSWORD)
    cookies = signed_in(browser, first_start, "ada", PASSWORD)
    known = {"at": first_start, "storage_state": cookies}
    look(window, "floor-empty", "/", heading("No printers yet"), **known)
    look(window, "alerts-empty", "/alerts", heading("All quiet"), **known)


def test_a_page_is_not_for_everybody(
    window: Window, browser: Browser, place: Place
) -> None:
    name = "vera"
    create = ("user", "create", name, "--role", "viewer", "--password-stdin")
    place.engine.run(*create, stdin=PASSWORD)
    cookies = {"storage_state": signed_in(browser, place, name, PASSWORD)}
    refused = heading("This page is not for you")
    look(window, "not-allowed", "/settings/users", refused, **cookies)
    printer, shown = f"/printers/{place.printers['Nord']}", heading("Gearbox housing")
    look(window, "viewer", printer, shown, **cookies)


def test_it_loads(window: Window) -> None:
    page = window("/api/v1/info")
    page.route_web_socket("**/ws", lambda _: None)  # it never says a word
    page.goto("/")
    expect(page.get_by_text("Loading the printers")).to_be_attached()
    take(page, "floor-loading-1440")


def test_the_engine_is_away(window: Window) -> None:
    page = window(expects_errors=True)
    farm(page)
    page.route("**/api/**", lambda route: route.abort())
    page.route_web_socket("**/ws", lambda socket: socket.close())
    page.reload()
    expect(page.get_by_text("The engine does not answer.")).to_be_visible()
    take(page, "engine-away-1440")
