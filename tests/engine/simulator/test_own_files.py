"""Jobs that nobody sent a file for: their file lies on the card, once somebody looks."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from odin_engine.simulator.bambu import SimulatedPrinter, make_sliced_3mf
from odin_engine.simulator.bambu.deeds import ACTS, tell
from odin_engine.simulator.bambu.scene import look
from odin_engine.simulator.bambu.sliced import read_plan
from odin_engine.simulator.farm import Farm
from odin_engine.simulator.farm_file import read_farm
from tests.engine.simulator.clients import ftp, mqtt

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
FREE = "{mqtt: 0, ftps: 0, camera: 0, detect: 0}"
UNITS = "[{kind: ams, slots: [[GFA00, F2754E], [GFG02, '2850E0']]}]"
HOOK = (
    "{name: Hook, minutes: 60, layers: 90, used_g: [20, 5], slots: [0, 1],"
    " at_percent: 30, objects: [Left, Right]}"
)
PARAM = "Metadata/plate_1.gcode"
PICTURES = {
    "Metadata/plate_1.png": 512,
    "Metadata/plate_1_small.png": 128,
    "Metadata/plate_no_light_1.png": 512,
    "Metadata/top_1.png": 512,
    "Metadata/pick_1.png": 512,
}


@asynccontextmanager
async def farm(
    folder: Path,
    jobs: str,
    *,
    more: str = "model: P1S",
    continues: bool = False,
) -> AsyncIterator[SimulatedPrinter]:
    """Runs a farm of one machine, whose clock stands still."""
    path = folder / "farm.yaml"
    path.write_text(
        f"printers: [{{ports: {FREE}, clock_factor: 0, units: {UNITS},"
        f" jobs: [{jobs}], next_after_s: 60, {more}}}]"
    )
    running = Farm(read_farm(path), folder, started_at=NOON, continues=continues)
    async with running:
        yield running.printers[0]


def laid(printer: SimulatedPrinter) -> list[Path]:
    """Lists the folder as the disk has it, without asking the machine."""
    return sorted((printer.card.root / "cache").iterdir())


async def listed(printer: SimulatedPrinter) -> list[str]:
    """Lists the folder as a client sees it."""

    def ask() -> list[str]:
        with ftp(printer) as client:
            return [each.rpartition("/")[2] for each in client.nlst("/cache")]

    return await asyncio.to_thread(ask)


async def fetched(printer: SimulatedPrinter) -> zipfile.ZipFile:
    """Fetches the only file, as a client does."""

    def ask() -> bytes:
        with ftp(printer) as client:
            (name,) = client.nlst("/cache")
            content = bytearray()
            client.retrbinary(f"RETR /cache/{PurePosixPath(name).name}", content.extend)
            return bytes(content)

    return zipfile.ZipFile(io.BytesIO(await asyncio.to_thread(ask)))


def job_name(printer: SimulatedPrinter) -> str:
    job = printer.machine.prints.job
    assert job is not None
    return job.plan.name


@pytest.mark.parametrize("model", ["P1S", "X1C", "A1", "H2D"])
async def test_a_job_of_a_farm_has_its_file(tmp_path: Path, model: str) -> None:
    async with farm(tmp_path, HOOK, more=f"model: {model}") as printer:
        assert laid(printer) == [], "it was drawn before anybody looked"
        archive = await fetched(printer)
        (place,) = laid(printer)
        plan = printer.machine.prints.job.plan  # type: ignore[union-attr]
    assert place.name == "Hook.gcode.3mf"
    assert (plan.gcode_file == place.name) == (model in {"P1S", "A1"})
    read = read_plan(place, PARAM)
    assert (read.layers, read.print_s) == (plan.layers, plan.print_s)
    assert (read.filaments, read.objects) == (plan.filaments, plan.objects)
    info = ET.fromstring(archive.read("Metadata/slice_info.config"))  # noqa: S314 - ours
    filaments = [each.attrib for each in info.iter("filament")]
    assert [(each["color"], each["tray_info_idx"]) for each in filaments] == [
        ("#F2754E", "GFA00"),
        ("#2850E0", "GFG02"),
    ]
    assert [each.get("name") for each in info.iter("object")] == ["Left", "Right"]


async def test_its_pictures_show_the_part_in_its_colours(tmp_path: Path) -> None:
    async with farm(tmp_path, HOOK) as printer:
        archive = await fetched(printer)
        numbers = printer.machine.prints.job.plan.objects  # type: ignore[union-attr]
    pictures = {
        name: Image.open(io.BytesIO(archive.read(name))).convert("RGBA")
        for name in PICTURES
    }
    assert {name: each.size for name, each in pictures.items()} == {
        name: (side, side) for name, side in PICTURES.items()
    }
    for name in ("Metadata/plate_no_light_1.png", "Metadata/plate_1.png"):
        kinds = [
            "orange" if red > blue else "blue"
            for red, _, blue, alpha in pixels(pictures[name])
            if alpha > 240
        ]
        assert min(kinds.count("orange"), kinds.count("blue")) > 10_000
    plate = json.loads(archive.read("Metadata/plate_1.json"))
    for row, number in zip(plate["bbox_objects"], numbers, strict=True):
        left, front, right, back = (side / 256 * 512 for side in row["bbox"])
        middle = (round((left + right) / 2), round(512 - (front + back) / 2))
        red, green, blue, _ = pictures["Metadata/pick_1.png"].getpixel(middle)  # type: ignore[misc]
        assert red | green << 8 | blue << 16 == number == row["id"]


def pixels(image: Image.Image) -> list[tuple[int, int, int, int]]:
    data = image.tobytes()
    return [tuple(data[at : at + 4]) for at in range(0, len(data), 4)]  # type: ignore[misc]


async def test_files_do_not_pile_up(tmp_path: Path) -> None:
    jobs = f"{HOOK}, {{name: Wall clip 3x, minutes: 10, slots: [0]}}"
    async with farm(tmp_path, jobs) as printer:
        await listed(printer)
        written = laid(printer)[0].stat()
        seen = set()
        for _ in range(900):
            printer.advance(30)
            seen.add(job_name(printer))
        assert await listed(printer) == ["Hook.gcode.3mf", "Wall clip 3x.gcode.3mf"]
        again = laid(printer)[0].stat()
    assert seen == {"Hook", "Wall clip 3x"}
    assert (again.st_ino, again.st_mtime) == (written.st_ino, written.st_mtime)


async def test_the_file_is_there_after_another_start(tmp_path: Path) -> None:
    for _ in range(2):
        async with farm(tmp_path, HOOK, continues=True) as printer:
            assert job_name(printer) == "Hook"
            assert printer.machine.prints.percent == 30
    async with farm(tmp_path, HOOK, continues=True) as printer:
        assert await listed(printer) == ["Hook.gcode.3mf"]


async def test_a_memory_without_objects_takes_them_from_the_farm(
    tmp_path: Path,
) -> None:
    async with farm(tmp_path, HOOK, continues=True) as printer:
        memory = tmp_path / printer.serial / "machine.json"
    kept = json.loads(memory.read_text())
    del kept["job"]["plan"]["parts"]
    kept["job"]["plan"]["objects"] = [1]
    memory.write_text(json.dumps(kept))
    async with farm(tmp_path, HOOK, continues=True) as printer:
        assert await listed(printer) == ["Hook.gcode.3mf"]
        assert printer.machine.prints.percent == 30


async def test_a_changed_job_of_the_same_name_gets_its_own_file(tmp_path: Path) -> None:
    async with farm(tmp_path, HOOK) as printer:
        await listed(printer)
    async with farm(tmp_path, HOOK.replace("layers: 90", "layers: 80")) as printer:
        assert await listed(printer) == ["Hook.gcode.3mf"]
        assert read_plan(laid(printer)[0], PARAM).layers == 80


async def test_a_file_that_somebody_put_there_stays(tmp_path: Path) -> None:
    async with farm(tmp_path, HOOK) as printer:
        place = make_sliced_3mf(printer.card.root / "cache" / "Hook.gcode.3mf")
        content = place.read_bytes()
        assert await listed(printer) == ["Hook.gcode.3mf"]
        assert place.read_bytes() == content


async def test_a_deleted_file_stays_away(tmp_path: Path) -> None:
    async with farm(tmp_path, HOOK) as printer:

        def delete() -> None:
            with ftp(printer) as client:
                client.delete("/cache/Hook.gcode.3mf")

        await asyncio.to_thread(delete)
        assert await listed(printer) == []


async def test_without_a_card_there_is_no_file(tmp_path: Path) -> None:
    async with farm(tmp_path, HOOK) as printer:
        printer.machine.misbehave("storage_none")
        assert await listed(printer) == []
        assert laid(printer) == []
        printer.machine.behave("storage_none")
        assert await listed(printer) == ["Hook.gcode.3mf"]


@pytest.mark.parametrize(
    ("name", "stem", "parts"),
    [
        ("Wall hook x6", "Wall hook x6", [f"Wall hook {each}" for each in range(1, 7)]),
        ("Left/right: 2x", "Left_right_ 2x", ["Left_right_ 1", "Left_right_ 2"]),
        (".hidden x1", "_.hidden x1", ["_.hidden"]),
    ],
)
async def test_names_of_files_and_objects_follow_from_the_job(
    tmp_path: Path, name: str, stem: str, parts: list[str]
) -> None:
    async with farm(
        tmp_path, f"{{name: '{name}', minutes: 10, slots: [0]}}"
    ) as printer:
        assert await listed(printer) == [f"{stem}.gcode.3mf"]
        archive = await fetched(printer)
    info = ET.fromstring(archive.read("Metadata/slice_info.config"))  # noqa: S314 - ours
    assert [each.get("name") for each in info.iter("object")] == parts


async def test_its_objects_are_skipped_by_their_numbers(tmp_path: Path) -> None:
    async with farm(tmp_path, HOOK) as printer, mqtt(printer) as client:
        numbers = printer.machine.prints.job.plan.objects  # type: ignore[union-attr]
        await client.ask("print", "skip_objects", obj_list=[numbers[1]])
        assert printer.machine.prints.skipped == [numbers[1]]
        assert look(printer.machine).skipped == (1,)


async def test_a_job_from_the_screen_and_its_file_started_again(
    p1s: SimulatedPrinter,
) -> None:
    tell(p1s, ACTS["start_job"], {"job": "Knob", "minutes": 30})
    p1s.advance(4000)
    assert p1s.machine.gcode_state == "FINISH"
    async with mqtt(p1s) as client:
        await client.ask(
            "print",
            "project_file",
            url="file:///sdcard/cache/Knob.gcode.3mf",
            param=PARAM,
            use_ams=True,
            ams_mapping=[0],
        )
        p1s.advance(400)
        assert p1s.machine.gcode_state == "RUNNING"
        assert [each.name for each in laid(p1s)] == ["Knob.gcode.3mf"]


@pytest.mark.parametrize("fault", [None, "truncated_upload"])
async def test_an_upload_is_summed_up_while_it_comes(
    p1s: SimulatedPrinter, fault: str | None
) -> None:
    if fault is not None:
        p1s.machine.misbehave(fault)
    content = bytes(range(256)) * 2000

    def send(*, rest: int | None = None) -> None:
        with ftp(p1s) as client:
            client.storbinary(
                "STOR /a.3mf", io.BytesIO(content[rest or 0 :]), rest=rest
            )

    path = PurePosixPath("/a.3mf")
    kept = content if fault is None else content[: len(content) // 2]
    await asyncio.to_thread(send)
    assert p1s.card.sum_of(path) == md5(kept)
    p1s.card.place(path).write_bytes(b"another")
    assert p1s.card.sum_of(path) == md5(b"another")
    if fault is None:
        await asyncio.to_thread(send)
        await asyncio.to_thread(send, rest=500)
        assert p1s.card.sum_of(path) == md5(content)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest().upper()
