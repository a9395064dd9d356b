"""The live link with an engine that misbehaves on the socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from custom_components.odin.client import (
    CannotConnect,
    EngineError,
    Farm,
    InvalidAuth,
    LiveEvent,
    LiveLink,
    NotAllowed,
    NotOdin,
    OdinClient,
    UnsupportedVersion,
)
from tests.integration.conftest import until
from tests.integration.impostor import GENUINE, Impostor

type Socket = web.WebSocketResponse
type Converse = Callable[[Socket], Awaitable[None]]

_ADA = {"id": "a", "name": "Ada"}


class Ear:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.farms: list[Farm] = []
        self.changed: list[frozenset[str] | None] = []
        self.events: list[LiveEvent] = []
        self.lost: list[EngineError] = []

    def on_farm(self, farm: Farm, changed: frozenset[str] | None) -> None:
        """Hears a farm."""
        self.farms.append(farm)
        self.changed.append(changed)

    def on_event(self, event: LiveEvent) -> None:
        """Hears news."""
        self.events.append(event)

    def on_lost(self, error: EngineError) -> None:
        """Hears of a loss."""
        self.lost.append(error)


def _snapshot(topic: str, revision: int, **data: object) -> dict[str, Any]:
    return {"type": "snapshot", "topic": topic, "revision": revision, "data": data}


def _patch(topic: str, revision: int, **changed: object) -> dict[str, Any]:
    return {
        "type": "patch",
        "topic": topic,
        "revision": revision,
        "changed": changed,
        "removed": [],
    }


async def _begin(socket: Socket) -> None:
    await socket.send_json(_snapshot("printers", 1, a=_ADA))
    await socket.send_json(_snapshot("alerts", 1))


@pytest.fixture
def link(session: aiohttp.ClientSession, impostor: Impostor) -> LiveLink:
    """A link to the impostor that loses patience quickly."""
    client = OdinClient(session, impostor.url, "odin_token")
    return LiveLink(client, silence_s=0.2, pong_s=0.2, retry_s=0.01)


@asynccontextmanager
async def _running(link: LiveLink) -> AsyncIterator[Ear]:
    ear = Ear()
    task = asyncio.create_task(link.run(ear))
    try:
        yield ear
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_gap_is_filled_by_a_snapshot(
    link: LiveLink, impostor: Impostor
) -> None:
    async def converse(socket: Socket) -> None:
        await _begin(socket)
        await socket.send_json(_patch("printers", 3, a={"activity": "printing"}))
        asked = await socket.receive_json()
        impostor.heard.append(asked)
        await socket.send_json(_snapshot("printers", 4, a=_ADA | {"activity": "idle"}))

    impostor.converse = converse
    async with _running(link) as ear:
        await until(lambda: len(ear.farms) == 2)
    assert impostor.heard[0]["profile"] == "entities"
    assert impostor.heard[1] == {"type": "resync", "topic": "printers"}
    assert ear.farms[-1].printers["a"].activity == "idle"
    assert ear.lost == []


async def test_what_is_not_understood_is_passed_over(
    link: LiveLink, impostor: Impostor
) -> None:
    async def converse(socket: Socket) -> None:
        await _begin(socket)
        await socket.send_bytes(b"binary")
        await socket.send_json(["a list"])
        await socket.send_json({"type": "novelty"})
        await socket.send_json(_snapshot("novelties", 1))
        await socket.send_json(_patch("novelties", 2))
        await socket.send_json({"type": "event", "data": 5, "at": "whenever"})
        await socket.send_json(_patch("alerts", 2, x={"id": "x", "code": "odd"}))

    impostor.converse = converse
    async with _running(link) as ear:
        await until(lambda: ear.changed[-1:] == [frozenset()])
    assert ear.farms[-1].alerts["x"].code == "odd"
    (event,) = ear.events
    assert (event.name, event.data, event.at, event.printer_id) == ("", {}, None, None)
    assert ear.lost == []


@pytest.mark.parametrize(
    "nonsense",
    [
        "no JSON",
        '{"type":"patch","topic":"printers"}',
        '{"type":"patch","topic":"printers","revision":2,"changed":5,"removed":[]}',
        '{"type":"snapshot","topic":"printers","revision":2,"data":[]}',
    ],
)
async def test_nonsense_begins_a_new_conversation(
    link: LiveLink, impostor: Impostor, nonsense: str
) -> None:
    async def converse(socket: Socket) -> None:
        await _begin(socket)
        if impostor.sockets == 1:
            await socket.send_str(nonsense)

    impostor.converse = converse
    async with _running(link) as ear:
        await until(lambda: len(ear.farms) == 2)
    (error,) = ear.lost
    assert type(error) is CannotConnect


async def test_silence_is_asked_about_and_ends_the_conversation(
    link: LiveLink, impostor: Impostor
) -> None:
    impostor.converse = _begin
    async with _running(link) as ear:
        await until(lambda: ear.lost)
    assert {"type": "ping"} in impostor.heard


async def test_an_answer_keeps_it_going(link: LiveLink, impostor: Impostor) -> None:
    async def converse(socket: Socket) -> None:
        await _begin(socket)
        for _ in range(3):
            impostor.heard.append(await socket.receive_json())
            await socket.send_json({"type": "pong"})

    impostor.converse = converse
    async with _running(link) as ear:
        await until(lambda: impostor.heard.count({"type": "ping"}) == 3)
        assert ear.lost == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (4401, InvalidAuth),
        (4403, NotAllowed),
        (4408, CannotConnect),
        (1013, CannotConnect),
    ],
)
async def test_how_it_is_closed_says_what_to_do(
    link: LiveLink, impostor: Impostor, code: int, kind: type[EngineError]
) -> None:
    async def converse(socket: Socket) -> None:
        await socket.close(code=code, message=b"because")

    impostor.converse = converse
    with pytest.raises(kind):
        await link.open()
    assert not link.is_open


async def test_a_token_that_sees_no_printers_is_refused(
    link: LiveLink, impostor: Impostor
) -> None:
    async def converse(socket: Socket) -> None:
        error = {"type": "error", "code": "forbidden", "topic": "printers"}
        await socket.send_json(error | {"message": "no"})

    impostor.converse = converse
    with pytest.raises(NotAllowed):
        await link.open()


async def test_an_engine_updated_under_us_is_noticed(
    link: LiveLink, impostor: Impostor
) -> None:
    async def converse(socket: Socket) -> None:
        await _begin(socket)
        await socket.close()

    impostor.converse = converse
    async with _running(link) as ear:
        await until(lambda: ear.lost)
        impostor.info = GENUINE | {"api_version": 9}
        await until(lambda: isinstance(ear.lost[-1], UnsupportedVersion))


async def test_without_a_socket_it_is_no_engine(
    session: aiohttp.ClientSession, impostor: Impostor
) -> None:
    elsewhere = OdinClient(session, f"{impostor.url}/elsewhere")
    with pytest.raises(NotOdin):
        await elsewhere.open_socket()
    with pytest.raises(CannotConnect):
        await OdinClient(session, "http://127.0.0.1:1").open_socket()
