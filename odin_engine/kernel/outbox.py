"""What must be delivered although processes die: rows written with the cause itself.

A row is added in the transaction that made it necessary, so that either both exist or
neither. Each kind has its own lane, which hands its rows to one handler at least once:
handlers are idempotent. A row is claimed before the call, so one that kills the process
is retried later, not at once, and not for ever.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

from sqlalchemy import CursorResult, Select, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.db import Database, Work
from odin_engine.kernel.errors import NotFound, OdinError
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.tables import OutboxRow, OutboxState

_LOG = logging.getLogger(__name__)

type Deliver = Callable[[dict[str, Any]], Awaitable[None]]

FIRST_DELAY_S = 5.0
LONGEST_DELAY_S = 3600.0
MAX_ATTEMPTS = 12
"""With doubling delays the last one comes some two and a half hours after the first."""
DELIVERY_LIMIT_S = 60.0
"""A handler that takes longer is cancelled; a claim lasts as long."""
_IDLE_LOOK_S = 60.0
_BATCH = 50
_KEPT_DELIVERED = timedelta(days=7)
_KEPT_FAILED = timedelta(days=30)
_RANDOM = SystemRandom()


@dataclass(frozen=True, slots=True)
class DeliveryQueued:
    """A row was committed."""

    kind: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row as people see it."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    state: OutboxState
    attempts: int
    created_at: datetime
    due_at: datetime
    last_error: str | None


class Outbox:
    """Adds rows, and delivers them while `run` runs."""

    def __init__(
        self, database: Database, facts: Facts, clock: Clock, ticker: Ticker
    ) -> None:
        self._database = database
        self._clock = clock
        self._ticker = ticker
        self._handlers: dict[str, Deliver] = {}
        self._wakes: dict[str, asyncio.Event] = {}
        facts.subscribe(DeliveryQueued, self._on_queued)

    def handle(self, kind: str, handler: Deliver) -> None:
        """Names the one handler of a kind; do so before `run`."""
        self._handlers[kind] = handler
        self._wakes[kind] = asyncio.Event()

    async def add(
        self, work: Work, kind: str, payload: Mapping[str, Any], *, key: str
    ) -> None:
        """Adds a row to the caller's transaction; a key that exists adds nothing.

        The payload holds ids and plain values, never secrets.
        """
        now = self._clock.now()
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        await work.session.execute(
            insert(OutboxRow)
            .values(
                id=new_id(),
                key=key,
                kind=kind,
                payload=dict(payload),
                state=OutboxState.WAITING,
                attempts=0,
                created_at=now,
                due_at=now,
            )
            .on_conflict_do_nothing(index_elements=["key"])
        )
        work.emit(DeliveryQueued(kind))

    async def run(self) -> None:
        """Delivers until cancelled; what was not delivered then is next time."""
        async with asyncio.TaskGroup() as lanes:
            for kind in self._handlers:
                lanes.create_task(self._lane(kind))

    async def failed(self, limit: int = _BATCH) -> list[Delivery]:
        """Returns what could not be delivered, newest first."""
        query = (
            select(OutboxRow)
            .where(OutboxRow.state == OutboxState.FAILED)
            .order_by(OutboxRow.id.desc())
            .limit(limit)
        )
        async with self._database.read() as session:
            return [_delivery(row) for row in await session.scalars(query)]

    async def retry(self, delivery_id: str) -> None:
        """Tries a failed delivery again from the beginning.

        Raises:
            NotFound: no failed delivery has that id.
        """
        async with self._database.work() as work:
            row = await work.session.get(OutboxRow, delivery_id)
            if row is None or row.state is not OutboxState.FAILED:
                raise NotFound("No failed delivery has this id.")
            row.state, row.attempts = OutboxState.WAITING, 0
            row.due_at, row.ended_at = self._clock.now(), None
            work.emit(DeliveryQueued(row.kind))

    async def forget_old(self) -> None:
        """Drops delivered rows after a week and failed ones after a month."""
        now = self._clock.now()
        async with self._database.work() as work:
            await work.session.execute(
                delete(OutboxRow).where(
                    or_(
                        (OutboxRow.state == OutboxState.DELIVERED)
                        & (OutboxRow.ended_at < now - _KEPT_DELIVERED),
                        (OutboxRow.state == OutboxState.FAILED)
                        & (OutboxRow.ended_at < now - _KEPT_FAILED),
                    )
                )
            )

    async def _on_queued(self, event: DeliveryQueued) -> None:
        if event.kind in self._wakes:
            self._wakes[event.kind].set()

    async def _lane(self, kind: str) -> None:
        while True:
            try:
                await self._round(kind, self._wakes[kind])
            except Exception:  # noqa: BLE001 - edge: periodic work, the next round comes
                _LOG.exception("the outbox could not look for %s", kind)
                await self._ticker.sleep(_IDLE_LOOK_S)

    async def _round(self, kind: str, wake: asyncio.Event) -> None:
        wake.clear()
        for delivery in await self._due(kind):
            await self._attempt(delivery)
        await self._rest(kind, wake)

    async def _due(self, kind: str) -> list[Delivery]:
        query = (
            _waiting(kind)
            .where(OutboxRow.due_at <= self._clock.now())
            .order_by(OutboxRow.due_at, OutboxRow.id)
            .limit(_BATCH)
        )
        async with self._database.read() as session:
            return [_delivery(row) for row in await session.scalars(query)]

    async def _rest(self, kind: str, wake: asyncio.Event) -> None:
        async with self._database.read() as session:
            next_at = await session.scalar(
                _waiting(kind).with_only_columns(func.min(OutboxRow.due_at))
            )
        wait_s = _IDLE_LOOK_S
        if next_at is not None:
            until_due_s = (next_at - self._clock.now()).total_seconds()
            wait_s = min(max(until_due_s, 0.0), _IDLE_LOOK_S)
        waits = {
            asyncio.ensure_future(wake.wait()),
            asyncio.ensure_future(self._ticker.sleep(wait_s)),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
            # Not `await each`: our own cancel would look like theirs and be lost.
            await asyncio.wait(waits)

    async def _attempt(self, delivery: Delivery) -> None:
        if delivery.attempts >= MAX_ATTEMPTS:
            await self._end(
                delivery, OutboxState.FAILED, "The engine stopped each time."
            )
            return
        if not await self._claim(delivery):
            return
        try:
            async with asyncio.timeout(DELIVERY_LIMIT_S):
                await self._handlers[delivery.kind](dict(delivery.payload))
        except Exception as error:  # noqa: BLE001 - edge: like a bus handler
            await self._note_failure(delivery, error)
        else:
            await self._end(delivery, OutboxState.DELIVERED, None)

    async def _claim(self, delivery: Delivery) -> bool:
        async with self._database.work() as work:
            result = await work.session.execute(
                update(OutboxRow)
                .where(
                    OutboxRow.id == delivery.id,
                    OutboxRow.state == OutboxState.WAITING,
                    OutboxRow.attempts == delivery.attempts,
                )
                .values(
                    attempts=delivery.attempts + 1,
                    due_at=self._clock.now() + timedelta(seconds=DELIVERY_LIMIT_S),
                )
            )
            return isinstance(result, CursorResult) and result.rowcount == 1

    async def _note_failure(self, delivery: Delivery, error: Exception) -> None:
        said = error.message if isinstance(error, OdinError) else repr(error)
        attempts = delivery.attempts + 1
        if attempts >= MAX_ATTEMPTS:
            _LOG.error("gave up delivering %s %s: %s", delivery.kind, delivery.id, said)
            await self._end(delivery, OutboxState.FAILED, said)
            return
        if attempts == 1:
            _LOG.warning("delivering %s failed, will retry: %s", delivery.kind, said)
        async with self._database.work() as work:
            await work.session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == delivery.id)
                .values(
                    due_at=self._clock.now() + delay_after(attempts), last_error=said
                )
            )

    async def _end(
        self, delivery: Delivery, state: OutboxState, error: str | None
    ) -> None:
        async with self._database.work() as work:
            await work.session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == delivery.id)
                .values(
                    state=state,
                    ended_at=self._clock.now(),
                    last_error=func.coalesce(error, OutboxRow.last_error),
                )
            )


def delay_after(attempts: int) -> timedelta:
    """Returns how long to wait after that many attempts: doubling, capped, jittered."""
    delay_s = min(FIRST_DELAY_S * 2.0 ** (attempts - 1), LONGEST_DELAY_S)
    return timedelta(seconds=delay_s * _RANDOM.uniform(0.8, 1.2))


def _waiting(kind: str) -> Select[tuple[OutboxRow]]:
    return select(OutboxRow).where(
        OutboxRow.kind == kind, OutboxRow.state == OutboxState.WAITING
    )


def _delivery(row: OutboxRow) -> Delivery:
    return Delivery(
        id=row.id,
        kind=row.kind,
        payload=row.payload,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        last_error=row.last_error,
    )
