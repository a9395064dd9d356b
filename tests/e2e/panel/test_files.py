"""The files of a printer: sending, printing one, and what cannot be done with them."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from odin_engine.simulator.bambu import SlicedPlate, make_sliced_3mf
from odin_engine.simulator.bambu.slicing import SlicedFilament
from tests.e2e.apart import wait_for
from tests.e2e.panel.conftest import PHONE_PX, Window, signed_in
from tests.e2e.panel.looks import look
from tests.e2e.panel.place import PASSWORD, Place

BLUE, WHITE = "#1030A0", "#FFFFFF"
_LONG_S = 36_000


def sliced(
    folder: Path, name: str = "Wind vane.gcode.3mf", padding_bytes: int = 0
) -> Path:
    """Makes a file that prints for hours, of the blue that is loaded in Vela."""
    return make_sliced_3mf(
        folder / name,
        plates=(SlicedPlate(prediction_s=_LONG_S),),
        filaments=(SlicedFilament("PLA", BLUE, "GFA00"),),
        name=name,
        padding_bytes=padding_bytes,
    )


def two_plates(folder: Path) -> Path:
    return make_sliced_3mf(
        folder / "Lamp.gcode.3mf",
        plates=(
            SlicedPlate(1, used_g=((0, 42.0),), prediction_s=_LONG_S),
            SlicedPlate(2, used_g=((0, 4.0), (2, 7.5)), prediction_s=_LONG_S),
        ),
        filaments=(
            SlicedFilament("PLA", BLUE),
            SlicedFilament(),
            SlicedFilament("TPU", WHITE),
        ),
        name="lamp",
    )


def opened(window: Window, place: Place, name: str = "Vela", width: int = 1440) -> Page:
    return window(f"/printers/{place.printers[name]}", width=width)


def files(page: Page) -> Locator:
    return page.get_by_role("region", name="Files", exact=True)


def pick(page: Page, *paths: Path) -> None:
    """Picks files as the dialog of the system would."""
    with page.expect_file_chooser() as choosing:
        files(page).get_by_role("button", name="Upload", exact=True).click()
    choosing.value.set_files(list(paths))


def row(page: Page, name: str) -> Locator:
    listed = files(page).get_by_role("list", name="Files", exact=True)
    return listed.get_by_role("listitem").filter(has_text=name)


def sheet(page: Page) -> Locator:
    """What is asked before a print starts; slotted, so not inside the dialog's role."""
    return page.locator("odin-file-start")


def order(page: Page) -> Locator:
    """The button that starts it."""
    return page.get_by_role("button", name="Print", exact=True).last


def names(place: Place, printer: str = "Vela") -> list[str]:
    answer = place.api.get(f"/printers/{place.printers[printer]}/files")
    return [each["name"] for each in answer.raise_for_status().json()["items"]]


def send(place: Place, path: Path, name: str, printer: str = "Vela") -> None:
    """Puts a file on a printer, past the page."""
    address = f"/printers/{place.printers[printer]}/files/{name}"
    sent = place.api.post(address, content=path.read_bytes()).raise_for_status()
    task = f"/tasks/{sent.json()['id']}"
    wait_for(
        lambda: place.api.get(task).json()["state"] == "done",
        lambda: f"{name} did not arrive",
    )


def freed(place: Place) -> None:
    """Ends what Vela prints, and clears its plate."""
    if place.printer("Vela")["activity"] != "printing":
        return
    place.tell("Vela", "stop")
    place.until("Vela", lambda printer: printer["plate"]["state"] == "occupied")
    place.tell("Vela", "plate-cleared")


