"""The socket `/ws`: who may open it, what is said on it, and when it is closed."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.requests import HTTPConnection

from odin_engine.identity.access import (
    authenticate,
    authenticate_token,
    has_login,
    open_to_all,
)
from odin_engine.identity.model import Principal
from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.http import of, status_of
from odin_engine.live.model import Allowance, Failure, Topic
from odin_engine.live.service import Live, Subscriber
from odin_engine.live.wire import (
    PONG,
    Auth,
    ClientMessage,
    Ping,
    Resync,
    Subscribe,
    Unreadable,
    Unsubscribe,
    encode,
    parse,
)

UNAUTHENTICATED = 4401
FORBIDDEN = 4403
TOO_SLOW = 4408
GONE = 1006
BAD_CLIENT = 1008
TRY_LATER = 1013
"""Close codes: ours from 4000 on, the others are RFC 6455's."""
_CODES: dict[int, int] = {
    HTTPStatus.UNAUTHORIZED: UNAUTHENTICATED,
    HTTPStatus.UNPROCESSABLE_ENTITY: UNAUTHENTICATED,
    HTTPStatus.FORBIDDEN: FORBIDDEN,
}
"""What a refused login closes with; anything else may pass."""

LOGIN_S = 10
"""How long a client may take to say who it is."""
STUCK_S = 30
"""How long one message may wait for a client that does not read."""
FAREWELL_S = 5
"""How long the closing may wait for it."""
GUARD_S = 1
"""How often pace and login are looked at; `identity` remembers, so that costs little."""
MAX_UNREADABLE = 10
MESSAGES_HZ = 500
MESSAGES_AT_ONCE = 200
"""A client that sends more is read slower, and so comes to a halt. Topics count singly."""

router = APIRouter()
LiveDep = Annotated[Live, of(Live)]

type _Login = Callable[[], Awaitable[Principal]]


# Open to all because a login may come as the first message; each topic has its own need.
@router.websocket("/ws", dependencies=[open_to_all()])
async def live_socket(websocket: WebSocket, live: LiveDep) -> None:
    """Tells what changes to whoever logged in and subscribed to it."""
    await websocket.accept()
    conversation = _Conversation(websocket, live)
    with suppress(WebSocketDisconnect):
        try:
            await conversation.hold()
        except _Ended as ending:
            await conversation.close(ending)


