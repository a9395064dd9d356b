"""The guarded HTTP client: checked addresses, capped redirects, sizes and times.

Nothing of the environment is used: no proxies, no netrc, no cookies.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, ClassVar, override
from urllib.parse import SplitResult, urljoin, urlsplit

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver, ResolveResult

from odin_engine.kernel.errors import Invalid, Unavailable
from odin_engine.kernel.fetch.addresses import Reach, literal, resolve

MAX_REDIRECTS = 5
_DEFAULT_MAX_BYTES = 10 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=10, sock_read=20)
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOLLOWED_METHODS = frozenset({"GET", "HEAD"})
_CREDENTIAL_HEADERS = frozenset({"authorization", "cookie", "x-api-key"})


class FetchFailed(Unavailable):
    """The other side did not answer, or not with anything usable."""

    code: ClassVar[str] = "fetch_failed"

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"{host}: {reason}.")
        self.host = host


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, read to its end. `url` is where it came from after redirects."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status says that it worked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - RFC 9110, section 15.3

    def json(self) -> Any:  # noqa: ANN401 - the caller narrows what came from outside
        """Returns the body as JSON.

        Raises:
            FetchFailed: it is none.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            host = urlsplit(self.url).hostname or ""
            raise FetchFailed(host, "it did not answer with JSON") from error


class Fetch:
    """Makes requests to what its reach allows; close it in the end."""

    def __init__(self, reach: Reach, max_bytes: int = _DEFAULT_MAX_BYTES) -> None:
        self._reach = reach
        self._max_bytes = max_bytes
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """Fetches an address, following a few redirects. Raises as `request`."""
        return await self.request("GET", url, headers)

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Sends a body; redirects are not followed. Raises as `request`."""
        return await self.request("POST", url, headers, body)

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Fetched:
        """Makes a request; the status is the caller's to judge.

        Raises:
            Invalid: not an http or https address.
            AddressRefused: it leads, itself or by a redirect, where it may not.
            Unavailable: no answer, too many redirects, or too long an answer.
        """
        sent = dict(headers or {})
        for _ in range(MAX_REDIRECTS + 1):
            place = _checked(url)
            answer = await self._exchange(method, place, sent, body)
            target = answer.headers.get("location")
            is_followed = answer.status in _REDIRECTS and method in _FOLLOWED_METHODS
            if not (is_followed and target):
                return answer
            url = urljoin(url, target)
            if _origin(_checked(url)) != _origin(place):
                sent = {
                    name: value
                    for name, value in sent.items()
                    if name.lower() not in _CREDENTIAL_HEADERS
                }
        raise FetchFailed(place.hostname or "", "it redirects without end")

    async def close(self) -> None:
        """Closes every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(
        self,
        method: str,
        place: SplitResult,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Fetched:
        host = place.hostname or ""
        if literal(host):
            # The client connects to a written address without asking the resolver.
            await resolve(host, 0, self._reach)
        try:
            async with self._open_session().request(
                method,
                place.geturl(),
                headers=headers,
                data=body,
                allow_redirects=False,
            ) as response:
                content = await self._read(response, host)
                return Fetched(
                    response.status, place.geturl(), response.headers.copy(), content
                )
        except TimeoutError as error:
            raise FetchFailed(host, "it did not answer in time") from error
        except aiohttp.InvalidURL as error:
            raise Invalid(f"{host} is not an address.") from error
        except aiohttp.ClientError as error:
            raise FetchFailed(host, _reason(error)) from error

    async def _read(self, response: aiohttp.ClientResponse, host: str) -> bytes:
        content = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            content += chunk
            if len(content) > self._max_bytes:
                response.close()
                raise FetchFailed(host, f"it sent more than {self._max_bytes} bytes")
        return bytes(content)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=_CheckedResolver(self._reach), use_dns_cache=False
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=_TIMEOUT,
                trust_env=False,
            )
        return self._session


class _CheckedResolver(AbstractResolver):
    """Gives the client allowed addresses only, so it cannot connect to others."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    @override
    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=(
                    socket.AF_INET
                    if isinstance(address, IPv4Address)
                    else socket.AF_INET6
                ),
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await resolve(host, port, self._reach)
        ]

    @override
    async def close(self) -> None:
        """Nothing to release."""


def _checked(url: str) -> SplitResult:
    try:
        place = urlsplit(url)
        is_usable = place.scheme in _PORTS and bool(place.hostname)
        _ = place.port
    except ValueError:
        is_usable = False
    if not is_usable or place.username is not None:
        raise Invalid("Give an address that begins with http:// or https://.")
    return place


def _origin(place: SplitResult) -> tuple[str, str | None, int]:
    return place.scheme, place.hostname, place.port or _PORTS[place.scheme]


def _reason(error: aiohttp.ClientError) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not valid for this name"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "no connection to it could be made"
    return "the connection to it broke"
