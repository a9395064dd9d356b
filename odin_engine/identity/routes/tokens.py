"""Tokens of programs, and what permissions and roles mean."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from odin_engine.identity.access import needs, needs_login, note
from odin_engine.identity.model import Permission, Principal
from odin_engine.identity.service import Identity
from odin_engine.identity.wire.tokens import (
    CreateToken,
    IssuedToken,
    Permissions,
    TokenOut,
)
from odin_engine.kernel.http import SHEET, Page, PageDep, answer_page, of

router = APIRouter(tags=["tokens"])

IdentityDep = Annotated[Identity, of(Identity)]
Owner = Annotated[Principal, needs(Permission.MANAGE_OWN_ACCOUNT)]


@router.get("/tokens", response_model=Page[TokenOut], responses=SHEET)
async def list_tokens(
    request: Request,
    page: PageDep,
    principal: Owner,
    identity: IdentityDep,
    everyones: Annotated[bool, Query(alias="all")] = False,  # noqa: FBT002 - a query
) -> Response:
    """Lists the own tokens, newest first; with `all=true` everyone's, for who may."""
    found = await identity.tokens.page(principal, page, everyones=everyones)
    items = [TokenOut.from_model(token) for token in found.items]
    return answer_page(
        request,
        Page(items=items, next_cursor=found.next_cursor, total=found.total),
        TokenOut,
    )


@router.post("/tokens", status_code=201)
async def create_token(
    request: Request, body: CreateToken, principal: Owner, identity: IdentityDep
) -> IssuedToken:
    """Issues a token, which is shown this once. It can do no more than its maker."""
    issued = await identity.tokens.create(principal, body.to_model())
    token = issued.token
    note(
        request,
        new_token_id=token.id,
        name=token.name,
        scopes=" ".join(sorted(token.scopes)),
    )
    return IssuedToken(**TokenOut.from_model(token).model_dump(), token=issued.secret)


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(
    token_id: str, request: Request, principal: Owner, identity: IdentityDep
) -> None:
    """Voids an own token; who manages people may void anybody's."""
    token = await identity.tokens.revoke(principal, token_id)
    note(request, name=token.name, owner_id=token.user_id)


@router.get("/permissions", dependencies=[needs_login()])
async def list_permissions() -> Permissions:
    """Lists every permission and role, in words."""
    return Permissions.all()
