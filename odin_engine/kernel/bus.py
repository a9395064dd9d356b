"""News inside the process, in two lanes.

*Telemetry* is the latest value per key: a slow reader skips what it missed and
never makes anybody wait. *Facts* are events in the order they were published,
which is after commit: state is truth, events are news. A broken handler is logged
and never silences the next one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Self

_LOG = logging.getLogger(__name__)

type Handler[E] = Callable[[E], Awaitable[None]]
type Undo = Callable[[], None]


class Watcher[V]:
    """One reader of the telemetry lane; holds at most one value per key."""

    def __init__(self, telemetry: Telemetry[V]) -> None:
        self._telemetry = telemetry
        self._changed: dict[str, V | None] = {}
        self._wake = asyncio.Event()

    def put(self, key: str, value: V | None) -> None:
        """Notes the latest value of a key; `None` says the key is gone."""
        self._changed[key] = value
        self._wake.set()

    async def changed(self) -> dict[str, V | None]:
        """Waits until anything changed; returns the latest value per changed key."""
        await self._wake.wait()
        return self.take()

    def take(self) -> dict[str, V | None]:
        """Returns what changed since the last call, at once; may be empty."""
        self._wake.clear()
        changed, self._changed = self._changed, {}
        return changed

    def close(self) -> None:
        """Stops watching."""
        self._telemetry.forget(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Telemetry[V]:
    """The conflated lane."""

    def __init__(self) -> None:
        self._watchers: list[Watcher[V]] = []

    def put(self, key: str, value: V | None) -> None:
        """Hands the latest value of a key to every watcher; never waits."""
        for watcher in self._watchers:
            watcher.put(key, value)

    def watch(self) -> Watcher[V]:
        """Returns a new watcher; close it when done."""
        watcher = Watcher(self)
        self._watchers.append(watcher)
        return watcher

    def forget(self, watcher: Watcher[V]) -> None:
        """Drops a watcher; harmless when it is gone already."""
        if watcher in self._watchers:
            self._watchers.remove(watcher)


class Facts:
    """The ordered lane: one dispatcher task, started by `run`."""

    def __init__(self) -> None:
        self._handlers: dict[type, list[Handler[Any]]] = {}
        self._queue: asyncio.Queue[object] = asyncio.Queue()

    def subscribe[E](self, event_type: type[E], handler: Handler[E]) -> Undo:
        """Calls `handler` for each event of that type or a subtype of it."""
        handlers = self._handlers.setdefault(event_type, [])
        handlers.append(handler)
        return lambda: handlers.remove(handler)

    def publish(self, *events: object) -> None:
        """Queues events that are true already; returns at once."""
        for event in events:
            self._queue.put_nowait(event)

    async def run(self) -> None:
        """Delivers events until cancelled."""
        while True:
            event = await self._queue.get()
            try:
                await self._deliver(event)
            finally:
                self._queue.task_done()

    async def drain(self) -> None:
        """Waits until everything published so far was delivered."""
        await self._queue.join()

    async def _deliver(self, event: object) -> None:
        for event_type in type(event).__mro__:
            for handler in tuple(self._handlers.get(event_type, ())):
                try:
                    await handler(event)
                except Exception:  # noqa: BLE001 - edge: one broken handler must not stop the rest
                    _LOG.exception("handler %r failed on %r", handler, event)
