"""Who listens to what: the one place between the sources of news and the sockets.

One pump per source marks what changed and wakes whoever subscribed to it; a change is
encoded once for all who saw the same value before. A once-a-second beat lets go of
numbers that were held back. Nobody who listens slowly makes anybody wait: he gets the
difference to what he got last, whenever he asks for the next message.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import orjson

from odin_engine.identity.model import Permission
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.ticker import every
from odin_engine.live.model import (
    MAX_EVENTS,
    MAX_TOPICS,
    Event,
    Failure,
    Hello,
    Message,
    Profile,
    Topic,
    View,
)
from odin_engine.live.ports import Source

BEAT_S = 1.0
"""How often numbers go to a client with the profile `entities` (design: once a second)."""

MAX_SUBSCRIBERS = 256
MAX_PER_OWNER = 64
"""Many open tabs are fine; nobody may take everybody's place."""
_JSON = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class _Lane:
    """A source with its latest values, and the last encoding of each."""

    def __init__(self, source: Source[Any]) -> None:
        self.source = source
        self.values: dict[str, object] = {}
        self._last: dict[str, tuple[object | None, object, orjson.Fragment | None]] = {}

    def put(self, changed: Mapping[str, object | None]) -> None:
        for key, value in changed.items():
            if value is None:
                self.values.pop(key, None)
                self._last.pop(key, None)
            else:
                self.values[key] = value

    def diff(self, key: str, before: object | None, after: object) -> object | None:
        last = self._last.get(key)
        if last is not None and last[0] is before and last[1] is after:
            return last[2]
        patch = self.source.patch(before, after)
        encoded = (
            None
            if patch is None
            else orjson.Fragment(orjson.dumps(patch, option=_JSON))
        )
        self._last[key] = (before, after, encoded)
        return encoded


class Subscriber:
    """One connection: its views, and the next message for it."""

    def __init__(
        self,
        lanes: Mapping[str, _Lane],
        permissions: AbstractSet[Permission],
        owner: str,
        clock: Clock,
    ) -> None:
        self.owner = owner
        self._lanes = lanes
        self._permissions = permissions
        self._clock = clock
        self._views: dict[Topic, View] = {}
        self._by_key: dict[str, dict[str | None, View]] = {name: {} for name in lanes}
        self._shown_at_s: dict[str, float | None] = {}
        self._ready: dict[Topic, View] = {}
        self._events: deque[Event] = deque()
        self._has_lost_events = False
        self._wake = asyncio.Event()

    @property
    def topics(self) -> frozenset[Topic]:
        """What it is subscribed to."""
        return frozenset(self._views)

    def subscribe(self, topics: Iterable[Topic], profile: Profile) -> list[Failure]:
        """Adds topics, or begins them anew; returns why some were not added."""
        failures = []
        for topic in topics:
            lane = self._lanes.get(topic.source)
            if lane is None or topic.key == "":
                failures.append(_unknown(topic))
            elif lane.source.permission not in self._permissions:
                failures.append(_forbidden(topic, lane.source.permission))
            elif len(self._views) >= MAX_TOPICS and topic not in self._views:
                failures.append(_too_many(topic))
            else:
                self._add(topic, lane, profile)
        return failures

    def unsubscribe(self, topics: Iterable[Topic]) -> None:
        """Drops topics; one it does not have is fine."""
        for topic in topics:
            view = self._views.pop(topic, None)
            self._ready.pop(topic, None)
            if view is None:
                continue
            del self._by_key[topic.source][topic.key]
            if topic.key is None:
                # Else leaving and coming back would be a way around the interval.
                self._shown_at_s[topic.source] = view.snapshot_at_s

    def resync(self, topic: Topic) -> Failure | None:
        """Asks for a topic's snapshot; returns why not, if so."""
        view = self._views.get(topic)
        if view is None:
            return Failure(
                "not_subscribed", f"Subscribe to “{topic}” first.", str(topic)
            )
        view.want_snapshot()
        self._make_ready(view)
        return None

    def limit_to(self, permissions: AbstractSet[Permission]) -> bool:
        """Takes new permissions; drops what they forbid and returns whether it did."""
        self._permissions = permissions
        lost = [
            topic
            for topic in self._views
            if self._lanes[topic.source].source.permission not in permissions
        ]
        self.unsubscribe(lost)
        return bool(lost)

    def note(self, source: str, keys: Iterable[str]) -> None:
        """Takes note that values of a source changed."""
        views = self._by_key[source]
        whole = views.get(None)
        if whole is not None and whole.note(keys):
            self._make_ready(whole)
        if len(views) > (whole is not None):
            for key in keys:
                view = views.get(key)
                if view is not None and view.note((key,)):
                    self._make_ready(view)

    def announce(self, topic: Topic, event: Event) -> None:
        """Queues news for a subscriber of that topic, or of one that covers it."""
        if topic not in self._views and Topic(topic.source) not in self._views:
            return
        if len(self._events) >= MAX_EVENTS:
            self._events.popleft()
            self._has_lost_events = True
        self._events.append(event)
        self._wake.set()

    def release(self) -> None:
        """Lets go of numbers and snapshots that had to wait."""
        for view in self._views.values():
            if view.release():
                self._make_ready(view)

    async def next(self) -> Message:
        """Waits for the next message. It is made when asked for, from what is true then."""
        while True:
            await self._wake.wait()
            message = self._take()
            if message is not None:
                return message
            self._wake.clear()

    def _add(self, topic: Topic, lane: _Lane, profile: Profile) -> None:
        view = self._views.get(topic)
        if view is None:
            view = self._views[topic] = View(topic, profile, lane.values)
            self._by_key[topic.source][topic.key] = view
            if topic.key is None:
                view.snapshot_at_s = self._shown_at_s.get(topic.source)
        view.profile = profile
        view.want_snapshot()
        self._make_ready(view)

    def _make_ready(self, view: View) -> None:
        self._ready[view.topic] = view
        self._wake.set()

    def _take(self) -> Message | None:
        if self._has_lost_events:
            self._has_lost_events = False
            return Failure(
                "events_lost", "Events were dropped: read faster, or subscribe to less."
            )
        if self._events:
            return self._events.popleft()
        while self._ready:
            view = self._ready.pop(next(iter(self._ready)))
            lane = self._lanes[view.topic.source]
            message = view.take(lane.diff, self._clock.monotonic_s())
            if message is not None:
                return message
        return None


