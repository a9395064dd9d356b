from dataclasses import replace

from httpx import AsyncClient

from odin_engine.printers.model import (
    Activity,
    PrintDetails,
    PrintFilament,
    PrintObject,
)
from odin_engine.printers.ports import PlateFile
from tests.engine.drivers.bambu.slices import PNG, SMALL_PNG
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import CAPABILITIES, job
from tests.engine.printers.web import codes

PLATE = PlateFile(
    PrintDetails(
        plate=2,
        objects=(PrintObject(7, "Cube", (1.0, 2.0, 3.0, 4.0)), PrintObject(8, "Boat")),
        filaments=(PrintFilament(0, "PLA", "GFL99", "#FF0000FF", 12.5, 4.0, 0),),
        weight_g=12.5,
        estimated_s=3600,
        layer_height_mm=0.2,
        nozzle_mm=0.4,
        bed_kind="textured_plate",
        plate_size_mm=(256.0, 256.0),
        can_skip_objects=True,
        has_picture=True,
    ),
    PNG,
    SMALL_PNG,
)
_CAN = replace(CAPABILITIES, has_print_details=True)


async def printing(farm: Farm, plate: PlateFile | None = PLATE) -> str:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.printed = plate
    machine.report(activity=Activity.PRINTING, job=job(), capabilities=_CAN)
    await farm.go()
    return f"/printers/{printer_id}"


async def test_the_present_print_is_shown_with_what_was_skipped(
    farm: Farm, admin: AsyncClient
) -> None:
    at = await printing(farm)
    answer = await admin.get(f"{at}/job/details")
    assert answer.status_code == 200
    shown = answer.json()
    picture = shown.pop("picture")
    assert shown == {
        "name": "benchy",
        "file": "benchy.3mf",
        "token": 7,
        "plate": 2,
        "objects": [
            {"id": 7, "name": "Cube", "box": [1.0, 2.0, 3.0, 4.0], "is_skipped": False},
            {"id": 8, "name": "Boat", "box": None, "is_skipped": False},
        ],
        "filaments": [
            {
                "index": 0,
                "material": "PLA",
                "preset_id": "GFL99",
                "color": "#FF0000FF",
                "used_g": 12.5,
                "used_m": 4.0,
                "head": 0,
            }
        ],
        "weight_g": 12.5,
        "estimated_s": 3600,
        "layer_height_mm": 0.2,
        "nozzle_mm": 0.4,
        "bed_kind": "textured_plate",
        "plate_size_mm": [256.0, 256.0],
        "has_picture": True,
        "can_skip": True,
        "cannot_skip_because": None,
    }
    machine = farm.machine(at.rpartition("/")[2])
    machine.report(job=job(skipped_objects=(8,)))
    await farm.go()
    shown = (await admin.get(f"{at}/job/details")).json()
    assert [each["is_skipped"] for each in shown["objects"]] == [False, True]
    assert shown["can_skip"] is False
    assert "must remain" in shown["cannot_skip_because"]
    assert shown["picture"] == picture
    refused = await admin.post(f"{at}/skip-objects", json={"object_ids": [7]})
    assert codes(refused) == (422, "printer_out_of_bounds")
    assert machine.looks == 1


