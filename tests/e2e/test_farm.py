"""A person's day with a farm: engine and machines are processes, the wire is real."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

from odin_engine.simulator.bambu import SlicedPlate, make_sliced_3mf
from tests.e2e.conftest import PASSWORD, Api, Engine
from tests.e2e.processes import free_port, free_ports

type Connect = Callable[[list[dict[str, Any]]], Awaitable[tuple[Api, dict[str, str]]]]


async def test_a_file_is_sent_printed_paused_and_cancelled(
    engine: Engine, machines: list[dict[str, Any]], connect: Connect, tmp_path: Path
) -> None:
    sliced = tmp_path / "bracket.gcode.3mf"
    make_sliced_3mf(sliced, plates=(SlicedPlate(),))
    async with engine.running():
        api, ids = await connect(machines)
        printer = f"/printers/{ids['Brunel']}"
        await api.until(printer, link="online", activity="idle")
        async with api.session.ws_connect("/api/v1/ws") as socket:
            await socket.send_json(
                {"type": "subscribe", "topics": [f"printers/{ids['Brunel']}"]}
            )
            content = await asyncio.to_thread(sliced.read_bytes)
            task = await api("PUT", f"{printer}/files/bracket.gcode.3mf", data=content)
            done = await api.until(f"/tasks/{task['id']}", state="done")
            assert done["progress"] == 1
            order = {
                "file": "bracket.gcode.3mf",
                "name": "Bracket",
                "mapping": [{"unit": 0, "slot": 1}],
            }
            await api("POST", f"{printer}/print", json=order)
            await api.until(printer, activity="printing")
            refused = await api.refusal("POST", f"{printer}/print", json=order)
            assert refused["status"] == 409
            await api("POST", f"{printer}/pause")
            await api.until(printer, activity="paused")
            await api("POST", f"{printer}/resume")
            await api.until(printer, activity="printing")
            await api("POST", f"{printer}/stop")
            ended = await api.until(printer, activity="cancelled")
            assert ended["plate"]["state"] == "occupied"
            names = await _events_until(socket, "print_ended")
        assert names.count("print_started") == 1
        assert names.count("print_ended") == 1
        gate = await api.refusal("POST", f"{printer}/print", json=order)
        assert "plate" in gate["detail"].lower()
        await api("POST", f"{printer}/plate-cleared")
        prints = await api("GET", f"{printer}/prints")
        assert [run["result"] for run in prints["items"]] == ["cancelled"]


async def _events_until(
    socket: aiohttp.ClientWebSocketResponse, last: str
) -> list[str]:
    names: list[str] = []
    async with asyncio.timeout(20):
        while last not in names:
            message = await socket.receive_json()
            if message["type"] == "event":
                names.append(message["name"])
    return names


async def test_a_killed_engine_doubles_and_loses_nothing(
    engine: Engine, machines: list[dict[str, Any]], connect: Connect
) -> None:
    async with engine.running() as process:
        api, ids = await connect(machines)
        printer = f"/printers/{ids['Curie']}"
        await api.until(printer, link="online", activity="printing")
        before = await _one_print(api, printer)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    async with engine.running():
        await api.until(printer, link="online", activity="printing")
        after = await _one_print(api, printer)
        assert after["id"] == before["id"]
        await api("POST", f"{printer}/stop")
        await api.until(printer, activity="cancelled")
        ended = await _one_print(api, printer, result="cancelled")
        assert ended["id"] == before["id"]


async def _one_print(api: Api, printer: str, **wanted: object) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            page = await api("GET", f"{printer}/prints")
            if page["total"] and all(
                page["items"][0][name] == value for name, value in wanted.items()
            ):
                assert page["total"] == 1
                found: dict[str, Any] = page["items"][0]
                return found
            await asyncio.sleep(0.1)


async def test_the_setup_code_makes_the_first_administrator_once(
    engine: Engine,
) -> None:
    async with engine.running(), aiohttp.ClientSession(engine.base) as session:
        shown = re.search(r"setup code\s+(\S+)", engine.log.read_text())
        assert shown is not None
        body = {"code": shown[1], "name": "anna", "password": PASSWORD}
        async with session.post("/api/v1/setup", json=body) as answer:
            assert answer.ok, await answer.text()
        async with session.post("/api/v1/setup", json=body) as answer:
            assert answer.status in {403, 404, 409, 410}
        async with session.get("/api/v1/setup") as answer:
            assert (await answer.json())["is_needed"] is False


async def test_it_stops_by_itself_when_told_to(
    engine: Engine, machines: list[dict[str, Any]], connect: Connect
) -> None:
    async with engine.running() as process:
        api, ids = await connect(machines)
        await api.until(f"/printers/{ids['Ada']}", link="online")
        process.terminate()
        # The server ends with the signal it was sent, after everything was closed.
        assert await process.wait() == -signal.SIGTERM
    assert "Traceback" not in engine.log.read_text()


async def test_the_demo_starts_stops_and_continues(tmp_path: Path) -> None:
    farm_port = free_ports(100)
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "odin_engine", "demo"),
            *("--port", str(free_port()), "--dir", str(tmp_path / "demo")),
            *("--farm-port", str(farm_port)),
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdout=asyncio.subprocess.PIPE,
            stdin=asyncio.subprocess.DEVNULL,
        )
        assert process.stdout is not None
        shown = b""
        async with asyncio.timeout(60):
            while b"are registered" not in shown:
                line = await process.stdout.readline()
                assert line, shown.decode()
                shown += line
        assert b"Password" in shown
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            shown += await process.stdout.read()
            assert await process.wait() == 0
        assert b"Stopped." in shown
