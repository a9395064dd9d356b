"""Any message of a client is obeyed or refused, and leaves the subscriber in bounds."""

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from odin_engine.identity.model import Permission
from odin_engine.live.model import MAX_TOPICS, Hello, Topic
from odin_engine.live.service import Live
from odin_engine.live.wire import (
    Auth,
    Resync,
    Subscribe,
    Unreadable,
    Unsubscribe,
    encode,
    parse,
)
from tests.engine.doubles import ManualClock
from tests.engine.live.things import Thing, Things
from tests.fuzzing import fuzzed

_TOPICS = st.sampled_from(
    ["printers", "printers/a", "printers/", "secrets", "/", "tasks/x"]
) | st.text(max_size=150)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
_MESSAGES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["auth", "subscribe", "unsubscribe", "resync", "ping", "hello", ""]
        )
        | _VALUES
    },
    optional={
        "topics": st.lists(_TOPICS, max_size=5) | _VALUES,
        "topic": _TOPICS | _VALUES,
        "profile": st.sampled_from(["panel", "entities"]) | _VALUES,
        "token": st.text(max_size=20) | _VALUES,
        "on_behalf_of": _VALUES,
    },
)


@given(_MESSAGES | _VALUES)
@fuzzed(300)
def test_any_json_is_a_message_or_unreadable(message: object) -> None:
    text = json.dumps(message)
    try:
        said = parse(text)
    except Unreadable:
        return
    match said:
        case Subscribe() | Unsubscribe():
            assert 1 <= len(said.topics) <= MAX_TOPICS
            assert all(str(Topic.parse(each)) == each for each in said.topics)
        case Auth():
            assert said.token not in repr(said)


@given(st.lists(_MESSAGES, max_size=20))
@fuzzed(100)
def test_any_conversation_leaves_a_subscriber_in_bounds(
    messages: list[dict[str, object]],
) -> None:
    asyncio.run(_converse(messages))


async def _converse(messages: list[dict[str, object]]) -> None:
    things, secrets = Things(a=Thing()), Things(Permission.MANAGE_USERS)
    clock = ManualClock()
    sources = {"printers": things, "secrets": secrets}
    live = Live(sources, Hello("1", 1), clock, clock)
    subscriber = live.join(frozenset({Permission.READ_PRINTERS}), "eve")
    assert subscriber is not None
    for message in messages:
        try:
            said = parse(json.dumps(message))
        except Unreadable:
            continue
        match said:
            case Subscribe():
                topics = map(Topic.parse, said.topics)
                failures = subscriber.subscribe(topics, said.profile)
            case Unsubscribe():
                subscriber.unsubscribe(map(Topic.parse, said.topics))
                failures = []
            case Resync():
                failures = [
                    f for f in [subscriber.resync(Topic.parse(said.topic))] if f
                ]
            case _:
                failures = []
        assert all(len(encode(failure)) < 2000 for failure in failures)
        subscriber.note("printers", ["a", "b"])
        subscriber.release()
    assert len(subscriber.topics) <= MAX_TOPICS
    assert {topic.source for topic in subscriber.topics} <= {"printers"}
    assert not subscriber.limit_to(frozenset({Permission.READ_PRINTERS}))
    subscriber.limit_to(frozenset())
    assert not subscriber.topics
