"""Keys that a person approves at the machine, and that nobody ever sees."""

import asyncio
import logging

import pytest
from httpx import AsyncClient

from odin_engine.identity.model import Role
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import LoginRejected, NotSupported, Unreachable
from odin_engine.printers.ports import Connection
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import MemoryFamily
from tests.engine.printers.web import BODY, Login, codes

KEY = "key-of-the-machine-itself"
WANTED = {"family": "memory", "host": "10.0.0.1"}
PLACE = "/printers/key-requests"


class Guarded(MemoryFamily):
    """Gives a key once somebody decided."""

    def __init__(self) -> None:
        super().__init__()
        self.decision: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.asked: list[Connection] = []
        self.left = 0

    async def ask_for_key(
        self,
        connection: Connection,
        clock: Clock,  # noqa: ARG002 - the port has it
        ticker: Ticker,  # noqa: ARG002 - the port has it
    ) -> str:
        self.asked.append(connection)
        try:
            return await asyncio.shield(self.decision)
        finally:
            self.left += 1


@pytest.fixture
async def family() -> Guarded:
    return Guarded()


async def begun(admin: AsyncClient, **more: object) -> str:
    answer = await admin.post(PLACE, json=WANTED | more)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["state"] == "waiting"
    assert told["detail"]
    request_id: str = told["id"]
    return request_id


async def test_a_key_goes_from_the_machine_into_the_record(
    farm: Farm,
    admin: AsyncClient,
    family: Guarded,
    caplog: pytest.LogCaptureFixture,
) -> None:
    family.machine("10.0.0.1").secret = KEY
    request_id = await begun(admin)
    await farm.go()
    assert (await admin.get(f"{PLACE}/{request_id}")).json()["state"] == "waiting"
    assert [each.host for each in family.asked] == ["10.0.0.1"]
    family.decision.set_result(KEY)
    await farm.go()
    granted = await admin.get(f"{PLACE}/{request_id}")
    assert granted.json()["state"] == "granted"
    body = {key: value for key, value in BODY.items() if key != "secret"}
    body |= {"key_request": request_id}
    checked = await admin.post("/printers/check", json=body)
    assert checked.json()["is_ok"] is True
    added = await admin.post("/printers", json=body)
    assert added.status_code == 201, added.text
    await farm.go(0.1)
    shown = await admin.get(f"/printers/{added.json()['id']}")
    assert (shown.json()["link"], shown.json()["has_secret"]) == ("online", True)
    # It is used up.
    gone = await admin.get(f"{PLACE}/{request_id}")
    assert codes(gone) == (404, "key_request_not_found")
    for answer in (granted, checked, added, shown, gone):
        assert KEY not in answer.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("says", "state"),
    [
        (LoginRejected("Somebody said no."), "denied"),
        (Unreachable("Nobody answers."), "failed"),
        (NotSupported("This server gives no keys."), "failed"),
    ],
)
async def test_what_becomes_of_it(
    farm: Farm, admin: AsyncClient, family: Guarded, says: Exception, state: str
) -> None:
    request_id = await begun(admin)
    family.decision.set_exception(says)
    await farm.go()
    told = (await admin.get(f"{PLACE}/{request_id}")).json()
    assert (told["state"], told["detail"]) == (state, str(says))
    refused = await admin.post(
        "/printers", json=WANTED | {"name": "x", "key_request": request_id}
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/key_request"
    assert farm.printers.views() == {}


async def test_a_driver_that_breaks_is_a_failure_and_is_logged(
    farm: Farm,
    admin: AsyncClient,
    family: Guarded,
    caplog: pytest.LogCaptureFixture,
) -> None:
    request_id = await begun(admin)
    family.decision.set_exception(RuntimeError("a bug"))
    await farm.go()
    told = (await admin.get(f"{PLACE}/{request_id}")).json()
    assert told["state"] == "failed"
    assert [r.levelno for r in caplog.records if r.exc_info] == [logging.ERROR]


async def test_a_key_is_for_one_machine(
    farm: Farm, admin: AsyncClient, family: Guarded
) -> None:
    request_id = await begun(admin)
    body = {"name": "x", "family": "memory", "key_request": request_id}
    early = await admin.post("/printers", json=body | {"host": "10.0.0.1"})
    assert early.status_code == 422
    family.decision.set_result(KEY)
    await farm.go()
    for wrong in (
        {"host": "10.0.0.2"},
        {"host": "10.0.0.1", "secret": "another"},
        {"host": "10.0.0.1", "key_request": "0" * 32},
    ):
        for place in ("/printers", "/printers/check"):
            answer = await admin.post(place, json=body | wrong)
            assert answer.status_code == 422, wrong
            assert KEY not in answer.text
    fine = await admin.post("/printers", json=body | {"host": " 10.0.0.1 "})
    assert fine.status_code == 201, fine.text


async def test_cancelling_ends_the_asking(
    farm: Farm, admin: AsyncClient, family: Guarded
) -> None:
    request_id = await begun(admin)
    await farm.go()
    assert (await admin.delete(f"{PLACE}/{request_id}")).status_code == 204
    await farm.go()
    assert family.left == 1
    assert (await admin.delete(f"{PLACE}/{request_id}")).status_code == 404


async def test_it_expires_also_with_its_key(
    farm: Farm, admin: AsyncClient, family: Guarded
) -> None:
    first = await begun(admin)
    await farm.go(300)
    second = await begun(admin)
    family.decision.set_result(KEY)
    await farm.go(301)
    assert (await admin.get(f"{PLACE}/{first}")).status_code == 404
    assert (await admin.get(f"{PLACE}/{second}")).json()["state"] == "granted"
    body = WANTED | {"name": "x", "key_request": first}
    assert (await admin.post("/printers", json=body)).status_code == 422


async def test_a_few_at_once_and_none_left_at_the_end(
    farm: Farm, admin: AsyncClient, family: Guarded
) -> None:
    for _ in range(8):
        await begun(admin)
    full = await admin.post(PLACE, json=WANTED)
    assert codes(full) == (409, "key_requests_full")
    await farm.go()
    await farm.printers.key_requests.close()
    assert family.left == 8


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"family": "fax"},
        {"host": 5},
        {"host": "a b"},
        {"ports": {"web": "80"}},
        {"options": {"x": [1]}},
        {"options": {"nobody_knows": 1}},
        {"secret": "x"},
    ],
)
async def test_what_makes_no_sense(
    admin: AsyncClient, family: Guarded, wrong: dict[str, object]
) -> None:
    body = WANTED | wrong if wrong else {}
    answer = await admin.post(PLACE, json=body)
    assert answer.status_code == 422, answer.text
    assert family.asked == []


async def test_only_who_manages_printers_may(
    farm: Farm, admin: AsyncClient, login: Login
) -> None:
    request_id = await begun(admin)
    operator = await login(Role.OPERATOR)
    assert (await operator.post(PLACE, json=WANTED)).status_code == 403
    assert (await operator.get(f"{PLACE}/{request_id}")).status_code == 403
    assert (await operator.delete(f"{PLACE}/{request_id}")).status_code == 403
    await farm.go()
