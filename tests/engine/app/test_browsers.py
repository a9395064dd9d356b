"""A browser that another site's page makes ask: no write of the table is done for it."""

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient, Response

from odin_engine.identity.access import CSRF_HEADER
from odin_engine.identity.service.limits import MOST_FAILURES
from tests.engine.app.conftest import PASSWORD, House
from tests.permissions import ROWS

_UNKNOWN = "0" * 32
_WRITES = [row for row in ROWS if row.method in {"POST", "PUT", "PATCH", "DELETE"}]
_KNOWN = {"name": "nobody", "password": "x"}
_BODIES = {"/api/v1/setup": {**_KNOWN, "code": "x"}}


@pytest.fixture
async def browser(house: House) -> AsyncIterator[AsyncClient]:
    """An administrator's, signed in; its page's token is in `headers`."""
    transport = ASGITransport(house.app, client=("192.0.2.8", 40000))
    async with AsyncClient(transport=transport, base_url="http://odin.test") as client:
        known = {"name": "admin", "password": PASSWORD}
        answer = await client.post("/api/v1/auth/login", json=known)
        client.headers[CSRF_HEADER] = answer.json()["csrf_token"]
        yield client


_FOREIGN: dict[str, dict[str, str]] = {
    "without the page's token": {CSRF_HEADER: ""},
    "with another token": {CSRF_HEADER: "x" * 43},
    "from another origin": {"Origin": "https://evil.example"},
    "from our name on another port": {"Origin": "http://odin.test:8080"},
    "from a name that begins as ours": {"Origin": "http://odin.test.evil.example"},
    "from nowhere": {"Origin": "null"},
    "across sites": {"Sec-Fetch-Site": "cross-site"},
    "from a neighbour": {"Sec-Fetch-Site": "same-site"},
}


@pytest.mark.parametrize("how", _FOREIGN)
async def test_no_write_is_done_for_another_page(
    browser: AsyncClient, how: str
) -> None:
    wrong = []
    for row in _WRITES:
        # Nobody is signed in there yet, so there is no token to ask for.
        if row.is_open and CSRF_HEADER in _FOREIGN[how]:
            continue
        words = [_UNKNOWN if word[:1] == "{" else word for word in row.path.split("/")]
        for path in ("/".join(words), "/".join(words).replace("/api/v1/", "/api/", 1)):
            answer = await browser.request(
                row.method,
                path,
                json=_BODIES.get(row.path, _KNOWN),
                headers=_FOREIGN[how],
            )
            if answer.status_code != 403:
                wrong.append(f"{row.method} {path}: {answer.status_code}")
    assert wrong == []
    assert (await browser.get("/api/v1/auth/session")).status_code == 200


async def test_both_prefixes_share_one_limit_of_failures(house: House) -> None:
    transport = ASGITransport(house.app, client=("192.0.2.9", 40000))
    async with AsyncClient(transport=transport, base_url="http://odin.test") as client:

        async def fail(number: int) -> Response:
            prefix = ("/api", "/api/v1")[number % 2]
            body = {"name": f"guess {number}", "password": "x"}
            return await client.post(f"{prefix}/auth/login", json=body)

        answers = [await fail(number) for number in range(MOST_FAILURES + 2)]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [401] * MOST_FAILURES + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
