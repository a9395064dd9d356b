"""What a route needs, declared where the route is."""

from functools import cache
from typing import Literal

from fastapi import Depends, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext
from starlette.requests import HTTPConnection, Request
from starlette.routing import BaseRoute

from odin_engine.identity.access.callers import authenticate
from odin_engine.identity.model import (
    Forbidden,
    Permission,
    PermissionMissing,
    Principal,
)
from odin_engine.kernel.http import claim

OPEN: Literal["open"] = "open"
LOGIN: Literal["login"] = "login"

type Declaration = Permission | Literal["open", "login"]


class _Check:
    """A dependency that carries what it checks, so that it can be found on a route."""

    def __init__(self, permission: Declaration) -> None:
        self.permission = permission


class _Needs(_Check):
    async def __call__(self, connection: HTTPConnection) -> Principal:
        principal = await admit(connection, self.permission)
        if principal is None:
            raise Forbidden("This address declares no permission.")
        if isinstance(connection, Request):
            await claim(connection, _idempotency_caller(principal))
        return principal


class _OpenToAll(_Check):
    async def __call__(self) -> None:
        """Lets everybody in."""


@cache
def needs(permission: Permission) -> params.Depends:
    """Returns the dependency that lets in who holds the permission: a `Principal`."""
    found: params.Depends = Depends(_Needs(permission))
    return found


@cache
def needs_login() -> params.Depends:
    """Returns the dependency that lets in everybody we know: a `Principal`."""
    found: params.Depends = Depends(_Needs(LOGIN))
    return found


@cache
def open_to_all() -> params.Depends:
    """Returns the dependency that says that this route is open on purpose."""
    found: params.Depends = Depends(_OpenToAll(OPEN))
    return found


async def admit(
    connection: HTTPConnection, declaration: Declaration
) -> Principal | None:
    """Returns who may enter; `None` where everybody may.

    Raises:
        LoginRequired, Forbidden, Invalid: as `authenticate`, or a missing permission.
    """
    if declaration == OPEN:
        return None
    principal = await authenticate(connection)
    if isinstance(declaration, Permission) and not principal.may(declaration):
        raise PermissionMissing(declaration)
    return principal


def declared(route: BaseRoute | RouteContext) -> Declaration | None:
    """Returns what a route needs; `None` where it does not say.

    Routes of an app come from `fastapi.routing.iter_route_contexts(app.routes)`.

    Raises:
        ValueError: it says more than one thing.
    """
    dependant: Dependant | None = getattr(route, "dependant", None)
    if dependant is None:
        return None
    found = set(_declarations(dependant))
    if len(found) > 1:
        raise ValueError(f"{route!r} declares more than one permission: {found}")
    return found.pop() if found else None


def _declarations(dependant: Dependant) -> list[Declaration]:
    found: list[Declaration] = []
    for each in dependant.dependencies:
        if isinstance(each.call, _Needs | _OpenToAll):
            found.append(each.call.permission)
        found += _declarations(each)
    return found


def _idempotency_caller(principal: Principal) -> str:
    key = principal.token_id or principal.user_id or principal.name
    return f"{key} {principal.on_behalf_of or ''}".strip()
