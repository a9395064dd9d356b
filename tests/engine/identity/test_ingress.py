"""People whom Home Assistant lets through: their role, their writes, their limits."""

from collections.abc import AsyncIterator, Callable
from ipaddress import ip_network

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from odin_engine.identity import access, routes
from odin_engine.identity.access import CSRF_HEADER, SESSION_COOKIE
from odin_engine.identity.model import ACT_AS, Permission, Role
from odin_engine.identity.service import Identity, NewToken, NewUser
from odin_engine.kernel import http
from odin_engine.kernel.db import Database
from odin_engine.kernel.pages import PageRequest
from tests.engine.doubles import ManualClock
from tests.engine.identity.conftest import PASSWORD, People
from tests.engine.identity.matrix import check_matrix

_DOOR = http.IngressDoor(8099, (ip_network("172.30.32.2/32"),))
_HOST = "ha.test:8123"

type Visit = Callable[..., AsyncClient]


class _House:
    """Anna administers Home Assistant."""

    def __init__(self) -> None:
        self.administrators = {"anna"}

    async def is_administrator(self, person_id: str) -> bool:
        return person_id in self.administrators


@pytest.fixture
def house() -> _House:
    return _House()


@pytest.fixture
def identity(database: Database, clock: ManualClock, house: _House) -> Identity:
    return Identity(database, clock, household=house)


@pytest.fixture
def app(identity: Identity) -> FastAPI:
    app = FastAPI(openapi_url=None)
    http.install(app, ingress=_DOOR)
    access.install(app)
    http.provide(app, Identity, identity)
    app.include_router(routes.router, prefix="/api/v1")
    return app


@pytest.fixture
async def visit(app: FastAPI) -> AsyncIterator[Visit]:
    """Opens a browser of a person whom Home Assistant signed in."""
    clients: list[AsyncClient] = []

    def open_browser(person: str | None, **headers: str) -> AsyncClient:
        told = {"Host": _HOST, "X-Forwarded-Host": _HOST, "X-Ingress-Path": "/in/t"}
        if person is not None:
            told |= {"X-Remote-User-Id": person, "X-Remote-User-Name": person.title()}
        client = AsyncClient(
            transport=ASGITransport(app, client=("172.30.32.2", 40000)),
            base_url="http://172.30.33.5:8099/api/v1",
            headers=told | headers,
        )
        clients.append(client)
        return client

    yield open_browser
    for client in clients:
        await client.aclose()


async def test_an_administrator_there_is_one_here(
    visit: Visit, identity: Identity
) -> None:
    anna = visit("anna")
    told = (await anna.get("/auth/session")).json()
    assert (told["name"], told["role"], told["on_behalf_of"]) == (
        "Anna",
        "admin",
        "ha:anna",
    )
    assert told["user_id"] is told["session_id"] is told["token_id"] is None
    assert set(told["permissions"]) == set(Permission) - {Permission.MANAGE_OWN_ACCOUNT}
    anna.headers[CSRF_HEADER] = told["csrf_token"]
    body = {"name": "otto", "role": "operator", "password": PASSWORD}
    assert (await anna.post("/users", json=body)).status_code == 201
    page = (await anna.get("/audit")).json()
    (entry,) = page["items"]
    assert (entry["on_behalf_of"], entry["user_name"]) == ("ha:anna", "Anna")
    assert await identity.setup.is_needed()


async def test_others_operate_unless_their_role_is_fixed(
    visit: Visit, identity: Identity, house: _House
) -> None:
    ben = visit("ben")
    assert (await ben.get("/auth/session")).json()["role"] == "operator"
    assert (await ben.get("/users")).status_code == 403
    await identity.tokens.fix_role("ben", Role.VIEWER)
    assert (await ben.get("/auth/session")).json()["role"] == "viewer"
    await identity.tokens.fix_role("anna", Role.OPERATOR)
    assert (await visit("anna").get("/auth/session")).json()["role"] == "operator"
    await identity.tokens.fix_role("anna", None)
    house.administrators.clear()
    assert (await visit("anna").get("/auth/session")).json()["role"] == "operator"


async def test_accounts_sessions_and_tokens_of_ones_own_are_not_there(
    visit: Visit,
) -> None:
    anna = visit("anna")
    token = (await anna.get("/auth/session")).json()["csrf_token"]
    anna.headers[CSRF_HEADER] = token
    body = {"current_password": PASSWORD, "password": PASSWORD}
    assert (await anna.post("/auth/password", json=body)).status_code == 403
    wanted = {"name": "mine", "scopes": ["read:printers"]}
    assert (await anna.post("/tokens", json=wanted)).status_code == 403
    assert (await anna.get("/sessions")).status_code == 403
    assert (await anna.post("/auth/logout")).status_code == 204


