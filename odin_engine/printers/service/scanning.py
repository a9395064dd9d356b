"""Asks every address of a network that a person names whether a printer is there.

Politely: some at a time, some a second, and only in private networks.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.errors import Conflict, Invalid, OdinError, Problem
from odin_engine.kernel.fetch import AddressRefused, Reach
from odin_engine.kernel.tasks import Progress, Task, Tasks
from odin_engine.printers.model.record import UnknownFamily
from odin_engine.printers.ports import DriverFamily, Found
from odin_engine.printers.service.errands import Errands

_LOG = logging.getLogger(__name__)

KIND = "printer_scan"
PREFIX_LEAST = 22
"""A thousand addresses; a house has no larger network, and a minute is long enough."""
PROBES_MOST = 32
HOSTS_PER_S = 50
_PROBE_S = 3.0
"""In one house an answer takes milliseconds; sleeping Wi-Fi takes a second or two."""


class ScanRunning(Conflict):
    """One network at a time is looked through."""

    code = "printer_scan_running"


class Scanning:
    """Looks through one network at a time, as a task."""

    def __init__(
        self,
        families: Mapping[str, DriverFamily],
        tasks: Tasks,
        errands: Errands,
        ticker: Ticker,
        reach: Reach,
        known: Callable[[Found], str | None],
    ) -> None:
        self._families = families
        self._tasks = tasks
        self._errands = errands
        self._ticker = ticker
        self._reach = reach
        self._known = known
        self._beginning = asyncio.Lock()
        self._running: str | None = None

    async def begin(
        self,
        network: str,
        families: Collection[str] | None = None,
        owner: str | None = None,
    ) -> Task:
        """Begins to look through a network such as `192.168.1.0/24`.

        The task's result lists what was found, also while it runs.

        Raises:
            Invalid: it is no network, too large, or not a private one.
            AddressRefused: no printer can be there.
            UnknownFamily: no driver speaks one of those protocols.
            ScanRunning: another one is being looked through.
        """
        hosts = self._hosts(network)
        asked = self._asked(families)

        async def look(progress: Progress) -> Mapping[str, Any]:
            return await _Scan(self, hosts, asked, progress).run()

        async with self._beginning:
            if self._running in self._tasks.live():
                raise ScanRunning(
                    "A network is being looked through already. Wait, or cancel that."
                )
            title = f"Printers in {network.strip()}"
            task = await self._tasks.start(KIND, title, owner, look)
            self._running = task.id
        return task

    async def probe(self, family: DriverFamily, host: IPv4Address) -> Found | None:
        """Asks one address whether a machine of that family is there."""
        try:
            return await self._errands.within(_PROBE_S, family.probe(str(host), {}))
        except (OdinError, OSError, TimeoutError) as error:
            _LOG.debug("%s is no %s printer: %s", host, family.label, error)
            return None

    def told(self, found: Found) -> dict[str, Any]:
        """Returns what was found as JSON, with the printer that it is already."""
        printer_id = self._known(found)
        told = {**asdict(found), "is_known": printer_id is not None}
        return told | {"printer_id": printer_id}

    async def pace(self) -> None:
        """Waits until the next host may be asked."""
        await self._ticker.sleep(1 / HOSTS_PER_S)

    def _hosts(self, text: str) -> list[IPv4Address]:
        try:
            network = IPv4Network(text.strip(), strict=False)
        except ValueError as error:
            raise _wrong("an IPv4 network such as 192.168.1.0/24") from error
        if network.prefixlen < PREFIX_LEAST:
            raise _wrong(f"a network of at most /{PREFIX_LEAST}")
        if not network.is_private:
            raise _wrong("a private network, such as 192.168.1.0/24 or 10.0.0.0/24")
        hosts = list(network.hosts())
        refused = next(filter(None, map(self._reach.why_not, hosts)), None)
        if refused is not None:
            raise AddressRefused(str(network), refused)
        return hosts

    def _asked(self, names: Collection[str] | None) -> Sequence[DriverFamily]:
        unknown = set(names or ()) - self._families.keys()
        if unknown:
            known = ", ".join(self._families)
            raise UnknownFamily(f"Choose of: {known}.", Problem("/families", known))
        return [
            family
            for name, family in self._families.items()
            if names is None or name in names
        ]


class _Scan:
    """One network being looked through."""

    def __init__(
        self,
        scanning: Scanning,
        hosts: Sequence[IPv4Address],
        families: Sequence[DriverFamily],
        progress: Progress,
    ) -> None:
        self._scanning = scanning
        self._hosts = hosts
        self._families = families
        self._progress = progress
        self._found: list[Found] = []
        self._done = 0
        self._free = asyncio.Semaphore(PROBES_MOST)

    async def run(self) -> Mapping[str, Any]:
        self._tell()
        async with asyncio.TaskGroup() as group:
            for host in self._hosts:
                # Waits for room here, so that what waits does not pile up.
                await self._free.acquire()
                self._free.release()
                group.create_task(self._ask(host))
                await self._scanning.pace()
        return self._result()

    async def _ask(self, host: IPv4Address) -> None:
        async with asyncio.TaskGroup() as group:
            for family in self._families:
                group.create_task(self._probe(family, host))
        self._done += 1
        self._tell()

    async def _probe(self, family: DriverFamily, host: IPv4Address) -> None:
        async with self._free:
            found = await self._scanning.probe(family, host)
        if found is not None:
            self._found.append(found)

    def _tell(self) -> None:
        count, done, hosts = len(self._found), self._done, len(self._hosts)
        said = f"{done} of {hosts} addresses asked, {count} found"
        self._progress(done / hosts, said, self._result())

    def _result(self) -> Mapping[str, Any]:
        return {"items": [self._scanning.told(found) for found in self._found]}


def _wrong(detail: str) -> Invalid:
    return Invalid(f"Name {detail}.", Problem("/network", detail))
