"""The database follows the code, and a copy is kept before it does."""

import asyncio
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from odin_engine.kernel.migrate import (
    MIGRATIONS,
    DatabaseTooNew,
    DatabaseUnreachable,
    current,
    head,
    migrate,
    whole_schema,
)
from tests.engine.doubles import ManualClock
from tests.unprivileged import as_anybody

_PARENTS = '''
"""First."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.create_table("parents", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table(
        "children",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "parent_id",
            sa.Integer,
            sa.ForeignKey("parents.id", name="fk", ondelete="CASCADE"),
        ),
    )
'''
_WIDER = '''
"""Second."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    with op.batch_alter_table("parents", recreate="auto") as parents:
        parents.add_column(sa.Column("name", sa.String(20)))
        parents.create_check_constraint("name", "name <> ''")
'''
_BROKEN = '''
"""Third, which fails half-way."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0003", "0002"
def upgrade():
    op.add_column("parents", sa.Column("age", sa.Integer))
    raise LookupError("half-way")
'''
_SLOW = '''
"""Third, in the middle of which the lights go out."""
import os
import signal
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0003", "0002"
def upgrade():
    op.add_column("parents", sa.Column("age", sa.Integer))
    os.kill(os.getpid(), signal.SIGKILL)
'''
_MIGRATE = """
import asyncio, sys
from pathlib import Path
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.migrate import migrate
url, data_dir, migrations = sys.argv[1:]
asyncio.run(migrate(url, Path(data_dir), SystemClock(), Path(migrations)))
"""


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A line of migrations of this test's own, run by the real entry."""
    folder = tmp_path / "100% migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        (folder / name).write_text((MIGRATIONS / name).read_text())
    _add(folder, "0001_parents", _PARENTS)
    return folder


sqlite_only = pytest.mark.parametrize("bare_url", ["sqlite"], indirect=True)


def _add(folder: Path, name: str, content: str) -> None:
    (folder / "versions" / f"{name}.py").write_text(content)


