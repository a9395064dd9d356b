"""Getting a key that a person allows in OctoPrint's own window.

Source: docs.octoprint.org, "Bundled plugins: Application Keys Plugin".
"""

from typing import TYPE_CHECKING
from urllib.parse import quote

from odin_engine.drivers.printers.octoprint import reach
from odin_engine.drivers.printers.octoprint.protocol.encode import APP
from odin_engine.drivers.printers.octoprint.protocol.fields import mapping, text
from odin_engine.drivers.printers.octoprint.session import (
    NO_ACCESS,
    NOT_FOUND,
    OK,
    unexpected,
)
from odin_engine.kernel.clock import Ticker
from odin_engine.printers.model import (
    LoginRejected,
    NotSupported,
    ProtocolViolation,
)
from odin_engine.printers.ports import Connection

if TYPE_CHECKING:
    from odin_engine.drivers.web import Web

_REQUEST = "/plugin/appkeys/request"
_PROBE = "/plugin/appkeys/probe"
_SUPPORTED = 204
_CREATED = 201
_PENDING = 202
_TOO_MANY = 429
_POLL_S = 1.0
"""The server forgets a request that nobody asks after for five seconds."""
_PATIENCE_S = 300.0


async def has_app_keys(web: Web) -> bool:
    """Whether the server gives keys this way, which only OctoPrint does."""
    return (await web.request("GET", _PROBE)).status == _SUPPORTED


async def ask_for_key(connection: Connection, ticker: Ticker) -> str:
    """Asks once, waits until a person has decided, and returns the key.

    Raises:
        LoginRejected: a person said no, or nobody said anything in time.
        NotSupported: that server gives no keys this way.
        DriverError: as the connection fails.
    """
    web = reach.web(connection, connection.pin_sha256)
    try:
        if not await has_app_keys(web):
            raise NotSupported(
                "This server gives no keys on request. Make one there and enter it. "
                f"{reach.FIND_KEY}"
            )
        return await _wait(web, await _request(web), ticker)
    finally:
        await web.close()


async def _request(web: Web) -> str:
    """Asks for a key; returns the path that tells the decision."""
    answer = await web.request("POST", _REQUEST, json={"app": APP})
    if answer.status == _TOO_MANY:
        raise LoginRejected(
            "OctoPrint was asked for keys too often. Wait ten minutes, or make a key "
            f"there and enter it. {reach.FIND_KEY}"
        )
    if answer.status in NO_ACCESS:
        raise NotSupported("OctoPrint's first setup is not finished. Finish it there.")
    if answer.status != _CREATED:
        raise unexpected(answer)
    token = text(mapping(answer.json()).get("app_token"), 200)
    if token is None:
        raise ProtocolViolation("The server took the request and named no token.")
    # Not the address that it sends: that may lead to another host.
    return f"{_REQUEST}/{quote(token, safe='')}"


async def _wait(web: Web, path: str, ticker: Ticker) -> str:
    for _ in range(int(_PATIENCE_S / _POLL_S)):
        await ticker.sleep(_POLL_S)
        answer = await web.request("GET", path)
        if answer.status == _PENDING:
            continue
        if answer.status == NOT_FOUND:
            raise LoginRejected(
                "The request for a key was denied in OctoPrint, or has expired there."
            )
        key = text(mapping(answer.json()).get("api_key"), 200)
        if answer.status != OK or key is None:
            raise unexpected(answer)
        return key
    raise LoginRejected(
        "Nobody allowed the key in OctoPrint within five minutes. Open OctoPrint in a "
        "browser, log in, ask again and press Allow there."
    )
