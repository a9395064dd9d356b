"""The protocol on the wire: a real server, real clients."""

import asyncio

import orjson
import pytest

from odin_engine.identity.access import SESSION_COOKIE
from odin_engine.identity.model import ACT_AS, Permission, Role, UserChange
from odin_engine.identity.service import Caller, Identity, NewToken, NewUser
from odin_engine.live.routes import LOGIN_S, MAX_UNREADABLE, STUCK_S
from odin_engine.live.service import MAX_PER_OWNER, Live
from odin_engine.live.wire import MAX_MESSAGE_BYTES
from tests.engine.doubles import ManualClock, settle
from tests.engine.live.conftest import Connect
from tests.engine.live.things import Mirror, Oven, Thing, Things, patch_of

_PASSWORD = "Correct-Horse-9"


def _truth(things: Things) -> object:
    whole = {key: patch_of(None, thing) for key, thing in things.snapshot().items()}
    return orjson.loads(orjson.dumps(whole))


async def test_hello_snapshot_patch(
    connect: Connect, things: Things, token: str
) -> None:
    client = await connect(token)
    snapshot = await client.subscribe("printers")
    assert snapshot == {
        "type": "snapshot",
        "topic": "printers",
        "revision": 1,
        "data": _truth(things),
    }
    things.put("a", Thing(state="busy"))
    assert await client.hear() == {
        "type": "patch",
        "topic": "printers",
        "revision": 2,
        "changed": {"a": {"state": "busy"}},
        "removed": [],
    }
    things.put("a", None)
    patch = await client.hear("patch")
    assert (patch["revision"], patch["changed"], patch["removed"]) == (3, {}, ["a"])


async def test_one_printer_is_a_topic_too(
    connect: Connect, things: Things, token: str
) -> None:
    client = await connect(token)
    snapshot = await client.subscribe("printers/a")
    assert snapshot["data"].keys() == {"a"}
    things.put("b", Thing(state="busy"))
    things.put("a", Thing(state="busy"))
    patch = await client.hear("patch")
    assert (patch["topic"], patch["changed"].keys()) == ("printers/a", {"a"})


async def test_a_printer_that_is_not_there_may_come_later(
    connect: Connect, things: Things, token: str
) -> None:
    client = await connect(token)
    snapshot = await client.subscribe("printers/later")
    assert snapshot["data"] == {}
    things.put("later", Thing())
    patch = await client.hear("patch")
    assert patch["changed"]["later"]["state"] == "idle"
    assert patch["changed"]["later"]["oven"] is None


async def test_a_gap_is_mended_by_resync(
    connect: Connect, things: Things, token: str, clock: ManualClock
) -> None:
    client, mirror = await connect(token), Mirror()
    mirror.hear(await client.subscribe("printers"))
    things.put("a", Thing(state="busy"))
    await client.hear("patch")
    things.put("b", Thing(state="busy"))
    mirror.hear(await client.hear("patch"))
    assert mirror.gaps == 1
    await client.say("resync", topic="printers")
    await clock.advance(1)
    mirror.hear(await client.hear("snapshot"))
    assert mirror.objects == _truth(things)
    things.put("a", Thing(progress_pct=3))
    mirror.hear(await client.hear("patch"))
    assert mirror.gaps == 1


async def test_a_reconnect_gets_a_snapshot(
    connect: Connect, things: Things, token: str
) -> None:
    client = await connect(token)
    await client.subscribe("printers")
    await client.socket.close()
    things.put("a", Thing(state="busy"))
    snapshot = await (await connect(token)).subscribe("printers")
    assert (snapshot["revision"], snapshot["data"]) == (1, _truth(things))


async def test_ping(connect: Connect, token: str) -> None:
    client = await connect(token)
    await client.say("ping")
    assert await client.hear() == {"type": "pong"}


async def test_topics_that_are_not_there_do_not_close_the_socket(
    connect: Connect, token: str
) -> None:
    client = await connect(token)
    assert (await client.subscribe("jobs", "printers")) == {
        "type": "error",
        "code": "unknown_topic",
        "message": "There is no topic “jobs”.",
        "topic": "jobs",
    }
    await client.hear("snapshot")
    await client.say("unsubscribe", topics=["printers"])
    await client.say("resync", topic="printers")
    assert (await client.hear("error"))["code"] == "not_subscribed"


async def test_a_forbidden_topic_among_others_is_an_error(
    connect: Connect, token: str
) -> None:
    client = await connect(token)
    await client.subscribe("printers")
    error = await client.subscribe("secrets")
    assert (error["code"], error["topic"]) == ("forbidden", "secrets")
    await client.say("ping")
    await client.hear("pong")


async def test_nothing_but_forbidden_topics_closes_the_socket(
    connect: Connect, token: str
) -> None:
    client = await connect(token)
    await client.say("subscribe", topics=["secrets"])
    assert await client.close_code() == 4403


