"""Elegoo as a printer family: what the `printers` domain is given."""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, override

from odin_engine.drivers.cleaning import PrivateKeys
from odin_engine.drivers.family import Family
from odin_engine.drivers.printers.elegoo import discovery
from odin_engine.drivers.printers.elegoo.ports import PORTS
from odin_engine.drivers.printers.elegoo.protocol.dialect import (
    BED_MAX_C,
    NOZZLE_MAX_C,
)
from odin_engine.drivers.printers.elegoo.protocol.replay import load, replay
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.events import PrinterEvent
from odin_engine.printers.model import PrinterState
from odin_engine.printers.ports import (
    Checked,
    Connection,
    Field,
    FieldKind,
    Found,
    Record,
    Recording,
    Surroundings,
)

if TYPE_CHECKING:
    from odin_engine.drivers.printers.elegoo.cc2.driver import Cc2Driver
    from odin_engine.drivers.printers.elegoo.driver import ElegooDriver

_MOST_PORT = 65_535
_FIELDS = (
    Field(
        "host",
        FieldKind.ADDRESS,
        "Address",
        "On the printer: Settings → Network shows its IP address.",
        is_required=True,
    ),
    Field(
        discovery.KIND,
        FieldKind.CHOICE,
        "Kind of machine",
        "Centauri, Centauri Carbon, Saturn 4 and Mars 5 speak SDCP; the Centauri Carbon "
        "2 has a protocol of its own. A search finds it out.",
        default=discovery.SDCP,
        choices=(discovery.SDCP, discovery.CC2),
    ),
    Field(
        "secret",
        FieldKind.SECRET,
        "Access code",
        "Of a Centauri Carbon 2, if one is set there: Settings → Network → LAN Only "
        "Mode. The others have none.",
    ),
    Field(
        "serial",
        FieldKind.TEXT,
        "Serial or mainboard ID",
        "Found by itself. With it no other machine is taken for this one, should the "
        "addresses change.",
    ),
    Field(
        "nozzle_max_c",
        FieldKind.NUMBER,
        "Hottest nozzle (°C)",
        "Higher targets are refused.",
        default=NOZZLE_MAX_C,
        min=100,
        max=500,
    ),
    Field(
        "bed_max_c",
        FieldKind.NUMBER,
        "Hottest bed (°C)",
        "Higher targets are refused.",
        default=BED_MAX_C,
        min=30,
        max=200,
    ),
    *(
        Field(
            f"ports/{name}",
            FieldKind.NUMBER,
            label,
            # A camera says its port itself.
            default=None if name == "camera" else PORTS[name],
            min=1,
            max=_MOST_PORT,
        )
        for name, label in (
            ("web", "Port of its WebSocket and files"),
            ("camera", "Port of its camera, if not the one it names"),
            ("search", "Port of its search (UDP)"),
            ("mqtt", "MQTT port of a Centauri Carbon 2"),
            ("upload", "Port for files of a Centauri Carbon 2"),
            ("search_cc2", "Port of its search (UDP) of a Centauri Carbon 2"),
        )
    ),
)
_PRIVATE_KEYS = PrivateKeys(
    serials=frozenset({"MainboardID", "sn", "serial"}),
    tags=frozenset(),
    ids=frozenset({"TaskId", "RequestID", "Id", "uuid", "Uuid"}),
    names=frozenset({"Filename", "FileName", "TaskName", "name", "Name", "filename"}),
    topic=re.compile(r"^(?:sdcp/[a-z]+|elegoo)/([0-9A-Za-z]{8,64})(?:/|$)"),
)


class ElegooFamily(Family):
    """Implements `printers.ports.DriverFamily`.

    `search_ports` are the UDP ports that machines are searched for on.
    """

    name = discovery.FAMILY
    label = "Elegoo"
    fields = _FIELDS
    file_kinds = (".gcode", ".goo", ".ctb", ".prz")
    private = _PRIVATE_KEYS

    def __init__(
        self,
        look_by: IPv4Address | None = None,
        search_ports: Mapping[str, int] | None = None,
    ) -> None:
        self._look_by = look_by
        self._search_ports = search_ports or PORTS

    @override
    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> ElegooDriver | Cc2Driver:
        if connection.options.get(discovery.KIND) == discovery.CC2:
            from odin_engine.drivers.printers.elegoo.cc2.driver import (  # noqa: PLC0415 - as below
                Cc2Driver,
            )

            return Cc2Driver(connection, clock, ticker, tap)
        from odin_engine.drivers.printers.elegoo.driver import (  # noqa: PLC0415 - only who has such a machine pays
            ElegooDriver,
        )

        return ElegooDriver(connection, clock, ticker, tap)

    @override
    def discover(self, seconds: float) -> AsyncIterator[Found]:
        return discovery.search(seconds, self._search_ports, self._look_by)

    @override
    async def probe(self, host: str, ports: Mapping[str, int]) -> Found | None:
        return await discovery.probe(host, ports)

    @override
    async def check(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> Checked:
        from odin_engine.drivers.printers.elegoo.check import (  # noqa: PLC0415 - as `driver`
            check,
        )

        return await check(connection, clock, ticker)

    @override
    def read_recording(self, data: bytes) -> Recording:
        """Returns the records in a file: JSON lines, or frames as they are."""
        return load(data)

    @override
    def replay(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        return replay(records)


def make(surroundings: Surroundings) -> ElegooFamily:
    """Returns the family, looking where it may."""
    return ElegooFamily(surroundings.look_by)
