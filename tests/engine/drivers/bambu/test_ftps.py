import asyncio
import logging
import tracemalloc
from pathlib import Path

import pytest

from odin_engine.drivers.printers.bambu.ftps import Server
from odin_engine.drivers.printers.bambu.storage import Storage
from odin_engine.kernel.errors import Invalid, OdinError
from odin_engine.printers.model import (
    CertificateChanged,
    CommandRejected,
    LoginRejected,
    Unreachable,
    WrongSerial,
)
from odin_engine.simulator.bambu import Misbehaviour, SimulatedPrinter
from tests.engine.doubles import ManualClock
from tests.engine.drivers.bambu.quirky_ftps import (
    CODE,
    SERIAL,
    Quirks,
    quirky,
)
from tests.engine.drivers.contract import finish
from tests.patience import PATIENCE_S

_CONTENT = bytes(range(250)) * 800
_SIZE = len(_CONTENT)


class Instantly:
    """A `Ticker` that waits for nothing: only the flush after an upload asks."""

    async def sleep(self, seconds: float) -> None:
        assert seconds == 1.0


def _storage(
    port: int, serial: str = SERIAL, code: str = CODE, pin: str | None = None
) -> Storage:
    return Storage(Server("127.0.0.1", port, code, serial, pin), Instantly())


def _simulated(printer: SimulatedPrinter) -> Storage:
    return _storage(printer.ports["ftps"], printer.serial, printer.access_code)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    path = tmp_path / "part.3mf"
    path.write_bytes(_CONTENT)
    return path


async def _put(
    storage: Storage, source: Path, name: str = "part.3mf", *, clear: bool = False
) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    async with asyncio.timeout(20):
        await storage.put(source, name, tell, may_be_in_clear=clear)
    return told


@pytest.mark.parametrize("model", ["P1S", "X1C", "H2D"])
async def test_an_upload_arrives_and_tells_how_far_it_is(
    model: str, part: Path
) -> None:
    """X1C and H2D refuse a data channel that does not resume the control's session."""
    async with SimulatedPrinter(model, clock_factor=0) as printer:
        told = await _put(_simulated(printer), part)
        assert printer.uploads == ["/part.3mf"]
        assert (printer.card.root / "part.3mf").read_bytes() == _CONTENT
    assert told[-1] == (_SIZE, _SIZE)
    assert len(told) == 4


async def test_an_upload_waits_a_moment_for_the_flush(part: Path) -> None:
    clock = ManualClock()
    async with SimulatedPrinter("P1S", clock_factor=0) as printer:
        server = Server(
            "127.0.0.1",
            printer.ports["ftps"],
            printer.access_code,
            printer.serial,
            None,
        )
        upload = Storage(server, clock).put(
            part, "part.3mf", lambda *_: None, may_be_in_clear=False
        )
        await finish(asyncio.create_task(upload), clock)
    assert clock.monotonic_s() >= 1


async def test_uploads_take_turns(part: Path) -> None:
    """A second session at the same time is answered with 425."""
    async with SimulatedPrinter("P1S", clock_factor=0) as printer:
        storage = _simulated(printer)
        await asyncio.gather(*(_put(storage, part, f"{n}.3mf") for n in range(3)))
        assert len(printer.uploads) == 3


async def test_a_deleted_file_is_gone_and_may_have_been(part: Path) -> None:
    async with SimulatedPrinter("P1S", clock_factor=0) as printer:
        storage = _simulated(printer)
        await _put(storage, part)
        await storage.delete("part.3mf")
        await storage.delete("part.3mf")
        assert not (printer.card.root / "part.3mf").exists()


async def test_looking_in_proves_the_login() -> None:
    async with SimulatedPrinter("P1S", clock_factor=0) as printer:
        await _simulated(printer).look_in()
        printer.machine.access_code = "87654321"
        with pytest.raises(LoginRejected, match="refused the access code"):
            await _storage(printer.ports["ftps"], printer.serial).look_in()


