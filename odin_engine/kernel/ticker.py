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


_FAREWELL_S = 1.0
"""How long work may go on after the stop was asked for; the whole stop takes 2 s."""


async def every(
    period_s: float, work: Callable[[], Awaitable[None]], ticker: Ticker
) -> None:
    """Runs `work` each period until cancelled; a failure is logged, not fatal.

    One that stays, such as a full disk, is logged when it comes and when it is over.

    Work that is under way when the cancel comes is let finish: cut off in the middle of
    a commit, nobody could tell whether it was made.
    """
    failed_by: type[Exception] | None = None
    while True:
        await ticker.sleep(period_s)
        doing = asyncio.ensure_future(work())
        try:
            await asyncio.shield(doing)
        except asyncio.CancelledError:
            await asyncio.wait({doing}, timeout=_FAREWELL_S)
            if not doing.cancel() and not doing.cancelled() and doing.exception():
                _LOG.error(
                    "work failed at the stop: %r", work, exc_info=doing.exception()
                )
            raise
        except Exception as error:  # noqa: BLE001 - edge: the next tick must still come
            if failed_by is not type(error):
                _LOG.exception("periodic work %r failed", work)
            failed_by = type(error)
        else:
            if failed_by is not None:
                _LOG.info("periodic work %r is well again", work)
            failed_by = None
