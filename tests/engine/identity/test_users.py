"""Users as administrators manage them, and people of Home Assistant."""

import asyncio

import pytest
from httpx import AsyncClient

from odin_engine.identity.access import SESSION_COOKIE
from odin_engine.identity.model import LastAdmin, NameTaken, Role, UserChange
from odin_engine.identity.service import Caller, Identity, NewUser
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Conflict, Invalid
from odin_engine.kernel.pages import PageRequest
from tests.engine.doubles import ManualClock
from tests.engine.identity.conftest import PASSWORD, Browse, People, program, sign_in

NEW = {"name": "anna", "password": PASSWORD, "role": "viewer"}


@pytest.fixture
def any_identity(any_database: Database, clock: ManualClock) -> Identity:
    return Identity(any_database, clock)


async def test_a_user_is_created_read_changed_and_removed(admin: AsyncClient) -> None:
    made = await admin.post("/users", json=NEW | {"display_name": "Anna 😀"})
    assert made.status_code == 201
    user = made.json()
    assert "password" not in made.text.replace("must_change_password", "")
    address = f"/users/{user['id']}"
    read = await admin.get(address)
    assert (read.json(), read.headers["etag"]) == (user, made.headers["etag"])
    changed = await admin.patch(
        address, json={"role": "operator"}, headers={"If-Match": read.headers["etag"]}
    )
    assert changed.json() == user | {"role": "operator", "version": 2}
    assert (await admin.delete(address)).status_code == 204
    assert (await admin.get(address)).status_code == 404
    assert (await admin.patch(address, json={})).status_code == 404


async def test_a_change_of_an_old_version_is_refused(
    admin: AsyncClient, people: People
) -> None:
    address = f"/users/{people.viewer.id}"
    etag = (await admin.get(address)).headers["etag"]
    await admin.patch(address, json={"display_name": "V"})
    stale = {"If-Match": etag}
    refused = await admin.patch(address, json={"role": "admin"}, headers=stale)
    assert refused.status_code == 412
    assert (await admin.delete(address, headers=stale)).status_code == 412


