"""Brings the database to the schema of this version, keeping a copy first.

The usual case, nothing to do, costs one query: Alembic is imported only when the
database is behind. Revisions are files `NNNN_name.py` in `migrations/versions`, each
with the revision `NNNN`, in one line without branches.
"""

import asyncio
import errno
import importlib
import logging
import os
import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import ClassVar

from sqlalchemy import Connection, MetaData, column, inspect, select, table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Base, connecting_failures
from odin_engine.kernel.errors import Refused, Unavailable

_LOG = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent.parent / "migrations"
_REVISION_FILE = re.compile(r"(\d{4})_\w+\.py")
_KEPT_COPIES = 5
HOT_COPY = "odin-hot-copy.db"
"""What a backup by Home Assistant holds in the database's place (`kernel.backup.hot`)."""
_VERSION = table("alembic_version", column("version_num"))


class DatabaseTooNew(Refused):
    """The database was made by a newer engine."""

    code: ClassVar[str] = "database_too_new"

    def __init__(self, found: str, newest: str | None) -> None:
        super().__init__(
            f"The database has schema {found}, this engine knows up to {newest}. "
            "Install the newer engine again, or restore a backup from before."
        )
        self.found = found
        self.newest = newest


class DatabaseUnreachable(Unavailable):
    """The database does not answer; an SQLite file is damaged, or not ours to write."""

    code: ClassVar[str] = "database_unreachable"

    def __init__(self, url: str, reason: Exception) -> None:
        place = make_url(url)
        cause = getattr(reason, "orig", None) or reason
        if place.get_backend_name() == "sqlite":
            self.problem = f"The database {place.database} cannot be used: {cause}."
            self.remedy = _sqlite_remedy(cause)
        else:
            address = place.render_as_string(hide_password=True)
            self.problem = f"The database {address} does not answer: {cause}."
            self.remedy = "Check that it runs, and ODIN_DATABASE_URL."
        super().__init__(f"{self.problem} {self.remedy}")


_RESTORE = (
    "Restore a backup (`odin restore FILE`), or put a copy from the folder `backups` "
    "beside it in its place."
)
_GIVE = "Let the user that runs the engine write the file and its folder."
_SQLITE_REMEDIES = {
    sqlite3.SQLITE_NOTADB: _RESTORE,
    sqlite3.SQLITE_CORRUPT: _RESTORE,
    sqlite3.SQLITE_CANTOPEN: _GIVE,
    sqlite3.SQLITE_READONLY: _GIVE,
    sqlite3.SQLITE_PERM: _GIVE,
    sqlite3.SQLITE_FULL: "Make room on the disk, then start again.",
    sqlite3.SQLITE_IOERR: "Make room on the disk, or look whether it is broken.",
    sqlite3.SQLITE_BUSY: "Another program holds it: end that one, then start again.",
}
_PRIMARY_CODE = 0xFF
"""An extended code has the primary one in its lowest byte (sqlite.org/rescode.html)."""


def _sqlite_remedy(cause: object) -> str:
    if isinstance(cause, PermissionError):
        return _GIVE
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK) & _PRIMARY_CODE
    return _SQLITE_REMEDIES.get(code, "Check ODIN_DATABASE_URL, and the file.")


def revisions(migrations: Path = MIGRATIONS) -> list[str]:
    """Returns every revision, oldest first."""
    names = (path.name for path in (migrations / "versions").glob("*.py"))
    return sorted(match[1] for name in names if (match := _REVISION_FILE.match(name)))


def head(migrations: Path = MIGRATIONS) -> str | None:
    """Returns the newest revision of this code; `None` while there is none."""
    return max(revisions(migrations), default=None)


def whole_schema() -> MetaData:
    """Returns the mapped tables of every domain.

    Domains are found by file name: the ground floor names none of them.
    """
    root = Path(__file__).parent.parent
    for path in sorted(root.glob("*/tables.py")):
        importlib.import_module(f"{root.name}.{path.parent.name}.tables")
    return Base.metadata


async def current(url: str) -> str | None:
    """Returns the revision of a database; `None` when it is empty.

    Raises:
        DatabaseUnreachable: it does not answer, or is no database.
    """
    try:
        async with create_async_engine(url, poolclass=NullPool).connect() as connection:
            return await connection.run_sync(_read_revision)
    except _failures(url) as error:
        raise DatabaseUnreachable(url, error) from error


