"""Who changed what, on whose behalf, from where."""

import asyncio
import csv
import io
import logging
from datetime import timedelta
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request
from httpx import AsyncClient

from odin_engine.identity import access
from odin_engine.identity.access import ON_BEHALF_HEADER, ON_BEHALF_ROLE_HEADER
from odin_engine.identity.model import (
    ACT_AS,
    AuditEntry,
    AuditFilter,
    Detail,
    Permission,
)
from odin_engine.identity.reactions import run
from odin_engine.identity.service import Identity
from odin_engine.kernel.db import Database
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.pages import PageRequest
from tests.engine.doubles import ManualClock, settle
from tests.engine.identity.conftest import PASSWORD, Browse, People, program, sign_in
from tests.patience import PATIENCE_S


async def log(client: AsyncClient, **wanted: str) -> list[dict[str, Any]]:
    answer = await client.get("/audit", params=wanted)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_change_leaves_who_what_and_from_where(
    admin: AsyncClient, people: People
) -> None:
    await admin.patch(f"/users/{people.viewer.id}", json={"role": "operator"})
    line = (await log(admin))[0]
    assert line | {"id": "", "at": ""} == {
        "id": "",
        "at": "",
        "user_id": people.admin.id,
        "user_name": "admin",
        "token_id": None,
        "on_behalf_of": None,
        "address": "192.0.2.1",
        "method": "PATCH",
        "route": "/api/v1/users/{user_id}",
        "action": "change_user",
        "status": 200,
        "targets": {"user_id": people.viewer.id},
        "details": {"role": "operator"},
    }


async def test_a_refusal_leaves_a_line_too(
    viewer: AsyncClient, admin: AsyncClient, people: People
) -> None:
    await viewer.delete(f"/users/{people.admin.id}")
    await viewer.post("/users", content=b"{", headers={"Content-Type": "text/json"})
    await admin.post("/users", json={})
    lines = await log(admin)
    assert [(line["user_name"], line["status"]) for line in lines[:3]] == [
        ("admin", 422),
        ("viewer", 403),
        ("viewer", 403),
    ]


async def test_reading_leaves_none(viewer: AsyncClient, admin: AsyncClient) -> None:
    before = len(await log(admin))
    await viewer.get("/sessions")
    await viewer.get("/users")
    await viewer.options("/users")
    assert len(await log(admin)) == before


async def test_strangers_cannot_fill_the_log(
    nobody: AsyncClient, admin: AsyncClient
) -> None:
    before = len(await log(admin))
    for _ in range(5):
        await nobody.post("/users", json={})
        await nobody.delete("/no-such-address")
    for _ in range(30):
        await nobody.post("/auth/login", json={"name": "x", "password": "x"})
    assert len(await log(admin)) == before + 10


async def test_a_failed_login_leaves_the_name_and_the_address(
    browse: Browse, admin: AsyncClient
) -> None:
    name = "eve\u202e\n" + "x" * 240
    await browse("198.51.100.7").post(
        "/auth/login", json={"name": name, "password": PASSWORD}
    )
    (line,) = await log(admin, q="198.51.100.7")
    assert (line["action"], line["status"], line["user_id"]) == ("log_in", 401, None)
    assert line["details"]["name"].startswith("eve\N{REPLACEMENT CHARACTER}")
    assert len(line["details"]["name"]) == 200


async def test_passwords_and_codes_never_get_in(
    admin: AsyncClient, nobody: AsyncClient, people: People
) -> None:
    address = f"/users/{people.viewer.id}/reset-password"
    made_up = (await admin.post(address, json={})).json()["temporary_password"]
    await nobody.post("/auth/login", json={"name": "viewer", "password": "Hidden-9x"})
    made = await admin.post("/tokens", json={"name": "t", "scopes": ["read:tasks"]})
    text = (await admin.get("/audit")).text
    for secret in (made_up, "Hidden-9x", made.json()["token"], PASSWORD):
        assert secret not in text


