"""The camera of FDM machines: switched on while somebody looks, off a while after.

Machines allow few streams, some only one, and leak one that is not switched off.
Source: SDCP V3.0.0, command 386; the address may come without `http://`.
"""

import asyncio
import contextlib
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from odin_engine.drivers.printers.elegoo.ports import PORTS
from odin_engine.drivers.web import Web
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.errors import OdinError
from odin_engine.printers.model import NotSupported, Unreachable
from odin_engine.printers.ports import Frame

_IDLE_S = 30.0
_FRESH_S = 0.5
"""Whoever asks within this time gets the same picture."""
_TROUBLES = {
    1: "All video streams of the printer are taken. Close the camera in other programs.",
    2: "The printer says that it has no camera.",
}

type Video = Callable[[bool], Awaitable[Mapping[str, Any]]]
"""Switches the video on or off and returns the answer's data, whatever its `Ack`."""


class Camera:
    """Pictures of one machine, fetched while somebody asks for them."""

    def __init__(
        self,
        host: str,
        ports: Mapping[str, int],
        video: Video,
        clock: Clock,
        ticker: Ticker,
    ) -> None:
        self._host = host
        self._ports = ports
        self._video = video
        self._clock = clock
        self._ticker = ticker
        self._lock = asyncio.Lock()
        self._stream: tuple[Web, str] | None = None
        self._latest: Frame | None = None
        self._latest_s = 0.0
        self._wanted_s = 0.0
        self._watching: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether the machine was told to send video."""
        return self._stream is not None

    async def frame(self) -> Frame:
        """Returns the latest picture.

        Raises:
            NotSupported: the machine has no camera, or it is not there to be asked.
            DriverError: no picture in time.
        """
        self._wanted_s = self._clock.monotonic_s()
        async with self._lock:
            now_s = self._clock.monotonic_s()
            if self._latest is not None and now_s - self._latest_s <= _FRESH_S:
                return self._latest
            web, path = self._stream or await self._open()
            try:
                frame = await web.frame(path, self._clock)
            except Unreachable:
                await self._leave()
                raise
            self._latest, self._latest_s = frame, self._clock.monotonic_s()
            return frame

    async def forget(self) -> None:
        """Lets go of a stream of a connection that is gone; it must be enabled anew."""
        stream, self._stream, self._latest = self._stream, None, None
        if stream is not None:
            await stream[0].close()

    async def close(self) -> None:
        """Switches the video off and ends."""
        if self._watching is not None:
            self._watching.cancel()
        await self._leave()

    async def _open(self) -> tuple[Web, str]:
        answer = await self._video(True)  # noqa: FBT003 - on
        ack = answer.get("Ack")
        if ack not in {0, None}:
            raise NotSupported(
                _TROUBLES.get(
                    ack if isinstance(ack, int) else -1,
                    f"The printer does not switch its camera on (code {ack}).",
                )
            )
        port, path = _place(answer.get("VideoUrl"), self._host, self._ports)
        self._stream = Web(self._host, port, connections=1), path
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        return self._stream

    async def _watch(self) -> None:
        """Switches the video off when nobody has asked for a while."""
        while self._stream is not None:
            idle_s = self._clock.monotonic_s() - self._wanted_s
            if idle_s >= _IDLE_S:
                async with self._lock:
                    await self._leave()
                return
            await self._ticker.sleep(_IDLE_S - idle_s)

    async def _leave(self) -> None:
        if self._stream is not None:
            await self.forget()
            with contextlib.suppress(OdinError):
                await self._video(False)  # noqa: FBT003 - off


def _place(address: object, host: str, ports: Mapping[str, int]) -> tuple[int, str]:
    """Returns port and path of the stream, which must be on the machine itself.

    Raises:
        NotSupported: it is elsewhere, or no address at all.
    """
    text = address if isinstance(address, str) else ""
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port = parts.port
    except ValueError:
        raise NotSupported("The printer names no address for its camera.") from None
    if parts.scheme != "http" or not parts.hostname:
        raise NotSupported("The printer names no address for its camera.")
    if not _is_same(parts.hostname, host):
        raise NotSupported(
            "The printer says that its camera is on another machine. It is not fetched; "
            "add it as a camera of its own."
        )
    path = parts.path or "/"
    if parts.query:
        path = f"{path}?{parts.query}"
    return ports.get("camera", port or PORTS["camera"]), path


def _is_same(named: str, host: str) -> bool:
    if named == "localhost":
        return True
    try:
        address = ipaddress.ip_address(named)
        return address.is_loopback or address == ipaddress.ip_address(host)
    except ValueError:
        return False
