"""The audit log: noted at once, written right after, kept for a year."""

import asyncio
import logging
from collections import deque

from odin_engine.identity.model import AUDIT_KEPT, AuditEntry, AuditFilter
from odin_engine.identity.store import audit
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.pages import PageRequest, Slice

_LOG = logging.getLogger(__name__)

_MOST_WAITING = 10_000
"""So many only wait when the database has been failing for long; then the oldest go."""


class Audit:
    """Takes entries without waiting, so that no request fails or slows for its log."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: deque[AuditEntry] = deque()
        self._writing = asyncio.Lock()

    def add(self, entry: AuditEntry) -> None:
        """Notes an entry; `flush` writes it."""
        if len(self._waiting) >= _MOST_WAITING:
            _LOG.error("audit log: lost an entry, none could be written for long")
            self._waiting.popleft()
        self._waiting.append(entry)

    async def flush(self) -> None:
        """Writes what was noted; what cannot be written now waits for the next time."""
        async with self._writing:
            entries = tuple(self._waiting)
            if not entries:
                return
            async with self._database.work() as work:
                await audit.add(work.session, entries)
            written = {entry.id for entry in entries}
            while self._waiting and self._waiting[0].id in written:
                self._waiting.popleft()

    async def page(
        self, request: PageRequest, wanted: AuditFilter
    ) -> Slice[AuditEntry]:
        """Returns a page of the log, complete up to now."""
        await self.flush()
        async with self._database.read() as session:
            return await audit.page(session, request, wanted)

    async def purge(self) -> None:
        """Removes entries that are past their time."""
        async with self._database.work() as work:
            await audit.remove_before(work.session, self._clock.now() - AUDIT_KEPT)
