"""What a benchmark reports: a measurement beside a baseline from the same run."""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

_BATCH_S = 0.02
_TIMES = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


class Missing(Exception):
    """A benchmark needs something that this machine does not have."""


class Unit(StrEnum):
    """What a figure is counted in."""

    SECONDS = "s"
    CORES = "cores"
    BYTES = "bytes"
    THINGS = "things"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `bar` is what we hold ourselves to.

    `baseline` names what `against` is the measurement of, in the same unit.
    """

    what: str
    measured: float
    bar: str
    baseline: str | None = None
    against: float | None = None
    unit: Unit = Unit.SECONDS

    @property
    def ratio(self) -> float | None:
        """How many times more than the baseline it took."""
        return self.measured / self.against if self.against else None


def best_s(work: Callable[[], object], repeats: int = 7) -> float:
    """Returns the seconds of one call: the fastest of several batches of about 20 ms.

    The collector rests meanwhile, as it does in `timeit`.
    """
    calls, taken_s = 1, 0.0
    gc.disable()
    try:
        while taken_s < _BATCH_S:
            calls *= 2
            taken_s = _batch_s(work, calls)
        return min(taken_s, *(_batch_s(work, calls) for _ in range(repeats))) / calls
    finally:
        gc.enable()


def best_of_both_s(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 5
) -> tuple[float, float]:
    """Returns `best_s` of two works, taken by turns.

    What else the computer does then hits both, and their ratio stays what it is.
    """
    taken = [(best_s(ours, 3), best_s(theirs, 3)) for _ in range(rounds)]
    return min(our for our, _ in taken), min(their for _, their in taken)


def percentile(values: Sequence[float], percent: int) -> float:
    """Returns the value that this share of them does not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def table(figures: Sequence[Figure]) -> str:
    """Lays the figures out for a terminal."""
    rows = [("what", "measured", "ratio", "baseline", "bar")]
    rows += [
        (
            figure.what,
            readable(figure.measured, figure.unit),
            "" if figure.ratio is None else f"{figure.ratio:.2f} x",
            ""
            if figure.against is None
            else f"{figure.baseline} {readable(figure.against, figure.unit)}",
            figure.bar,
        )
        for figure in figures
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _batch_s(work: Callable[[], object], calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        work()
    return time.perf_counter() - began


def readable(value: float, unit: Unit) -> str:
    """Says a value in the words of a person."""
    match unit:
        case Unit.CORES:
            return f"{value * 100:.3g} % of a core"
        case Unit.BYTES:
            return f"{value / 1e6:.3g} MB"
        case Unit.THINGS:
            return f"{value:g}"
        case Unit.SECONDS:
            name, size = next(
                (each for each in _TIMES if abs(value) >= each[1]), _TIMES[-1]
            )
            return f"{value / size:.3g} {name}"
