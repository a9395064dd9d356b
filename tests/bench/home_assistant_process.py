"""How late a person's browser hears of a printer through a real Home Assistant.

Home Assistant, the engine with its printers, and the listener are processes of their
own; each printer changes once a second. Baseline: the same changes at the engine's own
socket, heard at the same time; for the processor, Home Assistant without our entry.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from script.home_assistant import HomeAssistant
from script.home_assistant_person import Person
from script.home_assistant_steps import add_engine, until_loaded
from tests.bench.farm import PASSWORD, USER, Farm, farm
from tests.bench.figures import Figure, Unit, percentile
from tests.bench.processes import share_of_core
from tests.e2e.processes import free_ports

PRINTERS = 50
_SECONDS = 15.0
_IDLE_S = 5.0
_SETTLE_S = 20.0
"""Home Assistant stores its registries ten seconds after thousands of entities came."""


def measure() -> list[Figure]:
    """Returns the delays on both ways, and what Home Assistant's process costs."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    async with farm(PRINTERS, "jobs") as running:
        with tempfile.TemporaryDirectory() as folder:
            home = HomeAssistant(Path(folder) / "home", free_ports(1))
            try:
                await asyncio.to_thread(home.start)
                owner = await asyncio.to_thread(home.enter, USER, PASSWORD)
                return await _compare(running, home, owner)
            finally:
                await asyncio.to_thread(home.stop)


async def _compare(running: Farm, home: HomeAssistant, owner: Person) -> list[Figure]:
    engine = f"http://127.0.0.1:{running.port}"
    await asyncio.sleep(_IDLE_S)
    (idle,) = await share_of_core([home.pid], _IDLE_S)
    with owner:
        entry_id = await asyncio.to_thread(add_engine, owner, engine, running.token)
        await asyncio.to_thread(until_loaded, owner, entry_id)
        known = await asyncio.to_thread(owner.command, "config/entity_registry/list")
    jobs = {e["entity_id"] for e in known if e["unique_id"].endswith("_job")}
    late_s: list[float] = []
    bare_s: list[float] = []
    async with aiohttp.ClientSession() as session:
        theirs = {"type": "subscribe", "topics": ["printers"], "profile": "entities"}
        listening = [
            asyncio.create_task(
                _listen(session, f"{engine}/api/v1/ws", running.token, theirs, bare_s)
            ),
            asyncio.create_task(
                _hear(session, home.base, owner.tokens["access_token"], jobs, late_s)
            ),
        ]
        await asyncio.sleep(_SETTLE_S)
        for each in (late_s, bare_s):
            each.clear()
        (busy,) = await share_of_core([home.pid], _SECONDS)
        for task in listening:
            task.cancel()
        await asyncio.wait(listening)
    said = f"{PRINTERS} printers at 1/s"
    return [
        *(
            Figure(
                f"{said}, job → browser, p{percent}",
                percentile(late_s, percent),
                bar,
                f"the engine's socket, p{percent}",
                percentile(bare_s, percent),
            )
            for percent, bar in ((50, ""), (95, "≤ 100 ms"))
        ),
        Figure(
            f"{said}, Home Assistant's process",
            busy,
            "",
            "without an engine",
            idle,
            Unit.CORES,
        ),
    ]


async def _listen(
    session: aiohttp.ClientSession,
    url: str,
    token: str,
    subscribe: dict[str, Any],
    late_s: list[float],
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with session.ws_connect(url, headers=headers, max_msg_size=0) as socket:
        await socket.send_json(subscribe)
        async for message in socket:
            now_ns = time.monotonic_ns()
            for change in orjson.loads(message.data).get("changed", {}).values():
                _note(change.get("job", {}).get("name", ""), now_ns, late_s)


async def _hear(
    session: aiohttp.ClientSession,
    base: str,
    token: str,
    jobs: set[str],
    late_s: list[float],
) -> None:
    async with session.ws_connect(f"{base}/api/websocket", max_msg_size=0) as socket:
        await socket.receive()
        await socket.send_json({"type": "auth", "access_token": token})
        await socket.receive()
        # As Home Assistant's pages do it.
        await socket.send_json({"id": 1, "type": "subscribe_entities"})
        async for message in socket:
            now_ns = time.monotonic_ns()
            heard = orjson.loads(message.data)
            for each in heard if isinstance(heard, list) else [heard]:
                changed = each.get("event", {}).get("c", {})
                for entity_id in jobs & changed.keys():
                    _note(changed[entity_id].get("+", {}).get("s", ""), now_ns, late_s)


def _note(said: str, now_ns: int, late_s: list[float]) -> None:
    if said.isdecimal():
        late_s.append((now_ns - int(said)) / 1e9)
