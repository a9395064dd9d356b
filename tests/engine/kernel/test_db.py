"""The database hands out transactions, and news only after commit."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database, StorageDown
from odin_engine.kernel.tables import OutboxRow, OutboxState, SettingRow

_AT = datetime(2026, 11, 1, 8, tzinfo=UTC)


def _setting(key: str, at: datetime = _AT) -> SettingRow:
    return SettingRow(key=key, value={"a": [1, None]}, changed_at=at)


async def test_a_commit_publishes_what_was_emitted(
    any_database: Database, facts: Facts
) -> None:
    heard: list[object] = []

    async def hear(event: str) -> None:
        heard.append(event)

    facts.subscribe(str, hear)
    dispatcher = asyncio.create_task(facts.run())
    async with any_database.work() as work:
        work.session.add(_setting("x"))
        work.emit("first", "second")
    await facts.drain()
    dispatcher.cancel()
    assert heard == ["first", "second"]


async def test_a_rollback_drops_rows_and_news(
    any_database: Database, facts: Facts
) -> None:
    heard: list[object] = []

    async def hear(event: str) -> None:
        heard.append(event)

    facts.subscribe(str, hear)
    dispatcher = asyncio.create_task(facts.run())

    async def write_half() -> None:
        async with any_database.work() as work:
            work.session.add(_setting("x"))
            await work.session.flush()
            work.emit("never")
            raise LookupError

    with pytest.raises(LookupError):
        await write_half()
    await facts.drain()
    dispatcher.cancel()
    assert heard == []
    async with any_database.read() as session:
        assert await session.get(SettingRow, "x") is None


async def test_instants_come_back_aware_in_utc(any_database: Database) -> None:
    two_hours_east = timezone(timedelta(hours=2))
    async with any_database.work() as work:
        work.session.add(_setting("x", _AT.astimezone(two_hours_east)))
    async with any_database.read() as session:
        row = await session.get_one(SettingRow, "x")
        assert row.changed_at == _AT
        assert row.changed_at.utcoffset() == timedelta(0)
        assert row.value == {"a": [1, None]}


async def test_a_naive_instant_is_refused(any_database: Database) -> None:
    with pytest.raises(StatementError, match="naive datetime"):
        async with any_database.work() as work:
            work.session.add(_setting("x", _AT.replace(tzinfo=None)))


async def test_a_word_outside_the_enum_never_reaches_the_table(
    any_database: Database,
) -> None:
    async with any_database.engine.connect() as connection:
        with pytest.raises(IntegrityError):
            await connection.exec_driver_sql(
                "INSERT INTO outbox (id, key, kind, payload, state, attempts, "
                "created_at, due_at) VALUES ('1', 'k', 'k', '{}', 'posted', 0, "
                "'2026-11-01', '2026-11-01')"
            )


async def test_many_writers_wait_for_each_other(any_database: Database) -> None:
    async with any_database.work() as work:
        work.session.add(
            OutboxRow(
                id="1",
                key="k",
                kind="k",
                payload={},
                state=OutboxState.WAITING,
                created_at=_AT,
                due_at=_AT,
            )
        )

    async def count() -> None:
        async with any_database.work() as work:
            row = await work.session.scalar(
                select(OutboxRow).where(OutboxRow.id == "1").with_for_update()
            )
            assert row is not None
            row.attempts += 1

    await asyncio.gather(*(count() for _ in range(20)))
    async with any_database.read() as session:
        assert (await session.get_one(OutboxRow, "1")).attempts == 20


async def test_a_write_waits_for_another_process(
    database: Database, tmp_path: Path
) -> None:
    await _write(database, "before")
    with closing(sqlite3.connect(tmp_path / "odin.db", autocommit=True)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(_write(database, "mine"))
        async with database.read() as session:
            assert await session.get(SettingRow, "mine") is None
        other.execute("INSERT INTO settings VALUES ('theirs', '1', '2026-11-01')")
        other.execute("COMMIT")
        await writing
    async with database.read() as session:
        assert len((await session.scalars(select(SettingRow))).all()) == 3


async def _write(database: Database, key: str) -> None:
    async with database.work() as work:
        await work.session.scalars(select(SettingRow))
        work.session.add(_setting(key))


async def test_a_database_that_is_away_has_one_name(facts: Facts) -> None:
    database = Database("postgresql+asyncpg://odin@127.0.0.1:1/odin", facts)
    with pytest.raises(StorageDown, match="can store nothing just now") as caught:
        async with database.work() as work:
            await work.session.execute(select(SettingRow))
    assert isinstance(caught.value.__cause__, OSError)
    with pytest.raises(StorageDown):
        async with database.read() as session:
            await session.execute(select(SettingRow))
    await database.close()
