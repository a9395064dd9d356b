"""Minutes of a farm that keeps losing its connections: does the engine grow?

Fifty simulated printers, one of which loses its link each second; somebody watches, and
somebody else comes, looks and goes. `--minutes` says for how long:
`python -m tests.bench.soak --minutes 60`. Baseline: the middle third of the time.
"""

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import aiohttp
import click

from tests.bench.figures import Figure, Unit, table
from tests.bench.processes import (
    Engine,
    Load,
    memory,
    open_files,
    serving,
    simulated,
    threads,
    until_online,
)

PRINTERS = 50
MINUTES = 6.0
_ROW = {"model": "P1S", "job": {"name": "Part", "minutes": 9, "repeat_after_s": 20}}
_FAST = 20
"""How fast the printers' clocks run: prints begin and end all the time."""
_LOOK_EVERY_S = 2.0
_VISIT_S = 3.0


@dataclass(frozen=True, slots=True)
class _Look:
    """The engine at one moment."""

    memory: int
    files: int
    threads: int


def measure(minutes: float = MINUTES) -> list[Figure]:
    """Returns the engine's size in the last third of the time, beside the middle third."""
    looks = asyncio.run(_soak(minutes * 60))
    third = len(looks) // 3
    middle, last = looks[third:-third], looks[-third:]
    return [
        Figure(
            f"most {what} in the last third of {minutes:g} min",
            max(getattr(look, what) for look in last),
            "flat",
            "in the middle third",
            max(getattr(look, what) for look in middle),
            unit,
        )
        for what, unit in (
            ("memory", Unit.BYTES),
            ("files", Unit.THINGS),
            ("threads", Unit.THINGS),
        )
    ]


async def _soak(seconds: float) -> list[_Look]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        row = _ROW | {"clock_factor": _FAST}
        load = await stack.enter_async_context(simulated(folder, PRINTERS, row))
        engine = await stack.enter_async_context(
            serving(folder / "engine", load.printers)
        )
        await until_online(engine, PRINTERS)
        works = [
            asyncio.create_task(work)
            for work in (_drop(load), _watch(engine), _visit(engine))
        ]
        looks = await _look(engine, seconds)
        for work in works:
            # One that ended before the time did so because it failed.
            if work.done():
                await work
            work.cancel()
        await asyncio.wait(works)
        return looks


async def _look(engine: Engine, seconds: float) -> list[_Look]:
    looks, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(_LOOK_EVERY_S)
        pid = engine.pid
        looks.append(_Look(memory(pid), open_files(pid), threads(pid)))
    return looks


async def _drop(load: Load) -> None:
    async with aiohttp.ClientSession() as client:
        for printer in cycle(load.printers):
            url = f"{load.control}/printers/{printer['serial']}/misbehaviours"
            async with client.post(url, json={"name": "drop_link"}) as answer:
                assert answer.status == 200, await answer.text()
            await asyncio.sleep(1)


async def _watch(engine: Engine) -> None:
    async with (
        aiohttp.ClientSession(headers=engine.headers) as session,
        session.ws_connect(engine.socket, max_msg_size=0) as client,
    ):
        await client.send_json({"type": "subscribe", "topics": ["printers"]})
        async for _ in client:
            continue


async def _visit(engine: Engine) -> None:
    url = f"http://127.0.0.1:{engine.port}/api/v1/printers"
    async with aiohttp.ClientSession(headers=engine.headers) as session:
        while True:
            async with session.get(url) as answer:
                await answer.read()
            async with session.ws_connect(engine.socket, max_msg_size=0) as client:
                await client.send_json({"type": "subscribe", "topics": ["printers"]})
                await asyncio.sleep(_VISIT_S)


@click.command()
@click.option("--minutes", default=MINUTES, show_default=True)
def main(minutes: float) -> None:
    """Soaks the engine and prints how it grew."""
    click.echo(table(measure(minutes)))


if __name__ == "__main__":
    main()
