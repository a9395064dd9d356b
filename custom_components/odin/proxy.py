"""The engine's API for people who are logged in to Home Assistant, passed on in chunks."""

import asyncio
import logging
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

import aiohttp
import orjson
from aiohttp import hdrs, web
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from .client import CannotConnect, OdinClient
from .const import DOMAIN
from .coordinator import OdinConfigEntry
from .paths import KEPT_BACK, Segments, address_of, methods_at, segments_of

_LOGGER = logging.getLogger(__name__)

IDLE_S: Final = 45.0
"""No byte moved for this long, either way. A command is answered within half a minute."""

_THERE: Final = (
    hdrs.ACCEPT,
    hdrs.ACCEPT_LANGUAGE,
    hdrs.CONTENT_LENGTH,
    hdrs.CONTENT_TYPE,
    hdrs.IF_MATCH,
    hdrs.IF_MODIFIED_SINCE,
    hdrs.IF_NONE_MATCH,
    hdrs.IF_RANGE,
    hdrs.RANGE,
    "Idempotency-Key",
)
_BACK: Final = (
    hdrs.ACCEPT_RANGES,
    hdrs.ALLOW,
    hdrs.CACHE_CONTROL,
    hdrs.CONTENT_DISPOSITION,
    hdrs.CONTENT_ENCODING,
    hdrs.CONTENT_LENGTH,
    hdrs.CONTENT_RANGE,
    hdrs.CONTENT_TYPE,
    hdrs.ETAG,
    hdrs.LAST_MODIFIED,
    hdrs.RETRY_AFTER,
    hdrs.VARY,
    "X-Taken-At",
)
"""Whatever else stands in a header is between the two who sent it."""

_NEVER_A_PAGE: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""What comes from here is data, also where it says that it is a page of Home Assistant's."""

_PROBLEM = "application/problem+json"
_COMPRESSED: Final = {"application/json", "text/csv"}
_LEAST_COMPRESSED_BYTES = 1024
_UPLOADING: Final = {"PATCH", "POST", "PUT"}
_ENTRY_AT = 3
"""`/api/odin/<entry>/…`: the place of the entry's id."""


@callback
def async_setup_proxy(hass: HomeAssistant) -> None:
    """Registers the view, once for all engines."""
    hass.http.register_view(EngineView())


class EngineView(HomeAssistantView):
    """Passes on what is on the list, as whoever is logged in."""

    url = f"/api/{DOMAIN}/{{entry_id}}/{{path:.*}}"
    name = f"api:{DOMAIN}:engine"

    async def _pass(
        self, request: web.Request, entry_id: str, path: str
    ) -> web.StreamResponse:
        try:
            segments = _segments(request)
            entry = _entry(request.app[KEY_HASS], entry_id)
            user = request[KEY_HASS_USER]
            person = entry.runtime_data.coordinator.person(
                user.id, is_admin=user.is_admin
            )
            client = entry.runtime_data.client.acting_for(person)
            return await _Exchange(request, entry).run(client, segments)
        except _Problem as problem:
            return problem.document()

    delete = get = head = patch = post = put = _pass


