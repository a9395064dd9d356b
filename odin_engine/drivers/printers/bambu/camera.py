"""The JPEG camera of P1, A1 and A2L: one upstream, the latest picture for everybody.

These printers serve one client. A second one pushes the first out, so every viewer
shares this one, which closes a while after the last of them asked.
Source: docs/protocols/bambu.md §10.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from odin_engine.drivers.printers.bambu.link import WRONG_CODE
from odin_engine.drivers.printers.bambu.protocol.frames import (
    CAMERA_HEADER,
    camera_login,
    is_picture,
    picture_length,
)
from odin_engine.drivers.printers.bambu.reach import (
    let_go,
    open_secure,
    unreachable,
)
from odin_engine.drivers.printers.bambu.tls import PrinterContext
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    CertificateChanged,
    DriverError,
    LoginRejected,
    ProtocolViolation,
    Unreachable,
    WrongSerial,
)
from odin_engine.printers.ports import Frame

_LOG = logging.getLogger(__name__)

_PATIENCE_S = 10.0
_IDLE_S = 30.0
_FRESH_S = 10.0
"""Cameras send about one picture a second; an older one no longer shows the present."""
_SILENCE_S = 20.0
_FIRST_BACKOFF_S = 1.0
_LONGEST_BACKOFF_S = 30.0

_HOPELESS = (LoginRejected, WrongSerial, CertificateChanged)


class Camera:
    """Pictures of one printer, fetched while somebody asks for them."""

    def __init__(
        self,
        host: str,
        port: int,
        access_code: str,
        context: Callable[[], PrinterContext],
        clock: Clock,
        ticker: Ticker,
    ) -> None:
        self._host = host
        self._port = port
        self._access_code = access_code
        self._context = context
        self._clock = clock
        self._ticker = ticker
        self._latest: Frame | None = None
        self._latest_s = 0.0
        self._wanted_s = 0.0
        self._upstream: asyncio.Task[None] | None = None
        self._failure: DriverError | None = None
        self._news = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether the printer is being asked for pictures just now."""
        return self._upstream is not None

    async def frame(self) -> Frame:
        """Returns the latest picture, waiting for a first one if need be.

        Raises:
            DriverError: none came within ten seconds, or it is known why none will.
        """
        self._wanted_s = self._clock.monotonic_s()
        if self._upstream is None:
            self._failure = None
            self._upstream = asyncio.create_task(self._serve())
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await self._next()
        except TimeoutError:
            raise self._failure or Unreachable(
                "The camera sent no picture in time."
            ) from None

    async def _next(self) -> Frame:
        while True:
            if self._latest is not None and self._is_fresh():
                return self._latest
            if isinstance(self._failure, _HOPELESS):
                raise self._failure
            await self._news.wait()

    def _is_fresh(self) -> bool:
        return self._clock.monotonic_s() - self._latest_s <= _FRESH_S

    async def close(self) -> None:
        """Ends the upstream."""
        if self._upstream is not None:
            self._upstream.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._upstream

    async def _serve(self) -> None:
        """Fetches pictures until nobody has asked for a while, or it is hopeless."""
        fetching = asyncio.create_task(self._fetch())
        try:
            while not fetching.done():
                idle_s = self._clock.monotonic_s() - self._wanted_s
                if idle_s >= _IDLE_S:
                    return
                napping = asyncio.ensure_future(self._ticker.sleep(_IDLE_S - idle_s))
                try:
                    await asyncio.wait(
                        {napping, fetching}, return_when=asyncio.FIRST_COMPLETED
                    )
                finally:
                    napping.cancel()
        finally:
            fetching.cancel()
            await asyncio.wait({fetching})
            self._upstream = None
            self._latest = None

    async def _fetch(self) -> None:
        backoff_s = _FIRST_BACKOFF_S
        while True:
            began_s = self._clock.monotonic_s()
            try:
                await self._stream()
            except DriverError as error:
                self._say(error)
                if isinstance(error, _HOPELESS):
                    return
            if self._latest is not None and self._latest_s >= began_s:
                backoff_s = _FIRST_BACKOFF_S
            await self._ticker.sleep(backoff_s)
            backoff_s = min(backoff_s * 2, _LONGEST_BACKOFF_S)

    def _say(self, error: DriverError) -> None:
        if self._failure is None or type(self._failure) is not type(error):
            _LOG.info("camera of %s: %s", self._host, error)
        self._failure = error
        self._news.set()
        self._news.clear()

    async def _stream(self) -> None:
        """Reads pictures from one connection until it breaks; always raises."""
        reader, writer = await open_secure(self._host, self._port, self._context())
        try:
            try:
                writer.write(camera_login(self._access_code))
            except ValueError as error:
                raise LoginRejected(WRONG_CODE) from error
            has_seen_any = False
            while True:
                async with asyncio.timeout(_SILENCE_S):
                    picture = await self._read(reader, is_first=not has_seen_any)
                has_seen_any = True
                self._show(picture)
        except OSError as error:
            raise unreachable(self._host, self._port, error) from error
        finally:
            await let_go(writer)

    async def _read(self, reader: asyncio.StreamReader, *, is_first: bool) -> bytes:
        try:
            header = await reader.readexactly(CAMERA_HEADER)
            picture = await reader.readexactly(picture_length(header))
        except asyncio.IncompleteReadError as error:
            if is_first and not error.partial:
                # What it does instead of saying that the code is wrong.
                raise LoginRejected(WRONG_CODE) from error
            raise unreachable(self._host, self._port, error) from error
        except ValueError as error:
            raise ProtocolViolation(f"The camera lost its place: {error}.") from error
        if not is_picture(picture):
            raise ProtocolViolation("The camera sent something that is no picture.")
        return picture

    def _show(self, picture: bytes) -> None:
        self._latest = Frame(picture, "image/jpeg", self._clock.now())
        self._latest_s = self._clock.monotonic_s()
        self._failure = None
        self._news.set()
        self._news.clear()
