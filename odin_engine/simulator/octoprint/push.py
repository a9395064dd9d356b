"""The push socket: who is connected, who is known, and what they are told.

Source: docs.octoprint.org, "Push updates"; OctoPrint 1.11, `server/util/sockjs.py`.
"""

import contextlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web


@dataclass(eq=False, slots=True)
class _Client:
    socket: web.WebSocketResponse
    is_known: bool = False
    plugins: list[str] | None = None
    events: list[str] | None = None
    waiting: list[str] = field(default_factory=list)


class Push:
    """Every open socket. `history` is asked for what a newcomer is told."""

    def __init__(self, version: str, history: Callable[[], dict[str, Any]]) -> None:
        self.is_silent = False
        self._version = version
        self._history = history
        self._clients: set[_Client] = set()
        self._sessions: set[str] = set()

    @property
    def clients(self) -> int:
        """How many sockets are open."""
        return len(self._clients)

    def session(self) -> str:
        """Returns a new session, which opens one socket after the other."""
        session = secrets.token_hex(16)
        self._sessions.add(session)
        return session

    def forget_sessions(self) -> None:
        """Lets no session that there is open a socket."""
        self._sessions.clear()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serves one socket until it is closed."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        client = _Client(socket)
        self._clients.add(client)
        try:
            await socket.send_str(json.dumps({"connected": self._connected()}))
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._heard(client, message.data)
        finally:
            self._clients.discard(client)
        return socket

    def _connected(self) -> dict[str, Any]:
        return {
            "version": self._version,
            "display_version": self._version,
            "branch": "release",
            "apikey": "THE-PAGES-OWN-KEY",
            "safe_mode": False,
            "online": True,
            "permissions": [],
        }

    async def _heard(self, client: _Client, said: str) -> None:
        try:
            message = json.loads(said)
        except ValueError:
            return
        if "subscribe" in message:
            wanted = message["subscribe"]
            client.plugins = wanted.get("plugins")
            client.events = wanted.get("events")
        elif "auth" in message:
            _, _, session = str(message["auth"]).partition(":")
            # A session that it does not know is not answered at all.
            if session in self._sessions and not self.is_silent:
                client.is_known = True
                await self._send(client, {"history": self._history()})

    async def tell(self, message: dict[str, Any]) -> None:
        """Tells everybody who is known and wants that."""
        for client in tuple(self._clients):
            if client.is_known and not self.is_silent and _wants(client, message):
                await self._send(client, message)

    async def tell_raw(self, said: str) -> None:
        """Tells everybody who is known something that need make no sense."""
        for client in tuple(self._clients):
            if client.is_known:
                with contextlib.suppress(ConnectionError):
                    await client.socket.send_str(said)

    async def _send(self, client: _Client, message: dict[str, Any]) -> None:
        with contextlib.suppress(ConnectionError):
            await client.socket.send_str(json.dumps(message))

    async def close(self) -> None:
        """Closes every socket."""
        for client in tuple(self._clients):
            await client.socket.close()


def _wants(client: _Client, message: dict[str, Any]) -> bool:
    if "event" in message and client.events is not None:
        return message["event"]["type"] in client.events
    if "plugin" in message and client.plugins is not None:
        return message["plugin"]["plugin"] in client.plugins
    return True
