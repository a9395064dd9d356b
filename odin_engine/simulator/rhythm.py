"""How long things take that a farm file gives as seconds, or as `[least, most]` of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How long after a print the next one starts, and whether the plate must be clear.

    Where nothing waits for a cleared plate, whoever tends the machine clears it.
    """

    least_s: float
    most_s: float
    waits_for_clear_plate: bool = False


def rhythm_of(raw: Mapping[str, Any]) -> Rhythm | None:
    """Reads when the next job starts; None where a print is not followed by one.

    Raises:
        ValueError: it is no time.
    """
    given = raw.get("next_after_s", raw.get("job", {}).get("repeat_after_s"))
    if given is None:
        return None
    waits = bool(raw.get("waits_for_clear_plate", False))
    return Rhythm(*seconds_from(given), waits_for_clear_plate=waits)


def seconds_from(given: Any) -> tuple[float, float]:  # noqa: ANN401 - of a file
    """Reads a time in seconds, or `[least, most]` of one.

    Raises:
        ValueError: it is neither.
    """
    pair = given if isinstance(given, list) else [given, given]
    try:
        least, most = (float(each) for each in pair)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{given!r} is no time in seconds") from error
    if not 0 <= least <= most:
        raise ValueError(f"{given!r} is no time in seconds")
    return least, most
