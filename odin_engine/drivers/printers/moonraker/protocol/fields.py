"""Values as the wire has them, narrowed; none of these raises, `None` is nonsense.

Klipper's forks send numbers as strings and lists as JSON in a string.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

MOST_ROWS = 256
"""No machine has as many heaters, gates or objects; what is beyond is not looked at."""
_LONGEST_TEXT = 500
_LARGEST = 2**53
_COLDEST_C = -60.0
_HOTTEST_C = 600.0
_COLOR = re.compile(r"#?([0-9A-Fa-f]{6})([0-9A-Fa-f]{2})?")

type Table = Mapping[str, Any]
_EMPTY: Table = {}


def real(value: Any) -> float | None:  # noqa: ANN401 - a wire value
    """Returns a finite number of a sane size."""
    if value.__class__ is str:
        try:
            value = float(value)
        except ValueError:
            return None
    if value.__class__ is not float and value.__class__ is not int:
        return None
    # NaN fails both comparisons.
    return float(value) if -_LARGEST < value < _LARGEST else None


def whole(value: Any) -> int | None:  # noqa: ANN401 - a wire value
    """Returns an integer, cut from a number with a fraction."""
    number = real(value)
    return None if number is None else int(number)


def above_zero(value: Any) -> float | None:  # noqa: ANN401 - a wire value
    """Returns a number where 0 or less means that nobody knows."""
    number = real(value)
    return number if number is not None and number > 0 else None


def word(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns a text that says something, shortened where it is very long."""
    if value.__class__ is not str:
        return None
    if len(value) <= _LONGEST_TEXT and value.isascii() and value.isalnum():
        return str(value)
    text = " ".join(str(value)[: 4 * _LONGEST_TEXT].split())[:_LONGEST_TEXT]
    text = "".join(each for each in text if each.isprintable())
    return text or None


def path(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns a file's name exactly as it is, `None` for what can be none."""
    if value.__class__ is not str or not 0 < len(value) <= _LONGEST_TEXT:
        return None
    return str(value) if str(value).isprintable() else None


def table(value: Any) -> Table:  # noqa: ANN401 - a wire value
    """Returns a JSON object, an empty one for anything else."""
    return value if isinstance(value, dict) else _EMPTY


def rows(value: Any) -> list[Any]:  # noqa: ANN401 - a wire value
    """Returns the first rows of a list, none of anything else."""
    return value[:MOST_ROWS] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:  # noqa: ANN401 - a wire value
    """Returns several texts: a list, a list in JSON, or parts between semicolons.

    Source: Moonraker 0.10 sends lists where it sent strings before.
    """
    if isinstance(value, str):
        try:
            inner = orjson.loads(value)
        except orjson.JSONDecodeError:
            inner = None
        value = inner if isinstance(inner, list) else value.split(";")
    return [word(each) or "" for each in rows(value)]


def at(values: Any, index: int) -> Any:  # noqa: ANN401 - a wire value
    """Returns a list's element, `None` where it has none."""
    return values[index] if isinstance(values, list) and index < len(values) else None


def celsius(value: Any) -> float | None:  # noqa: ANN401 - a wire value
    """Returns a temperature that a machine can have, to a hundredth of a degree."""
    number = real(value)
    if number is None or not _COLDEST_C <= number <= _HOTTEST_C:
        return None
    return round(number, 2)


def percent(value: Any) -> int | None:  # noqa: ANN401 - a wire value
    """Returns whole % from a share of 1."""
    number = real(value)
    return None if number is None or not 0 <= number <= 10 else round(number * 100)


def color(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns `#RRGGBBAA` from six or eight hex digits, with or without `#`."""
    found = _COLOR.fullmatch(value) if isinstance(value, str) else None
    return f"#{found[1]}{found[2] or 'FF'}".upper() if found else None


def mix(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns `#RRGGBBAA` from three shares of 1."""
    shares = [real(each) for each in rows(value)]
    if len(shares) != 3:
        return None
    parts = [
        round(each * 255) for each in shares if each is not None and 0 <= each <= 1
    ]
    return f"#{bytes(parts).hex()}FF".upper() if len(parts) == 3 else None


def short(name: str) -> str:
    """Returns what a person calls an object: its section's second word."""
    return name.partition(" ")[2] or name


def named(names: Iterable[str]) -> dict[str, str]:
    """Returns each object's name for people; two of the same keep their full one."""
    found = list(names)
    shorts = [short(each) for each in found]
    return {
        each: brief if shorts.count(brief) == 1 else each
        for each, brief in zip(found, shorts, strict=True)
    }
