"""Bad input ends in a clear 4xx, never in a 500, never in memory."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from odin_engine.kernel.db import Database
from odin_engine.kernel.http import problem
from odin_engine.kernel.http.bodies import BodyGuard, TooSlow, allow_upload
from odin_engine.kernel.idempotency import Idempotency
from tests.engine.kernel.conftest import Counter, make_app, talk_to
from tests.fuzzing import fuzzed

_JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"name": "\xff"}', 400),
        (b'{"name": "\\ud800"}', 400),
        (b'{"name": "a", "extra": NaN}', 400),
        (b'{"name": "a", "extra": Infinity}', 400),
        (b'{"name": "a", "extra": 1e999}', 400),
        (b'{"name": "a", "extra": ' + b"[" * 63 + b"]" * 63 + b"}", 200),
        (b'{"name": "a", "extra": ' + b"[" * 64 + b"]" * 64 + b"}", 422),
        (b'{"name": "a", "extra": ' + b"[" * 1100, 400),
        (b"[" * 1999, 400),
        (b'{"name": "a\\u0000b"}', 422),
        (b'{"name": "a", "extra": {"k\\u0000": 1}}', 422),
        (b'{"name": "a", "count": 9223372036854775807}', 200),
        (b'{"name": "a", "count": 9223372036854775808}', 422),
        (b'{"name": "a", "count": -99999999999999999999999999}', 422),
        (b'{"name": "a", "extra": 1e30}', 422),
        (b'{"name": "a", "count": ' + b"9" * 1900 + b"}", 400),
        (b'{"name": "a", "name": "b"}', 200),
        (b'"text"', 422),
        (b"null", 422),
        (b"", 422),
        (b'{"name": "a"} trailing', 400),
        (b'\xef\xbb\xbf{"name": "a"}', 400),
    ],
)
async def test_a_json_body_is_checked_before_anybody_reads_it(
    http: httpx.AsyncClient, body: bytes, status: int
) -> None:
    answer = await http.post("/api/v1/parts", content=body, headers=_JSON)
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


async def test_where_it_is_wrong_is_said(http: httpx.AsyncClient) -> None:
    body = b'{"name": "a", "extra": {"a/b": ["x", "y\\u0000"]}}'
    answer = await http.post("/api/v1/parts", content=body, headers=_JSON)
    assert answer.json()["errors"] == [
        {"pointer": "/extra/a~1b/1", "detail": "Text may not contain NUL."}
    ]


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/octet-stream", ""]
)
@pytest.mark.parametrize("is_announced", [True, False])
async def test_too_long_a_body_is_refused(
    http: httpx.AsyncClient,
    content_type: str,
    is_announced: bool,  # noqa: FBT001 - a table of cases
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 1000

    content = b"x" * 3000 if is_announced else chunks()
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await http.post("/api/v1/parts", content=content, headers=headers)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert "at most" in answer.json()["detail"]
    # A sender that is cut off in the middle never reads why.
    assert "connection" not in answer.headers


async def test_an_upload_route_takes_more_and_has_its_own_limit(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.post("/api/v1/uploads", content=b"x" * 5000)
    assert answer.json() == {"size_bytes": 5000}
    answer = await http.post("/api/v1/uploads", content=b"x" * 5001)
    assert answer.status_code == 413


async def test_a_json_body_of_the_wrong_type_is_not_guessed(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.post(
        "/api/v1/parts",
        content=b'{"name": "a"}',
        headers={"Content-Type": "text/plain"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "path", ["/api/v1/parts%00", "/api/v1/parts?q=%00", "/api/v1/errors/a%00b"]
)
async def test_nul_in_an_address_is_refused(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed"


async def test_what_no_column_holds_is_refused(
    any_database: Database, idempotency: Idempotency, counter: Counter
) -> None:
    is_lenient = any_database.is_sqlite
    async with talk_to(make_app(any_database, idempotency, counter)) as http:
        for number in (2**63, -(10**30)):
            answer = await http.get(f"/api/v1/attempts/{number}")
            assert answer.status_code == 422
        answer = await http.get(f"/api/v1/attempts/{2**31}")
        assert answer.status_code == (200 if is_lenient else 422)
        answer = await http.get("/api/v1/texts/a")
        assert answer.status_code == (200 if is_lenient else 422)


async def test_a_sender_that_goes_away_is_no_error(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/api/v1/parts", "/api/v1/uploads"):
        for kind in (b"application/json", b"text/plain"):
            await _send_half(app, path, kind)
    assert caplog.records == []


async def _send_half(app: FastAPI, path: str, kind: bytes) -> None:
    said: Iterator[Message] = iter(
        [
            {"type": "http.request", "body": b"{", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Message:
        return next(said)

    async def send(_message: Message) -> None:
        return

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", kind)],
        "client": ("10.0.0.9", 5000),
        "server": ("odin", 80),
    }
    await app(scope, receive, send)


@fuzzed(150)
@given(
    body=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ).map(lambda value: repr(value).replace("'", '"').encode(errors="replace"))
)
async def test_no_body_ends_in_a_500(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post("/api/v1/parts", content=body, headers=_JSON)
    assert answer.status_code in {200, 400, 413, 422}


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
async def test_a_body_that_does_not_come_to_an_end_is_not_waited_for(kind: str) -> None:
    said: list[Message] = []
    pieces = iter([{"type": "http.request", "body": b"{", "more_body": True}])

    async def receive() -> Message:
        for piece in pieces:
            return piece
        return await asyncio.Future()

    async def send(message: Message) -> None:
        said.append(message)

    async def read(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            while (await receive()).get("more_body"):
                pass
        except HTTPException as error:
            cause = error.__cause__
            assert isinstance(cause, TooSlow)
            await problem(cause)(scope, receive, send)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": [(b"content-type", kind.encode())],
    }
    await BodyGuard(read, 1000, patience_s=0.01)(scope, receive, send)
    assert said[0]["status"] == 408


async def test_an_upload_has_a_patience_of_its_own() -> None:
    arrived = asyncio.Event()

    async def receive() -> Message:
        await arrived.wait()
        return {"type": "http.request", "body": b"x", "more_body": False}

    async def take(scope: Scope, receive: Receive, _: Send) -> None:
        allow_upload(Request(scope), 5000)
        asyncio.get_running_loop().call_later(0.05, arrived.set)
        assert (await receive())["body"] == b"x"

    async def send(_: Message) -> None:
        raise AssertionError("nothing is wrong")

    scope = {"type": "http", "method": "PUT", "path": "/", "headers": []}
    await BodyGuard(take, 1000, patience_s=0.01)(scope, receive, send)
