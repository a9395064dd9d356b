"""Machines that exist in memory only, and the driver family that reaches them.

A test holds the `MemoryMachine`: it makes it report, fall silent, refuse or hang, and
reads what it was told. Everything above the driver port is the real thing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import (
    Activity,
    Camera,
    CameraKind,
    Capabilities,
    Command,
    CommandKind,
    Control,
    DriverError,
    Drying,
    FilamentUnit,
    Heat,
    Job,
    LinkStatus,
    NotSupported,
    PrinterState,
    Slot,
    SpeedLevel,
    Temperatures,
    UnitKind,
    Unreachable,
)
from odin_engine.printers.ports import (
    Certificate,
    Check,
    Checked,
    Connection,
    Driver,
    DriverFamily,
    Found,
    Frame,
    Progress,
    Record,
)

CERTIFICATE = Certificate("MEM1", "a" * 64, is_vendor_signed=True)

CAPABILITIES = Capabilities(
    commands=tuple(sorted(kind.value for kind in CommandKind)),
    nozzle_max_c=300,
    bed_max_c=110,
    chamber_max_c=60,
    fans=("aux", "part"),
    lights=("chamber", "work"),
    speed_levels=tuple(SpeedLevel),
    calibrations=("bed_level", "vibration"),
    detectors=("spaghetti",),
)
UNITS = (
    FilamentUnit(
        0,
        UnitKind.AMS_2_PRO,
        "AMS A",
        slots=(
            Slot(0, is_occupied=True, material="PLA", color="#FF0000FF"),
            Slot(1, is_occupied=False),
        ),
        temperature_c=24.5,
        humidity_pct=30,
        drying=Drying(),
    ),
    FilamentUnit(255, UnitKind.EXTERNAL, "External", slots=(Slot(0),)),
)
IDLE = PrinterState(
    link=LinkStatus.ONLINE,
    control=Control.ALLOWED,
    activity=Activity.IDLE,
    temperatures=Temperatures((Heat(25.0, 0.0),), Heat(24.0, 0.0), Heat(23.0, 0.0)),
    filament_units=UNITS,
    cameras=(Camera("main", CameraKind.JPEG),),
    capabilities=CAPABILITIES,
)


def job(name: str = "benchy", token: int | None = 7, **more: object) -> Job:
    """Returns a running job."""
    return replace(Job(name=name, file=f"{name}.3mf", token=token), **more)  # type: ignore[arg-type]


@dataclass(eq=False)
class MemoryMachine:
    """One machine: what it reports, what it is told, and how it misbehaves.

    `unreachable` is raised by each connection, `says` by each command; `hangs` lets
    commands wait for ever, `is_mute` connects without a word.
    """

    state: PrinterState = IDLE
    certificate: Certificate | None = CERTIFICATE
    unreachable: Exception | None = None
    says: Exception | None = None
    hangs: bool = False
    is_mute: bool = False
    is_silent_when_asked: bool = False
    connections: int = 0
    asked: int = 0
    closed: int = 0
    told: list[Command] = field(default_factory=list)
    stops: int = 0
    disk: dict[str, bytes] = field(default_factory=dict)
    upload_gate: asyncio.Event | None = None
    driver: MemoryDriver | None = None
    seen: list[Connection] = field(default_factory=list)

    def report(self, **changes: object) -> PrinterState:
        """Changes the machine's state and reports it."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        if self.driver is not None:
            self.driver.hear(self.state)
        return self.state

    def breathe(self) -> None:
        """Sends a report that changes nothing."""
        if self.driver is not None:
            self.driver.note_heard()

    def lose(self, error: Exception | None = None) -> None:
        """Breaks the connection that stands."""
        assert self.driver is not None
        self.driver.hear(error or Unreachable("the plug was pulled"))


