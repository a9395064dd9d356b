"""The printer's card and badge on a dashboard of Home Assistant."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from script.home_assistant_steps import add_dashboard
from tests.e2e.apart import wait_for
from tests.e2e.home_assistant.conftest import Window
from tests.e2e.home_assistant.ear import listening
from tests.e2e.home_assistant.home import Home

_BOARD = "just-nord"
_CARD, _BADGE = "odin-printer-card", "odin-printer-badge"


@pytest.fixture
def board(home: Home) -> Iterator[str]:
    """A dashboard with one card and one badge; yields its path."""
    owner, device = home.owner, home.device("Nord")
    made = owner.command(
        "lovelace/dashboards/create", url_path=_BOARD, title="Just Nord"
    )
    card = {"type": f"custom:{_CARD}", "device_id": device}
    view = {
        "type": "sections",
        "badges": [{"type": f"custom:{_BADGE}", "device_id": device}],
        "sections": [{"type": "grid", "cards": [card]}],
    }
    config = {"views": [view]}
    owner.command("lovelace/config/save", url_path=_BOARD, config=config)
    yield f"/{_BOARD}/0"
    owner.command("lovelace/dashboards/delete", dashboard_id=made["id"])


def _stored_card(home: Home) -> dict[str, object]:
    config = home.owner.command("lovelace/config", url_path=_BOARD, force=True)
    card: dict[str, object] = config["views"][0]["sections"][0]["cards"][0]
    return card


def test_the_card_is_live_and_edited_by_hand(
    window: Window, home: Home, board: str
) -> None:
    page = window(board)
    card, badge = page.locator(_CARD), page.locator(_BADGE)
    expect(card.get_by_text("Gearbox housing")).to_be_visible()
    expect(badge).to_contain_text("Nord")
    home.place.machines.act("Nord", "pause")
    expect(card.get_by_text("Paused", exact=True)).to_be_visible()
    expect(badge).to_contain_text("Paused")
    home.place.machines.act("Nord", "resume")
    expect(card.get_by_text("Printing", exact=True)).to_be_visible()
    _edit(page)
    dialog = page.locator("hui-dialog-edit-card")
    expect(dialog.locator(_CARD).get_by_text("Gearbox housing")).to_be_visible()
    dialog.get_by_role("radio", name=re.compile("Full")).click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator(_CARD)).to_have_count(0)
    wait_for(
        lambda: _stored_card(home).get("layout") == "full",
        lambda: str(_stored_card(home)),
    )
    page.get_by_role("button", name="Done").click()
    with listening(home.place, "Nord") as ear:
        card.get_by_role("button", name="Pause").click()
        wait_for(lambda: ear["gcode_state"] == "PAUSE", lambda: ear["gcode_state"])
        card.get_by_role("button", name="Resume").click()
        wait_for(lambda: ear["gcode_state"] == "RUNNING", lambda: ear["gcode_state"])
    home.until("Nord", "sensor", "status", "printing")


def _edit(page: Page) -> None:
    page.get_by_role("button", name="Edit dashboard").click()
    page.locator("hui-card-edit-mode").first.click()


def test_the_card_is_offered_and_leads_to_the_panel(
    window: Window, home: Home, board: str
) -> None:
    page = window(f"{board}?edit=1")
    expect(page.locator(_CARD)).to_be_visible()
    page.locator("hui-grid-section").get_by_role("button", name="Add card").click()
    dialog = page.locator("hui-dialog-create-card")
    dialog.get_by_role("textbox").first.fill("Nord Progress")
    dialog.get_by_text("Progress", exact=True).first.click()
    for layout in ("Small", "Full"):
        offer = dialog.get_by_text(f"O.D.I.N. printer - {layout}")
        expect(offer).to_be_visible()
    page.goto(board)
    page.locator(_CARD).get_by_role("link", name="Nord").click()
    expect(page).to_have_url(re.compile(f"/odin.*{home.place.printers['Nord']}"))
    heading = page.locator("odin-panel").get_by_role("heading", name="Gearbox housing")
    expect(heading).to_be_visible()


def test_the_starter_dashboard_shows_every_printer(window: Window, home: Home) -> None:
    assert add_dashboard(home.owner)
    page = window("/print-farm")
    expect(page.locator(_CARD)).to_have_count(len(home.place.printers))
    for name in ("Nord", "Lyra"):
        expect(page.locator(_CARD).get_by_text(name, exact=True)).to_be_visible()
    expect(page.locator(_BADGE)).to_have_count(len(home.place.printers))


def test_all_of_a_page_share_one_line_to_the_engine(window: Window, home: Home) -> None:
    assert add_dashboard(home.owner)
    opened: list[str] = []

    def sent(frame: object) -> None:
        if '"odin/live"' in str(frame):
            opened.append(str(frame))

    page = window("/print-farm")
    page.on("websocket", lambda socket: socket.on("framesent", sent))
    page.reload()
    expect(page.locator(_CARD)).to_have_count(len(home.place.printers))
    expect(page.locator(_CARD).get_by_text("Nord", exact=True)).to_be_visible()
    page.locator("ha-sidebar").get_by_text("O.D.I.N.").click()
    articles = page.locator("odin-panel").get_by_role("article")
    expect(articles).to_have_count(len(home.place.printers))
    assert len(opened) == 1, opened
