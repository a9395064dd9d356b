"""A simulated Centauri Carbon 2 as the driver contract suite wants it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from odin_engine.drivers.printers.elegoo.cc2.driver import Cc2Driver
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Command,
    SetBedTemperature,
    SetChamberTemperature,
)
from odin_engine.printers.ports import Connection
from odin_engine.simulator.elegoo import SimulatedCc2
from odin_engine.simulator.plain import PlainJob
from tests.engine.doubles import settle
from tests.patience import PATIENCE_S

_CODE = "3fA9kQ"
_SERIAL = "CC2TEST0000000001"


class Cc2Rig:
    """Implements `contract.Rig` over the real wire."""

    harmless: Command = SetBedTemperature(45)
    unsupported: Command = SetChamberTemperature(45)
    has_certificate = False
    camera_id: str | None = "chamber"
    upload_name = "part.gcode"
    bad_names = (
        "../part.gcode",
        "a/b/part.gcode",
        "pärt.gcode",
        "a b.gcode",
        "",
    )

    def __init__(self, printer: SimulatedCc2) -> None:
        self.printer = printer
        self.connection = Connection(
            printer.host,
            printer.serial,
            printer.secret,
            dict(printer.ports),
            options=dict(printer.options),
        )

    def driver(self, connection: Connection, clock: Clock, ticker: Ticker) -> Cc2Driver:
        return Cc2Driver(connection, clock, ticker)

    @property
    def logins(self) -> int:
        connects = self.printer.server.broker.connects
        return sum(each.password == self.printer.secret for each in connects)

    @property
    def clients(self) -> int:
        return len(self.printer.server.broker.sessions)

    @property
    def stops(self) -> int:
        return self.received(1022)

    def received(self, method: int) -> int:
        """How many calls of a method have come."""
        return sum(each == method for each, _ in self.printer.body.received)

    def told(self, method: int) -> dict[str, Any]:
        """What came with the last call of a method."""
        calls = self.printer.body.received
        return [params for each, params in calls if each == method][-1]

    def begin_print(self) -> None:
        self.printer.start_job(PlainJob("cube.gcode", print_s=600, layers=50))
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
async def simulated_cc2(
    **options: Any,  # noqa: ANN401 - each the simulator's own
) -> AsyncIterator[Cc2Rig]:
    """Opens a simulated machine; its clock stands still, a test moves it."""
    settings: dict[str, Any] = {"clock_factor": 0.0, "secret": _CODE} | options
    with tempfile.TemporaryDirectory() as folder:
        async with SimulatedCc2("Bea", _SERIAL, Path(folder), **settings) as printer:
            yield Cc2Rig(printer)
