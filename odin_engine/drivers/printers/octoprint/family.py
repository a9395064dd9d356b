"""OctoPrint as a printer family: what the `printers` domain is given."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, override

from odin_engine.drivers.family import Family
from odin_engine.drivers.printers.octoprint.protocol.translate import FAMILY
from odin_engine.drivers.printers.octoprint.reach import FIELDS
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.events import PrinterEvent
from odin_engine.printers.model import PrinterState
from odin_engine.printers.ports import (
    Checked,
    Connection,
    Found,
    Record,
    Recording,
    Surroundings,
)

if TYPE_CHECKING:
    from odin_engine.drivers.printers.octoprint.driver import OctoprintDriver


class OctoprintFamily(Family):
    """Implements `printers.ports.DriverFamily` and `AsksForKey`.

    What it needs is loaded when it is used: an engine without such machines does not
    pay for it.
    """

    name = FAMILY
    label = "OctoPrint"
    fields = FIELDS
    file_kinds = (".gcode", ".gco", ".g")

    def __init__(self, surroundings: Surroundings) -> None:
        self._look_by = surroundings.look_by

    @override
    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> OctoprintDriver:
        from odin_engine.drivers.printers.octoprint.driver import (  # noqa: PLC0415
            OctoprintDriver,
        )

        return OctoprintDriver(connection, clock, ticker, tap)

    @override
    def discover(self, seconds: float) -> AsyncIterator[Found]:
        from odin_engine.drivers.printers.octoprint import discovery  # noqa: PLC0415

        return discovery.listen(seconds, self._look_by)

    @override
    async def probe(self, host: str, ports: Mapping[str, int]) -> Found | None:
        from odin_engine.drivers.printers.octoprint import discovery  # noqa: PLC0415

        return await discovery.probe(host, ports)

    @override
    async def check(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> Checked:
        from odin_engine.drivers.printers.octoprint.check import check  # noqa: PLC0415

        return await check(connection, clock, ticker)

    async def ask_for_key(
        self,
        connection: Connection,
        clock: Clock,  # noqa: ARG002 - the port's; waiting is the ticker's
        ticker: Ticker,
    ) -> str:
        """Asks, waits until a person has decided, and returns the key.

        Raises:
            LoginRejected: a person said no, or nobody said anything in time.
            NotSupported: that server gives no keys this way.
            DriverError: as it says.
        """
        from odin_engine.drivers.printers.octoprint import appkeys  # noqa: PLC0415

        return await appkeys.ask_for_key(connection, ticker)

    @override
    def read_recording(self, data: bytes) -> Recording:
        """Returns the records in a file: JSON lines, or the server's documents."""
        from odin_engine.drivers.printers.octoprint.protocol import (  # noqa: PLC0415
            replay,
        )

        return replay.read(data)

    @override
    def replay(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        from odin_engine.drivers.printers.octoprint.protocol import (  # noqa: PLC0415
            replay,
        )

        return replay.replay(records)

    @override
    def sanitise(
        self, records: Sequence[Record], secrets: Sequence[str]
    ) -> tuple[list[Record], Mapping[str, int]]:
        from odin_engine.drivers import cleaning  # noqa: PLC0415
        from odin_engine.drivers.printers.octoprint.protocol import (  # noqa: PLC0415
            replay,
        )

        return cleaning.sanitise(records, secrets, replay.PRIVATE)


def make(surroundings: Surroundings) -> OctoprintFamily:
    """Returns the family; the entry point `odin.printer_drivers` names this."""
    return OctoprintFamily(surroundings)
