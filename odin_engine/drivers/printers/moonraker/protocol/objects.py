"""The parts on the plate, as `[exclude_object]` knows them.

Their place in `objects` is their id for us; the wire knows them by name alone.
Source: docs.klipper3d.org, "Exclude objects".
"""

import math

from odin_engine.drivers.printers.moonraker.protocol.fields import (
    Table,
    path,
    real,
    rows,
    table,
)
from odin_engine.printers.model import PrintObject

_MOST_CORNERS = 512
_MOST_MM = 10_000.0

type Origin = tuple[float, float]
"""The front left corner of what a machine reaches, in its own coordinates."""


def object_names(excluding: Table) -> tuple[str, ...]:
    """Returns the names of all parts, in the order that gives them their ids."""
    return tuple(
        path(table(each).get("name")) or "" for each in rows(excluding.get("objects"))
    )


def skipped(excluding: Table) -> tuple[int, ...]:
    """Returns the ids of the parts that are left out."""
    gone = {each for each in rows(excluding.get("excluded_objects")) if each}
    return tuple(
        index for index, name in enumerate(object_names(excluding)) if name in gone
    )


def reach(toolhead: Table) -> tuple[Origin, tuple[float, float] | None]:
    """Returns where what the machine reaches begins, and its width and depth in mm.

    A delta counts from the middle of its bed.
    """
    least = [real(each) for each in rows(toolhead.get("axis_minimum"))[:2]]
    most = [real(each) for each in rows(toolhead.get("axis_maximum"))[:2]]
    match [*least, *most]:
        case [float(left), float(front), float(right), float(back)] if (
            0 < right - left <= _MOST_MM and 0 < back - front <= _MOST_MM
        ):
            return (left, front), (right - left, back - front)
    return (0.0, 0.0), None


def print_objects(excluding: Table, origin: Origin = (0, 0)) -> tuple[PrintObject, ...]:
    """Returns the parts with the boxes around them, counted from `origin`."""
    return tuple(
        PrintObject(index, name, box_of(table(row).get("polygon"), origin))
        for index, (row, name) in enumerate(
            zip(rows(excluding.get("objects")), object_names(excluding), strict=True)
        )
        if name
    )


def box_of(
    polygon: object, origin: Origin = (0, 0)
) -> tuple[float, float, float, float] | None:
    """Returns the box around a list of corners; `None` where that is none."""
    corners = [
        [real(each) for each in rows(corner)[:2]]
        for corner in rows(polygon)[:_MOST_CORNERS]
    ]
    xs = [each[0] for each in corners if len(each) == 2 and each[0] is not None]
    ys = [each[1] for each in corners if len(each) == 2 and each[1] is not None]
    if not xs or len(xs) != len(corners) or len(ys) != len(corners):
        return None
    left, front = origin
    box = (min(xs) - left, min(ys) - front, max(xs) - left, max(ys) - front)
    return box if all(map(math.isfinite, box)) else None
