"""`Idempotency-Key` over HTTP: claimed after the permission check, kept at the end.

`identity.access` calls `claim` once it knows who is asking; the middleware then keeps
what was answered. Only an answer below 400 is kept: after anything else the request
may be tried again. After a 5xx nobody knows, and the key stays refused.
"""

import hashlib
import re
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from odin_engine.kernel.errors import Invalid, Problem
from odin_engine.kernel.http.bodies import BODY_SHA256
from odin_engine.kernel.http.provide import provided
from odin_engine.kernel.idempotency import MAX_ANSWER_BYTES, Answer, Idempotency

_ATTEMPT = "odin.idempotent_attempt"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_KEPT_HEADERS = frozenset({"content-type", "etag", "location", "retry-after"})


class Replayed(Exception):
    """The work was done before; this is what was answered then."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(slots=True)
class _Attempt:
    store: Idempotency | None = None
    caller: str = ""
    key: str = ""
    status: int = 0
    headers: Headers = field(default_factory=Headers)
    body: bytearray = field(default_factory=bytearray)


async def claim(request: Request, caller: str) -> None:
    """Takes the request's `Idempotency-Key`, if it has one, for this caller.

    Raises:
        Replayed: it was answered before; the answer is sent again.
        Invalid: the key is malformed, or belongs to another request.
        Conflict: the first request is still running, or its answer is not known.
    """
    key = request.headers.get("idempotency-key")
    if key is None or request.method in _SAFE_METHODS or _ATTEMPT not in request.scope:
        return
    if not _KEY.fullmatch(key):
        raise Invalid(
            "An Idempotency-Key has 1 to 200 visible ASCII characters.",
            Problem("/Idempotency-Key", "1 to 200 visible ASCII characters."),
        )
    store: Idempotency = provided(request, Idempotency)
    answer = await store.claim(caller, key, _fingerprint(request))
    if answer is not None:
        raise Replayed(answer)
    attempt: _Attempt = request.scope[_ATTEMPT]
    attempt.store, attempt.caller, attempt.key = store, caller, key


async def on_replayed(_request: Request, replayed: Replayed) -> Response:
    """Sends the kept answer again, marked as such."""
    answer = replayed.answer
    headers = dict(answer.headers) | {"Idempotent-Replayed": "true"}
    return Response(answer.body, answer.status, headers)


class KeepsAnswers:
    """The ASGI middleware that keeps the answers of claimed requests."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        has_key = scope["type"] == "http" and "idempotency-key" in Headers(scope=scope)
        if not has_key:
            await self._app(scope, receive, send)
            return
        attempt = scope[_ATTEMPT] = _Attempt()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                attempt.status = message["status"]
                attempt.headers = Headers(raw=message["headers"])
            elif len(attempt.body) <= MAX_ANSWER_BYTES:
                attempt.body += message.get("body", b"")
            # The answer is kept before it leaves: who saw it may rely on it.
            if not message.get("more_body") and message["type"].endswith("body"):
                await _settle(attempt)
            await send(message)

        try:
            await self._app(scope, receive, keep)
        finally:
            if attempt.store is not None:
                attempt.store.abandon(attempt.caller, attempt.key)


async def _settle(attempt: _Attempt) -> None:
    if attempt.store is None:
        return
    if attempt.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return
    if attempt.status >= HTTPStatus.BAD_REQUEST:
        await attempt.store.release(attempt.caller, attempt.key)
    elif len(attempt.body) <= MAX_ANSWER_BYTES:
        headers = tuple(
            (name, value)
            for name, value in attempt.headers.items()
            if name in _KEPT_HEADERS
        )
        answer = Answer(attempt.status, headers, bytes(attempt.body))
        await attempt.store.keep(attempt.caller, attempt.key, answer)


def _fingerprint(request: Request) -> str:
    body = request.scope.get(BODY_SHA256)
    if body is None:
        # An upload is not read twice: its announced size and kind stand for it.
        kind = request.headers.get("content-type", "").partition(";")[0]
        body = f"{kind} {request.headers.get('content-length')}"
    told = [request.method, request.url.path, request.url.query, body]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
