"""The live socket, kept open: hello, snapshots, patches, and again after every loss."""

import asyncio
import contextlib
import random
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

import aiohttp
import orjson

from .decode import Unreadable, decoder_of
from .errors import CannotConnect, EngineError, InvalidAuth, NotAllowed
from .mirror import Gap, Mirror
from .models import Alert, EngineInfo, Farm, LiveEvent, Printer
from .rest import OdinClient, check_version

OPEN_S = 20.0
"""Longer than this for hello and all snapshots means that the engine is in trouble."""
SETTLED_S = 30.0
"""A connection that held this long was a good one: the next retry is a quick one."""
SILENCE_S = 30.0
PONG_S = 10.0
RETRY_FIRST_S = 1.0
RETRY_MOST_S = 60.0

_PRINTERS = "printers"
_ALERTS = "alerts"
_CLOSINGS = {
    aiohttp.WSMsgType.CLOSE,
    aiohttp.WSMsgType.CLOSING,
    aiohttp.WSMsgType.CLOSED,
    aiohttp.WSMsgType.ERROR,
}


class LiveListener(Protocol):
    """Who wants to know. Called in the event loop, in order; must not raise."""

    def on_farm(self, farm: Farm, changed: frozenset[str] | None) -> None:
        """Hears the new truth; `changed` are ids, `None` after a snapshot."""

    def on_event(self, event: LiveEvent) -> None:
        """Hears news."""

    def on_lost(self, error: EngineError) -> None:
        """Hears that the connection is gone, each time an attempt fails."""


