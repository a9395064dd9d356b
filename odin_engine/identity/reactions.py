"""What identity does with the passing of time."""

import asyncio

from odin_engine.identity.service import Identity
from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.ticker import every

_AUDIT_S = 1.0
"""What a power cut may cost the audit log."""
_USE_S = 60.0
_PURGE_S = 3600.0


async def run(identity: Identity, ticker: Ticker) -> None:
    """Writes the log and the last use of keys, and tidies up, until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(every(_AUDIT_S, identity.audit.flush, ticker))
        tasks.create_task(every(_USE_S, identity.doors.flush, ticker))
        tasks.create_task(every(_PURGE_S, identity.purge, ticker))
