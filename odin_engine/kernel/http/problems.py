"""Errors as RFC 9457 problem documents: the one place that knows status codes.

A kind of `kernel.errors` has its status in `_STATUS`; a domain error may carry a
class-level `http_status` where its kind is not precise enough (identity's `Forbidden`
is a `Refused` with 403). An attribute `retry_after_s` becomes `Retry-After`.
"""

import errno
import logging
import math
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from odin_engine.kernel.db import StorageDown
from odin_engine.kernel.errors import (
    Conflict,
    Invalid,
    NotFound,
    OdinError,
    Refused,
    Unavailable,
)
from odin_engine.kernel.http.responses import to_json
from odin_engine.kernel.ids import new_id

_LOG = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Malformed(Invalid):
    """The request cannot be read at all."""

    code = "malformed"
    http_status: ClassVar[int] = HTTPStatus.BAD_REQUEST


class TooLarge(Invalid):
    """The body is longer than this route takes."""

    code = "too_large"
    http_status: ClassVar[int] = HTTPStatus.CONTENT_TOO_LARGE

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"The body may have at most {limit_bytes} bytes here.")
        self.limit_bytes = limit_bytes


_STATUS: dict[type[OdinError], int] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refused: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    # The engine is well; what it depends on outside is not. A 5xx would blame the engine.
    Unavailable: HTTPStatus.FAILED_DEPENDENCY,
}

_SENTENCES: dict[int, tuple[str, str]] = {
    HTTPStatus.BAD_REQUEST: ("malformed", "The request could not be read."),
    HTTPStatus.NOT_FOUND: ("not_found", "There is nothing at this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "method_not_allowed",
        "This address does not take that method.",
    ),
    HTTPStatus.CONTENT_TOO_LARGE: ("too_large", "The body is too long."),
}
_SOCKET_CODES = {
    HTTPStatus.UNAUTHORIZED: 4401,
    HTTPStatus.FORBIDDEN: 4403,
    # "Try again later", of the registry that RFC 6455, section 11.7, set up.
    HTTPStatus.SERVICE_UNAVAILABLE: 1013,
}
_DISK_TROUBLES = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}
_SOCKET_INTERNAL_ERROR = 1011
"""RFC 6455, section 7.4.1."""

_DATA_EXCEPTION = "22"
"""The class of SQLSTATE for values that do not fit (PostgreSQL manual, appendix A)."""
_SQLITE_TOO_LARGE = "int too large to convert to SQLite INTEGER"


class WrongField(BaseModel):
    """One field that is wrong. `in` says where, unless it is the body."""

    model_config = ConfigDict(extra="allow")

    pointer: str
    detail: str


class ProblemDocument(BaseModel):
    """An RFC 9457 problem. `code` is stable; `detail` says what to do."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[WrongField] = []


def status_of(error: OdinError) -> int:
    """Returns the HTTP status of an error, by its nearest hint or kind."""
    for kind in type(error).__mro__:
        hint = vars(kind).get("http_status")
        if hint is not None:
            return int(hint)
        if kind in _STATUS:
            return _STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def problem(error: OdinError) -> Response:
    """Returns the problem document of an error."""
    facts = error.facts()
    if isinstance(error, Invalid) and error.problems:
        facts["errors"] = [
            {"pointer": wrong.pointer, "detail": wrong.detail}
            for wrong in error.problems
        ]
    headers = {}
    retry_after_s = getattr(error, "retry_after_s", None)
    if retry_after_s is not None:
        headers["Retry-After"] = str(max(1, math.ceil(retry_after_s)))
    return document(status_of(error), error.code, error.message, facts, headers)


def document(
    status: int,
    code: str,
    detail: str,
    facts: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Returns a problem document made of its parts."""
    body = (facts or {}) | {
        "type": f"urn:odin:error:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
    }
    headers = dict(headers or {})
    if status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return Response(to_json(body), status, headers, MEDIA_TYPE)


def unexpected(error: Exception) -> Response:
    """Logs an error that nobody foresaw, once, and returns its reference only."""
    reference = new_id()[-12:]
    _LOG.error("unexpected error, reference %s", reference, exc_info=error)
    return document(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        "Something went wrong in the engine. Its log says more under this reference: "
        f"{reference}.",
        {"reference": reference},
    )


async def on_odin_error(
    connection: Request | WebSocket, error: OdinError
) -> Response | None:
    """Answers with the problem; closes a socket with the matching code."""
    if isinstance(connection, WebSocket):
        code = _SOCKET_CODES.get(HTTPStatus(status_of(error)), _SOCKET_INTERNAL_ERROR)
        await connection.close(code, error.message[:120])
        return None
    return problem(error)


async def on_http_exception(request: Request, error: HTTPException) -> Response:
    """Answers what the framework itself refuses: unknown routes, wrong methods."""
    if isinstance(error.__cause__, OdinError):
        return problem(error.__cause__)
    status = error.status_code
    code, sentence = _SENTENCES.get(status, (f"http_{status}", str(error.detail)))
    headers = dict(error.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return document(status, code, sentence, headers=headers)


async def on_validation_error(
    _request: Request, error: RequestValidationError
) -> Response:
    """Answers a body or parameter that does not have the declared shape."""
    errors = [_wrong_field(detail) for detail in error.errors()]
    if any(detail["type"] == "json_invalid" for detail in error.errors()):
        return document(HTTPStatus.BAD_REQUEST, *_SENTENCES[HTTPStatus.BAD_REQUEST])
    first = errors[0]
    where = first["pointer"].lstrip("/") or first.get("in", "body")
    return document(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        Invalid.code,
        f"{where}: {first['detail']}.",
        {"errors": errors},
    )


async def on_unstorable(
    connection: Request | WebSocket, error: DBAPIError | OverflowError
) -> Response | None:
    """Answers a value that no database column can hold, and a database that is away.

    Raises anything else again.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return await on_odin_error(connection, StorageDown.because(error.orig))
    sqlstate = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
    is_value = sqlstate.startswith(_DATA_EXCEPTION) or _SQLITE_TOO_LARGE in str(error)
    if not is_value:
        raise error
    _LOG.warning("a route let through what cannot be stored: %r", error)
    detail = "A value is outside of what can be stored."
    return document(HTTPStatus.UNPROCESSABLE_ENTITY, Invalid.code, detail)


async def on_system_error(
    connection: Request | WebSocket, error: OSError
) -> Response | None:
    """Answers a disk that takes nothing. Raises anything else again: that is a fault of ours."""
    if error.errno not in _DISK_TROUBLES:
        raise error
    return await on_odin_error(connection, StorageDown.because(error.strerror or error))


async def on_disconnect(_request: Request, _error: ClientDisconnect) -> Response:
    """Ends a request whose sender went away; nobody reads this answer."""
    return document(HTTPStatus.BAD_REQUEST, "disconnected", "The sender went away.")


def _methods_at(request: Request) -> set[str]:
    """Returns every method of an address; the framework names one route's only."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    return {
        method
        for route in iter_route_contexts(request.app.routes)
        if route.path_regex.match(path)
        for method in route.methods or ()
    }


def _wrong_field(detail: dict[str, Any]) -> dict[str, str]:
    place, *path = detail["loc"]
    pointer = "".join(
        "/" + str(part).replace("~", "~0").replace("/", "~1") for part in path
    )
    said = str(detail["msg"]).removeprefix("Value error, ").rstrip(".")
    wrong = {"pointer": pointer, "detail": said}
    return wrong if place == "body" else {"in": str(place), **wrong}
