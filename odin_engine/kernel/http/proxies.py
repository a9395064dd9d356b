"""Who is really calling: forwarded headers count only from a trusted proxy.

The server itself must not interpret them (uvicorn: `proxy_headers=False`), or the
peer's own address, which decides about trust, is lost.
"""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

type Network = IPv4Network | IPv6Network
type Address = IPv4Address | IPv6Address

_PEER = "odin.peer"
_SCHEMES = {"http": "ws", "https": "wss"}
_UNKNOWN = "unknown"


def client_ip(connection: HTTPConnection) -> str:
    """Returns the caller's address, behind trusted proxies where there are some."""
    return _host(connection.scope)


def peer_ip(connection: HTTPConnection) -> str:
    """Returns the address at the other end of the socket, whatever headers say."""
    peer: str = connection.scope.get(_PEER, _UNKNOWN)
    return peer


class TrustedProxies:
    """The ASGI middleware that believes forwarded headers of known proxies only."""

    def __init__(self, app: ASGIApp, networks: Sequence[Network]) -> None:
        self._app = app
        self._networks = tuple(networks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] in {"http", "websocket"}:
            scope[_PEER] = _host(scope)
            if address_in(scope, self._networks):
                self._apply(scope)
        await self._app(scope, receive, send)

    def _apply(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        scheme = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip()
        if scheme in _SCHEMES:
            is_socket = scope["type"] == "websocket"
            scope["scheme"] = _SCHEMES[scheme] if is_socket else scheme
        # Each proxy appends its peer: the first one from the right that is not itself
        # a proxy of ours is the caller; anything left of it is hearsay.
        for hop in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
            address = parse_address(hop.strip())
            if address is None:
                return
            scope["client"] = (str(address), 0)
            if not _is_in(address, self._networks):
                return


def address_in(scope: Scope, networks: Sequence[Network]) -> bool:
    """Whether the socket's other end is in one of these networks, whatever headers say."""
    return _is_in(parse_address(scope.get(_PEER, _UNKNOWN)), networks)


def parse_address(text: str) -> Address | None:
    """Returns an address as headers write it, maybe with a port; `None` if it is none."""
    bare = text.removeprefix("[").partition("]")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return _address_with_port(bare)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_in(address: Address | None, networks: Sequence[Network]) -> bool:
    return address is not None and any(address in each for each in networks)


def _host(scope: Scope) -> str:
    client = scope.get("client")
    if client is None:
        return _UNKNOWN
    address = parse_address(client[0])
    return str(client[0]) if address is None else str(address)


def _address_with_port(text: str) -> Address | None:
    host, _, _ = text.rpartition(":")
    try:
        return IPv4Address(host)
    except ValueError:
        return None
