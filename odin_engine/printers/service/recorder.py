"""Writes what must be remembered: in order, in the background, in few transactions.

The message path only appends to a queue. Whatever was queued when the writer comes
round goes into one transaction, and its news is published after the commit. A database
that is down delays both and loses neither.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.db import Database, StorageDown, Work
from odin_engine.printers.store import Unwritable, transaction

_LOG = logging.getLogger(__name__)

_BATCH = 500
_RETRY_FIRST_S = 0.5
_RETRY_MOST_S = 2.0
"""What waits is in memory alone, so a kill soon after the database is back may cost it."""


class Entry(Protocol):
    """Something to be written. `write` may run again until it was committed."""

    async def write(self, work: Work) -> None:
        """Writes it, and emits its news."""
        ...

    def settle(self) -> None:
        """Brings memory in line, once it was committed."""
        ...


class Recorder:
    """The one writer of what printers report."""

    def __init__(
        self,
        database: Database,
        ticker: Ticker,
        writing: asyncio.Lock,
    ) -> None:
        self._database = database
        self._ticker = ticker
        self._writing = writing
        self._queue: deque[Entry] = deque()
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, entry: Entry) -> None:
        """Queues an entry; returns at once."""
        self._queue.append(entry)
        self._idle.clear()
        self._wake.set()

    async def drain(self) -> None:
        """Waits until everything queued so far is written."""
        await self._idle.wait()

    def hurry(self) -> None:
        """Waits for a database that is down no longer than it takes to ask once more."""
        self._hurry.set()

    async def run(self) -> None:
        """Writes until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                batch = [self._queue[i] for i in range(min(_BATCH, len(self._queue)))]
                await self._write_surely(batch)
                for _ in batch:
                    self._queue.popleft()
            self._idle.set()

    async def _write_surely(self, batch: Sequence[Entry]) -> None:
        wait_s = _RETRY_FIRST_S
        while True:
            try:
                await self._write(batch)
            except StorageDown as error:
                if wait_s == _RETRY_FIRST_S:
                    _LOG.error("history waits for the database: %s", error)
                await self._wait(wait_s)
                wait_s = min(wait_s * 2, _RETRY_MOST_S)
            except Unwritable:
                if len(batch) == 1:
                    _LOG.exception("cannot be remembered, dropped: %r", batch[0])
                    batch[0].settle()
                    return
                for entry in batch:
                    await self._write_surely((entry,))
                return
            else:
                return

    async def _wait(self, seconds: float) -> None:
        self._hurry.clear()
        waits = {
            asyncio.ensure_future(self._hurry.wait()),
            asyncio.ensure_future(self._ticker.sleep(seconds)),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    async def _write(self, batch: Sequence[Entry]) -> None:
        async with self._writing:
            async with transaction(self._database) as work:
                for entry in batch:
                    await entry.write(work)
            for entry in batch:
                entry.settle()
