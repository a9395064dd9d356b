"""Hours of a farm that keeps losing its connections: does the engine grow?

Fifty simulated printers whose clocks run twenty times as fast; one of them loses its
link each second. Somebody watches as the panel does, somebody as Home Assistant does,
and somebody else comes, looks round and goes. `script/soak --hours 8` looks at the
engine each minute, writes a sheet, and ends with a verdict.
"""

import asyncio
import csv
import io
import os
import signal
import sys
import tempfile
import time
from asyncio.tools import get_all_awaited_by
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import astuple, dataclass, fields
from itertools import cycle
from pathlib import Path

import aiohttp
import click
import orjson

from tests.bench.figures import Figure, Unit, readable
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
from tests.bench.verdict import Trend, judge

PRINTERS = 50
MINUTES = 6.0
_FAST = 20
"""How fast the printers' clocks run: prints begin and end all the time."""
_ROW = {
    "model": "P1S",
    "clock_factor": _FAST,
    "job": {"name": "Part", "minutes": 9, "repeat_after_s": 20},
}
_LOOK_EVERY_S = 60.0
_FEWEST_LOOKS = 40
"""A short soak looks more often than each minute, or nothing could be said."""
_VISIT_S = 3.0
_TRIES = 3
_DAY_H = 24


@dataclass(frozen=True, slots=True)
class Look:
    """The engine at one moment; `None` where the system does not tell."""

    at_s: float
    memory: int
    files: int
    sockets: int
    threads: int
    tasks: int | None
    database: int


@dataclass(frozen=True, slots=True)
class _Quantity:
    """What is judged: how much of it comes and goes without meaning anything."""

    name: str
    unit: Unit
    slack: float
    slack_share: float


_QUANTITIES = (
    # What an allocator takes and gives back in the course of a minute.
    _Quantity("memory", Unit.BYTES, 4e6, 0.02),
    # A visit that is there at one look and not at the next: two sockets and their tasks.
    _Quantity("files", Unit.THINGS, 3, 0.02),
    _Quantity("sockets", Unit.THINGS, 3, 0.02),
    _Quantity("threads", Unit.THINGS, 2, 0.0),
    _Quantity("tasks", Unit.THINGS, 6, 0.02),
)


def measure(minutes: float = MINUTES) -> list[Figure]:
    """Returns how the engine grew in an hour, as the line through some minutes tells."""
    looks = asyncio.run(_soak(minutes * 60, PRINTERS, lambda _: None))
    return [
        _figure(quantity, pairs, minutes)
        for quantity in _QUANTITIES
        if (pairs := _pairs(looks, quantity.name))
    ]


def _figure(
    quantity: _Quantity, pairs: Sequence[tuple[float, float]], minutes: float
) -> Figure:
    verdict = judge(pairs, quantity.slack, quantity.slack_share)
    return Figure(
        f"{quantity.name} after {minutes:g} min, growth per hour",
        verdict.per_hour,
        f"≤ {readable(verdict.seen_per_hour, quantity.unit)}",
        "its level",
        verdict.level,
        quantity.unit,
    )


def told(looks: Sequence[Look]) -> tuple[str, bool]:
    """Returns the verdict for a person, and whether nothing grows."""
    lines, is_flat = [], True
    for quantity in _QUANTITIES:
        pairs = _pairs(looks, quantity.name)
        if not pairs:
            continue
        verdict = judge(pairs, quantity.slack, quantity.slack_share)
        is_flat = is_flat and verdict.trend is not Trend.GROWS
        level = readable(verdict.level, quantity.unit)
        slope = readable(verdict.per_hour, quantity.unit)
        seen = readable(verdict.seen_per_hour, quantity.unit)
        lines.append(
            f"{quantity.name:<9} {verdict.trend:<6} at {level}, {slope} an hour"
            f" (more than {seen} would have been noticed)"
        )
    database = judge(_pairs(looks, "database"), 0.0, 0.0)
    a_day = readable(database.per_hour * _DAY_H, Unit.BYTES)
    lines.append(f"{'database':<9} {a_day} a day, for as long as history is kept")
    return "\n".join(lines), is_flat


