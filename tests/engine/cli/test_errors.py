"""What somebody can do wrong at the command line is told in a sentence with a remedy.

Each case is the mistake itself, typed as people type it; a traceback is never an answer.
"""

import logging
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from odin_engine.cli import main
from odin_engine.kernel.secrets import KEY_FILE
from tests.unprivileged import as_anybody

_PASSWORD = "Correct-Horse-9\n"


@pytest.fixture(autouse=True)
def data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Where the engine would live, empty; the log is put back as it was."""
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    monkeypatch.setenv("ODIN_DATA_DIR", str(path))
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield path
    root.handlers[:] = handlers
    root.setLevel(level)


def _say(*words: str, stdin: str | None = None) -> str:
    """Runs a command that must fail; returns all it said, in one line."""
    answer = CliRunner().invoke(main, list(words), input=stdin)
    assert answer.exit_code in {1, 2}, answer.output
    assert isinstance(answer.exception, SystemExit), answer.exception
    return " ".join(answer.output.split())


def _say_unprivileged(*words: str) -> str:
    """The same, in a process of its own to which file modes apply."""
    command = [*as_anybody(), sys.executable, "-m", "odin_engine", *words]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1, said
    assert "Traceback" not in said
    return " ".join(said.split())


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ODIN_PORT", "abc", "ODIN_PORT: must be a whole number."),
        ("ODIN_PORT", "99999", "ODIN_PORT: must be 65535 at most."),
        ("ODIN_LOG_LEVEL", "loud", "ODIN_LOG_LEVEL: must be 'debug', 'info', 'war"),
        ("ODIN_ALLOW_LOOPBACK", "ja", "ODIN_ALLOW_LOOPBACK: must be true or false."),
        ("ODIN_DATABASE_URL", "mysql://a/b", "must be sqlite:///FILE or postgresql:"),
    ],
)
def test_a_wrong_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    assert sentence in _say("serve")
    assert sentence in _say("doctor")
    assert sentence in _say("user", "list")


def test_a_port_that_is_none_or_taken_or_not_ours(data_dir: Path) -> None:
    assert "--port: must be 65535 at most." in _say("serve", "--port", "99999")
    assert "'abc' is not a valid integer" in _say("serve", "--port", "abc")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = _say("serve", "--port", str(taken.getsockname()[1]))
    assert "Address already in use. Stop what uses it, or choose another port" in said
    # An address of the range for documents (RFC 5737), so of nobody.
    said = _say("serve", "--host", "192.0.2.7", "--port", "0")
    assert "That is no address of this machine." in said
    assert "--host or ODIN_HOST; 0.0.0.0 stands for all" in said
    assert list(data_dir.glob("odin.db*")) == []


def test_a_data_directory_that_is_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ODIN_DATA_DIR", str(tmp_path / "file"))
    for words in (("serve",), ("doctor",), ("backup", "x.zip"), ("token", "list")):
        said = _say(*words)
        assert f"ODIN_DATA_DIR: cannot make {tmp_path / 'file'}: it is a file." in said
        assert "Name a folder that the user who runs the engine may write in." in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("serve", "--port", "0"), "secret.key cannot be used: Permission denied. Let"),
        (("user", "list"), "odin.db cannot be used"),
        (("doctor",), "WRONG data directory: not writable Make"),
    ],
)
def test_a_data_directory_that_is_not_writable(
    data_dir: Path, words: tuple[str, ...], sentence: str
) -> None:
    data_dir.chmod(0o500)
    assert sentence in _say_unprivileged(*words)


def test_a_key_that_is_not_ours_to_read(data_dir: Path, tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["user", "list"]).exit_code == 0
    (data_dir / KEY_FILE).touch(mode=0o000)
    said = _say_unprivileged("serve", "--port", "0")
    assert f"The key file {data_dir / KEY_FILE} cannot be used" in said
    assert "Let the user that runs the engine read it" in said
    said = _say_unprivileged("backup", str(tmp_path / "all.zip"))
    assert f"{data_dir / KEY_FILE}: Permission denied" in said


def test_a_lock_that_is_not_ours_to_open(data_dir: Path) -> None:
    (data_dir / "engine.lock").touch(mode=0o000)
    said = _say_unprivileged("serve", "--port", "0")
    assert "engine.lock cannot be opened: Permission denied. Make it" in said


def test_a_database_that_is_not_ours_to_write(data_dir: Path) -> None:
    assert CliRunner().invoke(main, ["user", "list"]).exit_code == 0
    (data_dir / "odin.db").chmod(0o400)
    data_dir.chmod(0o500)
    said = _say_unprivileged("user", "list")
    assert "odin.db cannot be used: Permission denied" in said
    assert "Let the user that runs the engine write the file" in said
    assert "WRONG database:" in _say_unprivileged("doctor")


@pytest.mark.parametrize("content", [b"nonsense" * 999, b"SQLite format 3\0" * 300])
def test_a_damaged_database(data_dir: Path, content: bytes) -> None:
    (data_dir / "odin.db").write_bytes(content)
    for words in (("serve", "--port", "0"), ("user", "list"), ("backup", "x.zip")):
        said = _say(*words)
        assert f"The database {data_dir / 'odin.db'} cannot be used:" in said
        assert "Restore a backup (`odin restore FILE`), or put a copy from" in said
    assert "Restore a backup" in _say("doctor")
    assert "Cannot copy" in _say("backup-prepare")


def test_a_database_that_is_damaged_further_in(data_dir: Path) -> None:
    assert CliRunner().invoke(main, ["user", "list"]).exit_code == 0
    database = data_dir / "odin.db"
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
        (size,) = opened.execute("PRAGMA page_size").fetchone()
    whole = database.read_bytes()
    database.write_bytes(whole[: 2 * size] + os.urandom(len(whole) - 2 * size))
    said = _say("user", "list")
    assert "Traceback" not in said
    assert "malformed" in said


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff" * 44])
def test_a_damaged_key(data_dir: Path, content: bytes) -> None:
    (data_dir / KEY_FILE).write_bytes(content)
    said = _say("serve", "--port", "0")
    assert "The key is damaged: secret.key holds none." in said
    assert "odin restore FILE" in said
    assert "The key is damaged" in _say("doctor")


def test_a_backup_that_cannot_be_written_or_read(tmp_path: Path) -> None:
    assert "gone/x.zip: No such file or directory" in _say("backup", "gone/x.zip")
    (tmp_path / "there.zip").touch()
    assert "exists already. Choose another name." in _say("backup", "there.zip")
    assert "there.zip is damaged, or no backup." in _say(
        "restore", "--yes", "there.zip"
    )
    assert "'gone.zip' does not exist" in _say("restore", "--yes", "gone.zip")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("printers: [\n", "farm.yaml: line 2, column 1 is no YAML: expected the node"),
        ("printers:\n\t- a", "farm.yaml: line 2, column 1 is no YAML: found character"),
        ("", "farm.yaml: has no list of `printers`; docs/simulator.md shows"),
        ("hello", "farm.yaml: has no list of `printers`"),
        ("printers: []", "farm.yaml: has no list of `printers`"),
        ("printers: {model: P1S}", "farm.yaml: has no list of `printers`"),
        ("printers: [P1S]", "a printer is written {model: P1S}, not 'P1S'"),
        ("printers: [{name: Ada}]", "a printer has no `model`, such as P1S"),
        ("printers: [{model: mine.yaml}]", "mine.yaml: No such file or directory"),
        ("printers: [{model: P1S, ports: {mqtt: 70000}}]", "port mqtt: 70000; there"),
        ("printers: [{model: P1S, ports: {ftp: 21}}]", "port ftp: 21; there are mqtt,"),
        (
            "printers: [{model: P1S, host: 192.0.2.7}]",
            "cannot listen on 192.0.2.7. Thi",
        ),
    ],
)
def test_a_farm_file_that_makes_no_sense(
    tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "farm.yaml").write_text(text)
    assert sentence in _say("simulate", "farm.yaml", "--control-port", "0")


def test_a_farm_file_that_is_none(tmp_path: Path) -> None:
    assert "'gone.yaml' does not exist" in _say("simulate", "gone.yaml")
    assert "is a directory" in _say("simulate", str(tmp_path))
    (tmp_path / "farm.yaml").write_bytes(b"\xff\xfe")
    assert "farm.yaml: is no text in UTF-8" in _say("simulate", "farm.yaml")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--state-dir", "taken/sim"), "taken"),
        (("--addresses", "gone/a.json"), "gone/a.json"),
        (("--interface", "here"), "'here' is no IPv4 address; --interface needs one"),
        (("--interface", "192.0.2.7"), "cannot listen on 192.0.2.7. This machine does"),
        (("--first-port", "22"), "22 is not in the range"),
    ],
)
def test_a_simulation_that_cannot_begin(
    tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "taken").touch()
    (tmp_path / "farm.yaml").write_text(
        "printers: [{model: P1S, ports: {mqtt: 0, ftps: 0, camera: 0, detect: 0}}]"
    )
    said = _say("simulate", "farm.yaml", "--control-port", "0", *words)
    assert sentence in said


_PEOPLE: list[tuple[tuple[str, ...], str, str]] = [
    (("user", "create", "x", "--password-stdin"), "abc\n", "Use at least 8 characters"),
    (("user", "create", "a/b", "--password-stdin"), _PASSWORD, "Use letters, digits"),
    (
        ("user", "create", "x", "--role", "boss"),
        "",
        "is not one of 'admin', 'operator'",
    ),
    (("user", "create", "x"), "", "Add --password-stdin"),
    (("user", "reset-password", "x", "--password-stdin"), _PASSWORD, "no user named x"),
    (("token", "create", "t", "--user", "x", "--scope", "all"), "", "no user named x"),
    (("token", "create", "t", "--user", "x", "--scope", "no"), "", "is not one of"),
    (("token", "create", "t", "--user", "x"), "", "Missing option '--scope'"),
    (("token", "revoke", "abc"), "", "There is no such token."),
]


@pytest.mark.parametrize(("words", "stdin", "sentence"), _PEOPLE)
def test_people_and_tokens(words: tuple[str, ...], stdin: str, sentence: str) -> None:
    assert sentence in _say(*words, stdin=stdin)


_RECORD = ("record", "127.0.0.1", "--serial", "A", "--access-code-stdin", "--port")
_OTHERS: list[tuple[tuple[str, ...], str]] = [
    (("openapi", "-o", "gone/x.json"), "gone/x.json: No such file or directory."),
    (("replay", "bambu", "gone.jsonl"), "'gone.jsonl' does not exist"),
    (("replay", "abacus", "gone.jsonl"), "'abacus' is not one of 'bambu', "),
    (
        (*_RECORD, "mqtt=9", "-o", "gone/x.jsonl"),
        "x.jsonl cannot be written: its folder",
    ),
    (("misbehave", "Ada", "fault", "code"), "'code' is no KEY=VALUE"),
    (("misbehave", "Ada", "fault", "x"), "'x' is no KEY=VALUE"),
    (("dance",), "No such command 'dance'"),
]


@pytest.mark.parametrize(("words", "sentence"), _OTHERS)
def test_other_mistakes(words: tuple[str, ...], sentence: str) -> None:
    assert sentence in _say(*words, stdin="12345678\n")


def test_a_farm_that_does_not_run() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    said = _say("misbehave", "--control-port", port)
    assert f"No simulated farm runs on port {port}. Start one with `odin demo`" in said


def test_a_key_of_another_database(
    data_dir: Path, start: Callable[[], tuple[int, str]]
) -> None:
    first = Path(__file__).parents[2] / "e2e" / "first_version" / "odin.sql"
    with closing(sqlite3.connect(data_dir / "odin.db")) as database:
        database.executescript(first.read_text())
    status, said = start()
    assert status == 1
    assert "A stored secret does not fit secret.key. Restore the key file" in said
    assert "The engine could not start; see the lines above." in said
    assert "Traceback" not in said


@pytest.fixture
def start() -> Callable[[], tuple[int, str]]:
    """Returns a function that starts the engine; it must end by itself."""

    def run() -> tuple[int, str]:
        ended = subprocess.run(
            [sys.executable, "-m", "odin_engine", "serve", "--port", "0"],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return ended.returncode, ended.stdout + ended.stderr

    return run
