"""`odin backup` and `odin restore`, as somebody types them."""

import asyncio
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from odin_engine.cli import main
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.lock import exclusive
from odin_engine.kernel.migrate import migrate
from odin_engine.kernel.secrets import KEY_FILE, load_secrets
from odin_engine.kernel.tables import SettingRow
from odin_engine.kernel.tunable import Tunable

_NAME = Tunable("farm.name", "", "Name")


@pytest.fixture
def data_dir(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """An engine's data: a database with a setting, and a key."""
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    monkeypatch.setenv("ODIN_DATA_DIR", str(path))
    monkeypatch.setenv("ODIN_DATABASE_URL", database_url)
    load_secrets(path)
    asyncio.run(_set_name(database_url, "before"))
    return path


async def _set_name(url: str, name: str) -> None:
    database = Database(url, Facts())
    await Config(database, SystemClock(), [_NAME]).change({_NAME.key: name})
    await database.close()


async def _name(url: str) -> object:
    database = Database(url, Facts())
    async with database.read() as session:
        row = (await session.scalars(select(SettingRow))).one()
    await database.close()
    return row.value


def _odin(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, words, input=typed)


def test_there_and_back(data_dir: Path, database_url: str, tmp_path: Path) -> None:
    archive = tmp_path / "odin.zip"
    key = (data_dir / KEY_FILE).read_bytes()
    made = _odin("backup", str(archive))
    assert made.exit_code == 0, made.output
    assert "contains the key" in made.output
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    asyncio.run(_set_name(database_url, "after"))
    (data_dir / KEY_FILE).unlink()
    restored = _odin("restore", str(archive), typed="y\n")
    assert restored.exit_code == 0, restored.output
    assert f"What was there before is in {data_dir}/replaced-" in restored.output
    assert asyncio.run(_name(database_url)) == "before"
    assert (data_dir / KEY_FILE).read_bytes() == key
    asyncio.run(migrate(database_url, data_dir, SystemClock()))


def test_nothing_happens_without_consent(
    data_dir: Path, database_url: str, tmp_path: Path
) -> None:
    archive = tmp_path / "odin.zip"
    _odin("backup", str(archive))
    asyncio.run(_set_name(database_url, "after"))
    declined = _odin("restore", str(archive), typed="n\n")
    assert declined.exit_code == 1
    assert str(data_dir) in declined.output
    assert asyncio.run(_name(database_url)) == "after"


def test_a_running_engine_stops_a_restore(data_dir: Path, tmp_path: Path) -> None:
    archive = tmp_path / "odin.zip"
    with exclusive(data_dir):
        assert _odin("backup", str(archive)).exit_code == 0
        refused = _odin("restore", "--yes", str(archive))
    assert refused.exit_code == 1
    assert refused.output == (
        f"Error: The engine is running on {data_dir}. Stop it first, then try again.\n"
    )


@pytest.mark.usefixtures("data_dir")
def test_errors_are_sentences(tmp_path: Path) -> None:
    archive = tmp_path / "odin.zip"
    archive.write_bytes(b"no zip")
    assert _odin("backup", str(archive)).output == (
        f"Error: {archive} exists already. Choose another name.\n"
    )
    assert _odin("restore", "--yes", str(archive)).output == (
        "Error: odin.zip is damaged, or no backup.\n"
    )
    elsewhere = tmp_path / "no" / "folder" / "odin.zip"
    assert _odin("backup", str(elsewhere)).output == (
        f"Error: {elsewhere}: No such file or directory\n"
    )


def test_wrong_settings_are_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODIN_PORT", "web")
    answer = _odin("backup")
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ODIN_PORT: must be a whole number.")
