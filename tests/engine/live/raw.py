"""A socket without manners: frames as bytes, none of them checked.

Source: RFC 6455, section 5.
"""

import asyncio
import struct
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.patience import PATIENCE_S

_KEY = "dGhlIHNhbXBsZSBub25jZQ=="


class Op(IntEnum):
    CONT = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


def frame(op: Op, data: bytes = b"", *, fin: bool = True, masked: bool = True) -> bytes:
    """Returns a client's frame; its mask is zero, so that the data stays readable."""
    mask = 0x80 if masked else 0
    head = bytes([op | (0x80 if fin else 0)])
    if len(data) < 126:
        head += bytes([mask | len(data)])
    elif len(data) < 1 << 16:
        head += bytes([mask | 126]) + struct.pack(">H", len(data))
    else:
        head += bytes([mask | 127]) + struct.pack(">Q", len(data))
    return head + (b"\0\0\0\0" if masked else b"") + data


@dataclass
class Heard:
    op: Op
    data: bytes

    @property
    def close_code(self) -> int | None:
        if self.op is not Op.CLOSE or len(self.data) < 2:
            return None
        code: int = struct.unpack(">H", self.data[:2])[0]
        return code


class RawSocket:
    """One connection; `async with` opens and closes it."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self._place = urlsplit(address)
        self._token = token

    async def __aenter__(self) -> Self:
        host, port = self._place.hostname, self._place.port
        self.reader, self.writer = await asyncio.open_connection(host, port)
        lines = [
            f"GET {self._place.path} HTTP/1.1",
            f"Host: {self._place.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {_KEY}",
            "Sec-WebSocket-Version: 13",
        ]
        if self._token is not None:
            lines.append(f"Authorization: Bearer {self._token}")
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.writer.transport.abort()
        with suppress(OSError):
            await self.writer.wait_closed()

    async def pour(self, *frames: bytes, times: int = 1) -> None:
        """Sends until it is through or nobody takes it any more."""
        data = b"".join(frames)
        with suppress(OSError):
            for _ in range(times):
                self.writer.write(data)
                await self.writer.drain()

    async def hear(self) -> Heard:
        """Returns the next frame."""
        async with asyncio.timeout(PATIENCE_S):
            first, second = await self.reader.readexactly(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack(">H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack(">Q", await self.reader.readexactly(8))
            return Heard(Op(first & 0xF), await self.reader.readexactly(size))

    async def end(self) -> int | None:
        """Returns the code it is closed with; `None` where it is cut without one."""
        try:
            while (heard := await self.hear()).op is not Op.CLOSE:
                pass
        except EOFError, ConnectionError:
            return None
        return heard.close_code
