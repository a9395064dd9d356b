"""A farm that writes its diary, the engine that hears it, and the cables between them."""

import asyncio
import random
import signal
import time
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aiohttp

from tests.e2e.cable import Cable
from tests.e2e.conftest import Api, Engine
from tests.e2e.killable import Killable, News
from tests.e2e.processes import free_port, free_ports, read_json, until_healthy
from tests.e2e.remembered import check_log, judge, read_memory
from tests.e2e.truth import Span, Witnessed, read_diary, without

PATIENCE_S = 60.0
"""Two hours at the machines: by then everything has recovered by itself."""
_FACTOR = 120
_STORED_AFTER_S = 5.0
"""What waits for a database is tried every two seconds; a busy computer takes longer."""
_FARM = f"""
clock_factor: {_FACTOR}
printers:
  - {{name: Ada, model: X1C}}
  - {{name: Brunel, model: P1S}}
  - {{name: Curie, model: A1 mini}}
  - {{name: Durer, model: P1S}}
  - {{name: Eiffel, model: A1}}
  - {{name: Franklin, model: P1P}}
"""
_PORTS = 30


class Scene:
    """Both processes, and what is around them."""

    def __init__(
        self,
        folder: Path,
        engine: Killable,
        farm: Killable,
        api: Api,
        base: str,
        url: str,
    ) -> None:
        self.folder, self.engine, self.farm = folder, engine, farm
        self.api, self._base, self._url = api, base, url
        self.cables: dict[str, Cable] = {}
        self._outages: list[Span] = []
        self._news = News(api)
        self._listening = asyncio.create_task(self._news.listen())

    async def well(self) -> float:
        """Waits until all machines are heard; returns the farm's minutes that took."""
        began_s = time.monotonic()
        assert self.engine.process is not None
        await until_healthy(self._base, self.engine.process)
        await self._until(lambda printer: printer["link"] == "online")
        return (time.monotonic() - began_s) * _FACTOR / 60

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Notes that the engine could store nothing for the length of the block."""
        span = Span(time.monotonic())
        yield
        span.ended_s = time.monotonic()
        self._outages.append(span)

    def _forgotten(self) -> Iterator[Span]:
        """Yields when the engine knew something and was killed before it could store it."""
        for outage in self._outages:
            assert outage.ended_s is not None
            for life in self.engine.lives:
                if life.ended_s is not None and (
                    outage.began_s <= life.ended_s <= outage.ended_s + _STORED_AFTER_S
                ):
                    yield Span(outage.began_s - _STORED_AFTER_S, life.ended_s)

    async def judge(self, expected: Collection[str] = ()) -> None:
        """Lets what runs come to its end, then compares what is remembered with it.

        `expected` are parts of lines of the engine's log that the trouble explains.
        """
        seen = await self._calm()
        printers = (await self.api("GET", "/printers"))["items"]
        serials = {each["id"]: each["serial"] for each in printers}
        await self.end()
        for serial, machine in seen.items():
            bad = self.cables[serial].bad if serial in self.cables else []
            machine.heard = without(machine.heard, [*bad, *self._forgotten()])
        judge(seen, await read_memory(self._url), serials, self._news.events)
        for log in self.engine.logs:
            check_log(log, expected)
        for log in self.farm.logs:
            assert "Traceback" not in log, log

    async def end(self) -> None:
        """Stops both processes; harmless when they are."""
        self._listening.cancel()
        await asyncio.wait({self._listening})
        await self.engine.end(signal.SIGTERM)
        await self.farm.end(signal.SIGTERM)

    async def _calm(self) -> dict[str, Witnessed]:
        diary = self.folder / "diary.jsonl"
        await self._begun(diary)
        await self.well()
        assert self.farm.process is not None
        self.farm.process.send_signal(signal.SIGUSR1)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                seen = await asyncio.to_thread(read_diary, diary)
                if all(each.is_over for each in seen.values()):
                    break
                await asyncio.sleep(0.3)
        await self._until(
            lambda printer: (
                printer["link"] == "online"
                and printer["activity"] in {"idle", "finished", "failed", "cancelled"}
            )
        )
        return seen

    async def _begun(self, diary: Path) -> None:
        """Waits until the farm's present life listens to signals.

        The engine may still show the links of the life before.
        """
        boot = f'"boot": {self.farm.starts},'
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if boot in await asyncio.to_thread(diary.read_text):
                    return
                await asyncio.sleep(0.1)

    async def _until(self, condition: Callable[[dict[str, Any]], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                shown = (await self.api("GET", "/printers"))["items"]
                if all(map(condition, shown)):
                    return
                await asyncio.sleep(0.2)


@asynccontextmanager
async def open_scene(
    folder: Path,
    seed: int,
    environment: Mapping[str, str] = MappingProxyType({}),
    *,
    serve: Sequence[str] = ("odin_engine", "serve"),
    has_cables: bool = False,
) -> AsyncIterator[Scene]:
    """Starts a farm and an engine that knows it, one nozzle in each machine.

    `environment` is the engine's, `serve` the module that runs it with its arguments.
    """
    plan = folder / "farm.yaml"
    plan.write_text(_FARM)
    port = free_port()
    farm = Killable(
        folder,
        "farm",
        *("tests.e2e.witness", str(plan), "--folder", str(folder)),
        *("--first-port", str(free_ports(_PORTS))),
        *("--boot", "{start}", "--seed", str(seed)),
    )
    settings = {"ODIN_DATA_DIR": str(folder / "data"), "ODIN_ALLOW_LOOPBACK": "true"}
    settings["ODIN_PORT"] = str(port)
    settings.update(environment)
    engine = Killable(folder, "engine", *serve, **settings)
    url = environment.get(
        "ODIN_DATABASE_URL", f"sqlite+aiosqlite:///{folder / 'data' / 'odin.db'}"
    )
    token = await Engine(folder).token(**environment)
    base, headers = f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {token}"}
    async with AsyncExitStack() as stack:
        session = aiohttp.ClientSession(base, headers=headers)
        api = Api(await stack.enter_async_context(session))
        scene = Scene(folder, engine, farm, api, base, url)
        stack.push_async_callback(scene.end)
        await farm.start()
        await engine.start()
        assert engine.process is not None
        await until_healthy(base, engine.process)
        for machine in await read_json(folder / "addresses.json"):
            if has_cables:
                cable = Cable(machine["host"], machine["ports"]["mqtt"])
                await cable.open()
                stack.push_async_callback(cable.close)
                scene.cables[machine["serial"]] = cable
                machine["ports"]["mqtt"] = cable.port
            await _register(api, machine)
        yield scene


async def _register(api: Api, machine: dict[str, Any]) -> None:
    printer_id = await api.register(machine)
    nozzle = {"head": 0, "diameter_mm": 0.4}
    await api("POST", f"/printers/{printer_id}/nozzles", json=nozzle)


def dice(seed: int) -> random.Random:
    """Returns dice that fall the same way again; pytest shows the seed of a failure."""
    print(f"ODIN_KILLS_SEED={seed}")  # noqa: T201 - to repeat a failure
    return random.Random(seed)  # noqa: S311 - no secret
