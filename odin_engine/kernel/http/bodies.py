"""What a request body may be: never too long, and JSON that every store can hold.

A JSON body is read and checked before the framework sees it: strict UTF-8, no NaN, no
nesting without end, no NUL characters (PostgreSQL refuses them), no number beyond 64
bits. Whatever else arrives is counted while it streams.
"""

import asyncio
import hashlib
import re
from http import HTTPStatus
from typing import ClassVar

import orjson
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from odin_engine.kernel.errors import Invalid, Problem
from odin_engine.kernel.http.problems import Malformed, TooLarge, problem

_BUDGET = "odin.body_budget"
_IS_LITTLE = "odin.is_little_body"
BODY_SHA256 = "odin.body_sha256"
"""Scope key: the digest of a JSON body."""

_INTEGER_LIMIT = 2**63
"""Both databases hold signed 64-bit integers and nothing longer."""
_SUSPECT = re.compile(rb"\\u0000|\d{19}|\d[eE]")
"""Only a body with one of these, or deeply nested, can hold what `_problems` finds."""
_DEEPEST = 64
"""Serialisers further on give up at some two hundred levels; people need five."""
_LITTLE_BYTES = 16 * 1024
"""What a sign-in takes, many times over."""
BODY_S = 60.0
"""How long a body may take that is no upload; uploads have a patience of their own."""
_LONGEST_LENGTH = 18
"""Digits; a longer Content-Length is no length."""


class TooSlow(Invalid):
    """The body does not come to its end."""

    code = "body_too_slow"
    http_status: ClassVar[int] = HTTPStatus.REQUEST_TIMEOUT

    def __init__(self) -> None:
        super().__init__("The body did not arrive in time. Send it again.")


class _Budget:
    """How many bytes this request may send, and until when; an upload route lifts both."""

    def __init__(self, limit_bytes: int, due_s: float) -> None:
        self.limit_bytes = limit_bytes
        self.due_s: float | None = due_s
        self.seen_bytes = 0

    def take(self, count: int) -> None:
        self.seen_bytes += count
        if self.seen_bytes > self.limit_bytes:
            raise TooLarge(self.limit_bytes)


def allow_upload(request: Request, limit_bytes: int) -> None:
    """Raises the size limit of this request; call it before `request.stream()`.

    The route must not declare a body parameter, or it would be read into memory.
    """
    budget: _Budget = request.scope[_BUDGET]
    budget.limit_bytes, budget.due_s = limit_bytes, None


def expect_little(request: Request) -> None:
    """Lowers the size limit of this request, which nobody we know has sent."""
    request.scope[_IS_LITTLE] = True


class BodyGuard:
    """The ASGI middleware that holds to all this."""

    def __init__(
        self, app: ASGIApp, max_bytes: int, patience_s: float = BODY_S
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._patience_s = patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = _LITTLE_BYTES if _IS_LITTLE in scope else self._max_bytes
        due_s = asyncio.get_running_loop().time() + self._patience_s
        budget = scope[_BUDGET] = _Budget(min(most, self._max_bytes), due_s)
        try:
            _check_address(scope)
            if _is_json(scope):
                receive = await _checked_json(scope, receive, budget)
            else:
                receive = _counted(scope, receive, budget)
        except Invalid as error:
            await problem(error)(scope, receive, send)
        except ClientDisconnect:
            return
        else:
            await self._app(scope, receive, send)


def _check_address(scope: Scope) -> None:
    if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
        raise Malformed("The address may not contain NUL characters.")


def _is_json(scope: Scope) -> bool:
    media_type = Headers(scope=scope).get("content-type", "").partition(";")[0]
    kind = media_type.strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _check_announced(scope: Scope, budget: _Budget) -> None:
    announced = Headers(scope=scope).get("content-length", "0")[:_LONGEST_LENGTH]
    if announced.isdecimal() and int(announced) > budget.limit_bytes:
        raise TooLarge(budget.limit_bytes)


async def _checked_json(scope: Scope, receive: Receive, budget: _Budget) -> Receive:
    _check_announced(scope, budget)
    try:
        async with asyncio.timeout_at(budget.due_s):
            body = await _whole(receive, budget)
    except TimeoutError as error:
        raise TooSlow from error
    if body:
        _check_json(body)
    scope[BODY_SHA256] = hashlib.sha256(body).hexdigest()
    return _replaying(body, receive)


async def _whole(receive: Receive, budget: _Budget) -> bytes:
    chunks: list[bytes] = []
    is_more = True
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        budget.take(len(chunks[-1]))
        is_more = message.get("more_body", False)
    return b"".join(chunks)


def _check_json(body: bytes) -> None:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"The body is not JSON: {error}.") from error
    brackets = body.count(b"[") + body.count(b"{")
    if brackets > _DEEPEST or _SUSPECT.search(body):
        problems = _problems(content)
        if problems:
            raise Invalid(problems[0].detail, *problems)


def _problems(content: object) -> list[Problem]:
    problems: list[Problem] = []
    remaining: list[tuple[str, object, int]] = [("", content, 0)]
    while remaining:
        pointer, value, depth = remaining.pop()
        inner = depth + 1
        match value:
            case dict() | list() if inner > _DEEPEST:
                problems.append(Problem(pointer, "Nested too deeply."))
            case dict():
                for key, member in value.items():
                    name = key.replace("~", "~0").replace("/", "~1")
                    remaining.append((f"{pointer}/{name}", member, inner))
                    remaining.append((pointer, key, inner))
            case list():
                remaining += [
                    (f"{pointer}/{place}", item, inner)
                    for place, item in enumerate(value)
                ]
            case str() if "\0" in value:
                problems.append(Problem(pointer, "Text may not contain NUL."))
            case int() | float() if abs(value) >= _INTEGER_LIMIT:
                problems.append(Problem(pointer, "The number is too large."))
    return problems


def _replaying(body: bytes, receive: Receive) -> Receive:
    is_sent = False

    async def replay() -> Message:
        nonlocal is_sent
        if is_sent:
            return await receive()
        is_sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _counted(scope: Scope, receive: Receive, budget: _Budget) -> Receive:
    is_whole = False

    async def count() -> Message:
        nonlocal is_whole
        # After the body it is the end of the connection that is waited for.
        due_s = None if is_whole else budget.due_s
        try:
            _check_announced(scope, budget)
            async with asyncio.timeout_at(due_s):
                message = await receive()
            budget.take(len(message.get("body", b"")))
        except TooLarge as error:
            # Only this kind passes through the framework's own body reading.
            raise HTTPException(HTTPStatus.CONTENT_TOO_LARGE) from error
        except TimeoutError:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from TooSlow()
        is_whole = not message.get("more_body", False)
        return message

    return count
