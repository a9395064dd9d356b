"""Commands under way: one at a time, numbered, until the printer says how each ended.

Source: docs/protocols/bambu.md §4 (pacing), §7 (refusals), §8.1 (acknowledgements).
"""

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from odin_engine.drivers.printers.bambu.protocol.encode import Request
from odin_engine.drivers.printers.bambu.protocol.errors import SIGNATURE_REFUSED
from odin_engine.drivers.printers.bambu.protocol.messages import Ack
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    CommandRejected,
    CommandTimedOut,
    FaultKind,
    PrinterState,
    Unreachable,
)

_PACE_S = 0.2
_WEDGED_AFTER = 8
"""A P1S that leaves this many unanswered takes none any more; it does so at 16 (§4)."""
_FIRST_NUMBER = 30_000
_NUMBERS = 1_000_000
"""20000-29999 is the vendor client's range; its acknowledgements reach us too."""

UNSIGNED_CODE = "0502_4007"
_UNSIGNED_HEALTH = "0500_0500_0001_0007"
_UNSIGNED_REASON = "verify failed"
UNSIGNED = (
    "The printer takes commands only from its maker's own programs. On the printer, "
    "under Settings → LAN Only Mode, switch on Developer Mode, then try again."
)
_NOT_NOW = (
    "The printer cannot do that now: it is busy, not warm enough, or the filament in it "
    "does not allow it."
)
_REFUSED_NOW = -2

type Publish = Callable[[dict[str, Any], int], Awaitable[None]]


@dataclass(slots=True, eq=False)
class _Pending:
    request: Request
    future: asyncio.Future[Mapping[str, Any]]
    faults_before: frozenset[str]

    def fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)

    def succeed(self, answer: Mapping[str, Any]) -> None:
        if not self.future.done():
            self.future.set_result(answer)