async def test_without_a_stick_it_says_to_insert_one(part: Path) -> None:
    async with SimulatedPrinter("H2D", clock_factor=0) as printer:
        printer.machine.misbehave(Misbehaviour.STORAGE_NONE)
        with pytest.raises(CommandRejected, match="Insert a USB stick") as caught:
            await _put(_simulated(printer), part)
    assert caught.value.device_code == "553"


async def test_a_full_stick_says_so(part: Path) -> None:
    async with SimulatedPrinter("P1S", clock_factor=0) as printer:
        printer.machine.misbehave(Misbehaviour.STORAGE_FULL)
        with pytest.raises(CommandRejected, match="storage is full"):
            await _put(_simulated(printer), part)


async def test_what_was_cut_short_is_removed(part: Path) -> None:
    async with SimulatedPrinter("P1S", clock_factor=0) as printer:
        printer.machine.misbehave(Misbehaviour.TRUNCATED_UPLOAD)
        with pytest.raises(Unreachable, match="holds 100000 of 200000 bytes"):
            await _put(_simulated(printer), part)
        assert not (printer.card.root / "part.3mf").exists()


async def test_nobody_there_is_unreachable(part: Path) -> None:
    async with SimulatedPrinter("P1S", clock_factor=0) as printer:
        storage = _simulated(printer)
    with pytest.raises(Unreachable, match="nothing answers on port"):
        await _put(storage, part)


async def test_another_machine_gets_no_access_code(tmp_path: Path, part: Path) -> None:
    async with quirky(tmp_path, Quirks()) as server:
        with pytest.raises(WrongSerial):
            await _put(_storage(server.port, "039000000000002"), part)
        with pytest.raises(CertificateChanged):
            await _put(_storage(server.port, pin="0" * 64), part)
        assert server.commands == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".hidden",
        "a/b/c.3mf",
        "../x.3mf",
        "a b.3mf",
        "ö.3mf",
        "x" * 101,
        "x\r\nDELE y",
    ],
)
async def test_an_odd_name_is_refused_before_anything_is_sent(
    tmp_path: Path, part: Path, name: str
) -> None:
    async with quirky(tmp_path, Quirks()) as server:
        with pytest.raises(Invalid, match="letters, digits"):
            await _put(_storage(server.port), part, name)
        with pytest.raises(Invalid, match="letters, digits"):
            await _storage(server.port).delete(name)
        assert server.commands == []


async def test_the_address_in_the_answer_to_pasv_is_not_believed(
    tmp_path: Path, part: Path
) -> None:
    async with quirky(tmp_path, Quirks(passive_host="192,0,2,1")) as server:
        await _put(_storage(server.port), part)
        assert server.files["part.3mf"] == _CONTENT


async def test_a_426_after_the_last_byte_is_settled_by_the_size(
    tmp_path: Path, part: Path
) -> None:
    async with quirky(tmp_path, Quirks(after_store="426 aborted")) as server:
        await _put(_storage(server.port), part)
        assert server.files["part.3mf"] == _CONTENT


async def test_a_control_connection_that_ends_is_settled_by_the_size(
    tmp_path: Path, part: Path
) -> None:
    async with quirky(tmp_path, Quirks(hangs_up_after_store=True)) as server:
        await _put(_storage(server.port), part)
        assert server.files["part.3mf"] == _CONTENT
        assert server.most_sessions == 1


async def test_a_server_without_size_is_asked_for_a_list(
    tmp_path: Path, part: Path
) -> None:
    quirks = Quirks(replies={"SIZE": "502 what?"})
    async with quirky(tmp_path, quirks) as server:
        await _put(_storage(server.port), part)
        assert "LIST part.3mf" in server.commands


