"""The JPEG camera of P1 and A1: 80 bytes of login, then picture after picture.

Source: docs/protocols/bambu.md §10.
"""

import asyncio
import struct

from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.scene import draw, look

_LOGIN = struct.Struct("<IIII32s32s")
_HEADER = struct.Struct("<IIII")
_PAYLOAD, _TYPE = 0x40, 0x3000
_LOGIN_WAIT_S = 10.0


class CameraServer:
    """Serves one viewer; the next one takes the place of the one before."""

    def __init__(self, machine: Machine, frame_every_s: float = 1.0) -> None:
        self._machine, self._frame_every_s = machine, frame_every_s
        self._viewer: asyncio.StreamWriter | None = None

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Shows pictures until the viewer leaves; a bad code sees nothing at all."""
        try:
            async with asyncio.timeout(_LOGIN_WAIT_S):
                login = await reader.readexactly(_LOGIN.size)
            if self._knows(login):
                await self._show(writer)
        except OSError, EOFError, TimeoutError:
            # The viewer is gone; the camera does not mind.
            pass
        finally:
            writer.close()

    def _knows(self, login: bytes) -> bool:
        size, kind, _, _, user, code = _LOGIN.unpack(login)
        return bool(
            size == _PAYLOAD
            and kind == _TYPE
            and user.rstrip(b"\0") == b"bblp"
            and code.rstrip(b"\0") == self._machine.access_code.encode()
        )

    async def _show(self, writer: asyncio.StreamWriter) -> None:
        if self._viewer is not None:
            self._viewer.transport.abort()
        self._viewer = writer
        try:
            while not writer.is_closing():
                # Drawing takes some 10 ms: too long for a loop that serves hundreds.
                picture = await asyncio.to_thread(draw, look(self._machine))
                # The header comes as a TLS record of its own, and viewers rely on it:
                # they take a read of 16 bytes for a header, anything else for a fault.
                writer.write(_HEADER.pack(len(picture), 0, 1, 0))
                writer.write(picture)
                await writer.drain()
                await asyncio.sleep(self._frame_every_s)
        finally:
            if self._viewer is writer:
                self._viewer = None
