"""Putting a backup in place of what is there, which is kept aside.

Everything is unpacked and checked before anything is touched. The engine must not run:
the caller holds `kernel.lock`.
"""

import asyncio
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, MetaData, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from odin_engine.kernel.backup.archive import (
    FILE_MEMBER,
    KEY_MEMBER,
    SQLITE_MEMBER,
    TABLE_MEMBER,
    ArchiveUnusable,
    Manifest,
    unpack,
)
from odin_engine.kernel.backup.dump import load
from odin_engine.kernel.backup.make import make_backup
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.errors import Refused
from odin_engine.kernel.files import Files
from odin_engine.kernel.migrate import (
    MIGRATIONS,
    DatabaseTooNew,
    current,
    head,
    migrate,
    revisions,
    upgrade_connection,
)
from odin_engine.kernel.secrets import KEY_FILE


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `aside` holds what was there before; `None` if nothing was."""

    manifest: Manifest
    aside: Path | None


async def restore_backup(
    url: str,
    data_dir: Path,
    source: Path,
    clock: Clock,
    migrations: Path = MIGRATIONS,
) -> Restored:
    """Replaces database, key and stored files by those of an archive.

    Raises:
        ArchiveUnusable: not a backup, damaged, or made to harm. Nothing was touched.
        DatabaseTooNew: a newer engine made it. Nothing was touched.
        Refused: it is of the other kind of database, or somebody is connected.
    """
    with tempfile.TemporaryDirectory(prefix="restore-", dir=data_dir) as folder:
        unpacked = Path(folder)
        manifest = await asyncio.to_thread(unpack, source, unpacked)
        revision = await _check_fits(manifest, url, unpacked, migrations)
        stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
        aside = Path(tempfile.mkdtemp(prefix=f"replaced-{stamp}-", dir=data_dir))
        if make_url(url).get_backend_name() == "sqlite":
            await asyncio.to_thread(_replace_sqlite, url, unpacked, aside)
        else:
            if await current(url) is not None:
                await make_backup(url, data_dir, aside / "database.zip", clock)
            await _replace_postgres(url, unpacked, manifest, revision, migrations)
        await asyncio.to_thread(_replace_files, data_dir, unpacked, aside, manifest)
    await migrate(url, data_dir, clock, migrations)
    if await asyncio.to_thread(_is_empty, aside):
        await asyncio.to_thread(aside.rmdir)
        return Restored(manifest, None)
    return Restored(manifest, aside)


async def _check_fits(
    manifest: Manifest, url: str, unpacked: Path, migrations: Path
) -> str | None:
    """Returns the schema revision of the archive's database."""
    kind = make_url(url).get_backend_name()
    if kind != manifest.database:
        raise Refused(
            f"The backup is of a {manifest.database} database, this engine uses {kind}. "
            "Point ODIN_DATABASE_URL at the right kind, then try again."
        )
    revision = manifest.revision
    if kind == "sqlite":
        database = unpacked / SQLITE_MEMBER
        await asyncio.to_thread(_check_sqlite, database)
        revision = await current(f"sqlite+aiosqlite:///{database}")
    newest = head(migrations)
    if revision != newest and revision not in revisions(migrations):
        raise DatabaseTooNew(str(revision), newest)
    return revision


def _check_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as database:
            (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise ArchiveUnusable("The backup's database is no database.") from error
    if verdict != "ok":
        raise ArchiveUnusable(f"The backup's database is damaged: {verdict}.")


def _replace_sqlite(url: str, unpacked: Path, aside: Path) -> None:
    target = Path(make_url(url).database or "")
    # What was written last may still be in the log beside the database.
    for suffix in ("", "-wal", "-shm"):
        old = target.with_name(target.name + suffix)
        if old.exists():
            shutil.move(old, aside / old.name)
    shutil.move(unpacked / SQLITE_MEMBER, target)


async def _replace_postgres(
    url: str,
    unpacked: Path,
    manifest: Manifest,
    revision: str | None,
    migrations: Path,
) -> None:
    sources = {
        match[1]: unpacked / name
        for name in manifest.members
        if (match := TABLE_MEMBER.fullmatch(name))
    }
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        # One transaction: either the old rows remain, or all the new ones are there.
        async with engine.begin() as connection:
            await _check_alone(connection)
            await connection.run_sync(_drop_tables)
            if revision is not None:
                await connection.run_sync(upgrade_connection, revision, migrations)
            await load(connection, sources)
    except DBAPIError as error:
        raise ArchiveUnusable(
            f"The database does not take the backup's rows: {error.orig}"
        ) from error
    finally:
        await engine.dispose()


async def _check_alone(connection: AsyncConnection) -> None:
    others = await connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    if others:
        raise Refused(
            f"{others} other connections use the database. Stop every engine first."
        )


def _drop_tables(connection: Connection) -> None:
    found = MetaData()
    found.reflect(connection)
    found.drop_all(connection)


def _replace_files(
    data_dir: Path, unpacked: Path, aside: Path, manifest: Manifest
) -> None:
    files = Files(data_dir)
    if files.root.exists():
        shutil.move(files.root, aside / files.root.name)
    for name in manifest.members:
        if (match := FILE_MEMBER.fullmatch(name)) is not None:
            files.adopt(unpacked / name, match[1])
    if KEY_MEMBER in manifest.members:
        key = data_dir / KEY_FILE
        if key.exists():
            shutil.move(key, aside / KEY_FILE)
        (unpacked / KEY_MEMBER).replace(key)


def _is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())
