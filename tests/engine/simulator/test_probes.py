"""Ways to find a printer, and to look into it: detect, NOTIFY, the JPEG camera."""

import asyncio
import contextlib
import io
import json
import socket
import struct

import pytest
from PIL import Image

from odin_engine.simulator.bambu import SimulatedPrinter
from odin_engine.simulator.bambu.announce import Announcement, Announcer
from tests.engine.simulator.clients import trusting_context
from tests.patience import PATIENCE_S


async def test_the_probe_tells_serial_and_model(p1s: SimulatedPrinter) -> None:
    body = b'{"login":{"command":"detect","sequence_id":"20000"}}'
    frame = b"\xa5\xa5" + struct.pack("<H", len(body) + 6) + body + b"\xa7\xa7"
    answer = await _exchange(p1s, frame)
    start, size = struct.unpack("<2sH", answer[:4])
    assert (start, size, answer[-2:]) == (b"\xa5\xa5", len(answer), b"\xa7\xa7")
    facts = json.loads(answer[4:-2])["login"]
    assert facts["id"] == p1s.serial
    assert facts["model"] == "C12"
    assert facts["sequence_id"] == "20000"


@pytest.mark.parametrize(
    "frame", [b"GET / HTTP/1.1\r\n\r\n", b"\xa5\xa5\x0c\x00{}zzzz\xa7\xa7", b"\xa5\xa5"]
)
async def test_the_probe_hangs_up_on_strangers(
    p1s: SimulatedPrinter, frame: bytes
) -> None:
    assert await _exchange(p1s, frame) == b""


async def test_announcements_reach_listeners_on_loopback(
    p1s: SimulatedPrinter,
) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.setblocking(False)  # noqa: FBT003 - the library's own form
        listener.bind(("0.0.0.0", 0))  # noqa: S104 - broadcasts come to this address
        announcer = Announcer(port=listener.getsockname()[1])
        await announcer.announce([Announcement(p1s.machine, "127.0.10.1")])
        async with asyncio.timeout(PATIENCE_S):
            text, sender = await loop.sock_recvfrom(listener, 4096)
        announcer.close()
    assert sender[0] == "127.0.0.1"
    lines = text.decode().split("\r\n")
    assert lines[0] == "NOTIFY * HTTP/1.1"
    fields = dict(line.split(": ", 1) for line in lines[1:] if line)
    assert fields["Location"] == "127.0.10.1"
    assert fields["USN"] == p1s.serial
    assert fields["DevModel.bambu.com"] == "C12"


async def test_the_camera_shows_pictures(p1s: SimulatedPrinter) -> None:
    reader, writer = await _watch(p1s, p1s.access_code)
    async with asyncio.timeout(PATIENCE_S):
        size, *rest = struct.unpack("<IIII", await reader.readexactly(16))
        picture = await reader.readexactly(size)
    assert rest == [0, 1, 0]
    assert picture[:4] == b"\xff\xd8\xff\xe0"
    assert picture[-2:] == b"\xff\xd9"
    assert Image.open(io.BytesIO(picture)).size == (1280, 720)
    writer.close()


async def test_the_camera_sends_each_header_by_itself(p1s: SimulatedPrinter) -> None:
    def look_twice() -> list[int]:
        sizes = []
        with (
            socket.create_connection((p1s.host, p1s.ports["camera"]), 5) as plain,
            trusting_context().wrap_socket(plain) as viewer,
        ):
            viewer.sendall(_login(p1s.access_code))
            for _ in range(2):
                header = viewer.recv(4096)
                sizes.append(len(header))
                left = int.from_bytes(header[:4], "little")
                while left:
                    left -= len(viewer.recv(min(4096, left)))
        return sizes

    assert await asyncio.to_thread(look_twice) == [16, 16]


async def test_a_bad_code_sees_nothing(p1s: SimulatedPrinter) -> None:
    reader, writer = await _watch(p1s, "00000000")
    assert await reader.read() == b""
    writer.close()


async def test_a_second_viewer_takes_the_place_of_the_first(
    p1s: SimulatedPrinter,
) -> None:
    first, first_writer = await _watch(p1s, p1s.access_code)
    await first.readexactly(16)
    second, second_writer = await _watch(p1s, p1s.access_code)
    await second.readexactly(16)
    # An abort may come as a reset.
    with contextlib.suppress(ConnectionError):
        await first.read()
    assert first.at_eof() or first.exception()
    first_writer.close()
    second_writer.close()


def test_models_with_a_video_camera_have_no_such_port(x1c: SimulatedPrinter) -> None:
    assert "camera" not in x1c.ports


async def _exchange(printer: SimulatedPrinter, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(
        printer.host, printer.ports["detect"]
    )
    writer.write(data)
    writer.write_eof()
    async with asyncio.timeout(PATIENCE_S):
        answer = await reader.read()
    writer.close()
    return answer


async def _watch(
    printer: SimulatedPrinter, code: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(
        printer.host, printer.ports["camera"], ssl=trusting_context()
    )
    writer.write(_login(code))
    return reader, writer


def _login(code: str) -> bytes:
    return struct.pack("<IIII32s32s", 0x40, 0x3000, 0, 0, b"bblp", code.encode())
