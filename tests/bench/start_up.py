"""How long the engine takes to answer after `odin serve`, and to stop after SIGTERM.

Its database holds 100 printers at an address where nobody answers. Baseline: a process
that only imports the web and database stack.
"""

import asyncio
import logging
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.farm import printers_of, registration, whole_engine
from tests.bench.figures import Figure
from tests.bench.processes import until_healthy

PRINTERS = 100
_ROUNDS = 3
_STACK = "import fastapi, uvicorn, uvloop, orjson, sqlalchemy.ext.asyncio, aiosqlite"


def measure() -> list[Figure]:
    """Returns the fastest of a few starts, and the slowest of their stops."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Figure]:
    await _prepare(folder)
    bare_s = min([await _import_s() for _ in range(_ROUNDS)])
    rounds = [await _serve_s(folder) for _ in range(_ROUNDS)]
    baseline = "imports of the stack alone"
    healthy_s, stop_s = min(h for h, _ in rounds), max(s for _, s in rounds)
    return [
        Figure(
            f"healthy with {PRINTERS} printers", healthy_s, "≤ 1.5 s", baseline, bare_s
        ),
        Figure("stop after SIGTERM", stop_s, "≤ 2 s", baseline, bare_s),
    ]


async def _prepare(folder: Path) -> None:
    # That none of them answers is the point.
    logging.getLogger("odin_engine").setLevel(logging.ERROR)
    async with whole_engine(folder) as app:
        printers = printers_of(app)
        for number in range(PRINTERS):
            await printers.registry.add(registration(number))
        # Enabled last, so that none of them is being connected to meanwhile.
        for printer_id in printers.views():
            await printers.registry.edit(printer_id, {"is_enabled": True})


async def _import_s() -> float:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _STACK)
    await process.wait()
    return time.perf_counter() - began


async def _serve_s(folder: Path) -> tuple[float, float]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "odin_engine",
        "serve",
        "--port",
        str(port),
        env=os.environ | {"ODIN_DATA_DIR": str(folder), "ODIN_ALLOW_LOOPBACK": "true"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await until_healthy(port, process)
    healthy_s = time.perf_counter() - began
    began = time.perf_counter()
    process.send_signal(signal.SIGTERM)
    await process.wait()
    return healthy_s, time.perf_counter() - began