async def test_a_relay_names_the_person(
    browse: Browse, identity: Identity, people: People, admin: AsyncClient
) -> None:
    relay = await program(browse, identity, people.admin, ACT_AS, *Permission)
    relay.headers[ON_BEHALF_HEADER] = "ha:42"
    relay.headers[ON_BEHALF_ROLE_HEADER] = "viewer"
    assert (await relay.delete("/sessions")).status_code == 403
    (line,) = await log(admin, actor="ha:42")
    assert line["user_name"] == "admin"
    assert line["token_id"] is not None
    assert await log(admin, actor=line["token_id"]) == [line]


async def test_a_write_that_a_browser_was_made_to_send_leaves_whose_it_was(
    viewer: AsyncClient, admin: AsyncClient, people: People
) -> None:
    del viewer.headers["X-CSRF-Token"]
    assert (await viewer.delete("/sessions")).status_code == 403
    (line,) = await log(admin, actor=people.viewer.id, action="end_own_sessions")
    assert line["status"] == 403


async def test_naming_a_person_without_the_right_to_leaves_whose_token_it_was(
    browse: Browse, identity: Identity, people: People, admin: AsyncClient
) -> None:
    token = await program(browse, identity, people.viewer, *Permission)
    token.headers[ON_BEHALF_HEADER] = "ha:42"
    assert (await token.delete("/sessions")).status_code == 403
    (line,) = await log(admin, actor=people.viewer.id, action="end_own_sessions")
    assert (line["status"], line["on_behalf_of"]) == (403, None)
    assert line["token_id"] is not None


async def test_a_route_may_add_facts_and_a_crash_is_noted(
    app: FastAPI, browse: Browse, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    router = APIRouter()

    @router.post("/boom/{place}", dependencies=[access.needs(Permission.READ_AUDIT)])
    async def explode(request: Request, place: str) -> None:
        access.note(request, place=place, temperature_c=215, is_hot=True)
        raise ZeroDivisionError

    app.include_router(router, prefix="/api/v1")
    admin = browse()
    await sign_in(admin, people.admin.name)
    with caplog.at_level(logging.CRITICAL):
        assert (await admin.post("/boom/here")).status_code == 500
    (line,) = await log(admin, action="explode")
    assert line["status"] == 500
    assert line["details"] == {"place": "here", "temperature_c": 215, "is_hot": True}


async def test_the_log_can_be_filtered(
    admin: AsyncClient, viewer: AsyncClient, people: People, clock: ManualClock
) -> None:
    start = clock.now()
    await clock.advance(60)
    await viewer.delete("/sessions")
    await clock.advance(60)
    await admin.put("/ha-users/somebody7", json={"role": "viewer"})

    async def found(**wanted: str) -> list[str]:
        return [line["action"] for line in await log(admin, **wanted)]

    minute = (start + timedelta(seconds=60)).isoformat()
    later = (start + timedelta(seconds=61)).isoformat()
    assert await found(since=later) == ["fix_role"]
    assert await found(since=minute, until=later) == ["end_own_sessions"]
    assert await found(method="put") == ["fix_role"]
    assert await found(actor="viewer") == ["end_own_sessions", "log_in"]
    assert await found(actor=people.viewer.id, action="log_in") == ["log_in"]
    assert await found(q="HA-USERS") == ["fix_role"]
    assert await found(q="Body7") == ["fix_role"]
    assert await found(q="%") == []
    assert await found(sort="at") == [
        "log_in",
        "log_in",
        "end_own_sessions",
        "fix_role",
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        {"since": "yesterday"},
        {"since": "2026-11-01T08:00:00"},
        {"until": "9999-12-31T23:59:59-23:59"},
        {"cursor": "nonsense"},
        {"sort": "shoe_size"},
        {"limit": "0"},
        {"actor": "x" * 201},
    ],
)
async def test_a_filter_that_makes_no_sense_is_named(
    admin: AsyncClient, wanted: dict[str, str]
) -> None:
    assert (await admin.get("/audit", params=wanted)).status_code == 422


