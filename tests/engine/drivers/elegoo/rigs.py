"""A simulated Elegoo machine as the driver contract suite wants it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from odin_engine.drivers.printers.elegoo.driver import ElegooDriver
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Command,
    SetBedTemperature,
    SetChamberTemperature,
    SetTimelapse,
)
from odin_engine.printers.ports import Connection
from odin_engine.simulator.elegoo import SimulatedElegoo
from odin_engine.simulator.elegoo.models import variant
from odin_engine.simulator.plain import PlainJob
from tests.engine.doubles import settle
from tests.patience import PATIENCE_S

SERIAL = "0000aaaa1111bbbb2222cccc3333dddd"


class ElegooRig:
    """Implements `contract.Rig` over the real wire."""

    unsupported: Command = SetChamberTemperature(45)
    has_certificate = False
    has_secret = False

    def __init__(self, printer: SimulatedElegoo) -> None:
        self.printer = printer
        self.connection = Connection(
            printer.host, printer.serial, ports=dict(printer.ports)
        )
        is_resin = printer.body.variant.is_resin
        self.camera_id = None if is_resin else "chamber"
        self.upload_name = "part.goo" if is_resin else "part.gcode"
        self.bad_names = (
            f"../{self.upload_name}",
            f"a/b/{self.upload_name}",
            f"pärt-{self.upload_name}",
            f"a {self.upload_name}",
            "",
        )
        self.harmless: Command = (
            SetTimelapse(enabled=True) if is_resin else SetBedTemperature(45)
        )

    def driver(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> ElegooDriver:
        return ElegooDriver(connection, clock, ticker)

    @property
    def logins(self) -> int:
        return 0

    @property
    def clients(self) -> int:
        return len(self.printer.server.clients)

    @property
    def stops(self) -> int:
        return self.received(130)

    def received(self, cmd: int) -> int:
        """How many commands of a number have come."""
        return sum(each == cmd for each, _ in self.printer.orders.received)

    def told(self, cmd: int) -> dict[str, Any]:
        """What came with the last command of a number."""
        return [data for each, data in self.printer.orders.received if each == cmd][-1]

    def begin_print(self) -> None:
        name = f"cube{Path(self.upload_name).suffix}"
        self.printer.start_job(PlainJob(name, print_s=600, layers=50))
        self.printer.machine.advance(5)

    def cut(self) -> None:
        self.printer.misbehave("drop_link")

    def speak_nonsense(self) -> None:
        self.printer.misbehave("garbage")
        self.printer.behave("garbage")

    def refuse_commands(self) -> None:
        self.printer.misbehave("refuse_commands")

    def ignore_commands(self) -> None:
        self.printer.misbehave("ignore_commands")

    def truncate_uploads(self) -> None:
        self.printer.misbehave("half_upload")

    def change_certificate(self) -> None:
        raise NotImplementedError("it has none")

    def stored(self, name: str) -> int | None:
        return self.printer.body.shelf.names().get(name)

    async def uploading(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not self.printer.body.shelf.writing:
                await settle(1)


@asynccontextmanager
async def simulated(
    model: str = "centauri-carbon",
    **options: Any,  # noqa: ANN401 - each the simulator's own
) -> AsyncIterator[ElegooRig]:
    """Opens a simulated machine; its clock stands still, a test moves it."""
    variant(model)
    with tempfile.TemporaryDirectory() as folder:
        settings: dict[str, Any] = {"clock_factor": 0.0, "serial": SERIAL} | options
        serial = settings.pop("serial")
        async with SimulatedElegoo(
            "Ada", model, serial, Path(folder), **settings
        ) as printer:
            yield ElegooRig(printer)
