"""The panel's and the cards' commands over Home Assistant's socket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import CONF_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.odin import relay
from custom_components.odin.const import CONF_GUEST_ROLE, DOMAIN
from custom_components.odin.coordinator import OdinCoordinator
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.farm import Engine
from tests.integration.impostor import Impostor, Socket, show_a_farm
from tests.integration.people import House

type Json = dict[str, Any]


@pytest.fixture
def house(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> House:
    """Where people live."""
    return House(hass, hass_client, hass_ws_client)


class Page:
    """A page of Home Assistant's that asks our commands; news of live lines queue up."""

    def __init__(self, socket: MockHAClientWebSocket) -> None:
        self.socket = socket
        self._news: dict[int, list[Json]] = {}
        self._last_id = 0

    async def ask(self, command: str, **what: object) -> Json:
        """Returns the answer to a command."""
        self._last_id += 1
        await self.socket.send_json({"id": self._last_id, "type": command, **what})
        while True:
            told = await self._hear()
            if told["type"] == "result" and told["id"] == self._last_id:
                return told

    async def open(self, entry: MockConfigEntry) -> int:
        """Opens a live line; returns what it is called."""
        answer = await self.ask("odin/live", entry_id=entry.entry_id)
        assert answer["success"], answer
        assert answer["result"] is None
        line: int = answer["id"]
        assert (await self.message(line))["type"] == "hello"
        return line

    async def say(self, line: int, **message: object) -> Json:
        """Says something on a live line; returns how that was answered."""
        return await self.ask("odin/live/send", subscription=line, message=message)

    async def news(self, line: int) -> Json:
        """Returns what came next on a live line."""
        waiting = self._news.setdefault(line, [])
        while not waiting:
            await self._hear()
        return waiting.pop(0)

    async def message(self, line: int, kind: str | None = None) -> Json:
        """Returns the engine's next message, or the next of a kind."""
        while True:
            told = await self.news(line)
            assert told["type"] == "message", told
            message: Json = told["message"]
            if kind in {None, message["type"]}:
                return message

    async def end(self, line: int) -> Json:
        """Returns how a live line ended."""
        while (told := await self.news(line))["type"] != "closed":
            pass
        return told

    async def _hear(self) -> Json:
        async with asyncio.timeout(20):
            told: Json = await self.socket.receive_json()
        if told["type"] == "event":
            self._news.setdefault(told["id"], []).append(told["event"])
        return told


async def _page(house: House, name: str = "Ida", *, is_admin: bool = False) -> Page:
    return Page(await house.socket(name, is_admin=is_admin))


# Which engines


async def test_engines_are_told_in_home_assistants_order(
    hass: HomeAssistant, engine: Engine, own_engine: Engine, house: House
) -> None:
    first, second = make_entry(engine), make_entry(own_engine)
    away = MockConfigEntry(
        domain=DOMAIN,
        title="Barn",
        unique_id="barn",
        data={
            CONF_URL: "http://127.0.0.1:1",
            CONF_TOKEN: "odin_x",
            CONF_VERIFY_SSL: True,
        },
    )
    off = MockConfigEntry(domain=DOMAIN, disabled_by=ConfigEntryDisabler.USER)
    for entry in (first, away, off, second):
        entry.add_to_hass(hass)
    await hass.config_entries.async_setup(first.entry_id)
    await hass.async_block_till_done()
    page = await _page(house)
    told = (await page.ask("odin/entries"))["result"]
    assert [each["entry_id"] for each in told["entries"]] == [
        first.entry_id,
        away.entry_id,
        second.entry_id,
    ]
    assert [each["state"] for each in told["entries"]] == [
        "loaded",
        "unavailable",
        "loaded",
    ]
    assert told["entries"][0]["engine_id"] == engine.engine_id
    assert told["entries"][1]["title"] == "Barn"
    integration = await async_get_integration(hass, DOMAIN)
    assert told["version"] == integration.version


# Who is there


async def test_the_engine_says_what_a_person_may(
    hass: HomeAssistant, engine: Engine, house: House
) -> None:
    entry = make_entry(engine)
    await set_up(hass, entry)
    asked = {"entry_id": entry.entry_id}
    ida, theo = await _page(house), await _page(house, "Theo", is_admin=True)
    told = (await ida.ask("odin/session", **asked))["result"]
    assert (told["name"], told["role"]) == ("Ida", "operator")
    assert told["display_name"] == "Ida"
    # Whose token it is does not make that person of them.
    assert told["user_id"] is None
    assert "control:printers" in told["permissions"]
    assert "manage:printers" not in told["permissions"]
    told = (await theo.ask("odin/session", **asked))["result"]
    assert (told["name"], told["role"]) == ("Theo", "admin")
    assert "manage:printers" in told["permissions"]
    assert "manage:users" not in told["permissions"]
    assert engine.token not in str(told)
    hass.config_entries.async_update_entry(entry, options={CONF_GUEST_ROLE: "viewer"})
    await hass.config_entries.async_reload(entry.entry_id)
    told = (await ida.ask("odin/session", **asked))["result"]
    assert told["role"] == "viewer"
    told = (await theo.ask("odin/session", **asked))["result"]
    assert told["role"] == "admin"