async def test_without_a_person_nobody_is_there(visit: Visit) -> None:
    answer = await visit(None).get("/auth/session")
    assert answer.status_code == 401
    assert "Update the Supervisor" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({CSRF_HEADER: "wrong"}, 403),
        ({CSRF_HEADER: "right"}, 201),
        ({CSRF_HEADER: "right", "Origin": f"http://{_HOST}"}, 201),
        ({CSRF_HEADER: "right", "Origin": "http://evil.test"}, 403),
        ({CSRF_HEADER: "right", "Sec-Fetch-Site": "same-site"}, 403),
        (
            {
                CSRF_HEADER: "right",
                "Sec-Fetch-Site": "same-origin",
                "Origin": "https://renamed.test",
            },
            201,
        ),
    ],
)
async def test_a_write_comes_from_our_own_page(
    visit: Visit, headers: dict[str, str], status: int
) -> None:
    anna = visit("anna")
    token = (await anna.get("/auth/session")).json()["csrf_token"]
    if headers.get(CSRF_HEADER) == "right":
        headers = headers | {CSRF_HEADER: token}
    body = {"name": "otto", "role": "operator", "password": PASSWORD}
    answer = await anna.post("/users", json=body, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "csrf_refused"


async def test_the_token_of_another_person_is_no_good(visit: Visit) -> None:
    bens = (await visit("ben").get("/auth/session")).json()["csrf_token"]
    body = {"name": "otto", "role": "operator", "password": PASSWORD}
    answer = await visit("anna").post("/users", json=body, headers={CSRF_HEADER: bens})
    assert answer.json()["code"] == "csrf_refused"


async def test_a_cookie_of_another_page_on_that_host_changes_nothing(
    visit: Visit, people: People, app: FastAPI
) -> None:
    transport = ASGITransport(app, client=("192.0.2.1", 40000))
    async with AsyncClient(
        transport=transport, base_url="http://odin.test/api/v1"
    ) as direct:
        login = {"name": people.admin.name, "password": PASSWORD}
        await direct.post("/auth/login", json=login)
        cookie = direct.cookies[SESSION_COOKIE]
    ben = visit("ben", Cookie=f"{SESSION_COOKIE}={cookie}")
    assert (await ben.get("/auth/session")).json()["on_behalf_of"] == "ha:ben"
    nobody = visit(None, Cookie=f"{SESSION_COOKIE}={cookie}")
    assert (await nobody.get("/auth/session")).status_code == 401


async def test_nobody_gets_a_cookie_there(visit: Visit, people: People) -> None:
    anna = visit("anna")
    login = {"name": people.admin.name, "password": PASSWORD}
    first = {"code": "0000", "name": "eve", "password": PASSWORD}
    for path, body in (("/auth/login", login), ("/setup", first)):
        answer = await anna.post(path, json=body)
        assert answer.status_code == 403
        assert "signed you in already" in answer.json()["detail"]
        assert "set-cookie" not in answer.headers


async def test_nobody_names_another_person(visit: Visit) -> None:
    anna = visit("anna", **{"X-Odin-On-Behalf-Of": "ha:ben"})
    answer = await anna.get("/auth/session")
    assert answer.json()["code"] == "on_behalf_refused"


async def test_each_route_lets_in_exactly_who_may_enter(
    visit: Visit, app: FastAPI
) -> None:
    clients = {}
    for person in ("anna", "ben", None):
        client = clients[person or "nobody"] = visit(person)
        told = (await client.get("/auth/session")).json()
        client.headers[CSRF_HEADER] = told.get("csrf_token", "")
    await check_matrix(app, clients)


async def test_the_house_key_is_made_once_and_again_when_it_is_lost(
    identity: Identity,
) -> None:
    await identity.start()
    assert identity.setup_code() is not None
    key = await identity.house_key.renew(None)
    assert await identity.house_key.renew(key) == key
    assert not await identity.setup.is_needed()
    principal = await identity.doors.by_token(key)
    assert principal.act_as_role is Role.OPERATOR
    assert not principal.may(Permission.MANAGE_USERS)
    assert principal.may(Permission.SEND_GCODE)
    fresh = await identity.house_key.renew("odin_" + "x" * 40)
    assert fresh != key
    page = await identity.tokens.page_of(None, PageRequest())
    assert [ACT_AS in each.scopes for each in page.items] == [True]


async def test_a_person_by_that_name_keeps_what_it_is(
    identity: Identity, people: People
) -> None:
    await identity.users.create(NewUser("home assistant", Role.VIEWER, PASSWORD))
    key = await identity.house_key.renew(None)
    principal = await identity.doors.by_token(key)
    assert (principal.name, principal.role) == ("Home Assistant 2", Role.ADMIN)
    made = await identity.tokens.issue(
        people.admin.id, NewToken("Home Assistant app", frozenset({ACT_AS}))
    )
    assert await identity.house_key.renew(made.secret) == made.secret
