"""Printers of all makes: added in every way, and told what only theirs can be told."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.apart import wait_for
from tests.e2e.panel.conftest import Window
from tests.e2e.panel.looks import heading, look
from tests.e2e.panel.place import Place, run_families


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The engine, and a farm of all families."""
    with run_families(tmp_path_factory.mktemp("families")) as place:
        yield place


def _form(page: Page, family: str, host: str) -> Locator:
    """Begins with an address that somebody types; returns the form."""
    page.get_by_role("button", name="Type an address instead").click()
    form = page.get_by_role("region", name="By its address")
    form.get_by_label("Make").select_option(label=family)
    form.get_by_label("Address", exact=True).fill(host)
    form.get_by_text("More settings").click()
    return form


def _check_and_add(page: Page, form: Locator, name: str) -> None:
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_role("button", name="Check connection").click()
    expect(form.get_by_text("Everything works.")).to_be_visible()
    form.get_by_role("button", name="Add printer").click()
    expect(page.get_by_text(f"{name} is added")).to_be_visible()


def _is_online(place: Place, name: str) -> bool:
    items = place.api.get("/printers").raise_for_status().json()["items"]
    return any(each["name"] == name and each["link"] == "online" for each in items)


def test_a_klipper_is_added_by_its_address(window: Window, place: Place) -> None:
    machine = place.machines.screens["Klara"]
    page = window("/printers/add")
    form = _form(page, "Klipper (Moonraker)", machine["host"])
    form.get_by_label("Port of Moonraker").fill(str(machine["ports"]["http"]))
    form.get_by_label("Port of the web page").fill(str(machine["ports"]["web"]))
    _check_and_add(page, form, "Klara")
    wait_for(lambda: _is_online(place, "Klara"))


def test_a_network_is_looked_through(window: Window, place: Place) -> None:
    host = place.machines.screens["Grace"]["host"]
    page = window("/printers/add")
    page.get_by_text("Look through a network").click()
    page.get_by_role("textbox", name="Network").fill(f"{host}/30")
    page.get_by_role("button", name="Look through it").click()
    expect(page.get_by_text(re.compile("^Done. 1 printer answered"))).to_be_visible()
    found = page.get_by_role("listitem").filter(has_text=host)
    found.get_by_role("button", name=re.compile("^Use ")).click()
    _check_and_add(page, page.get_by_role("main"), "Grace")
    wait_for(lambda: _is_online(place, "Grace"))


def test_no_network_but_ones_own_is_looked_through(window: Window) -> None:
    page = window("/printers/add")
    page.get_by_text("Look through a network").click()
    page.get_by_role("textbox", name="Network").fill("8.8.8.0/24")
    page.get_by_role("button", name="Look through it").click()
    expect(page.get_by_role("textbox", name="Network")).to_have_attribute(
        "aria-invalid", "true"
    )


def test_an_octoprint_gives_a_key(window: Window, place: Place) -> None:
    machine = place.machines.screens["Octavia"]
    page = window("/printers/add")
    form = _form(page, "OctoPrint", machine["host"])
    form.get_by_label("Port", exact=False).first.fill(str(machine["ports"]["http"]))
    form.get_by_role("button", name="Ask the printer for a key").click()
    expect(form.get_by_role("button", name="Stop asking")).to_be_visible()
    # The page says that it asks before the engine has asked.
    wait_for(lambda: place.machines.tries("Octavia", "allow_key"))
    expect(form.get_by_text("The key was approved.")).to_be_visible()
    expect(form.get_by_label("Application key")).to_have_value("")
    _check_and_add(page, form, "Octavia")
    wait_for(lambda: _is_online(place, "Octavia"))


