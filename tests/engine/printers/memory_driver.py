"""Machines that exist in memory only, and the driver family that reaches them.

A test holds the `MemoryMachine`: it makes it report, fall silent, refuse or hang, and
reads what it was told. Everything above the driver port is the real thing.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import (
    Activity,
    Camera,
    CameraKind,
    Capabilities,
    CertificateChanged,
    Command,
    CommandKind,
    CommandTimedOut,
    Control,
    DriverError,
    Drying,
    FilamentPreset,
    FilamentUnit,
    Heat,
    Job,
    LinkStatus,
    LoginRejected,
    NotSupported,
    PrinterState,
    PrintFileUnavailable,
    ProtocolViolation,
    Slot,
    SpeedLevel,
    Temperatures,
    UnitKind,
    Unreachable,
    WrongSerial,
)
from odin_engine.printers.model.bounds import drying_bounds
from odin_engine.printers.ports import (
    Certificate,
    Check,
    Checked,
    Connection,
    Driver,
    DriverFamily,
    Field,
    FieldKind,
    Found,
    Frame,
    PlateFile,
    Progress,
    Record,
    Recording,
)

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_BLOCK = 64 * 1024
_ANSWER_S = 10.0

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
        drying_bounds=drying_bounds(UnitKind.AMS_2_PRO),
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

    `serial` and `secret` are what it insists on, `None` for whatever comes.
    `unreachable` is raised by each connection, `says` by each command; `hangs` lets
    commands go unanswered, `is_mute` connects without a word.
    """

    state: PrinterState = IDLE
    serial: str | None = None
    secret: str | None = None
    certificate: Certificate | None = CERTIFICATE
    unreachable: Exception | None = None
    says: Exception | None = None
    hangs: bool = False
    is_mute: bool = False
    is_silent_when_asked: bool = False
    keeps_half: bool = False
    connections: int = 0
    logins: int = 0
    asked: int = 0
    closed: int = 0
    told: list[Command] = field(default_factory=list)
    stops: int = 0
    disk: dict[str, bytes] = field(default_factory=dict)
    printed: PlateFile | None = None
    plates: list[PlateFile] = field(default_factory=list)
    looks: int = 0
    upload_gate: asyncio.Event | None = None
    uploading: asyncio.Event = field(default_factory=asyncio.Event)
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

    def babble(self) -> None:
        """Sends something that makes no sense."""
        if self.driver is not None:
            self.driver.note_nonsense()

    def lose(self, error: Exception | None = None) -> None:
        """Breaks the connection that stands."""
        assert self.driver is not None
        self.driver.hear(error or Unreachable("the plug was pulled"))

    def make_driver(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> MemoryDriver:
        """Returns a driver for it; what can do more has one of its own."""
        return MemoryDriver(self, connection, clock, ticker)

    def admit(self, connection: Connection) -> None:
        """Lets a connection in; the secret is looked at last."""
        if self.unreachable is not None:
            raise self.unreachable
        if self.serial is not None and connection.serial != self.serial:
            raise WrongSerial(
                "another machine", expected=connection.serial or "", found=self.serial
            )
        shown = self.certificate.sha256 if self.certificate else None
        if shown and connection.pin_sha256 not in {None, shown}:
            raise CertificateChanged(
                "another certificate", connection.pin_sha256 or "", shown
            )
        if self.secret is None:
            return
        if connection.secret is None:
            raise LoginRejected("no access code")
        self.logins += 1
        if connection.secret != self.secret:
            raise LoginRejected("a wrong access code")


class MemoryDriver:
    """Implements `ports.Driver` for a `MemoryMachine`."""

    def __init__(
        self,
        machine: MemoryMachine,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
    ) -> None:
        self._machine = machine
        self._connection = connection
        self._clock = clock
        self._ticker = ticker
        self._inbox: asyncio.Queue[PrinterState | Exception] = asyncio.Queue()
        self._lost = asyncio.Event()
        self._heard_s: float | None = None
        self._rejected = 0
        self._certificate: Certificate | None = None

    @property
    def certificate(self) -> Certificate | None:
        return self._certificate

    @property
    def last_heard_s(self) -> float | None:
        return self._heard_s

    @property
    def rejected_messages(self) -> int:
        return self._rejected

    def hear(self, news: PrinterState | Exception) -> None:
        self._inbox.put_nowait(news)
        if isinstance(news, Exception):
            self._lost.set()

    def note_heard(self) -> None:
        self._heard_s = self._clock.monotonic_s()

    def note_nonsense(self) -> None:
        self._rejected += 1

    async def states(self) -> AsyncIterator[PrinterState]:
        machine = self._machine
        machine.connections += 1
        machine.seen.append(self._connection)
        machine.admit(self._connection)
        self._certificate = machine.certificate
        self._inbox = asyncio.Queue()
        self._lost = asyncio.Event()
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
            self._lost.set()
            machine.driver = None

    async def ask_for_report(self) -> None:
        self._machine.asked += 1
        self._check_connected()
        if not (self._machine.is_mute or self._machine.is_silent_when_asked):
            self.note_heard()

    async def execute(self, command: Command) -> None:
        self._check_connected()
        if command.kind.value not in self._machine.state.capabilities.commands:
            raise NotSupported("not with this machine")
        await self._answer()
        self._machine.told.append(command)

    async def emergency_stop(self) -> None:
        self._check_connected()
        self._machine.stops += 1
        await self._answer()
        activity = self._machine.state.activity
        if activity is not None and activity.has_running_job:
            self._machine.report(activity=Activity.CANCELLED)

    async def upload(self, source: Path, name: str, progress: Progress) -> None:
        if not _NAME.fullmatch(name):
            raise NotSupported("names have letters, digits, dots and dashes")
        self._check_connected()
        machine = self._machine
        kept = bytearray()
        with await asyncio.to_thread(source.open, "rb") as file:
            total = (await asyncio.to_thread(source.stat)).st_size
            while block := await asyncio.to_thread(file.read, _BLOCK):
                kept += block
                progress(len(kept), total)
                machine.uploading.set()
        if machine.upload_gate is not None:
            await machine.upload_gate.wait()
        await self._answer()
        if machine.keeps_half:
            raise ProtocolViolation(f"{total // 2} of {total} bytes arrived")
        machine.disk[name] = bytes(kept)

    async def delete_file(self, name: str) -> None:
        await self._answer()
        self._machine.disk.pop(name, None)

    async def camera_frame(self, camera_id: str) -> Frame:
        if camera_id != "main":
            raise NotSupported("no such camera")
        await self._answer()
        return Frame(b"\xff\xd8picture", "image/jpeg", self._clock.now())

    async def read_print_details(self, job: Job) -> PlateFile:
        await self._answer()
        self._machine.looks += 1
        if self._machine.printed is None:
            raise PrintFileUnavailable("missing", f"no file of {job.name}")
        return self._machine.printed

    async def read_plates(self, name: str, keep: Callable[[PlateFile], None]) -> None:
        await self._answer()
        self._machine.looks += 1
        if name not in self._machine.disk:
            raise PrintFileUnavailable("missing", f"no {name}")
        for plate in self._machine.plates:
            keep(plate)

    def inspect_file(self, source: Path) -> Iterator[PlateFile]:
        assert source.exists()
        if not self._machine.plates:
            raise Invalid("It tells nothing.")
        return iter(self._machine.plates)

    async def close(self) -> None:
        self._machine.closed += 1
        if self._machine.driver is self:
            self.hear(Unreachable("closed"))

    def _check_connected(self) -> None:
        if self._machine.driver is not self or self._lost.is_set():
            raise Unreachable("not connected")

    async def _answer(self) -> None:
        self._check_connected()
        if self._machine.hangs:
            await self._wait()
        if self._machine.says is not None:
            raise self._machine.says

    async def _wait(self) -> None:
        """Waits for an answer that never comes."""
        lost = asyncio.create_task(self._lost.wait())
        late = asyncio.create_task(self._ticker.sleep(_ANSWER_S))
        try:
            await asyncio.wait({lost, late}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            late.cancel()
            lost.cancel()
        if self._lost.is_set():
            raise Unreachable("lost meanwhile")
        raise CommandTimedOut("no answer")


class MemoryFamily:
    """Implements `ports.DriverFamily`; a machine is found by its host."""

    name = "memory"
    label = "Memory"
    file_kinds = (".3mf", ".gcode")
    fields: tuple[Field, ...] = (
        Field("host", FieldKind.ADDRESS, "Address", is_required=True),
        Field("serial", FieldKind.TEXT, "Serial number"),
        Field("secret", FieldKind.SECRET, "Access code"),
        Field("ports/memory", FieldKind.NUMBER, "Port"),
        Field("place", FieldKind.TEXT, "Place there", choices=("local", "usb")),
        Field("tools", FieldKind.NUMBER, "Tools", min=1, max=8),
        Field("kind", FieldKind.CHOICE, "Kind", choices=("core", "bed")),
        Field("is_quick", FieldKind.FLAG, "Quick"),
    )

    def __init__(self) -> None:
        self.machines: dict[str, MemoryMachine] = {}
        self.found: list[Found] = []
        self.presets: tuple[FilamentPreset, ...] = ()

    def machine(self, host: str) -> MemoryMachine:
        """Returns the machine at that address, new if need be."""
        return self.machines.setdefault(host, MemoryMachine())

    def filament_presets(self) -> tuple[FilamentPreset, ...]:
        return self.presets

    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,  # noqa: ARG002 - the port has it
    ) -> Driver:
        return self.machine(connection.host).make_driver(connection, clock, ticker)

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

    def read_recording(self, data: bytes) -> Recording:
        assert not data
        return Recording(())

    def sanitise(
        self,
        records: Sequence[Record],
        secrets: Sequence[str],  # noqa: ARG002 - the port has it
    ) -> tuple[list[Record], Mapping[str, int]]:
        return list(records), {}

    def replay(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        assert not records
        return IDLE, tuple(transitions("", PrinterState(), IDLE))


_: DriverFamily = MemoryFamily()
