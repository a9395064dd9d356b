"""The one WebSocket to a Moonraker: requests by number, and what arrives.

A loss is told, never mended here. Nothing is kept of a request whose answer nobody
waits for any more.
"""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import orjson

from odin_engine.drivers.printers.moonraker.protocol.frames import (
    Refusal,
    Reply,
    request,
)
from odin_engine.drivers.web import Web, WebSocket
from odin_engine.kernel.clock import Ticker
from odin_engine.printers.model import CommandTimedOut, DriverError, Unreachable

HEARTBEAT_S = 15.0
"""A pong is missed after half of it; a host that was switched off says no goodbye."""
_LOST = (
    "The connection was lost before the printer answered. Look at what it does before "
    "you try again."
)


class Refused(Exception):
    """The server or the machine said no, in its own words; never leaves the driver."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Link:
    """One connection. `deliver` is called with each text, `sent` with each request."""

    def __init__(
        self,
        web: Web,
        ticker: Ticker,
        deliver: Callable[[str], None],
        sent: Callable[[dict[str, Any]], None],
    ) -> None:
        self._web = web
        self._ticker = ticker
        self._deliver = deliver
        self._sent = sent
        self._socket: WebSocket | None = None
        self._numbers = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Reply | Refusal | None]] = {}

    async def open(self) -> None:
        """Connects. Raises `DriverError` as `Web.socket`."""
        self._socket = await self._web.socket("/websocket", heartbeat_s=HEARTBEAT_S)

    async def lost(self) -> DriverError:
        """Delivers what arrives and returns, as an error, why that ended."""
        socket = self._socket
        if socket is not None:
            async for text in socket:
                self._deliver(text)
        return Unreachable("The connection to the printer's Moonraker was lost.")

    async def call(self, method: str, params: dict[str, Any], within_s: float) -> Any:  # noqa: ANN401 - a wire value
        """Asks and returns the answer.

        Raises:
            Refused: the answer is a no.
            CommandTimedOut: there is none in time.
            Unreachable: not connected, or lost before the answer.
        """
        socket = self._socket
        if socket is None:
            raise Unreachable("The printer is not connected.")
        number = next(self._numbers)
        body = request(number, method, params)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Reply | Refusal | None] = loop.create_future()
        self._pending[number] = answer
        timer = asyncio.ensure_future(self._ticker.sleep(within_s))
        waits: set[asyncio.Future[Any]] = {answer, timer}
        try:
            self._sent(body)
            await socket.send(orjson.dumps(body).decode())
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return _opened(answer.result())
            raise CommandTimedOut(
                f"The printer did not answer ({method}). Look at what it does before "
                "you try again."
            )
        finally:
            del self._pending[number]
            timer.cancel()
            answer.cancel()

    def settle(self, frame: Reply | Refusal) -> None:
        """Hands an answer to who waits for it."""
        answer = self._pending.get(frame.id) if frame.id is not None else None
        if answer is not None and not answer.done():
            answer.set_result(frame)

    async def close(self) -> None:
        """Ends the connection; what waits for an answer fails."""
        socket, self._socket = self._socket, None
        for answer in self._pending.values():
            if not answer.done():
                answer.set_result(None)
        if socket is not None:
            await socket.close()


def _opened(frame: Reply | Refusal | None) -> Any:  # noqa: ANN401 - a wire value
    """Returns what was answered. Raises as `Link.call`."""
    if frame is None:
        raise Unreachable(_LOST)
    if isinstance(frame, Refusal):
        raise Refused(frame.code, frame.message)
    return frame.result
