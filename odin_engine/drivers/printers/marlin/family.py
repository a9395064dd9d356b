"""Marlin and its relatives on a serial line, as a printer family."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, override

from odin_engine.drivers.family import Family
from odin_engine.drivers.printers.marlin.claims import Claims
from odin_engine.drivers.printers.marlin.place import (
    BAUDRATES,
    DEFAULT_BAUDRATE,
    DEFAULT_PORT,
    Place,
    Transport,
)
from odin_engine.drivers.printers.marlin.protocol.capabilities import (
    BED_MAX_C,
    NOZZLE_MAX_C,
)
from odin_engine.drivers.printers.marlin.spool import Spool
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
    from odin_engine.drivers.printers.marlin.driver import MarlinDriver

_FIELDS = (
    Field(
        "host",
        FieldKind.PLACE,
        "Port or address",
        "The serial port that the printer's cable is plugged into, such as "
        "/dev/serial/by-id/usb-…; or the IP address of a bridge (ESP3D, ser2net …).",
        is_required=True,
    ),
    Field(
        "baudrate",
        FieldKind.CHOICE,
        "Baud rate",
        "As the firmware was built with; 115200 and 250000 are the usual ones. Printers "
        "with a USB socket of their own ignore it.",
        default=str(DEFAULT_BAUDRATE),
        choices=tuple(map(str, BAUDRATES)),
    ),
    Field(
        "transport",
        FieldKind.CHOICE,
        "How the bridge speaks",
        "For an address only: raw TCP, which most bridges speak, or RFC 2217, by which "
        "the baud rate is set from here.",
        default=Transport.RAW.value,
        choices=tuple(each.value for each in Transport),
    ),
    Field(
        "ports/serial",
        FieldKind.NUMBER,
        "The bridge's port",
        "For an address only: ESP3D listens on 23 or 8888, MKS boards on 8080.",
        default=DEFAULT_PORT,
        min=1,
        max=65535,
    ),
    Field(
        "nozzle_max_c",
        FieldKind.NUMBER,
        "Hottest nozzle in °C",
        "No hotter is ever set from here. A hot end with a PTFE tube inside stands 250.",
        default=NOZZLE_MAX_C,
        min=150,
        max=500,
    ),
    Field(
        "bed_max_c",
        FieldKind.NUMBER,
        "Hottest bed in °C",
        default=BED_MAX_C,
        min=40,
        max=200,
    ),
    Field(
        "parks",
        FieldKind.FLAG,
        "Lift the nozzle while paused",
        "Lifts it by 10 mm and pulls the filament back by 2 mm, and undoes both.",
        default=True,
    ),
)


class MarlinFamily(Family):
    """Implements `printers.ports.DriverFamily`."""

    name = "marlin"
    label = "Marlin (USB or serial bridge)"
    fields = _FIELDS
    file_kinds = (".gcode", ".gco", ".g")

    def __init__(self, surroundings: Surroundings) -> None:
        self._data_dir = surroundings.data_dir
        self._claims = Claims()

    @override
    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> MarlinDriver:
        return self._driver(self._data_dir, connection, clock, ticker, tap)

    def _driver(
        self,
        data_dir: Path,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> MarlinDriver:
        from odin_engine.drivers.printers.marlin.driver import (  # noqa: PLC0415 - only those who have one pay for it
            MarlinDriver,
        )

        spool = Spool(data_dir, Place.of(connection))
        return MarlinDriver(connection, spool, clock, ticker, tap, self._claims)

    @override
    def discover(self, seconds: float) -> AsyncIterator[Found]:
        """Yields the serial ports that may be printers'; nothing is opened.

        They are all there at once, so the `seconds` are not needed.
        """
        from odin_engine.drivers.printers.marlin import discovery  # noqa: PLC0415

        del seconds
        return discovery.look()

    @override
    async def probe(self, host: str, ports: Mapping[str, int]) -> Found | None:
        """Asks one address what it is; `None` if it is none of these, or in use here."""
        from odin_engine.drivers.printers.marlin import discovery  # noqa: PLC0415

        place = Place.of(Connection(host, ports=ports))
        if self._claims.holder(place) is not None:
            return None
        return await discovery.probe(host, ports)

    @override
    async def check(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> Checked:
        from odin_engine.drivers.printers.marlin.check import (  # noqa: PLC0415
            check,
            check_in_use,
        )

        place = Place.of(connection)
        book = self._claims.holder(place)
        if book is not None:
            # A second voice on its line would end what it prints.
            return check_in_use(place, book)
        # Without the files: what was printed last is for the printer's own driver.
        nowhere = self._data_dir / "no-files"
        driver = self._driver(nowhere, connection, clock, ticker)
        return await check(driver, place, ticker)

    @override
    def read_recording(self, data: bytes) -> Recording:
        """Returns the records in a file of JSON lines, or of a terminal's plain lines."""
        from odin_engine.drivers.printers.marlin.replay import (  # noqa: PLC0415
            read_recording,
        )

        return read_recording(data)

    @override
    def replay(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        from odin_engine.drivers.printers.marlin.replay import (  # noqa: PLC0415
            replay,
        )

        return replay(records)

    @override
    def sanitise(
        self, records: Sequence[Record], secrets: Sequence[str]
    ) -> tuple[list[Record], Mapping[str, int]]:
        from odin_engine.drivers.printers.marlin.replay import (  # noqa: PLC0415
            sanitise,
        )

        return sanitise(records, secrets)


def make(surroundings: Surroundings) -> MarlinFamily:
    """Returns the family; the entry point `odin.printer_drivers` names this."""
    return MarlinFamily(surroundings)
