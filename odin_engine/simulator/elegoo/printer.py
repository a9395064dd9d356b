"""A simulated SDCP V3 machine: its body behind its sockets."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, override

from odin_engine.simulator.elegoo.answering import Ear
from odin_engine.simulator.elegoo.body import MISBEHAVIOURS, Body
from odin_engine.simulator.elegoo.housing import Housing
from odin_engine.simulator.elegoo.models import variant
from odin_engine.simulator.elegoo.orders import Orders
from odin_engine.simulator.elegoo.server import Server
from odin_engine.simulator.elegoo.shelf import Shelf
from odin_engine.simulator.plain import PlainJob


class SimulatedElegoo(Housing):
    """An FDM or resin machine."""

    misbehaviours = MISBEHAVIOURS
    push_every_s = 2.0
    search_port = "search"
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
        self.name, self.model = name, kind.machine
        self.serial: str | None = serial
        self.secret: str | None = None
        self.options: dict[str, str | int | bool] = {}
        machine = kind.build(name, clock_factor)
        self.body = Body(
            kind, serial, machine, Shelf(state_dir), host, has_canvas=canvas
        )
        self.orders = Orders(self.body, self._video_url, _now_s)
        self.server = Server(self.body, self.orders, _now_s)
        super().__init__(
            self.body,
            self.server,
            Ear(self._identity),
            host=host,
            ports=ports,
            broadcast_port=broadcast_port,
        )

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

    @override
    def note_change(self) -> None:
        self.body.note(_now_s())

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
