"""A farm without stand-ins: the service, the driver, and machines on real sockets.

Only time is by hand. What travels over a socket takes real time, so a test waits for
what it expects to see (`until`); what waits for a clock happens in `go`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, override

import pytest
from cryptography.fernet import Fernet

from odin_engine.drivers.printers.bambu.driver import BambuDriver
from odin_engine.drivers.printers.bambu.family import BambuFamily
from odin_engine.drivers.printers.bambu.link import Link
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.files import Files
from odin_engine.kernel.secrets import Secrets
from odin_engine.kernel.tasks import Tasks
from odin_engine.printers import reactions
from odin_engine.printers.events import LinkChanged, PrintEnded, PrinterEvent
from odin_engine.printers.model import (
    TUNABLES,
    Command,
    LinkReason,
    LinkStatus,
    PrinterState,
)
from odin_engine.printers.ports import Connection, Record
from odin_engine.printers.service import Printers
from odin_engine.simulator.bambu import PlanFilament, PrintPlan, SimulatedPrinter
from tests.engine.doubles import ManualClock, settle
from tests.patience import PATIENCE_S

PLAN = PrintPlan(
    name="cube",
    plate=1,
    layers=40,
    print_s=1200,
    filaments=(PlanFilament(0, "PLA", "#F2754E", 12.5),),
    objects=(71, 96),
    gcode_file="Metadata/plate_1.gcode",
)
QUIET = ["P1: online (-)"]
"""The whole log of a first machine whose link never changed."""
_KEY = Fernet.generate_key()


@dataclass
class Place:
    """A machine, and what the service makes of it."""

    id: str
    machine: SimulatedPrinter
    yard: Yard

    @property
    def state(self) -> PrinterState:
        return self.yard.printers.view(self.id).state

    @property
    def link(self) -> str:
        return _told(self.state.link, self.state.link_reason)

    @property
    def links(self) -> list[str]:
        """Every change of the link so far, with its reason."""
        return [_told(event.after, event.reason) for event in self.of(LinkChanged)]

    @property
    def events(self) -> list[PrinterEvent]:
        return [each for each in self.yard.events if each.printer_id == self.id]

    @property
    def happened(self) -> list[str]:
        """The names of all events but those of the link, the slot in use, the plate."""
        quiet = {"LinkChanged", "ActiveSlotChanged", "PlateOccupied"}
        names = [type(event).__name__ for event in self.events]
        return [name for name in names if name not in quiet]

    @property
    def results(self) -> list[str]:
        """How the prints ended."""
        return [event.result.value for event in self.of(PrintEnded)]

    def of[E](self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, condition: Callable[[PrinterState], object]) -> PrinterState:
        """Waits for a state, and until its news was told."""
        await self.yard.until(lambda: condition(self.state))
        return self.state

    async def online(self) -> None:
        await self.until(lambda state: state.link is LinkStatus.ONLINE)

    async def heard(self) -> None:
        """Waits until whatever the machine said before this call has been taken in."""
        strength = self.yard.next_mark()
        mark = {"command": "push_status", "msg": 1, "wifi_signal": f"{strength}dBm"}
        self.machine.publish({"print": mark})
        await self.until(lambda state: state.wifi_dbm == strength)

    async def connects(self, times: int) -> None:
        """Lets time pass until the machine has seen so many logins."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.machine.connects) < times:
                await self.yard.go(1)
                await self.yard.breathe()

    def is_online(self) -> bool:
        return self.state.link is LinkStatus.ONLINE

    async def recovers(self) -> None:
        """Lets time pass until the link is well again by itself."""
        async with asyncio.timeout(PATIENCE_S):
            while not self.is_online():
                await self.yard.breathe()
                # Somebody is connected: before more time passes, what is on its way
                # over sockets gets the time that a busy machine needs for it.
                for _ in range(20 if self.machine.clients else 1):
                    await self.yard.travel()
                    if self.is_online():
                        return
                await self.yard.go(1)

    async def does(self, command: Command) -> None:
        """Gives a command, and lets the time pass that it takes."""
        await self.yard.in_time(self.yard.printers.commands.execute(self.id, command))

    async def prints(self) -> None:
        """Begins a print at the machine, and waits until the service shows it."""
        self.machine.machine.start(PLAN, slots={0: 0})
        self.machine.advance(400)
        await self.until(lambda state: state.activity == "printing")


class WatchedFamily(BambuFamily):
    """The real family; it only counts the attempts to connect that are under way."""

    connecting = 0

    @override
    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> BambuDriver:
        family = self

        class Watched(BambuDriver):
            @override
            async def _open(self) -> Link:
                family.connecting += 1
                try:
                    return await super()._open()
                finally:
                    family.connecting -= 1

        return Watched(connection, self._roots, clock, ticker, tap)