class LiveLink:
    """One live socket. `open` it, then `run` it for as long as it shall live."""

    def __init__(
        self,
        client: OdinClient,
        *,
        silence_s: float = SILENCE_S,
        pong_s: float = PONG_S,
        retry_s: float = RETRY_FIRST_S,
    ) -> None:
        self._client = client
        self._silence_s, self._pong_s, self._retry_s = silence_s, pong_s, retry_s
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._printers = Mirror(Printer)
        self._alerts = Mirror(Alert)
        self._engine: EngineInfo | None = None
        self._resynced: set[asyncio.Future[None]] = set()
        self._hurry = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether the socket stands."""
        return self._socket is not None and not self._socket.closed

    @property
    def raw_printers(self) -> Mapping[str, dict[str, Any]]:
        """The printers' JSON as it came, for diagnostics."""
        return self._printers.raw

    @property
    def farm(self) -> Farm:
        """What is known now; only after `open`."""
        if self._engine is None:
            raise CannotConnect("not connected yet")
        return Farm(self._engine, self._printers.values, self._alerts.values)

    async def open(self) -> Farm:
        """Connects and returns everything there is.

        Raises:
            EngineError: which says whether trying again makes sense.
        """
        try:
            async with asyncio.timeout(OPEN_S):
                self._engine = await self._client.info()
                self._socket = await self._client.open_socket()
                await self._begin()
        except TimeoutError as error:
            await self.close()
            raise CannotConnect("no answer in time") from error
        except BaseException:
            await self.close()
            raise
        return self.farm

    async def run(self, listener: LiveListener) -> None:
        """Tells the listener what happens until cancelled.

        Raises:
            InvalidAuth, NotAllowed: trying again would not help.
        """
        loop, delay_s = asyncio.get_running_loop(), self._retry_s
        try:
            while True:
                began_s = loop.time()
                try:
                    if not self.is_open:
                        listener.on_farm(await self.open(), None)
                    await self._follow(listener)
                except (InvalidAuth, NotAllowed) as error:
                    listener.on_lost(error)
                    raise
                except EngineError as error:
                    listener.on_lost(error)
                finally:
                    await self.close()
                if loop.time() - began_s >= SETTLED_S:
                    delay_s = self._retry_s
                await self._rest(delay_s)
                delay_s = min(delay_s * 2, RETRY_MOST_S)
        finally:
            await self.close()

    def hurry(self) -> None:
        """Tries a lost connection now, not when the pause is over."""
        self._hurry.set()

    async def resync(self) -> None:
        """Asks for everything anew; returns once it came and the listener heard it.

        Raises:
            CannotConnect: there is no connection, or it broke meanwhile.
        """
        if self._socket is None:
            self.hurry()
            raise CannotConnect("not connected")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._resynced.add(done)
        try:
            await self._ask_again(self._socket, _PRINTERS)
            async with asyncio.timeout(OPEN_S):
                await done
        except TimeoutError as error:
            raise CannotConnect("no answer in time") from error
        finally:
            self._resynced.discard(done)

    async def close(self) -> None:
        """Closes the socket; harmless when there is none."""
        socket, self._socket = self._socket, None
        for waiting in self._resynced:
            if not waiting.done():
                waiting.set_exception(CannotConnect("the connection was lost"))
        if socket is not None:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await socket.close()

    async def _begin(self) -> None:
        subscribe = {
            "type": "subscribe",
            "topics": [_PRINTERS, _ALERTS],
            "profile": "entities",
        }
        await self._say(self._open_socket(), subscribe)
        missing = {_PRINTERS, _ALERTS}
        while missing:
            message = await self._receive()
            match message.get("type"):
                case "hello":
                    self._greet(message)
                case "snapshot":
                    self._take_snapshot(message)
                    missing.discard(str(message.get("topic")))
                case "error" if message.get("topic") == _ALERTS:
                    # A token without that scope still shows printers.
                    missing.discard(_ALERTS)
                case "error" if message.get("topic") == _PRINTERS:
                    raise NotAllowed(str(message.get("message", "")))

    def _greet(self, message: dict[str, Any]) -> None:
        api_version = message.get("api_version")
        if isinstance(api_version, int):
            check_version(api_version, str(message.get("server_version")))

    async def _follow(self, listener: LiveListener) -> None:
        while True:
            message = await self._receive()
            match message.get("type"):
                case "snapshot":
                    self._take_snapshot(message)
                    listener.on_farm(self.farm, None)
                    self._answer_resync(message)
                case "patch":
                    await self._take_patch(message, listener)
                case "event":
                    listener.on_event(_event(message))

    def _take_snapshot(self, message: dict[str, Any]) -> None:
        mirror = self._mirror(message)
        if mirror is not None:
            with _sense():
                mirror.snapshot(message["revision"], message["data"])

    async def _take_patch(
        self, message: dict[str, Any], listener: LiveListener
    ) -> None:
        mirror = self._mirror(message)
        if mirror is None:
            return
        try:
            with _sense():
                changed = mirror.patch(
                    message["revision"], message["changed"], message["removed"]
                )
        except Gap:
            await self._ask_again(self._open_socket(), str(message["topic"]))
            return
        # Ids are those of printers; entities of the engine hear every change.
        is_printers = mirror is self._printers
        listener.on_farm(self.farm, changed if is_printers else frozenset())

    def _mirror(
        self, message: dict[str, Any]
    ) -> Mirror[Printer] | Mirror[Alert] | None:
        match message.get("topic"):
            case "printers":
                return self._printers
            case "alerts":
                return self._alerts
        return None

    def _answer_resync(self, message: dict[str, Any]) -> None:
        if message.get("topic") == _PRINTERS:
            for waiting in self._resynced:
                if not waiting.done():
                    waiting.set_result(None)

    async def _receive(self) -> dict[str, Any]:
        while True:
            message = await self._hear()
            if message.type in _CLOSINGS:
                raise _closed(self._open_socket(), message)
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            try:
                found = orjson.loads(message.data)
            except orjson.JSONDecodeError as error:
                raise CannotConnect("the engine's words make no sense") from error
            if isinstance(found, dict):
                return found

    async def _hear(self) -> aiohttp.WSMessage:
        """Returns the next frame; asks after a silence, so that a dead line is noticed.

        Not by the library's own heartbeat, which leaves a timer behind when the line is
        closed just as something arrives.
        """
        socket = self._open_socket()
        try:
            return await socket.receive(timeout=self._silence_s)
        except TimeoutError:
            await self._say(socket, {"type": "ping"})
        try:
            return await socket.receive(timeout=self._pong_s)
        except TimeoutError as error:
            raise CannotConnect("the engine fell silent") from error

    def _open_socket(self) -> aiohttp.ClientWebSocketResponse:
        if self._socket is None:
            raise CannotConnect("not connected")
        return self._socket

    async def _ask_again(
        self, socket: aiohttp.ClientWebSocketResponse, topic: str
    ) -> None:
        await self._say(socket, {"type": "resync", "topic": topic})

    async def _say(
        self, socket: aiohttp.ClientWebSocketResponse, message: dict[str, Any]
    ) -> None:
        try:
            await socket.send_str(orjson.dumps(message).decode())
        except (aiohttp.ClientError, OSError) as error:
            raise CannotConnect("the connection was lost") from error

    async def _rest(self, delay_s: float) -> None:
        """Waits a little less each time, so that many clients do not return in step."""
        self._hurry.clear()
        jitter = random.random()  # noqa: S311 - no secret
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay_s * (1 - jitter / 2)):
                await self._hurry.wait()


@contextlib.contextmanager
def _sense() -> Iterator[None]:
    """Takes a message of another shape for a broken connection: a new one may help."""
    try:
        yield
    except (KeyError, TypeError, AttributeError) as error:
        raise CannotConnect("the engine's words make no sense") from error


def _closed(
    socket: aiohttp.ClientWebSocketResponse, message: aiohttp.WSMessage
) -> EngineError:
    reason = str(message.extra or "")
    match socket.close_code:
        case 4401:
            return InvalidAuth(reason)
        case 4403:
            return NotAllowed(reason)
        case code:
            return CannotConnect(reason or f"the connection was closed ({code})")


_instant = decoder_of(datetime | None)


def _event(message: dict[str, Any]) -> LiveEvent:
    data = message.get("data")
    try:
        at = _instant(message.get("at"))
    except Unreadable:
        at = None
    return LiveEvent(
        str(message.get("name", "")), data if isinstance(data, dict) else {}, at
    )