async def test_entities_hear_measurements_once_a_second(
    connect: Connect, things: Things, token: str, clock: ManualClock
) -> None:
    client = await connect(token)
    await client.subscribe("printers", profile="entities")
    things.put("a", Thing(oven=Oven(20.0)))
    await client.hear("patch")
    for tenths in range(1, 10):
        things.put("a", Thing(oven=Oven(20.0 + tenths / 10)))
        await settle()
    await clock.advance(1)
    patch = await client.hear("patch")
    assert patch["changed"]["a"]["oven"]["current_c"] == pytest.approx(20.9)
    things.put("a", Thing(oven=Oven(21.1)))
    await clock.advance(1)
    things.put("a", Thing(oven=Oven(21.1), faults=("hot",)))
    patch = await client.hear("patch")
    assert patch["changed"]["a"].keys() == {"oven", "faults"}


async def _clog(things: Things) -> int:
    """Makes changes, big ones, until nobody takes them any more; returns how many."""
    quiet = 0
    for count in range(1, 400):
        patches = things.patches
        things.put("a", Thing(state=f"{count} {'x' * 200_000}"))
        await settle(100)
        # Once may be chance: the server had simply not come round to it.
        quiet = quiet + 1 if things.patches == patches else 0
        if quiet >= 10:
            return count
    raise AssertionError("the client reads on")


async def test_a_slow_client_gets_coalesced_patches(
    connect: Connect, things: Things, token: str
) -> None:
    client, mirror = await connect(token, receive_buffer=16_384), Mirror()
    mirror.hear(await client.subscribe("printers"))
    changes = await _clog(things)
    for count in range(100):
        things.put("a", Thing(state="busy", progress_pct=count))
        await settle(2)
    messages = await client.follow(mirror, "printers", _truth(things))
    assert mirror.gaps == 0
    assert messages <= changes + 1


async def test_a_client_that_stopped_reading_is_too_slow(
    connect: Connect, things: Things, token: str, clock: ManualClock
) -> None:
    slow, quick = await connect(token, receive_buffer=16_384), await connect(token)
    await slow.subscribe("printers")
    await _clog(things)
    await quick.subscribe("printers")
    await clock.advance(STUCK_S + 2)
    assert await slow.close_code() == 4408
    things.put("a", Thing(state="fine"))
    await quick.hear("patch")


async def test_a_client_that_never_reads_again_is_let_go(
    connect: Connect, things: Things, token: str, clock: ManualClock, live: Live
) -> None:
    client = await connect(token, receive_buffer=16_384)
    await client.subscribe("printers")
    await _clog(things)
    await clock.advance(STUCK_S + 2)
    await clock.advance(10)
    # Its place is free again: as many as may connect can.
    assert all(live.join(frozenset(), "anna") for _ in range(MAX_PER_OWNER))


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "{",
        "null",
        '{"type":"drop table"}',
        "[" * 5000,
        '{"type":"subscribe"}',
        "\0",
    ],
)
async def test_garbage_is_answered_and_then_enough(
    connect: Connect, token: str, garbage: str
) -> None:
    client = await connect(token)
    for _ in range(MAX_UNREADABLE):
        await client.socket.send_str(garbage)
        assert (await client.hear("error"))["code"] == "unreadable"
    assert await client.close_code() == 1008


async def test_binary_is_refused_politely(connect: Connect, token: str) -> None:
    client = await connect(token)
    await client.socket.send_bytes(b'{"type":"ping"}')
    assert "text" in (await client.hear("error"))["message"]
    await client.say("ping")
    await client.hear("pong")


async def test_a_message_without_end_closes_the_socket(
    connect: Connect, token: str
) -> None:
    client = await connect(token)
    await client.socket.send_str("x" * (MAX_MESSAGE_BYTES + 1))
    assert await client.close_code() == 1009


async def test_thousands_of_messages_do_no_harm(
    connect: Connect, things: Things, token: str, clock: ManualClock
) -> None:
    hostile, other = await connect(token), await connect(token)
    await other.subscribe("printers")
    for _ in range(3000):
        await hostile.say("subscribe", topics=["printers", "jobs"])
    things.put("a", Thing(state="busy"))
    async with asyncio.timeout(1):
        await other.hear("patch")
    mirror = Mirror()
    await clock.advance(15)
    await hostile.follow(mirror, "printers", _truth(things))
    things.patches = 0
    await hostile.say("ping")
    while (await hostile.hear())["type"] != "pong":
        await clock.advance(0.5)


async def test_a_token_in_the_first_message(connect: Connect, token: str) -> None:
    client = await connect()
    await client.say("auth", token=token)
    assert (await client.subscribe("printers"))["type"] == "snapshot"
    await client.say("auth", token=token)
    assert (await client.hear("error"))["code"] == "logged_in"


