"""A farm for tests: the real service on a real database, machines in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from cryptography.fernet import Fernet

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.files import Files
from odin_engine.kernel.secrets import Secrets
from odin_engine.kernel.tasks import Tasks
from odin_engine.printers import reactions
from odin_engine.printers.events import PrinterEvent
from odin_engine.printers.model import TUNABLES, PrinterState
from odin_engine.printers.model.record import Printer
from odin_engine.printers.service import Printers
from tests.engine.doubles import ManualClock, settle
from tests.engine.printers.memory_driver import MemoryFamily, MemoryMachine

KEY = Fernet.generate_key()


class Farm:
    """Everything a test of the printers service needs, started and beating."""

    def __init__(
        self,
        database: Database,
        facts: Facts,
        clock: ManualClock,
        family: MemoryFamily,
        folder: Path,
    ) -> None:
        self.clock = clock
        self.family = family
        self.config = Config(database, clock, TUNABLES)
        self.tasks = Tasks(database, clock)
        self._numbers = count(1)
        self.events: list[PrinterEvent] = []
        self._facts = facts
        self.printers = Printers(
            database,
            clock,
            clock,
            Secrets(KEY),
            {family.name: family},
            Files(folder),
            self.tasks,
            self.config,
            upload_most_bytes=1_000_000,
            jitter=lambda: 0.0,
        )

    async def add(self, name: str = "Anna", **values: object) -> str:
        """Registers a printer and lets it connect; returns its id."""
        number = next(self._numbers)
        described: dict[str, object] = {
            "name": name,
            "family": "memory",
            "host": f"10.0.0.{number}",
            "serial": f"MEM{number}",
            "secret": "opensesame",
            **values,
        }
        printer = await self.printers.registry.add(described)
        await self.go(0.1)
        return printer.id

    def machine(self, printer_id: str) -> MemoryMachine:
        return self.family.machine(self.record(printer_id).host)

    def record(self, printer_id: str) -> Printer:
        return self.printers.view(printer_id).printer

    def state(self, printer_id: str) -> PrinterState:
        return self.printers.view(printer_id).state

    async def go(self, seconds: float = 0.0) -> None:
        """Lets time pass, and everything seen be written and told."""
        await self.clock.advance(seconds)
        await self.printers.flush()
        await self._facts.drain()
        await settle()

    async def kill(self) -> None:
        """Ends everything at once, as `kill -9` does: nothing is written any more."""
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def happened(self, *kinds: type[PrinterEvent]) -> list[PrinterEvent]:
        """Returns the events of these kinds so far, in order."""
        return [event for event in self.events if isinstance(event, kinds)]


@asynccontextmanager
async def run_farm(
    database: Database,
    facts: Facts,
    clock: ManualClock,
    family: MemoryFamily,
    folder: Path,
) -> AsyncIterator[Farm]:
    """Runs a farm for the length of the block; the database survives it."""
    farm = Farm(database, facts, clock, family, folder)

    async def keep(event: PrinterEvent) -> None:
        farm.events.append(event)

    forget = facts.subscribe(PrinterEvent, keep)
    await farm.config.load()
    await farm.printers.start()
    beats = [
        asyncio.create_task(facts.run()),
        asyncio.create_task(reactions.run(farm.printers, clock)),
    ]
    await farm.go(1.0)
    try:
        yield farm
    finally:
        await farm.tasks.close()
        await farm.printers.stop()
        for beat in beats:
            beat.cancel()
        await asyncio.wait(beats)
        forget()
