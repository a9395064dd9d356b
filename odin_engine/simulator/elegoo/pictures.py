"""The camera: pictures of the bed as MJPEG, one after the other."""

import asyncio
import contextlib
from collections.abc import Callable

from aiohttp import web

from odin_engine.simulator.plain import PlainMachine
from odin_engine.simulator.plain.camera import picture

_PICTURE_EVERY_S = 0.5


async def pictures(
    request: web.Request, machine: PlainMachine, is_on: Callable[[], bool]
) -> web.StreamResponse:
    """Answers with pictures for as long as the camera is on."""
    if not is_on():
        raise web.HTTPServiceUnavailable
    response = web.StreamResponse()
    response.headers["Content-Type"] = "multipart/x-mixed-replace; boundary=foo"
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        while is_on():
            seen = await asyncio.to_thread(picture, machine)
            head = f"--foo\r\nContent-Type: image/jpeg\r\nContent-Length: {len(seen)}"
            await response.write(f"{head}\r\n\r\n".encode() + seen + b"\r\n")
            await asyncio.sleep(_PICTURE_EVERY_S)
    return response
