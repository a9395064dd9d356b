"""The printers of a farm on the network, and how to reach them."""

import asyncio
import contextlib
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from odin_engine.simulator.bambu.announce import Announcer
from odin_engine.simulator.bambu.machine.units import EXTERNAL
from odin_engine.simulator.bambu.printer import SimulatedPrinter
from odin_engine.simulator.farm_file import (
    BadFarm,
    Entry,
    FarmPlan,
    prepare,
    spool_of,
    units_of,
)

_PORT_NAMES = ("mqtt", "ftps", "camera", "detect")
_REAL_PORTS = {"mqtt": 8883, "ftps": 990, "camera": 6000, "detect": 3000}
# Below Linux's ephemeral range, so that a second start finds its ports free.
FIRST_PORT, _PORTS_APART = 21000, 5
_ANNOUNCE_EVERY_S = 5.0


class Farm:
    """The printers of a farm on the network; `async with` opens and closes them.

    Raises:
        BadFarm: an entry asks for what there is not.
    """

    def __init__(
        self,
        plan: FarmPlan,
        state_dir: Path,
        *,
        started_at: datetime,
        clock_factor: float | None = None,
        real_ports: bool = False,
        announce_from: str | None = None,
        first_port: int = FIRST_PORT,
    ) -> None:
        self._first_port = first_port
        self._real_ports = real_ports
        self._announce_from = announce_from
        self._stack = AsyncExitStack()
        factor = plan.clock_factor if clock_factor is None else clock_factor
        self.printers = [
            self._checked(entry, place, state_dir, started_at, factor)
            for place, entry in enumerate(plan.entries)
        ]

    async def __aenter__(self) -> Self:
        for printer in self.printers:
            await self._stack.enter_async_context(printer)
        if self._real_ports or self._announce_from is not None:
            announcer = Announcer(self._announce_from or "127.0.0.1")
            self._stack.callback(announcer.close)
            task = asyncio.get_running_loop().create_task(self._announce(announcer))
            self._stack.push_async_callback(_end, task)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    def addresses(self) -> list[dict[str, Any]]:
        """Lists how each printer is reached, for whoever registers them."""
        return [
            {
                "name": printer.machine.name,
                "model": printer.machine.model.name,
                "serial": printer.serial,
                "access_code": printer.access_code,
                "host": printer.host,
                "ports": printer.ports,
                "certificate_sha256": printer.fingerprint,
            }
            for printer in self.printers
        ]

    def write_addresses(self, path: Path) -> None:
        """Writes the addresses in one stroke, readable by the owner only."""
        fresh = path.with_name(path.name + ".new")
        fresh.touch(mode=0o600)
        fresh.write_bytes(orjson.dumps(self.addresses(), option=orjson.OPT_INDENT_2))
        fresh.replace(path)

    def _checked(
        self,
        entry: Entry,
        place: int,
        state_dir: Path,
        started_at: datetime,
        factor: float,
    ) -> SimulatedPrinter:
        try:
            printer = self._make(entry, place, state_dir, started_at, factor)
            prepare(printer.machine, entry.raw)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadFarm(f"{entry.name}: {error}") from error
        return printer

    def _make(
        self,
        entry: Entry,
        place: int,
        state_dir: Path,
        started_at: datetime,
        factor: float,
    ) -> SimulatedPrinter:
        raw = entry.raw
        first = self._first_port + place * _PORTS_APART
        ports = {name: first + i for i, name in enumerate(_PORT_NAMES)}
        host = "127.0.0.1"
        if self._real_ports:
            ports = dict(_REAL_PORTS)
            host = f"127.0.{10 + place // 250}.{1 + place % 250}"
        if entry.model.camera != "jpeg":
            del ports["camera"]
        printer = SimulatedPrinter(
            entry.model.name,
            entry.serial,
            entry.access_code,
            name=entry.name,
            host=str(raw.get("host", host)),
            ports=ports | raw.get("ports", {}),
            clock_factor=float(raw.get("clock_factor", factor)),
            units=units_of(entry),
            developer_mode=bool(raw.get("developer_mode", True)),
            beacon_s=float(raw["beacon_s"]) if "beacon_s" in raw else None,
            state_dir=state_dir,
            started_at=started_at,
        )
        external = raw.get("external")
        if external is not None:
            mark = f"{entry.serial}/external"
            printer.machine.feed.put(EXTERNAL, spool_of(external, mark))
        return printer

    async def _announce(self, announcer: Announcer) -> None:
        while True:
            await announcer.announce(
                [(each.machine, each.host) for each in self.printers if each.is_on]
            )
            await asyncio.sleep(_ANNOUNCE_EVERY_S)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