@pytest.mark.parametrize("command", ["odin/session", "odin/live"])
async def test_what_is_not_there_is_said(
    hass: HomeAssistant, own_engine: Engine, house: House, command: str
) -> None:
    entry = make_entry(own_engine)
    await set_up(hass, entry)
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    page = await _page(house)

    async def code(entry_id: str) -> str:
        answer = await page.ask(command, entry_id=entry_id)
        assert answer["error"]["message"].endswith(".")
        found: str = answer["error"]["code"]
        return found

    assert await code("nobody") == "not_found"
    assert await code(other.entry_id) == "not_found"
    own_engine.process.kill()
    assert await code(entry.entry_id) == "unavailable"
    await hass.config_entries.async_unload(entry.entry_id)
    assert await code(entry.entry_id) == "unavailable"


# The live line


async def test_a_line_tells_everything_and_then_what_changes(
    engine: Engine,
    coordinator: OdinCoordinator,
    entry: MockConfigEntry,
    house: House,
) -> None:
    page = await _page(house)
    line = await page.open(entry)
    answer = await page.say(
        line, type="subscribe", topics=["printers"], profile="panel"
    )
    assert answer["success"]
    snapshot = await page.message(line, "snapshot")
    assert set(engine.printers.values()) == snapshot["data"].keys()
    engine.change("Curie", notes="Was oiled")
    curie = engine.printers["Curie"]
    revision = snapshot["revision"]
    while True:
        patch = await page.message(line)
        assert patch["type"] == "patch"
        assert patch["revision"] == (revision := revision + 1)
        if patch["changed"].get(curie, {}).get("notes") == "Was oiled":
            break
    engine.change("Curie", notes="")
    assert (await page.say(line, type="resync", topic="printers"))["success"]
    assert (await page.message(line, "snapshot"))["topic"] == "printers"
    assert (await page.say(line, type="ping"))["success"]
    assert await page.message(line, "pong")


@pytest.mark.parametrize(
    "message",
    [
        {"type": "auth", "token": "odin_x"},
        {"type": "unsubscribe", "topics": ["printers"]},
        {"type": "stop"},
        {"topics": ["printers"]},
        {},
    ],
)
async def test_nothing_else_is_said_to_the_engine(
    coordinator: OdinCoordinator, entry: MockConfigEntry, house: House, message: Json
) -> None:
    page = await _page(house)
    line = await page.open(entry)
    refused = await page.say(line, **message)
    assert refused["error"]["code"] == "invalid_format"
    # It is still open, and heard nothing of it.
    await page.say(line, type="ping")
    assert (await page.message(line))["type"] == "pong"


async def test_a_line_is_its_owners_alone(
    coordinator: OdinCoordinator, entry: MockConfigEntry, house: House
) -> None:
    ida, theo = await _page(house), await _page(house, "Theo")
    line = await ida.open(entry)
    refused = await theo.say(line, type="ping")
    assert refused["error"]["code"] == "not_found"
    # Of another integration's subscriptions neither.
    other = await theo.ask("subscribe_events", event_type="x")
    refused = await theo.say(other["id"], type="ping")
    assert refused["error"]["code"] == "not_found"


async def test_each_person_hears_what_the_engine_lets_them(
    hass: HomeAssistant, own_engine: Engine, house: House
) -> None:
    own_engine.token = own_engine.new_token("read:printers", "read:audit", "act-as")
    entry = make_entry(own_engine)
    await set_up(hass, entry)
    ida, theo = await _page(house), await _page(house, "Theo", is_admin=True)
    for page in (ida, theo):
        line = await page.open(entry)
        await page.say(line, type="subscribe", topics=["printers", "alerts"])
        # The token itself may not see alerts: no role makes more of it.
        told = await page.message(line, "error")
        assert (told["code"], told["topic"]) == ("forbidden", "alerts")
        assert await page.message(line, "snapshot")


async def test_an_engine_that_dies_is_told_of_and_can_be_opened_again(
    hass: HomeAssistant, own_engine: Engine, house: House
) -> None:
    entry = make_entry(own_engine)
    await set_up(hass, entry)
    page = await _page(house)
    line = await page.open(entry)
    own_engine.process.kill()
    ended = await page.end(line)
    assert ended["code"] == 1006
    assert ended["reason"].endswith(".")
    refused = await page.say(line, type="ping")
    assert refused["error"]["code"] == "not_found"
    own_engine.restart()
    await page.open(entry)


async def test_a_line_ends_with_its_entry(
    hass: HomeAssistant,
    coordinator: OdinCoordinator,
    entry: MockConfigEntry,
    house: House,
) -> None:
    page = await _page(house)
    line = await page.open(entry)
    await hass.config_entries.async_reload(entry.entry_id)
    ended = await page.end(line)
    assert ended["code"] is None
    assert ended["reason"]
    await page.open(entry)


