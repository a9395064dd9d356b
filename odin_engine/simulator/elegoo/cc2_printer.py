"""A simulated Centauri Carbon 2: its body behind its sockets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, override

from odin_engine.simulator.elegoo.answering import Ear, asks_cc2
from odin_engine.simulator.elegoo.cc2_body import (
    LAST_WORDS,
    MISBEHAVIOURS,
    Cc2Body,
)
from odin_engine.simulator.elegoo.cc2_server import Cc2Server
from odin_engine.simulator.elegoo.housing import Housing
from odin_engine.simulator.elegoo.models import CC2
from odin_engine.simulator.elegoo.shelf import Shelf
from odin_engine.simulator.plain import PlainJob


class SimulatedCc2(Housing):
    """A machine that speaks MQTT. `secret` is its access code, if it has one."""

    misbehaviours = MISBEHAVIOURS
    push_every_s = 1.0
    search_port = "search_cc2"

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
        self.name, self.model = name, CC2.machine
        self.serial: str | None = serial
        self.secret = secret
        self.options: dict[str, str | int | bool] = {"kind": "centauri-carbon-2"}
        machine = CC2.build(name, clock_factor)
        self.body = Cc2Body(
            serial,
            machine,
            Shelf(state_dir),
            host,
            lambda: f"http://{host}:{self.ports['camera']}/?action=stream",
            has_canvas=canvas,
        )
        self.server = Cc2Server(self.body, secret)
        super().__init__(
            self.body,
            self.server,
            Ear(self._identity, asks_cc2),
            host=host,
            ports=ports,
            broadcast_port=broadcast_port,
        )
        self._was = machine.activity

    def act(self, word: str, **_: object) -> None:
        """Does nothing: the farm's own acts are all there are. Raises ValueError."""
        raise ValueError(f"nobody can do {word!r} at {self.name}")

    def start_job(self, job: PlainJob, at: float = 0.0) -> None:
        """Begins a job as from the machine's own screen."""
        self.body.start(job)
        self.machine.skip_to(at)

    @override
    def note_change(self) -> None:
        if self.machine.activity is not self._was:
            self._was = self.machine.activity
            self._say_last_word()

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
