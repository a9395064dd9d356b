"""A layer around every write: asks who is there before the body is read, and audits.

The dependencies of `declarations` check as well, so a route is safe without this. It
is here because the framework reads and judges a body before it asks them, and because
what was refused belongs into the audit log too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from re import Pattern

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from odin_engine.identity.access.callers import (
    SAFE_METHODS,
    caller_of,
    recognised,
)
from odin_engine.identity.access.declarations import (
    OPEN,
    Declaration,
    admit,
    declared,
)
from odin_engine.identity.access.described import describe
from odin_engine.identity.model import AuditEntry, Detail, Forbidden, cleaned
from odin_engine.identity.service import Identity
from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.http import client_ip, problem, provided
from odin_engine.kernel.http.bodies import BodyGuard, expect_little
from odin_engine.kernel.ids import new_id

_FACTS = "odin.audit_facts"


def install(app: FastAPI) -> None:
    """Puts the gate on an app, right outside of what reads bodies, and documents it."""
    kinds: list[object] = [each.cls for each in app.user_middleware]
    place = kinds.index(BodyGuard) if BodyGuard in kinds else len(kinds)
    app.user_middleware.insert(place, Middleware(Gate))
    describe(app)


def note(connection: HTTPConnection, **facts: Detail) -> None:
    """Adds facts to the audit entry of this request. Never a secret, never a body."""
    connection.scope.setdefault(_FACTS, {}).update(facts)


@dataclass(frozen=True, slots=True)
class _Place:
    """A route as the gate needs it."""

    pattern: Pattern[str]
    methods: frozenset[str]
    template: str
    action: str
    declaration: Declaration | None


class Gate:
    """The ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._places: tuple[_Place, ...] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        place, targets = self._find(request)
        if place is None:
            await self._app(scope, receive, send)
            return
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        if place.declaration == OPEN:
            expect_little(request)
        refusal = await _refusal(request, place)
        try:
            answer = self._app if refusal is None else problem(refusal)
            await answer(scope, receive, send_noting)
        finally:
            _audit(request, place, targets, status)

    def _find(self, request: Request) -> tuple[_Place | None, Mapping[str, str]]:
        if self._places is None:
            self._places = _places(request.app)
        root = request.scope.get("root_path", "")
        path = request.scope["path"].removeprefix(root)
        for place in self._places:
            match = place.pattern.match(path)
            if match and request.method in place.methods:
                return place, match.groupdict()
        return None, {}


def _places(app: FastAPI) -> tuple[_Place, ...]:
    return tuple(
        _Place(
            pattern=route.path_regex,
            methods=frozenset(route.methods),
            template=route.path_format or "",
            action=getattr(route.endpoint, "__name__", ""),
            declaration=declared(route),
        )
        for route in iter_route_contexts(app.routes)
        if route.methods
    )


async def _refusal(request: Request, place: _Place) -> OdinError | None:
    if place.declaration is None:
        return Forbidden("This address declares no permission, so nobody may use it.")
    try:
        await admit(request, place.declaration)
    except OdinError as error:
        return error
    return None


def _audit(
    request: Request, place: _Place, targets: Mapping[str, str], status: int
) -> None:
    principal = caller_of(request) or recognised(request)
    facts: Mapping[str, Detail] = request.scope.get(_FACTS, {})
    if principal is None and not facts:
        return
    identity = provided(request, Identity)
    identity.audit.add(
        AuditEntry(
            id=new_id(),
            at=identity.clock.now(),
            user_id=None if principal is None else principal.user_id,
            user_name="" if principal is None else principal.name,
            token_id=None if principal is None else principal.token_id,
            on_behalf_of=None if principal is None else principal.on_behalf_of,
            address=client_ip(request),
            method=request.method,
            route=place.template,
            action=place.action,
            status=status,
            targets={name: cleaned(value) for name, value in targets.items()},
            details={
                name: cleaned(value) if isinstance(value, str) else value
                for name, value in facts.items()
            },
        )
    )
