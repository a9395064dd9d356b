"""The printers of a farm on the network, and how to reach them."""

import asyncio
import contextlib
import errno
import socket
from contextlib import AsyncExitStack
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from odin_engine.simulator import keeping
from odin_engine.simulator.bambu.announce import Announcement, Announcer
from odin_engine.simulator.bambu.machine.units import EXTERNAL
from odin_engine.simulator.bambu.printer import SimulatedPrinter
from odin_engine.simulator.farm_file import (
    BadFarm,
    Entry,
    FarmPlan,
    prepare,
    rhythm_of,
    shift_of,
    spool_of,
    units_of,
)
from odin_engine.simulator.scenario import play
from odin_engine.simulator.shift import Shift

_PORT_NAMES = ("mqtt", "ftps", "camera", "detect")
REAL_PORTS = {"mqtt": 8883, "ftps": 990, "camera": 6000, "detect": 3000}
# Below Linux's ephemeral range, so that a second start finds its ports free.
FIRST_PORT, _LAST_PORT, _PORTS_APART = 21000, 32000, 5
_MOST_PORT = 65535
_IPV4 = 4
_ANNOUNCE_EVERY_S = 5.0
_KEEP_EVERY_S = 20.0

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
    """The printers of a farm on the network; `async with` opens and closes them.

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
        self._shifts: dict[str, Shift | None] = {}
        if interface is not None and not _is_address(interface):
            raise BadFarm(f"{interface!r} is no IPv4 address; --interface needs one")
        self._first_port = first_port or _free_block(len(plan.entries), interface)
        if real_ports and interface is not None:
            _check_own_hosts(plan)
        self.printers = [
            self._checked(entry, place) for place, entry in enumerate(plan.entries)
        ]

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            for printer in self.printers:
                try:
                    await stack.enter_async_context(printer)
                except OSError as error:
                    raise _cannot_listen(printer, error) from error
            if self._continues:
                stack.callback(self._keep)
                self._run(stack, self._keep_running())
            announced = self.announced
            if announced:
                announcer = Announcer(
                    self._interface or "127.0.0.1", hears=not self._real_ports
                )
                stack.callback(announcer.close)
                self._run(stack, self._announce(announcer, announced))
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
    def announced(self) -> list[SimulatedPrinter]:
        """Lists the printers that announce themselves to whoever looks for some."""
        pairs = zip(self._entries, self.printers, strict=True)
        everybody = self._real_ports or self._interface is not None
        return [each for entry, each in pairs if entry.raw.get("announce", everybody)]

    def addresses(self) -> list[dict[str, Any]]:
        """Lists how each printer is reached, for whoever registers them."""
        announced = {printer.serial for printer in self.announced}
        return [
            {
                "name": printer.machine.name,
                "model": printer.machine.model.name,
                "serial": printer.serial,
                "access_code": printer.access_code,
                "host": printer.host,
                "ports": printer.ports,
                "certificate_sha256": printer.fingerprint,
                "is_announced": printer.serial in announced,
            }
            for printer in self.printers
        ]

    def write_addresses(self, path: Path) -> None:
        """Writes the addresses in one stroke, readable by the owner only."""
        fresh = path.with_name(path.name + ".new")
        fresh.touch(mode=0o600)
        fresh.write_bytes(orjson.dumps(self.addresses(), option=orjson.OPT_INDENT_2))
        fresh.replace(path)

    def _checked(self, entry: Entry, place: int) -> SimulatedPrinter:
        try:
            printer = self._make(entry, place)
            machine = printer.machine
            shift = self._shifts[printer.serial] = shift_of(machine, entry.raw)
            rhythm = rhythm_of(entry.raw)
            file = self._memory(printer)
            if not (self._continues and keeping.read(file, machine, shift)):
                prepare(machine, entry.raw, shift)
            if shift is not None and rhythm is not None:
                shift.go_on(rhythm)
            play(printer, entry.raw.get("scenario", ()))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadFarm(f"{entry.name}: {error}") from error
        return printer

    def _make(self, entry: Entry, place: int) -> SimulatedPrinter:
        raw = entry.raw
        first = self._first_port + place * _PORTS_APART
        ports = {name: first + i for i, name in enumerate(_PORT_NAMES)}
        host = self._interface or "127.0.0.1"
        if self._real_ports:
            ports = dict(REAL_PORTS)
            host = f"127.0.{10 + place // 250}.{1 + place % 250}"
        if entry.model.camera != "jpeg":
            del ports["camera"]
        printer = SimulatedPrinter(
            entry.model,
            entry.serial,
            entry.access_code,
            name=entry.name,
            host=str(ip_address(raw.get("host", host))),
            ports=ports | _wanted_ports(raw.get("ports", {})),
            clock_factor=float(raw.get("clock_factor", self._factor)),
            units=units_of(entry),
            developer_mode=bool(raw.get("developer_mode", True)),
            beacon_s=float(raw["beacon_s"]) if "beacon_s" in raw else None,
            state_dir=self._state_dir,
            started_at=self._started_at,
        )
        external = raw.get("external")
        if external is not None:
            mark = f"{entry.serial}/external"
            printer.machine.feed.put(EXTERNAL, spool_of(external, mark))
        return printer

    def _memory(self, printer: SimulatedPrinter) -> Path:
        return self._state_dir / printer.serial / "machine.json"

    def _keep(self) -> None:
        for each in self.printers:
            keeping.write(self._memory(each), each.machine, self._shifts[each.serial])

    async def _keep_running(self) -> None:
        while True:
            await asyncio.sleep(_KEEP_EVERY_S)
            self._keep()

    async def _announce(
        self, announcer: Announcer, printers: list[SimulatedPrinter]
    ) -> None:
        while True:
            await announcer.announce(
                [
                    Announcement(each.machine, each.host, _strange_ports(each))
                    for each in printers
                    if each.is_on
                ]
            )
            await announcer.wait_for_question(_ANNOUNCE_EVERY_S)

    def _run(self, stack: AsyncExitStack, work: Any) -> None:  # noqa: ANN401 - coroutine
        stack.push_async_callback(_end, asyncio.get_running_loop().create_task(work))


def _strange_ports(printer: SimulatedPrinter) -> dict[str, int]:
    return {
        name: port for name, port in printer.ports.items() if port != REAL_PORTS[name]
    }


def _wanted_ports(given: dict[str, Any]) -> dict[str, int]:
    for name, port in given.items():
        if name not in _PORT_NAMES or port not in range(_MOST_PORT + 1):
            raise ValueError(
                f"port {name}: {port}; there are {', '.join(_PORT_NAMES)}, each with a "
                f"number up to {_MOST_PORT}"
            )
    return given


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


def _free_block(printers: int, interface: str | None) -> int:
    """Finds the first block of ports that nobody listens on, for so many printers."""
    size = max(printers, 1) * _PORTS_APART
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


def _cannot_listen(printer: SimulatedPrinter, error: OSError) -> CannotListen:
    name = printer.machine.name
    if error.filename is not None:
        return CannotListen(f"{name}: {error.filename}: {error.strerror}.")
    # Where it could bind to none of the addresses, asyncio gives neither.
    number = error.errno or errno.EADDRNOTAVAIL
    said = error.strerror or f"cannot listen on {printer.host}"
    return CannotListen(f"{name}: {said}. {_REMEDIES.get(number, '')}".strip())


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
