"""A printer that shows another certificate: told, compared, and trusted by a person."""

import re

from playwright.sync_api import Browser, expect

from tests.e2e.panel.conftest import Window, signed_in
from tests.e2e.panel.place import PASSWORD, Place


def test_a_changed_certificate_is_confirmed_by_a_person(
    window: Window, place: Place
) -> None:
    page = window(f"/printers/{place.printers['Juno']}")
    expect(page.get_by_role("heading", name="Controls")).to_be_visible()
    trusted = place.printer("Juno")["pin_sha256"]
    place.machines.misbehave("Juno", "change_certificate")
    told = page.get_by_text("The printer shows another certificate than before.")
    expect(told.first).to_be_visible()
    expect(page.get_by_text("Compare both fingerprints with what")).to_be_visible()
    expect(page.get_by_text(_read_aloud(trusted))).to_be_visible()
    status = place.api.get(f"/printers/{place.printers['Juno']}/certificate").json()
    found = status["found_sha256"]
    assert found != trusted
    expect(page.get_by_text(_read_aloud(found))).to_be_visible()
    # Nothing is sent to it, so nothing can be pressed.
    expect(page.get_by_role("button", name="Home all axes")).to_have_count(0)

    trust = page.get_by_role("button", name="Trust the new certificate")
    trust.click()
    question = page.get_by_role("dialog", name="Trust the new certificate")
    expect(question).to_be_visible()
    expect(page.get_by_text("its access code or key is sent to it")).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(question).to_be_hidden()
    assert place.printer("Juno")["link"] == "certificate_changed"
    trust.click()
    trust.last.click()
    place.until("Juno", lambda printer: printer["link"] == "online")
    expect(told).to_have_count(0)
    assert place.printer("Juno")["pin_sha256"] == found


def test_whoever_may_only_look_cannot_trust_it(
    window: Window, place: Place, browser: Browser
) -> None:
    create = ("user", "create", "vera", "--role", "viewer", "--password-stdin")
    place.engine.run(*create, stdin=PASSWORD)
    cookies = signed_in(browser, place, "vera", PASSWORD)
    place.machines.misbehave("Vela", "change_certificate")
    place.until("Vela", lambda printer: printer["link"] == "certificate_changed")
    page = window(f"/printers/{place.printers['Vela']}", storage_state=cookies)
    expect(page.get_by_text("Compare both fingerprints with what")).to_be_visible()
    expect(page.get_by_text("Your role may look, not control.").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Trust"))).to_have_count(0)
    # On the floor it is named for what it is.
    page.goto("/")
    card = page.get_by_role("article", name=re.compile("^Vela"))
    expect(card.get_by_text("Certificate changed")).to_be_visible()


def _read_aloud(sha256: str) -> str:
    return " ".join(re.findall("..", sha256.upper()))
