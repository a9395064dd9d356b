"""A machine in memory with a host: a console, files, a past, heaters, macros, switches."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import override

from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Fans,
    HeadNames,
    HeaterBounds,
    NamedFan,
    NamedHeat,
    PercentBounds,
    PowerDevice,
    PrinterState,
    Prompt,
    Sensor,
    SensorKind,
)
from odin_engine.printers.ports import (
    Connection,
    ConsoleLine,
    HasConsole,
    ListsFiles,
    PastJob,
    RemembersJobs,
    StoredFile,
)
from tests.engine.printers.memory_driver import (
    CAPABILITIES,
    IDLE,
    MemoryDriver,
    MemoryMachine,
)

RICH: PrinterState = replace(
    IDLE,
    temperatures=replace(
        IDLE.temperatures, others=(NamedHeat("chamber_heater", 30.0, 0.0),)
    ),
    fans=Fans(others=(NamedFan("exhaust", 0, 0),)),
    sensors=(Sensor("room", SensorKind.TEMPERATURE, 21.0),),
    power_devices=(PowerDevice("psu", is_on=True),),
    prompt=Prompt("Go on?", ("Yes", "No")),
    capabilities=replace(
        CAPABILITIES,
        heads=2,
        head_names=HeadNames.TOOLS,
        heaters=(HeaterBounds("chamber_heater", 70),),
        speed_bounds=PercentBounds(10, 300),
        flow_bounds=PercentBounds(50, 150),
        macros=("CLEAN", "PURGE"),
        has_console=True,
    ),
)


@dataclass(eq=False)
class RichMachine(MemoryMachine):
    """What it keeps, and `past_fails` is what asking for its past ends with.

    `asked_since` says with which instants it was asked.
    """

    state: PrinterState = RICH
    lines: list[ConsoleLine] = field(default_factory=list)
    kept: list[StoredFile] = field(default_factory=list)
    recordings: list[StoredFile] = field(default_factory=list)
    past: list[PastJob] = field(default_factory=list)
    past_fails: Exception | None = None
    asked_since: list[datetime] = field(default_factory=list)

    @override
    def make_driver(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> MemoryDriver:
        return RichDriver(self, connection, clock, ticker)


class RichDriver(MemoryDriver):
    """Can do everything that a driver may."""

    def __init__(
        self,
        machine: RichMachine,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
    ) -> None:
        super().__init__(machine, connection, clock, ticker)
        self._rich = machine

    def console(self, after: int) -> Sequence[ConsoleLine]:
        return [line for line in self._rich.lines if line.number > after]

    async def files(self) -> Sequence[StoredFile]:
        await self._answer()
        return self._rich.kept

    async def timelapses(self) -> Sequence[StoredFile]:
        await self._answer()
        return self._rich.recordings

    async def past_jobs(self, since: datetime) -> Sequence[PastJob]:
        self._rich.asked_since.append(since)
        if self._rich.past_fails is not None:
            raise self._rich.past_fails
        if self._rich.hangs:
            await self._wait()
        return [
            job
            for job in self._rich.past
            if job.ended_at is None or job.ended_at >= since
        ]


def _check(_: HasConsole | ListsFiles | RemembersJobs) -> None:
    """Says to the type checker what a rich driver is."""
