"""One topic of the live socket as we know it: pure, no sockets.

A snapshot begins it, patches follow by their revision. A gap makes it useless until the
next snapshot.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .decode import Unreadable, decode, field_decoders

type Json = dict[str, Any]


class Gap(Exception):
    """A patch does not follow what we have: ask for a snapshot."""


class Mirror[T]:
    """The objects of a topic by id, decoded, and the JSON they were made from."""

    def __init__(self, kind: type[T]) -> None:
        self.values: Mapping[str, T] = {}
        self._kind: Any = kind
        self._raw: dict[str, Json] = {}
        self._revision: int | None = None

    @property
    def raw(self) -> Mapping[str, Json]:
        """The JSON as it came, newer members included; for diagnostics."""
        return self._raw

    def snapshot(self, revision: int, data: Json) -> frozenset[str]:
        """Takes a whole topic; returns the ids that changed. What is equal stays itself."""
        values: dict[str, T] = {}
        for key, whole in data.items():
            found = self._replaced(key, whole)
            if found is not None:
                values[key] = found
        self._raw = {key: data[key] for key in values}
        before, self.values = self.values, values
        self._revision = revision
        return frozenset(
            key
            for key in before.keys() | values.keys()
            if before.get(key) is not values.get(key)
        )

    def patch(
        self, revision: int, changed: Mapping[str, Json], removed: list[str]
    ) -> frozenset[str]:
        """Takes what changed; returns the ids.

        Raises:
            Gap: messages are missing, or there was no snapshot yet.
        """
        if self._revision is None or revision != self._revision + 1:
            self._revision = None
            raise Gap
        self._revision = revision
        values = dict(self.values)
        for key, change in changed.items():
            found = self._changed(key, change)
            if found is not None:
                values[key] = found
        for key in removed:
            values.pop(key, None)
            self._raw.pop(key, None)
        self.values = values
        return frozenset(changed).union(removed)

    def _replaced(self, key: str, whole: Json) -> T | None:
        """Returns the object as a snapshot has it, with the sections that stayed equal."""
        before, raw = self.values.get(key), self._raw.get(key)
        if before is None or raw is None or not raw.keys() <= whole.keys():
            return self._decoded(whole)
        names = [name for name, part in whole.items() if raw.get(name) != part]
        return self._with(before, whole, names) if names else before

    def _changed(self, key: str, change: Json) -> T | None:
        before, raw = self.values.get(key), self._raw.get(key)
        if before is None or raw is None:
            self._raw[key] = change
            return self._decoded(change)
        parts = {name: merged(raw.get(name), part) for name, part in change.items()}
        self._raw[key] = raw | parts
        return self._with(before, parts, list(parts))

    def _with(self, before: T, parts: Json, names: list[str]) -> T:
        decoders = field_decoders(self._kind)
        any_before: Any = before
        try:
            decoded = {n: decoders[n](parts[n]) for n in names if n in decoders}
        except Unreadable:
            return before
        after: T = replace(any_before, **decoded)
        return after

    def _decoded(self, whole: Json) -> T | None:
        try:
            found: T = decode(self._kind, whole)
        except Unreadable:
            return None
        return found


def merged(before: Any, change: Any) -> Any:  # noqa: ANN401 - JSON
    """Returns a value with a merge patch laid over it; `None` is a value like any other."""
    if not isinstance(before, dict) or not isinstance(change, dict):
        return change
    return before | {name: merged(before.get(name), v) for name, v in change.items()}
