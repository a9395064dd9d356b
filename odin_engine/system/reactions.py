"""Tidies up what the ground floor keeps for a while only, and memory."""

import asyncio
import gc

from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.idempotency import Idempotency
from odin_engine.kernel.outbox import Outbox
from odin_engine.kernel.tasks import Tasks
from odin_engine.kernel.ticker import every

_PURGE_S = 3600.0
_COLLECT_S = 120.0
"""A dead connection is a ring of few objects with 60 kB of TLS session behind them.

The collector counts objects, and messages leave hardly any: by itself it left those of
five minutes of lost links lying. It takes 10 ms with 100 printers.
"""


async def run(
    tasks: Tasks, outbox: Outbox, idempotency: Idempotency, ticker: Ticker
) -> None:
    """Forgets old tasks, deliveries, answers and garbage until cancelled."""
    async with asyncio.TaskGroup() as beats:
        for verb in (tasks.forget_old, outbox.forget_old, idempotency.forget_old):
            beats.create_task(every(_PURGE_S, verb, ticker))
        beats.create_task(every(_COLLECT_S, _collect, ticker))


async def _collect() -> None:
    gc.collect()
