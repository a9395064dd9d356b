"""A simulated SDCP V3 machine: its body behind its sockets."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from odin_engine.simulator.elegoo.answering import Ear
from odin_engine.simulator.elegoo.body import MISBEHAVIOURS, Body
from odin_engine.simulator.elegoo.models import variant
from odin_engine.simulator.elegoo.orders import Orders
from odin_engine.simulator.elegoo.server import Server
from odin_engine.simulator.elegoo.shelf import Shelf
from odin_engine.simulator.plain import Activity, PlainJob

_PUSH_EVERY_S = 2.0
"""As often as real ones report; what matters is told at once."""


class SimulatedElegoo:
    """Implements `simulator.kinds.Simulated`.

    `broadcast_port` is where searches of the whole network are heard; None for nowhere.
    """

    family = "elegoo"
    acts: Mapping[str, str] = {"fail": "Jams the nozzle; the print fails."}

    def __init__(  # noqa: PLR0913 - what tells one machine from another
        self,
        name: str,
        model: str,
        serial: str,
        state_dir: Path,
        *,
        host: str = "127.0.0.1",
        ports: Mapping[str, int] | None = None,
        clock_factor: float = 1.0,
        broadcast_port: int | None = None,
        canvas: bool = False,
    ) -> None:
        kind = variant(model)
        self.name, self.model, self.host = name, kind.machine, host
        self.serial: str | None = serial
        self.secret: str | None = None
        self.options: dict[str, str | int | bool] = {}
        self.ports: dict[str, int] = dict(ports or {})
        self.machine = kind.build(name, clock_factor)
        self.body = Body(
            kind, serial, self.machine, Shelf(state_dir), host, has_canvas=canvas
        )
        self.orders = Orders(self.body, self._video_url, _now_s)
        self.server = Server(self.body, self.orders, _now_s)
        self._ear = Ear(self._identity)
        self._broadcast_port = broadcast_port
        self._clock: asyncio.Task[None] | None = None
        self._unlisten = self.machine.listen(self._changed)
        self._told: object = None
        self._told_s = 0.0
        self.is_on = False

    @property
    def misbehaviours(self) -> Mapping[str, str]:
        """What can go wrong."""
        return MISBEHAVIOURS

    async def __aenter__(self) -> Self:
        wanted = self.ports
        web, camera = await self.server.open(
            self.host, wanted.get("web", 0), wanted.get("camera", 0)
        )
        try:
            search = await self._ear.open(
                self.host, wanted.get("search", 0), self._broadcast_port
            )
        except OSError:
            await self.server.close()
            raise
        self.ports = {"web": web, "camera": camera, "search": search}
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
            self.server.cut()
            return
        self.body.bad[word] = options
        self.server.push()

    def behave(self, word: str) -> None:
        """Ends a misbehaviour."""
        self.body.bad.pop(word, None)
        self.server.push()

    def act(self, word: str, **_: object) -> None:
        """Does what a person does; ValueError says why it cannot be done now."""
        if word not in self.acts:
            raise ValueError(f"nobody can do {word!r} at {self.name}")
        if not self.machine.is_busy:
            raise ValueError(f"{self.name} has no job")
        self.machine.fail("jam")

    def start_job(self, job: PlainJob, at: float = 0.0) -> None:
        """Begins a job as from the machine's own screen."""
        if self.body.variant.is_resin:
            job = PlainJob(
                job.name, job.print_s, job.layers, nozzle_c=0, bed_c=0, used_mm=0
            )
        self.body.start(job, _now_s())
        self.machine.skip_to(at)

    def keep(self) -> dict[str, Any]:
        """Returns what it remembers, as JSON has it."""
        return {"machine": self.machine.keep(), "light": self.body.light}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is where it was when that was kept."""
        self.machine.restore(kept["machine"])
        self.body.light = int(kept["light"])

    def _changed(self) -> None:
        """Reports at once what matters, and the rest as often as real ones do."""
        self.body.note(_now_s())
        machine = self.machine
        matters = (
            machine.activity,
            machine.speed_pct,
            tuple(heater.target_c for heater in machine.heaters.values()),
        )
        now_s = time.monotonic()
        if matters != self._told or now_s - self._told_s >= _PUSH_EVERY_S:
            self._told, self._told_s = matters, now_s
            if self.is_on and machine.activity in Activity:
                self.server.push()

    def _video_url(self) -> str:
        if self.body.variant.is_resin:
            return f"rtsp://{self.host}:554/video"
        # Without a scheme, as the machine sends it.
        return f"{self.host}:{self.ports['camera']}/video"

    def _identity(self) -> dict[str, Any] | None:
        if "silent" in self.body.bad:
            return None
        kind = self.body.variant
        data: dict[str, Any] = {
            "Name": self.name,
            "MachineName": kind.machine,
            "BrandName": "ELEGOO",
            "MainboardIP": self.host,
            "MainboardID": self.serial,
            "ProtocolVersion": "V3.0.0",
            "FirmwareVersion": kind.firmware,
        }
        if self.host.startswith("127."):
            data["SimulatedPorts"] = self.ports
        return {"Id": "979d4c788a4a78bc777a870f1a02867a", "Data": data}


def _now_s() -> int:
    return int(time.time())  # noqa: TID251 - the machine's own clock
