"""What a plain machine prints: made up, or read from the comments of a G-code file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TIMES = (
    re.compile(rb"(?m)^;TIME:(?P<s>\d+)"),
    re.compile(
        rb"(?m)^; estimated printing time \(normal mode\) = "
        rb"(?:(?P<d>\d+)d ?)?(?:(?P<h>\d+)h ?)?(?:(?P<m>\d+)m ?)?(?:(?P<s>\d+)s)?"
    ),
)
_LAYER_COUNT = re.compile(rb"(?m)^; ?(?:LAYER_COUNT:|total layers? count = )(\d+)")
_LAYER = re.compile(rb"(?m)^;(?:LAYER:\d+|LAYER_CHANGE)\s*$")
_NOZZLE = re.compile(rb"(?m)^M10[49] (?:T\d+ )?S(\d+)")
_BED = re.compile(rb"(?m)^M1[49]0 S(\d+)")
_USED_MM = re.compile(rb"(?m)^; filament used \[mm\] = ([\d.]+)")
_OBJECT = re.compile(rb"(?m)^EXCLUDE_OBJECT_DEFINE NAME=(\S+)")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_BYTES_A_SECOND = 2_000
"""Of a file that tells no time."""
_LEAST_S = 60.0


@dataclass(frozen=True, slots=True)
class PlainJob:
    """A print: seconds of printing without the heating, and what it heats to in °C."""

    name: str
    print_s: float = 1_200.0
    layers: int = 100
    nozzle_c: float = 210.0
    bed_c: float = 60.0
    used_mm: float = 4_000.0
    size_bytes: int = 1_000_000
    objects: tuple[str, ...] = ()


def job_from(row: Mapping[str, Any]) -> PlainJob:
    """Returns the job that `dataclasses.asdict` made a row of.

    Raises:
        KeyError, TypeError: it is none.
    """
    return PlainJob(**{**row, "objects": tuple(row["objects"])})


def plan_from_gcode(
    name: str, content: bytes, size_bytes: int | None = None
) -> PlainJob:
    """Returns the print that a G-code file is, by its comments where it has them.

    `content` may be the beginning and the end of a long file.
    """
    size = len(content) if size_bytes is None else size_bytes
    layers = _LAYER_COUNT.search(content)
    count = int(layers[1]) if layers else len(_LAYER.findall(content))
    used = _USED_MM.search(content)
    return PlainJob(
        name,
        print_s=_time_s(content) or max(size / _BYTES_A_SECOND, _LEAST_S),
        layers=max(count, 1),
        nozzle_c=_highest(_NOZZLE, content, 210.0),
        bed_c=_highest(_BED, content, 60.0),
        used_mm=float(used[1]) if used else size / 100,
        size_bytes=size,
        objects=tuple(
            dict.fromkeys(
                each.decode("utf-8", "replace") for each in _OBJECT.findall(content)
            )
        ),
    )


def _time_s(content: bytes) -> float:
    for pattern in _TIMES:
        found = pattern.search(content)
        if found:
            parts = found.groupdict().items()
            return float(
                sum(int(part) * _SECONDS[unit] for unit, part in parts if part)
            )
    return 0.0


def _highest(pattern: re.Pattern[bytes], content: bytes, otherwise: float) -> float:
    return max((float(each) for each in pattern.findall(content)), default=otherwise)
