"""The panel where the system replaces its colours: what is chosen is still seen."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.panel.conftest import Window
from tests.e2e.panel.looks import take
from tests.e2e.panel.place import Place

_PAGES = {
    "floor": ("/", "Floor"),
    "printer": ("/printers/{Nord}", "Controls"),
    "two-heads": ("/printers/{Atlas}", "Controls"),
    "add": ("/printers/add", "We found"),
    "alerts": ("/alerts", "Today"),
    "settings": ("/settings/printers", "Printers"),
    "engine": ("/settings/engine", "Engine settings"),
    "account": ("/settings/account", "Password"),
}

# Of what can be chosen, whatever is drawn as its neighbours are that were not. Colours of
# text do not count: what is pressed has one, chosen or not.
_LOST = """() => {
  const all = [];
  const walk = (root) => {
    for (const each of root.querySelectorAll("*")) {
      all.push(each);
      if (each.shadowRoot) walk(each.shadowRoot);
    }
  };
  walk(document);
  const isSeen = (each) => each.checkVisibility() && each.getBoundingClientRect().width > 0;
  const isChosen = (each) =>
    each.matches('[aria-current]:not([aria-current="false"]), [aria-pressed="true"], [aria-selected="true"]') ||
    (each.localName === "label" && each.querySelector("input[type=radio]:checked"));
  const edges = (style) =>
    [style.outlineStyle, style.outlineColor, style.borderTopColor, style.borderBottomColor, style.backgroundColor].join();
  const drawn = (each) => edges(getComputedStyle(each)) + edges(getComputedStyle(each, "::after"));
  return all
    .filter((each) => isSeen(each) && isChosen(each))
    .filter((each) => {
      const listed = each.parentElement?.localName === "li" ? each.parentElement : each;
      const peers = [...(listed.parentElement?.children ?? [])]
        .map((peer) => (listed === each ? peer : peer.querySelector(each.localName)))
        .filter((peer) => peer && peer !== each && peer.localName === each.localName && isSeen(peer) && !isChosen(peer));
      return peers.some((peer) => drawn(peer) === drawn(each));
    })
    .map((each) => `${each.getRootNode().host?.localName} ${each.localName}: ${each.textContent.trim()}`);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", _PAGES)
def test_what_is_chosen_is_seen(
    window: Window, place: Place, name: str, theme: str
) -> None:
    path, shown = _PAGES[name]
    page = window(path.format(**place.printers), theme=theme, forced_colors="active")
    _is_shown(page, shown)
    take(page, f"forced-{name}-{theme}")
    assert page.evaluate(_LOST) == []


def _is_shown(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading").filter(has_text=heading).first).to_be_visible()