@pytest.mark.parametrize("width", [1440, PHONE_PX])
def test_a_file_is_sent_printed_and_deleted(
    window: Window, place: Place, tmp_path: Path, width: int
) -> None:
    page = opened(window, place, width=width)
    # Large enough for its way to be seen.
    pick(page, sliced(tmp_path, padding_bytes=8_000_000))
    on_its_way = files(page).get_by_role("list", name="Files on their way")
    expect(on_its_way.get_by_role("progressbar")).to_be_visible()
    file = row(page, "Wind_vane.gcode.3mf")
    expect(file).to_be_visible()
    expect(file).to_contain_text("8 MB")

    file.get_by_role("button", name="Print", exact=True).click()
    dialog = page.get_by_role("dialog", name="Print Wind_vane.gcode.3mf")
    expect(dialog).to_be_visible()
    expect(sheet(page).get_by_text("10 h 0 min")).to_be_visible()
    expect(
        sheet(page).get_by_role("radio", name=re.compile("AMS A, slot 1"))
    ).to_be_checked()
    expect(
        sheet(page).get_by_role("radio", name=re.compile("AMS A, slot 4"))
    ).to_be_disabled()
    sheet(page).get_by_role("switch", name="Record a timelapse").click()
    order(page).click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("took the order to print").last).to_be_visible()
    printing = place.until("Vela", lambda printer: printer["activity"] == "printing")
    assert printing["job"]["name"] == "Wind_vane"
    assert printing["is_timelapse_on"] is True
    expect(files(page).get_by_text("A print is running.")).to_be_visible()

    delete = file.get_by_role("button", name="Delete Wind_vane.gcode.3mf")
    delete.click()
    page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(file.get_by_text("This file is being printed.")).to_be_visible()
    freed(place)
    delete.click()
    expect(page.get_by_role("dialog", name="Delete Wind_vane")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(file).to_have_count(0)
    assert "Wind_vane.gcode.3mf" not in names(place)


def test_what_cannot_be_printed_is_not_sent(
    window: Window, place: Place, tmp_path: Path
) -> None:
    mesh, nothing, bare = (tmp_path / n for n in ("a.stl", "b.3mf", "model.3mf"))
    mesh.write_bytes(b"solid")
    nothing.touch()
    with zipfile.ZipFile(bare, "w") as archive:
        archive.writestr("3D/3dmodel.model", "<model/>")
    page = opened(window, place)
    pick(page, mesh, nothing, bare)
    expect(files(page).get_by_text("This printer prints .3mf files.")).to_be_visible()
    expect(files(page).get_by_text("The file is empty.")).to_be_visible()
    unsliced = files(page).get_by_text("This project is not sliced.")
    expect(unsliced).to_be_visible()
    assert names(place) == ["model.3mf"]
    for name in ("a.stl", "b.3mf", "model.3mf"):
        label = f"Put the message about {name} away"
        files(page).get_by_role("button", name=label).click()
    expect(unsliced).to_be_hidden()
    row(page, "model.3mf").get_by_role("button", name="Print", exact=True).click()
    dialog = page.get_by_role("dialog", name="Print model.3mf")
    expect(dialog).to_be_visible()
    expect(sheet(page).get_by_text("It is not likely to print.")).to_be_visible()
    # The reason is told; a person may still know better.
    expect(
        sheet(page).get_by_role("spinbutton", name="Plate of the file")
    ).to_be_visible()
    expect(order(page)).to_be_disabled()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_file_of_that_name_is_replaced_only_when_wanted(
    window: Window, place: Place, tmp_path: Path
) -> None:
    send(place, sliced(tmp_path), "Wind_vane.gcode.3mf")
    page = opened(window, place)
    expect(row(page, "Wind_vane")).to_contain_text("0.1 MB")
    larger = sliced(tmp_path, padding_bytes=3_000_000)
    pick(page, larger)
    question = page.get_by_role("dialog", name="Replace Wind_vane.gcode.3mf?")
    expect(question).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(row(page, "Wind_vane")).to_contain_text("0.1 MB")
    pick(page, larger)
    expect(question).to_be_visible()
    page.get_by_role("button", name="Replace", exact=True).click()
    expect(row(page, "Wind_vane")).to_contain_text("3 MB")


def test_a_file_is_dropped(window: Window, place: Place, tmp_path: Path) -> None:
    page = opened(window, place)
    expect(files(page).get_by_role("button", name="Upload")).to_be_enabled()
    content = list(sliced(tmp_path).read_bytes())
    dropped = page.evaluate_handle(
        """(content) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(content)], "Dropped.gcode.3mf"));
          return transfer;
        }""",
        content,
    )
    files(page).dispatch_event("dragenter", {"dataTransfer": dropped})
    expect(page.get_by_text("Drop to send it to Vela")).to_be_visible()
    files(page).dispatch_event("drop", {"dataTransfer": dropped})
    expect(row(page, "Dropped.gcode.3mf")).to_be_visible()
    expect(page.get_by_text("Drop to send it to Vela")).to_be_hidden()


def test_an_upload_is_called_off(window: Window, place: Place, tmp_path: Path) -> None:
    page = opened(window, place)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile("/files/Held"), hold)
    pick(page, sliced(tmp_path, "Held.gcode.3mf"), sliced(tmp_path, "Next.gcode.3mf"))
    expect(files(page).get_by_text("Waits for the file before it")).to_be_visible()
    expect(files(page).get_by_text("Step 1 of 2")).to_be_visible()
    # It goes on while somebody looks elsewhere.
    page.get_by_role("link", name="Alerts").first.click()
    page.go_back()
    files(page).get_by_role("button", name="Cancel sending Held.gcode.3mf").click()
    expect(row(page, "Next.gcode.3mf")).to_be_visible()
    assert held
    assert "Held.gcode.3mf" not in names(place)


