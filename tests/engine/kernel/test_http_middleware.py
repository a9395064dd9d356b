"""Headers, versionless paths, and who is calling."""

from ipaddress import ip_network

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from odin_engine.kernel.http.proxies import TrustedProxies
from tests.engine.kernel.conftest import talk_to


@pytest.mark.parametrize("path", ["/api/who", "/api/v1/who"])
async def test_our_routes_answer_without_a_version(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.get(path)
    assert answer.status_code == 200
    assert answer.json()["path"] == "/api/v1/who"


@pytest.mark.parametrize("path", ["/api/docs/who", "/api/v2/who", "/api/", "/apix/who"])
async def test_other_paths_are_left_alone(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/api/who", "/api/errors/unforeseen", "/nowhere"])
async def test_every_answer_carries_the_security_headers(
    http: httpx.AsyncClient, path: str
) -> None:
    headers = (await http.get(path)).headers
    policy = headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert (headers.get("cache-control") == "no-store") == path.startswith("/api/")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.9", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.9", "1.2.3.4, 203.0.113.7, 10.0.0.8", "203.0.113.7"),
        ("10.0.0.9", "1.2.3.4, nonsense, 10.0.0.8", "10.0.0.8"),
        ("10.0.0.9", "203.0.113.7:4711", "203.0.113.7"),
        ("10.0.0.9", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.9", "", "10.0.0.9"),
        ("10.0.0.9", "nonsense", "10.0.0.9"),
        ("::ffff:10.0.0.9", "203.0.113.7", "203.0.113.7"),
        ("192.0.2.1", "203.0.113.7", "192.0.2.1"),
        ("fd00::1", "203.0.113.7", "fd00::1"),
    ],
)
async def test_forwarded_addresses_count_from_trusted_proxies_only(
    app: FastAPI, peer: str, forwarded: str, client: str
) -> None:
    async with talk_to(app, peer) as http:
        answer = await http.get(
            "/api/who",
            headers={"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"},
        )
    told = answer.json()
    assert told["client"] == client
    assert told["peer"] == peer.removeprefix("::ffff:")
    is_trusted = told["peer"].startswith("10.")
    assert told["scheme"] == ("https" if is_trusted else "http")


async def test_a_forwarded_socket_is_secure() -> None:
    seen: dict[str, object] = {}

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.update(scope)

    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None:
        return

    scope = {
        "type": "websocket",
        "scheme": "ws",
        "client": ("10.0.0.9", 1),
        "headers": [(b"x-forwarded-proto", b"https")],
    }
    await TrustedProxies(app, [ip_network("10.0.0.0/8")])(scope, receive, send)
    assert seen["scheme"] == "wss"


async def test_a_refused_socket_is_closed_with_its_code(app: FastAPI) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "scheme": "ws",
        "path": "/api/ws",
        "raw_path": b"/api/ws",
        "query_string": b"",
        "root_path": "",
        "headers": [],
        "client": ("10.0.0.9", 1),
        "server": ("odin", 80),
        "subprotocols": [],
    }
    await app(scope, receive, send)
    assert sent == [
        {"type": "websocket.close", "code": 4403, "reason": "Ask an administrator."}
    ]