async def test_a_revoked_token_ends_it_with_the_engines_code(
    hass: HomeAssistant, own_engine: Engine, house: House
) -> None:
    own_engine.token = own_engine.new_token("all", "act-as")
    entry = make_entry(own_engine)
    await set_up(hass, entry)
    page = await _page(house)
    line = await page.open(entry)
    own_engine.revoke(own_engine.token)
    ended = await page.end(line)
    assert ended["code"] == 4401
    assert ended["reason"]
    answer = await page.ask("odin/session", entry_id=entry.entry_id)
    assert answer["error"]["code"] == "unauthorized"
    assert own_engine.token not in str(answer)


async def test_a_token_that_may_not_name_people_opens_nothing(
    hass: HomeAssistant, own_engine: Engine, house: House
) -> None:
    own_engine.token = own_engine.new_token("all")
    entry = make_entry(own_engine)
    await set_up(hass, entry)
    page = await _page(house, is_admin=True)
    answer = await page.ask("odin/session", entry_id=entry.entry_id)
    assert answer["error"]["code"] == "not_allowed"
    line = await page.open(entry)
    assert (await page.end(line))["code"] == 4403


# A browser that does not read, an engine that talks nonsense


@pytest.fixture
async def misled(
    hass: HomeAssistant, impostor: Impostor
) -> AsyncIterator[MockConfigEntry]:
    """A loaded entry whose engine says whatever a test wants."""
    impostor.converse = show_a_farm
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id="e",
        data={CONF_URL: impostor.url, CONF_TOKEN: "odin_x", CONF_VERIFY_SSL: True},
    )
    await set_up(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def test_who_unsubscribes_hangs_up(
    misled: MockConfigEntry, impostor: Impostor, house: House
) -> None:
    page = await _page(house)
    lines = [await page.open(misled) for _ in range(3)]
    # One more is the integration's own.
    assert impostor.open_sockets == 4
    for line in lines[:2]:
        answer = await page.ask("unsubscribe_events", subscription=line)
        assert answer["success"]
    await until(lambda: impostor.open_sockets == 2)
    refused = await page.say(lines[0], type="ping")
    assert refused["error"]["code"] == "not_found"
    assert (await page.say(lines[2], type="ping"))["success"]
    # A browser that is closed hangs up, too.
    await page.socket.close()
    await until(lambda: impostor.open_sockets == 1)


# Home Assistant's own heartbeat outlives a socket that it closes.
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_person_who_is_locked_out_hears_no_more(
    hass: HomeAssistant, misled: MockConfigEntry, impostor: Impostor, house: House
) -> None:
    user, token = await house.person("Ida")
    page = Page(await house.open_socket(hass, token))
    await page.open(misled)
    assert impostor.open_sockets == 2
    await hass.auth.async_remove_user(user)
    await until(lambda: impostor.open_sockets == 1)


async def test_nonsense_does_not_reach_the_browser(
    misled: MockConfigEntry, impostor: Impostor, house: House
) -> None:
    async def converse(socket: Socket) -> None:
        await socket.send_bytes(b"binary")
        await socket.send_str('{"type": "novelty"}')
        await socket.send_str('{"type": ')

    impostor.converse = converse
    page = await _page(house)
    line = await page.open(misled)
    await page.say(line, type="subscribe", topics=["printers"])
    assert (await page.message(line))["type"] == "novelty"
    assert (await page.end(line))["code"] is None
    await until(lambda: impostor.open_sockets == 1)


async def test_a_browser_that_reads_slowly_misses_nothing(
    misled: MockConfigEntry, impostor: Impostor, house: House
) -> None:
    many, sent = 2000, 0

    async def converse(socket: Socket) -> None:
        nonlocal sent
        for number in range(many):
            await socket.send_json({"type": "patch", "number": number, "x": _LONG})
            sent = number

    impostor.converse = converse
    page = await _page(house)
    line = await page.open(misled)
    await page.say(line, type="subscribe", topics=["printers"])
    await _until_it_stands_still(lambda: sent)
    # Neither Home Assistant nor we keep what the browser does not take.
    assert sent < many / 2
    numbers = [(await page.message(line))["number"] for _ in range(many)]
    assert numbers == list(range(many))


async def test_a_browser_that_does_not_read_is_hung_up_on(
    misled: MockConfigEntry,
    impostor: Impostor,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay, "STUCK_S", 0.3)

    async def converse(socket: Socket) -> None:
        with contextlib.suppress(ConnectionError):
            for number in range(4000):
                await socket.send_json({"type": "patch", "number": number, "x": _LONG})

    impostor.converse = converse
    page = await _page(house)
    line = await page.open(misled)
    await page.say(line, type="subscribe", topics=["printers"])
    await until(lambda: impostor.open_sockets == 1)
    ended = await page.end(line)
    assert ended["code"] == relay.TOO_SLOW
    # All else that this browser does goes on.
    assert (await page.ask("odin/entries"))["success"]


_LONG = "x" * 32 * 1024


async def _until_it_stands_still(count: Callable[[], int]) -> None:
    before = -1
    while before != (before := count()):  # noqa: ASYNC110 - there is no one event for it
        await asyncio.sleep(0.5)
