"""Who is at the door: a token in the header, else ingress, else a session cookie."""

from typing import Any

from starlette.requests import HTTPConnection

from odin_engine.identity.access.browsers import (
    check_csrf,
    check_socket_origin,
    page_secret,
)
from odin_engine.identity.model import (
    LoginRequired,
    OnBehalf,
    OnBehalfRefused,
    Principal,
)
from odin_engine.identity.service import Identity
from odin_engine.kernel.http import provided, visit_of

ON_BEHALF_HEADER = "X-Odin-On-Behalf-Of"
ON_BEHALF_ROLE_HEADER = "X-Odin-On-Behalf-Of-Role"

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PRINCIPAL = "odin.principal"
"""Scope key: who was found at the door, so that it is looked up once."""
_RECOGNISED = "odin.recognised"
"""Scope key: whose token or session it is, though this request may be refused yet."""


async def authenticate(connection: HTTPConnection) -> Principal:
    """Returns who is asking, for a request or a socket.

    A token in the `Authorization` header wins over a cookie, even a wrong one.

    Raises:
        LoginRequired: nobody we know.
        CsrfRefused: a browser that may have been made to send this.
        OnBehalfRefused: another person is named by who may not.
        Invalid: the named person or role cannot be.
    """
    principal = caller_of(connection)
    if principal is None:
        principal = await _look(connection)
        signed_in(connection, principal)
    return principal


async def authenticate_token(
    connection: HTTPConnection, token: str, on_behalf: OnBehalf | None = None
) -> Principal:
    """Returns what a token may do that came otherwise, as in a socket's first message.

    Raises:
        LoginRequired: the token is unknown, revoked or expired.
        OnBehalfRefused: it names a person and may not.
        Invalid: the named person or role cannot be.
    """
    return await provided(connection, Identity).doors.by_token(token, on_behalf)


def caller_of(connection: HTTPConnection) -> Principal | None:
    """Returns who was found at the door already."""
    principal: Principal | None = connection.scope.get(_PRINCIPAL)
    return principal


def recognised(connection: HTTPConnection) -> Principal | None:
    """Returns whose token or session came along. For the audit log: it opens nothing."""
    principal: Principal | None = connection.scope.get(_RECOGNISED)
    return principal


def has_login(connection: HTTPConnection) -> bool:
    """Whether the connection brings a login along: a token, a session, ingress."""
    return (
        "authorization" in connection.headers
        or visit_of(connection) is not None
        or page_secret(connection) is not None
    )


def signed_in(connection: HTTPConnection, principal: Principal) -> None:
    """Tells the rest of this request who is asking: a login finds out by itself."""
    connection.scope[_PRINCIPAL] = principal


async def _look(connection: HTTPConnection) -> Principal:
    identity = provided(connection, Identity)
    on_behalf = _on_behalf(connection)
    authorization = connection.headers.get("authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise LoginRequired("Send a token as `Authorization: Bearer odin_…`.")
        principal = await identity.doors.by_token(token.strip())
        connection.scope[_RECOGNISED] = principal
        if on_behalf is None:
            return principal
        return await identity.doors.act_as(principal, on_behalf)
    principal, secret = await _at_the_page(connection, identity)
    connection.scope[_RECOGNISED] = principal
    if on_behalf is not None:
        raise OnBehalfRefused
    scope: dict[str, Any] = dict(connection.scope)
    if scope["type"] == "websocket":
        check_socket_origin(connection)
    elif scope["method"] not in SAFE_METHODS:
        check_csrf(connection, secret)
    return principal


async def _at_the_page(
    connection: HTTPConnection, identity: Identity
) -> tuple[Principal, str]:
    visit, secret = visit_of(connection), page_secret(connection)
    if visit is not None:
        if visit.person_id is None or secret is None:
            raise LoginRequired(
                "Home Assistant did not say who you are. Update the Supervisor, then"
                " open this page anew."
            )
        return await identity.doors.by_ingress(visit.person_id, visit.name), secret
    if secret is None:
        raise LoginRequired(
            "Sign in, or send a token as `Authorization: Bearer odin_…`."
        )
    return await identity.doors.by_session(secret), secret


def _on_behalf(connection: HTTPConnection) -> OnBehalf | None:
    person = connection.headers.get(ON_BEHALF_HEADER)
    role = connection.headers.get(ON_BEHALF_ROLE_HEADER)
    if person is None and role is None:
        return None
    return OnBehalf(person or "", role)
