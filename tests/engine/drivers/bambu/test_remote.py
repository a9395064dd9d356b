"""Files on a printer that are read in pieces, over the sockets of a file server."""

import asyncio
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from odin_engine.drivers.printers.bambu import remote
from odin_engine.drivers.printers.bambu.ftps import Server
from odin_engine.drivers.printers.bambu.plates import plate_file
from odin_engine.drivers.printers.bambu.storage import Storage
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.model import CommandRejected, LoginRejected, Unreachable
from odin_engine.printers.ports import PlateFile
from odin_engine.simulator.bambu import SimulatedPrinter
from tests.engine.doubles import ManualClock, settle
from tests.engine.drivers.bambu.quirky_ftps import (
    CODE,
    SERIAL,
    Quirks,
    QuirkyServer,
    quirky,
)
from tests.engine.drivers.bambu.slices import PNG, SMALL_PNG, write_3mf
from tests.patience import PATIENCE_S

_LARGE = 24 << 20


def _storage(port: int, code: str = CODE, serial: str = SERIAL) -> Storage:
    return Storage(Server("127.0.0.1", port, code, serial, None), ManualClock())


def _plate(file: BinaryIO) -> PlateFile:
    return plate_file(file, 1)


async def _look[T](
    storage: Storage,
    work: Callable[[BinaryIO], T],
    *paths: str,
    clear: bool = False,
) -> T:
    async with asyncio.timeout(30):
        return await storage.look_into(paths or ("x.3mf",), work, may_be_in_clear=clear)


def _put(server: QuirkyServer, path: Path, name: str = "x.3mf") -> int:
    server.files[name] = path.read_bytes()
    server.sizes[name] = path.stat().st_size
    return server.sizes[name]


@pytest.mark.parametrize("model", ["P1S", "A1", "X1C", "H2D"])
async def test_every_model_gives_out_the_plate_of_a_large_file(
    model: str,
) -> None:
    async with SimulatedPrinter(model, clock_factor=0) as printer:
        write_3mf(printer.card.root / "cache" / "x.3mf", 3 << 20)
        storage = _storage(printer.ports["ftps"], printer.access_code, printer.serial)
        found = await _look(storage, _plate, "x.3mf", "cache/x.3mf")
    assert (found.picture, found.small_picture) == (PNG, SMALL_PNG)
    assert found.details.weight_g == 20.5


async def test_only_what_is_needed_of_a_large_file_travels(tmp_path: Path) -> None:
    file = write_3mf(tmp_path / "x.3mf", _LARGE)
    async with quirky(tmp_path, Quirks()) as server:
        _put(server, file)
        tracemalloc.start()
        found = await _look(_storage(server.port), _plate)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert found.picture == PNG
    assert server.reads <= 6
    # Sockets hold some megabytes that nobody takes.
    assert server.sent_bytes < _LARGE / 2
    assert most < 8 << 20


async def test_a_small_file_takes_one_transfer(tmp_path: Path) -> None:
    async with quirky(tmp_path, Quirks()) as server:
        _put(server, write_3mf(tmp_path / "x.3mf"))
        await _look(_storage(server.port), _plate)
        assert server.reads == 1


@pytest.mark.parametrize(
    "quirks", [Quirks(ignores_rest=True), Quirks(replies={"REST": "502 what?"})]
)
async def test_firmware_that_cannot_begin_in_the_middle_sends_it_whole(
    tmp_path: Path, quirks: Quirks
) -> None:
    async with quirky(tmp_path, quirks) as server:
        size = _put(server, write_3mf(tmp_path / "x.3mf", 3 << 20))
        found = await _look(_storage(server.port), _plate)
        assert found.picture == PNG
        assert server.sent_bytes >= size


async def test_what_is_too_large_to_fetch_whole_is_left_alone(tmp_path: Path) -> None:
    async with quirky(tmp_path, Quirks(replies={"REST": "502 what?"})) as server:
        _put(server, write_3mf(tmp_path / "x.3mf"))
        server.sizes["x.3mf"] = remote.DOWNLOAD_MOST_BYTES + 1
        with pytest.raises(remote.TooMuch):
            await _look(_storage(server.port), _plate)
        assert server.sent_bytes == 0


async def test_a_printer_that_hangs_up_after_each_piece_is_called_again(
    tmp_path: Path,
) -> None:
    async with quirky(tmp_path, Quirks(hangs_up_after_read=True)) as server:
        _put(server, write_3mf(tmp_path / "x.3mf", 1 << 20))
        found = await _look(_storage(server.port), _plate)
    assert found.details.weight_g == 20.5


