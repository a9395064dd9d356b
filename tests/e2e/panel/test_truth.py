"""Nothing old is shown as fresh, nothing leaves the origin, and the page stays small."""

import gzip
import re
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Response, expect

from tests.e2e.apart import until_healthy
from tests.e2e.panel.conftest import Window
from tests.e2e.panel.place import Place

_FIRST_LOAD_BYTES = 200_000


def test_an_engine_that_is_gone_is_told_and_comes_back(
    window: Window, place: Place
) -> None:
    page = window(expects_errors=True)
    account = page.get_by_role("button", name=re.compile("Live ·"))
    expect(account).to_be_visible()
    page.evaluate("globalThis.wasNotReloaded = true")
    page.get_by_role("link", name="Nord", exact=True).click()
    pause = page.get_by_role("button", name="Pause", exact=True)
    expect(pause).to_be_enabled()
    place.engine.kill()
    told = page.get_by_text("No live data for")
    expect(told).to_be_visible()
    expect(page.get_by_text("Reconnecting by itself.")).to_be_visible()
    expect(page.get_by_text("as of the last report").first).to_be_visible()
    expect(pause).to_be_disabled()
    page.keyboard.press("Escape")
    expect(account).to_be_hidden()
    page.get_by_role("link", name="Add printer").click()
    expect(page.get_by_text("This page did not load")).to_be_visible()
    page.go_back()
    place.engine.start()
    until_healthy(place.base)
    expect(told).to_be_hidden(timeout=40_000)
    expect(account).to_be_visible()
    place.until("Nord", lambda printer: printer["is_live"])
    place.machines.act("Nord", "pause")
    card = page.get_by_role("article", name=re.compile("^Nord"))
    expect(card.get_by_text("Paused", exact=True)).to_be_visible()
    place.machines.act("Nord", "resume")
    assert page.evaluate("globalThis.wasNotReloaded")


def test_an_engine_that_was_never_there_is_told(window: Window) -> None:
    page = window(expects_errors=True)
    expect(page.get_by_role("article").first).to_be_visible()
    page.route("**/api/**", lambda route: route.abort())
    page.route_web_socket("**/ws", lambda socket: socket.close())
    page.reload()
    expect(page.get_by_text("The engine does not answer.")).to_be_visible()
    page.unroute_all()
    expect(page.get_by_role("heading", name="Floor")).to_be_visible()


def test_a_printer_that_is_gone_looks_it(window: Window, place: Place) -> None:
    page = window()
    card = page.get_by_role("article", name=re.compile("^Wren"))
    expect(card.get_by_text("Printing", exact=True)).to_be_visible()
    fresh = _color(card)
    place.machines.misbehave("Wren", "power_cut")
    expect(card.get_by_text("Offline", exact=True)).to_be_visible()
    expect(card.get_by_text(re.compile("no reply"))).to_be_visible()
    expect(card.get_by_text("may still print")).to_be_visible()
    assert _color(card) != fresh
    page.goto(f"/printers/{place.printers['Wren']}")
    expect(page.get_by_text("The printer does not answer.").first).to_be_visible()
    place.machines.end("Wren", "power_cut")
    place.until("Wren", lambda printer: printer["link"] == "online")
    expect(page.get_by_text("The printer does not answer.")).to_have_count(0)


def _color(card: Locator) -> str:
    """Returns the colour in which the first temperature stands there."""
    value = card.get_by_text(re.compile(r"^\s*\d+°\s*$")).first
    color: str = value.evaluate("element => getComputedStyle(element).color")
    return color


def test_a_printer_that_falls_silent_is_told(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Juno']}")
    place.machines.misbehave("Juno", "drop_link")
    place.machines.misbehave("Juno", "silent")
    place.until("Juno", lambda printer: not printer["is_live"])
    expect(page.get_by_text("as of the last report").first).to_be_visible()
    place.machines.end("Juno", "silent")
    place.until("Juno", lambda printer: printer["is_live"])
    expect(page.get_by_text("as of the last report")).to_have_count(0)


def test_the_policy_lets_nothing_in_from_elsewhere(
    window: Window, place: Place
) -> None:
    page = window()
    answer = page.request.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    # Every page, so that the window can see that none of them asks another origin.
    for path in ("/", "/alerts", "/settings/printers", "/settings/audit"):
        page.goto(path)
        expect(page.get_by_role("heading").first).to_be_visible()
    for printer in place.printers.values():
        page.goto(f"/printers/{printer}")
        expect(page.get_by_role("heading", name="Controls")).to_be_visible()


def test_the_first_load_is_small(window: Window, place: Place) -> None:
    page = window("/api/v1/info")
    scripts: dict[str, Response] = {}

    def answered(response: Response) -> None:
        if urlsplit(response.url).path.endswith(".js"):
            scripts[response.url] = response

    page.on("response", answered)
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(len(place.printers))
    page.wait_for_load_state("networkidle")
    sizes = {
        urlsplit(url).path: len(gzip.compress(response.body()))
        for url, response in scripts.items()
    }
    assert 0 < sum(sizes.values()) <= _FIRST_LOAD_BYTES, sizes
