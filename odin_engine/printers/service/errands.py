"""Short work on the side, and bounds in time that a test's clock can move."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any

from odin_engine.kernel.clock import Ticker


class Errands:
    """Tasks that nobody waits for; all are cancelled at the end."""

    def __init__(self, ticker: Ticker) -> None:
        self._ticker = ticker
        self._running: set[asyncio.Task[None]] = set()

    def run(self, errand: Coroutine[Any, Any, None]) -> None:
        """Begins an errand, which handles its own errors."""
        task = asyncio.create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Cancels whatever still runs."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    async def within[T](self, seconds: float, work: Awaitable[T]) -> T:
        """Returns what `work` returns.

        Raises:
            TimeoutError: it took longer, and was cancelled.
        """
        doing = asyncio.ensure_future(work)
        waiting = asyncio.create_task(self._ticker.sleep(seconds))
        try:
            await asyncio.wait({doing, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                return doing.result()
            raise TimeoutError
        finally:
            waiting.cancel()
            doing.cancel()
