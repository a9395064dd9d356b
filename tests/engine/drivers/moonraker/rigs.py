"""A simulated Klipper machine as the driver contract suite wants it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from odin_engine.drivers.printers.moonraker.driver import MoonrakerDriver
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Command,
    SetBedTemperature,
    SetChamberTemperature,
)
from odin_engine.printers.ports import Connection
from odin_engine.simulator.moonraker import SimulatedMoonraker, make
from odin_engine.simulator.plain import PlainJob
from tests.engine.doubles import settle
from tests.patience import PATIENCE_S

KEY = "0123456789abcdef0123456789abcdef"
JOB = PlainJob("cube.gcode", layers=40, objects=("Cube", "Cone"))


class MoonrakerRig:
    """Implements `contract.Rig` over the real wire."""

    harmless: Command = SetBedTemperature(45)
    unsupported: Command = SetChamberTemperature(45)
    camera_id: str | None = "cam-1"
    has_certificate = False
    has_serial = False
    upload_name = "part.gcode"
    bad_names = ("../part.gcode", "a/b/part.gcode", ".part.gcode", "part.3mf", "")

    def __init__(self, simulated: SimulatedMoonraker) -> None:
        self.simulated = simulated
        self.connection = Connection(
            simulated.host,
            secret=simulated.secret,
            ports=dict(simulated.ports),
        )

    def driver(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> MoonrakerDriver:
        return MoonrakerDriver(connection, clock, ticker)

    @property
    def logins(self) -> int:
        return self.simulated.logins

    @property
    def clients(self) -> int:
        return self.simulated.clients

    @property
    def stops(self) -> int:
        return self.simulated.stops

    def begin_print(self) -> None:
        self.simulated.start_job(JOB, at=0.1)
        self.simulated.machine.advance(5)

    def cut(self) -> None:
        self.simulated.misbehave("drop_link")

    def speak_nonsense(self) -> None:
        self.simulated.misbehave("garbage")

    def refuse_commands(self) -> None:
        self.simulated.misbehave("refuse_commands")

    def ignore_commands(self) -> None:
        self.simulated.misbehave("ignore_commands")

    def truncate_uploads(self) -> None:
        self.simulated.misbehave("half_upload")

    def change_certificate(self) -> None:
        raise NotImplementedError("it has none")

    def stored(self, name: str) -> int | None:
        return self.simulated.shelf.size(name)

    async def uploading(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not self.simulated.shelf.writing:
                await settle(1)


@asynccontextmanager
async def simulated(
    state_dir: Path, variant: str = "plain", secret: str | None = KEY
) -> AsyncIterator[MoonrakerRig]:
    """Opens a simulated machine; its clock stands still."""
    machine = make(
        "Voron", secret=secret, clock_factor=0, state_dir=state_dir, variant=variant
    )
    async with machine:
        yield MoonrakerRig(machine)