@pytest.mark.parametrize(
    ("replies", "kind", "text"),
    [
        ({"PASS": "530 no"}, LoginRejected, "refused the access code"),
        ({"STOR": "550 no"}, CommandRejected, "could not write the file"),
        ({"STOR": "552 full"}, CommandRejected, "storage is full"),
        ({"STOR": "553 no"}, CommandRejected, "Insert a USB stick"),
        ({"STOR": "599 no"}, CommandRejected, "refused the file: 599 no"),
        ({"STOR": "425 busy"}, Unreachable, "busy with another file transfer"),
        ({"PASV": "227 nonsense"}, Unreachable, "made no sense"),
        ({"PASS": "what"}, Unreachable, "made no sense"),
    ],
)
async def test_every_refusal_says_what_to_do(
    tmp_path: Path,
    part: Path,
    replies: dict[str, str],
    kind: type[OdinError],
    text: str,
) -> None:
    async with quirky(tmp_path, Quirks(replies=replies)) as server:
        with pytest.raises(kind, match=text):
            await _put(_storage(server.port), part)
        assert server.files == {}


async def test_a_refused_end_removes_the_file(tmp_path: Path, part: Path) -> None:
    async with quirky(tmp_path, Quirks(after_store="552 full")) as server:
        with pytest.raises(CommandRejected, match="storage is full"):
            await _put(_storage(server.port), part)
        assert server.files == {}


async def test_files_go_in_clear_only_where_allowed_and_it_is_remembered(
    tmp_path: Path, part: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with quirky(tmp_path, Quirks(encrypts_data=False)) as server:
        with pytest.raises(Unreachable):
            await _put(_storage(server.port), part)
        assert "PROT C" not in server.commands
        storage = _storage(server.port)
        with caplog.at_level(logging.WARNING):
            await _put(storage, part, clear=True)
        assert "in clear" in caplog.text
        assert CODE not in caplog.text
        assert server.files["part.3mf"] == _CONTENT
        server.commands.clear()
        await _put(storage, part, "again.3mf", clear=True)
        assert "PROT P" not in server.commands


async def test_a_cancelled_upload_ends_at_once_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    source = tmp_path / "big.3mf"
    with source.open("wb") as file:
        file.truncate(300 << 20)
    begun = asyncio.Event()
    async with SimulatedPrinter("P1S", clock_factor=0) as printer:
        storage = _simulated(printer)
        upload = asyncio.create_task(
            storage.put(
                source, "big.3mf", lambda *_: begun.set(), may_be_in_clear=False
            )
        )
        async with asyncio.timeout(PATIENCE_S):
            await begun.wait()
            upload.cancel()
            with pytest.raises(asyncio.CancelledError):
                await upload
        assert not (printer.card.root / "big.3mf").exists()


async def test_a_handshake_that_hangs_can_be_cancelled(part: Path) -> None:
    arrived = asyncio.Event()

    async def say_nothing(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        arrived.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        upload = asyncio.create_task(_put(_storage(port), part))
        async with asyncio.timeout(PATIENCE_S):
            await arrived.wait()
            upload.cancel()
            with pytest.raises(asyncio.CancelledError):
                await upload
        server.close_clients()


async def test_closing_ends_an_upload(tmp_path: Path) -> None:
    source = tmp_path / "big.3mf"
    with source.open("wb") as file:
        file.truncate(300 << 20)
    begun = asyncio.Event()
    async with SimulatedPrinter("P1S", clock_factor=0) as printer:
        storage = _simulated(printer)
        upload = asyncio.create_task(
            storage.put(
                source, "big.3mf", lambda *_: begun.set(), may_be_in_clear=False
            )
        )
        async with asyncio.timeout(PATIENCE_S):
            await begun.wait()
            storage.close()
            with pytest.raises(Unreachable, match="was ended"):
                await upload


async def test_a_large_file_takes_no_more_memory_than_a_small_one(
    tmp_path: Path,
) -> None:
    source = tmp_path / "large.3mf"
    with source.open("wb") as file:
        file.truncate(64 << 20)
    async with quirky(tmp_path, Quirks(counts_only=True)) as server:
        tracemalloc.start()
        try:
            await _put(_storage(server.port), source)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8 << 20