class Live:
    """The verbs of the live socket."""

    def __init__(
        self,
        sources: Mapping[str, Source[Any]],
        hello: Hello,
        clock: Clock,
        ticker: Ticker,
    ) -> None:
        self.hello = hello
        self._lanes = {name: _Lane(source) for name, source in sources.items()}
        self._subscribers: set[Subscriber] = set()
        self.clock = clock
        self.ticker = ticker

    def join(
        self, permissions: AbstractSet[Permission], owner: str
    ) -> Subscriber | None:
        """Returns a new subscriber without topics; `leave` when its connection ends.

        `None` when there are too many, of this owner or in all.
        """
        owned = sum(each.owner == owner for each in self._subscribers)
        if owned >= MAX_PER_OWNER or len(self._subscribers) >= MAX_SUBSCRIBERS:
            return None
        subscriber = Subscriber(self._lanes, permissions, owner, self.clock)
        self._subscribers.add(subscriber)
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """Forgets a subscriber."""
        self._subscribers.remove(subscriber)

    def announce(self, topic: Topic, event: Event) -> None:
        """Tells news to everybody who is subscribed to where it happened."""
        for subscriber in self._subscribers:
            subscriber.announce(topic, event)

    async def run(self) -> None:
        """Hears the sources until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for name, lane in self._lanes.items():
                tasks.create_task(self._pump(name, lane))
            tasks.create_task(every(BEAT_S, self._beat, self.ticker))

    async def _pump(self, name: str, lane: _Lane) -> None:
        watch = lane.source.watch()
        try:
            changed: Mapping[str, object | None] = lane.source.snapshot()
            while True:
                lane.put(changed)
                for subscriber in self._subscribers:
                    subscriber.note(name, changed)
                changed = await watch.changed()
        finally:
            watch.close()

    async def _beat(self) -> None:
        for subscriber in self._subscribers:
            subscriber.release()


def _unknown(topic: Topic) -> Failure:
    return Failure("unknown_topic", f"There is no topic “{topic}”.", str(topic))


def _forbidden(topic: Topic, permission: Permission) -> Failure:
    return Failure("forbidden", f"This needs the permission {permission}.", str(topic))


def _too_many(topic: Topic) -> Failure:
    return Failure(
        "too_many_topics",
        f"One socket takes {MAX_TOPICS} topics. Subscribe to fewer, or to all of a kind.",
        str(topic),
    )