@pytest.mark.parametrize(
    "first",
    [
        {"type": "auth", "token": "odin_wrong"},
        {"type": "ping"},
        {"type": "subscribe", "topics": ["printers"]},
    ],
)
async def test_whoever_is_nobody_is_sent_away(
    connect: Connect, first: dict[str, object]
) -> None:
    client = await connect()
    await client.socket.send_json(first)
    assert await client.close_code() == 4401


async def test_whoever_says_nothing_is_sent_away(
    connect: Connect, clock: ManualClock
) -> None:
    client = await connect()
    await settle()
    await clock.advance(LOGIN_S)
    assert await client.close_code() == 4401


async def test_a_wrong_token_in_the_header(connect: Connect) -> None:
    client = await connect("odin_" + "x" * 40)
    assert await client.close_code() == 4401


async def test_a_token_in_the_address_opens_nothing(
    connect: Connect, token: str
) -> None:
    client = await connect(query=f"?token={token}&access_token={token}")
    await client.say("subscribe", topics=["printers"])
    assert await client.close_code() == 4401


async def test_a_person_behind_the_integration(
    connect: Connect, identity: Identity, token: str
) -> None:
    person = {"on_behalf_of": "ha:0123", "on_behalf_of_role": "viewer"}
    client = await connect()
    await client.say("auth", token=token, **person)
    assert await client.close_code() == 4403, "this token may act for nobody"
    user = await identity.users.find_by_name("anna")
    scopes = frozenset({ACT_AS, Permission.READ_PRINTERS})
    issued = await identity.tokens.issue(user.id, NewToken("ha", scopes))
    client = await connect()
    await client.say("auth", token=issued.secret, **person)
    assert (await client.subscribe("printers"))["type"] == "snapshot"
    headers = {"X-Odin-On-Behalf-Of": "ha:0123"}
    client = await connect(issued.secret, **headers)
    assert (await client.subscribe("printers"))["type"] == "snapshot"
    client = await connect()
    await client.say("auth", token=issued.secret, on_behalf_of="nonsense")
    assert await client.close_code() == 4401


async def test_a_revoked_token_closes_its_sockets(
    connect: Connect, token: str, identity: Identity, clock: ManualClock
) -> None:
    in_header, in_message = await connect(token), await connect()
    await in_message.say("auth", token=token)
    for client in (in_header, in_message):
        await client.subscribe("printers")
    token_id = (await identity.doors.by_token(token)).token_id
    assert token_id is not None
    await identity.tokens.withdraw(token_id)
    await clock.advance(1)
    assert await in_header.close_code() == 4401
    assert await in_message.close_code() == 4401


async def _sign_in(identity: Identity) -> dict[str, str]:
    await identity.users.create(NewUser("berta", Role.VIEWER, _PASSWORD))
    opened = await identity.logins.log_in("berta", _PASSWORD, Caller("192.0.2.1"))
    return {"Cookie": f"{SESSION_COOKIE}={opened.secret}"}


async def test_a_browser_of_our_own_page(
    connect: Connect, identity: Identity, address: str, clock: ManualClock
) -> None:
    cookie = await _sign_in(identity)
    client = await connect(**cookie, Origin=address.removesuffix("/api/v1/ws"))
    assert (await client.subscribe("printers"))["type"] == "snapshot"
    berta = await identity.users.find_by_name("berta")
    await identity.users.reset_password(berta.id)
    await clock.advance(1)
    assert await client.close_code() == 4401


@pytest.mark.parametrize(
    "origin", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
async def test_a_cookie_from_another_page_is_forbidden(
    connect: Connect, identity: Identity, origin: dict[str, str]
) -> None:
    client = await connect(**await _sign_in(identity), **origin)
    assert await client.close_code() == 4403


async def test_a_role_that_sees_less_closes_the_socket(
    connect: Connect, identity: Identity, address: str, clock: ManualClock
) -> None:
    await identity.users.create(NewUser("admin", Role.ADMIN, _PASSWORD))
    opened = await identity.logins.log_in("admin", _PASSWORD, Caller("192.0.2.1"))
    cookie = {"Cookie": f"{SESSION_COOKIE}={opened.secret}"}
    client = await connect(**cookie, Origin=address.removesuffix("/api/v1/ws"))
    assert (await client.subscribe("secrets"))["type"] == "snapshot"
    await identity.users.create(NewUser("other", Role.ADMIN, _PASSWORD))
    await identity.users.change(
        opened.user.id, UserChange(role=Role.VIEWER), version=opened.user.version
    )
    await clock.advance(1)
    assert await client.close_code() == 4403


async def test_too_many_sockets_of_one_owner(connect: Connect, token: str) -> None:
    clients = [await connect(token) for _ in range(MAX_PER_OWNER)]
    await clients[-1].subscribe("printers")
    assert await (await connect(token)).close_code() == 1013
