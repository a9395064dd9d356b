"""A simulated OctoPrint as the driver contract suite wants it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from odin_engine.drivers.printers.octoprint.driver import OctoprintDriver
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import Command, LoadFilament, SetBedTemperature, SlotRef
from odin_engine.printers.ports import Connection
from odin_engine.simulator.octoprint import Build, SimulatedOctoprint
from odin_engine.simulator.plain import PlainJob
from tests.engine.doubles import settle
from tests.patience import PATIENCE_S

JOB = PlainJob("part.gcode", print_s=1200)
KEY = "5F1C0DE5F1C0DE5F1C0DE5F1C0DE5F1C"


class OctoprintRig:
    """Implements `contract.Rig` over the real wire."""

    harmless: Command = SetBedTemperature(45)
    unsupported: Command = LoadFilament(SlotRef(0, 0))
    camera_id: str | None = "classic"
    has_serial = False
    upload_name = "part.gcode"
    bad_names = ("../part.gcode", "a/b.gcode", "pärt.gcode", ".part.gcode", "part", "")

    def __init__(self, server: SimulatedOctoprint) -> None:
        self.server = server
        self.has_certificate = "tls" in server.options
        self.connection = Connection(
            server.host,
            secret=server.secret,
            ports=dict(server.ports),
            options=dict(server.options),
        )

    def driver(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> OctoprintDriver:
        return OctoprintDriver(connection, clock, ticker)

    @property
    def logins(self) -> int:
        return self.server.rest.logins

    @property
    def clients(self) -> int:
        return self.server.push.clients

    @property
    def stops(self) -> int:
        return self.server.rest.stops

    def begin_print(self) -> None:
        self.server.start_job(JOB)

    def cut(self) -> None:
        self.server.misbehave("drop_link")

    def speak_nonsense(self) -> None:
        self.server.misbehave("garbage")

    def refuse_commands(self) -> None:
        self.server.misbehave("refuse_commands")

    def ignore_commands(self) -> None:
        self.server.misbehave("ignore_commands")

    def truncate_uploads(self) -> None:
        self.server.misbehave("half_upload")

    def change_certificate(self) -> None:
        self.server.misbehave("change_certificate")

    def stored(self, name: str) -> int | None:
        file = self.server.inner.files.get(name)
        return file.size if file is not None else None

    async def uploading(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not self.server.rest.shelf.uploading:
                await settle(1)


@asynccontextmanager
async def simulated(
    variant: str = "1.11", prefix: str = "", *, is_tls: bool = False, **options: int
) -> AsyncIterator[OctoprintRig]:
    """Opens a simulated server; the machine's clock stands still."""
    build = Build(
        variant=variant,
        extruders=options.get("extruders", 1),
        has_chamber=bool(options.get("has_chamber")),
        has_plugins=bool(options.get("has_plugins", True)),
        report_every_s=0.02,
        prefix=prefix,
        is_tls=is_tls,
    )
    with TemporaryDirectory() as folder:
        server = SimulatedOctoprint(
            "Octo", build, state_dir=Path(folder), secret=KEY, clock_factor=0
        )
        async with server:
            yield OctoprintRig(server)
