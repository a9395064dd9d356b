"""The floor: each printer's state at a glance, found, ordered, opened and cleared."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.panel.conftest import Window
from tests.e2e.panel.place import Place

_STATES = {
    "Nord": "Printing",
    "Pico": "Plate to clear",
    "Magpie": "Paused, needs you",
    "Juno": "Idle",
    "Old Faithful": "Offline",
}


def _card(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=re.compile(f"^{name}"))


def _cell(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has=_card(page, name))


def _names(page: Page) -> list[str]:
    return page.get_by_role("article").get_by_role("heading").all_inner_texts()


@pytest.mark.parametrize("size", ["S", "Auto", "M", "L", "XL"])
def test_each_printer_shows_its_state(window: Window, place: Place, size: str) -> None:
    page = window()
    page.get_by_role("radio", name=size, exact=True).check(force=True)
    for name, state in _STATES.items():
        expect(_card(page, name).get_by_text(state, exact=True)).to_be_visible()
    expect(_card(page, "Nord").get_by_text("Gearbox housing")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(len(place.printers))


def test_a_card_follows_its_printer(window: Window, place: Place) -> None:
    page = window()
    expect(_card(page, "Nord").get_by_text("Printing", exact=True)).to_be_visible()
    place.machines.act("Nord", "pause")
    expect(_card(page, "Nord").get_by_text("Paused", exact=True)).to_be_visible()
    place.machines.act("Nord", "resume")
    expect(_card(page, "Nord").get_by_text("Printing", exact=True)).to_be_visible()


def test_filter_order_and_size_are_remembered(window: Window, place: Place) -> None:
    page = window()
    filters = page.get_by_role("group", name="Which printers are shown")
    filters.get_by_role("button", name=re.compile(r"^Printing \d")).click()
    expect(_card(page, "Juno")).to_be_hidden()
    expect(_card(page, "Nord")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Order: ")).click()
    page.get_by_role("radio", name="Name", exact=True).check()
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="S", exact=True).check(force=True)
    page.reload()
    expect(
        filters.get_by_role("button", name=re.compile(r"^Printing \d"))
    ).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Order: Name")).to_be_visible()
    expect(page.get_by_role("radio", name="S", exact=True)).to_be_checked()
    expect(_card(page, "Nord")).to_be_visible()
    names = _names(page)
    assert names == sorted(names)
    filters.get_by_role("button", name=re.compile(r"^All \d")).click()
    expect(page.get_by_role("article")).to_have_count(len(place.printers))


def test_filters_that_fit_nothing_say_so(window: Window) -> None:
    page = window()
    page.get_by_role("button", name="Material").click()
    page.get_by_role("checkbox", name="ASA").check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile(r"^Offline \d")).click()
    expect(page.get_by_text("No printer fits these filters")).to_be_visible()
    page.get_by_role("button", name="Show all printers").click()
    expect(_card(page, "Juno")).to_be_visible()


def test_a_card_opens_the_drawer_and_the_drawer_the_page(
    window: Window, place: Place
) -> None:
    page = window()
    nord = place.printers["Nord"]
    page.get_by_role("link", name="Nord", exact=True).click()
    drawer = page.get_by_role("dialog", name=re.compile("^Nord"))
    expect(drawer).to_be_visible()
    expect(page).to_have_url(f"{place.base}/?printer={nord}")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("link", name="Nord", exact=True)).to_be_focused()
    page.get_by_role("link", name="Nord", exact=True).click()
    page.get_by_role("link", name="Open the page").click()
    expect(page).to_have_url(f"{place.base}/printers/{nord}")
    expect(page).to_have_title("Nord · O.D.I.N.")
    page.go_back()
    expect(drawer).to_be_visible()


def test_a_drawers_address_opens_it(window: Window, place: Place) -> None:
    page = window(f"/?printer={place.printers['Atlas']}")
    expect(page.get_by_role("dialog", name=re.compile("^Atlas"))).to_be_visible()


def test_the_strip_clears_a_plate_and_takes_it_back(
    window: Window, place: Place
) -> None:
    page = window()
    strip = page.get_by_role("region", name="Needs you")
    item = strip.get_by_role("listitem").filter(has_text="Clear the plate of Pico")
    item.get_by_role("button", name="Cleared").click()
    place.until("Pico", lambda printer: printer["plate"]["state"] == "clear")
    expect(item).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    place.until("Pico", lambda printer: printer["plate"]["state"] == "occupied")
    expect(item).to_be_visible()


def test_the_card_clears_a_plate(window: Window, place: Place) -> None:
    page = window()
    _cell(page, "Pico").get_by_role("button", name="Cleared").click()
    place.until("Pico", lambda printer: printer["plate"]["state"] == "clear")
    expect(_card(page, "Pico").get_by_text("Plate to clear")).to_be_hidden()
    place.tell("Pico", "plate-occupied")


def test_several_printers_are_disabled_and_enabled_at_once(
    window: Window, place: Place
) -> None:
    page = window()
    # What stands above the cards moves them when it comes.
    strip = page.get_by_role("region", name="Needs you")
    expect(strip.get_by_text("Clear the plate of Pico")).to_be_visible()
    page.get_by_role("button", name="Choose several printers").click()
    for name in ("Juno", "Lyra"):
        page.get_by_role("checkbox", name=f"Choose {name}").check()
    bar = page.get_by_role("region", name="Chosen printers")
    expect(bar.get_by_text("2 chosen")).to_be_visible()
    bar.get_by_role("button", name="More for the chosen printers").click()
    page.get_by_role("menuitem", name="Disable").click()
    expect(page.get_by_role("dialog", name="Disable 2 printers?")).to_be_visible()
    page.get_by_role("button", name="Disable", exact=True).click()
    for name in ("Juno", "Lyra"):
        place.until(name, lambda printer: not printer["is_enabled"])
        expect(_card(page, name).get_by_text("switched off here")).to_be_visible()
    bar.get_by_role("button", name="More for the chosen printers").click()
    page.get_by_role("menuitem", name="Enable").click()
    for name in ("Juno", "Lyra"):
        place.until(name, lambda printer: printer["link"] == "online")
    bar.get_by_role("button", name="Stop choosing").click()
    expect(bar).to_be_hidden()
