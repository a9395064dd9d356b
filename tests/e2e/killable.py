"""Processes that are killed and started again, and who listens to the engine meanwhile."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e.conftest import Api
from tests.e2e.truth import Span

_CHUNK = 65536


class Killable:
    """An `odin` or test process with a log for each of its lives."""

    def __init__(self, folder: Path, name: str, *arguments: str, **env: str) -> None:
        self._folder, self._name = folder, name
        self._arguments, self._environment = arguments, os.environ | env
        self._reading: list[asyncio.Task[None]] = []
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0
        self.lives: list[Span] = []

    @property
    def logs(self) -> list[str]:
        """What each life wrote."""
        return [self._log(n + 1).read_text() for n in range(self.starts)]

    @property
    def pid(self) -> int:
        """The number of the present life."""
        assert self.process is not None
        return self.process.pid

    @property
    def is_running(self) -> bool:
        """Whether it neither was ended nor ended by itself."""
        return self.process is not None and self.process.returncode is None

    async def start(self) -> None:
        self.starts += 1
        arguments = [each.format(start=self.starts) for each in self._arguments]
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *arguments),
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        reading = _keep(self.process, self._log(self.starts))
        self._reading.append(asyncio.create_task(reading))
        self.lives.append(Span(time.monotonic()))

    async def end(self, how: signal.Signals) -> None:
        if self.process is not None and self.is_running:
            self.process.send_signal(how)
            self.lives[-1].ended_s = time.monotonic()
            async with asyncio.timeout(15):
                await self.process.wait()
        if self._reading:
            await asyncio.wait(self._reading)

    def _log(self, start: int) -> Path:
        return self._folder / f"{self._name}-{start}.log"


class News:
    """Keeps what the live socket tells, over every life of the engine."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.events: list[dict[str, Any]] = []

    async def listen(self) -> None:
        """Connects as often as it must, until cancelled."""
        while True:
            try:
                async with self._api.session.ws_connect("/api/v1/ws") as socket:
                    topics = ["printers"]
                    await socket.send_json({"type": "subscribe", "topics": topics})
                    async for message in socket:
                        told = message.json()
                        if told["type"] == "event":
                            self.events.append(told)
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


async def _keep(process: asyncio.subprocess.Process, log: Path) -> None:
    """Writes a log for a process, which may have no right or room to write any."""
    assert process.stdout is not None
    with log.open("wb") as file:
        while said := await process.stdout.read(_CHUNK):
            file.write(said)
            file.flush()
