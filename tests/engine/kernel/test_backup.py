"""A backup brings everything back, and a hostile one brings nothing."""

import hashlib
import json
import sqlite3
import stat
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from odin_engine.kernel.backup import (
    ArchiveUnusable,
    Restored,
    make_backup,
    restore_backup,
)
from odin_engine.kernel.errors import Refused
from odin_engine.kernel.files import Files
from odin_engine.kernel.lock import InUse, exclusive
from odin_engine.kernel.migrate import MIGRATIONS, DatabaseTooNew, current, migrate
from odin_engine.kernel.secrets import KEY_FILE, load_secrets
from tests.engine.doubles import ManualClock

_FIRST = '''
"""First: one table with every kind of value, and rows that point to each other."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.create_table(
        "branches",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("branches.id")),
        sa.Column("name", sa.Text),
        sa.Column("grown_at", sa.DateTime(timezone=True)),
        sa.Column("weight_g", sa.Numeric(12, 3)),
        sa.Column("share", sa.Float),
        sa.Column("is_green", sa.Boolean),
        sa.Column("leaf", sa.LargeBinary),
        sa.Column("notes", sa.JSON),
    )
    op.create_table("empty", sa.Column("id", sa.String(32), primary_key=True))
'''.replace(
    'sa.ForeignKey("branches.id"), sa.Integer',
    'sa.Integer, sa.ForeignKey("branches.id")',
)
_SECOND = '''
"""Second."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.add_column("branches", sa.Column("height_mm", sa.Float))
'''
# A child before its parent, the extremes of each type, and JSON null beside none.
_TRUNK = (
    "INSERT INTO branches VALUES (1, NULL, 'trunk \"é\" \\ :x $1 %s 木', "
    "'2026-11-01 08:00:00.123456+00:00', 123456789.125, 0.1, true, NULL, 'null')"
)
_TWIG = (
    "INSERT INTO branches VALUES (3, 7, NULL, NULL, NULL, NULL, NULL, NULL, "
    '\'{"a": [1, null, "x"]}\')'
)
_ROWS = (
    _TRUNK,
    "INSERT INTO branches VALUES (7, 1, '', NULL, NULL, 1e-300, false, NULL, NULL)",
    _TWIG,
    "UPDATE branches SET parent_id = 3 WHERE id = 1",
)


@dataclass(frozen=True)
class _House:
    """A data directory with a database, as the engine has it."""

    url: str
    data_dir: Path
    migrations: Path
    clock: ManualClock

    async def back_up(self, name: str = "backup.zip") -> Path:
        target = self.data_dir.parent / name
        await make_backup(self.url, self.data_dir, target, self.clock)
        return target

    async def restore(self, source: Path) -> Restored:
        return await restore_backup(
            self.url, self.data_dir, source, self.clock, self.migrations
        )

    async def execute(self, *statements: str) -> None:
        engine = create_async_engine(self.url, poolclass=NullPool)
        async with engine.begin() as connection:
            for statement in statements:
                await connection.exec_driver_sql(statement)
        await engine.dispose()

    async def rows(self) -> list[tuple[Any, ...]]:
        query = "SELECT * FROM branches ORDER BY id"
        engine = create_async_engine(self.url, poolclass=NullPool)
        async with engine.connect() as connection:
            found = [tuple(row) for row in await connection.execute(text(query))]
        await engine.dispose()
        return found

    async def store(self, content: bytes) -> str:
        async def chunks() -> AsyncIterator[bytes]:
            yield content

        return (await Files(self.data_dir).store(chunks(), 10_000)).sha256

    def everything(self) -> set[Path]:
        return {path for path in self.data_dir.rglob("*") if path.name != "engine.lock"}


@pytest.fixture
async def house(bare_url: str, tmp_path: Path, clock: ManualClock) -> _House:
    data_dir = tmp_path / "data"
    data_dir.mkdir(exist_ok=True)
    migrations = tmp_path / "migrations"
    (migrations / "versions").mkdir(parents=True)
    (migrations / "env.py").write_text((MIGRATIONS / "env.py").read_text())
    (migrations / "versions" / "0001_first.py").write_text(_FIRST)
    house = _House(bare_url, data_dir, migrations, clock)
    await migrate(bare_url, data_dir, clock, migrations)
    return house


