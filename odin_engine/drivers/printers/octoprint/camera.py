"""Pictures of the server's webcams: one at a time, and the same for who asks meanwhile."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from odin_engine.drivers.printers.octoprint import reach
from odin_engine.drivers.printers.octoprint.protocol.document import Picture, Webcam
from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import DriverError, NotSupported, Unreachable
from odin_engine.printers.ports import Connection, Frame

if TYPE_CHECKING:
    from odin_engine.drivers.web import Web

_FRESH_S = 0.5
"""Who asks again sooner sees what was seen: a Pi's camera makes two a second."""
_PICTURE_S = 8.0


class Cameras:
    """Fetches pictures, never with our key and never from another host."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._locks: dict[str, asyncio.Lock] = {}
        self._last: dict[str, tuple[float, Frame]] = {}
        self._ways: dict[str, Picture] = {}

    async def frame(self, webcams: Sequence[Webcam], camera_id: str) -> Frame:
        """Returns a picture. Raises as `Driver.camera_frame`."""
        webcam = next((each for each in webcams if each.id == camera_id), None)
        if webcam is None:
            raise NotSupported(f"This printer has no camera called {camera_id}.")
        if not webcam.pictures:
            raise NotSupported(webcam.unavailable_because or "It sends no pictures.")
        async with self._locks.setdefault(camera_id, asyncio.Lock()):
            known = self._last.get(camera_id)
            if known is not None and self._clock.monotonic_s() - known[0] < _FRESH_S:
                return known[1]
            frame = await self._look(webcam)
            self._last[camera_id] = (self._clock.monotonic_s(), frame)
            return frame

    async def _look(self, webcam: Webcam) -> Frame:
        """Tries each way to a picture, the one that worked last time first."""
        known = self._ways.get(webcam.id)
        ways = sorted(webcam.pictures, key=lambda way: way != known)
        failure: DriverError = Unreachable("The camera sent no picture.")
        for way in ways:
            web = self._web(way)
            try:
                frame = await web.frame(way.path, self._clock, within_s=_PICTURE_S)
            except DriverError as error:
                failure = error
            else:
                self._ways[webcam.id] = way
                return frame
            finally:
                await web.close()
        raise failure

    def _web(self, way: Picture) -> Web:
        # Its client is loaded by engines with such machines, only.
        from odin_engine.drivers.web import Web  # noqa: PLC0415

        connection = self._connection
        if way.port is None:
            own = reach.port(connection)
            pin = connection.pin_sha256
            is_tls = reach.is_tls(connection)
            return Web(connection.host, own, is_tls=is_tls, pin_sha256=pin)
        return Web(connection.host, way.port, is_tls=way.is_tls)
