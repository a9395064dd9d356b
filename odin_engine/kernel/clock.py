"""What time it is, and the shape of waiting.

The loop's own `Ticker` is in `kernel.ticker`, so that pure rooms may use this one.
"""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A source of instants; tests hand in one that they move by hand."""

    def now(self) -> datetime:
        """Returns the current instant, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Returns seconds from an arbitrary start that never jump back."""
        ...


class Ticker(Protocol):
    """Something that can wait."""

    async def sleep(self, seconds: float) -> None:
        """Returns after that many seconds."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Returns the current instant, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that reads it

    def monotonic_s(self) -> float:
        """Returns seconds from an arbitrary start that never jump back."""
        return time.monotonic()
