"""Tokens: what they may do, when they end, and who stands behind them."""

from datetime import timedelta

import pytest
from httpx import AsyncClient

from odin_engine.identity.access import ON_BEHALF_HEADER, ON_BEHALF_ROLE_HEADER
from odin_engine.identity.model import ACT_AS, OnBehalf, Permission, Role
from odin_engine.identity.service import Identity, NewToken
from odin_engine.kernel.db import Database
from tests.engine.doubles import ManualClock
from tests.engine.identity.conftest import Browse, People, program, sign_in

PRINTERS = [Permission.READ_PRINTERS, Permission.CONTROL_PRINTERS]


async def test_a_token_is_shown_once_and_stored_as_its_fingerprint(
    viewer: AsyncClient, browse: Browse, database: Database
) -> None:
    made = await viewer.post(
        "/tokens", json={"name": "My script", "scopes": ["read:printers"]}
    )
    assert made.status_code == 201
    secret = made.json()["token"]
    assert secret.startswith("odin_")
    assert len(secret) >= 37
    (listed,) = (await viewer.get("/tokens")).json()["items"]
    assert listed == {k: v for k, v in made.json().items() if k != "token"}
    assert secret.startswith(listed["prefix"])
    async with database.read() as session:
        raw = await session.connection()
        rows = (await raw.exec_driver_sql("SELECT * FROM api_tokens")).all()
    assert secret not in str(rows)
    script = browse(Authorization=f"bearer  {secret}")
    who = (await script.get("/auth/session")).json()
    assert who["permissions"] == ["read:printers"]
    assert who["csrf_token"] is None
    assert secret not in (await script.get("/auth/session")).text


async def test_a_token_needs_no_csrf_token_and_wins_over_a_cookie(
    viewer: AsyncClient, browse: Browse, identity: Identity, people: People
) -> None:
    script = await program(browse, identity, people.admin, "manage:users")
    for name, value in viewer.cookies.items():
        script.cookies.set(name, value, domain="odin.test")
    answer = await script.post(
        "/users", json={"name": "x", "password": "Abcdefg1", "role": "viewer"}
    )
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer odin_x", "Basic YTpi", "Bearer " + "x" * 9000],
)
async def test_a_wrong_token_is_not_saved_by_a_cookie(
    viewer: AsyncClient, authorization: str
) -> None:
    answer = await viewer.get("/auth/session", headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_can_do_no_more_than_its_owner(
    browse: Browse, identity: Identity, people: People
) -> None:
    script = await program(browse, identity, people.viewer, *Permission)
    who = (await script.get("/auth/session")).json()
    assert "manage:users" not in who["permissions"]
    assert (await script.get("/users")).status_code == 403


async def test_nobody_gives_a_token_more_than_he_has(
    viewer: AsyncClient,
    admin: AsyncClient,
    browse: Browse,
    people: People,
    identity: Identity,
) -> None:
    wanted = {"name": "t", "scopes": ["manage:users", "read:printers"]}
    refused = await viewer.post("/tokens", json=wanted)
    assert refused.status_code == 403
    assert refused.json()["scopes"] == ["manage:users"]
    act_as = {"name": "t", "scopes": ["act-as"]}
    assert (await viewer.post("/tokens", json=act_as)).status_code == 403
    assert (await admin.post("/tokens", json=act_as)).status_code == 201
    script = await program(browse, identity, people.admin, "manage:own-account")
    assert (await script.post("/tokens", json=wanted)).status_code == 403
    everything = await program(browse, identity, people.admin, *Permission, ACT_AS)
    assert (await everything.post("/tokens", json=act_as)).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "a\u202e"},
        {"name": "x" * 101},
        {"scopes": []},
        {"scopes": ["write:everything"]},
        {"scopes": "read:printers"},
        {"expires_at": "2026-10-31T00:00:00Z"},
        {"expires_at": "2027-01-01T00:00:00"},
        {"expires_at": "9999-12-31T23:59:59-23:59"},
        {"default_role": "admin"},
    ],
)
async def test_a_wrong_token_is_not_made(
    viewer: AsyncClient, change: dict[str, object]
) -> None:
    wanted = {"name": "t", "scopes": ["read:printers"]} | change
    assert (await viewer.post("/tokens", json=wanted)).status_code == 422


