"""A simulated Centauri Carbon 2: its body behind its sockets."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from odin_engine.simulator.elegoo.answering import Ear, asks_cc2
from odin_engine.simulator.elegoo.cc2_body import (
    LAST_WORDS,
    MISBEHAVIOURS,
    Cc2Body,
)
from odin_engine.simulator.elegoo.cc2_server import Cc2Server
from odin_engine.simulator.elegoo.models import CC2
from odin_engine.simulator.elegoo.shelf import Shelf
from odin_engine.simulator.plain import PlainJob

_PUSH_EVERY_S = 1.0


class SimulatedCc2:
    """Implements `simulator.kinds.Simulated`. `secret` is its access code, if it has one."""

    family = "elegoo"
    acts: Mapping[str, str] = {}

    def __init__(  # noqa: PLR0913 - what tells one machine from another
        self,
        name: str,
        serial: str,
        state_dir: Path,
        *,
        host: str = "127.0.0.1",
        ports: Mapping[str, int] | None = None,
        secret: str | None = None,
        clock_factor: float = 1.0,
        broadcast_port: int | None = None,
        canvas: bool = False,
    ) -> None:
        self.name, self.model, self.host = name, CC2.machine, host
        self.serial: str | None = serial
        self.secret = secret
        self.options: dict[str, str | int | bool] = {"kind": "centauri-carbon-2"}
        self.ports: dict[str, int] = dict(ports or {})
        self.machine = CC2.build(name, clock_factor)
        self.body = Cc2Body(
            serial,
            self.machine,
            Shelf(state_dir),
            host,
            lambda: f"http://{host}:{self.ports['camera']}/?action=stream",
            has_canvas=canvas,
        )
        self.server = Cc2Server(self.body, secret)
        self._ear = Ear(self._identity, asks_cc2)
        self._broadcast_port = broadcast_port
        self._clock: asyncio.Task[None] | None = None
        self._unlisten = self.machine.listen(self._changed)
        self._was = self.machine.activity
        self._told: object = None
        self._told_s = 0.0
        self.is_on = False

    @property
    def misbehaviours(self) -> Mapping[str, str]:
        """What can go wrong."""
        return MISBEHAVIOURS

    async def __aenter__(self) -> Self:
        wanted = self.ports
        ports = await self.server.open(self.host, wanted)
        try:
            ports["search_cc2"] = await self._ear.open(
                self.host, wanted.get("search_cc2", 0), self._broadcast_port
            )
        except OSError:
            await self.server.close()
            raise
        self.ports = ports
        self._clock = asyncio.create_task(self.machine.run())
        self.is_on = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.is_on = False
        if self._clock is not None:
            self._clock.cancel()
            await asyncio.wait({self._clock})
        self._ear.close()
        await self.server.close()

    def misbehave(self, word: str, **options: object) -> None:
        """Begins a misbehaviour; ValueError says that there is none of that name."""
        if word not in MISBEHAVIOURS:
            raise ValueError(f"there is no misbehaviour {word!r}")
        if word == "drop_link":
            self.server.broker.drop_all()
            return
        self.body.bad[word] = options
        self.server.push()

    def behave(self, word: str) -> None:
        """Ends a misbehaviour."""
        self.body.bad.pop(word, None)
        self.server.push()

    def act(self, word: str, **_: object) -> None:
        """Does nothing: the farm's own acts are all there are. Raises ValueError."""
        raise ValueError(f"nobody can do {word!r} at {self.name}")

    def start_job(self, job: PlainJob, at: float = 0.0) -> None:
        """Begins a job as from the machine's own screen."""
        self.body.start(job)
        self.machine.skip_to(at)

    def keep(self) -> dict[str, Any]:
        """Returns what it remembers, as JSON has it."""
        return {"machine": self.machine.keep(), "light": self.body.light}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is where it was when that was kept."""
        self.machine.restore(kept["machine"])
        self.body.light = int(kept["light"])

    def _changed(self) -> None:
        """Reports at once what matters, and the rest each second."""
        machine = self.machine
        if machine.activity is not self._was:
            self._was = machine.activity
            self._say_last_word()
        matters = (
            machine.activity,
            machine.speed_pct,
            tuple(heater.target_c for heater in machine.heaters.values()),
        )
        now_s = time.monotonic()
        if matters != self._told or now_s - self._told_s >= _PUSH_EVERY_S:
            self._told, self._told_s = matters, now_s
            if self.is_on:
                self.server.push()

    def _say_last_word(self) -> None:
        """Tells how a job ended, once; then the machine is idle."""
        word = LAST_WORDS.get(self.machine.activity)
        if self.is_on and word is not None and "mute_end" not in self.body.bad:
            self.body.last_word = word
            self.server.push()
            self.body.last_word = None

    def _identity(self) -> dict[str, Any]:
        result: dict[str, Any] = {
            "host_name": self.name,
            "machine_model": CC2.machine,
            "sn": self.serial,
            "token_status": int(self.secret is not None),
            "lan_status": int("cloud" not in self.body.bad),
        }
        if self.host.startswith("127."):
            result["simulated_ports"] = self.ports
        return {"id": 0, "result": result}
