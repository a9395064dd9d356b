"""Alembic's entry: runs migrations on SQLite and PostgreSQL alike.

The engine passes an address or an open connection (`kernel.migrate`); on the command
line the address comes from the settings. Foreign keys stay unenforced on SQLite meanwhile: a batch operation replaces
tables, which would otherwise delete the rows that point to them.
"""

import asyncio
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from odin_engine.kernel.db import Instant
from odin_engine.kernel.migrate import whole_schema
from odin_engine.kernel.settings import load_settings


def _render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    # A migration must not change its meaning when our own types change.
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


def _take_over_transactions(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=whole_schema(),
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=_render,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"rows point nowhere after migrating: {broken[:3]}")


async def _migrate(url: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _take_over_transactions)
        event.listen(engine.sync_engine, "begin", _begin)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_run)
    finally:
        await engine.dispose()


if (shared := context.config.attributes.get("connection")) is not None:
    _run(shared)
else:
    given = context.config.attributes.get("url")
    asyncio.run(_migrate(given or load_settings().database_url))