class _Problem(Exception):
    """Why nothing is passed on, or nothing came back."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        super().__init__(detail)
        self._status, self._code, self._detail = status, code, detail

    def document(self) -> web.Response:
        """Returns it as the engine words its own (RFC 9457)."""
        body = {
            "type": f"urn:odin:error:{self._code}",
            "title": self._code.replace("_", " ").capitalize(),
            "status": self._status,
            "detail": self._detail,
            "code": self._code,
        }
        return web.Response(
            body=orjson.dumps(body),
            status=self._status,
            content_type=_PROBLEM,
            headers=_NEVER_A_PAGE | {"Cache-Control": "no-store"},
        )


def _away() -> _Problem:
    return _Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "engine_unavailable",
        "Home Assistant cannot reach the engine now. See whether it runs, then try again.",
    )


def _segments(request: web.Request) -> Segments:
    """Returns where the request leads, if it is on the list.

    Raises:
        _Problem: it is not.
    """
    raw = request.rel_url.raw_path.split("/", _ENTRY_AT + 1)[-1]
    segments = segments_of(raw)
    if segments is not None and segments[0] in KEPT_BACK:
        raise _Problem(
            HTTPStatus.FORBIDDEN,
            "not_through_home_assistant",
            "Accounts and tokens are managed in the engine's own panel.",
        )
    methods = frozenset() if segments is None else methods_at(segments)
    if segments is None or not methods:
        raise _Problem(
            HTTPStatus.NOT_FOUND, "not_found", "There is nothing at this address."
        )
    method = "GET" if request.method == "HEAD" else request.method
    if method not in methods:
        raise _Problem(
            HTTPStatus.METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This address does not take that method.",
        )
    return segments


def _entry(hass: HomeAssistant, entry_id: str) -> OdinConfigEntry:
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN:
        raise _Problem(
            HTTPStatus.NOT_FOUND, "not_found", "There is no such engine here."
        )
    if entry.state is not ConfigEntryState.LOADED:
        raise _away()
    return entry


class _Exchange:
    """One request and its answer; neither is ever held whole."""

    def __init__(self, request: web.Request, entry: OdinConfigEntry) -> None:
        self._request = request
        self._entry = entry
        self._idle = asyncio.timeout(IDLE_S)
        self._response: web.StreamResponse | None = None

    async def run(self, client: OdinClient, segments: Segments) -> web.StreamResponse:
        """Returns the answer, which has been sent by then.

        Raises:
            _Problem: there is none.
        """
        request = self._request
        address = address_of(segments, request.rel_url.raw_query_string)
        headers = {
            name: request.headers[name] for name in _THERE if name in request.headers
        }
        headers[hdrs.ACCEPT_ENCODING] = "identity"
        is_upload = request.method in _UPLOADING and request.body_exists
        if not is_upload or hdrs.CONTENT_ENCODING in request.headers:
            # A packed body has been unpacked on its way here: it is longer than that.
            headers.pop(hdrs.CONTENT_LENGTH, None)
        body = self._sent() if is_upload else None
        try:
            async with (
                self._idle,
                client.exchange(request.method, address, headers, body) as answer,
            ):
                self._moved()
                return await self._answer(answer)
        except (TimeoutError, CannotConnect) as error:
            return self._broken(error)

    def _moved(self) -> None:
        self._idle.reschedule(asyncio.get_running_loop().time() + IDLE_S)

    async def _sent(self) -> AsyncIterator[bytes]:
        async for chunk in self._request.content.iter_any():
            self._moved()
            yield chunk

    async def _answer(self, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        self._check(answer)
        headers = {
            name: answer.headers[name] for name in _BACK if name in answer.headers
        }
        headers[hdrs.CACHE_CONTROL] = _private(headers.get(hdrs.CACHE_CONTROL))
        response = web.StreamResponse(
            status=answer.status, headers=headers | _NEVER_A_PAGE
        )
        if self._is_compressed(answer):
            del response.headers[hdrs.CONTENT_LENGTH]
            response.enable_compression()
        self._response = response
        await response.prepare(self._request)
        if self._request.method != "HEAD":
            async for chunk in answer.content.iter_any():
                self._moved()
                if not await self._written(response, chunk):
                    return response
        await response.write_eof()
        return response

    def _check(self, answer: aiohttp.ClientResponse) -> None:
        """Raises `_Problem` for answers that are no business of the person's."""
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._entry.async_start_reauth(self._request.app[KEY_HASS])
            raise _Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "engine_refuses_token",
                "The engine refuses Home Assistant's token. An administrator of Home"
                " Assistant can enter another one in the integration's settings.",
            )
        is_ours = (
            answer.status < HTTPStatus.MULTIPLE_CHOICES
            or answer.status == HTTPStatus.NOT_MODIFIED
            or answer.content_type == _PROBLEM
        )
        if not is_ours:
            _LOGGER.debug("%s answered HTTP %s", answer.url.host, answer.status)
            raise _away()

    def _is_compressed(self, answer: aiohttp.ClientResponse) -> bool:
        return (
            answer.status == HTTPStatus.OK
            and answer.content_type in _COMPRESSED
            and self._request.method != "HEAD"
            and hdrs.CONTENT_ENCODING not in answer.headers
            and (answer.content_length or 0) >= _LEAST_COMPRESSED_BYTES
        )

    async def _written(self, response: web.StreamResponse, chunk: bytes) -> bool:
        """Whether the browser is still there."""
        try:
            await response.write(chunk)
        except ConnectionError:
            return False
        return True

    def _broken(self, error: Exception) -> web.StreamResponse:
        """Says that the engine is away, or, where it began to answer, cuts the browser off.

        An answer that just ended would look like a whole one.
        """
        _LOGGER.debug("The engine did not answer: %s", error)
        if self._response is None:
            raise _away() from error
        if self._request.transport is not None:
            self._request.transport.abort()
        return self._response


def _private(told: str | None) -> str:
    """Returns how long the browser alone may keep it, whatever stands between."""
    if told is None or "public" in told:
        return "private, no-cache"
    return told
