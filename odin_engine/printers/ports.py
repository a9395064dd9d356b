"""What the printers domain needs from a printer family. Implemented in `drivers.printers`.

A driver owns the one connection to one machine. It never retries: it raises, and
supervision decides when to try again. What not every driver can do stands apart, as
protocols of their own (`LooksIntoPrints`, `HasConsole` …). A package of anybody's adds a
family by the entry point `odin.printer_drivers` (docs/plugins.md).
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.events import PrinterEvent
from odin_engine.printers.model import (
    Command,
    FilamentPreset,
    Job,
    PrintDetails,
    PrinterState,
    PrintResult,
)

type Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""
type Option = str | int | bool
"""What a family's own field of a connection holds; never a secret."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a machine. `secret` is an access code or API key and is never shown.

    `host` is an IP address, already looked up and checked; where the family takes one
    (`FieldKind.PLACE`), also the path of a device such as `/dev/ttyUSB0`. `ports`
    overrides the protocol's own by name (Bambu: `mqtt`, `ftps`, `camera`, `detect`).
    `pin_sha256` is the leaf certificate trusted before, 64 lower-case hex digits; `None`
    trusts the next one seen. `options` are the family's other fields by name; one that
    is missing has its default.
    """

    host: str
    serial: str | None = None
    secret: str | None = field(default=None, repr=False)
    ports: Mapping[str, int] = field(default_factory=dict)
    pin_sha256: str | None = None
    options: Mapping[str, Option] = field(default_factory=dict)


class FieldKind(StrEnum):
    """What a field of a connection takes. `place`: an address or a device's path."""

    ADDRESS = "address"
    PLACE = "place"
    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - the word for it
    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a person must or may say to reach a machine of a family.

    `name` is `host`, `serial` or `secret`, `ports/NAME` for one of the protocol's ports,
    and else the name of an option. `label` and `help` are English for people. `choices`
    are the values of a `choice`, or suggestions.
    """

    name: str
    kind: FieldKind
    label: str
    help: str = ""
    is_required: bool = False
    default: Option | None = None
    choices: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a family is made with: where it may keep files, and where it may look.

    `look_by` is the address of the interface on which machines are looked for, `None`
    for every one; with a loopback address nothing must leave this computer.
    """

    data_dir: Path
    look_by: IPv4Address | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """The leaf certificate a machine showed."""

    common_name: str
    sha256: str
    is_vendor_signed: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """One camera picture and when it arrived."""

    data: bytes = field(repr=False)
    media_type: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A machine seen on the network; `serial` and `model` where it says so.

    `via` is the protocol that found it, such as `ssdp`, `mdns` or `detect`. `options`
    are those that it is reached with.
    """

    family: str
    host: str
    serial: str | None
    model: str | None
    name: str | None
    via: str
    ports: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, Option] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One step of a connection check: what was tried, and what to do if it failed.

    `step` is a stable word: `address`, `certificate`, `identity`, `serial`, `login`,
    `report`, `machine`, `control`, `storage`, `camera`, `clock`, `firmware`; `ok` is
    `None` when it was not reached.
    """

    step: str
    ok: bool | None
    detail: str
    remedy: str | None = None


_NICE_TO_HAVE = frozenset({"camera", "clock", "firmware"})


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a connection check."""

    checks: tuple[Check, ...]
    certificate: Certificate | None
    state: PrinterState | None

    @property
    def is_ok(self) -> bool:
        """Whether the printer can be watched and used; a camera is not needed for that."""
        return not any(
            check.ok is False and check.step not in _NICE_TO_HAVE
            for check in self.checks
        )


class Driver(Protocol):
    """The connection to one machine."""

    @property
    def certificate(self) -> Certificate | None:
        """The certificate shown by the current or last connection."""
        ...

    @property
    def last_heard_s(self) -> float | None:
        """`Clock.monotonic_s` of the last message of any kind; `None` before the first."""
        ...

    @property
    def rejected_messages(self) -> int:
        """How many messages made no sense since the driver was made."""
        ...

    def states(self) -> AsyncIterator[PrinterState]:
        """Connects and yields a state per report that changed something.

        Yields nothing before the first report. `link` in it is `online`; `offline` with
        the reason `machine_away` where a host answers that has lost its machine.

        Raises:
            DriverError: when the connection cannot be made or is lost; always ends so.
        """
        ...

    async def ask_for_report(self) -> None:
        """Asks for a full report, unless the protocol's own rate limit forbids it."""
        ...

    async def execute(self, command: Command) -> None:
        """Does one command; returns when the printer confirmed it.

        Raises:
            CommandRejected: the printer said no.
            CommandTimedOut: neither confirmed nor refused in time.
            NotSupported: not in the declared capabilities.
            Unreachable: not connected.
        """
        ...

    async def emergency_stop(self) -> None:
        """Sends the strongest stop at once, past pacing, queues and locks.

        Returns when the printer acknowledged it or its report shows no running job.
        Raises as `execute`. The caller bounds the time.
        """
        ...

    async def upload(self, source: Path, name: str, progress: Progress) -> None:
        """Streams a file to the printer under `name` and verifies its size there.

        Cancelling the task stops the transfer and removes the partial file. Raises as
        `execute`.
        """
        ...

    async def delete_file(self, name: str) -> None:
        """Removes a file that we uploaded; one that is gone already is fine."""
        ...

    async def camera_frame(self, camera_id: str) -> Frame:
        """Returns the latest picture, waiting for a first one if need be.

        One upstream serves every caller and closes a while after the last.

        Raises:
            NotSupported: no such camera, or one that sends no single pictures.
            Unavailable: no picture in time.
        """
        ...

    async def close(self) -> None:
        """Ends the connection and everything that hangs on it."""
        ...


