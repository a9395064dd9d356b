"""What must be delivered is delivered at least once, whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import NotFound, Unavailable
from odin_engine.kernel.outbox import (
    DELIVERY_LIMIT_S,
    FIRST_DELAY_S,
    LONGEST_DELAY_S,
    MAX_ATTEMPTS,
    DeliveryQueued,
    Outbox,
    delay_after,
)
from odin_engine.kernel.tables import OutboxRow, OutboxState
from tests.engine.doubles import ManualClock, settle
from tests.patience import PATIENCE_S


class _Receiver:
    """Takes deliveries; fails as long as it is told to."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.attempts = 0
        self.failure: Exception | None = None
        self.changed = asyncio.Condition()

    async def __call__(self, payload: dict[str, Any]) -> None:
        async with self.changed:
            self.attempts += 1
            self.changed.notify_all()
            if self.failure is not None:
                raise self.failure
            self.taken.append(payload)

    async def until_attempts(self, count: int) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: self.attempts >= count)


@pytest.fixture
def outbox(any_database: Database, facts: Facts, clock: ManualClock) -> Outbox:
    return Outbox(any_database, facts, clock, clock)


@pytest.fixture
def receiver(outbox: Outbox) -> _Receiver:
    receiver = _Receiver()
    outbox.handle("mail", receiver)
    return receiver


@asynccontextmanager
async def _running(outbox: Outbox, facts: Facts) -> AsyncIterator[None]:
    jobs = [asyncio.create_task(outbox.run()), asyncio.create_task(facts.run())]
    try:
        yield
    finally:
        for job in jobs:
            job.cancel()
            with suppress(asyncio.CancelledError):
                await job


async def _add(database: Database, outbox: Outbox, key: str, **payload: object) -> None:
    async with database.work() as work:
        await outbox.add(work, "mail", payload, key=key)


async def _find(session: AsyncSession, key: str) -> OutboxRow:
    found = await session.scalars(select(OutboxRow).where(OutboxRow.key == key))
    return found.one()


async def _state(database: Database, key: str) -> OutboxRow:
    async with database.read() as session:
        return await _find(session, key)


async def _until(database: Database, key: str, state: OutboxState) -> OutboxRow:
    async with asyncio.timeout(PATIENCE_S):
        while (row := await _state(database, key)).state is not state:
            await settle()
    return row


async def _until_attempts(database: Database, key: str, attempts: int) -> OutboxRow:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            row = await _state(database, key)
            if row.attempts == attempts and row.last_error is not None:
                return row
            await settle()


async def test_a_row_is_delivered_after_its_commit(
    any_database: Database, outbox: Outbox, receiver: _Receiver, facts: Facts
) -> None:
    async with _running(outbox, facts):
        await _add(any_database, outbox, "1", to="a")
        await _until(any_database, "1", OutboxState.DELIVERED)
    assert receiver.taken == [{"to": "a"}]


async def test_a_rollback_takes_the_row_along(
    any_database: Database, outbox: Outbox, receiver: _Receiver, facts: Facts
) -> None:
    async def write_half() -> None:
        async with any_database.work() as work:
            await outbox.add(work, "mail", {}, key="1")
            raise LookupError

    with pytest.raises(LookupError):
        await write_half()
    async with _running(outbox, facts):
        await _add(any_database, outbox, "2", to="b")
        await _until(any_database, "2", OutboxState.DELIVERED)
    assert receiver.taken == [{"to": "b"}]


async def test_the_same_key_is_delivered_once(
    any_database: Database, outbox: Outbox, receiver: _Receiver, facts: Facts
) -> None:
    async with any_database.work() as work:
        await outbox.add(work, "mail", {"n": 1}, key="1")
        await outbox.add(work, "mail", {"n": 2}, key="1")
        assert work.emitted() == (DeliveryQueued("mail"),) * 2
    await _add(any_database, outbox, "1", n=3)
    async with _running(outbox, facts):
        await _add(any_database, outbox, "2", n=4)
        await _until(any_database, "2", OutboxState.DELIVERED)
    assert receiver.taken == [{"n": 1}, {"n": 4}]


async def test_a_failure_is_tried_again_later(
    any_database: Database,
    outbox: Outbox,
    receiver: _Receiver,
    facts: Facts,
    clock: ManualClock,
) -> None:
    receiver.failure = Unavailable("The mail server is away.")
    async with _running(outbox, facts):
        await _add(any_database, outbox, "1", to="a")
        row = await _until_attempts(any_database, "1", 1)
        assert row.last_error == "The mail server is away."
        assert receiver.attempts == 1
        receiver.failure = None
        await _advance_until_delivered(any_database, clock)
    assert receiver.taken == [{"to": "a"}]


