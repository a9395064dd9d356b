"""Those who are connected: what each may, has subscribed to, and was told last."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

type Status = Mapping[str, Mapping[str, Any]]


class Client:
    """One WebSocket. What is sent waits in a line, as the machine tells of changes."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.BaseTransport | None,
        *,
        may_call: bool,
    ) -> None:
        self.socket = socket
        self._transport = transport
        self.may_call = may_call
        self.is_identified = False
        self.is_login = False
        self._wanted: dict[str, list[str] | None] = {}
        self._told: dict[str, dict[str, Any]] = {}
        self._outbox: asyncio.Queue[str] = asyncio.Queue()

    def subscribe(self, wanted: Any, status: Status) -> dict[str, Any]:  # noqa: ANN401 - a wire value
        """Replaces what it wants; returns all of that as it is now."""
        objects = wanted if isinstance(wanted, dict) else {}
        self._wanted = {name: objects[name] for name in objects if name in status}
        self._told = self._part(status)
        return {name: dict(fields) for name, fields in self._told.items()}

    def forget(self) -> None:
        """Ends its subscription, as a restart of Klipper does."""
        self._wanted, self._told = {}, {}

    def tell_changes(self, status: Status, at_s: float) -> None:
        """Tells the fields that changed since it was told last, and no others."""
        now = self._part(status)
        changed = {
            name: {
                key: value
                for key, value in fields.items()
                if self._told.get(name, {}).get(key) != value
            }
            for name, fields in now.items()
        }
        changed = {name: fields for name, fields in changed.items() if fields}
        if changed:
            self._told = now
            self.notify("notify_status_update", [changed, at_s])

    def _part(self, status: Status) -> dict[str, dict[str, Any]]:
        return {
            name: {
                key: value
                for key, value in status[name].items()
                if fields is None or key in fields
            }
            for name, fields in self._wanted.items()
            if name in status
        }

    def notify(self, method: str, params: list[Any] | None = None) -> None:
        """Sends a notice."""
        body: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            body["params"] = params
        self.say(orjson.dumps(body).decode())

    def say(self, text: str) -> None:
        """Sends a text as it is."""
        self._outbox.put_nowait(text)

    async def write(self) -> None:
        """Sends what waits, until cancelled or gone."""
        with contextlib.suppress(ConnectionError):
            while True:
                await self.socket.send_str(await self._outbox.get())

    def cut(self) -> None:
        """Cuts the connection without a word."""
        if isinstance(self._transport, asyncio.Transport):
            self._transport.abort()
