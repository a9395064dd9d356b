"""`odin demo` as a person meets it: processes, sockets, and only the loopback interface."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from odin_engine.cli.farm_control import FarmControl, farms_on

REPOSITORY = Path(__file__).parents[3]
TO_FIND = "03009A2BD000002"
FARM = f"""
clock_factor: 20
printers:
  - name: Ada
    model: X1C
    serial: 00M09A2BD000000
    job: {{name: Housing, minutes: 600, slots: [0], at_percent: 40}}
  - name: Franklin
    model: P1P
    serial: 01S09A2BD000001
    jobs:
      - {{name: Holder, minutes: 60, at_percent: 100}}
      - {{name: Hook, minutes: 600}}
    waits_for_clear_plate: true
    next_after_s: 5
  - name: Galileo
    family: moonraker
    variant: toolchanger
    jobs:
      - {{name: king.gcode, minutes: 60, at_percent: 99}}
      - {{name: queen.gcode, minutes: 600}}
    waits_for_clear_plate: true
    next_after_s: 5
  - {{name: Lovelace, model: A1 mini, serial: "{TO_FIND}", announce: true}}
"""


@dataclass(frozen=True)
class Demo:
    """A demo that runs: what it printed, and how to talk to engine and farm."""

    process: Process
    text: str
    session: aiohttp.ClientSession
    farm: FarmControl

    async def api(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        async with self.session.request(method, f"/api/v1{path}", json=body) as answer:
            assert answer.ok, await answer.text()
            return await answer.json() if answer.status != 204 else None

    async def printers(self) -> dict[str, dict[str, Any]]:
        items = (await self.api("GET", "/printers"))["items"]
        return {each["name"]: each for each in items}

    async def until(self, name: str, **wanted: object) -> dict[str, Any]:
        """Waits until a printer has these values."""
        async with asyncio.timeout(60):
            while True:
                printer = (await self.printers()).get(name, {})
                if all(printer.get(key) == value for key, value in wanted.items()):
                    return printer
                await asyncio.sleep(0.1)

    async def stop(self, *told: signal.Signals) -> str:
        """Tells it to stop; returns what it still said."""
        for each in told:
            self.process.send_signal(each)
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            rest = await self.process.stdout.read()
            assert await self.process.wait() == 0, rest.decode()
        return rest.decode()


@contextlib.asynccontextmanager
async def running(folder: Path, port: int) -> AsyncIterator[Demo]:
    (folder / "farm.yaml").write_text(FARM)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "odin_engine", "demo", "--port", str(port)),
        *("--dir", str(folder / "demo"), "--farm", str(folder / "farm.yaml")),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=PIPE,
        stderr=STDOUT,
    )
    assert process.stdout is not None
    text = ""
    try:
        async with asyncio.timeout(120):
            while "Ctrl-C stops" not in text:
                line = await process.stdout.readline()
                assert line, text
                text += line.decode()
        password = _said(text, r"Password +(\S+)")
        base = _said(text, r"O\.D\.I\.N\. is at +(\S+)")
        control_port = int(_said(text, r"control port (\d+)"))
        (farm,) = await asyncio.to_thread(farms_on, [control_port])
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(base, cookie_jar=jar) as session:
            login = {"name": "demo", "password": password}
            async with session.post("/api/v1/auth/login", json=login) as answer:
                csrf = (await answer.json())["csrf_token"]
            session.headers["X-CSRF-Token"] = csrf
            yield Demo(process, text, session, farm)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


def _said(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


async def test_a_person_finds_adds_clears_stops_and_comes_back(tmp_path: Path) -> None:
    async with running(tmp_path, _free_port()) as demo:
        assert "3 simulated printers are registered" in demo.text
        code = _said(demo.text, r"Lovelace \(A1 mini\) +access code (\S+)")
        assert set(await demo.printers()) == {"Ada", "Franklin", "Galileo"}
        ada = await demo.until("Ada", activity="printing")
        before = ada["job"]["progress_pct"]

        # Find, check, add, online.
        found = await demo.api("POST", "/printers/discover", {"seconds": 3})
        mine = {each["serial"]: each for each in found["items"]}[TO_FIND]
        assert (mine["name"], mine["model"], mine["via"], mine["is_known"]) == (
            "Lovelace",
            "A1 mini",
            "ssdp",
            False,
        )
        wanted = {
            key: mine[key] for key in ("name", "family", "host", "serial", "ports")
        }
        wrong = {**wanted, "secret": "00000000"}
        checked = await demo.api("POST", "/printers/check", wrong)
        failed = [each["step"] for each in checked["checks"] if each["ok"] is False]
        assert failed == ["login"]
        right = {**wanted, "secret": code}
        assert (await demo.api("POST", "/printers/check", right))["is_ok"]
        await demo.api("POST", "/printers", right)
        await demo.until("Lovelace", link="online")

        # Somebody says that the plate is clear, and the next job begins.
        for name in ("Franklin", "Galileo"):
            waiting = await demo.until(name, activity="finished")
            assert waiting["plate"]["state"] == "occupied"
            await demo.api("POST", f"/printers/{waiting['id']}/plate-cleared")
            await demo.until(name, activity="printing")

        said = await demo.stop(signal.SIGINT, signal.SIGINT)
        assert "Stopping" in said
        assert said.count("Stopped.") == 1
        assert "Traceback" not in said

    async with running(tmp_path, _free_port()) as again:
        assert _said(again.text, r"Password +(\S+)") == _said(
            demo.text, r"Password +(\S+)"
        )
        assert "4 simulated printers are registered" in again.text
        assert len(await again.printers()) == 4
        ada = await again.until("Ada", activity="printing")
        assert ada["job"]["name"] == "Housing"
        assert ada["job"]["progress_pct"] >= before
        galileo = await again.until("Galileo", link="online")
        assert galileo["job"]["name"] == "queen.gcode"
        await again.until("Lovelace", link="online")
        assert "Stopped." in await again.stop(signal.SIGTERM)


async def test_an_early_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "farm.yaml").write_text(FARM)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "odin_engine", "demo", "--port", str(_free_port())),
        *("--dir", str(tmp_path / "demo"), "--farm", str(tmp_path / "farm.yaml")),
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=PIPE,
        stderr=STDOUT,
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert b"Starting the simulated" in await process.stdout.readline()
        process.send_signal(signal.SIGINT)
        # Its parts hold the pipe of what they complain of: none of them is left.
        rest = (await process.stdout.read()).decode()
        assert await process.wait() == 0, rest
    assert "Traceback" not in rest


async def test_a_port_that_is_wanted_and_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "odin_engine", "demo", "--port", str(port)),
            *("--dir", str(tmp_path / "demo")),
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
            stdout=PIPE,
            stderr=STDOUT,
        )
        said, _ = await process.communicate()
    assert process.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}".encode() in said
