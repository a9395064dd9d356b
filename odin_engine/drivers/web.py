"""HTTP and WebSocket to one machine, at an IP address that was checked before.

Nothing is resolved, no redirect is followed, no proxy and no cookie is used, and a
request with an effect is never sent twice. Bodies and frames are bounded. All that
fails is a `DriverError` with a sentence for people. aiohttp is loaded with the first
request: an engine without such machines does not pay for it.
"""

import asyncio
import contextlib
import ipaddress
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from odin_engine.drivers.web_bodies import (
    Body,
    FormPart,
    file_body,
    first_picture,
    form_body,
)
from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import DriverError, ProtocolViolation, Unreachable
from odin_engine.printers.ports import Certificate, Frame, Progress

if TYPE_CHECKING:
    import aiohttp
    from yarl import URL

    from odin_engine.drivers.web_session import Sockets, Trust

__all__ = ["Answer", "FormPart", "Web", "WebSocket"]

_OPEN_S = 10.0
_SEND_S = 10.0
_CLOSE_S = 2.0
_CHUNK_BYTES = 64 * 1024
_MOST_MESSAGE_BYTES = 8 * 1024 * 1024
"""The largest answer over a WebSocket: a list of some ten thousand files."""
_MOST_PICTURE_BYTES = 8 * 1024 * 1024
_OK = 200
_SAFE = "%/?&=:+,;@~!$'()*[]|{}^`-._"
"""What stays as it is in a path that its caller has quoted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of any status; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:  # noqa: ANN401 - a wire value
        """Returns the body as JSON.

        Raises:
            ProtocolViolation: it is none.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise ProtocolViolation(
                f"The machine's answer (HTTP {self.status}) is no JSON."
            ) from error


