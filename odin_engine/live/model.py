"""What one connection has been told about one topic, and what it should hear next.

A `View` holds references to the values it last sent, so that ten changes between two
sends make one patch, from what the client has to what is true now. Nothing here knows
sockets or JSON: a `Diff` says what a change looks like on the wire.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TypeIs

DEAD_BANDS: dict[str, float] = {
    "_c": 0.5,
    "_pct": 1,
    "percent": 1,
    "progress": 0.01,
    "layer": 1,
    "_s": 1,
    "_dbm": 1,
    "rpm": 100,
    "used_mm": 100,
    "value": 0.5,
}
"""What counts as a measurement in the profile `entities`, by the end of its name.

A smaller change says nothing (design: 0.5 °C, 1 %). A fan turns at some thousand
revolutions, a print uses metres of filament, and a sensor has °C, % or a count for its
`value`. Any other number, such as an id, is state.
"""

SNAPSHOT_INTERVAL_S = 1.0
"""A client that keeps asking gets a topic's whole content at most this often."""

MAX_TOPICS = 256
MAX_EVENTS = 256
"""Per connection. News that a slow client did not fetch is dropped, oldest first."""

type Diff = Callable[[str, object | None, object], object | None]
"""Given key, value before and value now: the JSON value of the change.

Before is `None` for a key that the client does not know. `None` means nothing that it
could see has changed.
"""


class Profile(StrEnum):
    """How a client wants changes: all at once, or quietened for entities."""

    PANEL = "panel"
    ENTITIES = "entities"


class Weight(IntEnum):
    """How much a change matters to a client with the profile `entities`."""

    NOTHING = 0
    NUMBERS = 1
    STATE = 2