def test_the_head_of_one_tool_is_heated(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Tess']}")
    target = page.get_by_role("spinbutton", name="T2, target")
    target.fill("200")
    target.press("Enter")
    place.until(
        "Tess",
        lambda printer: (
            [each["target_c"] for each in printer["temperatures"]["nozzles"]]
            == [0, 0, 200, 0]
        ),
    )
    page.get_by_role("button", name="All heaters off").click()
    place.until(
        "Tess",
        lambda printer: printer["temperatures"]["nozzles"][2]["target_c"] == 0,
    )


def test_a_tool_is_chosen(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Tess']}")
    page.get_by_role("radio", name="T3").check(force=True)
    place.until("Tess", lambda printer: printer["nozzles"][3]["is_active"])
    expect(page.get_by_role("radio", name="T3")).to_be_checked()


def test_spoolman_is_told_which_spool_is_in_use(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Tess']}")
    number = page.get_by_role("textbox", name=re.compile("^Spool in use"))
    number.fill("no. 12")
    expect(number).to_have_value("12")
    number.press("Enter")
    place.until("Tess", lambda printer: printer["active_spool_id"] == 12)
    expect(number).to_have_value("")
    page.get_by_role("button", name="Take away").click()
    place.until("Tess", lambda printer: printer["active_spool_id"] is None)


def test_a_macro_becomes_a_button(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Tess']}")
    page.get_by_text("Which macros are buttons").click()
    page.get_by_role("checkbox", name="Clean nozzle").check()
    place.until("Tess", lambda printer: printer["macro_buttons"] == ["CLEAN_NOZZLE"])
    page.get_by_role("button", name="Clean nozzle").click()
    path = f"/printers/{place.printers['Tess']}/console"

    def was_run() -> bool:
        lines = place.api.get(path).raise_for_status().json()["items"]
        return any(each["text"] == "CLEAN_NOZZLE" for each in lines)

    wait_for(was_run)
    page.get_by_role("checkbox", name="Clean nozzle").uncheck()
    expect(page.get_by_role("button", name="Clean nozzle")).to_be_hidden()


def test_the_console_shows_what_is_said(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Pia']}")
    page.get_by_text("Console", exact=True).click()
    page.get_by_label("Lines of G-code").fill("M115")
    page.keyboard.press("Enter")
    log = page.get_by_role("log", name="What the machine said and was told")
    expect(log.get_by_text("> M115")).to_be_visible()
    expect(log.get_by_text("FIRMWARE_NAME").last).to_be_visible()


def test_a_question_is_answered(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Pia']}")
    asked = page.get_by_role("region", name="The printer asks")
    expect(asked).to_be_hidden()
    place.machines.act("Pia", "ask")
    expect(asked).to_be_visible()
    choices = place.until("Pia", lambda printer: printer["prompt"])["prompt"]
    asked.get_by_role("button", name=choices["choices"][0]).click()
    place.until("Pia", lambda printer: printer["prompt"] is None)
    expect(asked).to_be_hidden()


def test_only_what_a_machine_can_do_is_offered(window: Window, place: Place) -> None:
    page = window(f"/printers/{place.printers['Bett']}")
    controls = page.get_by_role("region", name="Controls")
    expect(controls.get_by_text("can be watched from here")).to_be_visible()
    expect(controls.get_by_role("spinbutton")).to_have_count(0)
    page.goto(f"/printers/{place.printers['Resi']}")
    expect(page.get_by_role("heading", name="Files")).to_be_visible()
    expect(page.get_by_text("nozzle", exact=False)).to_have_count(0)


def test_files_that_came_from_elsewhere_are_listed(
    window: Window, place: Place
) -> None:
    printer = place.printers["Otis"]
    path = f"/printers/{printer}/files/vase.gcode"
    sent = place.api.put(path, content=b"G28\nM104 S0\n").raise_for_status().json()
    wait_for(lambda: place.api.get(f"/tasks/{sent['id']}").json()["state"] == "done")
    page = window(f"/printers/{printer}")
    files = page.get_by_role("region", name="Files")
    expect(files.get_by_text("vase.gcode", exact=True)).to_be_visible()
    # The same file, as another engine finds it there.
    other = place.machines.screens["Otis"]
    body = {
        **{key: other[key] for key in ("family", "host", "secret", "ports", "options")},
        "name": "Otis again",
    }
    again = place.api.post("/printers", json=body).raise_for_status().json()["id"]
    page.goto(f"/printers/{again}")
    page.get_by_text("Also on the printer").click()
    stored = page.get_by_role("list", name="Also on the printer")
    expect(stored.get_by_text("vase.gcode")).to_be_visible()
    expect(stored.get_by_role("button", name="Print")).to_be_visible()
    place.api.delete(f"/printers/{again}").raise_for_status()


def test_several_printers_go_into_maintenance(window: Window, place: Place) -> None:
    page = window()
    page.get_by_role("button", name="Choose several printers").click()
    chosen = ("Tess", "Cleo")
    for name in chosen:
        page.get_by_role("checkbox", name=f"Choose {name}").check()
    bar = page.get_by_role("region", name="Chosen printers")
    _choose(page, bar, "Start maintenance")
    for name in chosen:
        place.until(name, lambda printer: printer["is_in_maintenance"])
    _choose(page, bar, "End maintenance")
    for name in chosen:
        place.until(name, lambda printer: not printer["is_in_maintenance"])
    expect(bar.get_by_text("2 printers done.")).to_be_visible()


def _choose(page: Page, bar: Locator, action: str) -> None:
    bar.get_by_role("button", name="More for the chosen printers").click()
    page.get_by_role("menuitem", name=action).click()


def test_a_view_is_saved_and_chosen_again(window: Window) -> None:
    page = window()
    cards = page.get_by_role("article")
    expect(cards.first).to_be_visible()
    page.get_by_role("button", name="Make").click()
    page.get_by_role("checkbox", name=re.compile("^Elegoo \\d")).check()
    page.keyboard.press("Escape")
    expect(cards).to_have_count(2)
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Save what is shown now as").fill("Elegoos")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make: Elegoo").click()
    page.get_by_role("button", name="Any").click()
    page.keyboard.press("Escape")
    page.reload()
    expect(cards.nth(2)).to_be_visible()
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Rename Elegoos").click()
    page.get_by_label("New name of Elegoos").fill("Corner")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Corner", exact=True).click()
    expect(cards).to_have_count(2)
    page.reload()
    expect(cards).to_have_count(2)
    page.get_by_role("button", name="Saved views: Corner").click()
    page.get_by_role("button", name="Delete Corner").click()
    expect(page.get_by_text("The view “Corner” is deleted").last).to_be_visible()


@pytest.mark.parametrize("name", ["Tess", "Hare", "Resi", "Otis"])
def test_its_page_looks_right(window: Window, place: Place, name: str) -> None:
    look(
        window, f"family-{name}", f"/printers/{place.printers[name]}", heading("Files")
    )


def test_the_floor_of_all_makes_looks_right(window: Window) -> None:
    look(window, "floor-families", "/", _tools)


def _tools(page: Page) -> None:
    expect(page.get_by_role("article", name=re.compile("^Hare"))).to_be_visible()
    expect(page.get_by_role("button", name="Make")).to_be_attached()


def test_a_form_with_every_field_looks_right(window: Window) -> None:
    look(window, "add-octoprint", "/printers/add", _octoprint)


def _octoprint(page: Page) -> None:
    form = page.get_by_role("region", name="By its address")
    if form.count() == 0:
        _form(page, "OctoPrint", "192.0.2.7")
    expect(form.get_by_role("button", name="Ask the printer for a key")).to_be_visible()
