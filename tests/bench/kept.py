"""Figures in a file, and the table that a document shows of them."""

import json
import os
import platform
import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, Unit, readable

_GIB = 1024**3
_REGION = re.compile(r"(<!-- figures -->\n).*?(<!-- /figures -->)", re.DOTALL)
_BAR = re.compile(r"^≤ ([\d.]+) (x|µs|ms|s|MB|%)$")
_SIZES = {"x": 1.0, "%": 0.01, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "MB": 1e6}


@dataclass
class Kept:
    """What was measured where: each figure with the values of every round."""

    about: dict[str, Any]
    benchmarks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, name: str, figures: Sequence[Figure]) -> None:
        """Adds a round of a benchmark."""
        known = {row["what"]: row for row in self.benchmarks.setdefault(name, [])}
        for figure in figures:
            if figure.what not in known:
                row: dict[str, Any] = {
                    "what": figure.what,
                    "bar": figure.bar,
                    "unit": figure.unit.value,
                    "baseline": figure.baseline,
                    "measured": [],
                    "against": [],
                }
                self.benchmarks[name].append(row)
                known[figure.what] = row
            known[figure.what]["measured"].append(figure.measured)
            if figure.against is not None:
                known[figure.what]["against"].append(figure.against)
        self.about["load_after"] = _load()


def about_this_machine() -> dict[str, Any]:
    """Returns what somebody needs to know who compares figures, and nothing more."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.process_cpu_count(),
        "memory_gib": round(pages * size / _GIB),
        "load_before": _load(),
    }


def read(path: Path) -> Kept:
    """Reads a file that `write` made."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Kept(content["about"], content["benchmarks"])


def write(kept: Kept, path: Path) -> None:
    """Writes all of it."""
    content = {"about": kept.about, "benchmarks": kept.benchmarks}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")


def write_table(kept: Kept, document: Path) -> None:
    """Puts the table where the document has a place for it."""
    text = document.read_text(encoding="utf-8")
    document.write_text(_REGION.sub(_filled(kept), text), encoding="utf-8")


def shows(kept: Kept, document: Path) -> bool:
    """Whether the document says exactly what was kept."""
    text = document.read_text(encoding="utf-8")
    return _REGION.sub(_filled(kept), text) == text


def _filled(kept: Kept) -> str:
    table = "\n".join(markdown(kept)).replace("\\", r"\\")
    return rf"\g<1>{table}\n\g<2>"


def markdown(kept: Kept) -> Iterator[str]:
    """Yields the lines of the table, and of what it was measured on."""
    about = kept.about
    yield (
        f"{about['cores']} cores ({about['machine']}), {about['memory_gib']} GiB, Python "
        f"{about['python']}; others kept {about['load_before']:g} processes busy when it "
        "began. The middle of all rounds, with the lowest and the highest behind it."
    )
    for name, rows in kept.benchmarks.items():
        rounds = max(len(row["measured"]) for row in rows)
        yield ""
        yield f"**`{name}`**, {rounds} round{'s' if rounds > 1 else ''}"
        yield ""
        yield "| what | measured | ratio | to | bar | met |"
        yield "|---|---|---|---|---|---|"
        for row in rows:
            yield f"| {' | '.join(_cells(row))} |"


def _cells(row: dict[str, Any]) -> list[str]:
    unit, measured, against = Unit(row["unit"]), row["measured"], row["against"]
    ratios = [ours / theirs for ours, theirs in zip(measured, against, strict=False)]
    values = _spread([readable(value, unit) for value in _three(measured)])
    ratio = to = ""
    if ratios:
        ratio = _spread([f"{value:.2f} x" for value in _three(ratios)])
        to = f"{row['baseline']} ({readable(statistics.median(against), unit)})"
    return [
        row["what"],
        values,
        ratio,
        to,
        row["bar"],
        _met(row["bar"], measured, ratios),
    ]


def _three(values: Sequence[float]) -> list[float]:
    return [statistics.median(values), min(values), max(values)]


def _spread(said: Sequence[str]) -> str:
    middle, lowest, highest = said
    return middle if lowest == highest else f"{middle} ({lowest} to {highest})"


def _met(bar: str, measured: Sequence[float], ratios: Sequence[float]) -> str:
    """Says whether the middle round keeps the bar; nothing where it is no number."""
    found = _BAR.match(bar)
    if found is None:
        return ""
    most = float(found[1]) * _SIZES[found[2]]
    values = ratios if found[2] == "x" else measured
    if not values:
        return ""
    return "yes" if statistics.median(values) <= most else "**no**"


def _load() -> float:
    """Returns how many processes wanted to run in the last minute."""
    return round(os.getloadavg()[0], 1)