class _Ended(Exception):
    """How a conversation comes to its end."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class _Conversation:
    """One open socket: reads, writes, and watches over it, until one of these ends."""

    def __init__(self, socket: WebSocket, live: Live) -> None:
        self._socket = socket
        self._live = live
        self._sending = asyncio.Lock()
        self._send_began_s: float | None = None
        self._unreadable = 0
        self._allowance = Allowance(MESSAGES_HZ, MESSAGES_AT_ONCE)

    async def hold(self) -> None:
        await self._send(encode(self._live.hello))
        login = await self._choose_login()
        principal = await _ask(login)
        subscriber = self._live.join(principal.permissions, _owner(principal))
        if subscriber is None:
            raise _Ended(TRY_LATER, "Too many sockets are open. Close some.")
        try:
            await _until_one_ends(
                self._read(subscriber),
                self._write(subscriber),
                self._keep_pace(),
                self._guard(subscriber, login),
            )
        finally:
            self._live.leave(subscriber)

    async def close(self, ending: _Ended) -> None:
        # A close frame holds 123 bytes of reason (RFC 6455, section 5.5).
        reason = ending.reason.encode()[:120].decode(errors="ignore")
        farewell = self._socket.close(ending.code, reason)
        # uvicorn raises it where it has just closed the socket by itself.
        with suppress(RuntimeError):
            await _until_one_ends(farewell, self._live.ticker.sleep(FAREWELL_S))

    async def _choose_login(self) -> _Login:
        if has_login(self._socket):
            # A copy, because the scope remembers who was found at the door.
            return lambda: authenticate(HTTPConnection(dict(self._socket.scope)))
        first: list[ClientMessage] = []

        async def hear() -> None:
            first.append(await self._receive())

        await _until_one_ends(hear(), self._live.ticker.sleep(LOGIN_S))
        match first:
            case [Auth() as auth]:
                return lambda: authenticate_token(
                    self._socket, auth.token, auth.on_behalf
                )
            case _:
                raise _Ended(UNAUTHENTICATED, "Send a token as the first message.")

    async def _read(self, subscriber: Subscriber) -> None:
        while True:
            message = await self._receive()
            count = 1
            if isinstance(message, Subscribe | Unsubscribe):
                count = len(message.topics)
            await self._slow_down(count)
            await self._obey(message, subscriber)

    async def _obey(self, message: ClientMessage, subscriber: Subscriber) -> None:
        failures: list[Failure | None] = []
        match message:
            case Subscribe():
                topics = map(Topic.parse, message.topics)
                failures += subscriber.subscribe(topics, message.profile)
            case Unsubscribe():
                subscriber.unsubscribe(map(Topic.parse, message.topics))
            case Resync():
                failures.append(subscriber.resync(Topic.parse(message.topic)))
            case Ping():
                await self._send(PONG)
            case Auth():
                failures.append(Failure("logged_in", "You are logged in already."))
        for failure in filter(None, failures):
            await self._send(encode(failure))
            if failure.code == "forbidden" and not subscriber.topics:
                raise _Ended(FORBIDDEN, failure.message)

    async def _receive(self) -> ClientMessage:
        while True:
            event = await self._socket.receive()
            if event["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(event["code"])
            try:
                return parse(event.get("text"))
            except Unreadable as refusal:
                await self._refuse(refusal)

    async def _refuse(self, refusal: Unreadable) -> None:
        self._unreadable += 1
        await self._send(encode(Failure(refusal.code, refusal.message)))
        if self._unreadable >= MAX_UNREADABLE:
            raise _Ended(BAD_CLIENT, "Too many messages made no sense.")

    async def _slow_down(self, messages: int) -> None:
        wait_s = self._allowance.spend(self._live.clock.monotonic_s(), messages)
        if wait_s > 0:
            await self._live.ticker.sleep(wait_s)

    async def _write(self, subscriber: Subscriber) -> None:
        while True:
            await self._send(encode(await subscriber.next()))

    async def _send(self, text: str) -> None:
        async with self._sending:
            self._send_began_s = self._live.clock.monotonic_s()
            try:
                await self._socket.send_text(text)
            except RuntimeError as error:
                # uvicorn raises it where it has just closed the socket by itself.
                raise WebSocketDisconnect(GONE) from error
            finally:
                self._send_began_s = None

    async def _guard(self, subscriber: Subscriber, login: _Login) -> None:
        while True:
            await self._live.ticker.sleep(GUARD_S)
            principal = await _ask(login)
            if subscriber.limit_to(principal.permissions):
                raise _Ended(FORBIDDEN, "You may not see this any more.")

    async def _keep_pace(self) -> None:
        """Ends with a client that does not read; waits for nothing else meanwhile."""
        while True:
            await self._live.ticker.sleep(GUARD_S)
            began_s = self._send_began_s
            if began_s is not None:
                stuck_s = self._live.clock.monotonic_s() - began_s
                if stuck_s >= STUCK_S:
                    raise _Ended(TOO_SLOW, "Read faster, or subscribe to less.")


async def _ask(login: _Login) -> Principal:
    try:
        return await login()
    except OdinError as refusal:
        code = _CODES.get(status_of(refusal), TRY_LATER)
        raise _Ended(code, refusal.message) from refusal


def _owner(principal: Principal) -> str:
    return principal.on_behalf_of or principal.user_id or principal.name


async def _until_one_ends(*works: Coroutine[Any, Any, None]) -> None:
    """Runs them side by side; stops the rest when one ends, and raises what it raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    errors = [task.exception() for task in tasks if not task.cancelled()]
    for error in filter(None, errors):
        raise error