@dataclass(frozen=True, slots=True)
class Topic:
    """What can be subscribed to: everything from a source, or one thing of it."""

    source: str
    key: str | None = None

    @classmethod
    def parse(cls, text: str) -> Topic:
        """Reads `printers` or `printers/<id>`."""
        source, slash, key = text.partition("/")
        return cls(source, key if slash else None)

    def __str__(self) -> str:
        return self.source if self.key is None else f"{self.source}/{self.key}"

    def covers(self, key: str) -> bool:
        """Whether a change of that key belongs to this topic."""
        return self.key is None or self.key == key


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of a topic; whatever the client had of it before is void."""

    topic: Topic
    revision: int
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Patch:
    """What changed since the message of this topic before it."""

    topic: Topic
    revision: int
    changed: Mapping[str, object]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in past tense. News: the patches carry the truth."""

    name: str
    data: object
    at: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer to a message that could not be followed; the socket stays open."""

    code: str
    message: str
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Hello:
    """The first word of the server."""

    server_version: str
    api_version: int


type Message = Hello | Snapshot | Patch | Event | Failure


@dataclass(slots=True)
class Allowance:
    """How fast a client may send: `burst` messages at once, then `rate_hz`."""

    rate_hz: float
    burst: int
    _paid_until_s: float = float("-inf")

    def spend(self, now_s: float, messages: int) -> float:
        """Counts messages; returns how many seconds to wait before reading on."""
        self._paid_until_s = max(self._paid_until_s, now_s) + messages / self.rate_hz
        return max(0.0, self._paid_until_s - now_s - self.burst / self.rate_hz)


@dataclass(slots=True)
class View:
    """One topic as one connection sees it.

    `values` is the live truth, shared by all views of a source. Revisions count this
    view's messages, snapshots included, by one; they mean nothing to another view.
    `snapshot_at_s` is when it was last shown whole.
    """

    topic: Topic
    profile: Profile
    values: Mapping[str, object]
    revision: int = 0
    snapshot_at_s: float | None = None
    _sent: dict[str, object] = field(default_factory=dict)
    _due: set[str] = field(default_factory=set)
    _held: set[str] = field(default_factory=set)
    _wants_snapshot: bool = True

    def want_snapshot(self) -> None:
        """Asks for the whole topic anew."""
        self._wants_snapshot = True

    def note(self, keys: Iterable[str]) -> bool:
        """Takes note of changed values; returns whether any should be sent at once."""
        if self._wants_snapshot:
            return False
        mine = [key for key in keys if self.topic.covers(key)]
        if self.profile is Profile.ENTITIES:
            urgent = [key for key in mine if self._weigh(key) is Weight.STATE]
            self._held.update(mine)
            self._held.difference_update(urgent)
            mine = urgent
        self._due.update(mine)
        return bool(mine)

    def release(self) -> bool:
        """Lets go of held numbers outside their dead band; returns whether any are due."""
        held, self._held = self._held, set()
        self._due.update(k for k in held if self._weigh(k) is not Weight.NOTHING)
        return bool(self._due) or self._wants_snapshot

    def take(self, diff: Diff, now_s: float) -> Snapshot | Patch | None:
        """Returns the one message that brings the client up to date, if it needs one."""
        if self._wants_snapshot:
            last_s = self.snapshot_at_s
            if last_s is not None and now_s - last_s < SNAPSHOT_INTERVAL_S:
                return None
            return self._take_snapshot(diff, now_s)
        return self._take_patch(diff) if self._due else None

    def _take_snapshot(self, diff: Diff, now_s: float) -> Snapshot:
        self._wants_snapshot = False
        self.snapshot_at_s = now_s
        self._due.clear()
        self._held.clear()
        self._sent = {k: v for k, v in self.values.items() if self.topic.covers(k)}
        self.revision += 1
        data = {key: diff(key, None, value) for key, value in self._sent.items()}
        return Snapshot(self.topic, self.revision, data)

    def _take_patch(self, diff: Diff) -> Patch | None:
        changed: dict[str, object] = {}
        removed: list[str] = []
        for key in sorted(self._due):
            after = self.values.get(key)
            if after is None:
                if self._sent.pop(key, None) is not None:
                    removed.append(key)
                continue
            change = diff(key, self._sent.get(key), after)
            self._sent[key] = after
            if change is not None:
                changed[key] = change
        self._due.clear()
        if not changed and not removed:
            return None
        self.revision += 1
        return Patch(self.topic, self.revision, changed, tuple(removed))

    def _weigh(self, key: str) -> Weight:
        return weigh(self._sent.get(key), self.values.get(key))


def weigh(before: object, after: object, name: str = "") -> Weight:
    """Says whether two values differ in state, only in measurements, or not at all.

    `name` is the field that holds them: its unit picks the dead band. An instant that
    moves is a measurement; appearing and vanishing is state.
    """
    if before is after:
        return Weight.NOTHING
    if _is_number(before) and _is_number(after):
        return _weigh_numbers(before, after, name)
    if type(before) is not type(after):
        return Weight.STATE
    parts = _parts(before, after, name)
    if parts is not None:
        return _heaviest(parts)
    if before == after:
        return Weight.NOTHING
    are_instants = isinstance(before, datetime) and isinstance(after, datetime)
    return Weight.NUMBERS if are_instants else Weight.STATE


type _Pairs = Iterable[tuple[object, object, str]]


def _parts(before: object, after: object, name: str) -> _Pairs | None:
    """Pairs what two values of one type are made of; `None` if that makes no sense."""
    match before, after:
        case ((tuple() | list()), (tuple() | list())) if len(before) == len(after):
            return ((a, b, name) for a, b in zip(before, after, strict=True))
        case dict(), dict() if before.keys() == after.keys():
            return ((value, after[key], str(key)) for key, value in before.items())
    if not is_dataclass(before):
        return None
    names = [field.name for field in fields(before)]
    return ((getattr(before, n), getattr(after, n), n) for n in names)


def _heaviest(pairs: _Pairs) -> Weight:
    heaviest = Weight.NOTHING
    for before, after, name in pairs:
        if before is not after:
            heaviest = max(heaviest, weigh(before, after, name))
            if heaviest is Weight.STATE:
                break
    return heaviest


def _is_number(value: object) -> TypeIs[int | float]:
    return type(value) is int or type(value) is float


def _weigh_numbers(before: float, after: float, name: str) -> Weight:
    if before == after:
        return Weight.NOTHING
    for ending, band in DEAD_BANDS.items():
        if name.endswith(ending):
            # 25.6 - 25.1 is a hair less than 0.5.
            is_far = abs(after - before) > band - 1e-9
            return Weight.NUMBERS if is_far else Weight.NOTHING
    return Weight.STATE
