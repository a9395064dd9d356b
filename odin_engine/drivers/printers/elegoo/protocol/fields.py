"""Coercions for values off the wire; none of them raises.

A value that makes no sense, or is too large to be true, is `None`.
"""

import math
from typing import Any

MOST_ROWS = 1000
"""More files, jobs or trays than this are not looked at."""
_LONGEST_TEXT = 500
_LONGEST_NUMBER = 32
_LARGEST = 2**53
_COLDEST_C, _HOTTEST_C = -60.0, 600.0


def real(value: Any) -> float | None:  # noqa: ANN401 - a wire value
    """Returns a number from an int, a float or a decimal string."""
    if value.__class__ is str and len(value) <= _LONGEST_NUMBER:
        try:
            value = float(value)
        except ValueError:
            return None
    if value.__class__ is not float and value.__class__ is not int:
        return None
    return float(value) if -_LARGEST < value < _LARGEST else None


def whole(value: Any) -> int | None:  # noqa: ANN401 - a wire value
    """Returns an integer from a number or a decimal string; fractions are cut."""
    number = real(value)
    return None if number is None else int(number)


def above_zero(value: Any) -> int | None:  # noqa: ANN401 - a wire value
    """Returns an integer where 0 (or less) means "not known"."""
    number = whole(value)
    return number if number is not None and number > 0 else None


def celsius(value: Any) -> float | None:  # noqa: ANN401 - a wire value
    """Returns a temperature a machine can have, to a tenth: it sends 15 digits."""
    number = real(value)
    if number is None or not _COLDEST_C <= number <= _HOTTEST_C:
        return None
    return round(number, 1)


def percent(value: Any) -> int | None:  # noqa: ANN401 - a wire value
    """Returns a whole number of 0 to 100."""
    number = real(value)
    return round(number) if number is not None and 0 <= number <= 100 else None


def text(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns a text that says something, cut where nobody would read on."""
    if value.__class__ is not str or not value.strip():
        return None
    return str(value[:_LONGEST_TEXT])


def table(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a wire value
    """Returns an object, or an empty one."""
    return value if value.__class__ is dict else {}


def rows(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a wire value
    """Returns the objects in a list, of a very long one the first."""
    if value.__class__ is not list:
        return []
    return [row for row in value[:MOST_ROWS] if row.__class__ is dict]


def words(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - a wire value
    """Returns the texts in a list."""
    if value.__class__ is not list:
        return ()
    return tuple(each for each in value[:MOST_ROWS] if each.__class__ is str)


def seconds(ticks: Any, unit_s: float) -> int | None:  # noqa: ANN401 - a wire value
    """Returns whole seconds from ticks of that many seconds each."""
    number = real(ticks)
    if number is None or number < 0:
        return None
    return math.floor(number * unit_s)


def color(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns `#RRGGBBAA` from `#RRGGBB` or `RRGGBB`."""
    if value.__class__ is not str:
        return None
    digits = value.removeprefix("#").upper()
    if len(digits) not in {6, 8} or not set(digits) <= set("0123456789ABCDEF"):
        return None
    return f"#{digits:F<8}"
