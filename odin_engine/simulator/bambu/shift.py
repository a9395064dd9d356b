"""The working day of a Bambu Lab machine: one job after the other, and somebody who tends it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import floor
from random import Random

from odin_engine.simulator.bambu.machine import GcodeState, Machine
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour
from odin_engine.simulator.bambu.machine.plan import Options, PrintPlan
from odin_engine.simulator.bambu.machine.spools import Spool
from odin_engine.simulator.bambu.machine.units import EXTERNAL_LEFT
from odin_engine.simulator.rhythm import Rhythm
from odin_engine.simulator.routine import Routine, hold, until

_REFILL_BELOW_G = 60.0
# Below 2³¹, and apart from what a machine numbers itself.
_FIRST_ID = 800_000_000
# What a start may take before the first layer, at most.
_START_S = 3600


@dataclass(frozen=True, slots=True)
class Task:
    """A job as a farm file has it; `slots` maps its filaments to flat trays."""

    plan: PrintPlan
    slots: Mapping[int, int]


class Shift:
    """Prints a list of jobs round and round. `taken` counts them."""

    def __init__(self, machine: Machine, tasks: Sequence[Task]) -> None:
        self._machine, self._tasks = machine, tasks
        self.taken = 0
        trays = {flat for task in tasks for flat in task.slots.values()}
        self._spools = {flat: machine.feed.spool(flat) for flat in trays}

    def plan(self, name: str) -> PrintPlan | None:
        """Finds the plan of a job by its name."""
        plans = (task.plan for task in self._tasks)
        return next((plan for plan in plans if plan.name == name), None)

    def start(self) -> None:
        """Starts the next job."""
        machine = self._machine
        task = self._tasks[self.taken % len(self._tasks)]
        self.taken += 1
        number = str(_FIRST_ID + self.taken)
        machine.start(
            task.plan,
            slots=task.slots,
            heads=heads_for(machine, task.slots),
            options=Options(subtask_name=task.plan.name, task_id=number),
        )

    def start_at(self, percent: float) -> None:
        """Starts the next job and brings it so far; 100 leaves the part on the plate."""
        self.start()
        advance_to(self._machine, percent / 100)

    def go_on(self, rhythm: Rhythm) -> None:
        """Starts a job after each other one, whoever started that."""
        self._machine.run_beside(self._tend(rhythm))

    def _tend(self, rhythm: Rhythm) -> Routine:
        machine = self._machine
        dice = Random(machine.serial)  # noqa: S311 - no secret hangs on it
        while True:
            yield from until(self._is_free)
            if rhythm.waits_for_clear_plate:
                yield from until(lambda: not machine.prints.plate_occupied)
            yield from hold(dice.uniform(rhythm.least_s, rhythm.most_s))
            if not self._is_free():
                continue
            machine.clear_plate()
            self._refill()
            self.start()
            yield

    def _is_free(self) -> bool:
        machine = self._machine
        return not (machine.prints.is_busy or machine.does(Misbehaviour.POWER_CUT))

    def _refill(self) -> None:
        """Changes spools that the next job would empty."""
        task = self._tasks[self.taken % len(self._tasks)]
        feed = self._machine.feed
        for index, flat in task.slots.items():
            used = next(f.used_g for f in task.plan.filaments if f.index == index)
            there, first = feed.spool(flat), self._spools.get(flat)
            if there is None and first is not None:
                feed.put(flat, _full(first))
            elif there is not None and there.remaining_g < used + _REFILL_BELOW_G:
                feed.put(flat, _full(there))


def advance_to(machine: Machine, share: float) -> None:
    """Brings the job that was just started to a share (0-1) of its time.

    What was printed before is not played through: with hundreds of machines, and prints
    of hours, that would take minutes.
    """
    prints, job = machine.prints, machine.prints.job
    if job is None:
        return
    _tick_until(machine, lambda: job.printed_s > 0)
    job.printed_s = max(job.printed_s, job.plan.print_s * min(share, 1))
    # It began so long ago, although this clock did not run meanwhile.
    prints.started_at_s -= job.printed_s
    if job.share < 1:
        # It may have to change filament first.
        shown = floor(job.share * 100)
        _tick_until(machine, lambda: prints.percent >= shown)
    else:
        _tick_until(machine, lambda: False)


def heads_for(machine: Machine, slots: Mapping[int, int]) -> dict[int, int]:
    """Finds the head that each filament reaches: a unit feeds one head only."""
    heads: dict[int, int] = {}
    for index, flat in slots.items():
        place = machine.feed.locate(flat)
        if place is not None:
            heads[index] = place[0].head
        elif flat == EXTERNAL_LEFT:
            heads[index] = 1
    return heads


def _tick_until(machine: Machine, is_there: Callable[[], bool]) -> None:
    """Lets a running job go on until a condition, or until it stands still or ends."""
    halted = {GcodeState.PAUSE, GcodeState.FINISH, GcodeState.FAILED}
    for _ in range(_START_S):
        if is_there() or machine.gcode_state in halted:
            return
        machine.tick(1)


def _full(worn: Spool) -> Spool:
    return replace(worn, remaining_g=worn.net_g)