async def test_a_token_runs_out(
    browse: Browse, identity: Identity, people: People, clock: ManualClock
) -> None:
    soon = clock.now() + timedelta(hours=1)
    issued = await identity.tokens.issue(
        people.viewer.id, NewToken("t", frozenset({"read:printers"}), soon)
    )
    script = browse(Authorization=f"Bearer {issued.secret}")
    assert (await script.get("/auth/session")).status_code == 200
    await clock.advance(3600)
    assert (await script.get("/auth/session")).status_code == 401


async def test_a_token_makes_none_that_outlives_it(
    browse: Browse, identity: Identity, people: People, clock: ManualClock
) -> None:
    end = clock.now() + timedelta(hours=1)
    issued = await identity.tokens.issue(
        people.viewer.id, NewToken("t", frozenset({"manage:own-account"}), end)
    )
    script = browse(Authorization=f"Bearer {issued.secret}")
    wanted = {"name": "u", "scopes": ["manage:own-account"]}
    for later in (None, (end + timedelta(seconds=1)).isoformat()):
        refused = await script.post("/tokens", json=wanted | {"expires_at": later})
        assert refused.json()["errors"][0]["pointer"] == "/expires_at"
    made = await script.post("/tokens", json=wanted | {"expires_at": end.isoformat()})
    assert made.status_code == 201


async def test_a_revoked_token_is_void_at_once(
    viewer: AsyncClient, browse: Browse, identity: Identity, people: People
) -> None:
    script = await program(browse, identity, people.viewer, "read:printers")
    who = (await script.get("/auth/session")).json()
    assert (await viewer.delete(f"/tokens/{who['token_id']}")).status_code == 204
    assert (await script.get("/auth/session")).status_code == 401
    assert (await viewer.delete(f"/tokens/{who['token_id']}")).status_code == 404


async def test_others_tokens_are_for_administrators(
    browse: Browse,
    viewer: AsyncClient,
    admin: AsyncClient,
    identity: Identity,
    people: People,
) -> None:
    await program(browse, identity, people.operator, "read:printers")
    (theirs,) = (await admin.get("/tokens", params={"all": True})).json()["items"]
    assert (await admin.get("/tokens")).json()["total"] == 0
    assert (await viewer.get("/tokens", params={"all": True})).status_code == 403
    assert (await viewer.delete(f"/tokens/{theirs['id']}")).status_code == 404
    assert (await admin.delete(f"/tokens/{theirs['id']}")).status_code == 204


async def test_the_last_use_is_written_now_and_then(
    browse: Browse,
    identity: Identity,
    people: People,
    database: Database,
    clock: ManualClock,
) -> None:
    script = await program(browse, identity, people.viewer, "read:printers")

    async def written() -> object:
        async with database.read() as session:
            raw = await session.connection()
            return await raw.exec_driver_sql("SELECT last_used_at FROM api_tokens")

    await script.get("/auth/session")
    assert (await written()).scalar() is None  # type: ignore[attr-defined]
    await identity.doors.flush()
    assert (await written()).scalar() is not None  # type: ignore[attr-defined]
    await clock.advance(60)
    await script.get("/auth/session")
    page = (await script.get("/auth/session")).json()
    assert page["token_id"]


@pytest.fixture
async def relay(browse: Browse, identity: Identity, people: People) -> AsyncClient:
    """Home Assistant's integration: an act-as token of an administrator."""
    return await program(browse, identity, people.admin, ACT_AS, *Permission)


