"""A simulated Bambu Lab machine as the driver contract suite wants it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from odin_engine.drivers.printers.bambu.driver import BambuDriver
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Command,
    SetBedTemperature,
    SetChamberTemperature,
)
from odin_engine.printers.ports import Connection
from odin_engine.simulator.bambu import Misbehaviour, SimulatedPrinter
from odin_engine.simulator.bambu.machine.plan import PlanFilament, PrintPlan
from tests.engine.doubles import settle
from tests.patience import PATIENCE_S

PLAN = PrintPlan(
    name="cube",
    plate=1,
    layers=40,
    print_s=1200,
    filaments=(PlanFilament(0, "PLA", "#F2754E", 12.5),),
    objects=(71, 96),
    gcode_file="Metadata/plate_1.gcode",
)
_SEVERAL = 10
"""More reports than there are kinds of nonsense."""


class BambuRig:
    """Implements `contract.Rig` over the real wire."""

    harmless: Command = SetBedTemperature(45)
    unsupported: Command = SetChamberTemperature(45)

    def __init__(self, printer: SimulatedPrinter) -> None:
        self.printer = printer
        self.connection = Connection(
            printer.host, printer.serial, printer.access_code, dict(printer.ports)
        )
        self.camera_id = "chamber" if "camera" in printer.ports else None

    def driver(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> BambuDriver:
        return BambuDriver(connection, (), clock, ticker)

    @property
    def logins(self) -> int:
        return len(self.printer.connects)

    @property
    def clients(self) -> int:
        return self.printer.clients

    @property
    def stops(self) -> int:
        return sum(request.command == "stop" for request in self.printer.requests)

    def begin_print(self) -> None:
        self.printer.machine.start(PLAN)
        self.printer.advance(5)

    def cut(self) -> None:
        self.printer.machine.misbehave(Misbehaviour.DROP_LINK)

    def speak_nonsense(self) -> None:
        self.printer.machine.misbehave(Misbehaviour.GARBAGE)
        for _ in range(_SEVERAL):
            self.printer.advance(1)
        self.printer.machine.behave(Misbehaviour.GARBAGE)

    def refuse_commands(self) -> None:
        self.printer.machine.misbehave(Misbehaviour.REFUSE_COMMANDS, form="a")

    def ignore_commands(self) -> None:
        self.printer.machine.misbehave(Misbehaviour.REFUSE_COMMANDS, form="c")

    def truncate_uploads(self) -> None:
        self.printer.machine.misbehave(Misbehaviour.TRUNCATED_UPLOAD)

    def change_certificate(self) -> None:
        self.printer.machine.misbehave(Misbehaviour.CHANGE_CERTIFICATE)

    def stored(self, name: str) -> int | None:
        for folder in ("", "cache"):
            place = self.printer.card.root / folder / name
            if place.exists():
                return place.stat().st_size
        return None

    async def uploading(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not self.printer.card.writing:
                await settle(1)


@asynccontextmanager
async def simulated(model: str = "P1S", **options: object) -> AsyncIterator[BambuRig]:
    """Opens a simulated machine; its clock stands still unless told otherwise."""
    settings = {"clock_factor": 0, "report_every_s": 0.05} | options
    async with SimulatedPrinter(model, **settings) as printer:  # type: ignore[arg-type]
        yield BambuRig(printer)
