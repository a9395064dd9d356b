"""Sleeping and periodic work: the loop's own `Ticker`, and `every`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from odin_engine.kernel.clock import Ticker

_LOG = logging.getLogger(__name__)


class LoopTicker:
    """Waits on the running event loop."""

    async def sleep(self, seconds: float) -> None:
        """Returns after that many seconds."""
        await asyncio.sleep(seconds)


async def every(
    period_s: float, work: Callable[[], Awaitable[None]], ticker: Ticker
) -> None:
    """Runs `work` each period until cancelled; a failure is logged, not fatal."""
    while True:
        await ticker.sleep(period_s)
        try:
            await work()
        except Exception:  # noqa: BLE001 - edge: the next tick must still come
            _LOG.exception("periodic work %r failed", work)
