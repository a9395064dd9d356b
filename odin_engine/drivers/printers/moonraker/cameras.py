"""Pictures of the machine's own cameras, one request for all who want one at a time."""

import asyncio

from odin_engine.drivers.printers.moonraker.protocol.document import Document
from odin_engine.drivers.printers.moonraker.protocol.webcams import (
    Webcam,
    read_webcams,
)
from odin_engine.drivers.printers.moonraker.reach import FRONT_END_PORT, port_of
from odin_engine.drivers.web import Web
from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import NotSupported
from odin_engine.printers.ports import Connection, Frame

_FRESH_S = 0.5


class Cameras:
    """Fetches pictures, and keeps the last one for a moment."""

    def __init__(self, connection: Connection, clock: Clock, own: Web) -> None:
        self._connection = connection
        self._clock = clock
        self._own = own
        self._webs: dict[int, Web] = {}
        self._fetching: dict[str, asyncio.Task[Frame]] = {}
        self._last: dict[str, tuple[float, Frame]] = {}

    async def frame(self, camera_id: str, document: Document) -> Frame:
        """Returns a picture.

        Raises:
            NotSupported: no such camera, or one that sends no single pictures.
            DriverError: no picture in time.
        """
        webcam = _find(camera_id, document)
        last = self._last.get(camera_id)
        if last is not None and self._clock.monotonic_s() - last[0] < _FRESH_S:
            return last[1]
        fetching = self._fetching.get(camera_id)
        if fetching is None:
            fetching = asyncio.create_task(self._fetch(camera_id, webcam))
            self._fetching[camera_id] = fetching
            fetching.add_done_callback(lambda _: self._fetching.pop(camera_id, None))
        # Who leaves must not take the picture from the others.
        return await asyncio.shield(fetching)

    async def _fetch(self, camera_id: str, webcam: Webcam) -> Frame:
        front_end = self._connection.ports.get("web", FRONT_END_PORT)
        web = self._web_at(webcam.port or front_end)
        frame = await web.frame(webcam.path or "/", self._clock)
        self._last[camera_id] = (self._clock.monotonic_s(), frame)
        return frame

    def _web_at(self, port: int) -> Web:
        """Returns a way to a port of the machine; the key goes to Moonraker alone."""
        if port == port_of(self._connection):
            return self._own
        if port not in self._webs:
            self._webs[port] = Web(self._connection.host, port, connections=2)
        return self._webs[port]

    async def close(self) -> None:
        """Ends what is under way."""
        fetching = tuple(self._fetching.values())
        for each in fetching:
            each.cancel()
        await asyncio.gather(*fetching, return_exceptions=True)
        for web in self._webs.values():
            await web.close()


def _find(camera_id: str, document: Document) -> Webcam:
    found = read_webcams(document.webcams, document.host, document.hostname)
    webcam = next((each for each in found if each.camera.id == camera_id), None)
    if webcam is None:
        raise NotSupported(f"This printer has no camera called {camera_id}.")
    if webcam.path is None:
        raise NotSupported(
            webcam.camera.unavailable_because or "This camera sends no pictures."
        )
    return webcam
