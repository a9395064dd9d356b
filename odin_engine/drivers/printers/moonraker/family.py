"""Klipper behind Moonraker as a printer family: what the `printers` domain is given."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from ipaddress import IPv4Address
from typing import override

from odin_engine.drivers.cleaning import PrivateKeys
from odin_engine.drivers.family import Family
from odin_engine.drivers.printers.moonraker.protocol.replaying import (
    read_recording,
    replay,
)
from odin_engine.drivers.printers.moonraker.protocol.translate import FAMILY
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.events import PrinterEvent
from odin_engine.printers.model import PrinterState
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


class MoonrakerFamily(Family):
    """Implements `printers.ports.DriverFamily`."""

    name = FAMILY
    label = "Klipper (Moonraker)"
    fields = _FIELDS
    file_kinds = (".gcode", ".g", ".gco", ".nc")
    private = _KEYS

    def __init__(self, look_by: IPv4Address | None = None) -> None:
        self._look_by = look_by

    @override
    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> Driver:
        # An engine without such a machine does not load what speaks to it.
        from odin_engine.drivers.printers.moonraker.driver import (  # noqa: PLC0415
            MoonrakerDriver,
        )

        return MoonrakerDriver(connection, clock, ticker, tap)

    @override
    async def discover(self, seconds: float) -> AsyncIterator[Found]:
        from odin_engine.drivers.printers.moonraker import discovery  # noqa: PLC0415

        async for found in discovery.discover(seconds, self._look_by):
            yield found

    @override
    async def probe(self, host: str, ports: Mapping[str, int]) -> Found | None:
        from odin_engine.drivers.printers.moonraker import discovery  # noqa: PLC0415

        return await discovery.probe(host, ports)

    @override
    async def check(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> Checked:
        from odin_engine.drivers.printers.moonraker.check import check  # noqa: PLC0415

        return await check(connection, clock, ticker)

    @override
    def read_recording(self, data: bytes) -> Recording:
        """Returns the records in a file: JSON lines, or one document of a server."""
        return read_recording(data)

    @override
    def replay(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        return replay(records)


def make(surroundings: Surroundings) -> MoonrakerFamily:
    """Returns the family; the entry point `odin.printer_drivers` names this."""
    return MoonrakerFamily(surroundings.look_by)
