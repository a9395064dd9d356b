"""The database: one engine, short transactions, news after commit.

SQLite (WAL, one writer at a time) by default, PostgreSQL by URL. The schema comes
from the Alembic migrations alone (`kernel.migrate`).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar, Self, override

from sqlalchemy import Connection, DateTime, Dialect, Enum, MetaData, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.errors import Unavailable
from odin_engine.kernel.steady import SteadySession, see_through

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_IS_WRITE = "odin_is_write"
_WORD_CHARS = 40
"""Room for every enum member's word, so that a new one needs no wider column."""


class StorageDown(Unavailable):
    """Nothing can be stored just now: locked, full or out of reach."""

    code: ClassVar[str] = "storage_down"
    # The engine itself cannot do it, whatever the reason.
    http_status: ClassVar[int] = 503

    @classmethod
    def because(cls, cause: object) -> Self:
        """Returns the error for a person who wanted something stored."""
        return cls(
            f"The engine can store nothing just now: {cause}. Printers go on and are "
            "shown. See that the disk has room and the database runs, then try again."
        )


class Base(DeclarativeBase):
    """Parent of every mapped class; constraint names are the same everywhere."""

    metadata = MetaData(naming_convention=_NAMING)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite keeps it naive, so it is converted both ways."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    @override
    def python_type(self) -> type[datetime]:
        return datetime

    @override
    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: instants are aware UTC")
        return value.astimezone(UTC)

    @override
    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def one_of(kind: type[StrEnum], name: str) -> Enum:
    """Returns a text column type with a CHECK constraint, both from one enum."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=_WORD_CHARS,
        values_callable=lambda members: [member.value for member in members],
    )


class Work:
    """One write transaction. Events emitted here are published after its commit."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self._events: list[object] = []

    def emit(self, *events: object) -> None:
        """Queues news; a rollback drops it."""
        self._events.extend(events)

    def emitted(self) -> tuple[object, ...]:
        """Returns the news queued so far, in order."""
        return tuple(self._events)


class Database:
    """Hands out transactions. Hold none across other I/O."""

    def __init__(self, url: str, facts: Facts) -> None:
        self.engine: AsyncEngine = _create_engine(url)
        self._facts = facts
        self._readers = _sessions(self.engine)
        self._writers = _sessions(self.engine.execution_options(**{_IS_WRITE: True}))
        self._writer = asyncio.Lock() if self.is_sqlite else None
        self._unreachable = () if self.is_sqlite else connecting_failures()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """Opens a write transaction; commits at the end, rolls back on any error.

        Raises:
            StorageDown: the database cannot be reached.
        """
        async with self._writer or nullcontext():
            with self._reaching():
                async with self._session(self._writers) as session:
                    work = Work(session)
                    yield work
                    await see_through(asyncio.ensure_future(self._commit(work)))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Opens a session for reading; nothing done in it is kept.

        Raises:
            StorageDown: the database cannot be reached.
        """
        with self._reaching():
            async with self._session(self._readers) as session:
                yield session

    @asynccontextmanager
    async def _session(
        self, sessions: async_sessionmaker[SteadySession]
    ) -> AsyncIterator[AsyncSession]:
        session = sessions()
        try:
            yield session
        finally:
            # Not its own `async with`, which lets who is cancelled leave before it.
            await session.close()

    async def _commit(self, work: Work) -> None:
        """Commits and tells: what is stored is told, also when who asked is gone."""
        await work.session.commit()
        self._facts.publish(*work.emitted())

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Gives one name to what the driver raises while it connects.

        SQLAlchemy passes that on as it is, and only that: a statement's errors are its
        own.
        """
        try:
            yield
        except self._unreachable as error:
            raise StorageDown.because(str(error).partition("\n")[0]) from error

    async def close(self) -> None:
        """Closes every connection."""
        await self.engine.dispose()


def connecting_failures() -> tuple[type[Exception], ...]:
    """Returns what PostgreSQL's driver raises when it cannot connect."""
    # It is not imported where it is not used: a start is short.
    from asyncpg import InterfaceError, PostgresError  # noqa: PLC0415 - reason above

    return OSError, PostgresError, InterfaceError


def _create_engine(url: str) -> AsyncEngine:
    engine = create_async_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _sessions(engine: AsyncEngine) -> async_sessionmaker[SteadySession]:
    return async_sessionmaker(engine, class_=SteadySession, expire_on_commit=False)


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The module's own transaction handling would begin too late, and never for reads.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=10000",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A write takes its lock at once: a read that became a write later could not wait
    # for another process (`odin backup`, `odin user`), it would fail.
    is_write = connection.get_execution_options().get(_IS_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