async def test_the_picture_is_sent_once(farm: Farm, admin: AsyncClient) -> None:
    at = await printing(farm)
    first = await admin.get(f"{at}/job/picture")
    assert (first.status_code, first.content) == (200, PNG)
    assert first.headers["content-type"] == "image/png"
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["x-content-type-options"] == "nosniff"
    tag = first.headers["etag"]
    details = (await admin.get(f"{at}/job/details")).json()
    assert tag == f'"{details["picture"]}"'
    for sent in (tag, f"W/{tag}", f'"x", {tag}'):
        again = await admin.get(f"{at}/job/picture", headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
    other = await admin.get(f"{at}/job/picture", headers={"If-None-Match": '"x"'})
    assert other.status_code == 200


async def test_a_print_of_the_past_keeps_its_small_picture(
    farm: Farm, admin: AsyncClient
) -> None:
    at = await printing(farm)
    await admin.get(f"{at}/job/details")
    machine = farm.machine(at.rpartition("/")[2])
    machine.report(activity=Activity.FINISHED)
    await farm.go()
    (run,) = (await admin.get(f"{at}/prints")).json()["items"]
    told = {
        name: run[name]
        for name in ("weight_g", "estimated_s", "object_count", "has_picture", "result")
    }
    assert told == {
        "weight_g": 12.5,
        "estimated_s": 3600,
        "object_count": 2,
        "has_picture": True,
        "result": "finished",
    }
    picture = await admin.get(f"{at}/prints/{run['id']}/picture")
    assert (picture.status_code, picture.content) == (200, SMALL_PNG)
    assert picture.headers["cache-control"].startswith("private, max-age=")
    other = await farm.add("Berta")
    for path in (f"/printers/{other}/prints/{run['id']}", f"{at}/prints/nobody"):
        missing = await admin.get(f"{path}/picture")
        assert codes(missing) == (404, "print_picture_not_found")


async def test_what_cannot_be_shown_says_why(farm: Farm, admin: AsyncClient) -> None:
    at = await printing(farm, plate=None)
    for path in ("details", "picture"):
        answer = await admin.get(f"{at}/job/{path}")
        assert codes(answer) == (424, "print_file_unavailable")
        assert answer.json()["because"] == "missing"
        assert 0 < int(answer.headers["retry-after"]) <= 60
    machine = farm.machine(at.rpartition("/")[2])
    assert machine.looks == 1
    machine.report(activity=Activity.IDLE)
    await farm.go()
    idle = await admin.get(f"{at}/job/details")
    assert codes(idle) == (404, "printer_no_print")


async def test_who_cannot_look_and_when(farm: Farm, admin: AsyncClient) -> None:
    at = await printing(farm)
    machine = farm.machine(at.rpartition("/")[2])
    machine.report(job=job("other", 8), capabilities=CAPABILITIES)
    await farm.go()
    answer = await admin.get(f"{at}/job/details")
    assert codes(answer) == (409, "printer_not_supported")
    machine.report(activity=Activity.PREPARING, capabilities=_CAN)
    await farm.go()
    answer = await admin.get(f"{at}/job/details")
    assert codes(answer) == (409, "printer_not_now")
    assert answer.json()["because"] == "preparing"
    assert machine.looks == 0


async def filled(farm: Farm, admin: AsyncClient, *plates: PlateFile) -> str:
    """Puts a file with these plates on a printer; returns where it is."""
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.plates = list(plates)
    machine.report(capabilities=_CAN)
    await farm.go()
    at = f"/printers/{printer_id}/files/box.3mf"
    assert (await admin.post(at, content=b"x")).status_code == 202
    with farm.tasks.telemetry.watch() as watcher:
        while farm.tasks.live():
            await watcher.changed()
    return at


async def test_a_file_tells_its_plates_and_which_slots_suit(
    farm: Farm, admin: AsyncClient
) -> None:
    other = PlateFile(PrintDetails(plate=1, filaments=(PrintFilament(1, "TPU"),)))
    at = await filled(farm, admin, PLATE, other)
    answer = await admin.get(f"{at}/plates")
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["items"]
    assert [first["plate"], second["plate"]] == [1, 2]
    assert first["filaments"][0]["proposed"] is None
    assert (first["picture"], first["object_count"]) == (None, 0)
    assert second["object_count"] == 2
    assert second["bed_kind"] == "textured_plate"
    (filament,) = second["filaments"]
    assert (filament["index"], filament["used_g"]) == (0, 12.5)
    assert filament["proposed"] == {"unit": 0, "slot": 0}
    assert filament["slots"] == [
        {"unit": 0, "slot": 0, "fit": "same"},
        {"unit": 0, "slot": 1, "fit": "empty"},
        {"unit": 255, "slot": 0, "fit": "unknown"},
    ]
    picture = await admin.get(f"{at}/plates/2/picture")
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
    assert picture.headers["etag"] == f'"{second["picture"]}"'
    for number in (1, 3):
        none = await admin.get(f"{at}/plates/{number}/picture")
        assert codes(none) == (404, "print_picture_not_found")


async def test_a_file_that_tells_nothing_is_looked_at_when_asked(
    farm: Farm, admin: AsyncClient
) -> None:
    at = await filled(farm, admin)
    machine = farm.machine(at.split("/")[2])
    assert machine.looks == 0
    machine.plates = [PLATE]
    for _ in range(2):
        assert len((await admin.get(f"{at}/plates")).json()["items"]) == 1
    assert machine.looks == 1, "it is remembered"
    # Another file of that name is another file.
    machine.plates = []
    await admin.post(at, content=b"y")
    with farm.tasks.telemetry.watch() as watcher:
        while farm.tasks.live():
            await watcher.changed()
    machine.disk.clear()
    assert codes(await admin.get(f"{at}/plates")) == (424, "print_file_unavailable")


async def test_files_of_others_are_not_looked_into(
    farm: Farm, admin: AsyncClient
) -> None:
    at = f"/printers/{await farm.add()}/files/theirs.3mf/plates"
    assert codes(await admin.get(at)) == (404, "printer_file_not_ours")
    assert codes(await admin.get(f"{at}/1/picture")) == (404, "printer_file_not_ours")
