"""Small ASGI layers around every answer: headers, versionless paths, the last net."""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from odin_engine.kernel.http.problems import unexpected

_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        # Home Assistant shows the panel in a frame of its own origin.
        "frame-ancestors 'self'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_VERSIONED = re.compile(r"/api/(v\d+|openapi\.json|docs|redoc)(/|$)")


class SecurityHeaders:
    """Adds the security headers; answers of the API are not stored by caches."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_api = scope["path"].startswith("/api/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if is_api:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class VersionlessPaths:
    """Serves `/api/<x>` as `/api/v1/<x>`: a rewrite, not a redirect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        path: str = scope.get("path", "")
        if path.startswith("/api/") and not _VERSIONED.match(path):
            scope["path"] = "/api/v1" + path.removeprefix("/api")
            raw: bytes = scope.get("raw_path") or path.encode()
            scope["raw_path"] = b"/api/v1" + raw.removeprefix(b"/api")
        await self._app(scope, receive, send)


class LastNet:
    """Turns an error that nobody foresaw into a 500 without internals.

    Start-up and sockets are not its business: there the server ends what failed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_started = False

        async def note_start(message: Message) -> None:
            nonlocal is_started
            is_started = is_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note_start)
        except Exception as error:  # noqa: BLE001 - edge: no caller may see internals
            answer = unexpected(error)
            if not is_started:
                await answer(scope, receive, send)
