"""`odin simulate`: the farm as a process of its own."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from odin_engine.cli import main
from odin_engine.cli.farm_control import farms_on

REPOSITORY = Path(__file__).parents[3]
FREE = "{mqtt: 0, ftps: 0, camera: 0, detect: 0}"
FARM = f"printers: [{{model: P1S, name: Ada, ports: {FREE}}}]"


@contextlib.asynccontextmanager
async def simulating(folder: Path, *options: str) -> AsyncIterator[Process]:
    """Runs a farm of one printer until its control port is open."""
    (folder / "farm.yaml").write_text(FARM)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "odin_engine", "simulate", "farm.yaml"),
        *("--state-dir", "state", "--addresses", "addresses.json", *options),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            while b"Control port" not in (line := await process.stdout.readline()):
                assert line, "it ended"
            while not (folder / "addresses.json").exists():  # noqa: ASYNC110 - a process
                await asyncio.sleep(0.01)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_it_runs_until_it_is_told_to_stop(
    tmp_path: Path, told: signal.Signals
) -> None:
    async with simulating(tmp_path, "--control-port", "0") as process:
        (row,) = json.loads((tmp_path / "addresses.json").read_text())
        assert row["name"] == "Ada"
        assert (tmp_path / "state" / row["serial"] / "certificate.pem").exists()
        port = int((tmp_path / "state" / "control-port").read_text())
        (farm,) = await asyncio.to_thread(farms_on, [port])
        assert farm.knows("Ada")
        process.send_signal(told)
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    assert not (tmp_path / "state" / row["serial"] / "machine.json").exists()


async def test_what_continues_is_remembered(tmp_path: Path) -> None:
    options = ("--control-port", "0", "--continue")
    async with simulating(tmp_path, *options) as process:
        port = int((tmp_path / "state" / "control-port").read_text())
        (farm,) = await asyncio.to_thread(farms_on, [port])
        job = {"name": "start_job", "job": "Hook"}
        await asyncio.to_thread(farm.send, "POST", "Ada", "acts", job)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    (memory,) = (tmp_path / "state").glob("*/machine.json")
    assert memory.stat().st_mode & 0o777 == 0o600
    (tmp_path / "addresses.json").unlink()
    async with simulating(tmp_path, *options):
        port = int((tmp_path / "state" / "control-port").read_text())
        (farm,) = await asyncio.to_thread(farms_on, [port])
        assert farm.printers[0]["state"] != "IDLE" or farm.printers[0]["percent"] == 0
    assert b"Hook" in memory.read_bytes()


def test_a_control_port_that_is_taken_is_named(tmp_path: Path) -> None:
    (tmp_path / "farm.yaml").write_text(FARM)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = CliRunner().invoke(
            main,
            [
                *("simulate", str(tmp_path / "farm.yaml"), "--control-port", port),
                *("--state-dir", str(tmp_path / "state")),
            ],
        )
    assert answer.exit_code == 1
    assert f"The control port {port} is taken" in answer.output


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "farm.yaml").write_text("printers: [{model: Ender 3}]")
    answer = CliRunner().invoke(main, ["simulate", str(tmp_path / "farm.yaml")])
    assert answer.exit_code == 1
    assert "farm.yaml: no simulated model is called 'Ender 3'" in answer.output
