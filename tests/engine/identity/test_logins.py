"""Signing in and out, lockout and rate limit, sessions and the own password."""

import asyncio
import time
from contextlib import suppress

import pytest
from argon2 import PasswordHasher
from httpx import AsyncClient

from odin_engine.identity import events
from odin_engine.identity.access import CSRF_HEADER, SESSION_COOKIE
from odin_engine.identity.model import LoginFailed, LoginRequired, Role, UserChange
from odin_engine.identity.service import Caller, Identity, NewUser, Opened
from odin_engine.identity.store import users
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from tests.engine.doubles import ManualClock
from tests.engine.identity.conftest import PASSWORD, Browse, People, sign_in

pytestmark = pytest.mark.usefixtures("people")

MINUTE_S = 60.0
DAY_S = 24 * 3600.0


async def log_in(client: AsyncClient, name: str, password: str) -> tuple[int, str]:
    answer = await client.post("/auth/login", json={"name": name, "password": password})
    return answer.status_code, answer.text


async def test_a_login_opens_a_session(
    nobody: AsyncClient, people: People, identity: Identity
) -> None:
    answer = await nobody.post(
        "/auth/login",
        json={"name": " VIEWER ", "password": PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"},
    )
    assert answer.status_code == 200
    who = answer.json()
    assert (who["name"], who["role"]) == ("viewer", "viewer")
    assert (await nobody.get("/auth/session")).json() == who
    (session,) = (await nobody.get("/sessions")).json()["items"]
    assert session["device"] == "Firefox on Linux"
    assert session["address"] == "192.0.2.1"
    assert session["is_current"] is True
    assert (await identity.users.find(people.viewer.id)).last_login_at is not None


async def test_the_cookie_is_kept_from_scripts_and_other_sites(
    nobody: AsyncClient, browse: Browse, people: People
) -> None:
    body = {"name": people.viewer.name, "password": PASSWORD}
    plain = (await nobody.post("/auth/login", json=body)).headers["set-cookie"]
    assert plain.startswith(f"{SESSION_COOKIE}=")
    for part in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=7776000"):
        assert part in plain
    assert "Secure" not in plain
    tls = browse(base_url="https://odin.test")
    assert "Secure" in (await tls.post("/auth/login", json=body)).headers["set-cookie"]


async def test_behind_a_proxy_that_ends_tls_the_cookie_is_secure(
    nobody: AsyncClient, people: People, identity: Identity
) -> None:
    identity.external_url = "https://odin.example.org"
    body = {"name": people.viewer.name, "password": PASSWORD}
    assert (
        "Secure" in (await nobody.post("/auth/login", json=body)).headers["set-cookie"]
    )


async def test_only_fingerprints_are_stored(
    nobody: AsyncClient, people: People, database: Database
) -> None:
    await sign_in(nobody, people.viewer.name)
    async with database.read() as session:
        raw = await session.connection()
        rows = (await raw.exec_driver_sql("SELECT * FROM sessions")).all()
        users = (await raw.exec_driver_sql("SELECT * FROM users")).all()
    assert nobody.cookies[SESSION_COOKIE] not in str(rows)
    assert PASSWORD not in str(users)
    assert "$argon2id$" in str(users)


async def test_every_failure_answers_the_same(
    browse: Browse, identity: Identity
) -> None:
    await identity.users.create(NewUser("guest", Role.VIEWER, None))
    closed = await identity.users.create(NewUser("closed", Role.VIEWER, PASSWORD))
    await close(identity, closed.id)
    for _ in range(5):
        await log_in(browse("192.0.2.9"), "operator", "wrong")
    answers = {
        await log_in(browse(), name, password)
        for name, password in [
            ("admin", "wrong"),
            ("nobody", PASSWORD),
            ("guest", PASSWORD),
            ("closed", PASSWORD),
            ("operator", PASSWORD),
        ]
    }
    ((status, text),) = answers
    assert status == 401
    assert "wrong" in text


async def close(identity: Identity, user_id: str) -> None:
    await identity.users.change(user_id, UserChange(is_active=False), version=1)


async def test_an_unknown_name_takes_as_long_as_a_wrong_password(
    identity: Identity,
) -> None:
    async def took(name: str, address: str) -> float:
        started = time.perf_counter()
        with pytest.raises(LoginFailed):
            await identity.logins.log_in(name, "wrong", Caller(address))
        return time.perf_counter() - started

    for i in range(5):
        await took("operator", f"198.51.100.{i}")
    names = ("admin", "unknown", "operator")
    times: dict[str, list[float]] = {name: [] for name in names}
    for i in range(4):
        for name in names:
            times[name].append(await took(name, f"192.0.2.{i}"))
    known, unknown, locked = (min(times[name]) for name in names)
    # Without a hash to check, an answer comes some twenty times sooner.
    for other in (unknown, locked):
        assert 0.4 < other / known < 2.5


async def test_five_failures_in_a_row_lock_the_account(
    identity: Identity, people: People, clock: ManualClock, facts: Facts
) -> None:
    heard: list[events.AccountLocked] = []

    async def hear(event: events.AccountLocked) -> None:
        heard.append(event)

    facts.subscribe(events.AccountLocked, hear)
    dispatcher = asyncio.create_task(facts.run())
    for _ in range(5):
        with pytest.raises(LoginFailed):
            await identity.logins.log_in("viewer", "wrong", Caller("192.0.2.1"))
    with pytest.raises(LoginFailed):
        await identity.logins.log_in("viewer", PASSWORD, Caller("192.0.2.2"))
    await clock.advance(14 * MINUTE_S)
    with pytest.raises(LoginFailed):
        await identity.logins.log_in("viewer", PASSWORD, Caller("192.0.2.2"))
    await clock.advance(2 * MINUTE_S)
    await identity.logins.log_in("viewer", PASSWORD, Caller("192.0.2.2"))
    await facts.drain()
    dispatcher.cancel()
    assert [event.user_id for event in heard] == [people.viewer.id]


async def test_a_success_between_failures_forgives_them(
    identity: Identity, people: People
) -> None:
    for guess in ["wrong"] * 4 + [PASSWORD] + ["wrong"] * 4:
        with suppress(LoginFailed):
            await identity.logins.log_in("viewer", guess, Caller("192.0.2.1"))
    assert (await identity.users.find(people.viewer.id)).locked_until is None


async def test_a_restart_does_not_unlock(
    identity: Identity, database: Database, clock: ManualClock
) -> None:
    for _ in range(5):
        with pytest.raises(LoginFailed):
            await identity.logins.log_in("viewer", "wrong", Caller("::1"))
    restarted = Identity(database, clock)
    with pytest.raises(LoginFailed):
        await restarted.logins.log_in("viewer", PASSWORD, Caller("192.0.2.1"))


async def test_guesses_at_once_are_no_more_than_one_after_the_other(
    identity: Identity,
) -> None:
    guesses = ["wrong"] * 5 + [PASSWORD] * 3
    results = await asyncio.gather(
        *(
            identity.logins.log_in("viewer", guess, Caller(f"192.0.2.{i}"))
            for i, guess in enumerate(guesses)
        ),
        return_exceptions=True,
    )
    assert all(isinstance(result, LoginFailed) for result in results)


async def test_a_password_replaced_meanwhile_opens_nothing(
    identity: Identity, people: People
) -> None:
    results = await asyncio.gather(
        *(
            identity.logins.log_in("viewer", PASSWORD, Caller(f"192.0.2.{i}"))
            for i in range(4)
        ),
        identity.users.reset_password(people.viewer.id, "Another-Horse-8"),
        *(
            identity.logins.log_in("viewer", PASSWORD, Caller(f"192.0.2.{i}"))
            for i in range(4)
        ),
        return_exceptions=True,
    )
    for result in results:
        if isinstance(result, Opened):
            with pytest.raises(LoginRequired):
                await identity.doors.by_session(result.secret)


async def test_a_hash_of_other_costs_is_made_anew(
    identity: Identity, people: People, database: Database
) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    async with database.work() as work:
        await users.set_password(
            work.session, people.viewer.id, cheap, must_change=False
        )
    for _ in range(2):
        await identity.logins.log_in("viewer", PASSWORD, Caller("192.0.2.1"))
    async with database.read() as session:
        raw = await session.connection()
        hashes = (await raw.exec_driver_sql("SELECT password_hash FROM users")).all()
    assert "m=8," not in str(hashes)


async def test_an_address_that_fails_ten_times_must_wait(
    browse: Browse, clock: ManualClock
) -> None:
    attacker = browse("198.51.100.7")
    for i in range(10):
        assert (await log_in(attacker, f"name{i}", "wrong"))[0] == 401
    answer = await attacker.post(
        "/auth/login", json={"name": "viewer", "password": PASSWORD}
    )
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "300"
    assert answer.json()["code"] == "too_many_tries"
    assert (await log_in(browse("198.51.100.8"), "viewer", PASSWORD))[0] == 200
    await clock.advance(300)
    assert (await log_in(attacker, "viewer", PASSWORD))[0] == 200


async def test_successes_do_not_count(browse: Browse) -> None:
    for _ in range(15):
        assert (await log_in(browse(), "viewer", PASSWORD))[0] == 200


async def test_ipv6_neighbours_share_one_limit(browse: Browse) -> None:
    for i in range(10):
        await log_in(browse(f"2001:db8::{i:x}"), "x", "wrong")
    assert (await log_in(browse("2001:db8::ffff"), "viewer", PASSWORD))[0] == 429
    assert (await log_in(browse("2001:db8:0:1::1"), "viewer", PASSWORD))[0] == 200


async def test_a_planted_session_is_not_adopted(browse: Browse) -> None:
    attacker, victim = browse(), browse()
    await sign_in(attacker, "viewer")
    planted = attacker.cookies[SESSION_COOKIE]
    victim.cookies.set(SESSION_COOKIE, planted, domain="odin.test")
    answer = await victim.post(
        "/auth/login", json={"name": "admin", "password": PASSWORD}
    )
    fresh = answer.cookies[SESSION_COOKIE]
    assert fresh != planted
    assert (await attacker.get("/auth/session")).status_code == 401


async def test_a_cookie_of_no_session_opens_nothing(nobody: AsyncClient) -> None:
    for value in ("", "x", "a" * 43, "a" * 5000, "%00", '"'):
        nobody.cookies.set(SESSION_COOKIE, value, domain="odin.test")
        assert (await nobody.get("/auth/session")).status_code == 401


async def test_signing_out_ends_the_session(
    viewer: AsyncClient, identity: Identity
) -> None:
    secret = viewer.cookies[SESSION_COOKIE]
    answer = await viewer.post("/auth/logout")
    assert answer.status_code == 204
    assert 'odin_session=""' in answer.headers["set-cookie"]
    with pytest.raises(LoginRequired):
        await identity.doors.by_session(secret)


async def test_a_session_ends_when_idle(
    viewer: AsyncClient, clock: ManualClock, identity: Identity
) -> None:
    await clock.advance(13 * DAY_S)
    assert (await viewer.get("/auth/session")).status_code == 200
    await identity.doors.flush()
    await clock.advance(13 * DAY_S)
    assert (await viewer.get("/auth/session")).status_code == 200
    await clock.advance(14 * DAY_S)
    assert (await viewer.get("/auth/session")).status_code == 401


async def test_a_session_ends_after_ninety_days_of_use(
    viewer: AsyncClient, clock: ManualClock, identity: Identity, database: Database
) -> None:
    for _ in range(9):
        await clock.advance(9.9 * DAY_S)
        assert (await viewer.get("/auth/session")).status_code == 200
        await identity.doors.flush()
    await clock.advance(1 * DAY_S)
    assert (await viewer.get("/auth/session")).status_code == 401
    await identity.purge()
    async with database.read() as session:
        raw = await session.connection()
        assert not (await raw.exec_driver_sql("SELECT * FROM sessions")).all()


async def test_sessions_can_be_ended_one_by_one_or_all(browse: Browse) -> None:
    mine, other, third = browse(), browse(), browse()
    for client in (mine, other, third):
        await sign_in(client, "viewer")
    sessions = (await mine.get("/sessions")).json()["items"]
    assert len(sessions) == 3
    other_id = (await other.get("/auth/session")).json()["session_id"]
    assert (await mine.delete(f"/sessions/{other_id}")).status_code == 204
    assert (await other.get("/auth/session")).status_code == 401
    assert (await mine.delete(f"/sessions/{other_id}")).status_code == 404
    assert (await mine.delete("/sessions")).status_code == 204
    assert (await third.get("/auth/session")).status_code == 401
    assert (await mine.get("/auth/session")).status_code == 200
    await mine.delete("/sessions", params={"include_current": True})
    assert (await mine.get("/auth/session")).status_code == 401


async def test_nobody_ends_sessions_of_others(
    admin: AsyncClient, viewer: AsyncClient
) -> None:
    session_id = (await viewer.get("/auth/session")).json()["session_id"]
    assert (await admin.delete(f"/sessions/{session_id}")).status_code == 404
    assert (await viewer.get("/auth/session")).status_code == 200


async def test_a_new_password_ends_every_other_session(
    browse: Browse, viewer: AsyncClient
) -> None:
    other = browse()
    await sign_in(other, "viewer")
    answer = await viewer.post(
        "/auth/password",
        json={"current_password": PASSWORD, "password": "Another-Horse-8"},
    )
    assert answer.status_code == 204
    assert (await other.get("/auth/session")).status_code == 401
    assert (await viewer.get("/auth/session")).status_code == 200
    assert (await log_in(browse(), "viewer", PASSWORD))[0] == 401
    assert (await log_in(browse(), "viewer", "Another-Horse-8"))[0] == 200


@pytest.mark.parametrize(
    ("current", "new", "pointer"),
    [
        ("wrong", "Another-Horse-8", "/current_password"),
        (PASSWORD, PASSWORD, "/password"),
        (PASSWORD, "short", "/password"),
        (PASSWORD, "viewer", "/password"),
    ],
)
async def test_a_new_password_has_rules(
    viewer: AsyncClient, current: str, new: str, pointer: str
) -> None:
    answer = await viewer.post(
        "/auth/password", json={"current_password": current, "password": new}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_stolen_session_cannot_guess_the_password(
    viewer: AsyncClient, browse: Browse
) -> None:
    for _ in range(5):
        await viewer.post(
            "/auth/password",
            json={"current_password": "wrong", "password": "Another-Horse-8"},
        )
    answer = await viewer.post(
        "/auth/password",
        json={"current_password": PASSWORD, "password": "Another-Horse-8"},
    )
    assert answer.status_code == 422
    assert (await log_in(browse(), "viewer", PASSWORD))[0] == 401


async def test_who_got_a_password_from_others_changes_it_first(
    admin: AsyncClient, browse: Browse
) -> None:
    await admin.post(
        "/users", json={"name": "new", "password": PASSWORD, "role": "admin"}
    )
    new = browse()
    await sign_in(new, "new")
    who = (await new.get("/auth/session")).json()
    assert who["must_change_password"] is True
    assert (await new.get("/users")).status_code == 403
    await new.post(
        "/auth/password",
        json={"current_password": PASSWORD, "password": "Another-Horse-8"},
    )
    assert (await new.get("/auth/session")).json()["must_change_password"] is False
    assert (await new.get("/users")).status_code == 200


async def test_a_write_of_our_page_carries_the_token(
    viewer: AsyncClient,
) -> None:
    token = viewer.headers.pop(CSRF_HEADER)
    answer = await viewer.post("/auth/logout")
    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf_refused"
    wrong = await viewer.post("/auth/logout", headers={CSRF_HEADER: token[:-1] + "x"})
    assert wrong.status_code == 403
    assert (
        await viewer.post("/auth/logout", headers={CSRF_HEADER: token})
    ).status_code == 204
