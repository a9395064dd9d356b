"""Clients that mean harm, on real sockets: they are cut off, and nobody else notices.

Nothing here looks at a clock. That others are served is seen by their patches, that
nothing piles up by what is kept.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import override

import orjson
import pytest
import uvicorn

from odin_engine.kernel.http.listener import FRAMES_AT_ONCE, LiveConnection
from odin_engine.live.model import MAX_TOPICS, Patch, Profile, Snapshot, Topic
from odin_engine.live.routes import MESSAGES_AT_ONCE, STUCK_S
from odin_engine.live.service import Live
from odin_engine.live.wire import MAX_MESSAGE_BYTES
from tests.engine.doubles import ManualClock, settle
from tests.engine.live.conftest import Client, Connect
from tests.engine.live.raw import Op, RawSocket, frame
from tests.engine.live.things import Thing, Things


@pytest.fixture
async def bystander(connect: Connect, token: str) -> Client:
    """Somebody who only wants its patches."""
    client = await connect(token)
    await client.subscribe("printers")
    return client


async def _is_served(bystander: Client, things: Things, state: str) -> None:
    things.put("a", Thing(state=state))
    patch = await bystander.hear("patch")
    assert patch["changed"]["a"]["state"] == state


def _text(**message: object) -> bytes:
    return frame(Op.TEXT, orjson.dumps(message))


_FLOODS = {
    "tiny pings": frame(Op.PING),
    "big pings": frame(Op.PING, b"x" * 125),
    "pongs that nobody asked for": frame(Op.PONG, b"x"),
    "fragments of nothing": frame(Op.CONT, fin=False),
}


@pytest.mark.parametrize("flood", _FLOODS)
@pytest.mark.parametrize("is_known", [True, False], ids=["with token", "stranger"])
async def test_a_flood_of_frames_that_say_nothing_ends_the_socket(
    address: str,
    token: str,
    bystander: Client,
    things: Things,
    flood: str,
    *,
    is_known: bool,
) -> None:
    async with RawSocket(address, token if is_known else None) as hostile:
        if flood == "fragments of nothing":
            await hostile.pour(frame(Op.TEXT, b"{", fin=False))
        pouring = asyncio.create_task(hostile.pour(_FLOODS[flood] * 5000, times=200))
        await _is_served(bystander, things, "busy")
        # A reset takes the goodbye along, where our side had not read everything.
        assert await hostile.end() in {1008, None}
        await pouring
        await _is_served(bystander, things, "idle")


async def test_as_many_pings_as_a_client_may_need_are_answered(
    address: str, token: str
) -> None:
    async with RawSocket(address, token) as client:
        await client.hear()
        await client.pour(frame(Op.PING, b"here?"), times=FRAMES_AT_ONCE // 2)
        for _ in range(FRAMES_AT_ONCE // 2):
            assert (await client.hear()).data == b"here?"
        await client.pour(_text(type="ping"))
        assert (await client.hear()).data == b'{"type":"pong"}'


async def test_who_reads_nothing_gets_no_pongs_to_pile_up(
    address: str,
    token: str,
    bystander: Client,
    things: Things,
    server: uvicorn.Server,
) -> None:
    async with RawSocket(address, token) as hostile:
        hostile.writer.transport.pause_reading()  # type: ignore[attr-defined]  # is both
        await hostile.pour(frame(Op.PING, b"x" * 125), times=FRAMES_AT_ONCE + 50)
        await _is_served(bystander, things, "busy")
        assert max(map(_unsent, _connections(server))) < 128 * 1024


async def test_messages_beyond_the_pace_wait_in_the_network_not_in_memory(
    address: str,
    token: str,
    bystander: Client,
    things: Things,
    server: uvicorn.Server,
    clock: ManualClock,
) -> None:
    async with RawSocket(address, token) as hostile:
        pouring = asyncio.create_task(
            hostile.pour(_text(type="ping") * 2000, times=200)
        )
        await _is_served(bystander, things, "busy")
        await settle(50)
        assert not pouring.done()
        assert max(map(_queued, _connections(server))) < 5 * MESSAGES_AT_ONCE
        pouring.cancel()
    await clock.advance(10)


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([frame(Op.TEXT, b"\xff\xfe")], 1007),
        ([frame(Op.TEXT, b"\xc3", fin=False), frame(Op.CONT, b"\xc3")], 1007),
        ([frame(Op.TEXT, b"x" * (MAX_MESSAGE_BYTES + 1))], 1009),
        (
            [
                frame(Op.TEXT, b"x" * 40_000, fin=False),
                frame(Op.CONT, b"x" * 40_000, fin=False),
            ],
            1009,
        ),
        ([frame(Op.TEXT, b'{"type":"ping"}', masked=False)], 1002),
        ([frame(Op.CONT, b"x")], 1002),
        ([frame(Op.TEXT, b"a", fin=False), frame(Op.TEXT, b"b")], 1002),
        ([frame(Op.PING, b"x" * 126)], 1002),
        ([frame(Op.PING, b"x", fin=False)], 1002),
        ([bytes([0x83, 0x80, 0, 0, 0, 0])], 1002),
        ([bytes([0xF1, 0x80, 0, 0, 0, 0])], 1002),
        ([frame(Op.CLOSE, b"\x03")], 1002),
        ([bytes([0x81, 0xFF]) + b"\xff" * 8 + b"\0" * 4], 1009),
    ],
    ids=[
        "no UTF-8",
        "no UTF-8 in two parts",
        "a message without end",
        "parts without end",
        "unmasked",
        "a part of nothing",
        "a message within a message",
        "a long ping",
        "half a ping",
        "an unknown frame",
        "reserved bits",
        "half a close code",
        "a length beyond all measure",
    ],
)
async def test_what_breaks_the_rules_is_closed_with_its_code(
    address: str,
    token: str,
    bystander: Client,
    things: Things,
    caplog: pytest.LogCaptureFixture,
    frames: list[bytes],
    code: int,
) -> None:
    with caplog.at_level(logging.WARNING):
        async with RawSocket(address, token) as hostile:
            await hostile.pour(*frames)
            assert await hostile.end() == code
    await _is_served(bystander, things, "busy")
    assert not caplog.records, "a stranger must not fill the log"


async def test_what_comes_after_the_goodbye_is_ignored(
    address: str, token: str, bystander: Client, things: Things
) -> None:
    async with RawSocket(address, token) as hostile:
        await hostile.pour(frame(Op.CLOSE, b"\x03\xe8"), _text(type="ping") * 500)
        assert await hostile.end() in {1000, None}
    await _is_served(bystander, things, "busy")


@pytest.mark.parametrize(
    "message",
    [
        _text(type="resync", topic="printers"),
        _text(type="unsubscribe", topics=["printers"]),
        _text(type="ping", more=[[[[]]]]),
        _text(type="auth", token="again"),
    ],
    ids=["resync first", "unsubscribe first", "more than asked", "login twice"],
)
async def test_the_wrong_order_is_answered_and_no_more(
    address: str, token: str, message: bytes
) -> None:
    async with RawSocket(address, token) as hostile:
        await hostile.hear()
        await hostile.pour(message, _text(type="ping"))
        while (heard := await hostile.hear()).data != b'{"type":"pong"}':
            assert orjson.loads(heard.data)["type"] == "error"


async def test_nesting_without_end_is_unreadable(address: str, token: str) -> None:
    async with RawSocket(address, token) as hostile:
        await hostile.hear()
        deep = b'{"type":"ping","x":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
        await hostile.pour(frame(Op.TEXT, deep))
        assert orjson.loads((await hostile.hear()).data)["code"] == "unreadable"


async def test_a_socket_takes_so_many_topics(
    connect: Connect, token: str, clock: ManualClock
) -> None:
    hostile = await connect(token)
    for start in range(0, 1000, 200):
        topics = [f"printers/{number}" for number in range(start, start + 200)]
        await hostile.say("subscribe", topics=topics)
    await clock.advance(20)
    await hostile.say("ping")
    kinds: dict[str, int] = {}
    while (heard := await hostile.hear())["type"] != "pong":
        kind = heard.get("code", heard["type"])
        kinds[kind] = kinds.get(kind, 0) + 1
        await clock.advance(0.5)
    assert kinds == {"snapshot": MAX_TOPICS, "too_many_topics": 1000 - MAX_TOPICS}


class _Walked(dict[str, object]):
    """Counts how often somebody goes through it."""

    walks = 0

    @override
    def __iter__(self) -> Iterator[str]:
        self.walks += 1
        return super().__iter__()


async def test_a_change_is_looked_at_once_however_many_topics_there_are(
    things: Things, live: Live
) -> None:
    """All sockets of one user with all their topics are 16,000 views."""
    watcher = live.join(frozenset({things.permission}), "eve")
    assert watcher is not None
    topics = [Topic("printers", str(number)) for number in range(MAX_TOPICS)]
    watcher.subscribe(topics, Profile.PANEL)
    for _ in topics:
        assert isinstance(await watcher.next(), Snapshot)
    changed = _Walked(a=Thing(), b=Thing())
    watcher.note("printers", changed)
    assert changed.walks == 1
    waiting = asyncio.create_task(watcher.next())
    await settle()
    assert not waiting.done()
    things.put("7", Thing(state="new"))
    patch = await waiting
    assert isinstance(patch, Patch)
    assert patch.topic == Topic("printers", "7")


async def test_leaving_and_coming_back_is_no_way_around_the_pace(
    connect: Connect, token: str, clock: ManualClock
) -> None:
    hostile = await connect(token)
    for _ in range(50):
        await hostile.say("subscribe", topics=["printers"])
        await hostile.say("unsubscribe", topics=["printers"])
    await hostile.say("subscribe", topics=["printers"])
    await hostile.say("ping")
    snapshots = 0
    while (heard := await hostile.hear())["type"] != "pong":
        snapshots += heard["type"] == "snapshot"
    assert snapshots <= 1
    if not snapshots:
        await clock.advance(1)
        await hostile.hear("snapshot")


async def test_hundreds_of_strangers_take_nobodys_place(
    address: str, token: str, connect: Connect, bystander: Client, things: Things
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(200):
            await stack.enter_async_context(RawSocket(address))
        await _is_served(bystander, things, "busy")
        another = await connect(token)
        assert (await another.subscribe("printers"))["type"] == "snapshot"


async def test_strangers_who_say_nothing_are_all_sent_away(
    address: str, clock: ManualClock, bystander: Client
) -> None:
    async with AsyncExitStack() as stack:
        strangers = [
            await stack.enter_async_context(RawSocket(address)) for _ in range(50)
        ]
        for stranger in strangers:
            await stranger.hear()
        await clock.advance(11)
        assert {await stranger.end() for stranger in strangers} == {4401}
    await bystander.say("ping")
    await bystander.hear("pong")


async def test_who_never_reads_holds_one_message_and_then_nothing(
    address: str,
    token: str,
    bystander: Client,
    things: Things,
    clock: ManualClock,
    server: uvicorn.Server,
) -> None:
    async with RawSocket(address, token) as hostile:
        hostile.writer.transport.pause_reading()  # type: ignore[attr-defined]  # is both
        await hostile.pour(_text(type="subscribe", topics=["printers"]))
        for count in range(60):
            things.put("b", Thing(state=f"{count} {'x' * 200_000}"))
            await bystander.hear("patch")
        assert max(map(_unsent, _connections(server))) < 4 * 200_000
        await clock.advance(STUCK_S + 2)
        await clock.advance(10)
        await _is_served(bystander, things, "fine")


def _connections(server: uvicorn.Server) -> list[LiveConnection]:
    found = server.server_state.connections
    return [each for each in found if isinstance(each, LiveConnection)]


def _unsent(connection: LiveConnection) -> int:
    size: int = connection.transport.get_write_buffer_size()
    return size


def _queued(connection: LiveConnection) -> int:
    return connection.queue.qsize()
