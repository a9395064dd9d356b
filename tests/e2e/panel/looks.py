"""Looking at a page: pictures at four widths, nothing sideways, axe content.

The pictures go to `.cache/screenshots`, or where ODIN_SCREENSHOTS says.
"""

import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, expect

from tests.e2e.panel.conftest import PHONE_PX, Window

ROOT = Path(__file__).parents[3]
type Theme = Literal["light", "dark"]

_THEMES: tuple[Theme, ...] = ("light", "dark")
AXE = ROOT / "frontend_panel" / "node_modules" / "axe-core" / "axe.min.js"
_PICTURES = Path(os.environ.get("ODIN_SCREENSHOTS", ROOT / ".cache" / "screenshots"))
SIZES_PX = {PHONE_PX: 844, 834: 1112, 1440: 1000, 2560: 1440}
CHECKED_PX = (PHONE_PX, 1440)
"""Between them lie the layouts that have something of their own to say."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

type Shown = Callable[[Page], None]


def heading(name: str) -> Shown:
    """Returns what waits for a heading."""
    return lambda page: expect(
        page.get_by_role("heading", name=re.compile(name)).first
    ).to_be_visible()


def farm(page: Page) -> None:
    """Waits until the floor has its cards and their pictures."""
    expect(page.get_by_role("article").first).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Camera")).first).to_be_visible()


def look(
    window: Window,
    name: str,
    path: str,
    is_shown: Shown,
    unchecked: Sequence[str] = (),
    /,
    **options: Any,  # noqa: ANN401 - the window's
) -> None:
    """Opens a page once, and looks at it at each width in both themes.

    `unchecked` are rules of axe that do not hold there.
    """
    # Only here: the page's own policy would not let a foreign script in.
    page = window(path, bypass_csp=True, **options)
    is_shown(page)
    page.add_script_tag(path=str(AXE))
    for width, height in SIZES_PX.items():
        page.set_viewport_size({"width": width, "height": height})
        is_shown(page)
        _check_width(page, f"{name} at {width} px")
        for theme in _THEMES:
            _wear(page, theme)
            take(page, f"{name}-{theme}-{width}")
        if width in CHECKED_PX:
            for theme in _THEMES:
                _wear(page, theme)
                # Each time: what came in meanwhile may have made the page longer.
                _unroll(page, width, height)
                _check_access(page, f"{name}, {theme}, at {width} px", unchecked)


def _wear(page: Page, theme: Theme) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")


def _unroll(page: Page, width: int, height: int) -> None:
    """Makes the window as high as the page: a bar hides what can be scrolled away."""
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, whole)})


def take(page: Page, name: str) -> None:
    """Takes a picture of what is seen."""
    _PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=_PICTURES / f"{name}.png", scale="css")


def _check_width(page: Page, where: str) -> None:
    sideways = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert sideways <= 0, f"{where} scrolls sideways by {sideways} px"


def _check_access(page: Page, where: str, unchecked: Sequence[str]) -> None:
    found = page.evaluate(
        """async ([tags, unchecked]) => {
          const runOnly = {type: "tag", values: tags};
          const rules = Object.fromEntries(unchecked.map((id) => [id, {enabled: false}]));
          const {violations} = await axe.run({runOnly, rules, resultTypes: ["violations"]});
          return violations.map(({id, nodes}) =>
            [id, nodes.map(({target, failureSummary}) => [target.flat(), failureSummary])]);
        }""",
        [TAGS, list(unchecked)],
    )
    assert found == [], f"{where}: {json.dumps(found, indent=1)}"
