"""Users and the people of Home Assistant, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from odin_engine.identity.access import needs, note
from odin_engine.identity.model import Permission
from odin_engine.identity.service import Identity
from odin_engine.identity.wire.users import (
    ChangeUser,
    CreateUser,
    FixRole,
    PersonList,
    PersonOut,
    ResetPasswordBody,
    ResetPasswordOut,
    UserOut,
)
from odin_engine.kernel.http import (
    SHEET,
    Page,
    PageDep,
    answer_page,
    check_if_match,
    etag,
    of,
)

router = APIRouter(tags=["users"], dependencies=[needs(Permission.MANAGE_USERS)])

IdentityDep = Annotated[Identity, of(Identity)]


@router.get("/users", response_model=Page[UserOut], responses=SHEET)
async def list_users(
    request: Request, page: PageDep, identity: IdentityDep
) -> Response:
    """Lists users by name; `q` looks into both names."""
    found = await identity.users.page(page)
    now = identity.clock.now()
    items = [UserOut.from_model(user, now) for user in found.items]
    return answer_page(
        request,
        Page(items=items, next_cursor=found.next_cursor, total=found.total),
        UserOut,
    )


@router.post("/users", status_code=201)
async def create_user(
    request: Request, response: Response, body: CreateUser, identity: IdentityDep
) -> UserOut:
    """Creates a user, who changes the password at the first sign-in."""
    user = await identity.users.create(body.to_model())
    note(request, user_id=user.id, name=user.name, role=user.role)
    response.headers["ETag"] = etag(user.version)
    return UserOut.from_model(user, identity.clock.now())


@router.get("/users/{user_id}")
async def read_user(user_id: str, response: Response, identity: IdentityDep) -> UserOut:
    """Shows a user; the `ETag` is what a change must name."""
    user = await identity.users.find(user_id)
    response.headers["ETag"] = etag(user.version)
    return UserOut.from_model(user, identity.clock.now())


@router.patch("/users/{user_id}")
async def change_user(
    user_id: str,
    request: Request,
    response: Response,
    body: ChangeUser,
    identity: IdentityDep,
) -> UserOut:
    """Changes a user; closing one ends its sessions. Takes `If-Match`."""
    before = await identity.users.find(user_id)
    check_if_match(request, before.version)
    user = await identity.users.change(user_id, body.to_model(), version=before.version)
    note(request, **body.model_dump(mode="json", exclude_none=True))
    response.headers["ETag"] = etag(user.version)
    return UserOut.from_model(user, identity.clock.now())


@router.delete("/users/{user_id}", status_code=204)
async def remove_user(user_id: str, request: Request, identity: IdentityDep) -> None:
    """Removes a user with sessions and tokens; the audit log keeps the name."""
    user = await identity.users.find(user_id)
    check_if_match(request, user.version)
    removed = await identity.users.remove(user_id)
    note(request, name=removed.name)


@router.post("/users/{user_id}/reset-password")
async def reset_password(
    user_id: str, request: Request, body: ResetPasswordBody, identity: IdentityDep
) -> ResetPasswordOut:
    """Gives a user another password, unlocks it and ends its sessions."""
    made_up = await identity.users.reset_password(user_id, body.password)
    note(request, is_made_up=made_up is not None)
    return ResetPasswordOut(temporary_password=made_up)


@router.get("/ha-users")
async def list_people(identity: IdentityDep) -> PersonList:
    """Lists the people of Home Assistant whose role is fixed here."""
    found = await identity.tokens.fixed_roles()
    return PersonList(
        items=[PersonOut(id=person, role=role) for person, role in found.items()]
    )


@router.put("/ha-users/{person_id}")
async def fix_role(
    person_id: str, request: Request, body: FixRole, identity: IdentityDep
) -> PersonOut:
    """Fixes the role of a person of Home Assistant, whatever it has there."""
    await identity.tokens.fix_role(person_id, body.role)
    note(request, role=body.role)
    return PersonOut(id=person_id, role=body.role)


@router.delete("/ha-users/{person_id}", status_code=204)
async def release_role(person_id: str, identity: IdentityDep) -> None:
    """Lets Home Assistant tell the role of that person again."""
    await identity.tokens.fix_role(person_id, None)
