"""Requests under way, each known by the id of its own that the answer repeats."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol.messages import Reply
from odin_engine.drivers.printers.elegoo.protocol.requests import Confirms
from odin_engine.kernel.clock import Ticker
from odin_engine.printers.model import CommandTimedOut, PrinterState, Unreachable

ANSWER_S = 10.0


def _long_id() -> str:
    return secrets.token_hex(16)


type Send = Callable[[int, Mapping[str, Any], str], Coroutine[Any, Any, None]]


class _Waiting:
    def __init__(self, confirms: Confirms | None) -> None:
        self.answer: asyncio.Future[Reply | None] = (
            asyncio.get_running_loop().create_future()
        )
        self.confirms = confirms

    def settle(self, reply: Reply | None) -> None:
        if not self.answer.done():
            self.answer.set_result(reply)

    def fail(self, error: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)

    def note_sent(self, sending: asyncio.Future[None]) -> None:
        if not sending.cancelled() and (error := sending.exception()) is not None:
            self.fail(error)


class Exchange:
    """Sends requests and hands each its answer."""

    def __init__(
        self, send: Send, ticker: Ticker, new_id: Callable[[], str] | None = None
    ) -> None:
        self._send = send
        self._ticker = ticker
        self._new_id = new_id or _long_id
        self._waiting: dict[str, _Waiting] = {}

    async def ask(
        self,
        cmd: int,
        data: Mapping[str, Any],
        *,
        confirms: Confirms | None = None,
        within_s: float = ANSWER_S,
    ) -> Reply | None:
        """Returns the answer; `None` where a report confirmed it before one came.

        Raises:
            CommandTimedOut: neither came in time.
            Unreachable: not connected, or not any more.
        """
        request_id = self._new_id()
        waiting = self._waiting[request_id] = _Waiting(confirms)
        timer = asyncio.ensure_future(self._ticker.sleep(within_s))
        waits: set[asyncio.Future[Any]] = {waiting.answer, timer}
        # Sending may hang on a link that is lost; the answer's failure then ends it.
        sending = asyncio.ensure_future(self._send(cmd, data, request_id))
        sending.add_done_callback(waiting.note_sent)
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if waiting.answer.done():
                return waiting.answer.result()
            raise CommandTimedOut(
                f"The printer did not answer (command {int(cmd)}). Look at what it does "
                "before you try again."
            )
        finally:
            del self._waiting[request_id]
            timer.cancel()
            sending.cancel()
            if not waiting.answer.cancel() and not waiting.answer.cancelled():
                # Else a failure that came while sending is reported as never read.
                waiting.answer.exception()

    def heard(self, reply: Reply) -> bool:
        """Hands over an answer; whether somebody waited for it."""
        waiting = self._waiting.get(reply.request_id)
        if waiting is not None:
            waiting.settle(reply)
        return waiting is not None

    def heard_state(self, state: PrinterState) -> None:
        """Settles what a report shows to be done."""
        for waiting in self._waiting.values():
            if waiting.confirms is not None and waiting.confirms(state):
                waiting.settle(None)

    def lost(self) -> None:
        """Fails whatever waits."""
        for waiting in self._waiting.values():
            waiting.fail(
                Unreachable(
                    "The connection was lost before the printer answered. Look at what "
                    "it does before you try again."
                )
            )
