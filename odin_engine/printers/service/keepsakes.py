"""What a machine keeps itself, for those whose driver can tell: read, and never stored."""

from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta

from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import CommandTimedOut, NotSupported
from odin_engine.printers.model.safety import NotConnected
from odin_engine.printers.ports import (
    ConsoleLine,
    HasConsole,
    ListsFiles,
    PastJob,
    RemembersJobs,
    StoredFile,
)
from odin_engine.printers.service.errands import Errands
from odin_engine.printers.service.fleet import Fleet, Machine

_PAST = timedelta(days=30)
_WITHIN_S = 20.0
"""A list of thousands of files takes a small host some seconds."""


class Keepsakes:
    """Reads the console, the files, the recordings and the past jobs of machines."""

    def __init__(self, fleet: Fleet, errands: Errands, clock: Clock) -> None:
        self._fleet = fleet
        self._errands = errands
        self._clock = clock

    def console(self, printer_id: str, after: int) -> Sequence[ConsoleLine]:
        """Returns the lines of a machine's conversation with a higher number.

        Raises:
            NotSupported: it has none to read.
            NotConnected: there is no connection.
        """
        machine = self._fleet.get(printer_id)
        driver = _driver(machine)
        if not machine.state.capabilities.has_console:
            driver = None
        if not isinstance(driver, HasConsole):
            raise NotSupported("This printer has no console that can be read.")
        return driver.console(after)

    async def files(self, printer_id: str) -> Sequence[StoredFile]:
        """Returns what can be printed on a machine.

        Raises:
            NotSupported: it does not tell.
            Unavailable: not connected, or no answer in time.
        """
        driver = _driver(self._fleet.get(printer_id))
        if not isinstance(driver, ListsFiles):
            raise NotSupported("This printer does not say what is stored on it.")
        return await self._within(driver.files())

    async def timelapses(self, printer_id: str) -> Sequence[StoredFile]:
        """Returns the recordings on a machine. Raises as `files`."""
        driver = _driver(self._fleet.get(printer_id))
        if not isinstance(driver, ListsFiles):
            raise NotSupported("This printer does not say which recordings it has.")
        return await self._within(driver.timelapses())

    async def past_jobs(
        self, printer_id: str, since: datetime | None = None
    ) -> Sequence[PastJob]:
        """Returns what a machine's host remembers, oldest first. Raises as `files`."""
        driver = _driver(self._fleet.get(printer_id))
        if not isinstance(driver, RemembersJobs):
            raise NotSupported("This printer does not remember what it printed.")
        since = since or self._clock.now() - _PAST
        return await self._within(driver.past_jobs(since))

    async def _within[T](self, work: Awaitable[T]) -> T:
        try:
            return await self._errands.within(_WITHIN_S, work)
        except TimeoutError as error:
            raise CommandTimedOut("The printer did not answer in time.") from error


def _driver(machine: Machine) -> object:
    """Returns the driver, of which the caller asks what it can do."""
    if machine.driver is None:
        raise NotConnected(machine.state.link, machine.state.link_reason)
    return machine.driver
