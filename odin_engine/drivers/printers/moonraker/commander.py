"""Commands as requests, each answered, or shown to be done by a report before that.

A start is sent once. It is sent again only where the machine refused it because a file
is still loaded, and a fresh look shows that nothing is printed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from odin_engine.drivers.printers.moonraker.mirror import Mirror
from odin_engine.drivers.printers.moonraker.protocol import encode, tracking
from odin_engine.drivers.printers.moonraker.protocol.encode import Call
from odin_engine.printers.model import (
    Command,
    CommandKind,
    CommandRejected,
    DriverError,
    NotSupported,
    SetPower,
    StartPrint,
    Unreachable,
)

_BUSY = "sd busy"
_LOOK = {"print_stats": ["state", "filename"]}
"""Not `is_active` of the card: it stays on in the very machines that need a reset."""


class Ask(Protocol):
    """Makes a request. Raises as `Driver.execute`."""

    async def __call__(
        self, method: str, params: dict[str, Any], within_s: float = encode.HOST_S
    ) -> Any:  # noqa: ANN401 - a wire value
        """Returns the answer."""
        ...


class Commander:
    """Does commands at one machine."""

    def __init__(self, mirror: Mirror, ask: Ask) -> None:
        self._mirror = mirror
        self._ask = ask

    async def execute(self, command: Command) -> None:
        """Does one command. Raises as `Driver.execute`."""
        state = self._mirror.state
        if state is None:
            raise Unreachable("The printer has not reported yet.")
        if command.kind.value not in state.capabilities.commands:
            raise NotSupported("This printer cannot do that, or not as it is now.")
        calls = encode.encode(command, self._mirror.document)
        if isinstance(command, StartPrint):
            await self._start(command, calls)
            return
        if command.kind is CommandKind.STOP:
            self._mirror.note_stop()
        confirms = self._confirming(command)
        asking = self._mirror.document.asking
        for call in calls:
            try:
                answer = await self._do(call, confirms)
            except CommandRejected:
                if call.undo is not None:
                    await self._do(encode.script(call.undo))
                raise
            if isinstance(command, SetPower):
                _check_switched(answer, command)
        if command.kind is CommandKind.CLEAR_FAULTS:
            # A Klipper without `[respond]` takes the line and says nothing of it.
            self._mirror.note_dismissed(asking)

    def _confirming(self, command: Command) -> Callable[[], bool] | None:
        """Returns how a report shows that it was done, before the macro behind it ends."""
        wanted = {
            CommandKind.PAUSE: frozenset({"paused"}),
            CommandKind.RESUME: frozenset({"printing"}),
            CommandKind.STOP: tracking.ENDED | {"standby"},
        }.get(command.kind)
        if wanted is None:
            return None
        return lambda: self._mirror.document.track.state in wanted

    async def _start(self, command: StartPrint, calls: list[Call]) -> None:
        if not await self._is_free():
            # Klipper takes a start while a job is paused, and throws that one away.
            raise CommandRejected(
                "The printer has a job that is not over. Stop it there, or wait for it."
            )
        *before, start = calls
        for call in before:
            await self._do(call)
        self._mirror.note_start(command.file, command.token)
        try:
            await self._start_once_more_if_loaded(command, start)
        except CommandRejected:
            self._mirror.note_start_refused()
            raise

    async def _is_free(self) -> bool:
        """Whether a fresh look shows that no job runs or is paused."""
        await self._ask("printer.objects.query", {"objects": _LOOK})
        return self._mirror.document.track.state not in tracking.RUNNING

    async def _start_once_more_if_loaded(
        self, command: StartPrint, start: Call
    ) -> None:
        track = self._mirror.document.track

        def has_begun() -> bool:
            now = self._mirror.document.track
            return now.token == command.token and now is not track

        try:
            await self._do(start, has_begun)
        except CommandRejected as error:
            # A file that ended, or was loaded at the screen, stays loaded. To reset one
            # that is printed would end the print.
            if _BUSY not in error.message.lower() or not await self._is_free():
                raise
        else:
            return
        await self._do(encode.script(encode.RESET_FILE))
        await self._do(start, has_begun)

    async def _do(self, call: Call, confirms: Callable[[], bool] | None = None) -> Any:  # noqa: ANN401 - a wire value
        """Does a request and returns the answer, `None` where a report was faster."""
        asking = asyncio.ensure_future(
            self._ask(call.method, call.params, call.within_s)
        )
        waiting: set[asyncio.Future[Any]] = {asking}
        # What is so already proves nothing.
        if confirms is not None and not confirms():
            waiting.add(asyncio.ensure_future(self._mirror.until(confirms)))
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return asking.result() if asking in done else None
        finally:
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


def _check_switched(answer: Any, command: SetPower) -> None:  # noqa: ANN401 - a wire value
    """Raises `CommandRejected` where a switch answers that it does not work."""
    if isinstance(answer, dict) and answer.get(command.device) == "error":
        raise CommandRejected(
            f"The switch {command.device} reports an error. Look whether it has power "
            "and network."
        )


async def first_success(*ways: Awaitable[object]) -> None:
    """Tries every way at once and returns with the first that succeeds.

    Raises:
        DriverError: all failed, and at least one of them without an answer.
        CommandRejected: all were refused.
    """
    tries = [asyncio.ensure_future(each) for each in ways]
    failures: list[DriverError | CommandRejected] = []
    try:
        for each in asyncio.as_completed(tries):
            try:
                await each
            except (DriverError, CommandRejected) as error:
                failures.append(error)
            else:
                return
        raise next(
            (each for each in failures if isinstance(each, DriverError)), failures[0]
        )
    finally:
        for doing in tries:
            doing.cancel()
        await asyncio.gather(*tries, return_exceptions=True)