async def test_two_changes_at_once_are_not_both_done(any_identity: Identity) -> None:
    user = await any_identity.users.create(NewUser("anna", Role.VIEWER, PASSWORD))
    results = await asyncio.gather(
        *(
            any_identity.users.change(
                user.id, UserChange(display_name=f"Anna {i}"), version=1
            )
            for i in range(4)
        ),
        return_exceptions=True,
    )
    assert [type(result) for result in results].count(Conflict) == 3


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": "a\u202eb"}, "/name"),
        ({"name": "x" * 65}, "/name"),
        ({"name": "x" * 300}, "/name"),
        ({"name": None}, "/name"),
        ({"name": 7}, "/name"),
        ({"password": "short"}, "/password"),
        ({"password": "x" * 300}, "/password"),
        ({"password": "ANNA"}, "/password"),
        ({"role": "owner"}, "/role"),
        ({"display_name": "a\nb"}, "/display_name"),
        ({"shoe_size": 42}, "/shoe_size"),
    ],
)
async def test_a_wrong_field_is_named(
    admin: AsyncClient, change: dict[str, object], pointer: str
) -> None:
    answer = await admin.post("/users", json=NEW | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert "short" not in answer.text


async def test_names_are_unique_in_any_letter_case(any_identity: Identity) -> None:
    await any_identity.users.create(NewUser("Straße", Role.VIEWER, PASSWORD))
    other = await any_identity.users.create(NewUser("other", Role.VIEWER, PASSWORD))
    with pytest.raises(NameTaken):
        await any_identity.users.create(NewUser("STRASSE", Role.VIEWER, PASSWORD))
    with pytest.raises(NameTaken):
        await any_identity.users.change(
            other.id, UserChange(name="straße"), version=other.version
        )


async def test_the_list_is_paged_and_searched(any_identity: Identity) -> None:
    for i in range(7):
        wanted = NewUser(f"Jürgen {i}", Role.VIEWER, None, display_name=f"100% {i}")
        await any_identity.users.create(wanted)
    await any_identity.users.create(NewUser("other", Role.VIEWER, None))
    names: list[str] = []
    cursor = None
    while True:
        request = PageRequest(limit=3, cursor=cursor, q="JÜRGEN")
        page = await any_identity.users.page(request)
        names += [user.name for user in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert names == [f"Jürgen {i}" for i in range(7)]
    assert page.total == 7
    assert (await any_identity.users.page(PageRequest(q="100% 3"))).total == 1
    assert (await any_identity.users.page(PageRequest(q="_"))).total == 0


async def test_the_last_administrator_stays(admin: AsyncClient, people: People) -> None:
    address = f"/users/{people.admin.id}"
    for change in ({"role": "viewer"}, {"is_active": False}):
        refused = await admin.patch(address, json=change)
        assert refused.status_code == 409
        assert refused.json()["code"] == "last_admin"
    assert (await admin.delete(address)).status_code == 409
    await admin.post("/users", json=NEW | {"role": "admin"})
    assert (await admin.patch(address, json={"role": "viewer"})).status_code == 200


async def test_two_administrators_cannot_remove_each_other_at_once(
    any_identity: Identity,
) -> None:
    users = any_identity.users
    one = await users.create(NewUser("one", Role.ADMIN, None))
    two = await users.create(NewUser("two", Role.ADMIN, None))
    results = await asyncio.gather(
        users.remove(one.id),
        users.change(two.id, UserChange(role=Role.VIEWER), version=1),
        return_exceptions=True,
    )
    assert [isinstance(result, LastAdmin) for result in results].count(True) == 1


async def test_a_closed_user_is_out_at_once(
    admin: AsyncClient,
    viewer: AsyncClient,
    browse: Browse,
    identity: Identity,
    people: People,
) -> None:
    script = await program(browse, identity, people.viewer, "read:printers")
    assert (await script.get("/auth/session")).status_code == 200
    await admin.patch(f"/users/{people.viewer.id}", json={"is_active": False})
    assert (await viewer.get("/auth/session")).status_code == 401
    assert (await script.get("/auth/session")).status_code == 401


async def test_a_new_role_counts_at_once(
    admin: AsyncClient, viewer: AsyncClient, people: People
) -> None:
    assert (await viewer.get("/users")).status_code == 403
    await admin.patch(f"/users/{people.viewer.id}", json={"role": "admin"})
    assert (await viewer.get("/users")).status_code == 200


async def test_a_removed_user_is_out_and_its_trace_stays(
    admin: AsyncClient, viewer: AsyncClient, people: People
) -> None:
    await viewer.delete("/sessions")
    await admin.delete(f"/users/{people.viewer.id}")
    assert (await viewer.get("/auth/session")).status_code == 401
    log = (await admin.get("/audit", params={"actor": people.viewer.id})).json()
    assert {line["user_name"] for line in log["items"]} == {"viewer"}


async def test_a_reset_password_unlocks_and_ends_sessions(
    admin: AsyncClient, viewer: AsyncClient, browse: Browse, people: People
) -> None:
    for _ in range(5):
        await browse().post("/auth/login", json={"name": "viewer", "password": "wrong"})
    address = f"/users/{people.viewer.id}"
    assert (await admin.get(address)).json()["locked_until"] is not None
    answer = await admin.post(f"{address}/reset-password", json={})
    made_up = answer.json()["temporary_password"]
    assert (await viewer.get("/auth/session")).status_code == 401
    again = browse()
    await sign_in(again, "viewer", made_up)
    assert (await again.get("/auth/session")).json()["must_change_password"] is True


async def test_a_given_password_is_not_told_again(
    admin: AsyncClient, people: People
) -> None:
    answer = await admin.post(
        f"/users/{people.viewer.id}/reset-password",
        json={"password": "Another-Horse-8"},
    )
    assert answer.json() == {"temporary_password": None}
    log = (await admin.get("/audit")).text
    assert "Another-Horse-8" not in log


async def test_the_password_of_somebody_unknown_cannot_be_reset(
    admin: AsyncClient,
) -> None:
    for user_id in ("0" * 32, "x", "%F0%9F%98%80", "a" * 2000):
        answer = await admin.post(f"/users/{user_id}/reset-password", json={})
        assert answer.status_code == 404


async def test_another_process_is_noticed_within_seconds(
    viewer: AsyncClient, database: Database, clock: ManualClock, people: People
) -> None:
    assert (await viewer.get("/auth/session")).status_code == 200
    command = Identity(database, clock)
    await command.users.reset_password(people.viewer.id, "Another-Horse-8")
    await clock.advance(5)
    assert (await viewer.get("/auth/session")).status_code == 401


async def test_a_lookup_under_way_does_not_outlive_a_change(
    viewer: AsyncClient, identity: Identity, people: People
) -> None:
    secret = viewer.cookies[SESSION_COOKIE]
    identity.doors.forget()
    await asyncio.gather(
        identity.doors.by_session(secret),
        identity.users.change(
            people.viewer.id, UserChange(role=Role.OPERATOR), version=1
        ),
    )
    assert (await identity.doors.by_session(secret)).role is Role.OPERATOR


async def test_roles_of_home_assistants_people_are_fixed_and_released(
    admin: AsyncClient,
) -> None:
    fixed = await admin.put("/ha-users/6f3c01", json={"role": "viewer"})
    assert fixed.json() == {"id": "6f3c01", "role": "viewer"}
    await admin.put("/ha-users/6f3c01", json={"role": "admin"})
    listed = (await admin.get("/ha-users")).json()["items"]
    assert listed == [{"id": "6f3c01", "role": "admin"}]
    for _ in range(2):
        assert (await admin.delete("/ha-users/6f3c01")).status_code == 204
    assert (await admin.get("/ha-users")).json()["items"] == []
    wrong = await admin.put("/ha-users/a b", json={"role": "viewer"})
    assert wrong.status_code == 422


async def test_a_user_without_a_password_cannot_sign_in(identity: Identity) -> None:
    await identity.users.create(NewUser("guest", Role.VIEWER, None))
    for password in ("", PASSWORD):
        with pytest.raises(Exception, match="wrong"):
            await identity.logins.log_in("guest", password, Caller("192.0.2.1"))


async def test_rules_hold_for_the_command_line_too(identity: Identity) -> None:
    with pytest.raises(Invalid):
        await identity.users.create(NewUser("anna", Role.VIEWER, "short"))
