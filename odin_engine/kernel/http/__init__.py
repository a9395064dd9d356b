"""The one place in the ground floor that knows HTTP.

Problem documents, bodies and their limits, pages, versions, idempotent writes, and how
routes find services. `install` puts all of it on an app.
"""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.http.answers import require_answered
from odin_engine.kernel.http.bodies import BodyGuard, allow_upload
from odin_engine.kernel.http.ingress import (
    Ingress,
    IngressDoor,
    NotTheSupervisor,
    Visit,
    visit_of,
)
from odin_engine.kernel.http.lists import (
    SHEET,
    Page,
    PageDep,
    answer_page,
    to_csv,
    wants_csv,
)
from odin_engine.kernel.http.middleware import (
    LastNet,
    SecurityHeaders,
    VersionlessPaths,
)
from odin_engine.kernel.http.moments import Moment
from odin_engine.kernel.http.problems import (
    MEDIA_TYPE,
    Malformed,
    ProblemDocument,
    TooLarge,
    on_disconnect,
    on_http_exception,
    on_odin_error,
    on_system_error,
    on_unstorable,
    on_validation_error,
    problem,
    status_of,
)
from odin_engine.kernel.http.provide import of, provide, provided
from odin_engine.kernel.http.proxies import (
    Network,
    TrustedProxies,
    client_ip,
    peer_ip,
)
from odin_engine.kernel.http.replay import KeepsAnswers, Replayed, claim, on_replayed
from odin_engine.kernel.http.responses import Json, to_json
from odin_engine.kernel.http.versions import PreconditionFailed, check_if_match, etag

__all__ = [
    "PROBLEMS",
    "SHEET",
    "IngressDoor",
    "Json",
    "Malformed",
    "Moment",
    "NotTheSupervisor",
    "Page",
    "PageDep",
    "PreconditionFailed",
    "ProblemDocument",
    "TooLarge",
    "Visit",
    "allow_upload",
    "answer_page",
    "check_if_match",
    "claim",
    "client_ip",
    "etag",
    "install",
    "of",
    "peer_ip",
    "problem",
    "provide",
    "provided",
    "status_of",
    "to_csv",
    "to_json",
    "visit_of",
    "wants_csv",
]

_PROBLEM_CONTENT = {
    MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused; says why", "content": _PROBLEM_CONTENT},
    "5XX": {"description": "Failed; says what", "content": _PROBLEM_CONTENT},
}
"""What every route may also answer: `FastAPI(responses=PROBLEMS)`."""

_MAX_JSON_BYTES = 1024 * 1024


def install(
    app: FastAPI,
    *,
    trusted_proxies: Sequence[Network] = (),
    max_json_bytes: int = _MAX_JSON_BYTES,
    ingress: IngressDoor | None = None,
) -> None:
    """Puts the error answers, the guards and the headers on an app, and documents them.

    Without `ingress` no header ever says who somebody is.
    """
    handlers: dict[type[Exception], Any] = {
        OdinError: on_odin_error,
        HTTPException: on_http_exception,
        RequestValidationError: on_validation_error,
        ClientDisconnect: on_disconnect,
        DBAPIError: on_unstorable,
        OverflowError: on_unstorable,
        OSError: on_system_error,
        Replayed: on_replayed,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    # The last one added is the outermost.
    app.add_middleware(KeepsAnswers)
    app.add_middleware(BodyGuard, max_bytes=max_json_bytes)
    app.add_middleware(VersionlessPaths)
    if ingress is not None:
        app.add_middleware(Ingress, door=ingress)
    app.add_middleware(LastNet)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(TrustedProxies, networks=trusted_proxies)
    _document_problems(app)


def _document_problems(app: FastAPI) -> None:
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        schema = generate()
        shapes = schema.setdefault("components", {}).setdefault("schemas", {})
        if ProblemDocument.__name__ not in shapes:
            own = ProblemDocument.model_json_schema(
                ref_template="#/components/schemas/{model}"
            )
            shapes |= own.pop("$defs", {}) | {ProblemDocument.__name__: own}
            require_answered(schema)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way
