"""The server on the network: its port, its clock, and what goes wrong with it."""

import asyncio
import secrets
import ssl
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from odin_engine.simulator.bambu.certificate import (
    keep_certificate,
    make_certificate,
    server_context,
)
from odin_engine.simulator.octoprint import shapes
from odin_engine.simulator.octoprint.appkeys import AppKeys
from odin_engine.simulator.octoprint.host import Build, Host
from odin_engine.simulator.octoprint.push import Push
from odin_engine.simulator.octoprint.rest import Rest
from odin_engine.simulator.octoprint.shapes import StoredFile
from odin_engine.simulator.octoprint.words import ACTS, GARBAGE, MISBEHAVIOURS
from odin_engine.simulator.plain import PlainJob


class SimulatedOctoprint:
    """Implements `simulator.kinds.Simulated`."""

    family = "octoprint"
    serial: str | None = None
    misbehaviours: Mapping[str, str] = MISBEHAVIOURS
    acts: Mapping[str, str] = ACTS

    def __init__(
        self,
        name: str,
        build: Build,
        *,
        state_dir: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        secret: str | None = None,
        clock_factor: float = 1.0,
    ) -> None:
        if build.variant not in shapes.VARIANTS:
            raise ValueError(
                f"variant {build.variant!r}; there are {list(shapes.VARIANTS)}"
            )
        self.name, self.model, self.host = name, build.model, host
        self.secret: str | None = secret or secrets.token_hex(16)
        self.options: dict[str, str | int | bool] = {}
        if build.prefix:
            self.options["prefix"] = build.prefix
        if build.is_tls:
            self.options["tls"] = True
        self._certificate = state_dir / "certificate.pem"
        self._context: ssl.SSLContext | None = None
        self.ports = {"http": port}
        self.inner = Host(name, build, clock_factor)
        self.machine = self.inner.machine
        self.wrong: dict[str, Mapping[str, object]] = {}
        self.keys = AppKeys(self.secret)
        self.push = Push(self.inner.version, self.inner.current)
        self.rest = Rest(self.inner, self.push, self.keys, self.wrong)
        self._report_every_s = build.report_every_s
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_on(self) -> bool:
        """Whether its port is open."""
        return self._runner is not None

    async def __aenter__(self) -> Self:
        """Opens its port and runs the machine's clock."""
        runner = web.AppRunner(
            self.rest.app(), shutdown_timeout=0.1, handler_cancellation=True
        )
        await runner.setup()
        try:
            if "tls" in self.options:
                keep_certificate(self._certificate, "octopi")
                self._context = server_context(self._certificate)
            site = web.TCPSite(
                runner, self.host, self.ports["http"], ssl_context=self._context
            )
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self.ports["http"] = runner.addresses[0][1]
        self._runner = runner
        self._tasks = [
            asyncio.create_task(self.machine.run()),
            asyncio.create_task(self._report()),
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        runner, self._runner = self._runner, None
        if runner is not None:
            self._cut(runner)
            await runner.cleanup()

    def _cut(self, runner: web.AppRunner) -> None:
        for handler in runner.server.connections if runner.server else ():
            if handler.transport is not None:
                handler.transport.abort()

    def misbehave(self, word: str, **options: object) -> None:
        """Begins a misbehaviour."""
        if word not in MISBEHAVIOURS:
            raise ValueError(f"{word!r}; there are {sorted(MISBEHAVIOURS)}")
        match word:
            case "drop_link" if self._runner is not None:
                self._cut(self._runner)
            case "change_certificate" if self._context is not None:
                make_certificate(self._certificate, "octopi")
                self._context.load_cert_chain(self._certificate)
            case "error":
                self.machine.fail("MINTEMP triggered, system stopped!")
            case "reauth":
                self.push.forget_sessions()
                self.inner.news.append({"reauthRequired": {"reason": "stale"}})
            case "lose_machine":
                self.inner.disconnect()
            case _:
                self.wrong[word] = options
        self.push.is_silent = "silent" in self.wrong

    def behave(self, word: str) -> None:
        """Ends a misbehaviour."""
        if word == "lose_machine":
            self.inner.connect()
        self.wrong.pop(word, None)
        self.push.is_silent = "silent" in self.wrong

    def act(self, word: str, **options: object) -> None:
        """Does what a person does."""
        match word:
            case "allow_key" | "deny_key":
                self.keys.decide(is_allowed=word == "allow_key")
            case "ask":
                choices = options.get("choices", "Continue, Stop")
                said = [each.strip() for each in str(choices).split(",")]
                self.inner.ask(str(options.get("text", "Filament runs out")), said)
            case "answer":
                self.inner.answer()
            case "connect":
                self.inner.connect()
            case "disconnect":
                self.inner.disconnect()
            case _:
                raise ValueError(f"{word!r}; there are {sorted(ACTS)}")

    def start_job(self, job: PlainJob, at: float = 0.0) -> None:
        """Begins a job as from the server's own page, at a share of it."""
        self.inner.start_job(job, at)

    def keep(self) -> dict[str, Any]:
        """Returns what it remembers while nobody simulates it, as JSON has it."""
        files = self.inner.files.values()
        return {
            "secret": self.secret,
            "files": [[each.path, each.size, each.date] for each in files],
            "is_away": self.inner.is_away,
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is where it was when that was kept."""
        self.secret = self.keys.key = str(kept["secret"])
        self.inner.is_away = bool(kept["is_away"])
        self.inner.files = {
            str(path): StoredFile(str(path), int(size), int(date))
            for path, size, date in kept["files"]
        }

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(self._report_every_s)
            while self.inner.news:
                await self.push.tell(self.inner.news.popleft())
            if "garbage" in self.wrong:
                for said in GARBAGE:
                    await self.push.tell_raw(said)
            current = self.inner.current() | {"logs": self.inner.take_logs()}
            await self.push.tell({"current": current})
