"""Things that take time, written down in the order in which they happen.

A routine is a generator that is sent the seconds which passed, up to a second at once.
What stands before its first `yield` happens the moment it starts.
"""

from collections.abc import Callable, Generator

type Routine = Generator[None, float]


def hold(seconds: float) -> Routine:
    """Lets so many seconds of the machine's clock pass."""
    left = seconds
    while left > 0:
        left -= yield


def until(condition: Callable[[], bool]) -> Routine:
    """Waits for a condition, looking at it at every step of the clock."""
    while not condition():
        yield


class Runner:
    """Runs one routine at a time; starting another forgets the one before."""

    def __init__(self) -> None:
        self._routine: Routine | None = None

    @property
    def is_busy(self) -> bool:
        """Says whether a routine is under way."""
        return self._routine is not None

    def start(self, routine: Routine) -> None:
        """Begins a routine in place of the present one."""
        self._routine = routine
        self._step(lambda: next(routine))

    def stop(self) -> None:
        """Forgets the routine where it stands."""
        self._routine = None

    def tick(self, seconds: float) -> None:
        """Lets time pass for the routine."""
        routine = self._routine
        if routine is not None:
            self._step(lambda: routine.send(seconds))

    def _step(self, step: Callable[[], None]) -> None:
        running = self._routine
        try:
            step()
        except StopIteration:
            # A routine may have started its successor with its last breath.
            if self._routine is running:
                self._routine = None
