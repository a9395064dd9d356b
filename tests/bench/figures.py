"""What a benchmark reports: a measurement beside a baseline from the same run."""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

_BATCH_S = 0.02
_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. Times are in seconds; `bar` is what we hold ourselves to.

    `baseline` names what `baseline_s` is the time of.
    """

    what: str
    measured_s: float
    bar: str
    baseline: str | None = None
    baseline_s: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times longer than the baseline it took."""
        return self.measured_s / self.baseline_s if self.baseline_s else None

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"ratio": self.ratio}


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


def percentile(values: Sequence[float], percent: int) -> float:
    """Returns the value that this share of them does not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def table(figures: Sequence[Figure]) -> str:
    """Lays the figures out for a terminal."""
    rows = [("what", "measured", "ratio", "baseline", "bar")]
    rows += [
        (
            figure.what,
            _readable(figure.measured_s),
            "" if figure.ratio is None else f"{figure.ratio:.2f} x",
            ""
            if figure.baseline_s is None
            else f"{figure.baseline} {_readable(figure.baseline_s)}",
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


def _readable(seconds: float) -> str:
    for unit, size in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
