"""The same day with the keyboard alone."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.panel.conftest import Window
from tests.e2e.panel.place import PASSWORD, USER, Place

_MOST_TABS = 150


def _tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until the focus is there, and sees that it shows."""
    expect(wanted).to_be_visible()
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate(_HAS_FOCUS):
            break
    expect(wanted).to_be_focused()
    assert page.evaluate(_FOCUS_SHOWS), f"no focus is seen on {wanted}"


_HAS_FOCUS = "element => element.getRootNode().activeElement === element"

_FOCUS_SHOWS = """
() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at.matches(":focus-visible")) return false;
  for (; at; at = at.parentElement ?? at.getRootNode().host) {
    const style = getComputedStyle(at);
    if (style.outlineStyle !== "none" && style.outlineWidth !== "0px") return true;
    if (style.boxShadow !== "none") return true;
  }
  return false;
}
"""


def test_from_the_login_to_a_paused_and_resumed_print(
    window: Window, place: Place
) -> None:
    page = window(is_signed_in=False)
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(USER)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Floor")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(len(place.printers))
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("nord")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{place.base}/printers/{place.printers['Nord']}")
    _tab_to(page, page.get_by_role("button", name="Pause", exact=True))
    page.keyboard.press("Enter")
    place.until("Nord", lambda printer: printer["activity"] == "paused")
    _tab_to(page, page.get_by_role("button", name="Resume", exact=True))
    page.keyboard.press("Space")
    place.until("Nord", lambda printer: printer["activity"] == "printing")


def test_a_plate_is_cleared(window: Window, place: Place) -> None:
    page = window()
    strip = page.get_by_role("region", name="Needs you")
    item = strip.get_by_role("listitem").filter(has_text="Clear the plate of Pico")
    _tab_to(page, item.get_by_role("button", name="Cleared"))
    page.keyboard.press("Enter")
    place.until("Pico", lambda printer: printer["plate"]["state"] == "clear")
    _tab_to(page, page.get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")
    place.until("Pico", lambda printer: printer["plate"]["state"] == "occupied")


def test_a_slot_is_described(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Vela']}")
    slot = page.get_by_role("button", name=re.compile("^AMS A, slot 3:"))
    _tab_to(page, slot)
    page.keyboard.press("Enter")
    _tab_to(page, page.get_by_role("button", name="Describe what is in it"))
    page.keyboard.press("Enter")
    _tab_to(page, page.get_by_role("combobox", name="Filament"))
    page.keyboard.type("PETG")
    _tab_to(page, page.get_by_role("button", name="Red"))
    page.keyboard.press("Space")
    _tab_to(page, page.get_by_role("button", name="Tell the printer"))
    page.keyboard.press("Enter")
    place.until(
        "Vela",
        lambda printer: printer["filament_units"][0]["slots"][2]["material"] == "PETG",
    )


def test_the_palette_opens_moves_takes_and_leaves(window: Window, place: Place) -> None:
    page = window("/alerts")
    expect(page.get_by_role("tab", name=re.compile("Active"))).to_be_visible()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search or run a command")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("pause nord")
    expect(page.get_by_role("option", name=re.compile("Pause Nord"))).to_be_visible()
    page.keyboard.press("Enter")
    place.until("Nord", lambda printer: printer["activity"] == "paused")
    page.keyboard.press("Control+k")
    page.keyboard.type("resume nord")
    expect(page.get_by_role("option", name=re.compile("Resume Nord"))).to_be_visible()
    page.keyboard.press("Enter")
    place.until("Nord", lambda printer: printer["activity"] == "printing")
    page.keyboard.press("Control+k")
    page.keyboard.type("no such thing")
    expect(page.get_by_text("Nothing is called that.")).to_be_visible()


def test_keys_lead_to_the_pages(window: Window, place: Place) -> None:
    page = window()
    expect(page.get_by_role("article")).to_have_count(len(place.printers))
    for keys, path in (("ga", "alerts"), ("gn", "printers/add"), ("gf", "")):
        page.keyboard.type(keys)
        expect(page).to_have_url(f"{place.base}/{path}")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_hidden()


def test_escape_closes_and_the_focus_returns(window: Window) -> None:
    page = window()
    nord = page.get_by_role("link", name="Nord", exact=True)
    _tab_to(page, nord)
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name=re.compile("^Nord"))
    expect(drawer).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(nord).to_be_focused()
    stop = page.get_by_role("button", name="Emergency stop", exact=True)
    stop.focus()
    page.keyboard.press("Enter")
    question = page.get_by_role("dialog", name=re.compile("^Stop all"))
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(stop).to_be_focused()


def test_the_first_tab_skips_to_the_content(window: Window, place: Place) -> None:
    page = window()
    expect(page.get_by_role("article")).to_have_count(len(place.printers))
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