async def test_pages_neither_repeat_nor_skip(
    any_database: Database, clock: ManualClock
) -> None:
    identity = Identity(any_database, clock)
    for i in range(25):
        identity.audit.add(entry(clock, action=f"a{i}", details={"name": "Jürgen"}))
    seen: list[str] = []
    cursor = None
    while True:
        request = PageRequest(limit=10, cursor=cursor, q="jürgen")
        page = await identity.audit.page(request, AuditFilter())
        seen += [each.action for each in page.items]
        identity.audit.add(entry(clock, action="newer"))
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"a{i}" for i in reversed(range(25))]


async def test_the_log_comes_as_a_spreadsheet(
    admin: AsyncClient, identity: Identity, clock: ManualClock
) -> None:
    identity.audit.add(entry(clock, user_name="=HYPERLINK(1)", details={"a": 1}))
    answer = await admin.get("/audit", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows[0]["user_name"] == "'=HYPERLINK(1)"
    assert rows[0]["details"] == "a=1"
    assert rows[1]["action"] == "log_in"


async def test_old_lines_go_after_a_year(
    identity: Identity, clock: ManualClock
) -> None:
    identity.audit.add(entry(clock, action="old"))
    await clock.advance(365 * 24 * 3600 + 1)
    identity.audit.add(entry(clock, action="new"))
    await identity.audit.flush()
    await identity.purge()
    page = await identity.audit.page(PageRequest(), AuditFilter())
    assert [each.action for each in page.items] == ["new"]


async def test_a_stop_loses_nothing(identity: Identity, clock: ManualClock) -> None:
    identity.audit.add(entry(clock))
    await identity.close()
    assert (await identity.audit.page(PageRequest(), AuditFilter())).total == 1


async def test_lines_are_written_by_the_clock(
    identity: Identity, clock: ManualClock, database: Database
) -> None:
    running = asyncio.create_task(run(identity, clock))
    identity.audit.add(entry(clock))
    await settle()
    await clock.advance(1)
    # The database works in a thread of its own, beside the clock that tests move.
    async with asyncio.timeout(PATIENCE_S):
        while await count(database) == 0:
            pass
    running.cancel()


async def count(database: Database) -> int:
    async with database.read() as session:
        raw = await session.connection()
        rows = await raw.exec_driver_sql("SELECT count(*) FROM audit_entries")
        return int(rows.scalar_one())


async def test_what_cannot_be_written_waits(
    identity: Identity, clock: ManualClock, database: Database
) -> None:
    async with database.work() as work:
        raw = await work.session.connection()
        await raw.exec_driver_sql("ALTER TABLE audit_entries RENAME TO away")
    identity.audit.add(entry(clock))
    with pytest.raises(Exception, match="audit_entries"):
        await identity.audit.flush()
    async with database.work() as work:
        raw = await work.session.connection()
        await raw.exec_driver_sql("ALTER TABLE away RENAME TO audit_entries")
    await identity.audit.flush()
    assert await count(database) == 1


def entry(
    clock: ManualClock,
    action: str = "x",
    user_name: str = "anna",
    details: dict[str, Detail] | None = None,
) -> AuditEntry:
    return AuditEntry(
        id=new_id(),
        at=clock.now(),
        user_id=None,
        user_name=user_name,
        token_id=None,
        on_behalf_of=None,
        address="192.0.2.1",
        method="POST",
        route="/api/v1/x",
        action=action,
        status=200,
        details=details or {},
    )


async def test_what_was_written_already_is_not_doubled(
    any_database: Database, clock: ManualClock
) -> None:
    identity, line = Identity(any_database, clock), entry(clock)
    for _ in range(2):
        identity.audit.add(line)
        await identity.audit.flush()
    found = await identity.audit.page(PageRequest(200), AuditFilter())
    assert [each.id for each in found.items] == [line.id]
