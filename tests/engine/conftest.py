"""What engine tests stand on: time by hand, real databases, the captures' place."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.db import Database
from odin_engine.kernel.migrate import head, migrate, whole_schema
from tests.engine.doubles import ManualClock
from tests.postgres import Postgres

_REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def clock() -> ManualClock:
    """A clock and ticker that tests move."""
    return ManualClock()


@pytest.fixture
def facts() -> Facts:
    """The ordered lane; run it or read `Work.emitted`."""
    return Facts()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database as the migrations make it."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "odin.db"
    asyncio.run(_build_schema(f"sqlite+aiosqlite:///{path}", folder))
    return path


@pytest.fixture
async def database(
    sqlite_template: Path, tmp_path: Path, facts: Facts
) -> AsyncIterator[Database]:
    """A real, empty SQLite database of this test's own."""
    path = tmp_path / "odin.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite+aiosqlite:///{path}", facts)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A private PostgreSQL server; its address without a database name."""
    server = Postgres()
    server.start()
    yield server.url
    server.close()


@pytest.fixture(scope="session")
def postgres_template(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The name of an empty PostgreSQL database as the migrations make it."""
    asyncio.run(_administer(postgres_server, "CREATE DATABASE template_odin"))
    folder = tmp_path_factory.mktemp("postgres")
    asyncio.run(_build_schema(f"{postgres_server}/template_odin", folder))
    return "template_odin"


@pytest.fixture
async def bare_postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """The address of a PostgreSQL database without any table."""
    name = f"bare_{uuid4().hex}"
    await _administer(postgres_server, f"CREATE DATABASE {name}")
    yield f"{postgres_server}/{name}"
    await _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table, once for each kind."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("bare_postgres_url")
        return url
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    return f"sqlite+aiosqlite:///{data_dir / 'odin.db'}"


@pytest.fixture
async def postgres_url(
    postgres_server: str, postgres_template: str
) -> AsyncIterator[str]:
    """The address of an empty PostgreSQL database of this test's own."""
    name = f"test_{uuid4().hex}"
    await _administer(
        postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}"
    )
    yield f"{postgres_server}/{name}"
    await _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path
) -> str:
    """The address of an empty database, once for each kind."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    path = tmp_path / "odin.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def any_database(database_url: str, facts: Facts) -> AsyncIterator[Database]:
    """A real, empty database, once for each kind."""
    database = Database(database_url, facts)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def captures() -> Path:
    """The folder of recordings from real printers, which are not ours to ship."""
    named = os.environ.get("ODIN_CAPTURES")
    folder = Path(named) if named else _REPOSITORY.parent / "shared" / "fixtures"
    if not folder.is_dir():
        pytest.skip(f"no captures at {folder}; ODIN_CAPTURES names their folder")
    return folder


async def _build_schema(url: str, folder: Path) -> None:
    if head() is not None:
        await migrate(url, folder, SystemClock())
        return
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(whole_schema().create_all)
    await engine.dispose()


async def _administer(server: str, statement: str) -> None:
    engine = create_async_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
