"""Remembering lookups for some seconds, so that a request costs no query."""

from collections.abc import Awaitable, Callable

from odin_engine.kernel.clock import Clock

REMEMBERED_S = 5.0
"""How long a change by another process, such as `odin user`, may go unnoticed."""
_MOST_REMEMBERED = 1000


class Memory[V]:
    """Keeps what was found; never what was not, or guesses would fill it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, V]] = {}
        self._age = 0

    async def find(self, key: str, read: Callable[[], Awaitable[V | None]]) -> V | None:
        """Returns what is remembered, or else what `read` returns."""
        until_s, value = self._known.get(key, (0.0, None))
        now_s = self._clock.monotonic_s()
        if now_s < until_s:
            return value
        age = self._age
        found = await read()
        # Whatever was being read while something changed may be old already.
        if found is not None and age == self._age:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = (now_s + REMEMBERED_S, found)
        return found

    def forget(self) -> None:
        """Drops everything."""
        self._known.clear()
        self._age += 1
