"""What is printed, read from the file on the machine while it prints."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from odin_engine.kernel.errors import Invalid
from odin_engine.kernel.pages import PageRequest
from odin_engine.printers.model import (
    PictureNotFound,
    PrintFileUnavailable,
    SkipObjects,
    SlotRef,
)
from odin_engine.printers.model.details import NothingPrinted
from odin_engine.printers.model.history import Run
from odin_engine.printers.model.safety import NotNow, SlotFeedsOtherHead
from odin_engine.printers.service import PrintOrder
from odin_engine.printers.service.details import PrintInside
from odin_engine.simulator.bambu.machine.plan import Options
from tests.engine.drivers.bambu.slices import PNG, SMALL_PNG, info, png, write_3mf
from tests.engine.farm.yard import PLAN, Place, Yard


class Turnstile:
    """Stands before a machine's file server and counts who goes in."""

    def __init__(self, host: str, port: int) -> None:
        self.entries = 0
        self.is_shut = False
        self._host, self._port = host, port
        self._streams: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    async def enter(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.entries += 1
        if self.is_shut:
            writer.close()
            return
        inner_reader, inner_writer = await asyncio.open_connection(
            self._host, self._port
        )
        self._writers += [writer, inner_writer]
        for source, sink in ((reader, inner_writer), (inner_reader, writer)):
            task = asyncio.create_task(_pass_on(source, sink))
            self._streams.add(task)

    async def close(self) -> None:
        for task in self._streams:
            task.cancel()
        await asyncio.gather(*self._streams, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while block := await source.read(65536):
            sink.write(block)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()


@asynccontextmanager
async def turnstile(yard: Yard, model: str) -> AsyncIterator[tuple[Place, Turnstile]]:
    """Registers a machine whose file server is behind a turnstile."""
    machine = await yard.machine(model)
    gate = Turnstile(machine.host, machine.ports["ftps"])
    server = await asyncio.start_server(gate.enter, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        place = await yard.register(machine, ports={**machine.ports, "ftps": port})
        await place.online()
        yield place, gate
        await yard.printers.registry.delete(place.id)
    finally:
        server.close()
        await gate.close()


def laid(place: Place, folder: str = "cache") -> Path:
    """Returns where the file of `PLAN` lies on the machine's card."""
    return place.machine.card.root / folder / "cube.gcode.3mf"


async def look(place: Place) -> PrintInside:
    return await place.yard.in_time(place.yard.printers.details.of(place.id))


async def refused(place: Place) -> PrintFileUnavailable:
    with pytest.raises(PrintFileUnavailable) as caught:
        await look(place)
    return caught.value


async def run_of(place: Place) -> Run:
    await place.yard.written()
    found = await place.yard.printers.history.runs(place.id, PageRequest())
    return found.items[0]


async def told(place: Place) -> Run:
    """Lets seconds pass until history knows what was printed."""
    async with asyncio.timeout(30):
        while not (run := await run_of(place)).weight_g:
            await place.yard.go(1)
            await place.yard.travel()
    return run


@pytest.mark.parametrize("model", ["P1S", "X1C", "A1", "H2D"])
async def test_a_print_that_was_started_elsewhere(yard: Yard, model: str) -> None:
    async with turnstile(yard, model) as (place, gate):
        with pytest.raises(NothingPrinted):
            await look(place)
        write_3mf(laid(place), 2 << 20, info=info())
        await place.prints()
        inside = await look(place)
        assert inside.job.name == "cube"
        assert [each.id for each in inside.details.objects] == [71, 96]
        assert inside.details.filaments[0].used_g == 12.5
        assert (inside.details.weight_g, inside.details.estimated_s) == (20.5, 3600)
        assert inside.cannot_skip is None
        name, picture = await yard.printers.details.picture(place.id)
        assert (name, picture) == (inside.picture, PNG)
        entries = gate.entries
        assert entries == 1
        for _ in range(3):
            await look(place)
            await yard.printers.details.picture(place.id)
            await yard.go(60)
        assert gate.entries == entries, "the machine was asked again"


async def test_a_print_is_looked_into_before_anybody_asks(yard: Yard) -> None:
    async with turnstile(yard, "P1S") as (place, gate):
        write_3mf(laid(place, ""), info=info("C12"))
        await place.prints()
        run = await told(place)
        assert (run.weight_g, run.estimated_s, run.object_count) == (20.5, 3600, 2)
        assert run.has_picture
        picture = await yard.printers.history.picture(place.id, run.id)
        assert picture == SMALL_PNG
        assert gate.entries == 1
        await look(place)
        assert gate.entries == 1
        place.machine.advance(1600)
        await place.until(lambda state: state.activity == "finished")
        assert (await look(place)).details.plate == 1
        ended = await run_of(place)
        assert (ended.id, ended.has_picture) == (run.id, True)
        assert gate.entries == 1


async def test_a_small_picture_is_drawn_where_the_file_has_none(yard: Yard) -> None:
    place = await yard.add()
    write_3mf(laid(place), small=None)
    await place.prints()
    run = await told(place)
    small = await yard.printers.history.picture(place.id, run.id)
    assert small.startswith(b"\x89PNG")
    assert small != PNG
    assert len(small) < 65_536


async def test_a_file_without_a_picture_tells_the_rest(yard: Yard) -> None:
    place = await yard.add()
    write_3mf(laid(place), picture=b"GIF89a", small=None)
    await place.prints()
    inside = await look(place)
    assert not inside.details.has_picture
    assert inside.picture is None
    with pytest.raises(PictureNotFound):
        await yard.printers.details.picture(place.id)
    run = await told(place)
    assert not run.has_picture
    with pytest.raises(PictureNotFound):
        await yard.printers.history.picture(place.id, run.id)


async def test_one_object_remains_whatever_the_caller_says(yard: Yard) -> None:
    place = await yard.add("X1C")
    write_3mf(laid(place), info=info("BL-P001"))
    await place.prints()
    await look(place)
    with pytest.raises(Invalid, match="one object must remain"):
        await place.does(SkipObjects((71, 96)))
    with pytest.raises(Invalid, match="no object 5"):
        await place.does(SkipObjects((5,)))
    await place.does(SkipObjects((71,)))
    await place.until(lambda state: state.job and state.job.skipped_objects == (71,))
    inside = await look(place)
    assert inside.job.skipped_objects == (71,)
    assert inside.cannot_skip is not None
    assert "must remain" in inside.cannot_skip.message
    with pytest.raises(Invalid, match="one object must remain"):
        await place.does(SkipObjects((96,)))
    assert place.machine.machine.prints.skipped == [71]


async def test_objects_without_labels_are_not_skipped(yard: Yard) -> None:
    place = await yard.add("X1C")
    write_3mf(laid(place), info=info(labels="false"))
    await place.prints()
    inside = await look(place)
    assert inside.cannot_skip is not None
    assert "Label objects" in inside.cannot_skip.message


async def test_a_file_that_is_gone_is_looked_for_less_and_less(yard: Yard) -> None:
    async with turnstile(yard, "P1S") as (place, gate):
        await place.prints()
        first = await refused(place)
        assert first.because == "missing"
        assert first.retry_after_s is not None
        for _ in range(5):
            assert (await refused(place)).because == "missing"
        assert gate.entries == 1
        for _ in range(60):
            await yard.go(30)
            await yard.travel()
        # A look that takes long in our time takes the place of the next one in its.
        before = gate.entries
        assert before in {2, 3}, "nobody asked, and it went on looking"
        write_3mf(laid(place))
        inside = await look(place)
        assert inside.details.weight_g == 20.5
        assert gate.entries == before + 1


async def test_the_cloud_keeps_its_files(yard: Yard) -> None:
    place = await yard.add("X1C")
    options = Options(subtask_name="cube", task_id="512345678", print_type="cloud")
    place.machine.machine.start(PLAN, slots={0: 0}, options=options)
    place.machine.advance(400)
    await place.until(lambda state: state.activity == "printing")
    failure = await refused(place)
    assert failure.because == "cloud"
    assert "cloud" in failure.message


@pytest.mark.parametrize(
    "damage",
    [
        {"info": '<!DOCTYPE x [<!ENTITY a "b">]><config>&a;</config>'},
        {"info": "<config>"},
        {"info": None},
        {"gcode": None},
    ],
)
async def test_a_file_that_makes_no_sense_is_looked_into_once(
    yard: Yard, damage: dict[str, str | None]
) -> None:
    async with turnstile(yard, "P1S") as (place, gate):
        # mypy takes a mapping for every keyword, `padding_bytes` too.
        write_3mf(laid(place), 0, **damage)
        await place.prints()
        failure = await refused(place)
        assert (failure.because, failure.retry_after_s) == ("unreadable", None)
        for _ in range(5):
            await yard.go(4000)
            await refused(place)
        assert gate.entries == 1


async def test_a_bomb_is_not_unpacked(yard: Yard) -> None:
    place = await yard.add()
    write_3mf(laid(place), plate=bytes(40 << 20), picture=png(8, 8, bytes(30 << 20)))
    await place.prints()
    inside = await look(place)
    assert not inside.details.has_picture
    assert inside.details.bed_kind is None


async def test_a_file_server_that_is_down_is_tried_again_later(yard: Yard) -> None:
    async with turnstile(yard, "P1S") as (place, gate):
        write_3mf(laid(place))
        gate.is_shut = True
        await place.prints()
        failure = await refused(place)
        assert failure.because == "unreachable"
        entries = gate.entries
        gate.is_shut = False
        await refused(place)
        assert gate.entries == entries
        await yard.go(61)
        assert (await look(place)).details.plate == 1


async def test_what_we_sent_is_known(yard: Yard, tmp_path: Path) -> None:
    async with turnstile(yard, "P1S") as (place, gate):
        await send(place, write_3mf(tmp_path / "x.3mf", info=info("C12")))
        await place.heard()
        await start(place, PrintOrder("cube.gcode.3mf", mapping=_MAPPING))
        entries = gate.entries
        inside = await look(place)
        assert inside.details.weight_g == 20.5
        assert inside.job.name == "cube"
        assert (await yard.printers.details.picture(place.id))[1] == PNG
        run = await told(place)
        assert run.has_picture
        assert gate.entries == entries, "the machine was asked for what we have"


async def test_nobody_looks_while_a_file_goes_up(yard: Yard) -> None:
    async with turnstile(yard, "P1S") as (place, gate):
        write_3mf(laid(place))
        done = asyncio.Event()

        async def chunks() -> AsyncIterator[bytes]:
            yield b"a"
            await done.wait()
            yield b"b"

        receiving = asyncio.ensure_future(
            yard.printers.uploads.receive(place.id, "b.3mf", chunks())
        )
        await place.prints()
        await yard.go(120)
        with pytest.raises(NotNow, match="on its way"):
            await look(place)
        assert gate.entries == 0
        done.set()
        await yard.in_time(receiving)
        assert (await told(place)).weight_g == 20.5


async def test_the_next_print_is_looked_into_anew(yard: Yard) -> None:
    async with turnstile(yard, "X1C") as (place, gate):
        write_3mf(laid(place))
        await place.prints()
        await told(place)
        place.machine.advance(1600)
        await place.until(lambda state: state.activity == "finished")
        changed = info().replace("20.5", "7.5")
        write_3mf(laid(place), info=changed)
        await place.prints()
        await yard.go(31)
        assert (await look(place)).details.weight_g == 7.5
        assert (await told(place)).weight_g == 7.5
        assert gate.entries == 2


_MAPPING = (SlotRef(0, 0), None, SlotRef(0, 0))


async def test_a_slot_that_feeds_the_other_head_is_refused(
    yard: Yard, tmp_path: Path
) -> None:
    place = await yard.add("H2D")
    by_head = {unit.nozzle: unit for unit in place.state.filament_units}
    left, right = SlotRef(by_head[1].id, 0), SlotRef(by_head[0].id, 0)
    # Filament 1 needs the left head, filament 3 the right one.
    file = write_3mf(tmp_path / "x.3mf")
    await send(place, file)
    await place.heard()
    wrong = PrintOrder("cube.gcode.3mf", mapping=(right, None, right))
    with pytest.raises(
        SlotFeedsOtherHead, match="sliced for the left nozzle"
    ) as caught:
        await yard.in_time(yard.printers.commands.print(place.id, wrong))
    assert (caught.value.filament, caught.value.head) == (0, 1)
    assert all(each.command != "project_file" for each in place.machine.requests)
    await start(place, PrintOrder("cube.gcode.3mf", mapping=(left, None, right)))


async def test_heads_are_read_from_a_file_that_nobody_here_sent(yard: Yard) -> None:
    place = await yard.add("H2D")
    by_head = {unit.nozzle: unit for unit in place.state.filament_units}
    right = SlotRef(by_head[0].id, 0)
    write_3mf(laid(place, ""))
    wrong = PrintOrder("cube.gcode.3mf", mapping=(right, None, right))
    with pytest.raises(SlotFeedsOtherHead):
        await yard.in_time(yard.printers.commands.print(place.id, wrong))


async def send(place: Place, file: Path) -> None:
    """Puts a file on the machine."""

    content = await asyncio.to_thread(file.read_bytes)

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    yard = place.yard
    task = await yard.printers.uploads.receive(place.id, "cube.gcode.3mf", chunks())

    async def ended() -> None:
        with yard.tasks.telemetry.watch() as watcher:
            while task.id in yard.tasks.live():
                await watcher.changed()

    await yard.in_time(ended())
    done = await yard.tasks.get(task.id)
    assert (done.state, done.error) == ("done", None)


async def start(place: Place, order: PrintOrder) -> None:
    """Sends a print, and waits until the machine prints it."""
    doing = asyncio.ensure_future(place.yard.printers.commands.print(place.id, order))
    while not place.machine.machine.prints.is_busy:
        assert not doing.done(), doing.exception()
        await place.yard.travel()
        await place.yard.go(0.1)
    place.machine.advance(3)
    await place.yard.in_time(doing)
    place.machine.advance(400)
    await place.until(lambda state: state.activity == "printing")
