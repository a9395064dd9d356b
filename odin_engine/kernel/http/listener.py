"""What one connection may cost before the app sees anything of it.

uvicorn reads whatever comes: heads without end, control frames by the hundred thousand,
answers that the other side never takes. None of that needs a login, so its bounds stand
here, below the app. `odin serve` listens with these two classes.
"""

import socket
import sys
from asyncio import TimerHandle
from asyncio.transports import BaseTransport
from typing import Any, override

from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.protocols.websockets.websockets_sansio_impl import (
    WebSocketsSansIOProtocol,
)
from websockets.frames import CloseCode, Frame

HEAD_MOST_BYTES = 64 * 1024
"""Request line and headers; a proxy's and a browser's have a few kB."""
HEAD_S = 20.0
"""How long a head may take, from the connection or from its first byte on."""
UNTAKEN_S = 60
"""How long the other side may leave alone what we sent; then the system cuts it off."""
FRAMES_AT_ONCE = 200
FRAMES_HZ = 20.0
"""Pings, pongs and fragments. A message of ours has at most 64 KiB, in one frame."""
_SLICE_BYTES = 8 * 1024
"""So much is parsed at a time: a flood is noticed before it was read to its end."""


class HttpConnection(HttpToolsProtocol):
    """A connection whose head has an end, and a time by which it comes."""

    head_s = HEAD_S
    untaken_s = UNTAKEN_S

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **options)
        self._is_in_head = True
        self._beside_body = 0
        self._due: TimerHandle | None = None

    @override
    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        _cut_off_if_untaken(transport, self.untaken_s)
        self._await_end()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_due()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        self._beside_body += len(data)
        super().data_received(data)
        is_handed_over = self.transport.get_protocol() is not self
        if is_handed_over or self.transport.is_closing():
            return
        if self._beside_body > HEAD_MOST_BYTES:
            self._refuse()
        elif self._is_in_head and self._due is None:
            self._await_end()

    @override
    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._beside_body = 0
        self._forget_due()
        super().on_headers_complete()

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._is_in_head and not self.transport.is_closing():
            # It was answered before its body came to an end, which may be never.
            self._await_end()

    @override
    def on_body(self, body: bytes) -> None:
        self._beside_body = 0
        super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        self._is_in_head = True
        self._beside_body = 0
        super().on_message_complete()

    @property
    def _is_answering(self) -> bool:
        # uvicorn's own annotation leaves out that there is none at first.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _refuse(self) -> None:
        if self._is_answering:
            # Trailers without end: what is being answered has no use for them.
            self.transport.abort()
        else:
            self.send_400_response("The request's head is too long.")

    def _await_end(self) -> None:
        self._forget_due()
        self._due = self.loop.call_later(self.head_s, self._overdue)

    def _overdue(self) -> None:
        self._due = None
        if self.flow.read_paused or self._is_answering:
            # It is us who keep the other side waiting.
            self._await_end()
        else:
            self.transport.close()

    def _forget_due(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None


class LiveConnection(WebSocketsSansIOProtocol):
    """A socket that nobody can flood with what the app never gets to see."""

    untaken_s = UNTAKEN_S

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **options)
        self._held = bytearray()
        self._frames_paid_until_s = float("-inf")

    @override
    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        _cut_off_if_untaken(transport, self.untaken_s)

    @override
    def data_received(self, data: bytes) -> None:
        self._held += data
        self._feed()

    @override
    async def receive(self) -> Any:
        message = await super().receive()
        self._feed()
        return message

    @override
    async def send(self, message: Any) -> None:
        await super().send(message)
        # Who says goodbye reads on, for the answer to it.
        self._feed()

    def _feed(self) -> None:
        """Reads on until the app has a message to deal with."""
        while self._held and not (self.read_paused or self.transport.is_closing()):
            part = bytes(self._held[:_SLICE_BYTES])
            del self._held[:_SLICE_BYTES]
            super().data_received(part)

    @override
    def handle_ping(self) -> None:
        if not self._may_go_on():
            return
        if self.writable.is_set():
            super().handle_ping()
        else:
            # Who leaves our answers lying gets no more of them.
            self.conn.data_to_send()

    @override
    def handle_pong(self, event: Frame) -> None:
        if self._may_go_on():
            super().handle_pong(event)

    @override
    def handle_cont(self, event: Frame) -> None:
        if self._may_go_on():
            super().handle_cont(event)

    @override
    def send_receive_event_to_app(self) -> None:
        # uvicorn would log a traceback for each stranger who cannot spell.
        if self.curr_msg_data_type == "text" and not _is_utf8(b"".join(self.frames)):
            self._fail(CloseCode.INVALID_DATA, "Text is UTF-8.")
        else:
            super().send_receive_event_to_app()

    def _may_go_on(self) -> bool:
        """Counts a frame that is no message; ends the connection at a flood of them."""
        if self.transport.is_closing():
            return False
        now_s = self.loop.time()
        self._frames_paid_until_s = max(self._frames_paid_until_s, now_s)
        self._frames_paid_until_s += 1 / FRAMES_HZ
        if self._frames_paid_until_s - now_s <= FRAMES_AT_ONCE / FRAMES_HZ:
            return True
        self._fail(CloseCode.POLICY_VIOLATION, "Too many frames that say nothing.")
        return False

    def _fail(self, code: CloseCode, reason: str) -> None:
        self.frames = []
        self.conn.fail(code, reason)
        self.handle_parser_exception()


def _cut_off_if_untaken(transport: BaseTransport, after_s: int) -> None:
    """Has the system end the connection when the other side stops taking what we send.

    Closing it would wait for that for ever, with all that is still to be sent.
    """
    sock = transport.get_extra_info("socket")
    if sys.platform == "linux" and sock is not None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, after_s * 1000)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
