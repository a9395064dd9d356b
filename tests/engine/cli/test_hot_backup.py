"""The commands around a backup by Home Assistant, and the start after a restore."""

import asyncio
import shutil
import stat
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from sqlalchemy import select

from odin_engine.cli import main
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.migrate import HOT_COPY, migrate
from odin_engine.kernel.tables import SettingRow
from odin_engine.kernel.tunable import Tunable

_APP = Path(__file__).parents[3] / "addon" / "odin" / "config.yaml"
_NAME = Tunable("farm.name", "", "Name")


@pytest.fixture
def data_dir(
    sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, path / "odin.db")
    monkeypatch.setenv("ODIN_DATA_DIR", str(path))
    return path


def _odin(command: str) -> Result:
    return CliRunner().invoke(main, [command])


async def _database(path: Path) -> Database:
    url = f"sqlite+aiosqlite:///{path / 'odin.db'}"
    await migrate(url, path, SystemClock())
    return Database(url, Facts())


async def _name(path: Path) -> object:
    database = await _database(path)
    async with database.read() as session:
        found = await session.scalar(select(SettingRow.value))
    await database.close()
    return found


def _back_up(source: Path, target: Path) -> None:
    """Copies what Home Assistant would archive: everything but the excluded names."""
    excluded = yaml.safe_load(_APP.read_text())["backup_exclude"]

    def leave_out(_folder: str, names: list[str]) -> set[str]:
        return {name for name in names if any(fnmatch(name, each) for each in excluded)}

    shutil.copytree(source, target, ignore=leave_out)


async def test_what_is_archived_while_the_engine_writes_is_whole(
    data_dir: Path, tmp_path: Path
) -> None:
    database = await _database(data_dir)
    config = Config(database, SystemClock(), [_NAME])
    await config.change({_NAME.key: "before"})
    made = await asyncio.to_thread(_odin, "backup-prepare")
    assert made.exit_code == 0, made.output
    await config.change({_NAME.key: "after"})
    restored = tmp_path / "restored"
    await asyncio.to_thread(_back_up, data_dir, restored)
    assert (await asyncio.to_thread(_odin, "backup-finish")).exit_code == 0
    await database.close()

    names = {each.name for each in restored.iterdir()}
    assert HOT_COPY in names
    assert not names & {"odin.db", "odin.db-wal", "odin.db-shm"}
    assert stat.S_IMODE((restored / HOT_COPY).stat().st_mode) == 0o600
    assert await _name(restored) == "before"
    assert not (restored / HOT_COPY).exists()
    assert await _name(data_dir) == "after"
    assert not (data_dir / HOT_COPY).exists()


async def test_a_copy_that_was_left_never_replaces_the_database(data_dir: Path) -> None:
    database = await _database(data_dir)
    config = Config(database, SystemClock(), [_NAME])
    await config.change({_NAME.key: "before"})
    await asyncio.to_thread(_odin, "backup-prepare")
    await config.change({_NAME.key: "after"})
    await database.close()
    assert await _name(data_dir) == "after"
    again = await asyncio.to_thread(_odin, "backup-prepare")
    assert again.exit_code == 0, again.output


def test_without_a_database_there_is_nothing_to_do(data_dir: Path) -> None:
    (data_dir / "odin.db").unlink()
    made = _odin("backup-prepare")
    assert (made.exit_code, made.output) == (0, "There is no database yet.\n")
    assert _odin("backup-finish").exit_code == 0


def test_a_database_elsewhere_is_left_to_whoever_runs_it(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODIN_DATABASE_URL", "postgresql://odin@127.0.0.1:1/odin")
    made = _odin("backup-prepare")
    assert made.exit_code == 0
    assert "back it up where it is" in made.output
    assert not (data_dir / HOT_COPY).exists()


def test_a_failure_stops_the_backup(data_dir: Path) -> None:
    (data_dir / "odin.db").write_bytes(b"this is no database" * 100)
    made = _odin("backup-prepare")
    assert made.exit_code == 1
    assert "Cannot copy" in made.output
    assert not (data_dir / HOT_COPY).exists()
    assert _odin("backup-finish").exit_code == 0
    assert not (data_dir / f"{HOT_COPY}.new").exists()
