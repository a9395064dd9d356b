"""The pumps, the beat and what subscribers get, without sockets."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from odin_engine.identity.model import Permission
from odin_engine.live.model import (
    MAX_EVENTS,
    MAX_TOPICS,
    Event,
    Failure,
    Hello,
    Message,
    Patch,
    Profile,
    Snapshot,
    Topic,
)
from odin_engine.live.service import (
    MAX_PER_OWNER,
    MAX_SUBSCRIBERS,
    Live,
    Subscriber,
)
from tests.engine.doubles import ManualClock, settle
from tests.engine.live.things import Oven, Thing, Things

_READ = frozenset({Permission.READ_PRINTERS})
_ALL = Topic("printers")
_NEWS = Event("print_started", {}, datetime(2026, 11, 1, tzinfo=UTC))


async def _next(subscriber: Subscriber) -> Message:
    async with asyncio.timeout(2):
        return await subscriber.next()


def _new(live: Live, owner: str = "anna") -> Subscriber:
    subscriber = live.join(_READ, owner)
    assert subscriber is not None
    return subscriber


async def _join(
    live: Live, topics: Iterable[Topic] = (_ALL,), profile: Profile = Profile.PANEL
) -> Subscriber:
    subscriber = _new(live)
    assert not subscriber.subscribe(topics, profile)
    for _ in topics:
        assert isinstance(await _next(subscriber), Snapshot)
    return subscriber


async def _is_quiet(subscriber: Subscriber) -> bool:
    waiting = asyncio.create_task(subscriber.next())
    await settle()
    is_quiet = not waiting.done()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    return is_quiet


async def test_a_change_reaches_everybody_and_is_encoded_once(
    live: Live, things: Things
) -> None:
    listeners = [await _join(live) for _ in range(5)]
    things.patches = 0
    things.put("a", Thing(state="busy"))
    patches = [await _next(listener) for listener in listeners]
    assert things.patches == 1
    assert all(isinstance(p, Patch) and p.changed.keys() == {"a"} for p in patches)


async def test_who_reads_late_gets_one_patch(live: Live, things: Things) -> None:
    quick, slow = await _join(live), await _join(live)
    for percent in range(20):
        things.put("a", Thing(progress_pct=percent))
        assert isinstance(await _next(quick), Patch)
    patch = await _next(slow)
    assert isinstance(patch, Patch)
    assert patch.revision == 2
    assert await _is_quiet(slow)


async def test_what_appears_and_goes(live: Live, things: Things) -> None:
    listener = await _join(live)
    things.put("c", Thing())
    assert isinstance(await _next(listener), Patch)
    things.put("c", None)
    patch = await _next(listener)
    assert isinstance(patch, Patch)
    assert patch.removed == ("c",)


async def test_topics_take_turns(live: Live, things: Things) -> None:
    one = Topic("printers", "a")
    listener = await _join(live, [_ALL, one])
    heard = set()
    for percent in range(2):
        things.put("a", Thing(progress_pct=percent))
        await settle()
        message = await _next(listener)
        assert isinstance(message, Patch)
        heard.add(message.topic)
    assert heard == {_ALL, one}


async def test_entities_hear_measurements_on_the_beat(
    live: Live, things: Things, clock: ManualClock
) -> None:
    listener = await _join(live, profile=Profile.ENTITIES)
    warm = Thing(oven=Oven(25.0, 0.0))
    things.put("b", warm)
    assert await _is_quiet(listener)
    await clock.advance(1)
    assert isinstance(await _next(listener), Patch)
    things.put("b", replace(warm, state="busy"))
    assert isinstance(await _next(listener), Patch)
    await clock.advance(1)
    assert await _is_quiet(listener)


async def test_refused_topics_say_why(live: Live) -> None:
    subscriber = _new(live)
    topics = [Topic("jobs"), Topic("secrets"), Topic("printers", ""), _ALL]
    failures = subscriber.subscribe(topics, Profile.PANEL)
    assert [(each.code, each.topic) for each in failures] == [
        ("unknown_topic", "jobs"),
        ("forbidden", "secrets"),
        ("unknown_topic", "printers/"),
    ]
    assert subscriber.topics == {_ALL}


async def test_a_connection_holds_a_bounded_number_of_topics(live: Live) -> None:
    subscriber = _new(live)
    topics = [Topic("printers", f"p{n}") for n in range(MAX_TOPICS + 1)]
    [failure] = subscriber.subscribe(topics, Profile.PANEL)
    assert failure.code == "too_many_topics"
    assert not subscriber.subscribe(topics[:1], Profile.PANEL)


async def test_resync_needs_a_subscription(live: Live) -> None:
    subscriber = _new(live)
    failure = subscriber.resync(_ALL)
    assert failure is not None
    assert failure.code == "not_subscribed"


async def test_unsubscribed_topics_are_silent(live: Live, things: Things) -> None:
    listener = await _join(live)
    listener.unsubscribe([_ALL, Topic("jobs")])
    things.put("a", Thing(state="busy"))
    assert await _is_quiet(listener)


async def test_losing_a_permission_drops_its_topics(live: Live) -> None:
    listener = await _join(live)
    assert not listener.limit_to(_READ)
    assert listener.limit_to(frozenset())
    assert not listener.topics


async def test_news_reaches_who_listens_there(live: Live) -> None:
    everywhere = await _join(live)
    there = await _join(live, [Topic("printers", "a")])
    elsewhere = await _join(live, [Topic("printers", "b")])
    live.announce(Topic("printers", "a"), _NEWS)
    assert await _next(everywhere) == _NEWS
    assert await _next(there) == _NEWS
    assert await _is_quiet(elsewhere)


async def test_news_for_who_does_not_read_is_bounded(live: Live) -> None:
    listener = await _join(live)
    for _ in range(MAX_EVENTS + 10):
        live.announce(_ALL, _NEWS)
    failure = await _next(listener)
    assert isinstance(failure, Failure)
    assert failure.code == "events_lost"
    for _ in range(MAX_EVENTS):
        assert await _next(listener) == _NEWS
    assert await _is_quiet(listener)


async def test_who_left_is_forgotten(live: Live, things: Things) -> None:
    listener = await _join(live)
    live.leave(listener)
    things.put("a", Thing(state="busy"))
    assert await _is_quiet(listener)


async def test_what_is_there_before_the_pump_runs_is_told(
    things: Things, clock: ManualClock
) -> None:
    early = Live({"printers": things}, Hello("1.2.3", 1), clock, clock)
    listener = _new(early)
    listener.subscribe([_ALL], Profile.PANEL)
    snapshot = await _next(listener)
    assert isinstance(snapshot, Snapshot)
    assert not snapshot.data
    running = asyncio.create_task(early.run())
    patch = await _next(listener)
    assert isinstance(patch, Patch)
    assert patch.changed.keys() == {"a", "b"}
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_nobody_takes_everybodys_place(live: Live) -> None:
    mine = [_new(live) for _ in range(MAX_PER_OWNER)]
    assert live.join(_READ, "anna") is None
    _new(live, "berta")
    live.leave(mine[0])
    _new(live)
    others = [f"p{n}" for n in range(MAX_SUBSCRIBERS)]
    assert None in [live.join(_READ, owner) for owner in others]
