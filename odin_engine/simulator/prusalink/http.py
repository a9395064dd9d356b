"""As much of an HTTP/1.1 server as a printer has: few connections, no more."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import unquote

_LONGEST_HEAD = 16 * 1024
_BLOCK_BYTES = 64 * 1024
_LINGER_S = 0.5


class Hang(Exception):
    """The request is never answered; the connection stays."""


class Drop(Exception):
    """The connection is cut in the middle."""


@dataclass(slots=True)
class Response:
    """What is answered."""

    status: int = HTTPStatus.NO_CONTENT
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Request:
    """What is asked: `target` as it stood on the wire, `path` without its escapes."""

    def __init__(self, head: bytes, reader: asyncio.StreamReader) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = first.split(" ", 2)
        self.path = unquote(self.target.partition("?")[0])
        pairs = (line.partition(":") for line in lines if line)
        self.headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        self._reader = reader
        self._left = int(self.headers.get("content-length", "0"))

    @property
    def length(self) -> int | None:
        """How long the body is; `None` where it is not said, or sent in chunks."""
        if "transfer-encoding" in self.headers:
            return None
        length = self.headers.get("content-length")
        return None if length is None else int(length)

    async def blocks(self) -> AsyncIterator[bytes]:
        """Yields the body; raises Drop where it ends too early."""
        while self._left:
            block = await self._reader.read(min(_BLOCK_BYTES, self._left))
            if not block:
                raise Drop
            self._left -= len(block)
            yield block

    async def drain(self) -> None:
        """Takes what is left of the body, so that an early answer can be read."""
        with contextlib.suppress(Drop, TimeoutError):
            async with asyncio.timeout(_LINGER_S):
                async for _ in self.blocks():
                    pass

    @property
    def is_read(self) -> bool:
        """Whether nothing of the body is left."""
        return not self._left


type Handle = Callable[[Request], Awaitable[Response]]


class HttpServer:
    """Serves one host and port; at most `slots` connections are heard at a time."""

    def __init__(self, handle: Handle, slots: int | None) -> None:
        self._handle = handle
        self._slots = asyncio.Semaphore(slots) if slots is not None else None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.is_refusing = False

    @property
    def connections(self) -> int:
        """How many connections there are now."""
        return len(self._writers)

    async def open(self, host: str, port: int) -> int:
        """Listens, and returns on which port."""
        self._server = await asyncio.start_server(
            self._serve, host, port, limit=_LONGEST_HEAD
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stops listening and cuts every connection."""
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._server = None

    def cut(self) -> None:
        """Cuts every connection without a word."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self.is_refusing:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        if task is None:
            return
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            async with self._slots or contextlib.nullcontext():
                while await self._answer(reader, writer):
                    pass
        except OSError, asyncio.IncompleteReadError, Drop, ValueError:
            writer.transport.abort()
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._writers.discard(writer)
            self._tasks.discard(task)
            writer.close()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answers one request; returns whether another one may follow."""
        head = await reader.readuntil(b"\r\n\r\n")
        request = Request(head, reader)
        try:
            response = await self._handle(request)
        except Hang:
            await reader.read()
            return False
        stays = request.is_read and request.headers.get("connection") != "close"
        writer.write(_bytes(response, request.method, stays=stays))
        await writer.drain()
        if not request.is_read:
            await request.drain()
        return stays


def _bytes(response: Response, method: str, *, stays: bool) -> bytes:
    status = HTTPStatus(response.status)
    headers = {
        "Content-Length": str(len(response.body)),
        "Connection": "keep-alive" if stays else "close",
        **response.headers,
    }
    if status is HTTPStatus.NO_CONTENT:
        del headers["Content-Length"]
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return head if method == "HEAD" else head + response.body