def test_a_printer_that_takes_no_file_says_why(
    window: Window, place: Place, tmp_path: Path
) -> None:
    page = opened(window, place)
    place.machines.misbehave("Vela", "storage_full")
    pick(page, sliced(tmp_path, "Late.gcode.3mf"))
    expect(files(page).get_by_role("alert")).to_contain_text("full")
    place.machines.end("Vela", "storage_full")
    files(page).get_by_role("button", name="Send Late.gcode.3mf again").click()
    expect(row(page, "Late.gcode.3mf")).to_be_visible()
    place.api.patch(
        f"/printers/{place.printers['Vela']}", json={"is_observe_only": True}
    )
    upload = files(page).get_by_role("button", name="Upload")
    expect(upload).to_be_disabled()
    expect(upload).to_have_accessible_description("This printer is only observed.")
    place.api.patch(
        f"/printers/{place.printers['Vela']}", json={"is_observe_only": False}
    )
    expect(upload).to_be_enabled()


def test_a_plate_is_chosen_and_each_filament_its_slot(
    window: Window, place: Place, tmp_path: Path
) -> None:
    send(place, two_plates(tmp_path), "Lamp.gcode.3mf")
    page = opened(window, place)
    row(page, "Lamp").get_by_role("button", name="Print", exact=True).click()
    expect(page.get_by_role("dialog", name="Print Lamp.gcode.3mf")).to_be_visible()
    expect(order(page)).to_be_enabled()
    sheet(page).get_by_role("radio", name=re.compile("Plate 2")).check(force=True)
    expect(sheet(page).get_by_text("No slot holds TPU.")).to_be_visible()
    expect(order(page)).to_be_disabled()
    third = sheet(page).get_by_role("group", name=re.compile("Filament 3 TPU"))
    third.get_by_role("radio", name=re.compile("AMS A, slot 2")).check(force=True)
    expect(
        sheet(page).get_by_text("The file wants TPU, and PLA is loaded")
    ).to_be_visible()
    # A spool is taken out while the sheet is open.
    place.machines.act("Vela", "remove_spool", tray=1)
    expect(order(page)).to_be_disabled()
    place.machines.act("Vela", "insert_spool", tray=1, preset="GFU01")
    expect(order(page)).to_be_enabled()
    with page.expect_request(re.compile("/print$")) as asked:
        order(page).click()
    body: dict[str, object] = asked.value.post_data_json or {}
    assert body["plate"] == 2
    assert body["mapping"] == [{"unit": 0, "slot": 0}, None, {"unit": 0, "slot": 1}]
    place.until("Vela", lambda printer: printer["activity"] == "printing")
    freed(place)