sqlite_only = pytest.mark.parametrize("bare_url", ["sqlite"], indirect=True)
postgres_only = pytest.mark.parametrize("bare_url", ["postgres"], indirect=True)


async def test_everything_comes_back(house: _House) -> None:
    await house.execute(*_ROWS)
    sealed = load_secrets(house.data_dir).seal("12345678")
    digest = await house.store(b"a model")
    rows = await house.rows()
    archive = await house.back_up()

    await house.execute("UPDATE branches SET parent_id = NULL", "DELETE FROM branches")
    (house.data_dir / KEY_FILE).unlink()
    load_secrets(house.data_dir)
    Files(house.data_dir).remove(digest)
    later = await house.store(b"made later")

    restored = await house.restore(archive)
    assert await house.rows() == rows
    assert await current(house.url) == "0001"
    assert load_secrets(house.data_dir).open(sealed) == "12345678"
    assert Files(house.data_dir).stored() == [digest]
    assert Files(house.data_dir).path(digest).read_bytes() == b"a model"
    assert restored.manifest.stored_files == 1
    assert restored.aside is not None
    kept = {path.name for path in restored.aside.rglob("*") if path.is_file()}
    assert {KEY_FILE, later} < kept
    assert kept & {"odin.db", "database.zip"}


async def test_new_rows_get_new_numbers_after_a_restore(house: _House) -> None:
    await house.execute(*_ROWS)
    await house.restore(await house.back_up())
    await house.execute("INSERT INTO branches (name) VALUES ('new')")
    assert max(row[0] for row in await house.rows()) == 8


async def test_links_hold_after_a_restore(house: _House) -> None:
    await house.execute(*_ROWS)
    await house.restore(await house.back_up())
    if house.url.startswith("sqlite"):
        await house.execute("PRAGMA foreign_keys=ON")
        return
    with pytest.raises(Exception, match="violates foreign key"):
        await house.execute("INSERT INTO branches (parent_id) VALUES (99)")


async def test_what_was_kept_aside_can_be_restored_too(house: _House) -> None:
    archive = await house.back_up()
    await house.execute(*_ROWS)
    rows = await house.rows()
    aside = (await house.restore(archive)).aside
    assert aside is not None
    assert await house.rows() == []
    if house.url.startswith("sqlite"):
        with closing(sqlite3.connect(aside / "odin.db")) as kept:
            (count,) = kept.execute("SELECT count(*) FROM branches").fetchone()
        assert count == 3
    else:
        await house.restore(aside / "database.zip")
        assert await house.rows() == rows


async def test_an_older_backup_is_upgraded(house: _House) -> None:
    await house.execute(*_ROWS)
    archive = await house.back_up()
    (house.migrations / "versions" / "0002_second.py").write_text(_SECOND)
    await migrate(house.url, house.data_dir, house.clock, house.migrations)
    await house.restore(archive)
    assert await current(house.url) == "0002"
    assert [len(row) for row in await house.rows()] == [10, 10, 10]


async def test_a_newer_backup_is_refused(house: _House) -> None:
    (house.migrations / "versions" / "0002_second.py").write_text(_SECOND)
    await migrate(house.url, house.data_dir, house.clock, house.migrations)
    archive = await house.back_up()
    (house.migrations / "versions" / "0002_second.py").unlink()
    before = house.everything()
    with pytest.raises(DatabaseTooNew):
        await house.restore(archive)
    assert house.everything() == before


async def test_the_archive_is_for_its_owner_only(house: _House) -> None:
    archive = await house.back_up()
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with pytest.raises(Refused, match="exists already"):
        await house.back_up()
    assert list(archive.parent.glob("*.part")) == []
    assert not [path for path in house.everything() if "backup-" in path.name]


@sqlite_only
async def test_an_empty_place_has_nothing_to_keep_aside(house: _House) -> None:
    archive = await house.back_up()
    for path in house.everything():
        path.unlink()
    restored = await house.restore(archive)
    assert restored.aside is None
    assert await current(house.url) == "0001"


@sqlite_only
async def test_what_was_only_in_the_write_ahead_log_is_backed_up(
    house: _House,
) -> None:
    with closing(sqlite3.connect(house.data_dir / "odin.db", autocommit=True)) as open_:
        open_.execute("PRAGMA journal_mode=WAL")
        open_.execute("INSERT INTO branches (id) VALUES (5)")
        assert (house.data_dir / "odin.db-wal").stat().st_size > 0
        archive = await house.back_up()
    await house.restore(archive)
    assert [row[0] for row in await house.rows()] == [5]