async def test_a_printer_that_sends_too_little_is_asked_twice(tmp_path: Path) -> None:
    async with quirky(tmp_path, Quirks(sends_at_most=100)) as server:
        _put(server, write_3mf(tmp_path / "x.3mf", 1 << 20))
        with pytest.raises(Unreachable, match="was lost"):
            await _look(_storage(server.port), _plate)
        assert server.reads == 2


async def test_the_newest_of_several_is_meant() -> None:
    async with SimulatedPrinter("P1S", clock_factor=0) as printer:
        old = write_3mf(printer.card.root / "x.3mf", plate=None)
        os.utime(old, (1_700_000_000, 1_700_000_000))
        write_3mf(printer.card.root / "cache" / "x.3mf")
        storage = _storage(printer.ports["ftps"], printer.access_code, printer.serial)
        found = await _look(storage, _plate, "x.3mf", "cache/x.3mf")
    assert found.details.bed_kind is not None


async def test_no_file_is_told_apart_from_no_printer(tmp_path: Path) -> None:
    async with quirky(tmp_path, Quirks()) as server:
        with pytest.raises(remote.NotThere):
            await _look(_storage(server.port), _plate)
        with pytest.raises(LoginRejected):
            await _look(_storage(server.port, "00000000"), _plate)
        port = server.port
    with pytest.raises(Unreachable):
        await _look(_storage(port), _plate)


async def test_no_archive_is_refused_after_one_look(tmp_path: Path) -> None:
    async with quirky(tmp_path, Quirks()) as server:
        server.files["x.3mf"] = bytes(2 << 20)
        server.sizes["x.3mf"] = 2 << 20
        with pytest.raises(Invalid, match="not an archive"):
            await _look(_storage(server.port), _plate)
        assert server.reads == 1


async def test_a_table_of_contents_that_points_all_over_is_given_up(
    tmp_path: Path,
) -> None:
    def greedy(file: BinaryIO) -> None:
        for _ in range(20):
            file.seek(0)
            file.read(2 << 20)
            file.seek(4 << 20)
            file.read(2 << 20)

    async with quirky(tmp_path, Quirks()) as server:
        _put(server, write_3mf(tmp_path / "x.3mf", 8 << 20))
        with pytest.raises(remote.TooMuch):
            await _look(_storage(server.port), greedy)


async def test_only_a_model_that_may_sends_in_clear(tmp_path: Path) -> None:
    async with quirky(tmp_path, Quirks(encrypts_data=False)) as server:
        _put(server, write_3mf(tmp_path / "x.3mf"))
        with pytest.raises(Unreachable):
            await _look(_storage(server.port), _plate)
        found = await _look(_storage(server.port), _plate, clear=True)
    assert found.picture == PNG


async def test_an_upload_goes_first(tmp_path: Path) -> None:
    async with SimulatedPrinter("P1S", clock_factor=0) as printer:
        write_3mf(printer.card.root / "x.3mf", 1 << 20)
        server = Server(
            "127.0.0.1",
            printer.ports["ftps"],
            printer.access_code,
            printer.serial,
            None,
        )
        clock = ManualClock()
        storage = Storage(server, clock)
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow(file: BinaryIO) -> None:
            loop.call_soon_threadsafe(begun.set)
            while True:
                file.seek(0)
                file.read(100_000)
                file.seek(300_000)
                file.read(100_000)

        reading = asyncio.create_task(_look(storage, slow))
        await begun.wait()
        part = write_3mf(tmp_path / "part.3mf")
        putting = asyncio.create_task(
            storage.put(part, "part.3mf", lambda *_: None, may_be_in_clear=False)
        )
        with pytest.raises((Unreachable, remote.TooMuch)):
            await reading
        async with asyncio.timeout(PATIENCE_S):
            while not putting.done():
                await asyncio.to_thread(bool)
                await settle()
                await clock.advance(0.1)
        await putting
        assert printer.uploads == ["/part.3mf"]


async def test_a_card_that_refuses_says_so(tmp_path: Path) -> None:
    quirks = Quirks(replies={"RETR": "551 worn out"})
    async with quirky(tmp_path, quirks) as server:
        _put(server, write_3mf(tmp_path / "x.3mf"))
        with pytest.raises(CommandRejected, match="worn out"):
            await _look(_storage(server.port), _plate)
