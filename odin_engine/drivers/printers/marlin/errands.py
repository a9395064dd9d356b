"""What goes on beside a conversation, and how long somebody waits for it."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.errors import OdinError
from odin_engine.printers.model import (
    CommandRejected,
    CommandTimedOut,
    DriverError,
    Unreachable,
)

type Errand = Coroutine[Any, Any, None]


class Errands:
    """Tasks of one connection.

    `fail` is told of an error that is ours and no machine's; `doing` is what the machine
    is busy with, for people.
    """

    def __init__(
        self,
        ticker: Ticker,
        fail: Callable[[BaseException], None],
        doing: Callable[[], bytes | None],
    ) -> None:
        self._ticker = ticker
        self._fail = fail
        self._doing = doing
        self._running: set[asyncio.Task[None]] = set()

    def start(self, errand: Errand) -> asyncio.Task[None]:
        """Lets something be done that ends with the connection."""
        task = asyncio.create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def run(self, errand: Errand) -> None:
        """Lets something be done that nobody waits for, and that may fail."""

        async def quietly() -> None:
            with contextlib.suppress(DriverError, CommandRejected):
                await errand

        self.start(quietly())

    async def see_through(self, errand: Errand, seconds: float) -> None:
        """Lets something be done to its end, and waits so long for it.

        It goes on where the time is up, or whoever waits for it leaves.

        Raises:
            CommandTimedOut: it is not done yet, and goes on.
            Unreachable: the connection ended.
        """
        task = self.start(errand)
        if not await self._is_done(task, seconds):
            raise CommandTimedOut(
                f"The machine is busy{self._with_what()}, and does it when that is done. "
                "Only the emergency stop does not wait."
            )
        if task.cancelled():
            raise Unreachable("The connection ended before the machine had done it.")
        task.result()

    async def in_time(self, errand: Errand, seconds: float) -> None:
        """Does something that is better left than done late.

        Raises:
            CommandTimedOut: it was not done in time. What was not sent yet is not sent.
        """
        task = asyncio.ensure_future(errand)
        try:
            if await self._is_done(task, seconds):
                task.result()
                return
        finally:
            task.cancel()
            await asyncio.wait({task})
        raise CommandTimedOut(
            f"The machine is busy{self._with_what()} and did not take it in time. Look "
            "at what it does before you try again."
        )

    async def _is_done(self, task: asyncio.Task[None], seconds: float) -> bool:
        timer = asyncio.ensure_future(self._ticker.sleep(seconds))
        try:
            await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
        return task.done()

    def _with_what(self) -> str:
        command = self._doing()
        return f" ({command.decode('latin-1')[:40]})" if command is not None else ""

    async def close(self) -> None:
        """Cancels whatever still runs."""
        running = set(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, OdinError):
            self._fail(error)
