"""Adding a printer, and keeping the list of them."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.apart import wait_for
from tests.e2e.panel.conftest import Window
from tests.e2e.panel.place import Place


def test_a_printer_is_found_checked_and_added(window: Window, place: Place) -> None:
    name = place.newcomer
    code = place.machines.screens[name]["access_code"]
    page = window("/printers/add")
    page.get_by_role("button", name=f"Use {name}").click()
    form = page.get_by_role("region", name=name)
    form.get_by_label("Access code").fill("99999999")
    form.get_by_role("button", name="Check connection").click()
    expect(form.get_by_text("One step does not work yet.")).to_be_visible()
    failed = form.get_by_role("listitem").filter(has_text="Access code")
    expect(failed).to_contain_text(re.compile("failed|refused", re.IGNORECASE))
    form.get_by_label("Access code").fill(code)
    form.get_by_role("button", name=re.compile("^Check")).click()
    expect(form.get_by_text("Everything works.")).to_be_visible()
    expect(form.get_by_text(re.compile("^The printer.s certificate$"))).to_be_visible()
    form.get_by_role("button", name="Add printer").click()
    expect(page.get_by_text(f"{name} is added")).to_be_visible()
    # At once, not only when the search that follows ends: it shall not be added twice.
    expect(page.get_by_role("button", name=f"Use {name}")).to_have_count(0)
    page.get_by_role("link", name="To the floor", exact=True).click()
    card = page.get_by_role("article", name=re.compile(f"^{name}"))
    expect(card.get_by_text("Idle", exact=True)).to_be_visible()


def test_a_printer_is_renamed_tagged_and_annotated(
    window: Window, place: Place
) -> None:
    page = window("/settings/printers")
    page.get_by_role("button", name="Edit Juno").click()
    expect(page.get_by_role("dialog", name=re.compile("Juno"))).to_be_visible()
    page.get_by_role("textbox", name="Name", exact=True).fill("Juno the Second")
    tags = page.get_by_role("combobox", name="Tags")
    tags.fill("window")
    tags.press("Enter")
    page.get_by_role("textbox", name="Notes").fill("by the door")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Juno the Second is saved").last).to_be_visible()
    found = place.printer("Juno")
    assert (found["name"], found["tags"], found["notes"]) == (
        "Juno the Second",
        ["window"],
        "by the door",
    )
    page.goto("/")
    page.get_by_role("button", name="Tags").click()
    page.get_by_role("checkbox", name="window").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("article")).to_have_count(1)
    place.api.patch(f"/printers/{found['id']}", json={"name": "Juno", "tags": []})


def test_printers_are_put_in_order_by_keyboard(window: Window, place: Place) -> None:
    page = window("/settings/printers")
    before = _order(place)
    grip = page.get_by_role("button", name=re.compile("^Nord, place"))
    grip.focus()
    page.keyboard.press("ArrowDown")
    wait_for(lambda: _order(place) != before, lambda: "the order did not change")
    assert _order(place)[:2] == [before[1], before[0]]
    expect(grip).to_be_focused()
    expect(grip).to_have_accessible_name(re.compile("^Nord, place 2 of"))
    page.keyboard.press("ArrowUp")
    wait_for(lambda: _order(place) == before, lambda: "the order did not come back")


def _order(place: Place) -> list[str]:
    answer = place.api.get("/printers?sort=position").raise_for_status()
    return [printer["name"] for printer in answer.json()["items"]]


def test_several_printers_are_disabled_at_once(window: Window, place: Place) -> None:
    page = window("/settings/printers")
    for name in ("Wren", "Pico"):
        page.get_by_role("checkbox", name=f"Select {name}").check(force=True)
    bar = page.get_by_role("group", name="The selected printers")
    expect(page.get_by_text("2 selected")).to_be_visible()
    _choose(page, "Disable")
    expect(page.get_by_role("dialog", name="Disable 2 printers?")).to_be_visible()
    page.get_by_role("button", name="Disable", exact=True).last.click()
    for name in ("Wren", "Pico"):
        place.until(name, lambda printer: printer["link"] == "disabled")
    _choose(page, "Enable")
    for name in ("Wren", "Pico"):
        place.until(name, lambda printer: printer["link"] == "online")
    expect(bar).to_be_visible()


def _choose(page: Page, action: str) -> None:
    page.get_by_role("button", name="More for the selected printers").click()
    page.get_by_role("menuitem", name=action, exact=True).click()


def test_a_printer_that_is_only_observed_has_no_controls(
    window: Window, place: Place
) -> None:
    page = window(f"/printers/{place.printers['Nord']}")
    page.get_by_role("switch", name="Observe only").click()
    page.get_by_role("button", name="Send no more commands").click()
    place.until("Nord", lambda printer: printer["is_observe_only"])
    expect(page.get_by_text("Only observed.", exact=True)).to_be_visible()
    pause = page.get_by_role("button", name="Pause", exact=True, disabled=False)
    expect(pause).to_have_count(0)
    expect(page.get_by_role("button", name="Emergency stop Nord")).to_be_visible()
    page.get_by_role("switch", name="Observe only").click()
    place.until("Nord", lambda printer: not printer["is_observe_only"])
    expect(pause).to_be_visible()


def test_a_printer_goes_into_maintenance(window: Window, place: Place) -> None:
    page = window("/settings/printers")
    page.get_by_role("button", name="More for Vela").click()
    page.get_by_role("menuitem", name="Start maintenance…").click()
    page.get_by_role("textbox", name="Note").fill("nozzle on order")
    page.get_by_role("button", name="Start maintenance").last.click()
    place.until("Vela", lambda printer: printer["is_in_maintenance"])
    page.goto("/")
    card = page.get_by_role("article", name=re.compile("^Vela"))
    expect(card.get_by_text("In maintenance")).to_be_visible()
    place.tell("Vela", "maintenance", {"is_on": False})


def test_a_printer_is_removed_after_a_question(window: Window, place: Place) -> None:
    page = window("/settings/printers")
    page.get_by_role("button", name="More for Old Faithful").click()
    page.get_by_role("menuitem", name="Remove…").click()
    expect(page.get_by_role("dialog", name="Remove Old Faithful?")).to_be_visible()
    expect(page.get_by_text("deleted for good")).to_be_visible()
    page.get_by_role("button", name="Remove the printer").click()
    expect(page.get_by_role("button", name="Edit Old Faithful")).to_be_hidden()
    gone = place.api.get(f"/printers/{place.printers['Old Faithful']}")
    assert gone.status_code == 404
