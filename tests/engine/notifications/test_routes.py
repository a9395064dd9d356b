"""Alerts over HTTP: who may, what they get, what is kept of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from odin_engine.identity import access
from odin_engine.identity.access import ON_BEHALF_HEADER
from odin_engine.identity.model import ACT_AS, AuditFilter, Permission, Principal, Role
from odin_engine.identity.service import Identity, NewToken, NewUser
from odin_engine.kernel import http
from odin_engine.kernel.db import Database
from odin_engine.kernel.pages import PageRequest
from odin_engine.notifications import routes
from odin_engine.notifications.service import Alerts
from odin_engine.printers.model import Activity
from tests.engine.doubles import ManualClock
from tests.engine.notifications.ward import HOT, MILD, Ward
from tests.engine.printers.memory_driver import job

type Login = Callable[..., Awaitable[AsyncClient]]


@pytest.fixture
def identity(any_database: Database, clock: ManualClock) -> Identity:
    return Identity(any_database, clock)


@pytest.fixture
def app(ward: Ward, identity: Identity) -> FastAPI:
    app = FastAPI(responses=http.PROBLEMS)
    http.install(app)
    access.install(app)
    http.provide(app, Identity, identity)
    http.provide(app, Alerts, ward.alerts)
    app.include_router(routes.router, prefix="/api/v1")
    return app


@pytest.fixture
async def login(app: FastAPI, identity: Identity) -> AsyncIterator[Login]:
    """Opens a client for a token of somebody with that role; a person if one is named."""
    async with AsyncExitStack() as stack:

        async def open_client(role: Role, person: str | None = None) -> AsyncClient:
            name = f"{role.value}{len(await _users(identity))}"
            user = await identity.users.create(NewUser(name, role, "Correct-Horse-9"))
            scopes: set[str] = set(Permission)
            headers = {}
            if person is not None:
                scopes.add(ACT_AS)
                headers[ON_BEHALF_HEADER] = person
            token = NewToken("test", frozenset(scopes), default_role=Role.OPERATOR)
            issued = await identity.tokens.issue(user.id, token)
            headers["Authorization"] = f"Bearer {issued.secret}"
            client = AsyncClient(
                transport=ASGITransport(app),
                base_url="http://odin.test/api/v1",
                headers=headers,
            )
            return await stack.enter_async_context(client)

        yield open_client
        await identity.audit.flush()


async def _users(identity: Identity) -> list[object]:
    return list((await identity.users.page(PageRequest())).items)


@pytest.fixture
async def ill(ward: Ward) -> str:
    """A printer with two faults and a failed print."""
    printer_id = await ward.farm.add("Nord")
    machine = ward.farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job())
    await ward.go()
    machine.report(activity=Activity.FAILED, faults=(HOT, MILD))
    await ward.go(2)
    assert len(ward.alerts.active()) == 4
    return printer_id


async def test_the_list_has_filters_pages_and_a_sheet(login: Login, ill: str) -> None:
    viewer = await login(Role.VIEWER)
    page = (await viewer.get("/alerts?limit=3")).json()
    assert (page["total"], len(page["items"])) == (4, 3)
    rest = (await viewer.get("/alerts", params={"cursor": page["next_cursor"]})).json()
    assert len(rest["items"]) == 1
    raised = [
        datetime.fromisoformat(each["raised_at"])
        for each in page["items"] + rest["items"]
    ]
    assert raised == sorted(raised, reverse=True)
    for query, count in [
        ("kind=fault", 2),
        ("kind=plate", 1),
        ("kind=system", 0),
        (f"printer_id={ill}", 4),
        ("printer_id=other", 0),
        ("state=ended", 0),
        ("state=all", 4),
        ("q=too hot", 1),
    ]:
        assert (await viewer.get(f"/alerts?{query}")).json()["total"] == count, query
    assert (await viewer.get("/alerts?state=odd")).status_code == 422
    sheet = await viewer.get("/alerts", headers={"Accept": "text/csv"})
    assert sheet.text.startswith("id,kind,code,severity")


async def test_an_alert_has_the_members_of_the_contract(login: Login, ill: str) -> None:
    viewer = await login(Role.VIEWER)
    (alert,) = (await viewer.get("/alerts?q=hot")).json()["items"]
    assert alert | {"id": "", "raised_at": ""} == {
        "id": "",
        "kind": "fault",
        "code": "fault_raised",
        "severity": "critical",
        "printer_id": ill,
        "printer_name": "Nord",
        "title": "Nord: Bed: too hot",
        "detail": "",
        "fault_code": HOT.code,
        "help_url": HOT.help_url,
        "raised_at": "",
        "ended_at": None,
        "dismissed_at": None,
        "dismissed_by": None,
        "count": 1,
    }


@pytest.mark.usefixtures("ill")
async def test_dismissing_and_taking_it_back(login: Login, ward: Ward) -> None:
    operator = await login(Role.OPERATOR)
    (alert,) = (await operator.get("/alerts?q=hot")).json()["items"]
    place = f"/alerts/{alert['id']}"
    away = (await operator.post(f"{place}/dismiss")).json()
    assert away["dismissed_by"].startswith("operator")
    assert away["ended_at"] is None
    assert (await operator.post(f"{place}/dismiss")).json() == away
    assert alert["id"] not in ward.alerts.active()
    assert (await operator.get("/alerts?state=ended")).json()["items"] == [away]
    assert (await operator.post(f"{place}/restore")).json() == alert
    assert (await operator.post(f"{place}/restore")).json() == alert
    assert alert["id"] in ward.alerts.active()
    for verb in ("dismiss", "restore"):
        missing = await operator.post(f"/alerts/nothing/{verb}")
        assert (missing.status_code, missing.json()["code"]) == (404, "alert_not_found")


async def test_a_failed_print_is_over_when_it_is_dismissed(
    login: Login, ward: Ward, ill: str
) -> None:
    operator = await login(Role.OPERATOR)
    (alert,) = (await operator.get("/alerts?kind=print")).json()["items"]
    away = (await operator.post(f"/alerts/{alert['id']}/dismiss")).json()
    assert away["ended_at"] == away["dismissed_at"] is not None
    assert (await operator.post(f"/alerts/{alert['id']}/restore")).json() == alert
    await operator.post(f"/alerts/{alert['id']}/dismiss")
    ward.farm.machine(ill).report(activity=Activity.PRINTING, job=job("next", 8))
    await ward.go(2)
    # The next print runs: it is taken back, and over at the next look.
    await operator.post(f"/alerts/{alert['id']}/restore")
    await ward.go(2)
    assert alert["id"] not in ward.alerts.active()


@pytest.mark.usefixtures("ill")
async def test_many_at_once(login: Login, identity: Identity) -> None:
    operator = await login(Role.OPERATOR)
    ids = [each["id"] for each in (await operator.get("/alerts")).json()["items"]]
    for body in ({}, {"ids": [], "all": True}, {"all": False}, {"all": 1, "x": 2}):
        assert (await operator.post("/alerts/dismiss", json=body)).status_code == 422
    some = await operator.post(
        "/alerts/dismiss", json={"ids": [ids[0], "nothing", ids[0]]}
    )
    assert [each["id"] for each in some.json()["items"]] == [ids[0]]
    rest = await operator.post("/alerts/dismiss", json={"all": True})
    assert {each["id"] for each in rest.json()["items"]} == set(ids[1:])
    assert (await operator.get("/alerts")).json()["total"] == 0
    log = await identity.audit.page(PageRequest(), AuditFilter(action="dismiss_alerts"))
    assert [entry.details.get("dismissed") for entry in log.items][:2] == [3, 1]


@pytest.mark.usefixtures("ill")
async def test_who_may(login: Login) -> None:
    viewer = await login(Role.VIEWER)
    (alert,) = (await viewer.get("/alerts?q=hot")).json()["items"]
    for path, body in [
        (f"/alerts/{alert['id']}/dismiss", None),
        (f"/alerts/{alert['id']}/restore", None),
        ("/alerts/dismiss", {"all": True}),
    ]:
        assert (await viewer.post(path, json=body)).status_code == 403
    assert (await viewer.get("/alerts/summary")).status_code == 200


@pytest.mark.usefixtures("ill")
async def test_each_person_has_seen_what_it_has_seen(
    login: Login, ward: Ward, clock: ManualClock
) -> None:
    anna = await login(Role.ADMIN, "ha:anna")
    bert = await login(Role.ADMIN, "ha:bert")
    fresh = {"active": 4, "critical": 1, "unseen": 4, "seen_until": None}
    assert (await anna.get("/alerts/summary")).json() == fresh
    newest = (await anna.get("/alerts?limit=1")).json()["items"][0]["raised_at"]
    seen = (await anna.post("/alerts/seen", json={"until": newest})).json()
    assert seen == fresh | {"unseen": 0, "seen_until": newest}
    old = await anna.post("/alerts/seen", json={"until": "2020-01-01T00:00:00Z"})
    assert old.json() == seen
    ahead = await anna.post("/alerts/seen", json={"until": "2999-01-01T00:00:00Z"})
    assert datetime.fromisoformat(ahead.json()["seen_until"]) == clock.now()
    assert (await bert.get("/alerts/summary")).json() == fresh
    await ward.go()
    ward.farm.machine(await ward.farm.add("Süd")).report(faults=(HOT,))
    await ward.go()
    assert (await anna.get("/alerts/summary")).json()["unseen"] == 1
    assert (await bert.get("/alerts/summary")).json()["unseen"] == 5


@pytest.mark.usefixtures("ill")
async def test_home_assistants_people_sign_by_their_own_name(login: Login) -> None:
    anna = await login(Role.ADMIN, "ha:anna")
    found = (await anna.post("/alerts/dismiss", json={"all": True})).json()["items"]
    assert {each["dismissed_by"] for each in found} == {"ha:anna"}


async def test_who_is_deleted_has_seen_nothing(
    ward: Ward, identity: Identity, clock: ManualClock
) -> None:
    user = await identity.users.create(NewUser("bert", Role.VIEWER, "Correct-Horse-9"))
    bert = Principal(user.id, "bert", Role.VIEWER, frozenset(), session_id="1")
    assert (await ward.alerts.see(bert, clock.now())).seen_until == clock.now()
    assert (await ward.alerts.summary(bert)).seen_until == clock.now()
    await identity.users.remove(user.id)
    await ward.go()
    assert (await ward.alerts.summary(bert)).seen_until is None


async def test_a_program_has_seen_nothing(login: Login) -> None:
    program = await login(Role.ADMIN)
    until = {"until": "2026-11-01T08:00:00Z"}
    answer = await program.post("/alerts/seen", json=until)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_person")
    assert (await program.get("/alerts/summary")).json()["seen_until"] is None
    assert (await program.post("/alerts/seen", json={"until": 5})).status_code == 422
