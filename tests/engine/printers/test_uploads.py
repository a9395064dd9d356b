"""Files on their way to a printer."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from odin_engine.kernel.errors import Invalid
from odin_engine.kernel.files import FileTooLarge
from odin_engine.kernel.tables import TaskState
from odin_engine.kernel.tasks import Task
from odin_engine.printers.model import (
    Activity,
    NotSupported,
    SlotRef,
    Storage,
    Unreachable,
)
from odin_engine.printers.model.history import UploadNotFound
from odin_engine.printers.model.safety import NotConnected, NotNow, ObserveOnly
from odin_engine.printers.ports import PlateFile
from odin_engine.printers.service import PrintOrder
from odin_engine.printers.service.uploads import UploadRunning, WrongKind
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import IDLE, MemoryFamily, job
from tests.patience import PATIENCE_S


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def done(farm: Farm, task: Task) -> Task:
    with farm.tasks.telemetry.watch() as watcher:
        while not (await farm.tasks.get(task.id)).has_ended:
            async with asyncio.timeout(PATIENCE_S):
                await watcher.changed()
    await farm.go(1)
    return await farm.tasks.get(task.id)


async def spooled(farm: Farm, folder: Path) -> int:
    await farm.printers.uploads.sweep()
    return len(await asyncio.to_thread(lambda: list((folder / "spool").glob("*"))))


async def test_a_file_reaches_the_printer(farm: Farm, tmp_path: Path) -> None:
    printer_id = await farm.add()
    task = await farm.printers.uploads.receive(
        printer_id, "benchy.3mf", chunks(b"abc", b"def"), "u1"
    )
    assert task.owner == "u1"
    ended = await done(farm, task)
    assert ended.state is TaskState.DONE
    assert ended.result is not None
    assert ended.result["size_bytes"] == 6
    assert ended.result["note"] == "It tells nothing."
    assert farm.machine(printer_id).disk == {"benchy.3mf": b"abcdef"}
    (upload,) = await farm.printers.uploads.of(printer_id)
    assert (upload.name, upload.size_bytes) == ("benchy.3mf", 6)
    assert await spooled(farm, tmp_path) == 0
    again = await farm.printers.uploads.receive(printer_id, "benchy.3mf", chunks(b"x"))
    await done(farm, again)
    assert len(await farm.printers.uploads.of(printer_id)) == 1


async def test_what_only_the_printer_can_look_into_needs_no_note(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path) -> Iterator[PlateFile]:
        raise NotSupported(f"{source.name} is looked into on the printer only.")

    printer_id = await farm.add()
    monkeypatch.setattr(farm.machine(printer_id).driver, "inspect_file", refuse)
    task = await farm.printers.uploads.receive(printer_id, "a.3mf", chunks(b"x"))
    ended = await done(farm, task)
    assert ended.state is TaskState.DONE
    assert ended.result is not None
    assert ended.result["note"] is None


async def test_a_machine_may_take_fewer_kinds_than_its_family(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    assert farm.printers.uploads.kinds(printer_id) == MemoryFamily.file_kinds
    few = replace(IDLE.capabilities, file_kinds=(".goo",))
    machine.report(capabilities=few)
    await farm.go()
    assert farm.printers.uploads.kinds(printer_id) == (".goo",)
    with pytest.raises(WrongKind):
        await farm.printers.uploads.receive(printer_id, "a.3mf", chunks(b"x"))


async def test_one_file_at_a_time_and_cancelled_when_asked(
    farm: Farm, tmp_path: Path
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.upload_gate = asyncio.Event()
    first = await farm.printers.uploads.receive(printer_id, "a.3mf", chunks(b"a"))
    with pytest.raises(UploadRunning):
        await farm.printers.uploads.receive(printer_id, "b.3mf", chunks(b"b"))
    cancelled = await farm.tasks.cancel(first.id)
    assert cancelled.state is TaskState.CANCELLED
    await farm.go(1)
    assert await spooled(farm, tmp_path) == 0
    assert await farm.printers.uploads.of(printer_id) == []
    machine.upload_gate.set()
    second = await farm.printers.uploads.receive(printer_id, "b.3mf", chunks(b"b"))
    assert (await done(farm, second)).state is TaskState.DONE


async def test_names_become_plain_for_the_printer(farm: Farm) -> None:
    printer_id = await farm.add()
    task = await farm.printers.uploads.receive(
        printer_id, "Größe (1).gcode.3mf", chunks(b"a")
    )
    ended = await done(farm, task)
    assert ended.result is not None
    assert ended.result["name"] in farm.machine(printer_id).disk
    assert ended.result["name"].isascii()
    assert ended.result["name"].endswith(".gcode.3mf")


async def test_two_printers_take_files_side_by_side(farm: Farm) -> None:
    slow, fast = await farm.add("A"), await farm.add("B")
    farm.machine(slow).upload_gate = asyncio.Event()
    await farm.printers.uploads.receive(slow, "a.3mf", chunks(b"a"))
    task = await farm.printers.uploads.receive(fast, "b.3mf", chunks(b"b"))
    assert (await done(farm, task)).state is TaskState.DONE


async def test_the_next_file_need_not_wait_for_the_clock(farm: Farm) -> None:
    printer_id = await farm.add()
    for name in ("a.3mf", "b.3mf", "c.3mf"):
        task = await farm.printers.uploads.receive(printer_id, name, chunks(b"a"))
        with farm.tasks.telemetry.watch() as watcher:
            while not (await farm.tasks.get(task.id)).has_ended:
                await watcher.changed()
    assert set(farm.machine(printer_id).disk) == {"a.3mf", "b.3mf", "c.3mf"}


async def test_a_transfer_that_fails_is_not_ours(farm: Farm) -> None:
    printer_id = await farm.add()
    farm.machine(printer_id).says = Unreachable("the plug was pulled")
    task = await farm.printers.uploads.receive(printer_id, "a.3mf", chunks(b"a"))
    ended = await done(farm, task)
    assert ended.state is TaskState.FAILED
    assert ended.error is not None
    assert ended.error["detail"] == "the plug was pulled"
    assert await farm.printers.uploads.of(printer_id) == []


@pytest.mark.parametrize(
    "name", ["../x.3mf", "a/b.3mf", ".x", "a\\b", "a\nb", "", "x" * 201, "con:"]
)
async def test_names_that_are_none(farm: Farm, name: str) -> None:
    printer_id = await farm.add()
    with pytest.raises(Invalid):
        await farm.printers.uploads.receive(printer_id, name, chunks(b"a"))


async def test_what_cannot_be_received_frees_the_printer(
    farm: Farm, tmp_path: Path
) -> None:
    printer_id = await farm.add()
    receive = farm.printers.uploads.receive
    with pytest.raises(FileTooLarge):
        await receive(printer_id, "a.3mf", chunks(b"x" * 1_000_001))
    with pytest.raises(Invalid):
        await receive(printer_id, "a.3mf", chunks())

    async def breaks() -> AsyncIterator[bytes]:
        yield b"a"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await receive(printer_id, "a.3mf", breaks())
    assert await spooled(farm, tmp_path) == 0
    task = await receive(printer_id, "a.3mf", chunks(b"a"))
    assert (await done(farm, task)).state is TaskState.DONE


async def test_when_a_printer_takes_no_file(farm: Farm) -> None:
    watched = await farm.add("A", is_observe_only=True)
    receive = farm.printers.uploads.receive
    with pytest.raises(ObserveOnly):
        await receive(watched, "a.3mf", chunks(b"a"))
    lost = await farm.add("B", is_enabled=False)
    with pytest.raises(NotConnected):
        await receive(lost, "a.3mf", chunks(b"a"))
    bare = await farm.add("C")
    farm.machine(bare).report(storage=Storage.MISSING)
    await farm.go()
    with pytest.raises(NotNow):
        await receive(bare, "a.3mf", chunks(b"a"))


async def test_what_we_started_is_kept_whatever_the_printer_calls_it(
    farm: Farm,
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    task = await farm.printers.uploads.receive(printer_id, "ours.3mf", chunks(b"a"))
    await done(farm, task)
    order = PrintOrder("ours.3mf", name="Gift", mapping=(SlotRef(0, 0),))
    token = (await farm.printers.commands.print(printer_id, order)).token
    running = job("Gift", token, file="/data/Metadata/plate_1.gcode")
    machine.report(activity=Activity.PRINTING, job=running)
    await farm.go()
    with pytest.raises(NotNow, match="being printed"):
        await farm.printers.uploads.delete(printer_id, "ours.3mf")


@pytest.mark.parametrize("name", ["cube.stl", "cube", "3mf", "cube.3mf.exe"])
async def test_only_what_can_be_printed_is_taken(farm: Farm, name: str) -> None:
    printer_id = await farm.add()
    assert farm.printers.uploads.kinds(printer_id) == (".3mf", ".gcode")
    with pytest.raises(WrongKind, match=r"\.3mf and \.gcode"):
        await farm.printers.uploads.receive(printer_id, name, chunks(b"a"))
    task = await farm.printers.uploads.receive(printer_id, "CUBE.3MF", chunks(b"a"))
    assert (await done(farm, task)).state is TaskState.DONE


async def test_only_our_files_are_deleted(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.disk["theirs.3mf"] = b"x"
    delete = farm.printers.uploads.delete
    with pytest.raises(UploadNotFound):
        await delete(printer_id, "theirs.3mf")
    task = await farm.printers.uploads.receive(printer_id, "ours.3mf", chunks(b"a"))
    await done(farm, task)
    for running in (
        job("ours"),
        job("anything", file="/sdcard/cache/ours.3mf"),
        # A plate inside the file.
        job("ours", file="/data/Metadata/plate_1.gcode"),
    ):
        machine.report(activity=Activity.PRINTING, job=running)
        await farm.go()
        with pytest.raises(NotNow, match="being printed"):
            await delete(printer_id, "ours.3mf")
    machine.report(activity=Activity.FINISHED)
    await farm.go()
    await delete(printer_id, "ours.3mf")
    assert machine.disk == {"theirs.3mf": b"x"}
    with pytest.raises(UploadNotFound):
        await delete(printer_id, "ours.3mf")
