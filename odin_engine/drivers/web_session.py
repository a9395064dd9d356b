"""The client behind `web`, and what its failures mean. Imports aiohttp: load it late.

Machines sign their certificates themselves, so trust is the one seen before (`pin`),
or, where there was none yet, the first one. It is looked at before a header is sent.
"""

import asyncio
import contextlib
import errno
import hashlib
import socket
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from typing import override
from weakref import WeakSet

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.x509.oid import NameOID
from yarl import URL

from odin_engine.printers.model import (
    CertificateChanged,
    DriverError,
    LoginRejected,
    ProtocolViolation,
    Unreachable,
)
from odin_engine.printers.ports import Certificate

FAILURES = (aiohttp.ClientError, OSError, ValueError)
"""What the client raises for the outside world; see `turned`."""

_CONNECT_S = 8.0
"""A machine on Wi-Fi answers within two seconds; some take five while they print."""
_IDLE_S = 3.0
"""Small servers close what rests for a while; a request on such a one would be lost."""
_SHA256_BYTES = 32
_NO_ROUTE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN})
_NO_ENTRY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class Trust(aiohttp.Fingerprint):
    """What the client asks after each handshake, before it writes anything."""

    def __init__(self, pin_sha256: str | None) -> None:
        super().__init__(bytes.fromhex(pin_sha256 or "00" * _SHA256_BYTES))
        self.certificate: Certificate | None = None
        self._pin = pin_sha256

    @override
    def check(self, transport: asyncio.Transport) -> None:
        """Admits the pinned machine, or the first one; raises for any other."""
        der = (
            transport.get_extra_info("ssl_object").getpeercert(binary_form=True) or b""
        )
        shown = hashlib.sha256(der).hexdigest()
        # Kept in any case: who looks into a change compares both.
        self.certificate = _certificate(der, shown)
        expected = self._pin or shown
        if not der or shown != expected:
            host, port, *_ = transport.get_extra_info("peername") or ("", 0)
            raise aiohttp.ServerFingerprintMismatch(
                bytes.fromhex(expected), bytes.fromhex(shown), host, port
            )
        self._pin = shown


def _certificate(der: bytes, sha256: str) -> Certificate | None:
    if not der:
        return None
    try:
        leaf = x509.load_der_x509_certificate(der)
        names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError, x509.InvalidVersion:
        names = []
    name = str(names[0].value) if names else ""
    return Certificate(common_name=name, sha256=sha256, is_vendor_signed=False)


class _Nobody(AbstractResolver):
    """Knows no name: whoever asked for this machine looked it up already."""

    @override
    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        raise OSError(f"{host} is no address")

    @override
    async def close(self) -> None:
        """Nothing to release."""


class Sockets:
    """The sockets of a client, to end them all at once.

    Closed by the client, one waits until the machine has taken what lies before it:
    minutes, where it reads an upload slowly.
    """

    def __init__(self) -> None:
        self._made: WeakSet[socket.socket] = WeakSet()

    def __call__(self, address: aiohttp.AddrInfoType) -> socket.socket:
        """Makes one, as the client asks for it."""
        family, kind, protocol, *_ = address
        made = socket.socket(family, kind, protocol)
        self._made.add(made)
        return made

    def end(self) -> None:
        """Ends what is open; what the system has not taken yet is not sent."""
        for each in tuple(self._made):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def open_session(
    base: str,
    trust: Trust | None,
    headers: Mapping[str, str],
    connections: int,
    sockets: Sockets,
) -> aiohttp.ClientSession:
    """Returns a client for one machine, whose scheme, host and port `base` names."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=connections,
            ssl=trust or True,
            resolver=_Nobody(),
            socket_factory=sockets,
            use_dns_cache=False,
            keepalive_timeout=_IDLE_S,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=headers,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),
        trust_env=False,
        middlewares=(_staying_at(URL(base)),),
    )


def _staying_at(home: URL) -> aiohttp.ClientMiddlewareType:
    """Returns what refuses another place: opening a WebSocket follows redirects."""

    async def stay(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if request.url.origin() != home.origin():
            raise aiohttp.ClientPayloadError("it leads elsewhere")
        return await handler(request)

    return stay


def once() -> aiohttp.ClientMiddlewareType:
    """Returns what lets one request pass once: the client sends some again by itself."""
    is_sent = False

    async def send(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        nonlocal is_sent
        if is_sent and request.method != "GET":
            raise aiohttp.ServerDisconnectedError
        is_sent = True
        return await handler(request)

    return send


def turned(host: str, port: int, error: Exception) -> DriverError:
    """Returns a failure of the client as ours, with a sentence of what to look at."""
    match error:
        case aiohttp.ServerFingerprintMismatch():
            return _stranger(host, error)
        case aiohttp.WSServerHandshakeError() if error.status in _NO_ENTRY:
            return LoginRejected(
                f"{host} wants a key that it knows (HTTP {error.status})."
            )
        case aiohttp.WSServerHandshakeError():
            return Unreachable(
                f"{host} port {port} answered HTTP {error.status} where it should open "
                "its live connection."
            )
        case aiohttp.ClientResponseError():
            return ProtocolViolation(f"What answers at {host} port {port} is no HTTP.")
        case OSError() | aiohttp.ClientError():
            return Unreachable(_lost(host, port, error))
    return ProtocolViolation("A word in it cannot be sent in HTTP. Check the key.")


def _stranger(host: str, error: aiohttp.ServerFingerprintMismatch) -> DriverError:
    if error.expected == error.got:
        return ProtocolViolation(f"{host} shows no certificate; it is no such printer.")
    return CertificateChanged(
        "The printer shows another certificate than before, so nothing was sent to it. "
        "Compare both fingerprints, then confirm the new one.",
        pinned=error.expected.hex(),
        found=error.got.hex(),
    )


def _lost(host: str, port: int, error: OSError | aiohttp.ClientError) -> str:
    code = error.errno if isinstance(error, OSError) else None
    match error:
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return (
                f"{host} does not answer port {port} with TLS. Is it reached by http "
                "rather than https?"
            )
        case TimeoutError():
            return _silent(host, port)
    if code == errno.ECONNREFUSED:
        return (
            f"{host} is there, but nothing answers on port {port}. Is this the "
            "printer's address, and does its network service run?"
        )
    if code in _NO_ROUTE:
        return _silent(host, port)
    return f"The connection to {host} port {port} was lost."


def _silent(host: str, port: int) -> str:
    return (
        f"No answer from {host} on port {port}. Is the printer switched on and in "
        "the same network?"
    )