class Commander:
    """Sends requests and matches acknowledgements and reports with them."""

    def __init__(self, clock: Clock, ticker: Ticker) -> None:
        self._clock = clock
        self._ticker = ticker
        self._publish: Publish | None = None
        self._queue = asyncio.Lock()
        self._numbers = itertools.count(_FIRST_NUMBER + secrets.randbelow(_NUMBERS))
        self._pending: dict[str, _Pending] = {}
        self._state: PrinterState | None = None
        self._sent_s: float | None = None
        self._unanswered = 0

    @property
    def is_wedged(self) -> bool:
        """Whether so many commands went unanswered that only a new session helps."""
        return self._unanswered >= _WEDGED_AFTER

    def number(self) -> str:
        """Returns a sequence id that was never used before."""
        return str(next(self._numbers))

    def is_ours(self, ack: Ack) -> bool:
        """Whether an acknowledgement belongs to a request that waits for one."""
        pending = self._pending.get(ack.sequence_id)
        return pending is not None and pending.request.command == ack.command

    def attach(self, publish: Publish) -> None:
        """Makes a new session the way out."""
        self._publish = publish
        self._unanswered = 0

    def detach(self) -> None:
        """Forgets the session; what waits for an answer fails, nothing is kept."""
        self._publish = None
        for pending in self._pending.values():
            pending.fail(
                Unreachable(
                    "The connection was lost before the printer answered. Look at what "
                    "it does before you try again."
                )
            )

    async def run(self, requests: Sequence[Request]) -> None:
        """Does requests one after the other, in turn with other commands, paced.

        Raises:
            CommandRejected: the printer said no.
            CommandTimedOut: neither confirmed nor refused in time.
            Unreachable: not connected.
        """
        async with self._queue:
            todo = list(requests)
            while todo:
                request = todo.pop(0)
                await self._pace()
                answer = await self._do(request)
                if request.follow is not None:
                    todo[:0] = request.follow(answer)

    async def run_now(self, request: Request) -> None:
        """Does a request at once: past the queue and the pacing. Raises as `run`."""
        await self._do(request)

    async def _pace(self) -> None:
        if self._sent_s is not None:
            wait_s = self._sent_s + _PACE_S - self._clock.monotonic_s()
            if wait_s > 0:
                await self._ticker.sleep(wait_s)

    async def _do(self, request: Request) -> Mapping[str, Any]:
        if self._publish is None:
            raise Unreachable("The printer is not connected.")
        number = self.number()
        self._sent_s = self._clock.monotonic_s()
        if request.awaits_nothing:
            await self._publish(request.payload(number), request.qos)
            return {}
        pending = _Pending(
            request, asyncio.get_running_loop().create_future(), _codes(self._state)
        )
        self._pending[number] = pending
        sending = asyncio.ensure_future(
            self._publish(request.payload(number), request.qos)
        )
        sending.add_done_callback(lambda sent: _note_sent(sent, pending))
        timer = asyncio.create_task(self._time_out(pending))
        try:
            return await pending.future
        finally:
            del self._pending[number]
            timer.cancel()
            sending.cancel()

    async def _time_out(self, pending: _Pending) -> None:
        """Gives up a request, unless the printer did already as it was asked to."""
        request = pending.request
        await self._ticker.sleep(request.timeout_s)
        self._unanswered += 1
        if (
            request.is_settled_by_ack
            and request.confirms is not None
            and self._state is not None
            and request.confirms(self._state)
        ):
            pending.succeed({})
            return
        pending.fail(
            CommandTimedOut(
                f"The printer did not answer ({request.command}). Look at what it does "
                "before you try again."
            )
        )

    def heard_ack(self, ack: Ack) -> None:
        """Settles the request that an acknowledgement belongs to, if it is ours."""
        if not self.is_ours(ack):
            return
        pending = self._pending[ack.sequence_id]
        self._unanswered = 0
        if is_refusal(ack):
            pending.fail(_rejection(ack))
        elif pending.request.is_settled_by_ack:
            pending.succeed(ack.data)

    def heard_state(self, state: PrinterState) -> None:
        """Settles requests that a report confirms, or shows to have been refused."""
        self._state = state
        if not self._pending:
            return
        codes = _codes(state)
        for pending in self._pending.values():
            if any(_UNSIGNED_HEALTH in code for code in codes - pending.faults_before):
                self._unanswered = 0
                pending.fail(CommandRejected(UNSIGNED, UNSIGNED_CODE))
            elif not pending.request.is_settled_by_ack:
                self._heard_of_start(pending, state)
            elif pending.request.confirms and pending.request.confirms(state):
                self._unanswered = 0
                pending.succeed({})

    def _heard_of_start(self, pending: _Pending, state: PrinterState) -> None:
        """A start is proven by our job, and disproven by a new error of the print."""
        if pending.request.confirms and pending.request.confirms(state):
            self._unanswered = 0
            pending.succeed({})
            return
        for fault in state.faults:
            if (
                fault.kind is FaultKind.PRINT
                and fault.code not in pending.faults_before
            ):
                pending.fail(CommandRejected(fault.text, fault.code))


def _codes(state: PrinterState | None) -> frozenset[str]:
    return frozenset(fault.code for fault in state.faults) if state else frozenset()


def is_refusal(ack: Ack) -> bool:
    """Whether an acknowledgement says no."""
    return ack.ok is False or (ack.ok is None and bool(ack.err_code))


def is_unsigned(ack: Ack) -> bool:
    """Whether it says no because the command was not signed by the maker (§7)."""
    return ack.err_code in SIGNATURE_REFUSED or (
        is_refusal(ack) and _UNSIGNED_REASON in (ack.reason or "").lower()
    )


def _rejection(ack: Ack) -> CommandRejected:
    if is_unsigned(ack):
        return CommandRejected(UNSIGNED, UNSIGNED_CODE)
    code = None
    if ack.err_code:
        code = f"{ack.err_code >> 16 & 0xFFFF:04X}_{ack.err_code & 0xFFFF:04X}"
    elif ack.errno:
        code = str(ack.errno)
    reason = (ack.reason or "").strip()
    if ack.errno == _REFUSED_NOW:
        return CommandRejected(_NOT_NOW, code)
    said = reason if reason and reason.lower() != "success" else "it gave no reason"
    return CommandRejected(f"The printer refused: {said}.", code)


def _note_sent(sending: asyncio.Future[None], pending: _Pending) -> None:
    if not sending.cancelled() and (error := sending.exception()) is not None:
        pending.fail(error)