def test_a_slot_of_the_other_nozzle_cannot_be_chosen(
    window: Window, place: Place, tmp_path: Path
) -> None:
    path = make_sliced_3mf(
        tmp_path / "left.3mf",
        # A slicer counts heads from the left.
        filaments=(SlicedFilament("ABS", WHITE, group=0),),
        printer_model_id="O1D",
    )
    send(place, path, "left.3mf", "Lyra")
    page = opened(window, place, "Lyra")
    row(page, "left.3mf").get_by_role("button", name="Print", exact=True).click()
    expect(sheet(page).get_by_text("left nozzle", exact=False).first).to_be_visible()
    slot = sheet(page).get_by_role("radio", name=re.compile("AMS A, slot 1"))
    expect(slot).to_be_disabled()
    expect(slot).to_have_accessible_name(re.compile("other nozzle"))
    expect(order(page)).to_be_disabled()


def test_whoever_may_only_look_sees_the_files(
    window: Window, place: Place, browser: Browser, tmp_path: Path
) -> None:
    send(place, sliced(tmp_path), "Seen.gcode.3mf")
    create = ("user", "create", "vera", "--role", "viewer", "--password-stdin")
    place.engine.run(*create, stdin=PASSWORD)
    cookies = signed_in(browser, place, "vera", PASSWORD)
    page = window(f"/printers/{place.printers['Vela']}", storage_state=cookies)
    expect(row(page, "Seen.gcode.3mf")).to_be_visible()
    expect(
        files(page).get_by_role("button", name=re.compile("Upload|Print"))
    ).to_have_count(0)


def test_how_it_looks(window: Window, place: Place, tmp_path: Path) -> None:
    freed(place)
    for number in range(8):
        send(place, sliced(tmp_path), f"Vane_{number}.gcode.3mf")
    send(place, two_plates(tmp_path), "Lamp.gcode.3mf")

    def listed(page: Page) -> None:
        expect(files(page).get_by_role("searchbox")).to_be_visible()
        files(page).scroll_into_view_if_needed()

    def asked(page: Page) -> None:
        if not sheet(page).is_visible():
            button = row(page, "Lamp").get_by_role("button", name="Print", exact=True)
            button.click()
            expect(
                sheet(page).get_by_role("img", name="Picture of plate 1")
            ).to_be_visible()

    path = f"/printers/{place.printers['Vela']}"
    look(window, "files", path, listed)
    # What lies behind an open dialog is counted as obscured, and cannot be pressed.
    look(window, "files-print", path, asked, ("target-size",))


def test_files_are_found_and_printed_by_keyboard(
    window: Window, place: Place, tmp_path: Path
) -> None:
    freed(place)
    for number in range(8):
        send(place, sliced(tmp_path), f"Vane_{number}.gcode.3mf")
    page = opened(window, place)
    search = files(page).get_by_role("searchbox", name="Search files")
    search.focus()
    page.keyboard.type("vane_3")
    expect(row(page, "Vane_")).to_have_count(1)
    row(page, "Vane_3").get_by_role("button", name="Print", exact=True).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Print Vane_3.gcode.3mf")
    expect(dialog).to_be_visible()
    slot = sheet(page).get_by_role("radio", name=re.compile("AMS A, slot 1"))
    expect(slot).to_be_checked()
    slot.focus()
    page.keyboard.press("ArrowRight")
    expect(
        sheet(page).get_by_role("radio", name=re.compile("AMS A, slot 2"))
    ).to_be_checked()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
