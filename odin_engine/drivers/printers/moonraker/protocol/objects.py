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


def print_objects(excluding: Table) -> tuple[PrintObject, ...]:
    """Returns the parts with the boxes around them."""
    return tuple(
        PrintObject(index, name, _box(table(row)))
        for index, (row, name) in enumerate(
            zip(rows(excluding.get("objects")), object_names(excluding), strict=True)
        )
        if name
    )


def _box(row: Table) -> tuple[float, float, float, float] | None:
    corners = [
        [real(each) for each in rows(corner)[:2]]
        for corner in rows(row.get("polygon"))[:_MOST_CORNERS]
    ]
    xs = [each[0] for each in corners if len(each) == 2 and each[0] is not None]
    ys = [each[1] for each in corners if len(each) == 2 and each[1] is not None]
    if not xs or len(xs) != len(corners) or len(ys) != len(corners):
        return None
    box = (min(xs), min(ys), max(xs), max(ys))
    return box if all(map(math.isfinite, box)) else None