def table_of(looks: Sequence[Look]) -> str:
    """Returns the looks as a sheet."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(["minute", *(field.name for field in fields(Look)[1:])])
    for look in looks:
        at_s, *values = astuple(look)
        writer.writerow([round(at_s / 60, 2), *values])
    return sheet.getvalue()


def _pairs(looks: Sequence[Look], name: str) -> list[tuple[float, float]]:
    found = [(look.at_s, getattr(look, name)) for look in looks]
    return [(at_s, float(value)) for at_s, value in found if value is not None]


async def _soak(
    seconds: float, printers: int, report: Callable[[Sequence[Look]], None]
) -> list[Look]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        load = await stack.enter_async_context(simulated(folder, printers, _ROW))
        engine = await stack.enter_async_context(
            serving(folder / "engine", load.printers)
        )
        await until_online(engine, printers)
        works = (_drop(load), _panel(engine), _home_assistant(engine), _visits(engine))
        await stack.enter_async_context(_doing(*works))
        return await _look_on(engine, folder / "engine", seconds, report)


async def _look_on(
    engine: Engine,
    data_dir: Path,
    seconds: float,
    report: Callable[[Sequence[Look]], None],
) -> list[Look]:
    period_s = min(_LOOK_EVERY_S, seconds / _FEWEST_LOOKS)
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    # Whoever ends it early still wants to know.
    loop.add_signal_handler(signal.SIGINT, stop.set)
    looks: list[Look] = []
    began_s = time.monotonic()
    while not stop.is_set() and time.monotonic() < began_s + seconds:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), period_s)
        at_s = time.monotonic() - began_s
        looks.append(await asyncio.to_thread(_look, at_s, engine.pid, data_dir))
        report(looks)
    return looks


def _look(at_s: float, pid: int, data_dir: Path) -> Look:
    return Look(
        at_s=at_s,
        memory=memory(pid),
        files=open_files(pid),
        sockets=_sockets(pid),
        threads=threads(pid),
        tasks=_tasks(pid),
        database=sum(file.stat().st_size for file in data_dir.glob("odin.db*")),
    )


def _sockets(pid: int) -> int:
    count = 0
    for link in Path(f"/proc/{pid}/fd").iterdir():
        # One that was closed meanwhile is none.
        with suppress(OSError):
            count += str(link.readlink()).startswith("socket:")
    return count


def _tasks(pid: int) -> int | None:
    """Counts another process's tasks, where the system lets us look into it."""
    for _ in range(_TRIES):
        # What changes while it is read cannot be read; mostly the next try can.
        with suppress(OSError, RuntimeError):
            return sum(len(thread.awaited_by) for thread in get_all_awaited_by(pid))
    return None


@asynccontextmanager
async def _doing(*works: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Does work beside the block; work that ended before did so because it failed."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
        for task in tasks:
            if task.done():
                await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _drop(load: Load) -> None:
    async with aiohttp.ClientSession() as client:
        for printer in cycle(load.printers):
            url = f"{load.control}/printers/{printer['serial']}/misbehaviours"
            async with client.post(url, json={"name": "drop_link"}) as answer:
                assert answer.status == 200, await answer.text()
            await asyncio.sleep(1)


async def _panel(engine: Engine) -> None:
    """Watches the floor, and opens one printer after the other."""
    async with (
        aiohttp.ClientSession(headers=engine.headers) as session,
        session.ws_connect(engine.socket, max_msg_size=0) as client,
    ):
        await client.send_json({"type": "subscribe", "topics": ["printers", "tasks"]})
        async with _doing(_open_pages(engine, session)):
            async for _ in client:
                continue


async def _open_pages(engine: Engine, session: aiohttp.ClientSession) -> None:
    url = f"http://127.0.0.1:{engine.port}/api/v1/printers"
    async with session.get(url) as answer:
        ids = [each["id"] for each in orjson.loads(await answer.read())["items"]]
    for printer_id in cycle(ids):
        for page in ("", "/job/details", "/prints", "/telemetry", "/faults"):
            async with session.get(f"{url}/{printer_id}{page}") as answer:
                await answer.read()
        await asyncio.sleep(_VISIT_S)


async def _home_assistant(engine: Engine) -> None:
    """Follows every printer as the integration does."""
    topics = {"type": "subscribe", "topics": ["printers"], "profile": "entities"}
    async with (
        aiohttp.ClientSession(headers=engine.headers) as session,
        session.ws_connect(engine.socket, max_msg_size=0, heartbeat=30) as client,
    ):
        await client.send_json(topics)
        async for _ in client:
            continue


async def _visits(engine: Engine) -> None:
    """Comes, looks and goes, with new connections each time."""
    url = f"http://127.0.0.1:{engine.port}/api/v1/printers"
    while True:
        async with (
            aiohttp.ClientSession(headers=engine.headers) as session,
            session.get(url) as answer,
        ):
            await answer.read()
            async with session.ws_connect(engine.socket, max_msg_size=0) as client:
                await client.send_json({"type": "subscribe", "topics": ["printers"]})
                await asyncio.sleep(_VISIT_S)


@click.command()
@click.option("--hours", type=click.FloatRange(0, min_open=True), help="How long.")
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="How long.")
@click.option("--printers", type=click.IntRange(1), default=PRINTERS, show_default=True)
@click.option(
    "--csv",
    "sheet",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(".cache/soak.csv"),
    show_default=True,
    help="Where the looks are written.",
)
def main(
    hours: float | None, minutes: float | None, printers: int, sheet: Path
) -> None:
    """Soaks the engine and says whether it grows; exit code 1 when it does."""
    total_min = (hours or 0) * 60 + (minutes or 0) or MINUTES
    sheet.parent.mkdir(parents=True, exist_ok=True)
    click.echo(f"{total_min:g} minutes with {printers} printers; Ctrl-C judges early")

    def report(looks: Sequence[Look]) -> None:
        fresh = sheet.with_name(f"{sheet.name}.new")
        fresh.write_text(table_of(looks), encoding="utf-8")
        fresh.replace(sheet)
        if os.isatty(sys.stdout.fileno()):
            last = looks[-1]
            size = readable(last.memory, Unit.BYTES)
            click.echo(f"\r{last.at_s / 60:7.1f} min  {size}  ", nl=False)

    looks = asyncio.run(_soak(total_min * 60, printers, report))
    text, is_flat = told(looks)
    click.echo(f"\n{text}\n{len(looks)} looks in {sheet}")
    sys.exit(0 if is_flat else 1)


if __name__ == "__main__":
    main()
