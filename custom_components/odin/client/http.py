"""Requests to the engine, and its refusals as typed errors."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Self

import aiohttp
import orjson
from yarl import URL

from .errors import (
    CannotConnect,
    EngineError,
    InvalidAuth,
    NotAllowed,
    NotFound,
    NotOdin,
    Refused,
    Rejected,
)

ANSWER_S = 15.0
COMMAND_S = 45.0
"""A command is answered once the printer confirmed it, which may take half a minute."""
CONNECT_S = 10.0

_PROBLEM = "application/problem+json"
_PERSON_HEADER = "X-Odin-On-Behalf-Of"
_ROLE_HEADER = "X-Odin-On-Behalf-Of-Role"


class Role(StrEnum):
    """What somebody may do, strongest first."""

    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of Home Assistant, behind a request."""

    user_id: str
    role: Role

    @property
    def headers(self) -> dict[str, str]:
        """Says who it is; the engine lays the person's role over the token's scopes."""
        return {_PERSON_HEADER: f"ha:{self.user_id}", _ROLE_HEADER: self.role}


class Transport:
    """One engine at one address, with one token, maybe for one person."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        token: str | None = None,
        person: Person | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._session = session
        self._token = token
        self._person = person

    def acting_for(self, person: Person | None) -> Self:
        """Returns the same engine as that person may use it; `None` is the token itself."""
        return type(self)(self._session, self.url, self._token, person)

    @property
    def headers(self) -> dict[str, str]:
        """What says who is asking."""
        headers = {} if self._person is None else self._person.headers
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return headers

    def address(self, path: str) -> str:
        """Returns the address of one of the engine's routes."""
        return f"{self.url}/api/v1{path}"

    async def open_socket(self) -> aiohttp.ClientWebSocketResponse:
        """Opens the live socket; who is asking stands in its headers.

        Raises:
            CannotConnect: nobody answers there.
        """
        try:
            return await self._session.ws_connect(
                self.address("/ws"),
                headers=self.headers,
                max_msg_size=_MESSAGE_BYTES,
                timeout=aiohttp.ClientWSTimeout(ws_close=_FAREWELL_S),
            )
        except aiohttp.WSServerHandshakeError as error:
            raise NotOdin(f"no live socket there: {error.status}") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise CannotConnect(str(error) or type(error).__name__) from error

    async def ask(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Returns the JSON at a path."""
        return await self._request("GET", path, within_s=ANSWER_S)

    async def tell(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON
        """Sends a command; returns the JSON that it is answered with, if any."""
        return await self._request(method, path, body, headers, COMMAND_S)

    async def fetch(self, path: str) -> bytes:
        """Returns the bytes at a path."""
        _, data = await self._exchange("GET", path, None, None, ANSWER_S)
        return data

    @asynccontextmanager
    async def exchange(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: AsyncIterable[bytes] | None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Passes a request on and hands the answer over unread, whatever its status is.

        `address` is a path with its query, encoded already. There is no limit of size or
        time: the caller sets one.

        Raises:
            CannotConnect: nobody answers there, or the connection broke.
        """
        try:
            async with self._session.request(
                method,
                URL(self.address(address), encoded=True),
                data=body,
                headers={**headers, **self.headers},
                skip_auto_headers=("Content-Type",),
                timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_S),
                allow_redirects=False,
                auto_decompress=False,
            ) as answer:
                yield answer
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise CannotConnect(str(error) or type(error).__name__) from error

    async def _request(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        within_s: float = ANSWER_S,
    ) -> Any:  # noqa: ANN401 - JSON
        _, data = await self._exchange(method, path, body, headers, within_s)
        return _json(data) if data else None

    async def _exchange(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        headers: Mapping[str, str] | None,
        within_s: float,
    ) -> tuple[int, bytes]:
        sent = self.headers | dict(headers or {})
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            async with self._session.request(
                method,
                self.address(path),
                data=None if body is None else orjson.dumps(body),
                headers=sent,
                timeout=aiohttp.ClientTimeout(total=within_s, connect=CONNECT_S),
                # A redirect would carry the token to whoever it names.
                allow_redirects=False,
            ) as answer:
                data = await answer.read()
                if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
                    raise _error(answer.status, answer.content_type, data)
                return answer.status, data
        except TimeoutError as error:
            raise CannotConnect("no answer in time") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise CannotConnect(str(error) or type(error).__name__) from error


_FAREWELL_S = 2.0
_MESSAGE_BYTES = 64 * 1024**2
"""A snapshot of a thousand printers has about 9 MB; aiohttp would stop at 4."""


def _json(data: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise NotOdin("the answer is no JSON") from error


def _error(status: int, content_type: str, data: bytes) -> EngineError:
    """Returns the error that an answer means. Only ours are problem documents."""
    if content_type != _PROBLEM:
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return CannotConnect(f"HTTP {status}")
        return NotOdin(f"HTTP {status}")
    problem = _json(data)
    facts: dict[str, Any] = problem if isinstance(problem, dict) else {}
    detail, code = str(facts.get("detail", "")), str(facts.get("code", ""))
    if status in {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED}:
        return Refused(detail, code=code, facts=facts)
    if status == HTTPStatus.FAILED_DEPENDENCY:
        return Refused(detail, code=code, facts=facts, is_outside=True)
    kind = _KINDS.get(status)
    if kind is None:
        is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        kind = CannotConnect if is_ours else Rejected
    return kind(detail, code=code, facts=facts)


_KINDS: dict[int, type[EngineError]] = {
    HTTPStatus.UNAUTHORIZED: InvalidAuth,
    HTTPStatus.FORBIDDEN: NotAllowed,
    HTTPStatus.NOT_FOUND: NotFound,
}
