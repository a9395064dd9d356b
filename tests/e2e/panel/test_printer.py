"""What a person does with one printer: hold, resume and stop a print, heat, light."""

import re
from pathlib import Path

from playwright.sync_api import expect

from odin_engine.simulator.bambu import SlicedPlate
from tests.e2e.panel.conftest import Window
from tests.e2e.panel.place import Place


def test_a_print_is_paused_and_goes_on(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Nord']}")
    page.get_by_role("button", name="Pause", exact=True).click()
    place.until("Nord", lambda printer: printer["activity"] == "paused")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Resume", exact=True).click()
    place.until("Nord", lambda printer: printer["activity"] == "printing")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()


def test_a_print_is_stopped_after_a_question(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Wren']}")
    page.get_by_role("button", name="Stop", exact=True).click()
    question = page.get_by_role("dialog", name="Stop “Mosaic tile”?")
    expect(question).to_be_visible()
    expect(page.get_by_text("What was printed so far is lost")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    assert place.printer("Wren")["activity"] == "printing"
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Stop print").click()
    place.until("Wren", lambda printer: printer["activity"] == "cancelled")
    expect(page.get_by_text(re.compile("The print was stopped at"))).to_be_visible()
    expect(page.get_by_text("Something lies on the plate")).to_be_visible()


def test_the_bed_is_heated(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Juno']}")
    target = page.get_by_role("spinbutton", name="Bed, target")
    target.fill("55")
    target.press("Enter")
    place.until("Juno", lambda printer: _target_c(printer) == 55)
    expect(target).to_have_attribute("aria-valuenow", "55")
    page.get_by_role("button", name="Bed, target: more").click()
    place.until("Juno", lambda printer: _target_c(printer) == 60)
    page.get_by_role("button", name="All heaters off").click()
    place.until("Juno", lambda printer: _target_c(printer) in (None, 0))


def _target_c(printer: dict[str, dict[str, dict[str, float | None]]]) -> float | None:
    return printer["temperatures"]["bed"]["target_c"]


def test_the_light_and_the_speed_are_switched(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Nord']}")
    light = page.get_by_role("switch", name="Chamber light")
    was_on = light.is_checked()
    light.click()
    place.until(
        "Nord", lambda printer: (printer["lights"][0]["mode"] == "on") is not was_on
    )
    expect(light).to_be_checked(checked=not was_on)
    page.get_by_role("radio", name="Silent").check(force=True)
    place.until("Nord", lambda printer: printer["speed"]["level"] == "silent")
    expect(page.get_by_role("radio", name="Silent")).to_be_checked()


def test_what_cannot_be_done_now_says_why(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Nord']}")
    controls = page.get_by_role("region", name="Controls")
    expect(controls.get_by_text("Unlocks when the print has ended.")).to_have_count(3)


def test_a_plate_is_cleared_and_that_is_taken_back(
    window: Window, place: Place
) -> None:
    page = window(f"/printers/{place.printers['Pico']}")
    plate = page.get_by_role("region", name="Something lies on the plate")
    plate.get_by_role("button", name="Cleared").click()
    place.until("Pico", lambda printer: printer["plate"]["state"] == "clear")
    page.get_by_role("button", name="Undo").first.click()
    place.until("Pico", lambda printer: printer["plate"]["state"] == "occupied")
    expect(plate).to_be_visible()


def test_faults_are_told_with_help_and_cleared(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Magpie']}")
    faults = page.get_by_role("region", name="Faults")
    expect(faults).to_contain_text("0300_8003")
    help_link = faults.get_by_role("link").first
    expect(help_link).to_have_attribute("href", re.compile("^https://"))
    expect(help_link).to_have_attribute("target", "_blank")
    page.get_by_role("button", name="Clear errors").first.click()
    place.until("Magpie", lambda printer: not _has(printer, "0300_8003"))
    expect(faults.get_by_text("0300_8003")).to_be_hidden()


def _has(printer: dict[str, list[dict[str, str]]], code: str) -> bool:
    return any(fault["code"] == code for fault in printer["faults"])


def test_an_object_is_skipped(window: Window, place: Place, tmp_path: Path) -> None:
    objects = ((71, "Left bracket"), (96, "Right bracket"))
    place.start_print(
        "Vela", tmp_path, SlicedPlate(objects=objects, layers=200, prediction_s=36_000)
    )
    page = window(f"/printers/{place.printers['Vela']}")
    actions = page.get_by_role("group", name="Actions for this print")
    actions.get_by_role("button", name="Skip objects").click()
    choice = page.get_by_role("checkbox", name="Left bracket")
    choice.check(force=True)
    page.get_by_role("button", name="Skip 1 object").click()
    expect(page.get_by_role("dialog", name="Skip this object?")).to_be_visible()
    expect(page.get_by_text("No more layers are printed of: Left")).to_be_visible()
    page.get_by_role("button", name="Skip 1 object").last.click()
    place.until("Vela", lambda printer: printer["job"]["skipped_objects"] == [71])
    expect(page.get_by_text("1 object skipped")).to_be_visible()


def test_one_printer_is_stopped_at_once(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Juno']}")
    page.get_by_role("button", name="Emergency stop Juno").click()
    expect(page.get_by_role("dialog", name="Stop Juno?")).to_be_visible()
    page.get_by_role("button", name="Stop now").click()
    answer = page.get_by_role("dialog", name="What the printers answered")
    expect(answer).to_be_visible()
    expect(page.get_by_text("Juno: stopped.")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    expect(answer).to_be_hidden()
