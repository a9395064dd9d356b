"""Time that tests move by hand. The rest of the tests' parts are the real ones."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count


class ManualClock:
    """A `Clock` and `Ticker` in one: `advance` moves instants and wakes sleepers."""

    def __init__(
        self, start: datetime = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    ) -> None:
        self._start = start
        self._elapsed_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed_s)

    def monotonic_s(self) -> float:
        return self._elapsed_s

    @property
    def has_sleepers(self) -> bool:
        """Whether somebody waits for time to pass."""
        return any(not future.done() for _, _, future in self._sleepers)

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._elapsed_s + max(seconds, 0)
        heapq.heappush(self._sleepers, (due, next(self._order), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Moves time; each sleeper due on the way runs before time moves on."""
        end = self._elapsed_s + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, future = heapq.heappop(self._sleepers)
            self._elapsed_s = max(self._elapsed_s, due)
            if not future.done():
                future.set_result(None)
            await settle()
        self._elapsed_s = end
        await settle()


async def settle(rounds: int = 20) -> None:
    """Lets every task that can run do so."""
    for _ in range(rounds):
        await asyncio.sleep(0)
