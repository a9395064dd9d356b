"""The working day of a plain machine: one job after the other, and who tends it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random

from odin_engine.simulator.plain.job import PlainJob
from odin_engine.simulator.plain.machine import PlainMachine
from odin_engine.simulator.rhythm import Rhythm
from odin_engine.simulator.routine import Routine, hold, until


class PlainShift:
    """Prints a list of jobs round and round. `taken` counts them.

    `start` is how the machine's own server begins a job; `seed` makes its pauses its own.
    """

    def __init__(
        self,
        machine: PlainMachine,
        jobs: Sequence[PlainJob],
        start: Callable[[PlainJob], None],
        seed: str,
    ) -> None:
        self._machine, self._jobs, self._start = machine, jobs, start
        self._seed = seed
        self.taken = 0
        self.is_off = False

    def start(self) -> None:
        """Starts the next job; ValueError says why that cannot be done now."""
        self._start(self._jobs[self.taken % len(self._jobs)])
        self.taken += 1

    def start_at(self, percent: float) -> None:
        """Starts the next job and brings it so far; 100 leaves the part on the plate."""
        self.start()
        self._machine.skip_to(percent / 100)

    def go_on(self, rhythm: Rhythm) -> None:
        """Starts a job after each other one, whoever started that."""
        self._machine.run_beside(self._tend(rhythm))

    def _tend(self, rhythm: Rhythm) -> Routine:
        machine = self._machine
        dice = Random(self._seed)  # noqa: S311 - no secret hangs on it
        while True:
            yield from until(self._is_free)
            if rhythm.waits_for_clear_plate:
                yield from until(lambda: not machine.has_part)
            yield from hold(dice.uniform(rhythm.least_s, rhythm.most_s))
            if not self._is_free():
                continue
            machine.clear()
            if not machine.has_filament:
                machine.change(has_filament=True)
            # Its server may be without its machine just now; it is tried again.
            with suppress(ValueError):
                self.start()
            yield

    def _is_free(self) -> bool:
        return not (self._machine.is_busy or self.is_off)
