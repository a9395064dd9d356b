"""`odin serve` says in a sentence why it cannot start."""

import logging
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from odin_engine.cli import main


@pytest.fixture(autouse=True)
def data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Where the engine would live; the log is put back as it was."""
    path = tmp_path / "data"
    monkeypatch.setenv("ODIN_DATA_DIR", str(path))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield path
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_port_in_use_is_named_before_anything_is_made(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = CliRunner().invoke(main, ["serve", "--port", str(port)])
    assert answer.exit_code == 1
    assert (
        f"Cannot listen on 127.0.0.1:{port}: Address already in use." in answer.output
    )
    assert "--port" in answer.output
    assert "setup code" not in answer.output
    assert not (data_dir / "odin.db").exists()


def test_a_host_that_nobody_knows_is_named() -> None:
    answer = CliRunner().invoke(main, ["serve", "--host", "no host"])
    assert answer.exit_code == 1
    assert "Cannot listen on no host:" in answer.output


def test_the_first_files_are_for_their_owner_only(data_dir: Path) -> None:
    made = ["user", "create", "anna", "--password-stdin"]
    answer = CliRunner().invoke(main, made, input="Correct-Horse-9\n")
    assert answer.exit_code == 0, answer.output
    database = data_dir / "odin.db"
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    database.chmod(0o644)
    assert CliRunner().invoke(main, ["user", "list"]).exit_code == 0
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
