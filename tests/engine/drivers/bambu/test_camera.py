import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from odin_engine.drivers.printers.bambu.camera import Camera
from odin_engine.drivers.printers.bambu.tls import PrinterContext
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import LoginRejected, Unreachable, WrongSerial
from odin_engine.simulator.bambu import SimulatedPrinter
from odin_engine.simulator.bambu.certificate import keep_certificate, server_context
from odin_engine.simulator.listening import hang_up
from tests.engine.doubles import ManualClock, settle
from tests.patience import PATIENCE_S

_SERIAL = "01P00A000000001"
_PICTURE = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


def _packed(picture: bytes) -> bytes:
    return struct.pack("<IIII", len(picture), 0, 1, 0) + picture


class Lens:
    """A camera server that says what it is told to, and counts its viewers."""

    def __init__(self) -> None:
        self.logins: list[bytes] = []
        self.viewers = 0
        self.port = 0
        self.says: list[bytes] = []
        self.hangs_up = False
        self._writer: asyncio.StreamWriter | None = None

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.viewers += 1
        try:
            self.logins.append(await reader.readexactly(80))
            self._writer = writer
            for each in self.says:
                writer.write(each)
            if not self.hangs_up:
                await reader.read()
        except OSError, EOFError:
            pass
        finally:
            self.viewers -= 1
            self._writer = None
            writer.close()

    def send(self, data: bytes) -> None:
        assert self._writer is not None
        self._writer.write(data)

    def cut(self) -> None:
        assert self._writer is not None
        self._writer.transport.abort()


@asynccontextmanager
async def _lens(folder: Path) -> AsyncIterator[Lens]:
    lens = Lens()
    context = server_context(keep_certificate(folder / "c.pem", _SERIAL))
    server = await asyncio.start_server(lens.serve, "127.0.0.1", 0, ssl=context)
    lens.port = server.sockets[0].getsockname()[1]
    try:
        yield lens
    finally:
        hang_up(server, cut=True)
        await server.wait_closed()


@asynccontextmanager
async def _camera(
    port: int, clock: ManualClock | None = None, serial: str = _SERIAL
) -> AsyncIterator[Camera]:
    camera = Camera(
        "127.0.0.1",
        port,
        "12345678",
        lambda: PrinterContext.to(serial),
        clock or SystemClock(),
        clock or LoopTicker(),
    )
    try:
        yield camera
    finally:
        await camera.close()


async def test_a_picture_of_a_simulated_machine_arrives() -> None:
    async with (
        SimulatedPrinter("A1 mini", clock_factor=0) as printer,
        _camera(printer.ports["camera"], serial=printer.serial) as camera,
        asyncio.timeout(PATIENCE_S),
    ):
        frame = await camera.frame()
    assert frame.media_type == "image/jpeg"
    assert frame.data[:2] == b"\xff\xd8"
    assert frame.data[-2:] == b"\xff\xd9"
    assert frame.at.tzinfo is not None


async def test_many_viewers_share_one_upstream(tmp_path: Path) -> None:
    async with _lens(tmp_path) as lens, _camera(lens.port) as camera:
        lens.says = [_packed(_PICTURE)]
        async with asyncio.timeout(PATIENCE_S):
            frames = await asyncio.gather(*(camera.frame() for _ in range(20)))
        assert {frame.data for frame in frames} == {_PICTURE}
        assert len(lens.logins) == 1
        assert lens.logins[0][48:56] == b"12345678"


async def test_the_latest_picture_is_given_at_once(tmp_path: Path) -> None:
    async with _lens(tmp_path) as lens, _camera(lens.port) as camera:
        lens.says = [_packed(_PICTURE)]
        async with asyncio.timeout(PATIENCE_S):
            first = await camera.frame()
            assert await camera.frame() is first
            newer = _PICTURE.replace(b"a picture", b"the next")
            lens.send(_packed(newer))
            while (await camera.frame()).data != newer:
                await settle(1)


