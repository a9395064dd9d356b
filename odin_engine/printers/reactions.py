"""The beats of the printers domain; each calls one verb."""

import asyncio

from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.ticker import every
from odin_engine.printers.service import (
    CLIMATE_PERIOD_S,
    PURGE_PERIOD_S,
    SAMPLE_PERIOD_S,
    TICK_PERIOD_S,
    Printers,
)


async def run(printers: Printers, ticker: Ticker) -> None:
    """Beats until cancelled."""
    beats = (
        (TICK_PERIOD_S, printers.tick),
        (SAMPLE_PERIOD_S, printers.sampling.sample),
        (CLIMATE_PERIOD_S, printers.sampling.sample_climate),
        (PURGE_PERIOD_S, printers.sampling.purge),
    )
    async with asyncio.TaskGroup() as tasks:
        for period_s, verb in beats:
            tasks.create_task(every(period_s, verb, ticker))