class MemoryDriver:
    """Implements `ports.Driver` for a `MemoryMachine`."""

    def __init__(
        self, machine: MemoryMachine, connection: Connection, clock: Clock
    ) -> None:
        self._machine = machine
        self._clock = clock
        self._inbox: asyncio.Queue[PrinterState | Exception] = asyncio.Queue()
        self._heard_s: float | None = None
        self._certificate: Certificate | None = None
        machine.seen.append(connection)

    @property
    def certificate(self) -> Certificate | None:
        return self._certificate

    @property
    def last_heard_s(self) -> float | None:
        return self._heard_s

    @property
    def rejected_messages(self) -> int:
        return 0

    def hear(self, news: PrinterState | Exception) -> None:
        self._inbox.put_nowait(news)

    def note_heard(self) -> None:
        self._heard_s = self._clock.monotonic_s()

    async def states(self) -> AsyncIterator[PrinterState]:
        machine = self._machine
        machine.connections += 1
        if machine.unreachable is not None:
            raise machine.unreachable
        self._certificate = machine.certificate
        self._inbox = asyncio.Queue()
        machine.driver = self
        if not machine.is_mute:
            self.hear(machine.state)
        try:
            while True:
                news = await self._inbox.get()
                if isinstance(news, Exception):
                    raise news
                self.note_heard()
                yield news
        finally:
            machine.driver = None

    async def ask_for_report(self) -> None:
        self._machine.asked += 1
        if self._machine.driver is None:
            raise Unreachable("not connected")
        if not (self._machine.is_mute or self._machine.is_silent_when_asked):
            self.note_heard()

    async def execute(self, command: Command) -> None:
        await self._answer()
        self._machine.told.append(command)

    async def emergency_stop(self) -> None:
        self._machine.stops += 1
        await self._answer()

    async def upload(self, source: Path, name: str, progress: Progress) -> None:
        content = await asyncio.to_thread(source.read_bytes)
        progress(len(content) // 2, len(content))
        if self._machine.upload_gate is not None:
            await self._machine.upload_gate.wait()
        await self._answer()
        progress(len(content), len(content))
        self._machine.disk[name] = content

    async def delete_file(self, name: str) -> None:
        await self._answer()
        self._machine.disk.pop(name, None)

    async def camera_frame(self, camera_id: str) -> Frame:
        if camera_id != "main":
            raise NotSupported("no such camera")
        await self._answer()
        return Frame(b"\xff\xd8picture", "image/jpeg", self._clock.now())

    async def close(self) -> None:
        self._machine.closed += 1

    async def _answer(self) -> None:
        if self._machine.driver is None:
            raise Unreachable("not connected")
        if self._machine.hangs:
            await asyncio.Event().wait()
        if self._machine.says is not None:
            raise self._machine.says


class MemoryFamily:
    """Implements `ports.DriverFamily`; a machine is found by its host."""

    name = "memory"
    label = "Memory"

    def __init__(self) -> None:
        self.machines: dict[str, MemoryMachine] = {}
        self.found: list[Found] = []

    def machine(self, host: str) -> MemoryMachine:
        """Returns the machine at that address, new if need be."""
        return self.machines.setdefault(host, MemoryMachine())

    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,  # noqa: ARG002 - the port has it
        tap: Callable[[Record], None] | None = None,  # noqa: ARG002 - the port has it
    ) -> Driver:
        return MemoryDriver(self.machine(connection.host), connection, clock)

    async def discover(self, seconds: float) -> AsyncIterator[Found]:
        assert seconds > 0
        for found in self.found:
            yield found

    async def probe(
        self,
        host: str,
        ports: Mapping[str, int],  # noqa: ARG002 - the port has it
    ) -> Found | None:
        return next((found for found in self.found if found.host == host), None)

    async def check(
        self,
        connection: Connection,
        clock: Clock,  # noqa: ARG002 - the port has it
        ticker: Ticker,  # noqa: ARG002 - the port has it
    ) -> Checked:
        machine = self.machine(connection.host)
        if isinstance(machine.unreachable, DriverError):
            failed = Check("address", ok=False, detail=machine.unreachable.message)
            return Checked((failed,), None, None)
        done = Check("report", ok=True, detail="It reports.")
        return Checked((done,), machine.certificate, machine.state)

    def replay(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        assert not records
        return IDLE, tuple(transitions("", PrinterState(), IDLE))


_: DriverFamily = MemoryFamily()
