"""What printer families do alike; one says what is its own.

A family need not come from here: `printers.ports.DriverFamily` is what counts.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing

from odin_engine.drivers.cleaning import PrivateKeys, sanitise
from odin_engine.drivers.findings import Findings
from odin_engine.drivers.recording import read_lines
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.events import PrinterEvent
from odin_engine.printers.model import DriverError, FilamentPreset, PrinterState
from odin_engine.printers.ports import (
    Checked,
    Connection,
    Driver,
    Field,
    Found,
    Record,
    Recording,
)

_REPORT = "report"
_REPORT_S = 15.0
_LOOK = "Check that the printer is on, in the same network, and its address right."


class Family(ABC):
    """Implements what is usual of `printers.ports.DriverFamily`.

    `name` is the family's word in the API, `label` its name for people. `fields` are
    what a person says to reach a machine, `host` first; `file_kinds` what the names of
    files end in that its machines print. `private` says where recordings hold names.
    """

    name: str
    label: str
    fields: Sequence[Field]
    file_kinds: Sequence[str] = ()
    private: PrivateKeys = PrivateKeys()

    def filament_presets(self) -> Sequence[FilamentPreset]:
        """Returns none: no slot can be told what it holds."""
        return ()

    @abstractmethod
    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> Driver:
        """Returns a driver for one machine; nothing is connected yet."""

    async def discover(self, seconds: float) -> AsyncIterator[Found]:  # noqa: ARG002 - the port's
        """Yields nothing: machines of this family do not announce themselves."""
        nothing: tuple[Found, ...] = ()
        for found in nothing:
            yield found

    async def probe(self, host: str, ports: Mapping[str, int]) -> Found | None:  # noqa: ARG002 - the port's
        """Returns `None`: an address alone does not tell that it is one of these."""
        return None

    async def check(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> Checked:
        """Connects, and waits for one report."""
        findings = Findings([_REPORT])
        driver, state = self.driver(connection, clock, ticker), None
        try:
            async with (
                asyncio.timeout(_REPORT_S),
                aclosing(driver.states()) as states,  # type: ignore[type-var] # a generator, as all are
            ):
                state = await anext(states)
            findings.passed(_REPORT, "The printer reports.")
        except DriverError as error:
            findings.failed(_REPORT, error.message, _LOOK)
        except TimeoutError:
            findings.failed(_REPORT, "The printer sends no report.", _LOOK)
        finally:
            await driver.close()
        return Checked(findings.all(), driver.certificate, state)

    def read_recording(self, data: bytes) -> Recording:
        """Returns the records in a file of JSON lines."""
        return read_lines(data)

    @abstractmethod
    def replay(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        """Returns the state a recording ends in and the events on the way, offline."""

    def sanitise(
        self, records: Sequence[Record], secrets: Sequence[str]
    ) -> tuple[list[Record], Mapping[str, int]]:
        """Returns the records without what names people or machines, and what was cut."""
        return sanitise(records, secrets, self.private)