async def migrate(
    url: str, data_dir: Path, clock: Clock, migrations: Path = MIGRATIONS
) -> None:
    """Upgrades the database where it is behind; keeps a copy of an SQLite one first.

    Raises:
        DatabaseTooNew: a newer engine made it. Nothing was touched.
        DatabaseUnreachable: it does not answer.
    """
    _take_hot_copy(url, data_dir)
    _close_to_others(url)
    _check_writable(url)
    found, newest = await current(url), head(migrations)
    if found == newest:
        return
    if found is not None and found not in revisions(migrations):
        raise DatabaseTooNew(found, newest)
    if found is not None:
        await asyncio.to_thread(_keep_copy, url, data_dir, f"{newest}", clock)
    _LOG.info("upgrading the database from %s to %s", found or "nothing", newest)
    await asyncio.to_thread(_upgrade, url, migrations)


def _take_hot_copy(url: str, data_dir: Path) -> None:
    """Makes the copy the database where there is none: a backup was just restored."""
    database = make_url(url)
    if database.get_backend_name() != "sqlite" or database.database is None:
        return
    path, copy = Path(database.database), data_dir / HOT_COPY
    if copy.is_file() and not path.exists():
        copy.replace(path)
        _LOG.info("took the database of the restored backup")


def _close_to_others(url: str) -> None:
    """Keeps an SQLite file to its owner; SQLite gives the files beside it the same mode."""
    database = make_url(url)
    if database.get_backend_name() != "sqlite" or database.database is None:
        return
    path = Path(database.database)
    # What is wrong with the place is said by whoever opens the database.
    with suppress(OSError):
        if not path.exists():
            path.touch(mode=0o600)
        elif path.is_file():
            path.chmod(0o600)


def _check_writable(url: str) -> None:
    """Says before the start what the first write would say in its middle."""
    database = make_url(url)
    if database.get_backend_name() != "sqlite" or database.database is None:
        return
    path = Path(database.database)
    for place in (path, path.parent):
        if place.exists() and not os.access(place, os.W_OK):
            raise DatabaseUnreachable(
                url, PermissionError(f"{os.strerror(errno.EACCES)} ({place})")
            )


def _failures(url: str) -> tuple[type[Exception], ...]:
    if make_url(url).get_backend_name() == "sqlite":
        return OSError, DBAPIError
    return DBAPIError, *connecting_failures()


def _read_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.scalar(select(_VERSION.c.version_num))


def _keep_copy(url: str, data_dir: Path, newest: str, clock: Clock) -> None:
    database = make_url(url)
    if database.get_backend_name() != "sqlite" or database.database is None:
        _LOG.info("the operator's own backup of PostgreSQL is the way back")
        return
    folder = data_dir / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    copy = folder / f"before-{newest}-{clock.now():%Y%m%dT%H%M%SZ}.db"
    # Cut off in the middle it would look like a copy, and be none.
    partial = folder / "before.part"
    partial.unlink(missing_ok=True)
    copy_sqlite(Path(database.database), partial)
    partial.replace(copy)
    _LOG.info("kept a copy of the database: %s", copy)
    copies = sorted(folder.glob("before-*.db"), key=lambda path: path.stat().st_mtime)
    for old in copies[:-_KEPT_COPIES]:
        old.unlink()


def copy_sqlite(source: Path, target: Path) -> None:
    """Copies a database that may be in use, as of one instant, to a file of mode 0600."""
    target.touch(mode=0o600)
    with (
        closing(sqlite3.connect(source)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def upgrade_connection(
    connection: Connection, revision: str, migrations: Path = MIGRATIONS
) -> None:
    """Brings an empty database to a revision, within the caller's transaction."""
    _run_alembic(migrations, revision, connection=connection)


def _upgrade(url: str, migrations: Path) -> None:
    _run_alembic(migrations, "head", url=url)


def _run_alembic(migrations: Path, revision: str, **attributes: object) -> None:
    # Importing Alembic costs a tenth of the start; almost no start needs it.
    from alembic import command  # noqa: PLC0415 - reason above
    from alembic.config import Config  # noqa: PLC0415 - reason above

    config = Config(attributes=attributes)
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    command.upgrade(config, revision)
