"""What clients may say, and how news reads."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.live.model import MAX_TOPICS, Event, Failure, Profile
from odin_engine.live.wire import (
    MAX_MESSAGE_BYTES,
    Auth,
    Ping,
    Resync,
    Subscribe,
    Unreadable,
    encode,
    parse,
)
from odin_engine.printers import events
from odin_engine.printers.events import PrinterEvent
from odin_engine.printers.model import Job
from tests.fuzzing import fuzzed


def test_what_clients_say() -> None:
    subscribe = parse('{"type":"subscribe","topics":["printers"],"profile":"entities"}')
    assert subscribe == Subscribe(
        type="subscribe", topics=["printers"], profile=Profile.ENTITIES
    )
    assert parse('{"type":"ping","id":7}') == Ping(type="ping")
    resync = parse('{"type":"resync","topic":"printers/1"}')
    assert resync == Resync(type="resync", topic="printers/1")


def test_a_token_is_not_shown_by_accident() -> None:
    auth = parse('{"type":"auth","token":"odin_secret"}')
    assert isinstance(auth, Auth)
    assert "odin_secret" not in repr(auth)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "null",
        "[]",
        "{}",
        '{"type":"explode"}',
        '{"type":["ping"]}',
        '{"type":"subscribe"}',
        '{"type":"subscribe","topics":[]}',
        '{"type":"subscribe","topics":"printers"}',
        '{"type":"subscribe","topics":[1]}',
        '{"type":"subscribe","topics":["printers"],"profile":"everything"}',
        '{"type":"resync","topic":"' + "x" * 200 + '"}',
        '{"type":"resync","topic":"\\ud800"}',
        '{"type":"auth","token":""}',
        "[" * 20_000,
        " " * MAX_MESSAGE_BYTES + "{}",
        orjson.dumps(
            {"type": "subscribe", "topics": ["printers"] * (MAX_TOPICS + 1)}
        ).decode(),
    ],
)
def test_what_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        parse(text)
    assert 0 < len(refusal.value.message) <= 300


def test_a_refused_token_is_not_repeated() -> None:
    with pytest.raises(Unreadable) as refusal:
        parse('{"type":"auth","token":"' + "odin_" + "s" * 600 + '"}')
    assert "odin_" not in refusal.value.message


@given(st.text(max_size=300))
@fuzzed(100)
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text)


def test_the_longest_subscription_fits_into_one_message() -> None:
    topics = ["printers/" + "f" * 131] * MAX_TOPICS
    text = orjson.dumps({"type": "subscribe", "topics": topics, "profile": "entities"})
    assert isinstance(parse(text.decode()), Subscribe)


def test_an_error_names_its_topic_only_if_it_has_one() -> None:
    assert orjson.loads(encode(Failure("x", "Because."))) == {
        "type": "error",
        "code": "x",
        "message": "Because.",
    }
    assert orjson.loads(encode(Failure("x", "Because.", "jobs")))["topic"] == "jobs"


def _printer_events() -> list[type[Any]]:
    return [
        each
        for each in vars(events).values()
        if isinstance(each, type)
        and issubclass(each, PrinterEvent)
        and is_dataclass(each)
    ]


@pytest.mark.parametrize("kind", _printer_events())
def test_every_printer_event_has_a_json_form(kind: type[Any]) -> None:
    job = Job(name="vase", started_at=datetime(2026, 11, 1, tzinfo=UTC))
    event = kind(*[job for _ in fields(kind)])
    at = datetime(2026, 11, 1, 8, tzinfo=UTC)
    message = orjson.loads(encode(Event("x", event, at)))
    assert message["at"] == "2026-11-01T08:00:00Z"
    assert message["data"]["printer_id"]["started_at"] == "2026-11-01T00:00:00Z"
