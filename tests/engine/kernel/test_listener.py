"""What strangers send before there is a request, on real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from odin_engine.kernel.http.listener import HEAD_MOST_BYTES, HttpConnection
from tests.engine.doubles import settle

_PATIENCE_S = 20
_LARGE = b"x" * (8 << 20)


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the body where the path says so, and answers with a little or a lot."""
    assert scope["type"] == "http"
    if scope["path"] == "/read":
        while (await receive()).get("more_body"):
            pass
    body = _LARGE if scope["path"] == "/large" else b"fine"
    length = (b"Content-Length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


class _Impatient(HttpConnection):
    head_s = 0.2
    untaken_s = 1


@asynccontextmanager
async def _listening(
    kind: type[HttpConnection] = HttpConnection,
) -> AsyncIterator[uvicorn.Server]:
    config = uvicorn.Config(
        _answer, http=kind, lifespan="off", log_config=None, timeout_keep_alive=600
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:
            await settle()
        yield server
        server.should_exit = True
        await serving


class _Peer:
    """A connection that takes any bytes."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader, self.writer = reader, writer

    async def pour(self, pieces: Iterator[bytes]) -> int:
        """Sends until it is through or cut off; returns how many bytes."""
        sent = 0
        with suppress(OSError):
            for piece in pieces:
                self.writer.write(piece)
                await self.writer.drain()
                sent += len(piece)
        return sent

    async def rest(self) -> bytes:
        """Returns what comes until the other side closes."""
        received = b""
        with suppress(ConnectionError):
            async with asyncio.timeout(_PATIENCE_S):
                while chunk := await self.reader.read(65536):
                    received += chunk
        return received


@asynccontextmanager
async def _peer(server: uvicorn.Server) -> AsyncIterator[_Peer]:
    place = server.servers[0].sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(*place)
    try:
        yield _Peer(reader, writer)
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


_BEGINNING = b"GET / HTTP/1.1\r\nHost: odin\r\n"


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        (b"GET /", b"a" * 1000),
        (_BEGINNING, b"X-More: x\r\n" * 100),
        (_BEGINNING + b"X-Long: ", b"a" * 1000),
        (_BEGINNING, b"x" * 1000),
    ],
    ids=["address", "many headers", "one header", "one name"],
)
async def test_a_head_without_end_is_cut_off(beginning: bytes, piece: bytes) -> None:
    async with _listening() as server, _peer(server) as stranger:
        stranger.writer.write(beginning)
        sent = await stranger.pour(piece for _ in range(200_000))
        assert sent < 200_000 * len(piece)
        async with _peer(server) as other:
            other.writer.write(_BEGINNING + b"Connection: close\r\n\r\n")
            assert (await other.rest()).endswith(b"fine")


async def test_a_head_that_is_too_long_is_answered() -> None:
    async with _listening() as server, _peer(server) as stranger:
        stranger.writer.write(_BEGINNING + b"X: " + b"a" * (HEAD_MOST_BYTES + 1))
        assert (await stranger.rest()).startswith(b"HTTP/1.1 400 ")


async def test_a_long_head_that_is_none_too_long_is_fine() -> None:
    async with _listening() as server, _peer(server) as caller:
        long = b"X: " + b"a" * (HEAD_MOST_BYTES - 1000) + b"\r\n"
        caller.writer.write(_BEGINNING + long + b"Connection: close\r\n\r\n")
        assert (await caller.rest()).endswith(b"fine")


async def test_trailers_without_end_are_cut_off() -> None:
    async with _listening() as server, _peer(server) as stranger:
        stranger.writer.write(
            b"POST /read HTTP/1.1\r\nHost: odin\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        )
        sent = await stranger.pour(b"X-More: x\r\n" * 100 for _ in range(100_000))
        assert sent < 100_000 * 1100


async def test_a_body_has_no_bound_here() -> None:
    """Uploads have gigabytes; what they may have is the routes' business."""
    async with _listening() as server, _peer(server) as caller:
        size = 3 * HEAD_MOST_BYTES
        caller.writer.write(
            b"POST /read HTTP/1.1\r\nHost: odin\r\nConnection: close\r\n"
            + b"Content-Length: %d\r\n\r\n" % size
        )
        assert await caller.pour(b"x" * 1024 for _ in range(size // 1024)) == size
        assert (await caller.rest()).endswith(b"fine")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET",
        b"GET / HTTP/1.1\r\nHost: odin\r\nX: y",
        _BEGINNING + b"\r\n" + b"GET /half",
        b"POST / HTTP/1.1\r\nHost: odin\r\nContent-Length: 9\r\n\r\nhalf",
    ],
    ids=["nothing", "a word", "half a head", "half a second one", "half a body"],
)
async def test_who_does_not_go_on_is_let_go(said: bytes) -> None:
    async with _listening(_Impatient) as server, _peer(server) as stranger:
        stranger.writer.write(said)
        await stranger.rest()
        await _until_gone(server)


async def test_one_byte_after_the_other_does_not_buy_time() -> None:
    async with _listening(_Impatient) as server, _peer(server) as stranger:
        ended = asyncio.create_task(stranger.rest())
        while not ended.done():
            stranger.writer.write(b"G")
            await asyncio.wait({ended}, timeout=0.05)


async def test_who_waits_for_us_is_not_let_go() -> None:
    """Requests that came ahead of the answers: reading rests, and that is our doing."""
    async with _listening(_Impatient) as server, _peer(server) as caller:
        caller.writer.write(
            b"POST /read HTTP/1.1\r\nHost: odin\r\nContent-Length: 1\r\n\r\n"
        )
        await asyncio.sleep(0.5)
        caller.writer.write(b"x" + _BEGINNING + b"Connection: close\r\n\r\n")
        assert (await caller.rest()).count(b"200 OK") == 2


async def test_who_does_not_take_the_answer_is_cut_off() -> None:
    """The system does that; a close of ours would wait for ever."""
    async with _listening(_Impatient) as server, _peer(server) as stranger:
        stranger.writer.transport.pause_reading()  # type: ignore[attr-defined]  # is both
        stranger.writer.write(b"GET /large HTTP/1.1\r\nHost: odin\r\n\r\n")
        while not server.server_state.connections:
            await settle()
        await _until_gone(server)


async def _until_gone(server: uvicorn.Server) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while server.server_state.connections:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.02)