class Yard:
    """The service with everything around it, started and beating."""

    def __init__(
        self, database: Database, facts: Facts, clock: ManualClock, folder: Path
    ) -> None:
        self.clock = clock
        self.events: list[PrinterEvent] = []
        self.tasks = Tasks(database, clock)
        self.config = Config(database, clock, TUNABLES)
        self.facts = facts
        self._numbers = count(1)
        self._marks = count()
        self._machines = AsyncExitStack()
        self.family = family = WatchedFamily()
        self.printers = Printers(
            database,
            clock,
            clock,
            Secrets(_KEY),
            {family.name: family},
            Files(folder),
            self.tasks,
            self.config,
            allow_loopback=True,
            upload_most_bytes=10_000_000,
            jitter=lambda: 0.0,
        )

    async def machine(
        self,
        model: str = "P1S",
        **options: Any,  # noqa: ANN401 - the machine's own
    ) -> SimulatedPrinter:
        """Switches on a machine whose clock stands still unless told otherwise."""
        settings = {"clock_factor": 0, "report_every_s": 0.05} | options
        return await self._machines.enter_async_context(
            SimulatedPrinter(model, **settings)
        )

    async def register(self, machine: SimulatedPrinter, **values: object) -> Place:
        """Registers a machine; its connection begins."""
        described: dict[str, object] = {
            "name": f"P{next(self._numbers)}",
            "family": "bambu",
            "host": machine.host,
            "serial": machine.serial,
            "secret": machine.access_code,
            "ports": dict(machine.ports),
            **values,
        }
        printer = await self.printers.registry.add(described)
        await self.go()
        return Place(printer.id, machine, self)

    async def add(self, model: str = "P1S", **options: object) -> Place:
        """Switches on a machine, registers it and waits until it is online."""
        place = await self.register(await self.machine(model, **options))
        await place.online()
        return place

    async def until(self, condition: Callable[[], object]) -> None:
        """Waits until the condition holds; looks whenever anything changes."""
        with self.printers.telemetry.watch() as watcher:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():
                    await watcher.changed()
        await self.written()

    async def go(self, seconds: float = 0.0) -> None:
        """Lets time pass by the clock, and everything seen be written and told."""
        await self.clock.advance(seconds)
        await self.written()

    async def written(self) -> None:
        await self.printers.flush()
        await self.facts.drain()
        await settle()

    def next_mark(self) -> int:
        """Returns a signal strength that no machine has."""
        return -1 - next(self._marks)

    async def in_time[T](self, work: Awaitable[T]) -> T:
        """Returns what `work` returns; time passes meanwhile, ten times as fast."""
        doing = asyncio.ensure_future(work)
        async with asyncio.timeout(PATIENCE_S):
            while not doing.done():
                await self.travel()
                await self.go(0.1)
        return doing.result()

    async def travel(self) -> None:
        """Lets what is on its way over sockets arrive, as far as one can tell."""
        for _ in range(10):
            await asyncio.to_thread(bool)
            await settle(5)

    async def breathe(self) -> None:
        """Lets attempts to connect come to their end, of which nobody may be told."""
        await settle()
        while self.family.connecting:
            await asyncio.to_thread(bool)
            await settle()
        await settle()

    async def close(self) -> None:
        await self._machines.aclose()


@asynccontextmanager
async def run_yard(
    database: Database, facts: Facts, clock: ManualClock, folder: Path
) -> AsyncIterator[Yard]:
    """Runs a farm for the length of the block."""
    yard = Yard(database, facts, clock, folder)

    async def keep(event: PrinterEvent) -> None:
        yard.events.append(event)

    forget = facts.subscribe(PrinterEvent, keep)
    await yard.config.load()
    await yard.printers.start()
    beats = [
        asyncio.create_task(facts.run()),
        asyncio.create_task(reactions.run(yard.printers, clock)),
    ]
    await yard.go(1.0)
    try:
        yield yard
    finally:
        await yard.tasks.close()
        await yard.printers.stop()
        for beat in beats:
            beat.cancel()
        await asyncio.wait(beats)
        forget()
        await yard.close()


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Returns what the engine logged, from INFO up."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("odin_engine") and record.levelno >= logging.INFO
    ]


def complaints(records: Iterable[logging.LogRecord]) -> list[str]:
    """Returns what asyncio logged: outcomes that nobody looked at."""
    return [each.getMessage() for each in records if each.name == "asyncio"]


def _told(link: LinkStatus, reason: LinkReason | None) -> str:
    return f"{link.value} ({reason.value if reason else '-'})"