async def test_the_upstream_closes_a_while_after_the_last_viewer(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    async with _lens(tmp_path) as lens, _camera(lens.port, clock) as camera:
        lens.says = [_packed(_PICTURE)]
        async with asyncio.timeout(PATIENCE_S):
            await camera.frame()
            await clock.advance(20)
            lens.send(_packed(_PICTURE))
            await _until_seen(camera, clock)
            await clock.advance(29)
            assert lens.viewers == 1
            await clock.advance(1)
            while lens.viewers:
                await settle(1)
        assert not camera.is_open
        async with asyncio.timeout(PATIENCE_S):
            await camera.frame()
        assert len(lens.logins) == 2


async def _until_seen(camera: Camera, clock: ManualClock) -> None:
    while (await camera.frame()).at != clock.now():
        await settle(1)


async def test_an_old_picture_is_not_passed_off_as_new(tmp_path: Path) -> None:
    clock = ManualClock()
    async with _lens(tmp_path) as lens, _camera(lens.port, clock) as camera:
        lens.says = [_packed(_PICTURE)]
        async with asyncio.timeout(PATIENCE_S):
            await camera.frame()
            await clock.advance(11)
            waiting = asyncio.create_task(camera.frame())
            await settle(50)
            assert not waiting.done()
            lens.send(_packed(_PICTURE))
            assert (await waiting).at == clock.now()


async def test_a_wrong_code_is_a_closed_door(tmp_path: Path) -> None:
    async with _lens(tmp_path) as lens, _camera(lens.port) as camera:
        lens.hangs_up = True
        async with asyncio.timeout(PATIENCE_S):
            for logins in (1, 2):
                with pytest.raises(LoginRejected, match="refused the access code"):
                    await camera.frame()
                while camera.is_open:
                    await settle(1)
                assert len(lens.logins) == logins


async def test_another_machine_gets_no_access_code(tmp_path: Path) -> None:
    clock = ManualClock()
    async with (
        _lens(tmp_path) as lens,
        _camera(lens.port, clock, serial="01P00A000000002") as camera,
    ):
        with pytest.raises(WrongSerial):
            async with asyncio.timeout(PATIENCE_S):
                await camera.frame()
        assert lens.logins == []


@pytest.mark.parametrize(
    "nonsense",
    [
        struct.pack("<IIII", 0xFFFF_FFFF, 0, 1, 0),
        struct.pack("<IIII", 5 << 20, 0, 1, 0),
        _packed(b"GIF89a not a picture of ours"),
        b"\0" * 16,
    ],
)
async def test_a_stream_that_lost_its_place_is_opened_anew(
    tmp_path: Path, nonsense: bytes
) -> None:
    clock = ManualClock()
    async with _lens(tmp_path) as lens, _camera(lens.port, clock) as camera:
        lens.says = [nonsense]
        waiting = asyncio.create_task(camera.frame())
        async with asyncio.timeout(PATIENCE_S):
            while not lens.logins or lens.viewers:
                await settle(1)
            lens.says = [_packed(_PICTURE)]
            await clock.advance(1)
            assert (await waiting).data == _PICTURE
        assert len(lens.logins) == 2


async def test_a_dropped_stream_comes_back_later_and_later(tmp_path: Path) -> None:
    clock = ManualClock()
    async with _lens(tmp_path) as lens, _camera(lens.port, clock) as camera:
        lens.says = [_packed(_PICTURE)[:20]]
        lens.hangs_up = True
        waiting = asyncio.create_task(camera.frame())
        async with asyncio.timeout(PATIENCE_S):
            for logins, pause_s in ((1, 1), (2, 2), (3, 4)):
                while len(lens.logins) < logins or lens.viewers:
                    await settle(1)
                await settle(50)
                await clock.advance(pause_s - 0.5)
                assert len(lens.logins) == logins
                await clock.advance(0.5)
            lens.hangs_up = False
            lens.says = [_packed(_PICTURE)]
            while len(lens.logins) < 4 or lens.viewers:
                await settle(1)
                if len(lens.logins) >= 4 and lens.viewers:
                    break
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError, Unreachable):
            await waiting


async def test_closing_ends_everything(tmp_path: Path) -> None:
    async with _lens(tmp_path) as lens:
        lens.says = [_packed(_PICTURE)]
        async with _camera(lens.port) as camera, asyncio.timeout(PATIENCE_S):
            await camera.frame()
        assert not camera.is_open
        async with asyncio.timeout(PATIENCE_S):
            while lens.viewers:
                await settle(1)
