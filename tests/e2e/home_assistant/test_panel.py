"""The panel in Home Assistant's sidebar, as a person meets it."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.apart import until_healthy, wait_for
from tests.e2e.home_assistant.conftest import Window
from tests.e2e.home_assistant.ear import listening
from tests.e2e.home_assistant.home import Home
from tests.e2e.panel.place import PASSWORD, USER

_BACK_WITHIN_MS = 60_000
_PICTURES = """images => images.map(({complete, naturalWidth, src}) =>
  [complete && naturalWidth > 0, new URL(src).pathname])"""


def _panel(page: Page) -> Locator:
    return page.locator("odin-panel")


def _card(page: Page, name: str) -> Locator:
    return _panel(page).get_by_role("article", name=re.compile(f"^{name}"))


def test_from_the_login_to_the_floor(window: Window, home: Home) -> None:
    page = window("/", is_signed_in=False)
    page.get_by_label("Username").fill(USER)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.locator("ha-sidebar").get_by_text("O.D.I.N.").click()
    expect(page).to_have_url(re.compile("/odin"))
    expect(_panel(page).get_by_role("heading", name="Floor")).to_be_visible()
    expect(_panel(page).get_by_role("article")).to_have_count(len(home.place.printers))
    home.place.machines.act("Nord", "pause")
    expect(_card(page, "Nord").get_by_text("Paused", exact=True)).to_be_visible()
    home.place.machines.act("Nord", "resume")
    expect(_card(page, "Nord").get_by_text("Printing", exact=True)).to_be_visible()


def test_pause_reaches_the_machine_in_the_persons_name(
    window: Window, home: Home
) -> None:
    page = window(f"/odin/printers/{home.place.printers['Nord']}")
    panel = _panel(page)
    with listening(home.place, "Nord") as ear:
        panel.get_by_role("button", name="Pause", exact=True).click()
        wait_for(lambda: ear["gcode_state"] == "PAUSE", lambda: ear["gcode_state"])
        panel.get_by_role("button", name="Resume", exact=True).first.click()
        wait_for(lambda: ear["gcode_state"] == "RUNNING", lambda: ear["gcode_state"])
    home.until("Nord", "sensor", "status", "printing")
    whose = home.owner.command("auth/current_user")["id"]
    audit = home.place.api.get("/audit?limit=20").json()["items"]
    assert f"ha:{whose}" in {each["on_behalf_of"] for each in audit}


def test_pictures_load(window: Window) -> None:
    page = window("/odin")
    pictures = _panel(page).get_by_role("img", name=re.compile("^Camera"))
    expect(pictures.first).to_be_visible()

    def loaded() -> list[tuple[bool, str]]:
        found: list[tuple[bool, str]] = (
            _panel(page).locator("img").evaluate_all(_PICTURES)
        )
        return found

    def are_all() -> bool:
        # A loop of its own: the browser tells nothing while this thread sleeps.
        page.wait_for_timeout(100)
        return bool(loaded()) and all(is_there for is_there, _ in loaded())

    wait_for(are_all, lambda: str(loaded()))


def test_an_engine_that_is_gone_is_told_and_comes_back(
    window: Window, home: Home
) -> None:
    page = window("/odin", expects_errors=True)
    expect(_panel(page).get_by_role("article").first).to_be_visible()
    page.evaluate("globalThis.wasNotReloaded = true")
    home.place.engine.kill()
    told = _panel(page).get_by_text("No live data for")
    try:
        expect(told).to_be_visible()
    finally:
        home.place.engine.start()
    until_healthy(home.place.base)
    expect(told).to_be_hidden(timeout=_BACK_WITHIN_MS)
    home.place.until("Nord", lambda printer: printer["is_live"])
    home.place.machines.act("Nord", "pause")
    expect(_card(page, "Nord").get_by_text("Paused", exact=True)).to_be_visible()
    home.place.machines.act("Nord", "resume")
    expect(_card(page, "Nord").get_by_text("Printing", exact=True)).to_be_visible()
    assert page.evaluate("globalThis.wasNotReloaded")
    home.until("Nord", "sensor", "status", "printing")


def test_an_engine_that_was_never_there_is_told(
    window: Window, home: Home, may_be_said: list[str]
) -> None:
    may_be_said.append("not ready yet")
    home.place.engine.stop()
    try:
        home.owner.post(f"/config/config_entries/entry/{home.entry_id}/reload")
        page = window("/odin", expects_errors=True)
        told = _panel(page).get_by_role("heading", name=re.compile("does not answer"))
        expect(told).to_be_visible()
    finally:
        home.place.engine.start()
    until_healthy(home.place.base)
    expect(_panel(page).get_by_role("article").first).to_be_visible(
        timeout=_BACK_WITHIN_MS
    )
    home.until("Nord", "sensor", "status", "printing")


def test_who_may_only_look_sees_no_control(window: Window, home: Home) -> None:
    home.set_options(guest_role="viewer")
    try:
        with home.sign_in_guest() as guest:
            path = f"/odin/printers/{home.place.printers['Nord']}"
            page = window(path, by=guest)
            panel = _panel(page)
            heading = panel.get_by_role("heading", name="Gearbox housing")
            expect(heading).to_be_visible()
            for name in ("Emergency stop", "Emergency stop Nord"):
                button = panel.get_by_role("button", name=name, exact=True)
                expect(button).to_be_hidden()
            for name in ("Pause", "Stop"):
                possible = panel.get_by_role(
                    "button", name=name, exact=True, disabled=False
                )
                expect(possible).to_have_count(0)
            for role in ("spinbutton", "switch"):
                expect(panel.get_by_role(role, disabled=False)).to_have_count(0)
    finally:
        home.set_options()


def test_a_guest_may_press_what_operators_may(window: Window, home: Home) -> None:
    with home.sign_in_guest() as guest, listening(home.place, "Wren") as ear:
        page = window(f"/odin/printers/{home.place.printers['Wren']}", by=guest)
        _panel(page).get_by_role("button", name="Pause", exact=True).click()
        wait_for(lambda: ear["gcode_state"] == "PAUSE", lambda: ear["gcode_state"])
        home.place.machines.act("Wren", "resume")
        home.until("Wren", "sensor", "status", "printing")
