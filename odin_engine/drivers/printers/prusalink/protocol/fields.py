"""Reading single values of an answer: what is out of shape or range is `None`."""

import math
from collections.abc import Mapping
from typing import Any

_LONGEST_NUMBER = 24
_LONGEST_TEXT = 255
_NOTHING: Mapping[str, Any] = {}


def mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a wire value
    """Returns an object, an empty one for anything else."""
    return value if isinstance(value, dict) else _NOTHING


def items(value: Any) -> list[Any]:  # noqa: ANN401 - a wire value
    """Returns a list, an empty one for anything else."""
    return value if isinstance(value, list) else []


def number(
    value: Any,  # noqa: ANN401 - a wire value
    least: float,
    most: float,
) -> float | None:
    """Returns a number within bounds; some servers write theirs as text."""
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        try:
            value = float(value)
        except ValueError:
            return None
    if value.__class__ is not int and value.__class__ is not float:
        return None
    # NaN fails both comparisons.
    return float(value) if least <= value <= most else None


def whole(
    value: Any,  # noqa: ANN401 - a wire value
    least: int,
    most: int,
) -> int | None:
    """Returns the whole part of a number within bounds."""
    found = number(value, least, most)
    return None if found is None else math.floor(found)


def text(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns a text that says something, cut to a length that nobody needs."""
    if not isinstance(value, str):
        return None
    # A lone surrogate could be neither stored nor shown.
    clean = value.encode("utf-8", "replace").decode("utf-8")
    return clean.strip()[:_LONGEST_TEXT] or None


def flag(value: Any) -> bool | None:  # noqa: ANN401 - a wire value
    """Returns a truth value that is one."""
    return value if isinstance(value, bool) else None
