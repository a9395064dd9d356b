"""A farm of three machines and an engine, each a process of its own."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.processes import (
    free_port,
    free_ports,
    odin,
    read_json,
    run,
    until_healthy,
)

PASSWORD = "Correct-Horse-9"

_FARM = """
clock_factor: 20
printers:
  - {name: Ada, model: X1C}
  - name: Brunel
    model: P1S
    units:
      - {kind: ams, slots: [[GFA00, 0A2CA5, 45], [GFA00, F7D959, 77], [GFL99, "545454", 100], null]}
  - name: Curie
    model: H2D
    job: {name: Long job, minutes: 600, layers: 900, used_g: [80], slots: [0], at_percent: 20}
"""


class Engine:
    """An engine process that can be killed and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "engine.log"
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Runs the process for the length of the block."""
        async with odin(
            "serve",
            data_dir=self.folder / "data",
            log=self.log,
            ODIN_PORT=str(self.port),
        ) as process:
            await until_healthy(self.base, process)
            yield process

    async def token(self, **environment: str) -> str:
        """Makes an administrator and a token of theirs, on the host's command line."""
        data_dir = self.folder / "data"
        create = ("user", "create", "admin", "--role", "admin", "--password-stdin")
        await run(*create, data_dir=data_dir, stdin=PASSWORD, **environment)
        token = ("token", "create", "e2e", "--user", "admin", "--scope", "all")
        made = await run(*token, data_dir=data_dir, **environment)
        return next(word for word in made.split() if word.startswith("odin_"))


class Api:
    """The engine's API as an administrator; an error shows what was answered."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def __call__(self, method: str, path: str, **how: Any) -> Any:  # noqa: ANN401 - JSON
        async with self.session.request(method, f"/api/v1{path}", **how) as answer:
            body = (
                await answer.json(content_type=None) if answer.status != 204 else None
            )
            assert answer.ok, f"{method} {path}: {answer.status} {body}"
            return body

    async def register(self, machine: Mapping[str, Any]) -> str:
        """Adds a simulated machine; returns its id."""
        body = {
            "name": machine["name"],
            "family": "bambu",
            "host": machine["host"],
            "serial": machine["serial"],
            "secret": machine["access_code"],
            "ports": machine["ports"],
        }
        printer_id: str = (await self("POST", "/printers", json=body))["id"]
        return printer_id

    async def refusal(self, method: str, path: str, **how: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Returns the problem document of a request that must be refused."""
        async with self.session.request(method, f"/api/v1{path}", **how) as answer:
            assert not answer.ok
            problem: dict[str, Any] = await answer.json(content_type=None)
            return problem

    async def until(
        self, path: str, seconds: float = 40.0, **wanted: object
    ) -> dict[str, Any]:
        """Waits until an object has these values; returns it."""
        async with asyncio.timeout(seconds):
            while True:
                found: dict[str, Any] = await self("GET", path)
                if all(found[name] == value for name, value in wanted.items()):
                    return found
                await asyncio.sleep(0.1)


@pytest.fixture
async def machines(tmp_path: Path) -> AsyncIterator[list[dict[str, Any]]]:
    """The simulated farm; what to know to connect to each machine."""
    farm, addresses = tmp_path / "farm.yaml", tmp_path / "printers.json"
    farm.write_text(_FARM)
    arguments = ["--state-dir", str(tmp_path / "farm"), "--addresses", str(addresses)]
    arguments += ["--first-port", str(free_ports(15))]
    log = tmp_path / "farm.log"
    async with odin("simulate", str(farm), *arguments, data_dir=tmp_path, log=log):
        yield await read_json(addresses)


@pytest.fixture
async def engine(tmp_path: Path) -> Engine:
    """An engine that was never started."""
    return Engine(tmp_path)


@pytest.fixture
async def connect(engine: Engine) -> AsyncIterator[Any]:
    """Returns a function that makes an `Api`, and adds machines if they are given."""
    async with AsyncExitStack() as stack:

        async def make(machines: list[dict[str, Any]]) -> tuple[Api, dict[str, str]]:
            token = await engine.token()
            session = aiohttp.ClientSession(
                engine.base, headers={"Authorization": f"Bearer {token}"}
            )
            api = Api(await stack.enter_async_context(session))
            ids = {}
            for machine in machines:
                ids[machine["name"]] = await api.register(machine)
            return api, ids

        yield make
