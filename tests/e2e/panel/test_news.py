"""Short news at the lower edge never lie on what can be pressed there."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.panel.conftest import PHONE_PX, Window
from tests.e2e.panel.place import Place

_WIDTHS_PX = (PHONE_PX, 834, 1440)


def _news(page: Page) -> Locator:
    return page.locator("odin-toasts:popover-open .toast").last


def _clear(page: Page, one: Locator, other: Locator) -> None:
    """Waits until neither lies on the other."""
    expect(one).to_be_visible()
    page.wait_for_function(
        """([one, other]) => {
          const [a, b] = [one, other].map((each) => each.getBoundingClientRect());
          return a.bottom <= b.top || b.bottom <= a.top || a.right <= b.left || b.right <= a.left;
        }""",
        arg=[one.element_handle(), other.element_handle()],
    )


@pytest.mark.parametrize("width", _WIDTHS_PX)
def test_news_stand_above_what_is_done_to_several(
    window: Window, place: Place, width: int
) -> None:
    place.tell("Juno", "plate-occupied")
    page = window(width=width)
    page.get_by_role("button", name="Choose several printers").click()
    page.get_by_role("checkbox", name="Choose Juno").check()
    bar = page.get_by_role("region", name="Chosen printers")
    bar.get_by_role("button", name="Plate cleared").click()
    expect(_news(page)).to_contain_text("plate cleared")
    _clear(page, _news(page), bar)
    # It grew by what became of it, and moves when the page does.
    expect(bar.get_by_text("1 printer done.")).to_be_visible()
    page.mouse.wheel(0, 5000)
    _clear(page, _news(page), bar)


def test_news_stand_above_the_buttons_of_a_print(window: Window, place: Place) -> None:
    page = window("/", width=PHONE_PX)
    # Said on the floor, still there on the page.
    place.tell("Juno", "plate-occupied")
    page.get_by_role("article", name="Juno").scroll_into_view_if_needed()
    page.get_by_role("button", name="Cleared").last.click()
    expect(_news(page)).to_be_visible()
    page.get_by_role("link", name="Nord", exact=True).first.click()
    drawer = page.get_by_role("dialog", name="Nord")
    expect(drawer).to_be_visible()
    actions = page.get_by_role("group", name="Actions for this print").last
    _clear(page, _news(page), actions)
