"""Every cell of routes and callers, through both prefixes, as `tests/permissions.py` says."""

import json
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from fastapi.routing import iter_route_contexts
from httpx import ASGITransport, AsyncClient

from odin_engine.identity.access import (
    CSRF_HEADER,
    ON_BEHALF_HEADER,
    ON_BEHALF_ROLE_HEADER,
    declared,
)
from odin_engine.identity.model import ACT_AS, Permission, Role
from odin_engine.identity.service import Identity, NewToken
from tests.engine.app.conftest import PASSWORD, House
from tests.permissions import BY_ROUTE, ROLES, ROWS, Row

_DESCRIPTION = Path(__file__).parents[3] / "docs" / "openapi.json"
_NO_SUCH_ID = "0" * 32
_JSON = {"Content-Type": "application/json"}

type Judge = Callable[[Row], bool]


@dataclass(frozen=True)
class Visitor:
    """Somebody at every door; `is_known` though it may not."""

    name: str
    client: AsyncClient
    may_enter: Judge
    is_known: bool = True


def test_the_table_has_a_row_for_every_route_and_no_other(house: House) -> None:
    routes = {
        (method, route.path)
        for route in iter_route_contexts(house.app.routes)
        for method in route.methods or {"SOCKET"}
        if method not in {"HEAD", "OPTIONS"}
    }
    assert routes == set(BY_ROUTE), "tests/permissions.py: add or remove the row"


def test_the_table_has_every_operation_of_the_description() -> None:
    document = json.loads(_DESCRIPTION.read_text())
    described = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
    }
    assert described <= set(BY_ROUTE)
    for (method, path), row in BY_ROUTE.items():
        operation = document["paths"].get(path, {}).get(method.lower())
        if operation is not None:
            told = {
                word for way in operation["security"] for word in way.get("token", ())
            }
            assert told == {row.permission} - {"-"}, (method, path)


def test_the_routes_declare_what_the_table_says(house: House) -> None:
    for route in iter_route_contexts(house.app.routes):
        for method in (route.methods or {"SOCKET"}) - {"HEAD", "OPTIONS"}:
            row = BY_ROUTE[method, route.path or ""]
            declaration = str(declared(route))
            assert row.permission in {declaration, "-"}, route.path
            assert (declaration == "open") == row.is_open, route.path


async def test_every_cell(house: House) -> None:
    asked = 0
    wrong = []
    async with AsyncExitStack() as stack:
        for visitor in await _visitors(house, stack):
            for row in ROWS:
                for path in _addresses(row):
                    status = await _knock(visitor.client, row.method, path)
                    asked += 1
                    if not _is_right(status, visitor, row):
                        wrong.append(
                            f"{row.method} {path}: {visitor.name} got {status}"
                        )
    assert not wrong, "\n".join(wrong)
    assert asked > 4000


def _addresses(row: Row) -> Iterator[str]:
    """Yields where a route is: ours also without the version; a socket is none here."""
    if row.method == "SOCKET":
        return
    words = [
        _NO_SUCH_ID if word.startswith("{") else word for word in row.path.split("/")
    ]
    path = "/".join(words)
    yield path
    if path.startswith("/api/v1/"):
        yield path.replace("/api/v1/", "/api/", 1)


async def _knock(client: AsyncClient, method: str, path: str) -> int:
    # Whoever is let in gets a 400 for what is no JSON, and nothing is done.
    content = None if method == "GET" else b"{this is no JSON"
    answer = await client.request(
        method, f"http://odin.test{path}", content=content, headers=_JSON
    )
    return answer.status_code


def _is_right(status: int, visitor: Visitor, row: Row) -> bool:
    if visitor.may_enter(row):
        # The pages may not be built here; that is no server's error.
        return status not in {401, 403} and (status < 500 or status == 503)
    return status == (403 if visitor.is_known else 401)


async def _visitors(house: House, stack: AsyncExitStack) -> list[Visitor]:
    """Returns each role with a session, a token and a name, each scope, and strangers."""
    identity: Identity = house.app.state.services[Identity]

    async def client(**headers: str) -> AsyncClient:
        transport = ASGITransport(house.app, client=("192.0.2.7", 40000))
        return await stack.enter_async_context(
            AsyncClient(
                transport=transport, base_url="http://odin.test", headers=headers
            )
        )

    async def program(owner: str, scopes: set[str], **headers: str) -> AsyncClient:
        user = await identity.users.find_by_name(owner)
        wanted = NewToken("matrix", frozenset(scopes))
        issued = await identity.tokens.issue(user.id, wanted)
        return await client(Authorization=f"Bearer {issued.secret}", **headers)

    found = [
        Visitor("a stranger", await client(), lambda row: row.is_open, is_known=False),
        Visitor(
            "a wrong token",
            await client(Authorization="Bearer odin_" + "x" * 40),
            lambda row: row.is_open,
            is_known=False,
        ),
    ]
    everything = {*Permission, ACT_AS}
    for role in ROLES:
        browser = await client()
        await _sign_in(browser, role)
        may, named = _of_role(role), _named(role)
        behalf = {ON_BEHALF_HEADER: "ha:0123", ON_BEHALF_ROLE_HEADER: role}
        found += [
            Visitor(f"{role} in a browser", browser, may),
            Visitor(f"{role}'s token", await program(role, everything), may),
            Visitor(
                f"{role} by Home Assistant",
                await program("admin", everything, **behalf),
                named,
            ),
        ]
    beyond = {Permission.MANAGE_USERS, Permission.CONTROL_PRINTERS}
    for owner, scopes in ((Role.ADMIN, everything), (Role.VIEWER, beyond)):
        for scope in sorted(scopes):
            holder = await program(owner, {scope})
            found.append(Visitor(f"{owner}'s {scope}", holder, _of_scope(owner, scope)))
    return found


async def _sign_in(browser: AsyncClient, role: str) -> None:
    answer = await browser.post(
        "/api/v1/auth/login", json={"name": role, "password": PASSWORD}
    )
    assert answer.status_code == 200, answer.text
    browser.headers[CSRF_HEADER] = answer.json()["csrf_token"]


def _of_role(role: str) -> Judge:
    return lambda row: row.lets_in_role(role)


def _named(role: str) -> Judge:
    return lambda row: row.lets_in_named(role)


def _of_scope(owner: str, scope: str) -> Judge:
    return lambda row: row.lets_in_scope(owner, scope)
