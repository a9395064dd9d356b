"""What printers cost the real engine: processor, memory, and time to the listener.

The printers are simulated in a second process, over TLS, one small report a second each;
the listener at the socket is a third. Baseline: a process with as many aiomqtt clients
that parse the same reports and do nothing with them.
"""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import orjson

from tests.bench.figures import Figure, Unit, percentile
from tests.bench.processes import (
    Engine,
    Load,
    memory,
    running,
    serving,
    share_of_core,
    simulated,
    stop_s,
    until_online,
)

COUNTS = (10, 100)
_MODEL = {"model": "P1S", "beacon_s": 1}
_WRAPS_S = 100.0
"""The bed temperature of a beacon is the monotonic clock modulo this (`Wire.beacon`)."""
_CALM_AFTER_S = 0.5
"""What comes right behind the first snapshot, 3 MB for 500 printers, waits for it."""
_SETTLE_S = 3.0
_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class _Cost:
    """One process with so many printers, and the load beside it."""

    share: float
    load_share: float
    bytes: int


def measure(counts: tuple[int, ...] = COUNTS) -> list[Figure]:
    """Returns what farms of these sizes cost."""
    return [figure for count in counts for figure in asyncio.run(_measure(count))]


async def _measure(count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with simulated(folder, count, _MODEL) as load:
            bare = await _bare(folder, load)
            async with serving(folder / "engine", load.printers) as engine:
                await until_online(engine, count)
                await asyncio.sleep(_SETTLE_S)
                alone = await _cost(engine.pid, load)
                waits_s, watched = await _watched(engine, load)
                times = [
                    Figure(f"{count} printers, healthy", engine.healthy_s, "≤ 1.5 s"),
                    Figure(f"{count} printers, stop", await stop_s(engine), "≤ 2 s"),
                ]
    return _figures(count, bare, alone, watched, waits_s) + times


def _figures(
    count: int, bare: _Cost, alone: _Cost, watched: _Cost, waits_s: list[float]
) -> list[Figure]:
    said = f"{count} printers"
    return [
        Figure(
            f"{said}, processor",
            alone.share,
            {100: "≤ 1.5 x", 500: "≤ 25 %"}.get(count, ""),
            "bare clients",
            bare.share,
            Unit.CORES,
        ),
        Figure(
            f"{said}, per report",
            alone.share / count,
            "flat",
            "bare clients",
            bare.share / count,
        ),
        Figure(f"{said}, watched by one client", watched.share, "", unit=Unit.CORES),
        Figure(
            f"{said}, memory",
            alone.bytes,
            "≤ 120 MB" if count == 100 else "",
            "bare clients",
            bare.bytes,
            Unit.BYTES,
        ),
        *(
            Figure(
                f"{said}, printer → client, p{percent}",
                percentile(waits_s, percent),
                bar,
            )
            for percent, bar in ((50, "≤ 1 ms"), (99, "≤ 50 ms"))
        ),
        Figure(f"{said}, the load itself", alone.load_share, "", unit=Unit.CORES),
    ]


async def _bare(folder: Path, load: Load) -> _Cost:
    addresses = str(folder / "addresses.json")
    async with running("tests.bench.bare_mqtt", addresses) as process:
        # Connecting takes a little longer the more there are.
        await asyncio.sleep(_SETTLE_S + len(load.printers) / 50)
        return await _cost(process.pid, load)


async def _cost(pid: int, load: Load) -> _Cost:
    share, load_share = await share_of_core([pid, load.pid], _SECONDS)
    return _Cost(share, load_share, memory(pid))


async def _watched(engine: Engine, load: Load) -> tuple[list[float], _Cost]:
    waits_s: list[float] = []
    listening = asyncio.create_task(_listen(engine, waits_s))
    await asyncio.sleep(1)
    cost = await _cost(engine.pid, load)
    listening.cancel()
    await asyncio.wait({listening})
    return waits_s, cost


async def _listen(engine: Engine, waits_s: list[float]) -> None:
    async with (
        aiohttp.ClientSession(headers=engine.headers) as session,
        session.ws_connect(engine.socket, max_msg_size=0) as client,
    ):
        calm_s = 0.0
        await client.send_json({"type": "subscribe", "topics": ["printers"]})
        async for message in client:
            heard_s = time.monotonic()
            content = orjson.loads(message.data)
            if content["type"] == "snapshot":
                calm_s = heard_s + _CALM_AFTER_S
            elif content["type"] == "patch" and heard_s > calm_s:
                waits_s += [
                    (heard_s - change["temperatures"]["bed"]["current_c"]) % _WRAPS_S
                    for change in content["changed"].values()
                    if "temperatures" in change
                ]
