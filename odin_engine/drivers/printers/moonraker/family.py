"""Klipper behind Moonraker as a printer family: what the `printers` domain is given."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from ipaddress import IPv4Address

from odin_engine.drivers.cleaning import PrivateKeys, sanitise
from odin_engine.drivers.printers.moonraker.protocol.replaying import (
    read_recording,
    replay,
)
from odin_engine.drivers.printers.moonraker.protocol.translate import FAMILY
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.events import PrinterEvent
from odin_engine.printers.model import FilamentPreset, PrinterState
from odin_engine.printers.ports import (
    Checked,
    Connection,
    Driver,
    Field,
    FieldKind,
    Found,
    Record,
    Recording,
    Surroundings,
)

_FIELDS = (
    Field(
        "host",
        FieldKind.ADDRESS,
        "Address",
        "The address under which you open Mainsail or Fluidd, without http://.",
        is_required=True,
    ),
    Field(
        "secret",
        FieldKind.SECRET,
        "API key",
        "Only where Moonraker asks for one: in Mainsail or Fluidd, settings, "
        "Authentication or Moonraker, “API key”.",
    ),
    Field(
        "ports/http",
        FieldKind.NUMBER,
        "Port of Moonraker",
        "7125 as a rule; 80 or 4408 on printers where only the web page is reachable.",
        default=7125,
        min=1,
        max=65_535,
    ),
    Field(
        "ports/web",
        FieldKind.NUMBER,
        "Port of the web page",
        "Where Mainsail or Fluidd is; its cameras are reached there.",
        default=80,
        min=1,
        max=65_535,
    ),
    Field(
        "tls",
        FieldKind.FLAG,
        "Encrypted (HTTPS)",
        "If Moonraker has a certificate; its port is 7130 then, as a rule.",
        default=False,
    ),
    Field(
        "prefix",
        FieldKind.TEXT,
        "Path",
        "Only where several Moonrakers share one address, such as /printer2.",
        default="",
    ),
)
_KEYS = PrivateKeys(
    ids=frozenset({"job_id"}),
    names=frozenset({"filename", "path", "source", "dest", "file_path"}),
)


class MoonrakerFamily:
    """Implements `printers.ports.DriverFamily`."""

    def __init__(self, look_by: IPv4Address | None = None) -> None:
        self._look_by = look_by

    @property
    def name(self) -> str:
        """The family's word in the API."""
        return FAMILY

    @property
    def label(self) -> str:
        """The family's name for people."""
        return "Klipper (Moonraker)"

    @property
    def fields(self) -> Sequence[Field]:
        """What a person says to reach a machine."""
        return _FIELDS

    @property
    def file_kinds(self) -> Sequence[str]:
        """What the names of files end in that its machines print."""
        return (".gcode", ".g", ".gco", ".nc")

    def filament_presets(self) -> Sequence[FilamentPreset]:
        """Returns none: Klipper's slots know materials by name alone."""
        return ()

    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> Driver:
        """Returns a driver for one machine; nothing is connected yet."""
        # An engine without such a machine does not load what speaks to it.
        from odin_engine.drivers.printers.moonraker.driver import (  # noqa: PLC0415
            MoonrakerDriver,
        )

        return MoonrakerDriver(connection, clock, ticker, tap)

    async def discover(self, seconds: float) -> AsyncIterator[Found]:
        """Listens and asks on the local network; yields each machine once."""
        from odin_engine.drivers.printers.moonraker import discovery  # noqa: PLC0415

        async for found in discovery.discover(seconds, self._look_by):
            yield found

    async def probe(self, host: str, ports: Mapping[str, int]) -> Found | None:
        """Asks one address what it is; `None` if it is none of these."""
        from odin_engine.drivers.printers.moonraker import discovery  # noqa: PLC0415

        return await discovery.probe(host, ports)

    async def check(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> Checked:
        """Tries a connection step by step and says what is wrong and what to do."""
        from odin_engine.drivers.printers.moonraker.check import check  # noqa: PLC0415

        return await check(connection, clock, ticker)

    def read_recording(self, data: bytes) -> Recording:
        """Returns the records in a file: JSON lines, or one document of a server."""
        return read_recording(data)

    def replay(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        """Returns the state a recording ends in and the events on the way, offline."""
        return replay(records)

    def sanitise(
        self, records: Sequence[Record], secrets: Sequence[str]
    ) -> tuple[list[Record], Mapping[str, int]]:
        """Returns the records without what names people or machines, and what was cut."""
        return sanitise(records, secrets, _KEYS)


def make(surroundings: Surroundings) -> MoonrakerFamily:
    """Returns the family; the entry point `odin.printer_drivers` names this."""
    return MoonrakerFamily(surroundings.look_by)
