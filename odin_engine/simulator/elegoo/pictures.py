"""The camera: the same small picture over and over, as MJPEG."""

import asyncio
import base64
import contextlib
from collections.abc import Callable

from aiohttp import web

_PICTURE = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtq"
    "eJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/wAALCAAQABABAREA/8QAHwAAAQUBAQEBAQEAAAAA"
    "AAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEI"
    "I0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1"
    "dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi"
    "4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AK1FFFf/2Q=="
)
_PICTURE_EVERY_S = 0.2


async def pictures(
    request: web.Request, is_on: Callable[[], bool]
) -> web.StreamResponse:
    """Answers with pictures for as long as the camera is on."""
    if not is_on():
        raise web.HTTPServiceUnavailable
    response = web.StreamResponse()
    response.headers["Content-Type"] = "multipart/x-mixed-replace; boundary=foo"
    await response.prepare(request)
    head = f"--foo\r\nContent-Type: image/jpeg\r\nContent-Length: {len(_PICTURE)}"
    with contextlib.suppress(ConnectionError):
        while is_on():
            await response.write(f"{head}\r\n\r\n".encode() + _PICTURE + b"\r\n")
            await asyncio.sleep(_PICTURE_EVERY_S)
    return response
