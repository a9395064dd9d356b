"""The ingress listener: who is believed, and who is not even heard."""

from ipaddress import ip_network
from typing import Any

import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient, Response
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from odin_engine.kernel import http
from odin_engine.kernel.http.ingress import Ingress, IngressDoor
from odin_engine.kernel.http.proxies import TrustedProxies

_SUPERVISOR = "172.30.32.2"
_DOOR = IngressDoor(8099, (ip_network(f"{_SUPERVISOR}/32"),))
_TOLD = {
    "X-Ingress-Path": "/api/hassio_ingress/t0k-en_",
    "X-Remote-User-Id": "0123abcd",
    "X-Remote-User-Name": "anna",
    "X-Forwarded-For": "198.51.100.7, 203.0.113.4, 172.30.32.1",
    "X-Forwarded-Host": "ha.example.org",
    "X-Forwarded-Proto": "https",
}


def _app(*, with_door: bool = True) -> FastAPI:
    app = FastAPI()
    proxies = [ip_network("172.30.32.0/23")]
    door = _DOOR if with_door else None
    http.install(app, trusted_proxies=proxies, ingress=door)

    @app.get("/api/v1/visit")
    async def visit(request: Request) -> dict[str, Any]:
        found = http.visit_of(request)
        return {
            "visit": None if found is None else [found.person_id, found.name],
            "hosts": None if found is None else found.hosts,
            "root": request.scope.get("root_path"),
            "client": http.client_ip(request),
            "scheme": request.url.scheme,
        }

    return app


async def _ask(
    app: FastAPI, peer: str, port: int, path: str = "/api/visit", **headers: str
) -> Response:
    transport = ASGITransport(app, client=(peer, 40000))
    sent = _TOLD | {name.replace("_", "-"): value for name, value in headers.items()}
    async with AsyncClient(
        transport=transport, base_url=f"http://odin.test:{port}"
    ) as client:
        return await client.get(path, headers=sent)


async def test_the_supervisor_is_believed_on_its_port() -> None:
    told = (await _ask(_app(), _SUPERVISOR, 8099)).json()
    assert told["visit"] == ["0123abcd", "anna"]
    assert told["root"] == "/api/hassio_ingress/t0k-en_"
    assert told["client"] == "203.0.113.4"
    assert told["scheme"] == "https"
    assert told["hosts"] == ["ha.example.org", "odin.test:8099"]


@pytest.mark.parametrize(
    ("with_door", "peer", "port"),
    [(True, _SUPERVISOR, 8710), (False, _SUPERVISOR, 8099), (True, "192.0.2.1", 8710)],
)
async def test_nobody_is_believed_anywhere_else(
    with_door: bool,  # noqa: FBT001 - a case
    peer: str,
    port: int,
) -> None:
    told = (await _ask(_app(with_door=with_door), peer, port)).json()
    assert told["visit"] is None
    assert told["root"] == ""


@pytest.mark.parametrize("peer", ["192.0.2.1", "172.30.32.1", "172.30.32.3", "::1"])
@pytest.mark.parametrize("path", ["/api/visit", "/nowhere"])
async def test_nobody_else_enters_there(peer: str, path: str) -> None:
    answer = await _ask(_app(), peer, 8099, path)
    assert answer.status_code == 403
    assert answer.json()["code"] == "ingress_refused"
    assert "X-Remote" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "base",
    ["", "no-slash", "//evil.example", "/a/../b", '/"><script>', "/a b", "/" * 300],
)
async def test_a_strange_base_path_is_left_out(base: str) -> None:
    answer = await _ask(_app(), _SUPERVISOR, 8099, **{"X-Ingress-Path": base})
    assert answer.json()["root"] == ""


@pytest.mark.parametrize(
    ("told", "person", "name"),
    [
        ({"X-Remote-User-Id": ""}, None, "anna"),
        ({"X-Remote-User-Id": "a b"}, None, "anna"),
        ({"X-Remote-User-Id": "x" * 65}, None, "anna"),
        ({"X-Remote-User-Name": ""}, "0123abcd", "0123abcd"),
        ({"X-Remote-User-Display-Name": "Anna B."}, "0123abcd", "Anna B."),
    ],
)
async def test_who_it_is(told: dict[str, str], person: str | None, name: str) -> None:
    answer = await _ask(_app(), _SUPERVISOR, 8099, **told)
    assert answer.json()["visit"] == [person, name]


async def test_names_come_as_utf_8_without_what_cannot_be_seen() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    await _open_socket(app, _SUPERVISOR, "Jürgen\u202e Ω\x85")
    visit = http.visit_of(HTTPConnection(seen[0]))
    assert visit is not None
    assert visit.name == "Jürgen Ω"
    assert seen[0]["scheme"] == "wss"


async def test_a_socket_from_elsewhere_is_never_accepted() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    (message,) = await _open_socket(app, "192.0.2.1", "Anna")
    assert message["type"] == "websocket.close"
    assert seen == []


async def _open_socket(app: ASGIApp, peer: str, name: str) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = _TOLD | {"X-Remote-User-Display-Name": name}
    scope: Scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": "/api/v1/ws",
        "client": (peer, 40000),
        "server": ("172.30.33.5", 8099),
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }
    layers = TrustedProxies(Ingress(app, _DOOR), networks=())
    await layers(scope, receive, send)
    return sent