async def _execute(url: str, *statements: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def _count(url: str, table: str) -> int:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        counted = await connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - ours
    await engine.dispose()
    return int(counted or 0)


async def test_an_empty_database_gets_the_newest_schema(
    bare_url: str, migrations: Path, tmp_path: Path, clock: ManualClock
) -> None:
    assert await current(bare_url) is None
    await migrate(bare_url, tmp_path, clock, migrations)
    assert await current(bare_url) == head(migrations) == "0001"
    assert not (tmp_path / "backups").exists()


async def test_rows_survive_a_rebuilt_table(
    bare_url: str, migrations: Path, tmp_path: Path, clock: ManualClock
) -> None:
    await migrate(bare_url, tmp_path, clock, migrations)
    await _execute(
        bare_url,
        "INSERT INTO parents (id) VALUES (1)",
        "INSERT INTO children (id, parent_id) VALUES (1, 1)",
    )
    _add(migrations, "0002_wider", _WIDER)
    await migrate(bare_url, tmp_path, clock, migrations)
    assert await current(bare_url) == "0002"
    assert await _count(bare_url, "children") == 1


@sqlite_only
async def test_a_copy_is_kept_and_only_the_last_five(
    bare_url: str, migrations: Path, tmp_path: Path, clock: ManualClock
) -> None:
    await migrate(bare_url, tmp_path, clock, migrations)
    (tmp_path / "backups").mkdir()
    for number in range(7):
        (tmp_path / "backups" / f"before-000{number}-x.db").touch()
    _add(migrations, "0002_wider", _WIDER)
    await migrate(bare_url, tmp_path, clock, migrations)
    copies = list((tmp_path / "backups").iterdir())
    copy = tmp_path / "backups" / "before-0002-20261101T080000Z.db"
    assert copy in copies
    assert len(copies) == 5
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as kept:
        (found,) = kept.execute("SELECT version_num FROM alembic_version").fetchone()
    assert found == "0001"


async def test_a_migration_that_fails_changes_nothing(
    bare_url: str, migrations: Path, tmp_path: Path, clock: ManualClock
) -> None:
    _add(migrations, "0002_wider", _WIDER)
    await migrate(bare_url, tmp_path, clock, migrations)
    _add(migrations, "0003_broken", _BROKEN)
    with pytest.raises(LookupError, match="half-way"):
        await migrate(bare_url, tmp_path, clock, migrations)
    assert await current(bare_url) == "0002"
    await _execute(bare_url, "INSERT INTO parents (id, name) VALUES (1, 'a')")
    _add(migrations, "0003_broken", _BROKEN.replace("raise", "op, "))
    await migrate(bare_url, tmp_path, clock, migrations)
    assert await current(bare_url) == "0003"


async def test_a_newer_database_is_left_alone(
    bare_url: str, migrations: Path, tmp_path: Path, clock: ManualClock
) -> None:
    await migrate(bare_url, tmp_path, clock, migrations)
    await _execute(bare_url, "UPDATE alembic_version SET version_num = '0042'")
    with pytest.raises(
        DatabaseTooNew, match="schema 0042, this engine knows up to 0001"
    ):
        await migrate(bare_url, tmp_path, clock, migrations)
    assert await current(bare_url) == "0042"


def test_a_database_that_is_up_to_date_loads_neither_alembic_nor_asyncpg(
    sqlite_template: Path, tmp_path: Path
) -> None:
    program = f"""
import asyncio, sys
from pathlib import Path
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.migrate import migrate
url = "sqlite+aiosqlite:///{sqlite_template}"
asyncio.run(migrate(url, Path({str(tmp_path)!r}), SystemClock()))
print({{"alembic", "asyncpg"}} & set(sys.modules))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "set()\n"


async def test_a_database_that_is_away_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        await current("postgresql+asyncpg://odin:canary123@127.0.0.1:1/odin")
    assert "canary123" not in caught.value.message
    (tmp_path / "no.db").write_bytes(b"nonsense" * 1000)
    with pytest.raises(DatabaseUnreachable, match="not a database"):
        await current(f"sqlite+aiosqlite:///{tmp_path / 'no.db'}")


async def test_the_migrations_make_what_the_tables_say(
    bare_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    await migrate(bare_url, tmp_path, clock)

    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, whole_schema()))

    engine = create_async_engine(bare_url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(compare)
    await engine.dispose()
    assert differences == []


async def test_a_kill_in_the_middle_changes_nothing_and_leaves_a_whole_copy(
    bare_url: str, migrations: Path, tmp_path: Path, clock: ManualClock
) -> None:
    _add(migrations, "0002_wider", _WIDER)
    await migrate(bare_url, tmp_path, clock, migrations)
    await _execute(bare_url, "INSERT INTO parents (id, name) VALUES (1, 'a')")
    _add(migrations, "0003_slow", _SLOW)
    arguments = (bare_url, str(tmp_path), str(migrations))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _MIGRATE, *arguments
    )
    assert await process.wait() == -signal.SIGKILL
    assert await current(bare_url) == "0002"
    for copy in (tmp_path / "backups").glob("*"):
        assert await current(f"sqlite+aiosqlite:///{copy}") == "0002"
    _add(migrations, "0003_slow", _SLOW.replace("os.kill", "print"))
    await migrate(bare_url, tmp_path, clock, migrations)
    assert await current(bare_url) == "0003"
    await _execute(bare_url, "UPDATE parents SET age = 9")
    assert await _count(bare_url, "parents") == 1


@sqlite_only
async def test_half_a_copy_is_not_taken_for_one(
    bare_url: str, migrations: Path, tmp_path: Path, clock: ManualClock
) -> None:
    await migrate(bare_url, tmp_path, clock, migrations)
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "before.part").write_bytes(b"SQLite format 3\0 and half")
    _add(migrations, "0002_wider", _WIDER)
    await migrate(bare_url, tmp_path, clock, migrations)
    [copy] = (tmp_path / "backups").iterdir()
    assert await current(f"sqlite+aiosqlite:///{copy}") == "0001"


@sqlite_only
@pytest.mark.parametrize(
    ("content", "what", "remedy"),
    [
        (b"nonsense" * 1000, "file is not a database", "odin restore FILE"),
        (b"SQLite format 3\0" + b"\x10\0" + b"x" * 4078, "", "odin restore FILE"),
    ],
)
async def test_a_damaged_database_says_what_to_do(
    bare_url: str,
    tmp_path: Path,
    clock: ManualClock,
    content: bytes,
    what: str,
    remedy: str,
) -> None:
    path = bare_url.removeprefix("sqlite+aiosqlite:///")
    await asyncio.to_thread(Path(path).write_bytes, content)
    with pytest.raises(DatabaseUnreachable) as caught:
        await migrate(bare_url, tmp_path, clock)
    assert caught.value.message.startswith(
        f"The database {path} cannot be used: {what}"
    )
    assert remedy in caught.value.message


def test_a_database_that_is_not_ours_to_write_says_so(tmp_path: Path) -> None:
    path = tmp_path / "data" / "odin.db"
    path.parent.mkdir()
    path.touch()
    path.chmod(0o444)
    path.parent.chmod(0o555)
    url = f"sqlite+aiosqlite:///{path}"
    words = [sys.executable, "-c", _MIGRATE, url, str(tmp_path), str(MIGRATIONS)]
    ended = subprocess.run(
        [*as_anybody(), *words], check=False, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert f"The database {path} cannot be used: Permission denied" in ended.stderr
    assert "Let the user that runs the engine write the file" in ended.stderr
