"""How panel and cards look in Home Assistant: widths, themes, axe inside our elements.

The pictures go where those of the panel's own pages go, as `home-assistant-…`.
"""

import json
from collections.abc import Sequence

from playwright.sync_api import Page, expect

from script.home_assistant_steps import add_dashboard
from tests.e2e.home_assistant.conftest import Window
from tests.e2e.home_assistant.home import Home
from tests.e2e.home_assistant.test_dialogs import choose_theme
from tests.e2e.panel.looks import AXE, CHECKED_PX, SIZES_PX, TAGS, Shown, farm, take

_ITS_OWN = "default"
_THEMES = (_ITS_OWN, "Harbour")
_UNTIL_CALM_MS = 400
"""Home Assistant's sidebar fades from one theme to the other."""
_FIND = """name => {
  const found = [], look = root => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === name) found.push(element);
      if (element.shadowRoot) look(element.shadowRoot);
    }
  };
  look(document);
  return found;
}"""
_CHECK = (
    """async ([name, tags, unchecked]) => {
  const find = """
    + _FIND
    + """;
  const only = {type: "tag", values: tags};
  const rules = Object.fromEntries(unchecked.map(id => [id, {enabled: false}]));
  const options = {runOnly: only, rules, resultTypes: ["violations"]};
  const {violations} = await axe.run({include: find(name)}, options);
  return violations.map(({id, nodes}) =>
    [id, nodes.map(({target, failureSummary}) => [target.flat(), failureSummary])]);
}"""
)


def _look(
    page: Page, name: str, element: str, is_shown: Shown, unchecked: Sequence[str] = ()
) -> None:
    """Looks at a page at each width in each theme.

    The colours of other themes than Home Assistant's own are their makers' business.
    `unchecked` are rules of axe that do not hold there.
    """
    page.add_script_tag(path=str(AXE))
    for width, height in SIZES_PX.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in _THEMES:
            for is_dark in (False, True):
                choose_theme(page, theme, is_dark=is_dark)
                is_shown(page)
                page.wait_for_timeout(_UNTIL_CALM_MS)
                where = f"{name}-{theme.lower()}-{'dark' if is_dark else 'light'}"
                take(page, f"home-assistant-{where}-{width}")
                if width in CHECKED_PX and theme == _ITS_OWN:
                    found = page.evaluate(_CHECK, [element, TAGS, list(unchecked)])
                    assert found == [], (
                        f"{where}-{width}: {json.dumps(found, indent=1)}"
                    )
    choose_theme(page, "default", is_dark=False)


def test_the_floor(window: Window) -> None:
    page = window("/odin", bypass_csp=True)
    _look(page, "floor", "odin-panel", farm)


def test_a_printer(window: Window, home: Home) -> None:
    page = window(f"/odin/printers/{home.place.printers['Magpie']}", bypass_csp=True)

    def is_shown(page: Page) -> None:
        heading = page.locator("odin-panel").get_by_role("heading", name="Lamp shade")
        expect(heading).to_be_visible()

    # The bar with what can be done now lies over what is scrolled behind it.
    _look(page, "printer", "odin-panel", is_shown, ["target-size"])


def test_the_cards(window: Window, home: Home) -> None:
    assert add_dashboard(home.owner)
    page = window("/print-farm", bypass_csp=True)

    def is_shown(page: Page) -> None:
        cards = page.locator("odin-printer-card")
        expect(cards).to_have_count(len(home.place.printers))
        expect(cards.get_by_text("Nord", exact=True)).to_be_visible()

    _look(page, "cards", "odin-printer-card", is_shown)
