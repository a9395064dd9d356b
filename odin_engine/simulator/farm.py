"""The machines of a farm on the network, and how to reach them."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from ipaddress import ip_address
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from odin_engine.simulator import keeping
from odin_engine.simulator.bambu.herald import BambuHerald
from odin_engine.simulator.bambu.member import BambuMember
from odin_engine.simulator.bambu.printer import SimulatedPrinter
from odin_engine.simulator.entry import BadFarm, Entry, Surroundings
from odin_engine.simulator.farm_file import FarmPlan
from odin_engine.simulator.member import Member
from odin_engine.simulator.plain.herald import PlainHerald
from odin_engine.simulator.plain.member import PlainMember
from odin_engine.simulator.scenario import play

# Below Linux's ephemeral range, so that a second start finds its ports free.
FIRST_PORT, _LAST_PORT = 21000, 32000
# Kept free for each machine, so that most are where one expects them.
_PORTS_LEAST = 5
_IPV4 = 4
_KEEP_EVERY_S = 20.0
_NO_SENSE = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What an entry raises that asks for what there is not."""

_REMEDIES = {
    errno.EADDRINUSE: "Choose other ports with --first-port, or `ports` in the file.",
    errno.EACCES: (
        "Ports below 1024 need a right: run as root, or allow them with"
        " `sysctl net.ipv4.ip_unprivileged_port_start=990`."
    ),
    errno.EADDRNOTAVAIL: "This machine does not have that address.",
}


class CannotListen(BadFarm):
    """A port is taken, or may not be had; the text says which and what to do."""


class Farm:
    """The machines of a farm on the network; `async with` opens and closes them.

    They listen on loopback and announce themselves there alone, unless `interface`, an
    IPv4 address of this machine, is given. Without a `first_port` a free block of ports is
    taken. With `continues` a printer is where it was when the farm last ended, not where
    the file begins.

    Raises:
        BadFarm: an entry asks for what there is not.
        CannotListen: on entering, a port cannot be had.
    """

    def __init__(
        self,
        plan: FarmPlan,
        state_dir: Path,
        *,
        started_at: datetime,
        clock_factor: float | None = None,
        real_ports: bool = False,
        interface: str | None = None,
        first_port: int | None = None,
        continues: bool = False,
    ) -> None:
        self._entries = plan.entries
        self._state_dir = state_dir
        self._started_at = started_at
        self._factor = plan.clock_factor if clock_factor is None else clock_factor
        self._real_ports = real_ports
        self._interface = interface
        self._continues = continues
        self._stack = AsyncExitStack()
        if interface is not None and not _is_address(interface):
            raise BadFarm(f"{interface!r} is no IPv4 address; --interface needs one")
        counts = [max(entry.port_count, _PORTS_LEAST) for entry in plan.entries]
        first = first_port or _free_block(sum(counts), interface)
        self._first_ports = list(accumulate(counts, initial=first))
        if real_ports and interface is not None:
            _check_own_hosts(plan)
        self.members = [
            self._checked(entry, place) for place, entry in enumerate(plan.entries)
        ]

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            for member in self.members:
                try:
                    await stack.enter_async_context(member)
                except OSError as error:
                    raise _cannot_listen(member, error) from error
            if self._continues:
                stack.callback(self._keep)
                self._run(stack, self._keep_running())
            for herald in self._heralds():
                await stack.enter_async_context(herald)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    @property
    def printers(self) -> list[SimulatedPrinter]:
        """Lists the Bambu Lab machines, whose insides can be looked into."""
        return [each.printer for each in self.members if isinstance(each, BambuMember)]

    @property
    def announced(self) -> list[Member]:
        """Lists the machines that announce themselves to whoever looks for some."""
        pairs = zip(self._entries, self.members, strict=True)
        return [
            member
            for entry, member in pairs
            if entry.raw.get("announce", self._announces_all)
        ]

    def addresses(self) -> list[dict[str, Any]]:
        """Tells how to reach every machine: all that it takes to add one."""
        announced = {each.key for each in self.announced}
        return [
            each.address() | {"is_announced": each.key in announced}
            for each in self.members
        ]

    def write_addresses(self, path: Path) -> None:
        """Writes the addresses in one stroke, readable by the owner only."""
        fresh = path.with_name(path.name + ".new")
        fresh.touch(mode=0o600)
        fresh.write_bytes(orjson.dumps(self.addresses(), option=orjson.OPT_INDENT_2))
        fresh.replace(path)

    def _heralds(self) -> Iterator[BambuHerald | PlainHerald]:
        interface = self._interface or "127.0.0.1"
        bambu = [each for each in self.announced if isinstance(each, BambuMember)]
        plain = [each for each in self.announced if isinstance(each, PlainMember)]
        if bambu:
            yield BambuHerald(bambu, interface, hears=not self._real_ports)
        if any(each.kind.service for each in plain):
            yield PlainHerald(plain, interface)

    @property
    def _announces_all(self) -> bool:
        return self._real_ports or self._interface is not None

    def _checked(self, entry: Entry, place: int) -> Member:
        try:
            member = entry.make(self._around(place))
            file = self._memory(entry.serial)
            if not (self._continues and keeping.read(file, member)):
                member.begin()
            member.go_on()
            play(member, entry.raw.get("scenario", ()))
        except _NO_SENSE as error:
            raise BadFarm(f"{entry.name}: {error}") from error
        return member

    def _around(self, place: int) -> Surroundings:
        host = self._interface or "127.0.0.1"
        if self._real_ports:
            host = f"127.0.{10 + place // 250}.{1 + place % 250}"
        return Surroundings(
            place,
            host,
            None if self._real_ports else self._first_ports[place],
            self._state_dir,
            self._factor,
            self._started_at,
        )

    def _memory(self, serial: str) -> Path:
        return self._state_dir / serial / "machine.json"

    def _keep(self) -> None:
        for each in self.members:
            keeping.write(self._memory(each.key), each)

    async def _keep_running(self) -> None:
        while True:
            await asyncio.sleep(_KEEP_EVERY_S)
            self._keep()

    def _run(self, stack: AsyncExitStack, work: Any) -> None:  # noqa: ANN401 - coroutine
        stack.push_async_callback(_end, asyncio.get_running_loop().create_task(work))


def _is_address(text: str) -> bool:
    try:
        return ip_address(text).version == _IPV4
    except ValueError:
        return False


def _check_own_hosts(plan: FarmPlan) -> None:
    hosts = [entry.raw.get("host") for entry in plan.entries]
    if len(hosts) > 1 and (None in hosts or len(set(hosts)) < len(hosts)):
        raise BadFarm(
            "printers with real ports need an address of this machine each: give them"
            " one as `host`, or leave out --real-ports"
        )


def _free_block(size: int, interface: str | None) -> int:
    """Finds the first block of so many ports that nobody listens on."""
    for first in range(FIRST_PORT, _LAST_PORT - size, size):
        if all(_is_free(interface, port) for port in range(first, first + size)):
            return first
    return FIRST_PORT


def _is_free(host: str | None, port: int) -> bool:
    try:
        socket.create_server((host or "127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _cannot_listen(member: Member, error: OSError) -> CannotListen:
    if error.filename is not None:
        return CannotListen(f"{member.name}: {error.filename}: {error.strerror}.")
    # Where it could bind to none of the addresses, asyncio gives neither.
    number = error.errno or errno.EADDRNOTAVAIL
    said = error.strerror or f"cannot listen on {member.host}"
    return CannotListen(f"{member.name}: {said}. {_REMEDIES.get(number, '')}".strip())


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
