"""The migrations build exactly the schema that the code maps, on both databases."""

import asyncio
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.migrate import migrate, revisions, whole_schema


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: list[Any] = compare_metadata(context, whole_schema())
    return found


async def _check(url: str, folder: Path) -> None:
    await migrate(url, folder, SystemClock())
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


def test_sqlite_matches(tmp_path: Path) -> None:
    asyncio.run(_check(f"sqlite+aiosqlite:///{tmp_path / 'odin.db'}", tmp_path))


async def test_postgres_matches(bare_postgres_url: str, tmp_path: Path) -> None:
    await _check(bare_postgres_url, tmp_path)


def test_revisions_are_one_line() -> None:
    assert revisions() == [f"{number:04}" for number in range(1, len(revisions()) + 1)]
