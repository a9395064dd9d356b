"""The same day on a phone: 390 px wide, by touch."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.panel.conftest import PHONE_PX, Window
from tests.e2e.panel.place import PASSWORD, USER, Place

_HEIGHT_PX = 844
_TARGET_PX = 44


def test_from_the_login_to_a_paused_and_resumed_print(
    window: Window, place: Place
) -> None:
    page = _phone(window, is_signed_in=False)
    page.get_by_label("Name").fill(USER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").tap()
    page.get_by_role("link", name="Nord", exact=True).tap()
    drawer = page.get_by_role("dialog", name=re.compile("^Nord"))
    expect(drawer).to_be_visible()
    box = drawer.bounding_box()
    assert box is not None
    assert box["width"] == PHONE_PX
    actions = page.get_by_role("group", name="Actions for this print")
    actions.get_by_role("button", name="Pause").tap()
    place.until("Nord", lambda printer: printer["activity"] == "paused")
    actions.get_by_role("button", name="Resume").tap()
    place.until("Nord", lambda printer: printer["activity"] == "printing")
    page.get_by_role("button", name="Close").tap()
    expect(drawer).to_be_hidden()


def _phone(window: Window, path: str = "/", *, is_signed_in: bool = True) -> Page:
    return window(path, width=PHONE_PX, height=_HEIGHT_PX, is_signed_in=is_signed_in)


def test_a_plate_is_cleared_and_that_is_taken_back(
    window: Window, place: Place
) -> None:
    page = _phone(window)
    strip = page.get_by_role("region", name="Needs you")
    item = strip.get_by_role("listitem").filter(has_text="Clear the plate of Pico")
    item.get_by_role("button", name="Cleared").tap()
    place.until("Pico", lambda printer: printer["plate"]["state"] == "clear")
    page.get_by_role("button", name="Undo").tap()
    place.until("Pico", lambda printer: printer["plate"]["state"] == "occupied")


def test_a_slot_is_described(window: Window, place: Place) -> None:
    page = _phone(window, f"/printers/{place.printers['Vela']}")
    page.get_by_role("button", name=re.compile("^AMS A, slot 3:")).tap()
    page.get_by_role("button", name="Describe what is in it").tap()
    page.get_by_role("combobox", name="Filament").select_option(label="PETG")
    page.get_by_role("button", name="Teal").tap()
    page.get_by_role("button", name="Tell the printer").tap()
    place.until(
        "Vela",
        lambda printer: printer["filament_units"][0]["slots"][2]["material"] == "PETG",
    )


def test_the_bar_below_leads_to_the_pages(window: Window, place: Place) -> None:
    page = _phone(window)
    pages = page.get_by_role("navigation", name="Pages")
    for name, path in (
        ("Alerts", "/alerts"),
        ("Settings", "/settings"),
        ("Floor", "/"),
    ):
        link = pages.get_by_role("link", name=re.compile(f"^{name}"))
        box = link.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= _TARGET_PX
        link.tap()
        expect(page).to_have_url(f"{place.base}{path}")
    bar = pages.bounding_box()
    assert bar is not None
    assert bar["y"] + bar["height"] == _HEIGHT_PX


def test_a_setting_is_opened_and_left_again(window: Window, place: Place) -> None:
    page = _phone(window, "/settings")
    page.get_by_role("link", name="Your account").tap()
    expect(page.get_by_label("Current password")).to_be_visible()
    page.get_by_role("link", name="All settings").tap()
    expect(page).to_have_url(f"{place.base}/settings")
    expect(page.get_by_role("link", name="Users")).to_be_visible()


def test_everything_is_stopped_in_two_steps(window: Window, place: Place) -> None:
    page = _phone(window)
    page.get_by_role("button", name="Emergency stop", exact=True).tap()
    expect(page.get_by_role("dialog", name=re.compile("^Stop all"))).to_be_visible()
    page.get_by_role("button", name="Stop now").tap()
    expect(page.get_by_text("Nord: stopped.")).to_be_visible()
    place.until("Nord", lambda printer: printer["activity"] != "printing")
