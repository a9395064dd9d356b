"""Filament on the printer's page: what lies in a slot, loading, drying."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.panel.conftest import Window
from tests.e2e.panel.place import Place, Printer


def _slot(printer: Printer, unit: int, slot: int) -> dict[str, object]:
    found: dict[str, object] = printer["filament_units"][unit]["slots"][slot]
    return found


def _open_slot(page: Page, slot: int) -> None:
    name = re.compile(f"^AMS A, slot {slot}:")
    page.get_by_role("button", name=name).click()


def test_the_units_are_shown_as_they_are(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Nord']}")
    feeding = re.compile("^AMS B, slot 1: PETG HF, .* feeding$")
    expect(page.get_by_role("button", name=feeding)).to_be_visible()
    empty = page.get_by_role("button", name="AMS B, slot 3: Empty")
    expect(empty).to_be_visible()


def test_a_slot_is_described(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Vela']}")
    _open_slot(page, 3)
    page.get_by_role("button", name="Describe what is in it").click()
    expect(page.get_by_role("dialog", name=re.compile("what is in it"))).to_be_visible()
    page.get_by_role("combobox", name="Filament").select_option(label="PETG")
    page.get_by_role("button", name="Teal").click()
    page.get_by_role("button", name="Tell the printer").click()
    place.until("Vela", lambda printer: _slot(printer, 0, 2)["material"] == "PETG")
    expect(page.get_by_text("AMS A, slot 3 is set").last).to_be_visible()
    expect(
        page.get_by_role("button", name=re.compile("^AMS A, slot 3: .*PETG"))
    ).to_be_visible()


def test_a_slot_is_loaded_and_unloaded(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Vela']}")
    _open_slot(page, 2)
    page.get_by_role("button", name="Load", exact=True).click()
    place.until(
        "Vela", lambda printer: printer["active_slot"] == {"unit": 0, "slot": 1}
    )
    place.until("Vela", lambda printer: printer["filament_change"] == "none")
    page.keyboard.press("Escape")
    _open_slot(page, 2)
    page.get_by_role("button", name="Unload", exact=True).click()
    place.until("Vela", lambda printer: printer["active_slot"] is None)


def test_loading_is_locked_while_it_prints(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Nord']}")
    _open_slot(page, 2)
    load = page.get_by_role("button", name="Load", exact=True)
    expect(load).to_be_disabled()
    load.click(force=True)
    reason = "Unlocks when the print is paused or has ended."
    expect(page.get_by_text(reason).last).to_be_visible()
    assert place.printer("Nord")["active_slot"] == {"unit": 1, "slot": 0}


def test_drying_is_started_and_stopped(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Lyra']}")
    page.get_by_role("button", name="Drying in AMS A").click()
    page.get_by_role("spinbutton", name="Hours").fill("2")
    page.get_by_role("button", name="Start drying").click()
    place.until("Lyra", _is_drying)
    expect(page.get_by_text("Drying", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Stop drying").first.click()
    page.get_by_role("button", name="Stop drying").last.click()
    place.until("Lyra", lambda printer: not _is_drying(printer))


def _is_drying(printer: Printer) -> bool:
    drying = printer["filament_units"][0]["drying"]
    return drying is not None and drying["status"] in ("checking", "drying")
