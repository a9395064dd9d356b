"""What the panel and the cards ask over Home Assistant's socket: engines, login, live line.

The engine decides what a person may see. Each live line is a socket of its own to the
engine, which acts for that person alone.
"""

import asyncio
import contextlib
from typing import Any, Final

import aiohttp
import orjson
import probatio
from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import (
    ERR_HOME_ASSISTANT_ERROR,
    ERR_NOT_ALLOWED,
    ERR_NOT_FOUND,
    ERR_UNAUTHORIZED,
)
from homeassistant.components.websocket_api.decorators import (
    async_response,
    websocket_command,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.loader import async_get_integration

from .client import CannotConnect, EngineError, InvalidAuth, NotAllowed, OdinClient
from .const import DOMAIN
from .coordinator import OdinConfigEntry

ERR_UNAVAILABLE: Final = "unavailable"

PASSED_TYPES: Final = ("ping", "resync", "subscribe")
"""What a browser may say to the engine. Its login is the integration's business."""

TOO_SLOW: Final = 4408
"""The engine's own code for a client that does not read."""
MOST_WAITING: Final = 64
"""So many messages may wait for a browser before the engine's next is left unread.

The engine then lays the newer changes over each other. Home Assistant itself would hang
up on everything that this browser does, at a thousand.
"""
STUCK_S: Final = 30.0
"""The engine's own patience with a client that does not read."""
_LOOK_S: Final = 0.1

_CLOSINGS: Final = {
    aiohttp.WSMsgType.CLOSE,
    aiohttp.WSMsgType.CLOSING,
    aiohttp.WSMsgType.CLOSED,
    aiohttp.WSMsgType.ERROR,
}
_GONE = "The engine closed the live line."
_UNLOADED = "The integration was reloaded or switched off."


@callback
def async_setup_relay(hass: HomeAssistant) -> None:
    """Registers the commands, once for all engines."""
    for command in (_entries, _session, _live, _send):
        async_register_command(hass, command)


@websocket_command({probatio.Required("type"): f"{DOMAIN}/entries"})
@async_response
async def _entries(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tells which engines there are, in Home Assistant's order."""
    integration = await async_get_integration(hass, DOMAIN)
    found = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    entries = [
        {
            "entry_id": entry.entry_id,
            "title": entry.title,
            "engine_id": entry.unique_id,
            "state": "loaded"
            if entry.state is ConfigEntryState.LOADED
            else ERR_UNAVAILABLE,
        }
        for entry in found
    ]
    connection.send_result(
        msg["id"], {"entries": entries, "version": str(integration.version)}
    )


@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/session",
        probatio.Required("entry_id"): cv.string,
    }
)
@async_response
async def _session(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tells what the engine lets this person do."""
    entry = _entry(hass, connection, msg)
    if entry is None:
        return
    try:
        session = await _client(entry, connection).session()
    except EngineError as error:
        _refuse(hass, connection, msg, entry, error)
        return
    # The engine names the token's owner: it knows the person only by an id.
    name = connection.user.name or ""
    person = {"user_id": None, "name": name, "display_name": name}
    connection.send_result(msg["id"], session | person)


@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/live",
        probatio.Required("entry_id"): cv.string,
    }
)
@callback
def _live(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Opens a live line; it is answered once the engine took it."""
    entry = _entry(hass, connection, msg)
    if entry is None:
        return
    line = _Line(hass, entry, connection, msg)
    connection.subscriptions[msg["id"]] = line
    line.begin()


@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/live/send",
        probatio.Required("subscription"): cv.positive_int,
        probatio.Required("message"): probatio.Schema(
            {probatio.Required("type"): probatio.In(PASSED_TYPES)},
            extra=probatio.ALLOW_EXTRA,
        ),
    }
)
@async_response
async def _send(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Says something to the engine on a live line."""
    line = connection.subscriptions.get(msg["subscription"])
    if not isinstance(line, _Line) or not await line.say(msg["message"]):
        connection.send_error(msg["id"], ERR_NOT_FOUND, "That live line is not open.")
        return
    connection.send_result(msg["id"])


class _Line:
    """One person's socket to the engine. To call it is to hang up, as a subscription is."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: OdinConfigEntry,
        connection: ActiveConnection,
        msg: dict[str, Any],
    ) -> None:
        self._hass, self._entry = hass, entry
        self._connection, self._msg = connection, msg
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_wanted = True
        self._is_answered = False

    def begin(self) -> None:
        """Opens it, for as long as the entry is loaded at most."""
        self._task = self._entry.async_create_background_task(
            self._hass, self._hold(), f"{DOMAIN} live line of a browser"
        )

    def __call__(self) -> None:
        self._is_wanted = False
        if self._task is not None:
            self._task.cancel()

    async def say(self, message: dict[str, Any]) -> bool:
        """Whether it could be said."""
        if self._socket is None or self._socket.closed:
            return False
        try:
            await self._socket.send_str(orjson.dumps(message).decode())
        except aiohttp.ClientError, OSError:
            return False
        return True

    async def _hold(self) -> None:
        reason, code = _UNLOADED, None
        try:
            client = _client(self._entry, self._connection)
            self._socket = await client.open_socket()
            self._is_answered = True
            self._connection.send_result(self._msg["id"])
            reason, code = await self._relay(self._socket)
        except EngineError as error:
            self._forget()
            _refuse(self._hass, self._connection, self._msg, self._entry, error)
        finally:
            # First, because the engine may be long in saying goodbye.
            self._tell_end(reason, code)
            await self._hang_up()

    async def _relay(
        self, socket: aiohttp.ClientWebSocketResponse
    ) -> tuple[str, int | None]:
        """Passes on what the engine says; returns why and with which code it ended."""
        while True:
            if not await self._is_taken():
                return "The browser did not read.", TOO_SLOW
            message = await socket.receive()
            if message.type in _CLOSINGS:
                return str(message.extra or "") or _GONE, socket.close_code
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            if not _is_json(message.data):
                return "The engine's words make no sense.", None
            self._pass_on(message.data)

    async def _is_taken(self) -> bool:
        """Waits while the browser takes less than it is sent; whether it does at all."""
        waited_s = 0.0
        while _waiting(self._connection) > MOST_WAITING:
            if waited_s >= STUCK_S:
                return False
            await asyncio.sleep(_LOOK_S)
            waited_s += _LOOK_S
        return True

    def _pass_on(self, text: str) -> None:
        """Sends the engine's JSON as it came: to build it anew costs more than all else."""
        before = (
            b'{"id":%d,"type":"event","event":{"type":"message","message":'
            % (self._msg["id"])
        )
        self._connection.send_message(b"".join((before, text.encode(), b"}}")))

    def _tell_end(self, reason: str, code: int | None) -> None:
        if not self._is_wanted:
            return
        self._forget()
        if self._is_answered:
            event = {"type": "closed", "reason": reason, "code": code}
            self._connection.send_event(self._msg["id"], event)
        else:
            _say_away(self._connection, self._msg)

    def _forget(self) -> None:
        self._is_wanted = False
        self._connection.subscriptions.pop(self._msg["id"], None)

    async def _hang_up(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await self._socket.close()


def _is_json(text: str) -> bool:
    """Whether the browser could read it: one bad message spoils a whole batch of others'."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _waiting(connection: ActiveConnection) -> int:
    """Returns how many messages of all kinds wait for that browser.

    Home Assistant has no public word for it; where it has another one, its own limits
    remain.
    """
    handler = getattr(connection.send_message, "__self__", None)
    return len(getattr(handler, "_message_queue", None) or ())


def _client(entry: OdinConfigEntry, connection: ActiveConnection) -> OdinClient:
    """Returns the client as the person at that browser may use it."""
    user, runtime = connection.user, entry.runtime_data
    person = runtime.coordinator.person(user.id, is_admin=user.is_admin)
    return runtime.client.acting_for(person)


def _entry(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> OdinConfigEntry | None:
    """Returns the loaded entry that is meant; without one the answer has been sent."""
    entry = hass.config_entries.async_get_entry(msg["entry_id"])
    if entry is None or entry.domain != DOMAIN:
        connection.send_error(msg["id"], ERR_NOT_FOUND, "There is no such engine here.")
        return None
    if entry.state is not ConfigEntryState.LOADED:
        _say_away(connection, msg)
        return None
    return entry


def _refuse(
    hass: HomeAssistant,
    connection: ActiveConnection,
    msg: dict[str, Any],
    entry: OdinConfigEntry,
    error: EngineError,
) -> None:
    match error:
        case CannotConnect():
            _say_away(connection, msg)
        case InvalidAuth():
            entry.async_start_reauth(hass)
            connection.send_error(
                msg["id"],
                ERR_UNAUTHORIZED,
                "The engine refuses Home Assistant's token.",
            )
        case NotAllowed():
            connection.send_error(msg["id"], ERR_NOT_ALLOWED, error.detail)
        case _:
            connection.send_error(msg["id"], ERR_HOME_ASSISTANT_ERROR, error.detail)


def _say_away(connection: ActiveConnection, msg: dict[str, Any]) -> None:
    connection.send_error(
        msg["id"], ERR_UNAVAILABLE, "Home Assistant cannot reach the engine now."
    )
