"""Samples on a fixed period: temperatures and progress while printing, air in the units.

Each round is one entry for the recorder, so one transaction for the whole farm. The
seconds that heads print are counted each tick and written with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database, Work
from odin_engine.kernel.tunable import Tunable
from odin_engine.printers import store
from odin_engine.printers.model import (
    Activity,
    Heat,
    Job,
    LinkStatus,
    PrinterState,
)
from odin_engine.printers.model.history import (
    SAMPLED_HEADS,
    minute_of,
    printing_head,
)
from odin_engine.printers.model.tunables import (
    CLIMATE_KEPT_DAYS,
    FAULTS_KEPT_DAYS,
    SAMPLES_KEPT_DAYS,
)
from odin_engine.printers.service.fleet import Fleet, Machine
from odin_engine.printers.service.recorder import Recorder

SAMPLE_PERIOD_S = 60.0
CLIMATE_PERIOD_S = 300.0
PURGE_PERIOD_S = 3600.0
_HEARD_WITHIN_S = 5.0
"""Printing machines report every second or two; what is silent for longer may have ended."""
_TICK_MOST_S = 5.0
"""A tick that comes later than this was no measure of time: the machine slept."""


class Sampling:
    """Takes samples, and drops them when they are old."""

    def __init__(
        self,
        fleet: Fleet,
        recorder: Recorder,
        database: Database,
        config: Config,
        clock: Clock,
        on_purged: Callable[[], None],
    ) -> None:
        self._on_purged = on_purged
        self._fleet = fleet
        self._recorder = recorder
        self._database = database
        self._config = config
        self._clock = clock
        self._counted_s = clock.monotonic_s()

    def count(self) -> None:
        """Counts the time since the last call to the heads that print.

        The time of a silence counts once the machine is heard, and the job is not over.
        """
        now_s = self._clock.monotonic_s()
        passed_s = min(now_s - self._counted_s, _TICK_MOST_S)
        self._counted_s = now_s
        for machine in self._fleet:
            if machine.state.activity is Activity.PRINTING and _is_live(machine):
                head = printing_head(machine.state)
                unheard = machine.unheard_by_head
                unheard[head] = unheard.get(head, 0.0) + passed_s
            if machine.unheard_by_head and _is_heard(machine, now_s):
                machine.believe_silence()

    async def sample(self) -> None:
        """Queues one row for each printer with a running job."""
        works = [machine for machine in self._fleet if _has_job(machine)]
        if works:
            minute = minute_of(self._clock.now())
            self._recorder.put(_Round(self._fleet, minute, works))

    async def sample_climate(self) -> None:
        """Queues one row for each filament unit that measures anything."""
        rows = [
            {
                "printer_id": machine.printer.id,
                "unit": unit.id,
                "temperature_c": unit.temperature_c,
                "humidity_pct": unit.humidity_pct,
                "humidity_level": unit.humidity_level,
            }
            for machine in self._fleet
            if _is_live(machine)
            for unit in machine.state.filament_units
            if (unit.temperature_c, unit.humidity_pct, unit.humidity_level)
            != (None, None, None)
        ]
        if rows:
            self._recorder.put(_Climates(minute_of(self._clock.now()), rows))

    async def purge(self) -> None:
        """Drops what is older than people want to keep, a bite at a time."""
        now = self._clock.now()
        samples = minute_of(now - self._kept(SAMPLES_KEPT_DAYS))
        climate = minute_of(now - self._kept(CLIMATE_KEPT_DAYS))
        faults = now - self._kept(FAULTS_KEPT_DAYS)
        is_more = True
        while is_more:
            async with self._database.work() as work:
                is_more = await store.purge(work.session, samples, climate, faults)
        self._on_purged()

    def _kept(self, days: Tunable[int]) -> timedelta:
        return timedelta(days=self._config.get(days))


class _Round:
    """The samples of one minute, on their way into the database."""

    def __init__(self, fleet: Fleet, minute: int, machines: Sequence[Machine]) -> None:
        self._fleet = fleet
        self._minute = minute
        self._parts = [
            (machine, machine.state, machine.take_printing_time())
            for machine in machines
        ]

    async def write(self, work: Work) -> None:
        """Writes one row per printer, and how far each print is."""
        parts = [part for part in self._parts if self._fleet.has(part[0])]
        rows = [_row(machine.printer.id, state) for machine, state, _ in parts]
        await store.add_samples(work.session, self._minute, rows)
        for machine, state, seconds in parts:
            await store.note_progress(
                work.session, machine.printer.id, seconds, state.job
            )

    def settle(self) -> None:
        """Does nothing: samples are not in memory."""


class _Climates:
    """The air in the filament units at one minute, on its way into the database."""

    def __init__(self, minute: int, rows: Sequence[Mapping[str, Any]]) -> None:
        self._minute = minute
        self._rows = rows

    async def write(self, work: Work) -> None:
        """Writes one row per filament unit."""
        await store.add_climates(work.session, self._minute, self._rows)

    def settle(self) -> None:
        """Does nothing: samples are not in memory."""


def _is_heard(machine: Machine, now_s: float) -> bool:
    heard_s = machine.driver.last_heard_s if machine.driver else None
    return heard_s is not None and now_s - heard_s <= _HEARD_WITHIN_S


def _is_live(machine: Machine) -> bool:
    return machine.state.link is LinkStatus.ONLINE


def _has_job(machine: Machine) -> bool:
    activity = machine.state.activity
    return _is_live(machine) and activity is not None and activity.has_running_job


def _row(printer_id: str, state: PrinterState) -> dict[str, Any]:
    heat, fans, job = state.temperatures, state.fans, state.job or Job()
    bed, chamber = heat.bed or Heat(), heat.chamber or Heat()
    return {
        "printer_id": printer_id,
        **dict(_nozzles(heat.nozzles[:SAMPLED_HEADS])),
        "bed_c": bed.current_c,
        "bed_target_c": bed.target_c,
        "chamber_c": chamber.current_c,
        "chamber_target_c": chamber.target_c,
        "part_fan_pct": fans.part_pct,
        "aux_fan_pct": fans.aux_pct,
        "chamber_fan_pct": fans.chamber_pct,
        "progress_pct": job.progress_pct,
        "layer": job.layer,
    }


def _nozzles(nozzles: Sequence[Heat]) -> Iterator[tuple[str, float | None]]:
    for head, heat in enumerate(nozzles):
        yield f"nozzle_{head}_c", heat.current_c
        yield f"nozzle_{head}_target_c", heat.target_c
