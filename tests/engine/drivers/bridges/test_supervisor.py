"""Who administers Home Assistant, asked through a stand-in of its Supervisor."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from odin_engine.drivers.bridges.supervisor import (
    CorePeople,
    Supervisor,
    SupervisorRefused,
    SupervisorSilent,
)
from tests.engine.doubles import ManualClock
from tests.supervisor import SupervisorApi
from tests.supervisor.api import TOKEN


@pytest.fixture
async def api() -> AsyncIterator[SupervisorApi]:
    async with SupervisorApi().running() as api:
        yield api


@pytest.fixture
def people(api: SupervisorApi, clock: ManualClock) -> CorePeople:
    return CorePeople(Supervisor(api.url, TOKEN), clock)


def _user(person_id: str, *groups: str, **facts: bool) -> dict[str, Any]:
    return {
        "id": person_id,
        "name": person_id.title(),
        "is_owner": False,
        "is_active": True,
        "group_ids": list(groups),
    } | facts


async def test_administrators_are_who_core_says_they_are(
    api: SupervisorApi, people: CorePeople
) -> None:
    api.users = [
        _user("owner", is_owner=True),
        _user("anna", "system-admin"),
        _user("ben", "system-users"),
        _user("closed", "system-admin", is_active=False),
        {"id": "odd"},
        "nonsense",  # type: ignore[list-item]  # whatever comes
    ]
    known = [
        person
        for person in ("owner", "anna", "ben", "closed", "odd", "stranger")
        if await people.is_administrator(person)
    ]
    assert known == ["owner", "anna"]
    assert api.core_asked == 1


async def test_changes_count_within_a_minute(
    api: SupervisorApi, people: CorePeople, clock: ManualClock
) -> None:
    assert not await people.is_administrator("anna")
    api.users = [_user("anna", "system-admin")]
    await clock.advance(59)
    assert not await people.is_administrator("anna")
    await clock.advance(1)
    assert await people.is_administrator("anna")
    api.users = []
    await clock.advance(60)
    assert not await people.is_administrator("anna")


async def test_while_core_is_silent_the_last_answer_stands(
    api: SupervisorApi, people: CorePeople, clock: ManualClock
) -> None:
    api.is_core_down = True
    assert not await people.is_administrator("anna")
    api.is_core_down = False
    api.users = [_user("anna", "system-admin")]
    await clock.advance(10)
    assert await people.is_administrator("anna")
    api.is_core_down = True
    await clock.advance(60)
    assert await people.is_administrator("anna")
    assert not await people.is_administrator("ben")


async def test_a_wrong_token_and_a_dead_supervisor_are_told_apart(
    api: SupervisorApi,
) -> None:
    with pytest.raises(SupervisorRefused):
        await Supervisor(api.url, "another").administrators()
    with pytest.raises(SupervisorRefused, match="401"):
        await Supervisor(api.url, "another").own_host()
    api.is_broken = True
    with pytest.raises(SupervisorSilent, match="502"):
        await Supervisor(api.url, TOKEN).own_host()
    with pytest.raises(SupervisorSilent):
        await Supervisor("http://127.0.0.1:1", TOKEN).administrators()
    with pytest.raises(SupervisorSilent):
        await Supervisor("http://127.0.0.1:1", TOKEN).offer("odin", {})


async def test_an_app_without_a_name_is_not_offered(api: SupervisorApi) -> None:
    api.hostname = None
    with pytest.raises(SupervisorSilent, match="host name"):
        await Supervisor(api.url, TOKEN).own_host()
