"""Files, pictures of prints, and the Pi's camera."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from odin_engine.kernel.errors import Unavailable
from odin_engine.printers.model import (
    CommandRejected,
    CommandTimedOut,
    Job,
    NotSupported,
    PrintFileUnavailable,
    ProtocolViolation,
    Storage,
)
from odin_engine.printers.ports import ListsFiles, LooksIntoPrints, PlateFile
from odin_engine.simulator.prusalink import documents
from tests.engine.doubles import ManualClock, settle
from tests.engine.drivers.contract import anything, connected, finish
from tests.engine.drivers.prusalink.rigs import (
    GCODE,
    ON_STICK,
    PrusaRig,
    simulated,
)


@pytest.fixture(params=[("MK4", ""), ("MINI", "maker"), ("MK3S", "me")])
async def rig(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[PrusaRig]:
    """By key, by both kinds of digest."""
    async with simulated(tmp_path / "printer", *request.param) as rig:
        yield rig


@pytest.fixture
async def buddy(tmp_path: Path) -> AsyncIterator[PrusaRig]:
    async with simulated(tmp_path / "printer") as rig:
        yield rig


@pytest.fixture
async def pi(tmp_path: Path) -> AsyncIterator[PrusaRig]:
    async with simulated(tmp_path / "printer", "MK3S") as rig:
        yield rig


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "part.gcode"
    path.write_bytes(GCODE * 100)
    return path


def nothing(_: int, __: int) -> None:
    pass


async def test_names_may_be_in_any_language(rig: PrusaRig, source: Path) -> None:
    """A digest covers the path as it stands on the wire, escapes included."""
    name = "Größe (2) & 50% ~ [x].gcode"
    async with connected(rig) as (driver, _):
        await driver.upload(source, name, nothing)
        assert rig.stored(name) == len(GCODE) * 100
        await driver.delete_file(name)
        assert rig.stored(name) is None


async def test_a_file_is_sent_again_over_the_old_one(
    rig: PrusaRig, source: Path
) -> None:
    async with connected(rig) as (driver, _):
        await driver.upload(source, ON_STICK, nothing)
        assert rig.stored(ON_STICK) == len(GCODE) * 100


async def test_the_pi_keeps_the_old_file_when_another_is_cancelled(
    pi: PrusaRig, tmp_path: Path
) -> None:
    """It receives beside the old one, and replaces it at the end."""
    big = tmp_path / "big.gcode"
    with big.open("wb") as file:
        file.truncate(400 << 20)
    async with connected(pi) as (driver, _):
        upload = asyncio.create_task(driver.upload(big, ON_STICK, nothing))
        await pi.uploading()
        upload.cancel()
        await asyncio.wait({upload})
    assert pi.stored(ON_STICK) == len(GCODE)


async def test_the_pi_keeps_the_old_file_when_another_is_refused(
    pi: PrusaRig, source: Path
) -> None:
    pi.printer.misbehave("full")
    async with connected(pi) as (driver, _):
        with pytest.raises(CommandRejected):
            await driver.upload(source, ON_STICK, nothing)
    assert pi.stored(ON_STICK) == len(GCODE)


async def test_half_a_file_in_place_of_the_old_one_is_removed(
    rig: PrusaRig, source: Path
) -> None:
    rig.truncate_uploads()
    async with connected(rig) as (driver, _):
        with pytest.raises(ProtocolViolation, match="arrived"):
            await driver.upload(source, ON_STICK, nothing)
    assert rig.stored(ON_STICK) is None


async def test_the_firmware_writes_into_the_old_file(
    buddy: PrusaRig, source: Path
) -> None:
    buddy.printer.misbehave("full")
    async with connected(buddy) as (driver, _):
        with pytest.raises(CommandRejected):
            await driver.upload(source, ON_STICK, nothing)
    assert buddy.stored(ON_STICK) is None


@pytest.mark.parametrize(
    ("misbehaviour", "words", "code"),
    [
        ("full", "full or cannot be written", "507"),
        ("other_transfer", "Another file is on its way", "409"),
    ],
)
async def test_a_refused_upload_says_why(
    rig: PrusaRig, source: Path, misbehaviour: str, words: str, code: str
) -> None:
    rig.printer.misbehave(misbehaviour)
    async with connected(rig) as (driver, _):
        with pytest.raises(CommandRejected, match=words) as caught:
            await driver.upload(source, "part.gcode", nothing)
        assert caught.value.device_code == code
    assert rig.stored("part.gcode") is None


async def test_a_file_that_cannot_fit_is_not_begun(
    pi: PrusaRig, tmp_path: Path
) -> None:
    huge = tmp_path / "huge.gcode"
    with huge.open("wb") as file:
        file.truncate(30_000_000_000)
    async with connected(pi) as (driver, _):
        with pytest.raises(CommandRejected, match="no room"):
            await driver.upload(huge, "huge.gcode", nothing)


async def test_an_empty_file_is_refused(rig: PrusaRig, tmp_path: Path) -> None:
    empty = tmp_path / "empty.gcode"
    empty.touch()
    async with connected(rig) as (driver, _):
        with pytest.raises(CommandRejected, match="empty"):
            await driver.upload(empty, "empty.gcode", nothing)


async def test_a_slow_stick_is_waited_for(buddy: PrusaRig, source: Path) -> None:
    clock = ManualClock()
    buddy.printer.misbehave("slow_usb", times=4)
    async with connected(buddy, clock) as (driver, _):
        upload = asyncio.create_task(driver.upload(source, "part.gcode", nothing))
        await finish(upload, clock)
        assert clock.monotonic_s() >= 8
        assert buddy.printer.shelf.settles == 0


async def test_the_pi_may_notice_a_file_late(pi: PrusaRig, source: Path) -> None:
    clock = ManualClock()
    pi.printer.shelf.lag = 4
    async with connected(pi, clock) as (driver, _):
        upload = asyncio.create_task(driver.upload(source, "part.gcode", nothing))
        await finish(upload, clock)
        assert pi.stored("part.gcode") is not None


async def test_the_pi_may_tell_of_the_old_file_for_a_while(
    pi: PrusaRig, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, told = ManualClock(), documents.file
    old = [told(pi.printer, ON_STICK)] * 4
    monkeypatch.setattr(documents, "file", lambda *of: old.pop() if old else told(*of))
    async with connected(pi, clock) as (driver, _):
        upload = asyncio.create_task(driver.upload(source, ON_STICK, nothing))
        await finish(upload, clock)
    assert not old
    assert pi.stored(ON_STICK) == len(GCODE) * 100


async def test_the_pi_may_notice_late_that_a_file_is_gone(pi: PrusaRig) -> None:
    clock = ManualClock()
    async with connected(pi, clock) as (driver, _):
        pi.printer.shelf.lag = 1
        delete = asyncio.create_task(driver.delete_file("gone.gcode"))
        await finish(delete, clock)


async def test_a_stick_that_never_finishes_is_given_up(
    buddy: PrusaRig, source: Path
) -> None:
    clock = ManualClock()
    buddy.printer.misbehave("slow_usb", times=1000)
    async with connected(buddy, clock) as (driver, _):
        upload = asyncio.create_task(driver.upload(source, "part.gcode", nothing))
        with pytest.raises(CommandTimedOut):
            await finish(upload, clock)
    assert buddy.stored("part.gcode") is None


async def test_without_a_stick_nothing_is_sent(buddy: PrusaRig, source: Path) -> None:
    buddy.printer.act("remove_stick")
    async with connected(buddy) as (driver, _):
        with pytest.raises(CommandRejected, match="Insert a USB stick"):
            await driver.upload(source, "part.gcode", nothing)


async def test_a_stick_that_was_put_in_is_used(buddy: PrusaRig, source: Path) -> None:
    buddy.printer.act("remove_stick")
    async with connected(buddy) as (driver, watch):
        buddy.printer.act("insert_stick")
        await driver.upload(source, "part.gcode", nothing)
        await watch.until(lambda state: state.storage is Storage.OK)


async def test_states_go_on_while_a_file_is_sent(
    buddy: PrusaRig, tmp_path: Path
) -> None:
    big = tmp_path / "big.gcode"
    with big.open("wb") as file:
        file.truncate(400 << 20)
    async with connected(buddy) as (driver, watch):
        upload = asyncio.create_task(driver.upload(big, "big.gcode", nothing))
        await buddy.uploading()
        buddy.begin_print()
        state = await watch.until(lambda s: s.job is not None)
        assert state.job is not None
        assert isinstance(driver, LooksIntoPrints)
        with pytest.raises(PrintFileUnavailable, match="it comes first"):
            await driver.read_print_details(state.job)
        upload.cancel()
        await asyncio.wait({upload})


async def test_a_file_in_use_stays(rig: PrusaRig) -> None:
    rig.begin_print()
    name = rig.printer.file
    (rig.printer.shelf.root / name).write_bytes(b"x")
    async with connected(rig) as (driver, _):
        with pytest.raises(CommandRejected, match="in use"):
            await driver.delete_file(name)


async def test_what_lies_there_is_listed(rig: PrusaRig) -> None:
    folder = rig.printer.shelf.root / "Ada" / "Boxes"
    folder.mkdir(parents=True)
    (folder / "big box.gcode").write_bytes(b"12345")
    (folder / "notes.txt").write_bytes(b"no print")
    async with connected(rig) as (driver, _):
        assert isinstance(driver, ListsFiles)
        files = {each.name: each for each in await driver.files()}
        assert set(files) == {ON_STICK, "Ada/Boxes/big box.gcode"}
        found = files["Ada/Boxes/big box.gcode"]
        assert found.size_bytes == 5
        assert found.modified_at is not None
        assert found.place == rig.printer.shelf.name
        assert await driver.timelapses() == ()


async def test_the_picture_of_the_running_job(rig: PrusaRig) -> None:
    rig.begin_print()
    async with connected(rig) as (driver, watch):
        assert isinstance(driver, LooksIntoPrints)
        job = watch.states[-1].job
        assert job is not None
        plate = await driver.read_print_details(job)
        assert plate.details.has_picture
        assert plate.picture is not None
        assert plate.picture.startswith(b"\x89PNG")
        assert plate.small_picture is not None


async def test_what_the_pi_knows_of_a_file(pi: PrusaRig) -> None:
    plates: list[PlateFile] = []
    async with connected(pi) as (driver, _):
        assert isinstance(driver, LooksIntoPrints)
        await driver.read_plates(ON_STICK, plates.append)
    details = plates[0].details
    assert details.layer_height_mm == 0.2
    assert details.filaments[0].material == "PLA"


async def test_a_file_without_pictures_is_no_failure(rig: PrusaRig) -> None:
    rig.printer.has_pictures = False
    plates: list[PlateFile] = []
    async with connected(rig) as (driver, _):
        assert isinstance(driver, LooksIntoPrints)
        await driver.read_plates(ON_STICK, plates.append)
    assert plates[0].picture is None
    assert not plates[0].details.has_picture


async def test_the_file_of_a_job_that_is_over(rig: PrusaRig) -> None:
    """The Pi calls its storage by a name for people there."""
    async with connected(rig) as (driver, _):
        assert isinstance(driver, LooksIntoPrints)
        plate = await driver.read_print_details(Job(file=f"/Its gcodes/{ON_STICK}"))
        assert plate.picture is not None


@pytest.mark.parametrize("name", ["gone.gcode", "/usb/gone.gcode", "/usb/../x", None])
async def test_the_file_of_a_job_may_be_gone(rig: PrusaRig, name: str | None) -> None:
    async with connected(rig) as (driver, _):
        assert isinstance(driver, LooksIntoPrints)
        with pytest.raises(PrintFileUnavailable) as caught:
            await driver.read_print_details(Job(file=name))
        assert caught.value.because == "missing"


async def test_a_file_of_ours_tells_nothing(rig: PrusaRig, source: Path) -> None:
    async with connected(rig) as (driver, _):
        assert isinstance(driver, LooksIntoPrints)
        with pytest.raises(NotSupported):
            driver.inspect_file(source)


async def test_a_camera_without_a_photo_is_unavailable(pi: PrusaRig) -> None:
    pi.printer.misbehave("no_photo")
    async with connected(pi) as (driver, _):
        with pytest.raises(Unavailable, match="no picture yet"):
            await driver.camera_frame("cam1")


async def test_one_picture_serves_all_who_ask(pi: PrusaRig) -> None:
    clock = ManualClock()
    async with connected(pi, clock) as (driver, watch):
        await watch.until(anything)
        one, other = await asyncio.gather(
            driver.camera_frame("cam1"), driver.camera_frame("cam1")
        )
        assert one is other
        await clock.advance(2)
        await settle()
        assert await driver.camera_frame("cam1") is not one
