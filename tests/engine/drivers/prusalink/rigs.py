"""Simulated printers with PrusaLink as the driver contract suite wants them."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import override

from odin_engine.drivers.printers.prusalink.driver import PrusaLinkDriver
from odin_engine.drivers.printers.prusalink.protocol.pace import Pace
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Command,
    PrinterState,
    SetBedTemperature,
    StartPrint,
    Unreachable,
)
from odin_engine.printers.ports import Connection
from odin_engine.simulator.plain import PlainJob
from odin_engine.simulator.prusalink import SimulatedPrusaLink, make
from tests.engine.doubles import settle
from tests.patience import PATIENCE_S

JOB = PlainJob("cube.gcode", print_s=1200, layers=40)
ON_STICK = "lid.gcode"
FAST = Pace(
    running_s=0.05,
    quick_s=0.05,
    quick_for_s=1,
    idle_s=0.05,
    job_s=1,
    around_s=60,
    retry_s=0.05,
)
GCODE = b"; estimated printing time (normal mode) = 20m\nM104 S215\nM140 S60\n"


def start(file: str = ON_STICK, token: int = 4711) -> StartPrint:
    """Returns an order to print a file."""
    return StartPrint(file=file, name=file, plate=1, mapping=(), token=token)


class _Noticing(PrusaLinkDriver):
    """A driver whose machine comes back once it has noticed that it was gone."""

    printer: SimulatedPrusaLink

    @override
    async def states(self) -> AsyncGenerator[PrinterState]:
        try:
            async with aclosing(super().states()) as states:
                async for state in states:
                    yield state
        finally:
            self.printer.behave("drop_link")


class PrusaRig:
    """Implements `contract.Rig` over the real wire."""

    harmless: Command = start()
    unsupported: Command = SetBedTemperature(45)
    has_certificate = False
    upload_name = "part.gcode"
    bad_names = ("../part.gcode", "a/b/part.gcode", "part.txt", "a:b.gcode", "")

    def __init__(self, printer: SimulatedPrusaLink, username: str = "") -> None:
        self.printer = printer
        self.connection = Connection(
            printer.host,
            printer.serial,
            printer.secret,
            dict(printer.ports),
            options={"username": username},
        )
        self.camera_id = "cam1" if printer.is_pi else None
        self._drivers: list[PrusaLinkDriver] = []
        self._asking: list[asyncio.Task[None]] = []

    def driver(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> PrusaLinkDriver:
        driver = _Noticing(connection, clock, ticker, pace=FAST)
        driver.printer = self.printer
        self._drivers.append(driver)
        return driver

    @property
    def logins(self) -> int:
        return self.printer.doorkeeper.logins

    @property
    def clients(self) -> int:
        return self.printer.server.connections

    @property
    def stops(self) -> int:
        return self.printer.orders.count("stop")

    def begin_print(self) -> None:
        self.printer.start_job(JOB)
        self.printer.machine.advance(5)
        for driver in self._drivers:
            # A clock that stands still lets nobody look again.
            self._asking.append(asyncio.create_task(_ask(driver)))

    def cut(self) -> None:
        self.printer.misbehave("drop_link")

    def speak_nonsense(self) -> None:
        self.printer.misbehave("garbage", times=3)

    def refuse_commands(self) -> None:
        self.printer.misbehave("refuse_commands")

    def ignore_commands(self) -> None:
        self.printer.misbehave("ignore_commands")

    def truncate_uploads(self) -> None:
        self.printer.misbehave("truncate_uploads")

    def change_certificate(self) -> None:
        raise NotImplementedError

    def stored(self, name: str) -> int | None:
        place = self.printer.shelf.root / name
        return place.stat().st_size if place.exists() else None

    async def uploading(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not self.printer.shelf.received_bytes:
                await settle(1)


async def _ask(driver: PrusaLinkDriver) -> None:
    with contextlib.suppress(Unreachable):
        await driver.ask_for_report()


@asynccontextmanager
async def simulated(
    folder: Path, model: str = "MK4", username: str = ""
) -> AsyncIterator[PrusaRig]:
    """Opens a simulated printer; its clock stands still unless told otherwise."""
    printer = make(
        "Prusa",
        clock_factor=0,
        state_dir=folder,
        model=model,
        username=username or "maker",
    )
    async with printer:
        (printer.shelf.root / ON_STICK).write_bytes(GCODE)
        yield PrusaRig(printer, username)