@postgres_only
async def test_somebody_else_in_the_database_stops_a_restore(house: _House) -> None:
    await house.execute(*_ROWS)
    archive = await house.back_up()
    engine = create_async_engine(house.url)
    async with engine.connect():
        with pytest.raises(Refused, match="1 other connections"):
            await house.restore(archive)
    await engine.dispose()
    assert len(await house.rows()) == 3


@postgres_only
async def test_rows_that_do_not_fit_leave_the_old_ones(house: _House) -> None:
    await house.execute(*_ROWS)
    archive = await house.back_up()

    def spoil(members: dict[str, bytes]) -> None:
        name = "database/branches.jsonl"
        members[name] = members[name].replace(b'"7"', b'"seven"')

    with pytest.raises(ArchiveUnusable, match="does not take the backup's rows"):
        await house.restore(_rewritten(archive, spoil))
    assert len(await house.rows()) == 3


async def test_a_backup_of_the_other_kind_is_refused(house: _House) -> None:
    archive = await house.back_up()
    other = (
        "postgresql+asyncpg://odin@127.0.0.1:1/odin"
        if house.url.startswith("sqlite")
        else f"sqlite+aiosqlite:///{house.data_dir / 'odin.db'}"
    )
    with pytest.raises(Refused, match="Point ODIN_DATABASE_URL at the right kind"):
        await restore_backup(
            other, house.data_dir, archive, house.clock, house.migrations
        )


type _Change = Callable[[dict[str, bytes]], None]


def _rewritten(
    archive: Path,
    change: _Change,
    change_list: Callable[[dict[str, Any]], None] = lambda _: None,
) -> Path:
    """Returns the archive with other members and a list that agrees with them."""
    with zipfile.ZipFile(archive) as source:
        members = {name: source.read(name) for name in source.namelist()}
    listed = json.loads(members.pop("manifest.json"))
    change(members)
    listed["members"] = {
        name: {"size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in members.items()
    }
    change_list(listed)
    target = archive.with_name("rewritten.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("manifest.json", json.dumps(listed))
        for name, data in members.items():
            out.writestr(name, data)
    return target


async def _assert_refused(house: _House, archive: Path, sentence: str) -> None:
    before = house.everything()
    outside = {path for path in house.data_dir.parent.iterdir() if path != archive}
    with pytest.raises(ArchiveUnusable, match=sentence):
        await house.restore(archive)
    assert house.everything() == before
    assert {
        path for path in house.data_dir.parent.iterdir() if path != archive
    } == outside


@sqlite_only
@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/cron.d/evil",
        "files/../../evil",
        "files/" + "0" * 64,
        "database/../odin.db",
        "database/evil.jsonl",
        "engine.lock",
        "files/",
        "C:\\evil",
    ],
)
async def test_a_strange_member_is_refused(house: _House, name: str) -> None:
    archive = _rewritten(
        await house.back_up(), lambda members: members.update({name: b"evil"})
    )
    await _assert_refused(house, archive, "strange|damaged|does not hold")


@sqlite_only
async def test_a_link_is_refused(house: _House) -> None:
    archive = await house.back_up()
    digest = hashlib.sha256(b"/etc/passwd").hexdigest()
    changed = _rewritten(
        archive, lambda members: members.update({f"files/{digest}": b"/etc/passwd"})
    )
    with zipfile.ZipFile(changed) as source:
        members = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(changed, "w") as out:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            if name.startswith("files/"):
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            out.writestr(info, data)
    await house.restore(changed)
    stored = Files(house.data_dir).path(digest)
    assert not stored.is_symlink()
    assert stored.read_bytes() == b"/etc/passwd"


@sqlite_only
async def test_a_member_that_its_list_does_not_name_is_refused(house: _House) -> None:
    archive = _rewritten(
        await house.back_up(),
        lambda members: members.update({"extra": b"x"}),
        lambda listed: listed["members"].pop("extra"),
    )
    await _assert_refused(house, archive, "does not hold what its list says")