async def permissions(client: AsyncClient, **headers: str) -> set[str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await client.get("/auth/session", headers=named)
    assert answer.status_code == 200, answer.text
    return set(answer.json()["permissions"])


async def test_a_relay_acts_with_the_persons_role(relay: AsyncClient) -> None:
    admin = await permissions(
        relay, X_Odin_On_Behalf_Of="ha:1", X_Odin_On_Behalf_Of_Role="admin"
    )
    viewer = await permissions(
        relay, X_Odin_On_Behalf_Of="ha:1", X_Odin_On_Behalf_Of_Role="viewer"
    )
    unsaid = await permissions(relay, X_Odin_On_Behalf_Of="ha:1")
    assert "manage:printers" in admin
    assert "manage:printers" not in unsaid
    assert "control:printers" in unsaid
    assert "control:printers" not in viewer
    assert not admin & {"manage:users", "manage:own-account"}


async def test_a_relay_never_has_more_than_its_scopes(
    browse: Browse, identity: Identity, people: People
) -> None:
    relay = await program(browse, identity, people.admin, ACT_AS, "read:printers")
    found = await permissions(
        relay, X_Odin_On_Behalf_Of="ha:1", X_Odin_On_Behalf_Of_Role="admin"
    )
    assert found == {"read:printers"}


async def test_a_role_fixed_here_counts_more_than_what_is_told(
    relay: AsyncClient, admin: AsyncClient
) -> None:
    told = {"X_Odin_On_Behalf_Of": "ha:1", "X_Odin_On_Behalf_Of_Role": "admin"}
    assert "manage:printers" in await permissions(relay, **told)
    await admin.put("/ha-users/1", json={"role": "viewer"})
    assert "control:printers" not in await permissions(relay, **told)
    other = told | {"X_Odin_On_Behalf_Of": "ha:2"}
    assert "manage:printers" in await permissions(relay, **other)
    await admin.delete("/ha-users/1")
    assert "manage:printers" in await permissions(relay, **told)


async def test_the_tokens_own_default_role_counts_last(
    browse: Browse, identity: Identity, people: People
) -> None:
    wanted = NewToken(
        "relay", frozenset({ACT_AS, *Permission}), default_role=Role.VIEWER
    )
    issued = await identity.tokens.issue(people.admin.id, wanted)
    relay = browse(Authorization=f"Bearer {issued.secret}")
    found = await permissions(relay, X_Odin_On_Behalf_Of="ha:1")
    assert "control:printers" not in found


async def test_only_act_as_tokens_name_people(
    browse: Browse, identity: Identity, people: People, viewer: AsyncClient
) -> None:
    script = await program(browse, identity, people.admin, *Permission)
    for client in (script, viewer):
        for headers in (
            {ON_BEHALF_HEADER: "ha:1"},
            {ON_BEHALF_ROLE_HEADER: "admin"},
            {ON_BEHALF_HEADER: ""},
        ):
            refused = await client.get("/auth/session", headers=headers)
            assert refused.status_code == 403
            assert refused.json()["code"] == "on_behalf_refused"
    answer = await browse().get("/auth/session", headers={ON_BEHALF_HEADER: "ha:1"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("person", "role"),
    [
        ("anna", "admin"),
        ("ha:", "admin"),
        ("ha:1", "owner"),
        ("", "admin"),
        ("ha:1", ""),
    ],
)
async def test_a_person_must_be_named_well(
    relay: AsyncClient, person: str, role: str
) -> None:
    headers = {ON_BEHALF_HEADER: person, ON_BEHALF_ROLE_HEADER: role}
    answer = await relay.get("/auth/session", headers=headers)
    assert answer.status_code == 422


async def test_who_acts_for_somebody_cannot_act_for_a_third(
    relay: AsyncClient, identity: Identity
) -> None:
    secret = relay.headers["Authorization"].removeprefix("Bearer ")
    principal = await identity.doors.by_token(secret, OnBehalf("ha:1", "viewer"))
    assert principal.on_behalf_of == "ha:1"
    with pytest.raises(Exception, match="act-as"):
        await identity.doors.act_as(principal, OnBehalf("ha:2", "admin"))


async def test_accounts_stay_closed_to_a_relay(
    relay: AsyncClient, people: People
) -> None:
    relay.headers[ON_BEHALF_HEADER] = "ha:1"
    relay.headers[ON_BEHALF_ROLE_HEADER] = "admin"
    for method, path in [
        ("GET", "/users"),
        ("POST", f"/users/{people.viewer.id}/reset-password"),
        ("GET", "/tokens"),
        ("POST", "/tokens"),
        ("POST", "/auth/password"),
        ("GET", "/sessions"),
        ("PUT", "/ha-users/1"),
    ]:
        assert (await relay.request(method, path)).status_code == 403


async def test_every_permission_and_role_is_explained(viewer: AsyncClient) -> None:
    told = (await viewer.get("/permissions")).json()
    scopes = {each["scope"]: each for each in told["scopes"]}
    assert set(scopes) == {*Permission, ACT_AS}
    assert scopes["act-as"]["roles"] == []
    assert scopes["read:printers"]["roles"] == ["admin", "operator", "viewer"]
    assert all(each["title"] and each["description"] for each in scopes.values())


async def test_signing_in_again_keeps_tokens(
    browse: Browse, identity: Identity, people: People
) -> None:
    script = await program(browse, identity, people.viewer, "read:printers")
    await sign_in(browse(), "viewer")
    assert (await script.get("/auth/session")).status_code == 200
