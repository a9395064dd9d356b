"""Which printer families there are: ours, and those of packages that were installed.

A family is an entry point of the group `odin.printer_drivers` that names its
`MakeFamily`. Whatever is wrong with one is logged, and the others work.
"""

import logging
import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import get_protocol_members

from odin_engine.printers.ports import (
    DriverFamily,
    Field,
    FieldKind,
    Surroundings,
)

_LOG = logging.getLogger(__name__)

GROUP = "odin.printer_drivers"
_OURS = "odin-engine"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_ON_PAPER = get_protocol_members(DriverFamily)


def names() -> list[str]:
    """Returns the names of the families that are installed, in order; none is loaded."""
    return sorted(_found())


def load(surroundings: Surroundings) -> dict[str, DriverFamily]:
    """Returns every family that can be made, by name: ours first, then by name."""
    found = _found()
    if not found:
        _LOG.error("no printer driver is installed: install odin-engine anew")
    made = {name: _made(point, surroundings) for name, point in found.items()}
    return {name: family for name, family in made.items() if family is not None}


def load_one(name: str, surroundings: Surroundings) -> DriverFamily | None:
    """Returns one family by name; `None` where there is none that can be made."""
    point = _found().get(name)
    return None if point is None else _made(point, surroundings)


def _found() -> dict[str, EntryPoint]:
    """Returns the entry points by name; of two with the same one, ours."""
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP), key=_rank):
        first = found.setdefault(point.name, point)
        if first.value != point.value:
            _LOG.warning(
                "two packages bring printers called %s: %s is used, %s is not",
                point.name,
                _described(first),
                _described(point),
            )
    return found


def _rank(point: EntryPoint) -> tuple[bool, str, str]:
    return not _is_ours(point), point.name, point.value


def _is_ours(point: EntryPoint) -> bool:
    return point.dist is not None and point.dist.name == _OURS


def _made(point: EntryPoint, surroundings: Surroundings) -> DriverFamily | None:
    try:
        family: DriverFamily = point.load()(surroundings)
        wrong = next(_wrong(point, family), None)
    # A stranger's package may fail as it likes, and may even want to end the process.
    except (Exception, SystemExit) as error:  # noqa: BLE001 - edge: see above
        _LOG.error("%s cannot be used", _described(point), exc_info=error)
        return None
    if wrong is not None:
        _LOG.error("%s cannot be used: %s", _described(point), wrong)
        return None
    return family


def _wrong(point: EntryPoint, family: DriverFamily) -> Iterator[str]:
    """Yields what keeps an object from being a family."""
    missing = sorted(name for name in _ON_PAPER if not hasattr(family, name))
    if missing:
        yield f"it lacks {', '.join(missing)}"
    elif family.name != point.name or not _NAME.fullmatch(family.name):
        yield f"it calls itself {family.name!r}"
    elif not family.fields or family.fields[0].name != "host":
        yield "its first field is not the host"
    elif any(_is_exposed(field) for field in family.fields):
        yield "it would keep a secret where everybody sees it"


def _is_exposed(field: Field) -> bool:
    return field.kind == FieldKind.SECRET and field.name != "secret"


def _described(point: EntryPoint) -> str:
    package = point.dist.name if point.dist is not None else "a package"
    return f"the printer driver {point.name} ({package}, {point.value})"
