"""The first start: one code, one administrator, then never again."""

import asyncio

from httpx import AsyncClient, Response

from odin_engine.identity.model import Role, SetupDone
from odin_engine.identity.service import Caller, Identity, NewUser, Opened
from odin_engine.kernel.db import Database
from tests.engine.doubles import ManualClock
from tests.engine.identity.conftest import PASSWORD, Browse

WRONG = "0000-0000-00"


async def complete(client: AsyncClient, code: str, name: str = "anna") -> Response:
    body = {"code": code, "name": name, "password": PASSWORD}
    return await client.post("/setup", json=body)


async def printed(identity: Identity) -> str:
    await identity.start()
    code = identity.setup_code()
    assert code is not None
    return code


async def test_the_code_makes_the_first_administrator_and_signs_it_in(
    nobody: AsyncClient, identity: Identity
) -> None:
    code = await printed(identity)
    assert len(code.replace("-", "")) == 10
    assert (await nobody.get("/setup")).json()["is_needed"] is True
    answer = await complete(nobody, code.lower())
    assert answer.status_code == 201
    assert answer.json()["role"] == "admin"
    assert (await nobody.get("/users")).status_code == 200
    assert (await nobody.get("/setup")).json()["is_needed"] is False
    assert identity.setup_code() is None


async def test_everybody_can_read_what_a_password_must_be(nobody: AsyncClient) -> None:
    rules = (await nobody.get("/setup")).json()["password"]
    assert rules == {"min_length": 8, "long_length": 16, "max_length": 256}


async def test_setup_locks_for_good(
    nobody: AsyncClient, identity: Identity, database: Database, clock: ManualClock
) -> None:
    code = await printed(identity)
    await complete(nobody, code)
    again = await complete(nobody, code, "eve")
    assert again.status_code == 409
    assert again.json()["code"] == "setup_done"
    restarted = Identity(database, clock)
    await restarted.start()
    assert restarted.setup_code() is None


async def test_each_start_has_another_code(
    database: Database, clock: ManualClock
) -> None:
    codes = {await printed(Identity(database, clock)) for _ in range(3)}
    assert len(codes) == 3


async def test_a_code_is_void_after_half_an_hour(
    nobody: AsyncClient, identity: Identity, clock: ManualClock
) -> None:
    code = await printed(identity)
    await clock.advance(30 * 60)
    assert identity.setup_code() is None
    answer = await complete(nobody, code)
    assert answer.status_code == 403
    assert "Restart the engine" in answer.json()["detail"]


async def test_codes_cannot_be_guessed(browse: Browse, identity: Identity) -> None:
    code = await printed(identity)
    attacker = browse("198.51.100.7")
    for _ in range(10):
        assert (await complete(attacker, WRONG)).status_code == 403
    assert (await complete(attacker, code)).status_code == 429
    assert (await complete(browse(), code)).status_code == 201


async def test_a_password_that_will_not_do_costs_no_try(
    nobody: AsyncClient, identity: Identity
) -> None:
    code = await printed(identity)
    for _ in range(12):
        body = {"code": code, "name": "anna", "password": "short"}
        assert (await nobody.post("/setup", json=body)).status_code == 422
    assert (await complete(nobody, code)).status_code == 201


async def test_of_many_at_once_one_becomes_administrator(
    any_database: Database, clock: ManualClock
) -> None:
    identity = Identity(any_database, clock)
    code = await printed(identity)
    results = await asyncio.gather(
        *(
            identity.setup.complete(code, f"anna{i}", PASSWORD, Caller(f"192.0.2.{i}"))
            for i in range(5)
        ),
        return_exceptions=True,
    )
    assert [type(result) for result in results].count(Opened) == 1
    assert [type(result) for result in results].count(SetupDone) == 4


async def test_an_administrator_from_the_command_line_ends_setup_too(
    nobody: AsyncClient, identity: Identity
) -> None:
    code = await printed(identity)
    await identity.users.create(NewUser("viewer", Role.VIEWER, PASSWORD))
    assert (await nobody.get("/setup")).json()["is_needed"] is True
    await identity.users.create(NewUser("admin", Role.ADMIN, PASSWORD))
    assert (await complete(nobody, code)).status_code == 409


async def test_another_sites_page_cannot_complete_setup(
    nobody: AsyncClient, identity: Identity
) -> None:
    code = await printed(identity)
    nobody.headers["Origin"] = "https://evil.example"
    assert (await complete(nobody, code)).json()["code"] == "csrf_refused"
