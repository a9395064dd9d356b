"""Setup, signing in and out, the own password and the own sessions."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from odin_engine.identity.access import (
    check_sign_in,
    clear_cookie,
    needs,
    needs_login,
    note,
    open_to_all,
    page_secret,
    session_secret,
    set_cookie,
    signed_in,
)
from odin_engine.identity.model import (
    LoginFailed,
    Permission,
    Principal,
    SetupRefused,
    csrf_token,
    session_permissions,
)
from odin_engine.identity.service import Caller, Identity, Opened
from odin_engine.identity.wire.doors import (
    LoginBody,
    PasswordBody,
    SessionList,
    SessionOut,
    SetupBody,
    SetupStatus,
    WhoAmI,
)
from odin_engine.kernel.http import client_ip, of

router = APIRouter(tags=["signing in"])

IdentityDep = Annotated[Identity, of(Identity)]
Anybody = Annotated[Principal, needs_login()]
Owner = Annotated[Principal, needs(Permission.MANAGE_OWN_ACCOUNT)]


@router.get("/setup", dependencies=[open_to_all()])
async def read_setup(identity: IdentityDep) -> SetupStatus:
    """Tells whether the first administrator is still to be made, and password rules."""
    return SetupStatus(is_needed=await identity.setup.is_needed())


@router.post("/setup", dependencies=[open_to_all()], status_code=201)
async def complete_setup(
    request: Request, response: Response, body: SetupBody, identity: IdentityDep
) -> WhoAmI:
    """Makes the first administrator with the printed code, and signs it in."""
    check_sign_in(request)
    try:
        opened = await identity.setup.complete(
            body.code, body.name, body.password, _caller(request)
        )
    except SetupRefused:
        note(request, setup_code="refused")
        raise
    return _enter(request, response, opened)


@router.post("/auth/login", dependencies=[open_to_all()])
async def log_in(
    request: Request, response: Response, body: LoginBody, identity: IdentityDep
) -> WhoAmI:
    """Signs a person in and sets the session cookie."""
    check_sign_in(request)
    try:
        opened = await identity.logins.log_in(
            body.name, body.password, _caller(request)
        )
    except LoginFailed:
        note(request, name=body.name)
        raise
    return _enter(request, response, opened)


@router.post("/auth/logout", status_code=204)
async def log_out(
    request: Request, response: Response, principal: Anybody, identity: IdentityDep
) -> None:
    """Ends the session that is asking."""
    await identity.logins.log_out(principal)
    clear_cookie(response, request)


@router.get("/auth/session")
async def read_own_session(
    request: Request, principal: Anybody, identity: IdentityDep
) -> WhoAmI:
    """Tells who is asking, what it may do, and the token its writes need."""
    secret = None if principal.token_id is not None else page_secret(request)
    user = None
    if principal.user_id is not None and principal.on_behalf_of is None:
        user = await identity.users.find(principal.user_id)
    return WhoAmI.from_model(
        principal, user, None if secret is None else csrf_token(secret)
    )


@router.post("/auth/password", status_code=204)
async def change_own_password(
    body: PasswordBody, principal: Owner, identity: IdentityDep
) -> None:
    """Changes the own password and ends every other session."""
    await identity.logins.change_password(
        principal, body.current_password, body.password
    )


@router.get("/sessions")
async def list_own_sessions(principal: Owner, identity: IdentityDep) -> SessionList:
    """Lists where the asking person is signed in, the last used first."""
    found = await identity.logins.sessions(principal)
    return SessionList(
        items=[SessionOut.from_model(each, principal.session_id) for each in found]
    )


@router.delete("/sessions/{session_id}", status_code=204)
async def end_own_session(
    session_id: str, principal: Owner, identity: IdentityDep
) -> None:
    """Ends one of the asking person's sessions."""
    await identity.logins.revoke(principal, session_id)


@router.delete("/sessions", status_code=204)
async def end_own_sessions(
    principal: Owner,
    identity: IdentityDep,
    include_current: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query
) -> None:
    """Ends every other session of the asking person, or this one too."""
    if include_current:
        await identity.logins.revoke_all(principal)
    else:
        await identity.logins.revoke_others(principal)


def _caller(request: Request) -> Caller:
    return Caller(
        address=client_ip(request),
        user_agent=request.headers.get("user-agent", ""),
        old_secret=session_secret(request),
    )


def _enter(request: Request, response: Response, opened: Opened) -> WhoAmI:
    user = opened.user
    principal = Principal(
        user_id=user.id,
        name=user.name,
        role=user.role,
        permissions=session_permissions(
            user.role, must_change_password=user.must_change_password
        ),
        session_id=opened.session.id,
    )
    signed_in(request, principal)
    set_cookie(response, request, opened.secret)
    return WhoAmI.from_model(principal, user, csrf_token(opened.secret))
