"""A machine that heats, prints, pauses and fails, on a clock of its own.

`advance` moves its time and nothing else does, so a test has it in hand; `run` does so by
the wall clock. Who serves it is told of every change by `listen`.
"""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from odin_engine.simulator.plain.heat import Heater, bed, nozzle
from odin_engine.simulator.plain.job import PlainJob, job_from
from odin_engine.simulator.routine import Routine, Runner

_STEP_S = 0.5
"""Longer strides would skip the bend of a heating curve."""
_TICK_S = 0.25
_LAYER_MM = 0.2
_KEPT = (
    *("speed_pct", "flow_pct", "has_filament", "has_part", "fault", "tool"),
    *("printed_s", "total_s", "excluded"),
)


class Activity(StrEnum):
    """What the machine does."""

    IDLE = "idle"
    HEATING = "heating"
    PRINTING = "printing"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(eq=False)
class PlainMachine:
    """A machine by its heads, heaters, fans and what it prints.

    `clock_factor` is how fast its time runs; 0 stops it (then `advance` moves it).
    `has_part` says whether something lies on the plate, which no such machine knows.
    """

    name: str
    nozzles: Sequence[Heater] = field(default_factory=lambda: [nozzle()])
    bed: Heater | None = field(default_factory=bed)
    chamber: Heater | None = None
    fans_pct: dict[str, int] = field(default_factory=lambda: {"part": 0})
    speed_pct: int = 100
    flow_pct: int = 100
    has_filament: bool = True
    has_part: bool = False
    clock_factor: float = 1.0
    activity: Activity = Activity.IDLE
    job: PlainJob | None = None
    fault: str | None = None
    tool: int = 0
    elapsed_s: float = 0.0
    printed_s: float = 0.0
    total_s: float = 0.0
    homed: str = ""
    position_mm: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    excluded: list[str] = field(default_factory=list)
    _listeners: list[Callable[[], None]] = field(default_factory=list)
    _beside: list[Runner] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        """Whether a job occupies it."""
        return self.activity in {Activity.HEATING, Activity.PRINTING, Activity.PAUSED}

    @property
    def progress(self) -> float:
        """How much of the job is printed, 0 to 1."""
        if self.job is None:
            return 0.0
        return min(1.0, self.printed_s / max(self.job.print_s, 1.0))

    @property
    def layer(self) -> int:
        """The layer it lays now, from 1; 0 before the first."""
        if self.job is None or self.printed_s == 0:
            return 0
        return min(self.job.layers, 1 + math.floor(self.progress * self.job.layers))

    @property
    def remaining_s(self) -> float:
        """How long the job still takes, at the speed set."""
        if self.job is None:
            return 0.0
        return (self.job.print_s - self.printed_s) * 100 / max(self.speed_pct, 1)

    @property
    def used_mm(self) -> float:
        """How much filament went into the job so far."""
        return self.job.used_mm * self.progress if self.job else 0.0

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Calls `tell` after each change; returns what ends that."""
        self._listeners.append(tell)
        return lambda: self._listeners.remove(tell)

    def run_beside(self, routine: Routine) -> None:
        """Lets a routine happen beside everything else, on the machine's clock."""
        runner = Runner()
        self._beside.append(runner)
        runner.start(routine)

    def start(self, job: PlainJob) -> None:
        """Begins a job; it heats first."""
        self.job, self.activity, self.fault = job, Activity.HEATING, None
        self.printed_s = self.total_s = 0.0
        self.excluded.clear()
        self.homed = "xyz"
        if self.nozzles:
            self.nozzles[self.tool].target_c = job.nozzle_c
        if self.bed is not None:
            self.bed.target_c = job.bed_c
        self._tell()

    def skip_to(self, share: float) -> None:
        """Brings the job to a share of it (0 to 1) at once, as if it had printed so far."""
        if self.job is None or not self.is_busy or share <= 0:
            return
        for heater in self.heaters.values():
            heater.current_c = heater.target_c or heater.current_c
        skipped_s = self.job.print_s * min(share, 1) - self.printed_s
        self.printed_s += max(skipped_s, 0)
        self.total_s += max(skipped_s, 0)
        if self.activity is Activity.HEATING:
            self._move(0)
        self._move(0)
        self._tell()

    def pause(self) -> None:
        """Holds the job."""
        if self.activity in {Activity.HEATING, Activity.PRINTING}:
            self._become(Activity.PAUSED)

    def resume(self) -> None:
        """Goes on with the job."""
        if self.activity is Activity.PAUSED:
            self._become(Activity.HEATING)

    def cancel(self) -> None:
        """Ends the job for good."""
        if self.is_busy:
            self.cool()
            self._become(Activity.CANCELLED)

    def fail(self, why: str) -> None:
        """Ends with a fault; everything goes cold."""
        self.fault = why
        self.cool()
        self._become(Activity.FAILED)

    def clear(self) -> None:
        """Forgets the job that ended, or the fault; the plate is clear."""
        if not self.is_busy:
            self.has_part = False
            self._forget()

    def lose_power(self) -> None:
        """Forgets the job in the middle of it, and what it was told to heat."""
        self.cool()
        self._forget()

    def home(self) -> None:
        """Homes all axes."""
        self.homed = "xyz"
        self.position_mm[:] = [0.0, 0.0, 5.0]
        self._tell()

    def cool(self) -> None:
        """Switches every heater and fan off."""
        for heater in self.heaters.values():
            heater.target_c = 0.0
        for fan in self.fans_pct:
            self.fans_pct[fan] = 0

    @property
    def heaters(self) -> dict[str, Heater]:
        """Every heater: `nozzle0` …, `bed`, `chamber`."""
        named = {f"nozzle{number}": each for number, each in enumerate(self.nozzles)}
        others = {"bed": self.bed, "chamber": self.chamber}
        return named | {name: each for name, each in others.items() if each is not None}

    def heat(self, heater: str, target_c: float) -> None:
        """Sets a heater's target.

        Raises:
            KeyError: no such heater.
            ValueError: more than it can.
        """
        there = self.heaters[heater]
        if not 0 <= target_c <= there.max_c:
            raise ValueError(f"{target_c:g} is outside 0..{there.max_c:g}")
        there.target_c = target_c
        self._tell()

    def change(self, **values: object) -> None:
        """Sets fields (`speed_pct`, `has_filament` …) and tells of it."""
        for name, value in values.items():
            setattr(self, name, value)
        if not self.has_filament and self.activity is Activity.PRINTING:
            self.pause()
        else:
            self._tell()

    def advance(self, seconds: float) -> None:
        """Moves its time."""
        while seconds > 0:
            step = min(seconds, _STEP_S)
            seconds -= step
            self._step(step)
        self._tell()

    def keep(self) -> dict[str, Any]:
        """Returns what it remembers when it is switched off, as JSON has it."""
        return {
            "activity": str(self.activity),
            "job": self.job and asdict(self.job),
            **{name: getattr(self, name) for name in _KEPT},
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is as it was kept, though cold: a job that ran heats up again.

        Raises:
            KeyError, TypeError, ValueError: nothing of the kind was kept.
        """
        activity, row = Activity(kept["activity"]), kept["job"]
        values = {name: kept[name] for name in _KEPT}
        if not 0 <= values["tool"] < max(len(self.nozzles), 1):
            raise ValueError(f"there is no tool {values['tool']}")
        self.tool = values["tool"]
        if row is not None:
            self.start(job_from(row))
            if activity is Activity.PAUSED:
                self.pause()
            elif activity not in {Activity.HEATING, Activity.PRINTING}:
                self.cool()
                self.activity = activity
        else:
            self.activity = activity
        self.change(**values)

    async def run(self) -> None:
        """Lets its time run until cancelled."""
        loop = asyncio.get_running_loop()
        last_s = loop.time()
        while True:
            await asyncio.sleep(_TICK_S)
            now_s = loop.time()
            if self.clock_factor:
                self.advance((now_s - last_s) * self.clock_factor)
            last_s = now_s

    def _step(self, seconds: float) -> None:
        self.elapsed_s += seconds
        self._move(seconds)
        for runner in tuple(self._beside):
            runner.tick(seconds)

    def _move(self, seconds: float) -> None:
        for heater in self.heaters.values():
            heater.advance(seconds)
        if self.is_busy:
            self.total_s += seconds
        if self.activity is Activity.HEATING and all(
            heater.is_there for heater in self.heaters.values()
        ):
            self.activity = Activity.PRINTING
            self.has_part = True
            if "part" in self.fans_pct:
                self.fans_pct["part"] = 100
        elif self.activity is Activity.PRINTING and self.job is not None:
            self.printed_s += seconds * self.speed_pct / 100
            # A circle, so that the axes move and stay on every bed.
            angle = self.printed_s / 3
            self.position_mm[:] = [
                110 + 40 * math.cos(angle),
                110 + 40 * math.sin(angle),
                self.layer * _LAYER_MM,
            ]
            if self.printed_s >= self.job.print_s:
                self.printed_s = self.job.print_s
                self.cool()
                self.activity = Activity.FINISHED

    def _forget(self) -> None:
        self.job, self.fault = None, None
        self.printed_s = self.total_s = 0.0
        self._become(Activity.IDLE)

    def _become(self, activity: Activity) -> None:
        self.activity = activity
        self._tell()

    def _tell(self) -> None:
        for tell in tuple(self._listeners):
            tell()
