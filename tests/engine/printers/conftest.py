"""The farm, with the machines in memory, and its routes on a real app."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from odin_engine.identity import access
from odin_engine.identity.model import Permission, Role
from odin_engine.identity.service import Identity, NewToken, NewUser
from odin_engine.kernel import http
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from odin_engine.printers import routes
from odin_engine.printers.service import Printers
from tests.engine.doubles import ManualClock
from tests.engine.printers.farm import Farm, run_farm
from tests.engine.printers.memory_driver import MemoryFamily
from tests.engine.printers.web import Login


@pytest.fixture
def family() -> MemoryFamily:
    return MemoryFamily()


@pytest.fixture
async def farm(
    database: Database,
    facts: Facts,
    clock: ManualClock,
    family: MemoryFamily,
    tmp_path: Path,
) -> AsyncIterator[Farm]:
    async with run_farm(database, facts, clock, family, tmp_path) as farm:
        yield farm


@pytest.fixture
def identity(database: Database, clock: ManualClock) -> Identity:
    return Identity(database, clock)


@pytest.fixture
def app(farm: Farm, identity: Identity) -> FastAPI:
    app = FastAPI(responses=http.PROBLEMS)
    http.install(app)
    access.install(app)
    http.provide(app, Identity, identity)
    http.provide(app, Printers, farm.printers)
    app.include_router(routes.router, prefix="/api/v1")
    return app


@pytest.fixture
async def login(app: FastAPI, identity: Identity) -> AsyncIterator[Login]:
    """Opens a client with a token of somebody with that role."""
    async with AsyncExitStack() as stack:

        async def open_client(role: Role) -> AsyncClient:
            user = await identity.users.create(
                NewUser(role.value, role, "Correct-Horse-9")
            )
            issued = await identity.tokens.issue(
                user.id, NewToken("test", frozenset(Permission))
            )
            client = AsyncClient(
                transport=ASGITransport(app),
                base_url="http://odin.test/api/v1",
                headers={"Authorization": f"Bearer {issued.secret}"},
            )
            return await stack.enter_async_context(client)

        yield open_client
        await identity.audit.flush()


@pytest.fixture
async def admin(login: Login) -> AsyncClient:
    return await login(Role.ADMIN)
