"""Servers that hang, each in its own way, where a machine should be.

They listen on loopback like simulated machines, know no protocol, and do the same with
everybody who comes. `Narrow` stands before a real one and swallows uploads slowly.
"""

import asyncio
import itertools
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

type Hang = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_HEADERS = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100000\r\n\r\n"
)
_FLOOD_BYTES = 50_000_000
_CHUNK = b"x" * 65536
_DRIBBLE_EVERY_S = 1.0
_NARROW_BYTES = 32768
_PASSES_BYTES = 65536
_SIP_EVERY_S = 0.5


async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Takes all that is said."""
    while await reader.read(65536):
        pass


async def keep_the_body(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answers with headers, and never with what they announce."""
    writer.write(_HEADERS)
    await say_nothing(reader, writer)


async def dribble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says an endless answer, a byte a second."""
    for byte in itertools.chain(_HEADERS, itertools.repeat(ord("0"))):
        writer.write(bytes((byte,)))
        await writer.drain()
        await asyncio.sleep(_DRIBBLE_EVERY_S)


async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says fifty megabytes without an end of line or message."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _chunk in range(_FLOOD_BYTES // len(_CHUNK)):
        writer.write(_CHUNK)
        await writer.drain()


async def close_at_once(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hangs up before a word is said."""
    writer.transport.abort()


async def say_broken_tls(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Begins records of TLS and fills them with noise."""
    writer.write(b"\x16\x03\x03\x40\x00" + os.urandom(0x4000) + b"\x17\x03\x03\xff\xff")
    await say_nothing(reader, writer)


WAYS: tuple[Hang, ...] = (
    say_nothing,
    keep_the_body,
    dribble,
    flood,
    close_at_once,
    say_broken_tls,
)


@asynccontextmanager
async def hanging(way: Hang, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Runs a server that hangs this way, behind TLS where it is given; yields its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            await way(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        server.close_clients()
        await server.wait_closed()


@asynccontextmanager
async def narrow(far_port: int) -> AsyncIterator[int]:
    """Stands before a machine; what is sent to it passes slowly beyond a first part."""
    pairs: list[asyncio.StreamWriter] = []

    async def back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        with suppress(OSError, asyncio.CancelledError):
            far_reader, far = await asyncio.open_connection("127.0.0.1", far_port)
            pairs.append(far)
            answering = asyncio.create_task(back(far_reader, writer))
            try:
                while data := await reader.read(1024):
                    far.write(data)
                    await far.drain()
                    passed += len(data)
                    if passed > _PASSES_BYTES:
                        await asyncio.sleep(_SIP_EVERY_S)
            finally:
                far.close()
                answering.cancel()
        writer.close()

    # Small, or the system would swallow megabytes in our place.
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NARROW_BYTES)
        listening.bind(("127.0.0.1", 0))
        server = await asyncio.start_server(serve, sock=listening, limit=_NARROW_BYTES)
        try:
            yield listening.getsockname()[1]
        finally:
            server.close()
            server.close_clients()
            for each in pairs:
                each.close()
            await server.wait_closed()
