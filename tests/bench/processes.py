"""The real things, each a process of its own: the engine, printers, and what they cost.

Reads Linux's /proc; there is no other way to see a process's threads to the nanosecond.
"""

import asyncio
import json
import os
import random
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from odin_engine.identity.model import Permission, Role
from odin_engine.identity.service import NewToken, NewUser
from odin_engine.simulator.kinds import BAMBU, find
from tests.bench.farm import identity_of, printers_of, whole_engine

_PATIENCE_S = 180.0
"""A thousand machines make their certificates one after the other."""
_LOOK_EVERY_S = 0.02
_BAMBU_PORTS = ("mqtt", "ftps", "camera", "detect")
_MAY = frozenset(
    {
        Permission.READ_PRINTERS,
        Permission.CONTROL_PRINTERS,
        Permission.READ_TASKS,
    }
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A running `odin serve`."""

    process: asyncio.subprocess.Process
    port: int
    token: str
    healthy_s: float

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid

    @property
    def headers(self) -> dict[str, str]:
        """What opens it."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def socket(self) -> str:
        """Where changes are told."""
        return f"http://127.0.0.1:{self.port}/api/v1/ws"


@dataclass(frozen=True, slots=True)
class Load:
    """A running `odin simulate`."""

    pid: int
    printers: list[dict[str, Any]]
    control: str


def cpu_s(pid: int) -> float:
    """Returns the processor time that all threads of a process have used."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(each.read_text().split()[0]) for each in tasks) / 1e9


def memory(pid: int, of: str = "VmRSS") -> int:
    """Returns the bytes a process holds in memory; `VmHWM` is the most it ever did."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == of:
            return int(value.split()[0]) * 1024
    raise LookupError(of)


async def stop_s(engine: Engine) -> float:
    """Stops an engine; returns how long that took."""
    began = time.perf_counter()
    engine.process.terminate()
    await engine.process.wait()
    return time.perf_counter() - began


def open_files(pid: int) -> int:
    """Returns how many file descriptors a process has."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def threads(pid: int) -> int:
    """Returns how many threads a process has."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


async def share_of_core(pids: Sequence[int], seconds: float) -> list[float]:
    """Returns which share of one core each process uses during that time."""
    began, before = time.monotonic(), [cpu_s(pid) for pid in pids]
    await asyncio.sleep(seconds)
    passed = time.monotonic() - began
    return [(cpu_s(pid) - b) / passed for pid, b in zip(pids, before, strict=True)]


@asynccontextmanager
async def running(
    *arguments: str, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs a Python module; ends it with SIGTERM."""
    with tempfile.TemporaryFile() as complaints:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *arguments,
            env=os.environ | environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=complaints,
            stderr=complaints,
        )
        try:
            yield process
            if (process.returncode or 0) > 0:
                complaints.seek(0)
                raise RuntimeError(complaints.read().decode())
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


@asynccontextmanager
async def simulated(
    folder: Path, count: int, *entries: dict[str, Any]
) -> AsyncIterator[Load]:
    """Runs so many printers on free ports, shared equally among these entries."""
    plan = folder / "farm.yaml"
    share, left = divmod(count, len(entries))
    rows = [
        {"count": share + (place < left), "ports": _free_ports(entry)} | entry
        for place, entry in enumerate(entries)
    ]
    # JSON is YAML.
    plan.write_text(json.dumps({"printers": rows}))
    # Not of the ports that the system gives the printers.
    control = random.randrange(20_000, 30_000)  # noqa: S311 - no secret
    addresses = folder / "addresses.json"
    async with running(
        *("odin_engine", "simulate", str(plan), "--addresses", str(addresses)),
        *("--state-dir", str(folder / "simulator"), "--control-port", str(control)),
    ) as process:
        async with asyncio.timeout(_PATIENCE_S):
            while not addresses.exists() and process.returncode is None:  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(_LOOK_EVERY_S)
        printers = orjson.loads(addresses.read_bytes())
        yield Load(process.pid, printers, f"http://127.0.0.1:{control}")


def _free_ports(entry: dict[str, Any]) -> dict[str, int]:
    family = entry.get("family", BAMBU)
    names = find(family).ports if family != BAMBU else _BAMBU_PORTS
    return dict.fromkeys(names, 0)


@asynccontextmanager
async def serving(
    folder: Path, printers: list[dict[str, Any]]
) -> AsyncIterator[Engine]:
    """Runs an engine that has these printers, as `addresses.json` lists them."""
    token = await _prepare(folder, printers)
    port = free_port()
    began = time.perf_counter()
    async with running(
        *("odin_engine", "serve", "--port", str(port)),
        ODIN_DATA_DIR=str(folder),
        ODIN_ALLOW_LOOPBACK="true",
    ) as process:
        await until_healthy(port, process)
        yield Engine(process, port, token, time.perf_counter() - began)


async def _prepare(folder: Path, printers: list[dict[str, Any]]) -> str:
    async with whole_engine(folder) as app:
        identity = identity_of(app)
        user = await identity.users.create(NewUser("bench", Role.ADMIN, None))
        issued = await identity.tokens.issue(user.id, NewToken("bench", _MAY))
        registry = printers_of(app).registry
        ids = [(await registry.add(_registration(each))).id for each in printers]
        # Enabled last, so that none of them is being connected to meanwhile.
        for printer_id in ids:
            await registry.edit(printer_id, {"is_enabled": True})
    return issued.secret


def _registration(address: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": address["name"],
        "family": address["family"],
        "host": address["host"],
        "ports": address["ports"],
        "serial": address["serial"],
        "secret": address["secret"],
        "options": address.get("options", {}),
        "is_enabled": False,
    }


async def until_healthy(port: int, process: asyncio.subprocess.Process) -> None:
    """Waits until an engine answers.

    Raises:
        RuntimeError: it ended instead.
    """
    async with asyncio.timeout(_PATIENCE_S):
        while process.returncode is None:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.005)
                continue
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b" 200 " in await reader.readline()
            writer.close()
            return
    raise RuntimeError(f"the engine ended with {process.returncode}")


async def until_online(engine: Engine, count: int) -> None:
    """Waits until so many printers are heard."""
    async with (
        asyncio.timeout(_PATIENCE_S),
        aiohttp.ClientSession(headers=engine.headers) as client,
    ):
        while await _online(client, engine.port) < count:  # noqa: ASYNC110 - a process
            await asyncio.sleep(0.5)


async def _online(client: aiohttp.ClientSession, port: int) -> int:
    """Returns how many printers are heard, a page at a time."""
    found, cursor = 0, ""
    while True:
        url = f"http://127.0.0.1:{port}/api/v1/printers?limit=200{cursor}"
        async with client.get(url) as answer:
            page = orjson.loads(await answer.read())
        found += [each["link"] for each in page["items"]].count("online")
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def free_port() -> int:
    """Returns a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
