"""Tidies up what the ground floor keeps for a while only."""

import asyncio

from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.idempotency import Idempotency
from odin_engine.kernel.outbox import Outbox
from odin_engine.kernel.tasks import Tasks
from odin_engine.kernel.ticker import every

_PURGE_S = 3600.0


async def run(
    tasks: Tasks, outbox: Outbox, idempotency: Idempotency, ticker: Ticker
) -> None:
    """Forgets old tasks, deliveries and answers until cancelled."""
    async with asyncio.TaskGroup() as beats:
        for verb in (tasks.forget_old, outbox.forget_old, idempotency.forget_old):
            beats.create_task(every(_PURGE_S, verb, ticker))