async def _advance_until_delivered(database: Database, clock: ManualClock) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while (await _state(database, "1")).state is not OutboxState.DELIVERED:
            await clock.advance(FIRST_DELAY_S)


async def test_it_gives_up_after_the_last_attempt_and_keeps_the_row(
    any_database: Database,
    outbox: Outbox,
    receiver: _Receiver,
    facts: Facts,
    clock: ManualClock,
) -> None:
    receiver.failure = Unavailable("away")
    async with _running(outbox, facts):
        await _add(any_database, outbox, "1", to="a")
        async with asyncio.timeout(20):
            while (await _state(any_database, "1")).state is not OutboxState.FAILED:
                await clock.advance(LONGEST_DELAY_S * 1.2)
        (failed,) = await outbox.failed()
        assert receiver.attempts == failed.attempts == MAX_ATTEMPTS
        assert failed.last_error == "away"
        receiver.failure = None
        await outbox.retry(failed.id)
        await _until(any_database, "1", OutboxState.DELIVERED)
    assert await outbox.failed() == []
    with pytest.raises(NotFound):
        await outbox.retry(failed.id)


async def test_a_process_that_dies_in_the_middle_delivers_after_restart(
    any_database: Database, outbox: Outbox, facts: Facts, clock: ManualClock
) -> None:
    began = asyncio.Event()

    async def hang(_payload: dict[str, Any]) -> None:
        began.set()
        await asyncio.Event().wait()

    outbox.handle("mail", hang)
    async with _running(outbox, facts):
        await _add(any_database, outbox, "1", to="a")
        await began.wait()
    assert (await _state(any_database, "1")).state is OutboxState.WAITING

    facts_then = Facts()
    restarted = Outbox(any_database, facts_then, clock, clock)
    receiver = _Receiver()
    restarted.handle("mail", receiver)
    async with _running(restarted, facts_then):
        async with asyncio.timeout(PATIENCE_S):
            while not receiver.taken:
                await clock.advance(DELIVERY_LIMIT_S)
        row = await _until(any_database, "1", OutboxState.DELIVERED)
    assert row.attempts == 2


async def test_a_row_that_kills_the_process_each_time_is_given_up(
    any_database: Database,
    outbox: Outbox,
    receiver: _Receiver,
    facts: Facts,
) -> None:
    await _add(any_database, outbox, "1", to="a")
    async with any_database.work() as work:
        (await _find(work.session, "1")).attempts = MAX_ATTEMPTS
    async with _running(outbox, facts):
        row = await _until(any_database, "1", OutboxState.FAILED)
    assert row.last_error == "The engine stopped each time."
    assert receiver.attempts == 0


async def test_one_kind_does_not_wait_for_another(
    any_database: Database, outbox: Outbox, receiver: _Receiver, facts: Facts
) -> None:
    async def hang(_payload: dict[str, Any]) -> None:
        await asyncio.Event().wait()

    outbox.handle("slow", hang)
    async with any_database.work() as work:
        await outbox.add(work, "slow", {}, key="0")
    async with _running(outbox, facts):
        await _add(any_database, outbox, "1", to="a")
        await _until(any_database, "1", OutboxState.DELIVERED)
    assert receiver.taken == [{"to": "a"}]


async def test_old_rows_are_forgotten(
    any_database: Database,
    outbox: Outbox,
    receiver: _Receiver,
    facts: Facts,
    clock: ManualClock,
) -> None:
    async with _running(outbox, facts):
        await _add(any_database, outbox, "1", to="a")
        await _until(any_database, "1", OutboxState.DELIVERED)
    assert receiver.attempts == 1
    await clock.advance(timedelta(days=8).total_seconds())
    await outbox.forget_old()
    async with any_database.read() as session:
        assert (await session.scalars(select(OutboxRow))).all() == []


@pytest.mark.parametrize("attempts", range(1, MAX_ATTEMPTS + 1))
def test_delays_double_within_bounds(attempts: int) -> None:
    middle_s = min(FIRST_DELAY_S * 2 ** (attempts - 1), LONGEST_DELAY_S)
    delay_s = delay_after(attempts).total_seconds()
    assert middle_s * 0.8 <= delay_s <= middle_s * 1.2
