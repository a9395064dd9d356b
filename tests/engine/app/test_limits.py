"""How much each route takes, and what stands on each answer, over the whole table."""

from collections.abc import AsyncIterator

from httpx import AsyncClient, Response

from tests.engine.app.conftest import House
from tests.permissions import ROWS, Row

_UNKNOWN = "0" * 32
_JSON = {"Content-Type": "application/json"}
_WRITES = [row for row in ROWS if row.method in {"POST", "PUT", "PATCH", "DELETE"}]
_UPLOADS = "/files/{name}"
_MUST = {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
}


def _address(row: Row) -> str:
    words = [_UNKNOWN if word[:1] == "{" else word for word in row.path.split("/")]
    return f"http://odin.test{'/'.join(words)}"


async def _endless(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1024):
        yield b" " * 1024


async def test_no_body_is_longer_than_its_route_takes(house: House) -> None:
    """Announced or not; from strangers a sign-in takes is all."""
    wrong = []
    for row in _WRITES:
        most = 16 * 1024 if row.is_open else 1024**2
        for announces in (True, False):
            content = b" " * (most + 1024) if announces else _endless(most + 1024)
            answer = await house.admin.request(
                row.method, _address(row), content=content, headers=_JSON
            )
            is_upload = row.path.endswith(_UPLOADS) and row.method != "DELETE"
            if answer.status_code != 413 and not is_upload:
                wrong.append(f"{row.method} {row.path}: {answer.status_code}")
    assert wrong == []


async def test_every_answer_carries_our_headers(house: House) -> None:
    wrong = []
    for row in ROWS:
        if row.method == "SOCKET":
            continue
        for name in ("admin", "viewer", "nobody"):
            answer = await _knock(house.clients[name], row)
            missing = _MUST - {key.lower() for key in answer.headers}
            if row.path.startswith("/api/") and "cache-control" not in answer.headers:
                missing.add("cache-control")
            policy = answer.headers.get("content-security-policy", "")
            if "unsafe" in policy or "object-src 'none'" not in policy:
                missing.add(f"a strict policy: {policy}")
            if missing:
                wrong.append(f"{row.method} {row.path} as {name}: {missing}")
    assert wrong == []


async def _knock(client: AsyncClient, row: Row) -> Response:
    content = None if row.method == "GET" else b"{"
    return await client.request(
        row.method, _address(row), content=content, headers=_JSON
    )
