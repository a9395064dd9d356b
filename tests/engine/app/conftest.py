"""The whole engine in this process: every domain wired by `app.py`, and people to ask."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from odin_engine.app import create_app
from odin_engine.identity.model import Permission, Role
from odin_engine.identity.service import Identity, NewToken, NewUser
from odin_engine.kernel.secrets import load_secrets
from odin_engine.kernel.settings import load_settings

PASSWORD = "Correct-Horse-9"


@dataclass(frozen=True)
class House:
    """The app and a client for each kind of caller, by name."""

    app: FastAPI
    clients: dict[str, AsyncClient]

    @property
    def admin(self) -> AsyncClient:
        return self.clients["admin"]


@pytest.fixture
async def house(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """A started engine with a user of each role, a reading token, and a stranger."""
    monkeypatch.setenv("ODIN_OPTIONS_FILE", str(tmp_path / "options.json"))
    (tmp_path / "options.json").write_text("{}")
    shutil.copyfile(sqlite_template, tmp_path / "odin.db")
    settings = load_settings(data_dir=tmp_path, allow_loopback=True)
    app = create_app(settings, load_secrets(tmp_path))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        identity: Identity = app.state.services[Identity]
        tokens = {"nobody": ""}
        for role in Role:
            user = await identity.users.create(NewUser(role.value, role, PASSWORD))
            tokens[role.value] = await _token(identity, user.id, set(Permission))
            if role is Role.ADMIN:
                reading = {Permission.READ_PRINTERS}
                tokens["reader"] = await _token(identity, user.id, reading)
        clients = {
            name: await stack.enter_async_context(_client(app, token))
            for name, token in tokens.items()
        }
        yield House(app, clients)


def _client(app: FastAPI, token: str) -> AsyncClient:
    return AsyncClient(
        transport=ASGITransport(app, client=("192.0.2.1", 40000)),
        base_url="http://odin.test/api/v1",
        headers={"Authorization": f"Bearer {token}"} if token else {},
    )


async def _token(identity: Identity, user_id: str, scopes: set[Permission]) -> str:
    made = await identity.tokens.issue(user_id, NewToken("test", frozenset(scopes)))
    return made.secret
