"""A real app with identity on it, and the people and programs that call it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from odin_engine.identity import access, routes
from odin_engine.identity.model import Role, User
from odin_engine.identity.service import Identity, NewToken, NewUser
from odin_engine.kernel import http
from odin_engine.kernel.db import Database
from tests.engine.doubles import ManualClock

PASSWORD = "Correct-Horse-9"
HOST = "http://odin.test"

type Browse = Callable[..., AsyncClient]


@pytest.fixture
def identity(database: Database, clock: ManualClock) -> Identity:
    return Identity(database, clock)


@pytest.fixture
def app(identity: Identity) -> FastAPI:
    app = FastAPI()
    http.install(app)
    access.install(app)
    http.provide(app, Identity, identity)
    app.include_router(routes.router, prefix="/api/v1")
    return app


@pytest.fixture
async def browse(app: FastAPI) -> AsyncIterator[Browse]:
    """Opens clients: each has its own cookies and may have its own address."""
    async with AsyncExitStack() as stack:
        clients: list[AsyncClient] = []

        def open_client(
            address: str = "192.0.2.1", base_url: str = HOST, **headers: str
        ) -> AsyncClient:
            client = AsyncClient(
                transport=ASGITransport(app, client=(address, 40000)),
                base_url=f"{base_url}/api/v1",
                headers=headers,
            )
            clients.append(client)
            stack.push_async_callback(client.aclose)
            return client

        yield open_client


@pytest.fixture
def nobody(browse: Browse) -> AsyncClient:
    """Somebody who is not signed in."""
    return browse()


@dataclass(frozen=True)
class People:
    """One user of each role; everybody's password is the same."""

    admin: User
    operator: User
    viewer: User


@pytest.fixture
async def people(identity: Identity) -> People:
    made = [
        await identity.users.create(NewUser(role.value, role, PASSWORD))
        for role in (Role.ADMIN, Role.OPERATOR, Role.VIEWER)
    ]
    return People(*made)


async def sign_in(client: AsyncClient, name: str, password: str = PASSWORD) -> str:
    """Signs a client in and lets it send the CSRF token; returns the session's id."""
    answer = await client.post("/auth/login", json={"name": name, "password": password})
    assert answer.status_code == 200, answer.text
    client.headers[access.CSRF_HEADER] = answer.json()["csrf_token"]
    session_id: str = answer.json()["session_id"]
    return session_id


async def program(
    browse: Browse, identity: Identity, user: User, *scopes: str
) -> AsyncClient:
    """Returns a client with a new token of that user."""
    issued = await identity.tokens.issue(
        user.id, NewToken("program", frozenset(scopes))
    )
    return browse(Authorization=f"Bearer {issued.secret}")


@pytest.fixture
async def admin(browse: Browse, people: People) -> AsyncClient:
    client = browse()
    await sign_in(client, people.admin.name)
    return client


@pytest.fixture
async def viewer(browse: Browse, people: People) -> AsyncClient:
    client = browse()
    await sign_in(client, people.viewer.name)
    return client
