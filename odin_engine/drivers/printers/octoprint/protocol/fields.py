"""Reading single values from JSON that anybody may have sent; never raises."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

TEXT_MOST = 500
_EMPTY: Mapping[str, Any] = {}


def mapping(value: object) -> Mapping[str, Any]:
    """Returns an object as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else _EMPTY


def rows(value: object, most: int) -> Iterator[Mapping[str, Any]]:
    """Yields the objects in a list, up to that many."""
    if isinstance(value, list):
        for each in value[:most]:
            if isinstance(each, dict):
                yield each


def text(value: object, most: int = TEXT_MOST) -> str | None:
    """Returns a text without its margins, cut to a length; `None` for an empty one."""
    if not isinstance(value, str):
        return None
    return value.strip()[:most] or None


def real(value: object, least: float, most: float) -> float | None:
    """Returns a number within bounds, the ends included."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Comparing first: an int may be too large for a float.
    if not least <= value <= most or not math.isfinite(value):
        return None
    return float(value)


def whole(value: object, least: int, most: int) -> int | None:
    """Returns a number within bounds, rounded."""
    number = real(value, least, most)
    return None if number is None else round(number)


def flag(value: object) -> bool | None:
    """Returns a truth value, `None` for anything else."""
    return value if isinstance(value, bool) else None
