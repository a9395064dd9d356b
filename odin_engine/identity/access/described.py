"""What each route needs, told by the OpenAPI document from the routes' declarations."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from odin_engine.identity.access.browsers import CSRF_HEADER, SESSION_COOKIE
from odin_engine.identity.access.callers import SAFE_METHODS
from odin_engine.identity.access.declarations import (
    OPEN,
    Declaration,
    declared,
)
from odin_engine.identity.model import Permission

_TOKEN, _SESSION, _CSRF = "token", "session", "csrf"
_SCHEMES: dict[str, dict[str, str]] = {
    _TOKEN: {
        "type": "http",
        "scheme": "bearer",
        "description": "A token: `odin token create`, or `POST /api/v1/tokens`.",
    },
    _SESSION: {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "The session that `POST /api/v1/auth/login` opens.",
    },
    _CSRF: {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "Goes along with the session's writes; the login tells it.",
    },
}


def describe(app: FastAPI) -> None:
    """Adds to the app's document how each operation is opened, and for whom."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        document["components"]["securitySchemes"] = _SCHEMES
        for route in iter_route_contexts(app.routes):
            operations = document["paths"].get(route.path_format or "", {})
            declaration = declared(route)
            for method in {each.lower() for each in route.methods or ()}:
                if method in operations and declaration is not None:
                    operations[method]["security"] = _security(declaration, method)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way


def _security(declaration: Declaration, method: str) -> list[dict[str, list[str]]]:
    if declaration == OPEN:
        return []
    # Role names beside other schemes than OAuth 2: OpenAPI 3.1, Security Requirement.
    named = [str(declaration)] if isinstance(declaration, Permission) else []
    browser: dict[str, list[str]] = {_SESSION: named}
    if method.upper() not in SAFE_METHODS:
        browser |= {_CSRF: []}
    return [{_TOKEN: named}, browser]
