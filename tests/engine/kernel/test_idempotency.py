"""A write that is sent twice is done once."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Conflict
from odin_engine.kernel.idempotency import (
    KEPT_FOR,
    Answer,
    AnswerUnknown,
    Idempotency,
    StillRunning,
)
from odin_engine.kernel.secrets import Secrets
from odin_engine.kernel.tables import IdempotencyRow
from tests.engine.doubles import ManualClock
from tests.engine.kernel.conftest import Counter

_KEY = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


async def _order(
    http: httpx.AsyncClient, name: str = "a", key: str = "k1", **headers: str
) -> httpx.Response:
    return await http.post(
        "/api/orders", json={"name": name}, headers={"Idempotency-Key": key, **headers}
    )


async def test_the_same_write_again_gets_the_same_answer(
    http: httpx.AsyncClient, counter: Counter
) -> None:
    first = await _order(http)
    second = await _order(http)
    assert counter.done == 1
    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["location"] == "/orders/1"
    assert second.headers["content-type"] == "application/json"
    assert second.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers


async def test_without_a_key_every_write_counts(
    http: httpx.AsyncClient, counter: Counter
) -> None:
    for _ in range(2):
        await http.post("/api/orders", json={"name": "a"})
    assert counter.done == 2


async def test_keys_belong_to_their_callers(
    http: httpx.AsyncClient, counter: Counter
) -> None:
    await _order(http, caller="anna")
    await _order(http, caller="bert")
    assert counter.done == 2


async def test_a_key_for_another_write_is_refused(
    http: httpx.AsyncClient, counter: Counter
) -> None:
    await _order(http, "a")
    answer = await _order(http, "b")
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert counter.done == 1


async def test_what_was_refused_may_be_tried_again(
    http: httpx.AsyncClient, counter: Counter
) -> None:
    assert (await _order(http, "refused")).status_code == 409
    assert (await _order(http, "refused")).json()["code"] == "refused"
    assert (await _order(http, "a")).status_code == 201
    assert counter.done == 1


async def test_what_broke_is_not_done_twice(
    http: httpx.AsyncClient, counter: Counter
) -> None:
    assert (await _order(http, "broken")).status_code == 500
    answer = await _order(http, "broken")
    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_answer_unknown"
    assert counter.done == 1


async def test_writes_at_the_same_time_are_done_once(
    http: httpx.AsyncClient, counter: Counter
) -> None:
    answers = await asyncio.gather(*(_order(http) for _ in range(8)))
    assert counter.done == 1
    assert {answer.status_code for answer in answers} <= {201, 409}


async def test_an_upload_has_its_key_too(
    http: httpx.AsyncClient, counter: Counter
) -> None:
    for _ in range(2):
        answer = await http.post(
            "/api/order-uploads", content=b"x" * 4000, headers={"Idempotency-Key": "u"}
        )
        assert answer.json() == {"number": 1}
    assert counter.done == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "ä"])
async def test_a_malformed_key_is_refused(http: httpx.AsyncClient, key: str) -> None:
    answer = await http.post(
        "/api/orders", json={"name": "a"}, headers=[(b"Idempotency-Key", key.encode())]
    )
    assert answer.status_code == 422


async def test_after_a_day_a_key_is_free_again(
    http: httpx.AsyncClient,
    counter: Counter,
    clock: ManualClock,
    idempotency: Idempotency,
    database: Database,
) -> None:
    await _order(http, "a", "k1")
    await _order(http, "a", "k2")
    await clock.advance(KEPT_FOR.total_seconds())
    await _order(http, "b", "k1")
    assert counter.done == 3
    await idempotency.forget_old()
    async with database.read() as session:
        rows = (await session.scalars(select(IdempotencyRow))).all()
    assert [row.key for row in rows] == ["k1"]


async def test_kept_answers_are_sealed(
    http: httpx.AsyncClient, database: Database
) -> None:
    assert "canary123" in (await _order(http)).text
    async with database.read() as session:
        row = (await session.scalars(select(IdempotencyRow))).one()
    assert row.sealed_answer is not None
    assert "canary123" not in row.sealed_answer


@pytest.fixture
def store(any_database: Database, clock: ManualClock) -> Idempotency:
    return Idempotency(any_database, Secrets(_KEY), clock)


async def test_answers_survive_a_restart(
    any_database: Database, store: Idempotency, clock: ManualClock
) -> None:
    answer = Answer(201, (("etag", '"1"'),), b"\x00\xff")
    assert await store.claim("anna", "k", "f") is None
    await store.keep("anna", "k", answer)
    again = Idempotency(any_database, Secrets(_KEY), clock)
    assert await again.claim("anna", "k", "f") == answer


async def test_a_killed_engine_does_not_guess(
    any_database: Database, store: Idempotency, clock: ManualClock
) -> None:
    await store.claim("anna", "k", "f")
    with pytest.raises(StillRunning):
        await store.claim("anna", "k", "f")
    again = Idempotency(any_database, Secrets(_KEY), clock)
    with pytest.raises(AnswerUnknown, match="Look at the result"):
        await again.claim("anna", "k", "f")


async def test_only_one_of_many_claims_wins(store: Idempotency) -> None:
    outcomes: list[Any] = await asyncio.gather(
        *(store.claim("anna", "k", "f") for _ in range(8)), return_exceptions=True
    )
    assert outcomes.count(None) == 1
    assert all(isinstance(each, Conflict) for each in outcomes if each is not None)


async def test_a_released_key_is_free(store: Idempotency, clock: ManualClock) -> None:
    await store.claim("anna", "k", "f")
    await store.release("anna", "k")
    await clock.advance(timedelta(seconds=1).total_seconds())
    assert await store.claim("anna", "k", "other") is None


async def test_kept_answers_do_not_pile_up_among_what_the_log_looks_for(
    database: Database, clock: ManualClock
) -> None:
    secrets = Secrets(_KEY)
    kept = Idempotency(database, secrets, clock)
    for number in range(3):
        await kept.claim("anna", f"k{number}", "print")
        answer = Answer(201, (), f'{{"token":"odin_{number}"}}'.encode())
        await kept.keep("anna", f"k{number}", answer)
        assert await kept.claim("anna", f"k{number}", "print") == answer
    # What the log looks for it masks: an answer as a whole is none of that.
    whole = '[201,[],"{\\"token\\":\\"odin_1\\"}"]'
    assert secrets.known.hide_in(whole, "***") == whole
