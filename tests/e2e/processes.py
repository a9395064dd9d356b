"""Real processes for the end-to-end tests: the engine and a simulated farm."""

import asyncio
import contextlib
import json
import os
import random
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

from tests.patience import PATIENCE_S


def free_port() -> int:
    """Returns a port that was free a moment ago."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """Returns the first of so many ports in a row that were free a moment ago.

    None of those that the system gives to connections going out.
    """
    while True:
        first = random.randrange(22000, 32000 - count)  # noqa: S311 - no secret
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for port in range(first, first + count):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            return first


@contextlib.asynccontextmanager
async def odin(
    *arguments: str, data_dir: Path, log: Path, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs an `odin` command; ends it with SIGTERM and takes no longer than 10 s."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "odin_engine",
            *arguments,
            env=os.environ
            | {"ODIN_DATA_DIR": str(data_dir), "ODIN_ALLOW_LOOPBACK": "true"}
            | environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            async with asyncio.timeout(PATIENCE_S):
                await process.wait()


async def run(
    *arguments: str, data_dir: Path, stdin: str = "", **environment: str
) -> str:
    """Runs an `odin` command to its end; returns what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "odin_engine",
        *arguments,
        env=os.environ
        | {"ODIN_DATA_DIR": str(data_dir), "ODIN_ALLOW_LOOPBACK": "true"}
        | environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate(stdin.encode())
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def until_healthy(base: str, process: asyncio.subprocess.Process) -> None:
    """Waits until the engine answers."""
    async with asyncio.timeout(PATIENCE_S), aiohttp.ClientSession(base) as session:
        while True:
            assert process.returncode is None, "the engine stopped"
            with contextlib.suppress(aiohttp.ClientConnectionError):
                async with session.get("/healthz") as answer:
                    if answer.ok:
                        return
            await asyncio.sleep(0.05)


async def read_json(path: Path) -> list[dict[str, Any]]:
    """Waits for a file and returns the objects it lists."""
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(path.exists):  # noqa: ASYNC110 - a process
            await asyncio.sleep(0.05)
    found: list[dict[str, Any]] = json.loads(await asyncio.to_thread(path.read_text))
    return found
