"""`odin doctor --printer NAME`: the connection of a registered printer, step by step."""

import asyncio
import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from odin_engine.cli import main
from odin_engine.cli.printer_doctor import try_connection
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.lock import exclusive, is_held
from odin_engine.kernel.secrets import load_secrets
from odin_engine.kernel.settings import load_settings
from odin_engine.printers import store
from odin_engine.printers.model.record import Access, Printer
from odin_engine.simulator.bambu import SimulatedPrinter
from odin_engine.simulator.marlin import SimulatedMarlin

CREATED = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def data_dir(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_template: Path
) -> Path:
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, path / "odin.db")
    monkeypatch.setenv("ODIN_DATA_DIR", str(path))
    monkeypatch.setenv("ODIN_PORT", "0")
    monkeypatch.setenv("ODIN_ALLOW_LOOPBACK", "true")
    return path


async def _register(
    data_dir: Path,
    host: str,
    ports: Mapping[str, int],
    serial: str | None = None,
    secret: str | None = None,
    family: str = "bambu",
) -> None:
    printer = Printer(
        new_id(), "Anna", family, host, CREATED, serial=serial, ports=ports
    )
    database = Database(f"sqlite+aiosqlite:///{data_dir / 'odin.db'}", Facts())
    async with database.work() as work:
        store.add_printer(work.session, printer, Access(secret), load_secrets(data_dir))
    await database.close()


async def _doctor(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, ["doctor", *arguments])


async def test_a_printer_that_is_well(data_dir: Path) -> None:
    async with SimulatedPrinter("P1S", report_every_s=0.2) as printer:
        await _register(
            data_dir, printer.host, printer.ports, printer.serial, printer.access_code
        )
        result = await _doctor("--printer", "anna")
        told = json.loads((await _doctor("--printer", "Anna", "--json")).output)
    assert result.exit_code == 0, result.output
    assert "ok login" in result.output
    assert printer.access_code not in result.output
    assert told["ok"] is True
    assert {check["check"] for check in told["checks"]} >= {
        "address",
        "certificate",
        "login",
        "report",
        "storage",
        "camera",
        "firmware",
    }


async def test_a_wrong_code_is_the_step_that_fails(data_dir: Path) -> None:
    async with SimulatedPrinter("P1S") as printer:
        await _register(
            data_dir, printer.host, printer.ports, printer.serial, "00000000"
        )
        result = await _doctor("--printer", "Anna")
    assert result.exit_code == 1
    assert "WRONG login" in result.output
    assert "- storage: Not reached." in result.output


async def test_an_address_that_nobody_answers_at(data_dir: Path) -> None:
    await _register(data_dir, "127.0.0.1", {"mqtt": 1})
    result = await _doctor("--printer", "Anna")
    assert result.exit_code == 1
    assert "WRONG address" in result.output


async def test_who_is_not_there(data_dir: Path) -> None:
    await _register(data_dir, "127.0.0.1", {}, family="fax")
    result = await _doctor("--printer", "Berta")
    assert result.exit_code == 1
    assert "There are: Anna." in result.output
    result = await _doctor("--printer", "Anna")
    assert "No driver for 'fax' printers" in result.output


async def test_without_data_it_says_where_to_look(data_dir: Path) -> None:
    result = await _doctor("--printer", "Anna")
    assert result.exit_code == 1
    assert "ODIN_DATA_DIR" in result.output
    (data_dir / "odin.db").unlink()
    load_secrets(data_dir)
    result = await _doctor("--printer", "Anna")
    assert "ODIN_DATA_DIR" in result.output
    assert not (data_dir / "odin.db").exists()


async def test_a_device_that_the_engine_holds_is_not_touched(data_dir: Path) -> None:
    await _register(data_dir, "/dev/ttyUSB9", {}, family="marlin")
    (check,) = await try_connection(load_settings(), "Anna", is_running=True)
    assert (check.step, check.ok) == ("address", None)
    assert check.remedy is not None


async def test_nobody_speaks_into_a_line_that_the_engine_holds(data_dir: Path) -> None:
    """A bridge lets everybody in; the engine may listen on any port."""
    async with SimulatedMarlin("marlin") as printer:
        await _register(data_dir, printer.host, printer.ports, family="marlin")
        with exclusive(data_dir):
            told = json.loads((await _doctor("--printer", "Anna", "--json")).output)
        assert not printer.firmware.received
        (check,) = told["checks"]
        assert (check["check"], check["ok"]) == ("address", None)
        assert "running engine" in check["detail"]


async def test_other_printers_are_looked_at_beside_the_engine(data_dir: Path) -> None:
    async with SimulatedPrinter("P1S", report_every_s=0.2) as printer:
        await _register(
            data_dir, printer.host, printer.ports, printer.serial, printer.access_code
        )
        with exclusive(data_dir):
            result = await _doctor("--printer", "Anna")
    assert "ok login" in result.output


def test_to_ask_for_the_lock_leaves_nothing_behind(data_dir: Path) -> None:
    """Made by whoever looks, the engine might not be allowed to open it."""
    assert not is_held(data_dir)
    assert {path.name for path in data_dir.iterdir()} == {"odin.db"}
