"""Any header, address and query ends in an answer of ours, with our headers on it."""

import string
from urllib.parse import quote_from_bytes

import httpx
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzzing import fuzzed

_NAMES = st.sampled_from(
    [
        *("Accept", "Accept-Encoding", "Content-Type", "Cookie", "Host", "Origin"),
        *("If-Match", "If-None-Match", "Idempotency-Key", "Range", "Referer"),
        *("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"),
        *("X-Ingress-Path", "X-Remote-User-Id", "X-Remote-User-Name", "Sec-Fetch-Site"),
        *("Authorization", "Content-Length", "Transfer-Encoding", "X-Odd"),
    ]
)
_VISIBLE = bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100))
_VALUES = st.lists(st.sampled_from(list(_VISIBLE)), max_size=40).map(bytes) | (
    st.sampled_from(
        [
            b"q=0.5;q=9, text/csv;q=1, */*",
            b'W/"1", *, "\xff"',
            b"1.2.3.4, [::1]:5, unknown, ::ffff:127.0.0.1",
            b"http://[::1",
            b"https,http,\xe9",
            b"text/csv; charset=" + b"x" * 5000,
            b"a" * 9000,
        ]
    )
)
_PATHS = st.sampled_from(["/api/v1/who", "/api/v1/rows", "/api/x", "/", "//", "/api/"])
_SEGMENTS = st.binary(max_size=20).map(lambda raw: quote_from_bytes(raw, safe=""))
_METHODS = st.sampled_from(
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
)


@given(
    method=_METHODS,
    path=st.tuples(_PATHS, st.lists(_SEGMENTS, max_size=2)),
    headers=st.lists(st.tuples(_NAMES, _VALUES), max_size=4),
    query=st.text(string.printable, max_size=30),
)
@fuzzed(200)
async def test_any_request_has_an_answer_of_ours(
    http: httpx.AsyncClient,
    method: str,
    path: tuple[str, list[str]],
    headers: list[tuple[str, bytes]],
    query: str,
) -> None:
    address = "/".join([path[0], *path[1]])
    request = http.build_request(method, f"http://odin{address}", params={"q": query})
    told = [(name.encode(), value) for name, value in headers]
    request.headers = httpx.Headers([*request.headers.raw, *told])
    answer = await http.send(request)
    assert answer.status_code < 500, answer.text
    for name in ("content-security-policy", "x-content-type-options"):
        assert name in answer.headers
    if answer.status_code >= 400 and method != "HEAD":
        assert answer.headers["content-type"] == "application/problem+json"
