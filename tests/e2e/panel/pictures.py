"""Writes the pictures of the README: `python -m tests.e2e.panel.pictures`."""

import io
import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.browser import ARGUMENTS, chromium
from tests.e2e.panel.conftest import PHONE_PX, signed_in
from tests.e2e.panel.looks import ROOT, farm
from tests.e2e.panel.place import Place, run_demo

_FOLDER = ROOT / "docs" / "images"
_MOST_BYTES = 300_000
_LOOKS_MS = 6_000


def main() -> None:
    """Takes them from a farm of simulated printers."""
    found = chromium()
    assert found is not None, "Chromium is not installed"
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        run_demo(Path(folder)) as place,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        context = browser.new_context(
            base_url=place.base,
            viewport={"width": 1280, "height": 800},
            reduced_motion="reduce",
            storage_state=signed_in(browser, place),  # type: ignore[arg-type]
        )
        page = context.new_page()
        _take_all(page, place)
        browser.close()


def _take_all(page: Page, place: Place) -> None:
    page.goto("/")
    farm(page)
    # The cameras of the cards in sight have sent their first pictures by then.
    page.wait_for_timeout(_LOOKS_MS)
    _save(page, "floor")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.goto(f"/printers/{place.printers['Eiffel']}")
    expect(page.get_by_role("heading", name="Lamp shade")).to_be_visible()
    expect(page.get_by_text(re.compile("behind$"))).to_be_visible()
    _save(page, "printer")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": PHONE_PX, "height": 844})
    page.goto("/")
    farm(page)
    _save(page, "phone")


def _save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = _FOLDER / f"{name}.png"
    image.save(path, optimize=True)
    assert path.stat().st_size < _MOST_BYTES, f"{path} is too large"


if __name__ == "__main__":
    main()
