"""What people are told of: the bell, the page of alerts, the emergency stop."""

import re

from playwright.sync_api import expect

from tests.e2e.apart import wait_for
from tests.e2e.panel.conftest import Window
from tests.e2e.panel.place import Place


def _active(place: Place) -> list[str]:
    answer = place.api.get("/alerts?state=active").raise_for_status()
    return [alert["title"] for alert in answer.json()["items"]]


def test_the_bell_counts_what_nobody_has_seen(window: Window, place: Place) -> None:
    wait_for(lambda: len(_active(place)) >= 2, lambda: str(_active(place)))
    page = window()
    bell = page.get_by_role("button", name=re.compile(r"^Alerts: \d+ new"))
    bell.click()
    expect(page.get_by_role("heading", name="Alerts")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Magpie")).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(
        page.get_by_role("button", name=re.compile(r"^Alerts: \d+ active"))
    ).to_be_visible()


def test_the_bell_leads_to_the_page_and_the_page_to_the_printer(
    window: Window, place: Place
) -> None:
    page = window()
    page.get_by_role("button", name=re.compile("^Alerts: ")).click()
    page.get_by_role(
        "link", name=re.compile("^(All alerts|Show all|Show the one)")
    ).click()
    expect(page).to_have_url(f"{place.base}/alerts")
    expect(page.get_by_role("heading", name="Alerts")).to_be_visible()
    page.get_by_role("main").get_by_role(
        "link", name=re.compile("Magpie")
    ).first.click()
    expect(page).to_have_url(f"{place.base}/printers/{place.printers['Magpie']}")


def test_an_alert_is_dismissed_and_brought_back(window: Window, place: Place) -> None:
    page = window("/alerts")
    main = page.get_by_role("main")
    dismiss = main.get_by_role("button", name=re.compile("^Dismiss: .*Magpie")).first
    expect(dismiss).to_be_visible()
    title = (dismiss.get_attribute("aria-label") or "").removeprefix("Dismiss: ")
    dismiss.click()
    expect(page.get_by_text("Alert dismissed").last).to_be_visible()
    wait_for(lambda: title not in _active(place), lambda: f"{title} is still active")
    page.get_by_role("button", name="Undo").click()
    wait_for(lambda: title in _active(place), lambda: f"{title} did not come back")
    expect(main.get_by_role("button", name=f"Dismiss: {title}")).to_be_visible()


def test_what_was_dismissed_is_kept_under_earlier(window: Window, place: Place) -> None:
    page = window("/alerts")
    main = page.get_by_role("main")
    main.get_by_role("radio", name="Plates").check(force=True)
    main.get_by_role("button", name=re.compile("^Dismiss: .*Pico")).click()
    expect(main.get_by_text("Nothing of this kind")).to_be_visible()
    main.get_by_role("tab", name="Earlier").click()
    expect(main.get_by_text("Dismissed by mara")).to_be_visible()
    place.api.post("/printers/" + place.printers["Pico"] + "/plate-cleared")


def test_what_happens_now_arrives_by_itself(window: Window, place: Place) -> None:
    page = window("/alerts")
    main = page.get_by_role("main")
    place.machines.misbehave("Wren", "fault")
    expect(main.get_by_role("link", name=re.compile("Wren")).first).to_be_visible()
    place.machines.act("Wren", "clear_fault")
    place.machines.act("Wren", "resume")
    expect(main.get_by_role("link", name=re.compile("Wren"))).to_have_count(0)


def test_everything_is_stopped_in_two_steps(window: Window, place: Place) -> None:
    page = window()
    page.get_by_role("button", name="Emergency stop", exact=True).click()
    question = page.get_by_role("dialog", name=re.compile(r"^Stop all \d+ printers\?"))
    expect(question).to_be_visible()
    expect(page.get_by_text("Nord Gearbox housing · 37 %")).to_be_visible()
    assert place.printer("Nord")["activity"] == "printing"
    page.get_by_role("button", name="Stop now").click()
    answer = page.get_by_role("dialog", name="What the printers answered")
    expect(answer).to_be_visible()
    expect(page.get_by_text("Nord: stopped.")).to_be_visible()
    expect(page.get_by_text("Old Faithful: no answer.")).to_be_visible()
    place.until("Nord", lambda printer: printer["activity"] != "printing")
    page.get_by_role("button", name="Done").click()
    expect(answer).to_be_hidden()
