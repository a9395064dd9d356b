"""What a farm of all families costs the real engine, from ten machines to a thousand.

The machines are simulated in a second process, each family by its own protocol and in
equal shares, all of them printing: those that report by themselves do so as often as
real ones, the others are asked as often as the engine asks. That comes to about one
report a second and machine. A report is what somebody at the socket hears of a machine.
`python -m tests.bench.mixed_farm 10 100` measures these sizes alone.
"""

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from tests.bench.figures import Figure, Unit, table
from tests.bench.processes import (
    Engine,
    memory,
    serving,
    share_of_core,
    simulated,
    stop_s,
    until_online,
)

COUNTS = (10, 100, 500, 1000)
_JOB = {"minutes": 9000, "layers": 900, "at_percent": 20}
_KINDS: tuple[dict[str, Any], ...] = (
    {"model": "P1S", "beacon_s": 1},
    {"family": "moonraker", "job": _JOB | {"name": "part.gcode"}},
    {"family": "prusalink", "model": "MK4", "job": _JOB | {"name": "part.gcode"}},
    {
        "family": "elegoo",
        "variant": "centauri-carbon",
        "options": {"is_found": False},
        "job": _JOB | {"name": "part.gcode"},
    },
    {"family": "octoprint", "job": _JOB | {"name": "part.gcode"}},
    {
        "family": "marlin",
        "options": {"report_every_s": 1},
        "job": _JOB | {"name": "part.gco"},
    },
)
_SETTLE_S = 5.0
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Cost:
    """What a farm of one size takes; `reports_s` is how many of them a second."""

    share: float
    bytes: int
    reports_s: float


def measure(counts: tuple[int, ...] = COUNTS) -> list[Figure]:
    """Returns what farms of these sizes cost, and how that grows with the size."""
    costs: dict[int, _Cost] = {}
    figures: list[Figure] = []
    for count in counts:
        cost, told = asyncio.run(_measure(count))
        costs[count] = cost
        figures += told
    first, *others = counts
    for count in others:
        for fewer in (each for each in counts if each < count and each <= 100):
            figures += _compared(count, costs[count], fewer, costs[fewer])
    if others:
        figures.append(_per_machine(first, costs[first], others[-1], costs[others[-1]]))
    return figures


async def _measure(count: int) -> tuple[_Cost, list[Figure]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with (
            simulated(folder, count, *_KINDS) as load,
            serving(folder / "engine", load.printers) as engine,
        ):
            began_s = time.monotonic()
            await until_online(engine, count)
            online_s = time.monotonic() - began_s
            await asyncio.sleep(_SETTLE_S + count / 50)
            alone, itself = await share_of_core((engine.pid, load.pid), _SECONDS)
            taken = memory(engine.pid)
            heard: list[int] = []
            listening = asyncio.create_task(_listen(engine, heard))
            await asyncio.sleep(_SETTLE_S)
            heard.clear()
            (watched,) = await share_of_core((engine.pid,), _SECONDS)
            reports_s = len(heard) / _SECONDS
            listening.cancel()
            await asyncio.wait({listening})
            said = f"{count} machines"
            cost = _Cost(alone, taken, reports_s)
            return cost, [
                Figure(f"{said}, processor", alone, "", unit=Unit.CORES),
                Figure(f"{said}, per report", _per_report(cost), "flat"),
                Figure(f"{said}, reports a second", reports_s, "", unit=Unit.THINGS),
                Figure(f"{said}, memory", taken, "", unit=Unit.BYTES),
                Figure(f"{said}, watched", watched, "", unit=Unit.CORES),
                Figure(f"{said}, the load itself", itself, "", unit=Unit.CORES),
                Figure(f"{said}, healthy", engine.healthy_s, "≤ 1.5 s"),
                Figure(f"{said}, all heard", online_s, ""),
                Figure(f"{said}, stop", await stop_s(engine), "≤ 2 s"),
            ]


def _per_report(cost: _Cost) -> float:
    return cost.share / max(cost.reports_s, 1e-9)


def _compared(count: int, cost: _Cost, fewer: int, less: _Cost) -> list[Figure]:
    return [
        Figure(
            f"per report, {count} machines",
            _per_report(cost),
            "≤ 1.2 x",
            f"{fewer} machines",
            _per_report(less),
        )
    ]


def _per_machine(few: int, less: _Cost, many: int, more: _Cost) -> Figure:
    each = (more.bytes - less.bytes) / (many - few)
    return Figure("memory, each machine more", each, "≤ 0.3 MB", unit=Unit.BYTES)


async def _listen(engine: Engine, heard: list[int]) -> None:
    """Notes each report that is told at the socket, by its size."""
    async with (
        aiohttp.ClientSession(headers=engine.headers) as session,
        session.ws_connect(engine.socket, max_msg_size=0) as client,
    ):
        await client.send_json({"type": "subscribe", "topics": ["printers"]})
        async for message in client:
            content = orjson.loads(message.data)
            if content["type"] == "patch":
                heard += [len(each) for each in content["changed"].values()]


if __name__ == "__main__":
    print(table(measure(tuple(map(int, sys.argv[1:])) or COUNTS)))  # noqa: T201 - asked for
