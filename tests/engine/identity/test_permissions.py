"""Every route of identity against everybody, and the check of the check itself."""

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from httpx import AsyncClient

from odin_engine.identity.access import (
    ON_BEHALF_HEADER,
    ON_BEHALF_ROLE_HEADER,
    declared,
    needs,
    open_to_all,
)
from odin_engine.identity.model import ACT_AS, Permission, Role
from odin_engine.identity.service import Identity
from tests.engine.identity.conftest import Browse, People, program, sign_in
from tests.engine.identity.matrix import check_matrix, doors, undeclared


@pytest.fixture
async def clients(
    browse: Browse, identity: Identity, people: People
) -> dict[str, AsyncClient]:
    """Somebody of each role, nobody, and programs that may little."""
    found = {"anonymous": browse()}
    for role in Role:
        found[role.value] = browse()
        await sign_in(found[role.value], role.value)
    reads = await program(browse, identity, people.admin, Permission.READ_PRINTERS)
    everything = await program(browse, identity, people.admin, *Permission)
    relay = await program(browse, identity, people.admin, ACT_AS, *Permission)
    relay.headers[ON_BEHALF_HEADER] = "ha:0123"
    relay.headers[ON_BEHALF_ROLE_HEADER] = "admin"
    return found | {"reading token": reads, "full token": everything, "relay": relay}


async def test_exactly_who_may_is_let_in(
    app: FastAPI, clients: dict[str, AsyncClient]
) -> None:
    assert await check_matrix(app, clients, exempt=_DOCS) > 200


async def test_the_matrix_finds_a_route_without_a_permission(
    app: FastAPI, clients: dict[str, AsyncClient]
) -> None:
    @app.get("/api/v1/forgotten")
    async def forgotten() -> str:
        return "secret"

    with pytest.raises(AssertionError, match="/api/v1/forgotten: declares no"):
        await check_matrix(app, clients, exempt=_DOCS)


async def test_a_write_that_declares_nothing_is_refused(
    app: FastAPI, browse: Browse, people: People
) -> None:
    @app.post("/api/v1/forgotten")
    async def forgotten() -> str:
        return "done"

    admin = browse()
    await sign_in(admin, people.admin.name)
    assert (await admin.post("/forgotten")).status_code == 403
    assert undeclared(app) - set(_DOCS) == {"/api/v1/forgotten"}


def test_both_addresses_of_our_routes_are_walked(app: FastAPI) -> None:
    paths = {door.path for door in doors(app)}
    assert {"/api/users", "/api/v1/users"} <= paths


def test_a_route_must_not_declare_twice() -> None:
    router = APIRouter(dependencies=[open_to_all()])

    @router.get("/x", dependencies=[needs(Permission.READ_AUDIT)])
    async def twice() -> None: ...

    (route,) = iter_route_contexts(router.routes)
    with pytest.raises(ValueError, match="more than one"):
        declared(route)


_DOCS = ("/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc")
