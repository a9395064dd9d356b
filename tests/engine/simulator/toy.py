"""A family of nobody's: it tells whoever connects how it stands, in one line of JSON."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from odin_engine.simulator.kinds import Kind, UnknownFamily
from odin_engine.simulator.kinds import find as find_real
from odin_engine.simulator.listening import hang_up
from odin_engine.simulator.plain import PlainJob, PlainMachine

PORTS = {"line": 17125}


class Toy:
    """A machine of that family; `variant: mute` says nothing by itself."""

    family = "toy"
    model = "Toy One"
    misbehaviours: Mapping[str, str] = {
        "drop_link": "Hangs up once.",
        "mute": "Says nothing.",
    }
    acts: Mapping[str, str] = {"pause": "Presses pause."}

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        secret: str | None,
        serial: str | None,
        clock_factor: float,
        variant: str,
    ) -> None:
        self.name, self.host, self.ports = name, host, {"line": port}
        self.secret, self.serial = secret or "toy-key", serial
        self.options: dict[str, str | int | bool] = {"variant": variant}
        self.machine = PlainMachine(name, clock_factor=clock_factor)
        self.is_mute = variant == "mute"
        self.last = ""
        self._server: asyncio.Server | None = None
        self._clock: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        return self._server is not None

    def misbehave(self, word: str, **options: object) -> None:
        if options:
            raise ValueError(f"{word} takes no {min(options)!r}")
        self.is_mute = self.is_mute or word == "mute"

    def behave(self, word: str) -> None:
        self.is_mute = self.is_mute and word != "mute"

    def act(self, word: str, **options: object) -> None:
        self.last = word
        self.machine.pause(**options)

    def start_job(self, job: PlainJob, at: float = 0.0) -> None:
        self.machine.start(job)
        self.machine.skip_to(at)

    def keep(self) -> dict[str, Any]:
        return {"machine": self.machine.keep()}

    def restore(self, kept: Mapping[str, Any]) -> None:
        self.machine.restore(kept["machine"])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, self.host, self.ports["line"]
        )
        self.ports["line"] = self._server.sockets[0].getsockname()[1]
        self._clock = asyncio.get_running_loop().create_task(self.machine.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server
        assert self._clock
        self._clock.cancel()
        await asyncio.gather(self._clock, return_exceptions=True)
        hang_up(self._server, cut=True)
        await self._server.wait_closed()
        self._server = None

    async def _serve(
        self, _: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if not self.is_mute:
            said = {"state": self.machine.activity, "name": self.name}
            writer.write(json.dumps(said).encode())
        writer.close()
        await writer.wait_closed()


def make(
    name: str,
    *,
    host: str = "127.0.0.1",
    ports: Mapping[str, int] | None = None,
    secret: str | None = None,
    serial: str | None = None,
    clock_factor: float = 1.0,
    state_dir: Path,
    variant: str = "plain",
) -> Toy:
    del state_dir
    if variant not in {"plain", "mute"}:
        raise ValueError(f"there is no variant {variant!r}")
    port = (ports or {}).get("line", 0)
    return Toy(name, host, port, secret, serial, clock_factor, variant)


def find(family: str) -> Kind:
    """Knows this family beside the real ones."""
    if family == "toy":
        return Kind("toy", make, PORTS, {"drop_link"}, "_toy._tcp.local.")
    if family == "ghost":
        raise UnknownFamily("no simulated family is called 'ghost'")
    return find_real(family)