class Web:
    """Requests to one machine; close it in the end.

    `host` is an IP address. `prefix` goes before every path. `headers` go with every
    request, secrets among them: with TLS not before the certificate was admitted, which
    is the pinned one, or without a pin whichever came first.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        is_tls: bool = False,
        pin_sha256: str | None = None,
        prefix: str = "",
        headers: Mapping[str, str] | None = None,
        most_bytes: int = 10 * 1024 * 1024,
        connections: int = 4,
    ) -> None:
        shown = f"[{host}]" if ":" in host else host
        self._host = host
        self._port = port
        self._base = f"{'https' if is_tls else 'http'}://{shown}:{port}"
        self._prefix = prefix.rstrip("/")
        self._headers = {"Accept-Encoding": "identity", **(headers or {})}
        self._is_tls = is_tls
        self._pin_sha256 = pin_sha256
        self._most_bytes = most_bytes
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._trust: Trust | None = None
        self._sockets: Sockets | None = None
        self._is_closed = False

    @property
    def certificate(self) -> Certificate | None:
        """The certificate that was shown last; `None` without TLS."""
        return self._trust.certificate if self._trust is not None else None

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,  # noqa: ANN401 - whatever JSON can say
        data: bytes | AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        within_s: float = 10.0,
    ) -> Answer:
        """Makes a request and returns the answer, whatever its status.

        `path` is quoted already where it has to be, and may have a query.

        Raises:
            Unreachable: no answer in time, or the connection was lost.
            CertificateChanged: it is not the pinned one; nothing was sent.
            ProtocolViolation: no HTTP, or an answer that is too long.
        """
        sent = dict(headers or {})
        if json is not None:
            data = orjson.dumps(json)
            sent.setdefault("Content-Type", "application/json")
        async with self._ask(method, path, data, sent, within_s) as response:
            body = await self._read(response)
            said = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, said, body)

    async def send_form(
        self,
        path: str,
        parts: Sequence[FormPart],
        *,
        within_s: float,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Sends a form by POST, its files from disk. Raises as `request`."""
        body = await form_body(parts)
        return await self._send("POST", path, body, headers, within_s)

    async def send_file(
        self,
        method: str,
        path: str,
        source: Path,
        progress: Progress,
        *,
        within_s: float,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Sends a file as the body, from disk. Raises as `request`."""
        body = await file_body(source, progress)
        return await self._send(method, path, body, headers, within_s)

    async def socket(
        self,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        heartbeat_s: float | None = None,
    ) -> WebSocket:
        """Opens a WebSocket; with `heartbeat_s` it pings, and ends without a pong.

        Raises:
            LoginRejected: HTTP 401 or 403.
            Unreachable, CertificateChanged, ProtocolViolation: as `request`.
        """
        session = await self._open()
        with self._turning():
            async with asyncio.timeout(_OPEN_S):
                opened = await session.ws_connect(
                    self._url(path),
                    headers=headers,
                    heartbeat=heartbeat_s,
                    max_msg_size=_MOST_MESSAGE_BYTES,
                )
        return WebSocket(opened, f"{self._host} port {self._port}")

    async def frame(
        self,
        path: str,
        clock: Clock,
        *,
        headers: Mapping[str, str] | None = None,
        within_s: float = 10.0,
    ) -> Frame:
        """Returns one JPEG: what a path answers, or the first of an MJPEG stream.

        Raises:
            Unreachable: no picture in time.
            CertificateChanged: as `request`.
        """
        async with self._ask("GET", path, None, headers, within_s) as response:
            if response.status != _OK:
                raise Unreachable(f"The camera answered with HTTP {response.status}.")
            data = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                known = len(data)
                data += chunk
                picture = first_picture(data, is_whole=False, known=known)
                if picture is not None or len(data) > _MOST_PICTURE_BYTES:
                    response.close()
                    break
            else:
                picture = first_picture(data, is_whole=True)
        if picture is None:
            raise Unreachable("The camera sent something that is no picture.")
        return Frame(picture, "image/jpeg", clock.now())

    async def close(self) -> None:
        """Closes every connection; requests under way end as `Unreachable`."""
        self._is_closed = True
        if self._sockets is not None:
            self._sockets.end()
        if self._session is not None:
            await self._session.close()

    async def _send(
        self,
        method: str,
        path: str,
        body: Body,
        headers: Mapping[str, str] | None,
        within_s: float,
    ) -> Answer:
        own = {"Content-Type": body.media_type, "Content-Length": str(body.length)}
        return await self.request(
            method,
            path,
            data=body.blocks,
            headers={**own, **(headers or {})},
            within_s=within_s,
        )

    @contextlib.asynccontextmanager
    async def _ask(
        self,
        method: str,
        path: str,
        data: bytes | AsyncIterable[bytes] | None,
        headers: Mapping[str, str] | None,
        within_s: float,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        session = await self._open()
        from odin_engine.drivers.web_session import once  # noqa: PLC0415 - loaded

        with self._turning():
            async with (
                asyncio.timeout(within_s),
                session.request(
                    method,
                    self._url(path),
                    data=data,
                    headers=headers,
                    allow_redirects=False,
                    middlewares=(once(),),
                ) as response,
            ):
                yield response

    @contextlib.contextmanager
    def _turning(self) -> Iterator[None]:
        from odin_engine.drivers.web_session import FAILURES, turned  # noqa: PLC0415

        try:
            yield
        except FAILURES as error:
            raise turned(self._host, self._port, error) from error
        except RuntimeError as error:
            if not self._is_closed:
                raise
            raise self._closed() from error

    async def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # It takes a tenth of a second, in which the engine has better things to do.
            await asyncio.to_thread(import_module, "odin_engine.drivers.web_session")
        from odin_engine.drivers.web_session import (  # noqa: PLC0415 - loaded by now
            Sockets,
            Trust,
            open_session,
        )

        if self._is_closed:
            raise self._closed()
        if self._session is None:
            self._check_address()
            self._trust = Trust(self._pin_sha256) if self._is_tls else None
            self._sockets = Sockets()
            self._session = open_session(
                self._base,
                self._trust,
                self._headers,
                self._connections,
                self._sockets,
            )
        return self._session

    def _check_address(self) -> None:
        try:
            ipaddress.ip_address(self._host)
        except ValueError as error:
            raise Unreachable(f"{self._host} is no IP address.") from error

    def _closed(self) -> DriverError:
        return Unreachable(f"The connection to {self._host} was closed.")

    def _url(self, path: str) -> URL:
        from yarl import URL  # noqa: PLC0415 - loaded by now

        whole = quote(f"{self._prefix}/{path.removeprefix('/')}", safe=_SAFE)
        return URL(f"{self._base}{whole}", encoded=True)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        content = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            content += chunk
            if len(content) > self._most_bytes:
                response.close()
                raise ProtocolViolation(
                    f"{self._host} sent more than {self._most_bytes} bytes at once."
                )
        return bytes(content)


class WebSocket:
    """Texts both ways. Iterating ends when the connection does."""

    def __init__(self, opened: aiohttp.ClientWebSocketResponse, place: str) -> None:
        self._opened = opened
        self._place = place

    @property
    def is_open(self) -> bool:
        """Whether neither side has closed it, as far as is known."""
        return not self._opened.closed

    async def send(self, text: str) -> None:
        """Sends a text.

        Raises:
            Unreachable: the connection is lost, or takes nothing more.
        """
        await self._say(self._opened.send_str(text))

    async def ping(self) -> None:
        """Sends a ping. Raises as `send`."""
        await self._say(self._opened.ping())

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        from aiohttp import WSMsgType  # noqa: PLC0415 - loaded by now

        message = await self._opened.receive()
        match message.type:
            case WSMsgType.TEXT:
                return str(message.data)
            case WSMsgType.BINARY:
                return bytes(message.data).decode("utf-8", errors="replace")
        raise StopAsyncIteration

    async def close(self) -> None:
        """Closes the connection; one that is closed already is fine."""
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(_CLOSE_S):
                await self._opened.close()

    async def _say(self, sending: Awaitable[None]) -> None:
        from odin_engine.drivers.web_session import FAILURES  # noqa: PLC0415 - loaded

        try:
            async with asyncio.timeout(_SEND_S):
                await sending
        except (*FAILURES, RuntimeError) as error:
            raise Unreachable(f"The connection to {self._place} was lost.") from error
