"""Home Assistant's Supervisor, as it answers one of its apps.

Its API is JSON over HTTP with the token it gave us; it also relays core's own socket.

Source: developers.home-assistant.io, "Supervisor API endpoints"; home-assistant/
supervisor, `api/discovery.py` and `api/proxy.py`; home-assistant/core,
`components/config/auth.py`.
"""

import asyncio
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import aiohttp
import orjson

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.errors import Refused, Unavailable

_LOG = logging.getLogger(__name__)

_PATIENCE_S = 10.0
_KNOWN_S = 60.0
"""How long somebody who became administrator, or no longer is one, may wait for it."""
_AGAIN_S = 10.0
_NEVER = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
)
"""What the Supervisor says to something that it will say again."""
_ADMINISTRATORS = "system-admin"
"""The group of Home Assistant's administrators."""


class SupervisorRefused(Refused):
    """The Supervisor will not do it, however often it is asked."""

    code: ClassVar[str] = "supervisor_refused"


class SupervisorSilent(Unavailable):
    """The Supervisor does not answer, or not now."""

    code: ClassVar[str] = "supervisor_silent"


class Supervisor:
    """Asks the Supervisor; each call is a connection of its own, they are rare."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token

    async def own_host(self) -> str:
        """Returns the name by which other apps and core reach this one.

        Raises:
            SupervisorRefused, SupervisorSilent: as the names say.
        """
        about = await self._call("GET", "/addons/self/info")
        host = about.get("hostname")
        if not isinstance(host, str) or not host:
            raise SupervisorSilent("The Supervisor did not tell our own host name.")
        return host

    async def offer(self, service: str, config: Mapping[str, object]) -> None:
        """Hands a service over to core, which sets up the integration of that name.

        What is offered again unchanged is not told to core again.

        Raises:
            SupervisorRefused: the app's own list does not name the service.
            SupervisorSilent: it does not answer.
        """
        await self._call("POST", "/discovery", {"service": service, "config": config})

    async def administrators(self) -> frozenset[str]:
        """Returns the ids of the people who administer Home Assistant.

        Raises:
            SupervisorRefused: core does not let us ask.
            SupervisorSilent: it does not answer.
        """
        try:
            async with (
                asyncio.timeout(_PATIENCE_S),
                aiohttp.ClientSession() as session,
                session.ws_connect(f"{self._url}/core/websocket") as socket,
            ):
                await socket.receive_json(loads=orjson.loads)
                await socket.send_json({"type": "auth", "access_token": self._token})
                greeting = _table(await socket.receive_json(loads=orjson.loads))
                if greeting.get("type") != "auth_ok":
                    raise SupervisorRefused("Home Assistant did not accept our token.")
                await socket.send_json({"id": 1, "type": "config/auth/list"})
                answer = _table(await socket.receive_json(loads=orjson.loads))
        except (aiohttp.ClientError, OSError, TimeoutError, TypeError, ValueError) as e:
            raise SupervisorSilent(
                f"Home Assistant does not answer: {str(e) or repr(e)}."
            ) from e
        if not answer.get("success"):
            raise SupervisorRefused("Home Assistant did not tell who administers it.")
        return frozenset(_administrators(answer.get("result")))

    async def _call(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"}
        timeout = aiohttp.ClientTimeout(total=_PATIENCE_S)
        try:
            async with (
                aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
                session.request(method, self._url + path, json=body) as answer,
            ):
                status, text = answer.status, await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as e:
            raise SupervisorSilent(
                f"The Supervisor does not answer: {str(e) or repr(e)}."
            ) from e
        said = _said(text)
        if status == HTTPStatus.OK and said.get("result") == "ok":
            data = said.get("data")
            return data if isinstance(data, dict) else {}
        why = f"The Supervisor answered {status}: {said.get('message') or 'no reason'}"
        raise (SupervisorRefused if status in _NEVER else SupervisorSilent)(why)


class CorePeople:
    """Who administers Home Assistant, asked for at most once a minute."""

    def __init__(self, supervisor: Supervisor, clock: Clock) -> None:
        self._supervisor = supervisor
        self._clock = clock
        self._asking = asyncio.Lock()
        self._ask_again_s: float | None = None
        self._administrators: frozenset[str] = frozenset()

    async def is_administrator(self, person_id: str) -> bool:
        """Whether that person is one; by the last answer there was, while none comes."""
        async with self._asking:
            now_s = self._clock.monotonic_s()
            if self._ask_again_s is None or now_s >= self._ask_again_s:
                self._ask_again_s = now_s + await self._ask()
        return person_id in self._administrators

    async def _ask(self) -> float:
        try:
            self._administrators = await self._supervisor.administrators()
        except (SupervisorRefused, SupervisorSilent) as error:
            _LOG.warning("cannot tell who administers: %s", error.message)
            return _AGAIN_S
        return _KNOWN_S


def _said(text: bytes) -> dict[str, Any]:
    try:
        return _table(orjson.loads(text))
    except orjson.JSONDecodeError:
        return {}


def _table(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _administrators(people: object) -> list[str]:
    """Returns the ids of active people of the group, as core itself decides it."""
    if not isinstance(people, list):
        return []
    return [
        str(person.get("id"))
        for person in people
        if isinstance(person, dict)
        and (
            person.get("is_owner") is True
            or (
                person.get("is_active") is True
                and isinstance(groups := person.get("group_ids"), list)
                and _ADMINISTRATORS in groups
            )
        )
    ]
