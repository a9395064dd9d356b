"""At the door: our own page, sockets, and judging nothing before knowing who asks."""

import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from httpx import AsyncClient
from starlette.requests import HTTPConnection

from odin_engine.identity.access import (
    CSRF_HEADER,
    SESSION_COOKIE,
    authenticate,
    authenticate_token,
    check_own_page,
)
from odin_engine.identity.model import (
    ACT_AS,
    CsrfRefused,
    LoginRequired,
    OnBehalf,
    Permission,
)
from odin_engine.identity.service import Identity, NewToken
from odin_engine.kernel import http
from odin_engine.kernel.db import Database
from odin_engine.kernel.idempotency import Idempotency
from odin_engine.kernel.secrets import Secrets
from tests.engine.doubles import ManualClock
from tests.engine.identity.conftest import Browse, People, program

BODIES = [
    b"",
    b"{garbage",
    b'{"name": 1}',
    b"\xff\xfe",
    b"[" * 10_000,
    b"x" * 2_000_000,
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:12]))
async def test_a_stranger_learns_nothing_from_a_body(
    nobody: AsyncClient, body: bytes
) -> None:
    for path in ("/users", "/tokens", "/auth/password"):
        for kind in ("application/json", "text/plain", "multipart/form-data"):
            answer = await nobody.post(
                path, content=body, headers={"Content-Type": kind}
            )
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:12]))
async def test_who_may_not_learns_nothing_from_a_body(
    viewer: AsyncClient, body: bytes
) -> None:
    answer = await viewer.post(
        "/users", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 403
    assert answer.json()["permission"] == "manage:users"


async def test_a_wrong_query_is_judged_after_the_permission(
    nobody: AsyncClient, viewer: AsyncClient, admin: AsyncClient
) -> None:
    statuses = [
        (await client.get("/users", params={"limit": "many"})).status_code
        for client in (nobody, viewer, admin)
    ]
    assert statuses == [401, 403, 422]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://odin.test"},
        {"Origin": "http://odin.test:80"},
        {"Origin": "http://ODIN.test"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://odin.test", "Sec-Fetch-Site": "same-origin"},
        {},
    ],
)
async def test_our_own_page_may_write(
    viewer: AsyncClient, headers: dict[str, str]
) -> None:
    assert (await viewer.delete("/sessions", headers=headers)).status_code == 204


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://odin.test:8711"},
        {"Origin": "http://odin.test.evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://[::1"},
        {"Origin": "http://odin.test:99999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://odin.test", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_another_sites_page_may_not(
    viewer: AsyncClient, headers: dict[str, str]
) -> None:
    refused = await viewer.delete("/sessions", headers=headers)
    assert refused.status_code == 403
    assert refused.json()["code"] == "csrf_refused"
    body = {"name": "viewer", "password": "x"}
    login = await viewer.post("/auth/login", json=body, headers=headers)
    assert login.status_code == 403


async def test_the_external_address_is_our_own_too(
    viewer: AsyncClient, identity: Identity
) -> None:
    origin = {"Origin": "https://odin.example.org"}
    assert (await viewer.delete("/sessions", headers=origin)).status_code == 403
    identity.external_url = "https://odin.example.org/printers"
    assert (await viewer.delete("/sessions", headers=origin)).status_code == 204


async def test_reading_needs_no_csrf_token(viewer: AsyncClient) -> None:
    del viewer.headers[CSRF_HEADER]
    answer = await viewer.get("/sessions", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 200


def socket(app: FastAPI, **headers: str) -> HTTPConnection:
    """Returns a socket's opening request as the server hands it over."""
    raw = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
    return HTTPConnection(
        {
            "type": "websocket",
            "scheme": "ws",
            "path": "/api/v1/ws",
            "query_string": b"",
            "headers": [(b"host", b"odin.test"), *raw],
            "app": app,
        }
    )


async def test_a_socket_with_a_cookie_says_whose_page_opened_it(
    app: FastAPI, viewer: AsyncClient
) -> None:
    cookie = f"{SESSION_COOKIE}={viewer.cookies[SESSION_COOKIE]}"
    own = socket(app, Cookie=cookie, Origin="http://odin.test")
    assert (await authenticate(own)).name == "viewer"
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        with pytest.raises(CsrfRefused):
            await authenticate(socket(app, Cookie=cookie, **headers))


async def test_a_socket_may_show_its_token_in_the_header_or_later(
    app: FastAPI, identity: Identity, people: People
) -> None:
    issued = await identity.tokens.issue(
        people.admin.id, NewToken("relay", frozenset({ACT_AS, "read:printers"}))
    )
    shown = socket(app, Authorization=f"Bearer {issued.secret}")
    assert (await authenticate(shown)).token_id == issued.token.id
    silent = socket(app)
    with pytest.raises(LoginRequired):
        await authenticate(silent)
    later = await authenticate_token(silent, issued.secret, OnBehalf("ha:1", "viewer"))
    assert later.on_behalf_of == "ha:1"
    assert later.permissions == {Permission.READ_PRINTERS}
    with pytest.raises(LoginRequired):
        await authenticate_token(silent, "odin_wrong")


def test_a_socket_without_a_browser_has_no_page(
    app: FastAPI, identity: Identity
) -> None:
    assert identity.external_url is None
    check_own_page(socket(app))


async def test_the_way_without_a_version_has_the_same_guard(
    nobody: AsyncClient, viewer: AsyncClient
) -> None:
    for client, status in ((nobody, 401), (viewer, 403)):
        url = client.base_url.copy_with(path="/api/users")
        assert (await client.post(url, content=b"{")).status_code == status


async def test_a_write_sent_twice_is_done_once(
    app: FastAPI,
    database: Database,
    clock: ManualClock,
    browse: Browse,
    identity: Identity,
    people: People,
) -> None:
    secrets = Secrets(Fernet.generate_key())
    http.provide(app, Idempotency, Idempotency(database, secrets, clock))
    script = await program(browse, identity, people.admin, *Permission)
    body = {"name": "t", "scopes": ["read:printers"]}
    key = {"Idempotency-Key": "once"}
    first = await script.post("/tokens", json=body, headers=key)
    again = await script.post("/tokens", json=body, headers=key)
    assert first.json() == again.json()
    other = await program(browse, identity, people.admin, *Permission)
    third = await other.post("/tokens", json=body, headers=key)
    assert third.json()["id"] != first.json()["id"]
