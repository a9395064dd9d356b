"""`odin doctor` finds what is wrong and says how to mend it."""

import asyncio
import http.server
import json
import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from odin_engine.cli import main
from odin_engine.cli.doctor import Finding, examine
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from odin_engine.kernel.secrets import KEY_FILE, Secrets, load_secrets
from odin_engine.printers import store
from odin_engine.printers.model.record import Access, Printer
from tests.engine.doubles import ManualClock


@pytest.fixture(autouse=True)
def data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    monkeypatch.setenv("ODIN_DATA_DIR", str(path))
    monkeypatch.setenv("ODIN_PORT", "0")
    return path


def _finding(check: str, clock: ManualClock | None = None) -> Finding:
    late = ManualClock(datetime(2100, 1, 1, tzinfo=UTC))
    findings = {finding.check: finding for finding in examine(clock or late)}
    return findings[check]


def _assert_wrong(check: str, detail: str, remedy: str) -> None:
    finding = _finding(check)
    assert not finding.ok
    assert detail in finding.detail
    assert finding.remedy is not None
    assert remedy in finding.remedy


def test_a_fresh_installation_is_well() -> None:
    answer = CliRunner().invoke(main, ["doctor"])
    assert answer.exit_code == 0, answer.output
    assert "WRONG" not in answer.output
    assert "the first start makes one" in answer.output


def test_a_used_installation_is_well(data_dir: Path, sqlite_template: Path) -> None:
    load_secrets(data_dir)
    shutil.copyfile(sqlite_template, data_dir / "odin.db")
    told = json.loads(CliRunner().invoke(main, ["doctor", "--json"]).output)
    assert told["ok"] is True
    checks = {check["check"]: check for check in told["checks"]}
    assert checks["database"]["detail"].startswith("schema")
    assert KEY_FILE in checks["key"]["detail"]


def test_the_exit_code_says_that_something_is_wrong(data_dir: Path) -> None:
    data_dir.chmod(0o755)
    answer = CliRunner().invoke(main, ["doctor"])
    assert answer.exit_code == 1
    assert "WRONG data directory: others may look into it (mode 755)" in answer.output
    assert f"chmod 700 {data_dir}" in answer.output


def test_wrong_settings_end_the_examination(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODIN_PORT", "web")
    _assert_wrong("settings", "ODIN_PORT: must be a whole number", "Correct these")


def test_an_open_or_damaged_key_is_found(data_dir: Path) -> None:
    load_secrets(data_dir)
    key = data_dir / KEY_FILE
    key.chmod(0o644)
    _assert_wrong("key", "others may read it (mode 644)", f"chmod 600 {key}")
    key.chmod(0o600)
    key.write_bytes(b"nonsense")
    _assert_wrong("key", "The key is damaged", "odin restore")


async def _store_printer(data_dir: Path, secrets: Secrets) -> None:
    database = Database(f"sqlite+aiosqlite:///{data_dir / 'odin.db'}", Facts())
    at = datetime(2026, 5, 1, tzinfo=UTC)
    printer = Printer("1", "Ada", "bambu", "192.0.2.1", at, has_secret=True)
    async with database.work() as work:
        store.add_printer(work.session, printer, Access("12345678"), secrets)
    await database.close()


def test_the_key_of_another_database_is_found(
    data_dir: Path, sqlite_template: Path
) -> None:
    secrets = load_secrets(data_dir)
    shutil.copyfile(sqlite_template, data_dir / "odin.db")
    asyncio.run(_store_printer(data_dir, secrets))
    assert "of 1 printer(s)" in _finding("stored secrets").detail
    (data_dir / KEY_FILE).unlink()
    load_secrets(data_dir)
    assert _finding("key").ok
    _assert_wrong("stored secrets", "does not fit", "odin restore FILE")
    assert "12345678" not in _finding("stored secrets").detail


def test_a_database_that_is_away_damaged_or_too_new_is_found(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data_dir / "odin.db").write_bytes(b"nonsense" * 1000)
    _assert_wrong("database", "not a database", "odin restore FILE")
    url = "postgresql://odin:canary123@127.0.0.1:1/odin"
    monkeypatch.setenv("ODIN_DATABASE_URL", url)
    _assert_wrong(
        "database", "does not answer", "Check that it runs, and ODIN_DATABASE_URL"
    )
    assert "canary123" not in _finding("database").detail


def test_a_busy_port_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        threading.Thread(target=_hang_up, args=(other,)).start()
        monkeypatch.setenv("ODIN_PORT", str(other.getsockname()[1]))
        _assert_wrong("port", "no engine answers there", "ODIN_PORT")


def _hang_up(server: socket.socket) -> None:
    connection, _ = server.accept()
    connection.close()


class _Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def engine_port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Healthy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_running_engine_is_well(
    engine_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODIN_PORT", str(engine_port))
    assert _finding("port").ok
    assert "a healthy engine answers" in _finding("port").detail


def test_a_clock_in_the_past_is_found() -> None:
    for year in (1970, 2026):
        finding = _finding("clock", ManualClock(datetime(year, 1, 1, tzinfo=UTC)))
        assert not finding.ok
    before_the_data = ManualClock(datetime(2026, 11, 2, tzinfo=UTC))
    finding = _finding("clock", before_the_data)
    assert not finding.ok
    assert "the data is from" in finding.detail