@dataclass(frozen=True, slots=True)
class PlateFile:
    """What a file tells of one plate. Pictures are PNG, the small one at most 64 KiB."""

    details: PrintDetails
    picture: bytes | None = field(default=None, repr=False)
    small_picture: bytes | None = field(default=None, repr=False)


@runtime_checkable
class LooksIntoPrints(Protocol):
    """What a driver can do besides, where `Capabilities.has_print_details` says so."""

    async def read_print_details(self, job: Job) -> PlateFile:
        """Finds the file of a job on the printer and reads what is needed of it.

        Never beside an upload: one that begins ends the reading.

        Raises:
            PrintFileUnavailable: the printer does not have it, or it makes no sense.
            DriverError: as it says.
        """
        ...

    async def read_plates(self, name: str, keep: Callable[[PlateFile], None]) -> None:
        """Finds a file that we uploaded and hands `keep` each plate, in a thread.

        Raises as `read_print_details`.
        """
        ...

    def inspect_file(self, source: Path) -> Iterator[PlateFile]:
        """Yields each plate of a file on our own disk, which it blocks on.

        Raises:
            Invalid: it is no file that tells anything.
            NotSupported: only the printer itself can tell.
        """
        ...


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """A line of a machine's conversation. `number` grows by one and never repeats."""

    number: int
    at: datetime
    is_sent: bool
    text: str


@runtime_checkable
class HasConsole(Protocol):
    """What a driver can do besides, where `Capabilities.has_console` says so."""

    def console(self, after: int) -> Sequence[ConsoleLine]:
        """Returns the lines with a higher number, oldest first; old ones are gone."""
        ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on the machine; `name` may have folders. `place` is its storage's word."""

    name: str
    size_bytes: int | None = None
    modified_at: datetime | None = None
    place: str | None = None


@runtime_checkable
class ListsFiles(Protocol):
    """What a driver can do besides: say what lies on its machine."""

    async def files(self) -> Sequence[StoredFile]:
        """Returns what can be printed there. Raises as `Driver.execute`."""
        ...

    async def timelapses(self) -> Sequence[StoredFile]:
        """Returns the recordings there, none where it makes none."""
        ...


@dataclass(frozen=True, slots=True)
class PastJob:
    """A print that the machine's host remembers."""

    external_id: str
    name: str
    started_at: datetime
    ended_at: datetime | None
    result: PrintResult
    printing_s: float | None = None
    used_mm: float | None = None


@runtime_checkable
class RemembersJobs(Protocol):
    """What a driver can do besides: say what its machine printed without us."""

    async def past_jobs(self, since: datetime) -> Sequence[PastJob]:
        """Returns what ended since then, oldest first. Raises as `Driver.execute`."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a recording: an instant, a direction, a topic and what was said.

    `direction` is `in` (from the printer) or `out`. `payload` is a JSON object, or a
    string where it was not JSON.
    """

    at_s: float
    direction: str
    topic: str
    payload: dict[str, Any] | str
    printer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A file of records, read; `bad_lines` are the numbers of what were none."""

    records: tuple[Record, ...]
    bad_lines: tuple[int, ...] = ()


class DriverFamily(Protocol):
    """One make of printers: how to find, check and drive its machines."""

    @property
    def name(self) -> str:
        """The family's word in the API, such as `bambu`."""
        ...

    @property
    def label(self) -> str:
        """The family's name for people, such as `Bambu Lab`."""
        ...

    @property
    def fields(self) -> Sequence[Field]:
        """What a person says to reach a machine, `host` first."""
        ...

    @property
    def file_kinds(self) -> Sequence[str]:
        """What the names of files end in that its machines print, such as `.3mf`."""
        ...

    def filament_presets(self) -> Sequence[FilamentPreset]:
        """Returns which filaments a slot can be said to hold, in the order to show."""
        ...

    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> Driver:
        """Returns a driver for one machine; nothing is connected yet.

        `tap` is called with every message both ways; `odin record` uses it.
        """
        ...

    def discover(self, seconds: float) -> AsyncIterator[Found]:
        """Listens and asks on the local network; yields each machine once."""
        ...

    async def probe(self, host: str, ports: Mapping[str, int]) -> Found | None:
        """Asks one address what it is; `None` if it is none of this family."""
        ...

    async def check(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> Checked:
        """Tries a connection step by step and says what is wrong and what to do."""
        ...

    def read_recording(self, data: bytes) -> Recording:
        """Returns the records in a file: JSON lines, or documents that the family knows.

        `printer_id` tells several machines in one file apart.
        """
        ...

    def replay(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        """Returns the state a recording ends in and the events on the way, offline."""
        ...

    def sanitise(
        self, records: Sequence[Record], secrets: Sequence[str]
    ) -> tuple[list[Record], Mapping[str, int]]:
        """Returns the records without what names people or machines, and what was cut.

        The counts are by kind in English, such as `serial` or `address`.
        """
        ...


@runtime_checkable
class AsksForKey(Protocol):
    """What a family can do besides: get a key that a person approves at the machine."""

    async def ask_for_key(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> str:
        """Asks, waits until a person has decided, and returns the key.

        Raises:
            LoginRejected: a person said no, or nobody said anything in time.
            NotSupported: that server gives no keys this way.
            DriverError: as it says.
        """
        ...


type MakeFamily = Callable[[Surroundings], DriverFamily]
"""What the entry point `odin.printer_drivers` names."""
