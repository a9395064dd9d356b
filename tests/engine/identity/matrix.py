"""Every route against everybody who may call it: one function for any app.

It walks the routes, so a new one is covered the moment it exists. Writes are sent with
a body that is no JSON: whoever is let in gets a 400 for it, and nothing is done.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx import AsyncClient

from odin_engine.identity.access import LOGIN, OPEN, Declaration, declared
from odin_engine.identity.model import Permission

_READS = frozenset({"GET"})
_UNASKED = frozenset({"HEAD", "OPTIONS"})
_NO_SUCH_ID = "0" * 32


@dataclass(frozen=True)
class Door:
    """One method of one route, at one of its addresses."""

    method: str
    path: str
    template: str
    declaration: Declaration


@dataclass(frozen=True)
class Visitor:
    """Somebody at a door; `permissions` is `None` for who is not signed in."""

    name: str
    client: AsyncClient
    permissions: frozenset[str] | None

    def may_enter(self, declaration: Declaration) -> bool:
        if declaration == OPEN:
            return True
        if self.permissions is None:
            return False
        return declaration == LOGIN or declaration in self.permissions


async def check_matrix(
    app: FastAPI,
    clients: Mapping[str, AsyncClient],
    *,
    endless: Collection[str] = (),
    exempt: Collection[str] = (),
) -> int:
    """Asserts for each route and client that exactly who may enter is let in.

    `clients` are by name; what each may do is asked at `/api/v1/auth/session`.
    `endless` names templates of GET routes whose answer never ends: only who is kept
    out tries them. `exempt` names paths of routes outside `/api` that are not ours.
    Returns how many requests were made.
    """
    visitors = [await _visitor(name, client) for name, client in clients.items()]
    wrong = [
        f"{path}: declares no permission" for path in undeclared(app) - set(exempt)
    ]
    count = 0
    for door in doors(app):
        for visitor in visitors:
            is_let_in = visitor.may_enter(door.declaration)
            if is_let_in and door.template in endless:
                continue
            count += 1
            status = await _knock(visitor, door)
            if not _is_right(status, visitor, is_let_in=is_let_in):
                wrong.append(
                    f"{door.method} {door.path} ({door.declaration}):"
                    f" {visitor.name} got {status}"
                )
    assert not wrong, "\n".join(wrong)
    return count


def doors(app: FastAPI) -> Iterator[Door]:
    """Yields every declared HTTP route, ours also without the version in its path."""
    for route in iter_route_contexts(app.routes):
        declaration = declared(route)
        if declaration is None or route.path is None:
            continue
        path = route.path
        for name in route.__getattr__("param_convertors"):
            path = path.replace(f"{{{name}}}", _NO_SUCH_ID)
            path = path.replace(f"{{{name}:path}}", _NO_SUCH_ID)
        paths = {path, path.replace("/api/v1/", "/api/", 1)}
        for method in sorted(route.methods or ()):
            if method not in _UNASKED:
                yield from (
                    Door(method, each, route.path, declaration)
                    for each in sorted(paths)
                )


def undeclared(app: FastAPI) -> set[str]:
    """Returns the paths of routes, sockets too, that declare nothing."""
    return {
        route.path
        for route in iter_route_contexts(app.routes)
        if route.path is not None and declared(route) is None
    }


async def _visitor(name: str, client: AsyncClient) -> Visitor:
    answer = await client.get(client.base_url.copy_with(path="/api/v1/auth/session"))
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        return Visitor(name, client, None)
    assert answer.status_code == HTTPStatus.OK, answer.text
    known = {permission.value for permission in Permission}
    return Visitor(name, client, frozenset(answer.json()["permissions"]) & known)


async def _knock(visitor: Visitor, door: Door) -> int:
    client = visitor.client
    request = client.build_request(
        door.method,
        client.base_url.copy_with(path=door.path),
        content=None if door.method in _READS else b"{this is no JSON",
        headers={"Content-Type": "application/json"},
    )
    answer = await client.send(request)
    return answer.status_code


def _is_right(status: int, visitor: Visitor, *, is_let_in: bool) -> bool:
    if is_let_in:
        return (
            status not in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
            and status < HTTPStatus.INTERNAL_SERVER_ERROR
        )
    if visitor.permissions is None:
        return status == HTTPStatus.UNAUTHORIZED
    return status == HTTPStatus.FORBIDDEN
