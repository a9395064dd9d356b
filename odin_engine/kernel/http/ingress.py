"""The listener for Home Assistant's ingress: who comes through it is already known.

Home Assistant signs people in and its Supervisor passes their requests on, naming the
person in headers that it strips from whatever the browser sent. So those headers are
worth what the way is worth: they count only for what arrived on the listener of its own
and came from the Supervisor. Anywhere else nobody looks at them.

Source: home-assistant/supervisor, `api/ingress.py`; home-assistant/core,
`components/hassio/ingress.py`.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from odin_engine.kernel.errors import Refused
from odin_engine.kernel.http.problems import problem
from odin_engine.kernel.http.proxies import Network, address_in, parse_address

_VISIT = "odin.ingress_visit"
_PERSON = re.compile(r"[0-9A-Za-z_-]{1,64}")
_BASE = re.compile(r"/[0-9A-Za-z_~./-]{1,200}")
_MOST_NAME_CHARS = 128
_SCHEMES = {"http": "ws", "https": "wss"}
_TO_CORE = -2
"""`X-Forwarded-For` ends with the peer that core saw, then core itself."""


class NotTheSupervisor(Refused):
    """Somebody else knocks at the listener that trusts headers."""

    code = "ingress_refused"
    http_status: ClassVar[int] = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "This port is for Home Assistant's ingress only. Open the app's page in"
            " Home Assistant, or use the port of the API."
        )


@dataclass(frozen=True, slots=True)
class IngressDoor:
    """The listener's port, and from where it lets in."""

    port: int
    sources: tuple[Network, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """A request through ingress: the person, and by which host names it may be reached.

    `person_id` is `None` where Home Assistant did not say who it is.
    """

    person_id: str | None
    name: str
    hosts: tuple[str, ...]


def visit_of(connection: HTTPConnection) -> Visit | None:
    """Returns who came through ingress; `None` for everybody else."""
    visit: Visit | None = connection.scope.get(_VISIT)
    return visit


class Ingress:
    """The ASGI middleware. It stands inside of `TrustedProxies`, which noted the peer."""

    def __init__(self, app: ASGIApp, door: IngressDoor) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] not in {"http", "websocket"} or not self._is_door(scope):
            await self._app(scope, receive, send)
        elif not address_in(scope, self._door.sources):
            await _refuse(scope, receive, send)
        else:
            _note(scope)
            await self._app(scope, receive, send)

    def _is_door(self, scope: Scope) -> bool:
        # The server reads it off the socket; no header has a say.
        server: tuple[str, int | None] | None = scope.get("server")
        return server is not None and server[1] == self._door.port


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
    else:
        await problem(NotTheSupervisor())(scope, receive, send)


def _note(scope: Scope) -> None:
    headers = Headers(scope=scope)
    person = headers.get("x-remote-user-id", "")
    called = headers.get("x-remote-user-display-name") or headers.get(
        "x-remote-user-name", ""
    )
    scope[_VISIT] = Visit(
        person_id=person if _PERSON.fullmatch(person) else None,
        name=_text(called) or person,
        hosts=tuple(
            host.strip()
            for name in ("x-forwarded-host", "host")
            for host in headers.get(name, "").split(",")
            if host.strip()
        ),
    )
    base = headers.get("x-ingress-path", "").rstrip("/")
    if _BASE.fullmatch(base) and "//" not in base and ".." not in base:
        scope["root_path"] = base
    scheme = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip()
    if scheme in _SCHEMES:
        is_socket = scope["type"] == "websocket"
        scope["scheme"] = _SCHEMES[scheme] if is_socket else scheme
    hops = headers.get("x-forwarded-for", "").split(",")
    address = parse_address(hops[_TO_CORE].strip()) if len(hops) > 1 else None
    if address is not None:
        scope["client"] = (str(address), 0)


def _text(value: str) -> str:
    """Returns a header that was sent as UTF-8, without what cannot be seen."""
    text = value.encode("latin-1", "replace").decode(errors="replace")
    return "".join(char for char in text if char.isprintable())[:_MOST_NAME_CHARS]
