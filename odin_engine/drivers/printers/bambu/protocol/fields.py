"""Coercions for values whose type drifts between firmwares; none of them raises.

A value that makes no sense, or is too large to be true, is `None`.
Source: docs/protocols/bambu.md §5.1 ("scalars": int, string, hex string, float).
"""

from typing import Any

MOST_ROWS = 256
"""No machine has as many units, boards or faults; what is beyond is not looked at."""
_LONGEST_TEXT = 1000
_LONGEST_NUMBER = 32
_LARGEST = 2**63
_COLDEST_C = -60.0
_HOTTEST_C = 600.0


def whole(value: Any) -> int | None:  # noqa: ANN401 - a wire value
    """Returns an integer from an int, a float (cut) or a decimal string."""
    if value.__class__ is str and len(value) < _LONGEST_NUMBER:
        try:
            value = int(value)
        except ValueError:
            value = real(value)
    if value.__class__ is int:
        # What is longer has no form in JSON, and none in a database.
        return value if -_LARGEST < value < _LARGEST else None
    number = real(value)
    return None if number is None else int(number)


def real(value: Any) -> float | None:  # noqa: ANN401 - a wire value
    """Returns a number from an int, a float or a decimal string."""
    if value.__class__ is not float and value.__class__ is not int:
        if value.__class__ is not str or len(value) > _LONGEST_NUMBER:
            return None
        try:
            value = float(value)
        except ValueError:
            return None
    # NaN fails both comparisons.
    return float(value) if -_LARGEST < value < _LARGEST else None


def above_zero(value: Any) -> int | None:  # noqa: ANN401 - a wire value
    """Returns an integer where the wire's 0 (or less) means "not set"."""
    number = whole(value)
    return number if number is not None and number > 0 else None


def hexadecimal(value: Any) -> int | None:  # noqa: ANN401 - a wire value
    """Returns an integer from a hex string of any sane width, or from an int."""
    if value.__class__ is int:
        return int(value) if 0 <= value < _LARGEST else None
    if value.__class__ is not str or len(value) > _LONGEST_NUMBER:
        return None
    try:
        number = int(value, 16)
    except ValueError:
        return None
    return number if number >= 0 else None


def celsius(value: Any) -> float | None:  # noqa: ANN401 - a wire value
    """Returns a temperature a printer can have."""
    if value.__class__ is not float:
        value = real(value)
        if value is None:
            return None
    return value if _COLDEST_C <= value <= _HOTTEST_C else None


def packed_heat(value: Any) -> tuple[float | None, float | None]:  # noqa: ANN401
    """Returns current and target of `target << 16 | current`. Source: §6.3."""
    number = whole(value)
    if number is None or not 0 <= number < 1 << 32:
        return None, None
    current, target = number & 0xFFFF, number >> 16
    return (
        float(current) if current <= _HOTTEST_C else None,
        float(target) if target <= _HOTTEST_C else None,
    )


def percent(value: Any) -> int | None:  # noqa: ANN401 - a wire value
    """Returns a whole number of 0 to 100."""
    number = whole(value)
    return number if number is not None and 0 <= number <= 100 else None


def text(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns a text that says something, cut where nobody would read on."""
    if value.__class__ is not str or not value.strip():
        return None
    return str(value[:_LONGEST_TEXT])


def color(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns `#RRGGBBAA` from `RRGGBBAA`, or from `RRGGBB` (opaque)."""
    if value.__class__ is not str or len(value) not in {6, 8}:
        return None
    try:
        int(value, 16)
    except ValueError:
        return None
    if not value.isalnum():
        return None
    return f"#{value.upper()}" if len(value) == 8 else f"#{value.upper()}FF"


def rows(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a wire value
    """Returns the objects in a list, of a very long one the first."""
    if value.__class__ is not list:
        return []
    if len(value) > MOST_ROWS:
        value = value[:MOST_ROWS]
    return [row for row in value if row.__class__ is dict]


def table(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a wire value
    """Returns an object, or an empty one."""
    return value if value.__class__ is dict else {}
