"""Pictures of the Pi's cameras: the latest that was taken, for whoever asks."""

import asyncio
from urllib.parse import quote

from odin_engine.drivers.printers.prusalink.link import Link
from odin_engine.drivers.printers.prusalink.protocol import document as documents
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.errors import Unavailable
from odin_engine.printers.ports import Frame

_FRESH_S = 1.0
"""Callers within a second get the same picture: there is one request for all."""
_START = b"\xff\xd8"
_SNAP_S = 10.0


class Cameras:
    """The cameras of one machine, over its link."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._turn = asyncio.Lock()
        self._latest: dict[str, tuple[float, Frame]] = {}

    async def frame(self, camera_id: str) -> Frame:
        """Returns the latest picture.

        Raises:
            Unavailable: there is none yet, or what came is none.
        """
        async with self._turn:
            latest = self._latest.get(camera_id)
            now_s = self._clock.monotonic_s()
            if latest is not None and now_s - latest[0] < _FRESH_S:
                return latest[1]
            path = f"{documents.CAMERAS}/{quote(camera_id, safe='')}/snap"
            answer = await self._link.ask("GET", path, within_s=_SNAP_S)
            # The document says PNG; the program sends JPEG.
            if answer.status != documents.OK or not answer.body.startswith(_START):
                raise Unavailable(
                    "The camera has taken no picture yet; PrusaLink on the Pi takes one "
                    "at its own rate. Try again in a while."
                )
            frame = Frame(answer.body, "image/jpeg", self._clock.now())
            self._latest[camera_id] = (self._clock.monotonic_s(), frame)
            return frame
