"""Making a backup, also while the engine runs."""

import asyncio
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from odin_engine.kernel.backup.archive import (
    KEY_MEMBER,
    SQLITE_MEMBER,
    Manifest,
    describe,
    write_archive,
)
from odin_engine.kernel.backup.dump import dump
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.files import Files
from odin_engine.kernel.migrate import copy_sqlite, current
from odin_engine.kernel.secrets import KEY_FILE


async def make_backup(url: str, data_dir: Path, target: Path, clock: Clock) -> Manifest:
    """Writes database, key and stored files to one archive; returns its list.

    The archive contains the key: whoever has it can read every stored secret.

    Raises:
        Refused: the target exists.
        DatabaseUnreachable: the database does not answer.
    """
    revision = await current(url)
    with tempfile.TemporaryDirectory(prefix="backup-", dir=data_dir) as folder:
        # The database goes first: a file that it names cannot be missing then, except
        # one that is being deleted anyway.
        kind, sources = await _copy_database(url, Path(folder))
        sources |= _key_and_files(data_dir)
        return await asyncio.to_thread(_pack, target, kind, revision, sources, clock)


async def _copy_database(
    url: str, folder: Path
) -> tuple[Literal["sqlite", "postgresql"], dict[str, Path]]:
    place = make_url(url)
    if place.get_backend_name() == "sqlite":
        copy = folder / "odin.db"
        await asyncio.to_thread(copy_sqlite, Path(place.database or ""), copy)
        return "sqlite", {SQLITE_MEMBER: copy}
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(
            text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        )
        written = await dump(connection, folder)
    await engine.dispose()
    return "postgresql", {
        f"database/{name}.jsonl": path for name, path in written.items()
    }


def _key_and_files(data_dir: Path) -> dict[str, Path]:
    files = Files(data_dir)
    sources = {f"files/{digest}": files.path(digest) for digest in files.stored()}
    key = data_dir / KEY_FILE
    return sources | ({KEY_MEMBER: key} if key.is_file() else {})


def _pack(
    target: Path,
    kind: Literal["sqlite", "postgresql"],
    revision: str | None,
    sources: dict[str, Path],
    clock: Clock,
) -> Manifest:
    members = {name: describe(path) for name, path in sources.items() if path.exists()}
    manifest = Manifest(
        version=version("odin-engine"),
        created_at=clock.now(),
        database=kind,
        revision=revision,
        members=members,
    )
    write_archive(target, manifest, sources)
    return manifest
