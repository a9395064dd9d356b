"""What the live socket needs from whoever has something to show."""

from collections.abc import Mapping
from typing import Protocol

from odin_engine.identity.model import Permission


class Watch[V](Protocol):
    """One reader of a stream of latest values (`kernel.bus.Watcher` is one)."""

    async def changed(self) -> dict[str, V | None]:
        """Waits until anything changed; `None` says that a key is gone."""
        ...

    def close(self) -> None:
        """Stops watching."""
        ...


class Source[V](Protocol):
    """Where a topic's objects come from. Values are immutable: `is` tells a change."""

    @property
    def permission(self) -> Permission:
        """What it takes to see them."""
        ...

    def snapshot(self) -> Mapping[str, V]:
        """Returns every value there is now, by key."""
        ...

    def watch(self) -> Watch[V]:
        """Begins to tell which values change."""
        ...

    def patch(self, before: V | None, after: V) -> object | None:
        """Returns the JSON value that turns one into the other (a merge patch).

        The whole object where `before` is `None`; `None` where nothing changed that a
        client can see. Keys are never removed: `null` in it means unknown.
        """
        ...
