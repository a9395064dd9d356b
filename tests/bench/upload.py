"""A file of 500 MB through the real engine: taken in, then sent on to a printer.

Both ways are over loopback, the printer (simulated, FTPS) is a process of its own, and
so is the client, whose content is made up as it goes. Baseline: writing as much to disk.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from tests.bench.figures import Figure, Unit, percentile
from tests.bench.processes import (
    Engine,
    memory,
    serving,
    simulated,
    until_online,
)

SIZE = 500_000_000
_CHUNK = os.urandom(1 << 18)
_LOOK_EVERY_S = 0.2


def measure() -> list[Figure]:
    """Returns how long it takes, what it does to memory, and whether others wait."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare_s = _write(folder / "bare")
        async with (
            simulated(folder, 1, {"model": "P1S"}) as load,
            serving(folder / "engine", load.printers) as engine,
        ):
            await until_online(engine, 1)
            url = f"http://127.0.0.1:{engine.port}/api/v1"
            waits_s: list[float] = []
            asking = asyncio.create_task(_ask(engine, waits_s))
            async with aiohttp.ClientSession(headers=engine.headers) as client:
                # The first file brings in what the first file needs.
                await _send(client, url, 10_000_000)
                before = memory(engine.pid)
                taken_s, sent_s = await _send(client, url, SIZE)
            asking.cancel()
            await asyncio.wait({asking})
            peak = memory(engine.pid, "VmHWM")
    written = "writing as much to disk"
    return [
        Figure("500 MB from a client to disk", taken_s, "", written, bare_s),
        Figure("500 MB from disk to a printer", sent_s, "", written, bare_s),
        Figure("peak memory", peak, "flat", "memory before", before, Unit.BYTES),
        Figure("others wait meanwhile, p50", percentile(waits_s, 50), ""),
        Figure("others wait meanwhile, p99", percentile(waits_s, 99), ""),
    ]


async def _send(
    client: aiohttp.ClientSession, url: str, size: int
) -> tuple[float, float]:
    """Returns the seconds to the engine's disk, and from there to the printer."""
    async with client.get(f"{url}/printers") as answer:
        printer_id = (await _json(answer))["items"][0]["id"]
    began = time.perf_counter()
    to = f"{url}/printers/{printer_id}/files/bench.gcode.3mf"
    async with client.put(to, data=_content(size)) as answer:
        assert answer.status == 202, await answer.text()
        task = await _json(answer)
    taken_s = time.perf_counter() - began
    began = time.perf_counter()
    while task["state"] in {"queued", "running"}:
        await asyncio.sleep(_LOOK_EVERY_S)
        async with client.get(f"{url}/tasks/{task['id']}") as answer:
            task = await _json(answer)
    assert task["state"] == "done", task
    return taken_s, time.perf_counter() - began


async def _content(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // len(_CHUNK)):
        yield _CHUNK
    yield _CHUNK[: size % len(_CHUNK)]


async def _ask(engine: Engine, waits_s: list[float]) -> None:
    """Asks ten times a second for something small."""
    async with aiohttp.ClientSession() as client:
        while True:
            began = time.perf_counter()
            async with client.get(f"http://127.0.0.1:{engine.port}/healthz") as answer:
                await answer.read()
            waits_s.append(time.perf_counter() - began)
            await asyncio.sleep(0.1)


async def _json(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    content: dict[str, Any] = orjson.loads(await answer.read())
    return content


def _write(path: Path) -> float:
    began = time.perf_counter()
    with path.open("wb") as file:
        for _ in range(SIZE // len(_CHUNK)):
            file.write(_CHUNK)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        path.unlink()
    return time.perf_counter() - began
