"""Whoever is cancelled leaves the database whole: nothing lent, nothing untold."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from inspect import iscoroutinefunction

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.pool import QueuePool

from odin_engine.kernel import steady
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.steady import STEPS, see_through
from odin_engine.kernel.tables import SettingRow
from tests.patience import PATIENCE_S

_AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
_MOMENTS_S = tuple(n * 0.0007 for n in range(30))
"""How long after its start a task is cancelled."""
_BUILT_ON_STEPS = {"aclose", "scalars", "stream_scalars"}


async def _read(database: Database) -> None:
    while True:
        async with database.read() as session:
            await session.scalar(select(func.count()).select_from(SettingRow))
            await session.scalars(select(SettingRow).limit(3))


async def _write(database: Database) -> None:
    while True:
        async with database.work() as work:
            row = SettingRow(key=new_id(), value={}, changed_at=_AT)
            work.session.add(row)
            await work.session.flush()
            work.emit(row.key)


def test_every_step_of_a_session_is_seen_through() -> None:
    known = {
        name
        for name, member in vars(AsyncSession).items()
        if iscoroutinefunction(member) and not name.startswith("_")
    }
    assert known == set(STEPS) | _BUILT_ON_STEPS


@pytest.mark.parametrize("doing", [_read, _write])
@pytest.mark.parametrize("times", [1, 2])
async def test_who_is_cancelled_gives_the_connection_back(
    any_database: Database, doing: Callable[[Database], Awaitable[None]], times: int
) -> None:
    pool = any_database.engine.pool
    assert isinstance(pool, QueuePool)
    for moment_s in _MOMENTS_S:
        tasks = [asyncio.ensure_future(doing(any_database)) for _ in range(2)]
        await asyncio.sleep(moment_s)
        for _ in range(times):
            for task in tasks:
                task.cancel()
            await asyncio.sleep(0)
        done, late = await asyncio.wait(tasks, timeout=PATIENCE_S)
        assert not late
        assert all(task.cancelled() for task in done)
        assert pool.checkedout() == 0


async def test_what_is_stored_is_told_though_the_writer_was_cancelled(
    any_database: Database, facts: Facts
) -> None:
    told: set[str] = set()

    async def hear(key: str) -> None:
        told.add(key)

    facts.subscribe(str, hear)
    dispatcher = asyncio.create_task(facts.run())
    for moment_s in _MOMENTS_S:
        writer = asyncio.ensure_future(_write(any_database))
        await asyncio.sleep(moment_s)
        writer.cancel()
        await asyncio.wait({writer}, timeout=PATIENCE_S)
    await facts.drain()
    dispatcher.cancel()
    async with any_database.read() as session:
        stored = set(await session.scalars(select(SettingRow.key)))
    assert stored
    assert told == stored


async def test_a_step_that_never_ends_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(steady, "_FAREWELL_S", 0.05)
    never = asyncio.get_running_loop().create_future()
    waiting = asyncio.ensure_future(see_through(never))
    for _ in range(3):
        await asyncio.sleep(0.01)
        waiting.cancel()
    await asyncio.wait({waiting}, timeout=PATIENCE_S)
    assert waiting.cancelled()
    assert never.cancelled()


async def test_a_failure_nobody_waits_for_is_not_reported_as_forgotten(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> None:
        await asyncio.sleep(0.01)
        raise LookupError

    waiting = asyncio.ensure_future(see_through(asyncio.ensure_future(fail())))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting}, timeout=PATIENCE_S)
    assert waiting.cancelled()
    del waiting
    assert caplog.records == []
