"""Finding machines on the network, and trying a connection before it is kept."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.errors import OdinError, Problem
from odin_engine.kernel.fetch import HostUnknown, Reach
from odin_engine.printers.model.record import Printer, UnknownFamily
from odin_engine.printers.ports import (
    AsksForKey,
    Check,
    Checked,
    Connection,
    DriverFamily,
    Field,
    Found,
    Option,
)
from odin_engine.printers.service.checkup import completed
from odin_engine.printers.service.connections import connection, resolved
from odin_engine.printers.service.errands import Errands
from odin_engine.printers.service.fields import check_options
from odin_engine.printers.service.fleet import Fleet

_LOG = logging.getLogger(__name__)

SECONDS_MOST = 15.0
_GRACE_S = 2.0


@dataclass(frozen=True, slots=True)
class Family:
    """A make of printers that can be added, and what to say of one.

    `file_kinds` is what the names of files end in that its machines print;
    `gives_keys`: a machine can be asked for its key, which a person approves there.
    """

    name: str
    label: str
    fields: tuple[Field, ...]
    file_kinds: tuple[str, ...]
    gives_keys: bool


@dataclass(frozen=True, slots=True)
class Discovered:
    """A machine on the network; `printer_id` is set where it is registered already."""

    found: Found
    printer_id: str | None


class Discovery:
    """Asks the drivers what is out there."""

    def __init__(
        self,
        fleet: Fleet,
        families: Mapping[str, DriverFamily],
        errands: Errands,
        clock: Clock,
        ticker: Ticker,
        reach: Reach,
    ) -> None:
        self._reach = reach
        self._fleet = fleet
        self._families = families
        self._errands = errands
        self._clock = clock
        self._ticker = ticker
        self._looking = asyncio.Lock()

    def families(self) -> list[Family]:
        """Returns the makes of printers that can be added."""
        return [
            Family(
                each.name,
                each.label,
                tuple(each.fields),
                tuple(each.file_kinds),
                isinstance(each, AsksForKey),
            )
            for each in self._families.values()
        ]

    async def discover(self, seconds: float) -> list[Discovered]:
        """Looks for machines for that long; each is returned once."""
        found: dict[tuple[str, str], Found] = {}
        # One at a time: everybody would listen at the same UDP port.
        async with self._looking:
            await asyncio.gather(
                *(
                    self._look(family, seconds, found)
                    for family in self._families.values()
                )
            )
        return [Discovered(each, self.known(each)) for each in found.values()]

    async def check(
        self,
        family: str,
        host: str,
        serial: str | None = None,
        secret: str | None = None,
        ports: Mapping[str, int] | None = None,
        options: Mapping[str, Option] | None = None,
    ) -> Checked:
        """Tries a connection with these values, step by step; nothing is kept.

        Raises:
            UnknownFamily: no driver speaks that protocol.
            Invalid: it has no such options.
            AddressRefused: no printer can be at that address.
        """
        check_options(self._family(family), options or {})
        wanted = Connection(host, serial, secret, ports or {}, options=options or {})
        return await self._check(family, wanted)

    async def check_printer(self, printer_id: str) -> Checked:
        """Tries a registered printer's connection, step by step."""
        machine = self._fleet.get(printer_id)
        return await self._check(machine.printer.family, connection(machine))

    async def _check(self, family: str, wanted: Connection) -> Checked:
        driver_family = self._family(family)
        try:
            there = await resolved(wanted, self._reach, driver_family)
        except HostUnknown as error:
            return completed(Checked((_unknown(error),), None, None))
        checked = await driver_family.check(there, self._clock, self._ticker)
        return completed(checked)

    def _family(self, name: str) -> DriverFamily:
        family = self._families.get(name)
        if family is None:
            known = ", ".join(self._families)
            raise UnknownFamily(f"Choose one of: {known}.", Problem("/family", known))
        return family

    async def _look(
        self, family: DriverFamily, seconds: float, found: dict[Any, Found]
    ) -> None:
        async def collect() -> None:
            async for each in family.discover(seconds):
                # Several hosts' programs may share one address.
                place = each.serial or (each.host, *sorted(each.ports.items()))
                found.setdefault((each.family, place), each)

        try:
            await self._errands.within(seconds + _GRACE_S, collect())
        except TimeoutError:
            _LOG.debug("looking for %s printers took too long", family.label)
        except (OdinError, OSError) as error:
            _LOG.warning("looking for %s printers failed: %s", family.label, error)

    def known(self, found: Found) -> str | None:
        """Returns the id under which a machine is registered already."""
        for printer in (machine.printer for machine in self._fleet):
            if _is_same(printer, found):
                return printer.id
        return None


def _is_same(printer: Printer, found: Found) -> bool:
    """Whether they are one machine: by the serial, where one lacks it by the place."""
    if printer.family != found.family:
        return False
    if found.serial and printer.serial:
        return printer.serial == found.serial.upper()
    is_there = printer.host in {found.host, found.host.lower()}
    return is_there and all(
        printer.ports.get(name, port) == port for name, port in found.ports.items()
    )


def _unknown(error: HostUnknown) -> Check:
    return Check(
        "address",
        ok=False,
        detail=f"No address is known for {error.host}.",
        remedy="Check the spelling, or use the IP address that the printer shows.",
    )