@sqlite_only
async def test_a_member_twice_is_refused(house: _House) -> None:
    archive = await house.back_up()
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(archive, "a") as out,
    ):
        out.writestr("database/odin.db", b"evil")
    await _assert_refused(house, archive, "does not hold what its list says")


@sqlite_only
async def test_a_bomb_is_refused_before_it_goes_off(house: _House) -> None:
    bomb = b"\0" * (20 * 1024**2)
    digest = hashlib.sha256(bomb).hexdigest()

    def lie(listed: dict[str, Any]) -> None:
        listed["members"][f"files/{digest}"]["size_bytes"] = 10

    archive = _rewritten(
        await house.back_up(),
        lambda members: members.update({f"files/{digest}": bomb}),
        lie,
    )
    await _assert_refused(house, archive, "does not have the size its list says")
    data = bytearray(archive.read_bytes())
    # The directory of the zip lies as well: 20 MiB announced as 10 bytes.
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    archive.write_bytes(data)
    await _assert_refused(house, archive, "damaged|longer than its list says")


@sqlite_only
async def test_more_than_the_disk_holds_is_refused(house: _House) -> None:
    def boast(listed: dict[str, Any]) -> None:
        listed["members"]["database/odin.db"]["size_bytes"] = 2**60

    archive = _rewritten(await house.back_up(), lambda _: None, boast)
    await _assert_refused(house, archive, "does not have the size")


@sqlite_only
async def test_a_changed_digest_is_refused(house: _House) -> None:
    def swap(listed: dict[str, Any]) -> None:
        listed["members"]["database/odin.db"]["sha256"] = "0" * 64

    archive = _rewritten(await house.back_up(), lambda _: None, swap)
    await _assert_refused(house, archive, "its digest is wrong")


@sqlite_only
async def test_a_flipped_bit_is_found(house: _House) -> None:
    archive = await house.back_up()
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 0x10
    archive.write_bytes(data)
    await _assert_refused(house, archive, "damaged")


@sqlite_only
@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
async def test_what_is_no_backup_is_refused(house: _House, content: bytes) -> None:
    archive = house.data_dir.parent / "no.zip"
    archive.write_bytes(content)
    await _assert_refused(house, archive, "no backup")


@sqlite_only
@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
async def test_a_list_packed_strangely_is_refused(house: _House, packing: int) -> None:
    archive = house.data_dir.parent / "strange.zip"
    with zipfile.ZipFile(archive, "w", packing) as out:
        out.writestr("manifest.json", b"{}")
    await _assert_refused(house, archive, "not readable")


@sqlite_only
async def test_an_encrypted_backup_is_refused(house: _House) -> None:
    archive = await house.back_up()
    data = bytearray(archive.read_bytes())
    # Bit 0 of the flags in the first entry of the central directory.
    data[data.find(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(data)
    await _assert_refused(house, archive, "not readable")


@sqlite_only
async def test_a_name_that_is_no_text_is_refused(house: _House) -> None:
    archive = house.data_dir.parent / "name.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("\N{SNOWMAN}", b"x")
    data = bytearray(archive.read_bytes())
    data[data.find(b"PK\x01\x02") + 46] = 0xFF
    archive.write_bytes(data)
    await _assert_refused(house, archive, "no backup")


@sqlite_only
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 2}, "this version does not know"),
        ({"members": []}, "this version does not know"),
        ({"database": "oracle"}, "this version does not know"),
        ({"database": "postgresql"}, "strange"),
        ({"members": {}}, "does not hold"),
    ],
)
async def test_a_strange_list_is_refused(
    house: _House, change: dict[str, Any], sentence: str
) -> None:
    archive = _rewritten(
        await house.back_up(), lambda _: None, lambda listed: listed.update(change)
    )
    await _assert_refused(house, archive, sentence)


@sqlite_only
async def test_a_database_that_is_none_is_refused(house: _House) -> None:
    archive = _rewritten(
        await house.back_up(),
        lambda members: members.update({"database/odin.db": b"evil" * 2000}),
    )
    await _assert_refused(house, archive, "is no database")


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path),
        pytest.raises(InUse, match="Stop it first"),
        exclusive(tmp_path),
    ):
        pass
    with exclusive(tmp_path):
        assert stat.S_IMODE((tmp_path / "engine.lock").stat().st_mode) == 0o600
