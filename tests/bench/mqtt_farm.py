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
    """What one process takes."""

    share: float
    bytes: int


def measure(counts: tuple[int, ...] = COUNTS) -> list[Figure]:
    """Returns what farms of these sizes cost."""
    return [figure for count in counts for figure in asyncio.run(_measure(count))]


async def _measure(count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        addresses = str(folder / "addresses.json")
        async with (
            simulated(folder, count, _MODEL) as load,
            serving(folder / "engine", load.printers) as engine,
        ):
            await until_online(engine, count)
            # Both at once, so that whatever else the computer does hits both.
            async with running("tests.bench.bare_mqtt", addresses) as clients:
                # Connecting takes a little longer the more there are.
                await asyncio.sleep(_SETTLE_S + count / 50)
                bare, alone = await _costs(clients.pid, engine.pid)
            waits_s: list[float] = []
            listening = asyncio.create_task(_listen(engine, waits_s))
            await asyncio.sleep(1)
            watched, itself = await _costs(engine.pid, load.pid)
            listening.cancel()
            await asyncio.wait({listening})
            said = f"{count} printers"
            return [
                *_costs_compared(count, alone, bare),
                Figure(f"{said}, watched", watched.share, "", unit=Unit.CORES),
                Figure(f"{said}, the load itself", itself.share, "", unit=Unit.CORES),
                Figure(f"{said}, to a client, p50", percentile(waits_s, 50), "≤ 1 ms"),
                Figure(f"{said}, to a client, p99", percentile(waits_s, 99), "≤ 50 ms"),
                Figure(
                    f"{said}, healthy",
                    engine.healthy_s,
                    "≤ 1.5 s" if count == 100 else "",
                ),
                Figure(f"{said}, stop", await stop_s(engine), "≤ 2 s"),
            ]


def _costs_compared(count: int, ours: _Cost, bare: _Cost) -> list[Figure]:
    said = f"{count} printers"
    return [
        Figure(
            f"{said}, processor",
            ours.share,
            {100: "≤ 1.5 x", 500: "≤ 25 %"}.get(count, ""),
            "bare clients",
            bare.share,
            Unit.CORES,
        ),
        Figure(
            f"{said}, per report",
            ours.share / count,
            "flat",
            "bare clients",
            bare.share / count,
        ),
        Figure(
            f"{said}, memory",
            ours.bytes,
            "≤ 120 MB" if count == 100 else "",
            "bare clients",
            bare.bytes,
            Unit.BYTES,
        ),
    ]


async def _costs(*pids: int) -> list[_Cost]:
    shares = await share_of_core(pids, _SECONDS)
    return [_Cost(share, memory(pid)) for pid, share in zip(pids, shares, strict=True)]


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
