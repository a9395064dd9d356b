"""The cable between the engine and a printer: a TCP proxy that can be a bad one.

The engine is told the cable's port instead of the printer's. What passes is TLS, so
nothing here knows what is said; `bad` lists when what the printer said may have come
late or not at all, in `time.monotonic`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from tests.e2e.truth import Span

_CHUNK = 65536
_AFTERWARDS_S = 2.0
"""What was held back comes in one go; a busy computer takes a moment to read it."""


class Cable:
    """Between the engine and one port of one printer."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._far_port = host, port
        self._server: asyncio.Server | None = None
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._left_alone: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._delay_s = 0.0
        self._is_plugged = True
        self._awaited: list[Span] = []
        self.bad: list[Span] = []

    @property
    def port(self) -> int:
        """Where the engine finds the printer."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def open(self) -> None:
        """Begins to listen."""
        self._server = await asyncio.start_server(self._connect, self._host, 0)

    async def close(self) -> None:
        """Cuts everybody off and listens no more."""
        assert self._server is not None
        self._server.close()
        self._is_plugged = False
        while self._pairs:
            self.cut()
            await asyncio.sleep(0)
        await self._server.wait_closed()

    def cut(self) -> None:
        """Ends every connection at both ends, as a switch that restarts."""
        for near, far in self._pairs:
            near.transport.abort()
            far.transport.abort()

    @asynccontextmanager
    async def unplugged(self) -> AsyncIterator[None]:
        """Lets nobody through."""
        self._is_plugged = False
        self.cut()
        try:
            yield
        finally:
            self._is_plugged = True

    @asynccontextmanager
    async def frozen(self) -> AsyncIterator[None]:
        """Holds everything back; both ends believe that they are connected."""
        with self._noted():
            self._flows.clear()
            try:
                yield
            finally:
                self._flows.set()

    @asynccontextmanager
    async def slow(self, delay_s: float) -> AsyncIterator[None]:
        """Hands everything on late."""
        with self._noted():
            self._delay_s = delay_s
            try:
                yield
            finally:
                self._delay_s = 0.0

    @asynccontextmanager
    async def forgotten_by_printer(self) -> AsyncIterator[None]:
        """The printer's end is gone; the engine is told only at last."""
        with self._half_open([far for _, far in self._pairs]):
            yield

    @asynccontextmanager
    async def forgotten_by_engine(self) -> AsyncIterator[None]:
        """The engine's end is gone; the printer is told only at last."""
        with self._half_open([near for near, _ in self._pairs]):
            yield

    @contextmanager
    def _half_open(self, gone: list[asyncio.StreamWriter]) -> Iterator[None]:
        left = {each for pair in self._pairs for each in pair} - set(gone)
        with self._noted():
            self._left_alone |= left
            for each in gone:
                each.transport.abort()
            try:
                yield
            finally:
                self._left_alone -= left
                for each in left:
                    each.transport.abort()

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Notes the time, until the engine is connected anew if it is not then."""
        span = Span(time.monotonic())
        self.bad.append(span)
        self._awaited.append(span)
        yield
        if any(not near.is_closing() for near, _ in self._pairs):
            self._end_noted()

    def _end_noted(self) -> None:
        for span in self._awaited:
            span.ended_s = time.monotonic() + _AFTERWARDS_S
        self._awaited.clear()

    async def _connect(
        self, reader: asyncio.StreamReader, near: asyncio.StreamWriter
    ) -> None:
        if not self._is_plugged:
            near.transport.abort()
            return
        try:
            far_reader, far = await asyncio.open_connection(self._host, self._far_port)
        except OSError:
            near.transport.abort()
            return
        pair = (near, far)
        self._pairs.add(pair)
        self._end_noted()
        try:
            await asyncio.gather(self._pump(reader, far), self._pump(far_reader, near))
        finally:
            self._pairs.discard(pair)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                await asyncio.sleep(self._delay_s)
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        if writer not in self._left_alone:
            writer.close()
        with suppress(OSError):
            await writer.wait_closed()
