"""Home Assistant's own dialogs work before our panel was there, beside it, and after it."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.apart import wait_for
from tests.e2e.home_assistant.conftest import Window
from tests.e2e.home_assistant.home import Home


def _open_panel(page: Page, home: Home) -> None:
    page.locator("ha-sidebar").get_by_text("O.D.I.N.").click()
    cards = page.locator("odin-panel").get_by_role("article")
    expect(cards).to_have_count(len(home.place.printers))


def _open_automations(page: Page) -> None:
    page.locator("ha-sidebar").get_by_text("Settings", exact=True).click()
    page.get_by_text("Automations & scenes").click()
    expect(page.get_by_role("button", name="Create automation")).to_be_visible()


def _use_quick_bar(page: Page) -> None:
    """Finds an entity by keyboard, opens its dialog, and closes it."""
    search = page.locator("ha-quick-bar").get_by_role("textbox")

    def is_open() -> bool:
        # A page that has just been opened does not listen to keys yet.
        page.keyboard.press("e")
        page.wait_for_timeout(500)
        return search.is_visible()

    wait_for(is_open, lambda: "the quick bar does not open")
    search.fill("Nord Progress")
    expect(page.get_by_text("Progress", exact=True).first).to_be_visible()
    page.keyboard.press("Enter")
    dialog = page.locator("ha-more-info-dialog")
    expect(dialog.get_by_text("Progress", exact=True).first).to_be_visible()
    expect(dialog.get_by_text(re.compile(r"\d+\s*%")).first).to_be_visible()
    dialog.get_by_role("button", name="Close").first.click()
    expect(dialog.get_by_text("Progress", exact=True)).to_have_count(0)


def _edit_automation(page: Page) -> None:
    """Looks for our trigger in the editor's dialog, as if to add it."""
    page.get_by_role("button", name="Create automation").click()
    page.get_by_text("Create new automation").click()
    page.get_by_role("button", name="Add trigger").click()
    dialog = page.locator("add-automation-element-dialog")
    search = dialog.get_by_role("textbox").first
    expect(search).to_be_visible()
    search.fill("print finished")
    expect(dialog.get_by_text("Print finished")).to_be_visible()
    page.keyboard.press("Escape")
    expect(search).to_have_count(0)


def test_dialogs_after_the_panel(window: Window, home: Home) -> None:
    page = window("/odin")
    _open_panel(page, home)
    _use_quick_bar(page)
    _open_automations(page)
    _use_quick_bar(page)
    _edit_automation(page)


def test_the_panel_after_dialogs(window: Window, home: Home) -> None:
    page = window("/config/automation/dashboard")
    _use_quick_bar(page)
    _edit_automation(page)
    page.go_back()
    _open_panel(page, home)
    _use_quick_bar(page)
    page.locator("odin-panel").get_by_role("link", name="Nord", exact=True).click()
    pause = page.get_by_role("button", name="Pause", exact=True)
    expect(pause).to_be_enabled()


def test_the_theme_is_followed(window: Window, home: Home) -> None:
    page = window("/odin")
    _open_panel(page, home)
    grounds = set()
    for theme in ("default", "Harbour"):
        for is_dark in (False, True):
            choose_theme(page, theme, is_dark=is_dark)
            grounds.add(_ground_like_home_assistants(page))
    # Home Assistant keeps it with the person.
    choose_theme(page, "default", is_dark=False)
    assert len(grounds) == 4


def _ground_like_home_assistants(page: Page) -> str:
    """Returns the panel's background once it is what Home Assistant's theme names."""
    wanted = page.evaluate("""() => {
      const probe = document.createElement("i");
      probe.style.color = "var(--primary-background-color)";
      document.body.append(probe);
      const found = getComputedStyle(probe).color;
      probe.remove();
      return found;
    }""")
    expect(page.locator("odin-panel")).to_have_css("background-color", wanted)
    return str(wanted)


def choose_theme(page: Page, theme: str, *, is_dark: bool) -> None:
    """Chooses a theme as the profile's page does, and waits until it stays.

    Home Assistant stores it with the person and tells its pages what is stored, so for a
    moment the page can fall back to the theme chosen before.
    """
    chosen = {"theme": theme, "dark": is_dark}
    wait_for(
        lambda: page.evaluate(
            "Boolean(document.querySelector('home-assistant')?.hass?.themes)"
        ),
        lambda: "Home Assistant's page does not open",
    )
    page.evaluate(
        """detail => document.querySelector("home-assistant")
             .dispatchEvent(new CustomEvent("settheme", {detail}))""",
        chosen,
    )

    def has_settled() -> bool:
        # The answer comes by the same line as the news, after it.
        return bool(
            page.evaluate(
                """async ({theme, dark}) => {
                  const { hass } = document.querySelector("home-assistant");
                  const ask = {type: "frontend/get_user_data", key: "theme"};
                  const { value } = await hass.callWS(ask);
                  const now = document.querySelector("home-assistant").hass;
                  return value?.theme === theme && value.dark === dark &&
                    now.selectedTheme.theme === theme && now.selectedTheme.dark === dark;
                }""",
                chosen,
            )
        )

    wait_for(has_settled, lambda: f"Home Assistant does not keep {chosen}")
