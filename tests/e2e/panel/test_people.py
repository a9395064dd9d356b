"""Who may come in: the first start, signing in and out, users, tokens, passwords."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.apart import wait_for
from tests.e2e.panel.conftest import Window, signed_in
from tests.e2e.panel.place import PASSWORD, USER, Place

_OTHER_PASSWORD = "Battery-Staple-7"


def _sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def _open_account(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Account, appearance")).click()


def test_signing_in_and_out(window: Window, place: Place) -> None:
    page = window("/alerts", is_signed_in=False)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    _sign_in(page, USER, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    _sign_in(page, USER, PASSWORD)
    expect(page.get_by_role("heading", name="Alerts", exact=True)).to_be_visible()
    expect(page).to_have_url(f"{place.base}/alerts")
    _open_account(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_first_start_asks_for_the_setup_code(
    first_start: Place, window: Window
) -> None:
    log = first_start.engine.log
    code_in = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{2}\b")
    wait_for(lambda: code_in.search(log.read_text()) is not None, log.read_text)
    code = code_in.findall(log.read_text())[-1]
    page = window(at=first_start, is_signed_in=False)
    expect(page.get_by_role("heading", name="Welcome to O.D.I.N.")).to_be_visible()
    setup_code = page.get_by_label("Setup code")
    setup_code.fill("AAAA-AAAA-AA")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password", exact=True).fill(_OTHER_PASSWORD)
    page.get_by_label("Password again").fill(_OTHER_PASSWORD)
    page.get_by_role("button", name="Create administrator").click()
    expect(setup_code).to_have_attribute("aria-invalid", "true")
    setup_code.fill(code)
    page.get_by_role("button", name="Create administrator").click()
    expect(page.get_by_text("No printers yet")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name=re.compile("Add printer")).click()
    expect(page).to_have_url(f"{first_start.base}/printers/add")


@pytest.mark.parametrize(
    "path", ["/settings/users", "/settings/audit", "/printers/add"]
)
def test_a_viewer_is_told_at_a_direct_address(
    window: Window, browser: Browser, place: Place, path: str
) -> None:
    _have_viewer(place)
    cookies = signed_in(browser, place, "vera", PASSWORD)
    page = window(path, storage_state=cookies)
    expect(page.get_by_role("heading", name="This page is not for you")).to_be_visible()


def _have_viewer(place: Place) -> None:
    names = [user["name"] for user in place.api.get("/users").json()["items"]]
    if "vera" not in names:
        create = ("user", "create", "vera", "--role", "viewer", "--password-stdin")
        place.engine.run(*create, stdin=PASSWORD)


def test_a_viewer_sees_everything_and_no_control(
    window: Window, browser: Browser, place: Place
) -> None:
    _have_viewer(place)
    cookies = signed_in(browser, place, "vera", PASSWORD)
    page = window(f"/printers/{place.printers['Nord']}", storage_state=cookies)
    expect(page.get_by_role("heading", name="Gearbox housing")).to_be_visible()
    for name in ("Emergency stop", "Emergency stop Nord"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_hidden()
    for name in ("Pause", "Stop"):
        button = page.get_by_role("button", name=name, exact=True, disabled=False)
        expect(button).to_have_count(0)
    for role in ("spinbutton", "switch"):
        expect(page.get_by_role(role, disabled=False)).to_have_count(0)
    page.goto("/settings")
    sections = page.get_by_role("navigation", name="Settings")
    expect(sections.get_by_role("link", name="Your account")).to_be_visible()
    for name in ("Users", "Audit log"):
        expect(sections.get_by_role("link", name=name)).to_be_hidden()
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(len(place.printers))
    expect(page.get_by_role("button", name="Cleared")).to_have_count(0)
    expect(page.get_by_role("link", name="Add printer")).to_be_hidden()


def test_a_user_is_created_and_chooses_a_password(window: Window) -> None:
    page = window("/settings/users")
    page.get_by_role("button", name="Add user").click()
    expect(page.get_by_role("dialog", name="Add user")).to_be_visible()
    page.get_by_role("textbox", name="Name", exact=True).fill("otto")
    page.get_by_role("radio", name=re.compile("^Operator")).check(force=True)
    page.get_by_role("textbox", name="First password").fill(PASSWORD)
    page.get_by_role("button", name="Create user").click()
    users = page.get_by_role("region", name="Users")
    expect(users.get_by_text("otto")).to_be_visible()
    his = window(is_signed_in=False)
    _sign_in(his, "otto", PASSWORD)
    expect(his.get_by_role("heading", name="Choose your password")).to_be_visible()
    his.get_by_label("Password you were given").fill(PASSWORD)
    his.get_by_label("New password", exact=True).fill(_OTHER_PASSWORD)
    his.get_by_label("Password again").fill(_OTHER_PASSWORD)
    his.get_by_role("button", name="Change password").click()
    expect(his.get_by_role("heading", name="Floor")).to_be_visible()


def test_a_password_is_changed(window: Window, browser: Browser, place: Place) -> None:
    create = ("user", "create", "paula", "--role", "operator", "--password-stdin")
    place.engine.run(*create, stdin=PASSWORD)
    cookies = signed_in(browser, place, "paula", PASSWORD)
    page = window("/settings/account", storage_state=cookies)
    form = page.get_by_role("region", name="Password")
    current = form.get_by_label("Current password")
    current.fill("wrong")
    form.get_by_label("New password", exact=True).fill(_OTHER_PASSWORD)
    form.get_by_label("New password again").fill(_OTHER_PASSWORD)
    change = form.get_by_role("button", name="Change password").first
    change.click()
    expect(current).to_have_attribute("aria-invalid", "true")
    current.fill(PASSWORD)
    change.click()
    expect(page.get_by_text("Your password is changed").last).to_be_visible()
    signed_in(browser, place, "paula", _OTHER_PASSWORD)


def test_a_token_is_shown_once_and_revoked(window: Window, place: Place) -> None:
    page = window("/settings/tokens")
    page.get_by_role("button", name="Create token").first.click()
    expect(page.get_by_role("dialog", name="Create token")).to_be_visible()
    page.get_by_role("textbox", name="Name", exact=True).fill("a script")
    page.get_by_role("checkbox", name=re.compile("See printers")).check()
    page.get_by_role("button", name="Create token").last.click()
    shown = page.get_by_role("dialog", name="Token a script")
    expect(shown).to_be_visible()
    secret = page.get_by_label("Token", exact=True)
    token = secret.input_value()
    headers = {"Authorization": f"Bearer {token}"}
    assert place.api.get("/printers", headers=headers).is_success
    page.get_by_role("button", name="I have it").click()
    expect(shown).to_be_hidden()
    page.reload()
    row = page.get_by_role("listitem").filter(has_text="a script")
    expect(row).to_be_visible()
    assert token not in page.get_by_role("main").inner_text()
    row.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("dialog", name="Revoke a script?")).to_be_visible()
    page.get_by_role("button", name="Revoke", exact=True).last.click()
    expect(row).to_be_hidden()
    assert place.api.get("/printers", headers=headers).status_code == 401


def test_the_other_browser_is_signed_out(window: Window) -> None:
    theirs = window(is_signed_in=False)
    _sign_in(theirs, USER, PASSWORD)
    expect(theirs.get_by_role("heading", name="Floor")).to_be_visible()
    page = window("/settings/sessions")
    page.get_by_role("button", name="Sign out all others").click()
    page.get_by_role("button", name="Sign out all others").last.click()
    expect(page.get_by_text("All others are signed out").last).to_be_visible()
    expect(theirs.get_by_text("Your login has ended.")).to_be_visible()


def test_the_theme_is_chosen_and_kept(window: Window) -> None:
    page = window(theme="light")
    scheme = "getComputedStyle(document.documentElement).colorScheme"
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    _open_account(page)
    page.get_by_role("radio", name="Dark").check(force=True)
    assert page.evaluate(background) != light
    page.reload()
    expect(page.get_by_role("heading", name="Floor")).to_be_visible()
    assert page.evaluate(background) != light
    assert "dark" in page.evaluate(scheme)
    _open_account(page)
    page.get_by_role("radio", name="System").check(force=True)
    assert page.evaluate(background) == light
