"""PrusaLink as a printer family: what the `printers` domain is given.

What talks is loaded when there is somebody to talk to: an engine without such printers
does not pay for them.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, override

from odin_engine.drivers.family import Family
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
    from odin_engine.drivers.printers.prusalink.driver import PrusaLinkDriver

_FIELDS = (
    Field(
        "host",
        FieldKind.ADDRESS,
        "Address",
        "The printer shows it under Settings → Network. With a Raspberry Pi it is the "
        "Pi's address.",
        is_required=True,
    ),
    Field(
        "secret",
        FieldKind.SECRET,
        "Password or API key",
        "On the printer's screen: Settings → Network → PrusaLink → Password. With a "
        "Raspberry Pi: the API key from PrusaLink's own page, under Settings; or, with a "
        "user name below, the password that belongs to it.",
        is_required=True,
    ),
    Field(
        "username",
        FieldKind.TEXT,
        "User name",
        "Leave it empty unless the firmware refuses the password as it is; then it is "
        "maker. With a Raspberry Pi: only to log in by name and password rather than by "
        "API key.",
        default="",
    ),
    Field(
        "serial",
        FieldKind.TEXT,
        "Serial number",
        "Not needed. If it is given, another printer at the same address is refused.",
    ),
    Field("ports/http", FieldKind.NUMBER, "HTTP port", default=80, min=1, max=65535),
)


def make(surroundings: Surroundings) -> PrusaLinkFamily:
    """Returns the family for an engine; what `odin.printer_drivers` names."""
    return PrusaLinkFamily(surroundings.look_by)


class PrusaLinkFamily(Family):
    """Implements `printers.ports.DriverFamily`."""

    name = "prusalink"
    label = "Prusa (PrusaLink)"
    fields = _FIELDS
    file_kinds = (".gcode", ".bgcode", ".gco", ".gc", ".g", ".bgc")

    def __init__(self, look_by: IPv4Address | None = None) -> None:
        self._look_by = look_by

    @override
    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> PrusaLinkDriver:
        from odin_engine.drivers.printers.prusalink.driver import (  # noqa: PLC0415 - light
            PrusaLinkDriver,
        )

        return PrusaLinkDriver(connection, clock, ticker, tap)

    @override
    def discover(self, seconds: float) -> AsyncIterator[Found]:
        from odin_engine.drivers.printers.prusalink import (  # noqa: PLC0415 - light
            discovery,
        )

        return discovery.discover(seconds, self._look_by)

    @override
    async def probe(self, host: str, ports: Mapping[str, int]) -> Found | None:
        from odin_engine.drivers.printers.prusalink import (  # noqa: PLC0415 - light
            discovery,
        )

        return await discovery.probe(host, ports)

    @override
    async def check(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> Checked:
        from odin_engine.drivers.printers.prusalink.check import (  # noqa: PLC0415 - light
            check,
        )

        return await check(connection, clock, ticker)

    @override
    def read_recording(self, data: bytes) -> Recording:
        """Returns the records in a file: JSON lines, or documents of one machine."""
        from odin_engine.drivers.printers.prusalink.protocol import (  # noqa: PLC0415 - light
            replay,
        )

        return replay.read_recording(data)

    @override
    def replay(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        from odin_engine.drivers.printers.prusalink.protocol import (  # noqa: PLC0415 - light
            replay,
        )

        return replay.replay(records)

    @override
    def sanitise(
        self, records: Sequence[Record], secrets: Sequence[str]
    ) -> tuple[list[Record], Mapping[str, int]]:
        from odin_engine.drivers.printers.prusalink.protocol import (  # noqa: PLC0415 - light
            replay,
        )

        return replay.sanitise(records, secrets)
