"""A simulated Marlin machine as the driver contract suite wants it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from odin_engine.drivers.printers.marlin.driver import MarlinDriver
from odin_engine.drivers.printers.marlin.place import Place
from odin_engine.drivers.printers.marlin.spool import Spool
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Command,
    SetBedTemperature,
    SetChamberTemperature,
    StartPrint,
)
from odin_engine.printers.ports import Connection
from odin_engine.simulator.marlin import SimulatedMarlin
from odin_engine.simulator.plain import PlainJob
from tests.engine.doubles import settle
from tests.patience import PATIENCE_S

JOB = PlainJob("cube.gcode", print_s=1200, layers=40)


class _HalfSpool(Spool):
    """A disk that keeps half of every file and says that all is well."""

    def append(self, source: Path, part: Path, offset: int) -> int:
        copied = super().append(source, part, offset)
        with part.open("r+b") as file:
            file.truncate(copied // 2)
        return copied


class MarlinRig:
    """Implements `contract.Rig` over the real wire."""

    harmless: Command = SetBedTemperature(45)
    unsupported: Command = SetChamberTemperature(45)
    camera_id: str | None = None
    has_certificate = False
    has_secret = False
    has_serial = False
    upload_name = "part.gcode"
    bad_names = ("../part.gcode", "a/b/part.gcode", "pärt.gcode", "a b.gcode", "")

    def __init__(self, printer: SimulatedMarlin, data_dir: Path) -> None:
        self.printer = printer
        self.connection = Connection(
            printer.host, ports=dict(printer.ports), options=dict(printer.options)
        )
        self._data_dir = data_dir
        self._halves = False

    @property
    def spool(self) -> Spool:
        kind = _HalfSpool if self._halves else Spool
        return kind(self._data_dir, Place.of(self.connection))

    def driver(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> MarlinDriver:
        return MarlinDriver(connection, self.spool, clock, ticker)

    @property
    def logins(self) -> int:
        return 0

    @property
    def clients(self) -> int:
        return self.printer.clients

    @property
    def stops(self) -> int:
        return self.printer.firmware.stops

    def begin_print(self) -> None:
        self.printer.start_job(JOB, at=0.1)

    def cut(self) -> None:
        self.printer.misbehave("drop_link")

    def speak_nonsense(self) -> None:
        self.printer.misbehave("garbage")
        self.printer.firmware.report()
        self.printer.behave("garbage")

    def refuse_commands(self) -> None:
        self.printer.misbehave("refuse_commands")

    def ignore_commands(self) -> None:
        self.printer.misbehave("ignore_commands")

    def truncate_uploads(self) -> None:
        self._halves = True

    def change_certificate(self) -> None:
        raise AssertionError("it has none")

    def stored(self, name: str) -> int | None:
        path = self.spool.folder / name
        return path.stat().st_size if path.exists() else None

    async def uploading(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not any(self.spool.folder.glob("*.part")):
                await settle(1)

    def keep(self, name: str, content: bytes) -> StartPrint:
        """Puts a file where an upload would, and returns how it is printed."""
        self.spool.folder.mkdir(parents=True, exist_ok=True)
        (self.spool.folder / name).write_bytes(content)
        return StartPrint(file=name, name=name, plate=1, mapping=(), token=4711)


@asynccontextmanager
async def simulated(data_dir: Path, **options: object) -> AsyncIterator[MarlinRig]:
    """Opens a simulated machine; its clock stands still unless told otherwise."""
    settings: dict[str, Any] = {"clock_factor": 0, "report_every_s": 0.05} | options
    async with SimulatedMarlin("marlin", **settings) as printer:
        yield MarlinRig(printer, data_dir)
