"""One conversation with a server: requests with our key, and the push socket.

Source: docs.octoprint.org, "General information" (keys), "Push updates", "Login".
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from odin_engine.drivers.printers.octoprint import reach
from odin_engine.drivers.printers.octoprint.protocol import answers, encode
from odin_engine.drivers.printers.octoprint.protocol.fields import mapping, text
from odin_engine.printers.model import (
    CommandRejected,
    DriverError,
    LoginRejected,
    ProtocolViolation,
    Unreachable,
)
from odin_engine.printers.ports import Certificate, Connection

if TYPE_CHECKING:
    from odin_engine.drivers.web import Answer, FormPart, Web, WebSocket

OK = 200
NO_ACCESS = frozenset({401, 403})
NOT_FOUND = 404
AWAY = 409
_BAD = 400
_FAILED = 500
_GOOD = range(200, 300)
_HEARTBEAT_S = 20.0
_THROTTLE = 2
"""Times half a second: a state each second is as often as anybody looks."""

_SETTINGS = "/api/settings"
SOCKET = "socket"
"""The topic of what the push socket says, in recordings."""
WRONG_KEY = f"OctoPrint refuses the key. Make a new one. {reach.FIND_KEY}"
_NO_KEY = f"The application key is missing. {reach.FIND_KEY}"
_OTHER = (
    "What answers there is not OctoPrint, though it may imitate it. If it is Klipper "
    "(Moonraker) or a Prusa (PrusaLink), add it as that."
)

type Tell = Callable[[str, str, Any], None]
"""Called with the direction, the topic and what was said."""


class Session:
    """Talks to one server; used for one connection, and closed."""

    def __init__(
        self, connection: Connection, pin_sha256: str | None, tell: Tell
    ) -> None:
        self._connection = connection
        # The socket and an upload take two; a stop must not wait behind what hangs.
        self._web = reach.web(connection, pin_sha256, connections=8)
        self._key = connection.secret or ""
        self._tell = tell

    @property
    def certificate(self) -> Certificate | None:
        """The certificate that was shown."""
        return self._web.certificate

    async def identify(self) -> Answer:
        """Asks what it is, without our key: a stranger is not told it.

        Raises:
            ProtocolViolation: it is not OctoPrint.
            LoginRejected: there is no key to ask further with.
            DriverError: as the connection fails.
        """
        answer = await first_answer(self._web)
        if answer.status == OK:
            check_version(answer)
        elif answer.status not in NO_ACCESS:
            raise unexpected(answer)
        if not self._key:
            raise LoginRejected(_NO_KEY)
        return answer

    async def login(self) -> tuple[str, dict[str, Any]]:
        """Logs in with the key; returns what opens the socket, and what it may do.

        Raises:
            LoginRejected: the key is wrong, or belongs to nobody.
            DriverError: as the connection fails.
        """
        answer = await self.send("POST", encode.LOGIN, {"passive": True}, is_told=False)
        if answer.status in NO_ACCESS or is_stranger(answer):
            raise LoginRejected(WRONG_KEY)
        if answer.status != OK:
            raise unexpected(answer)
        said = mapping(answer.json())
        name, session = text(said.get("name")), text(said.get("session"))
        if name is None or session is None:
            # Before 1.8.3 a wrong key made a guest of us.
            raise LoginRejected(WRONG_KEY)
        known = {"name": name, "needs": mapping(said.get("needs"))}
        self._tell("in", f"POST {encode.LOGIN}", known)
        return f"{name}:{session}", dict(said)

    async def open(self, auth: str) -> WebSocket:
        """Opens the push socket and asks for what we follow.

        Raises:
            DriverError: as the connection fails.
        """
        socket = await self._web.socket(encode.SOCKET, heartbeat_s=_HEARTBEAT_S)
        try:
            for message in (
                # Only before it knows us: what the login brings is chosen by it.
                encode.subscription(),
                {"auth": auth},
                {"throttle": _THROTTLE},
            ):
                shown = {"auth": "…"} if "auth" in message else message
                self._tell("out", SOCKET, shown)
                await socket.send(orjson.dumps(message).decode())
        except BaseException:
            await socket.close()
            raise
        return socket

    async def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        is_told: bool = True,
    ) -> Answer:
        """Makes a request with our key. Raises `DriverError` as the connection fails."""
        if body is not None:
            self._tell("out", f"{method} {path}", body)
        answer = await self._web.request(
            method, path, json=body, headers=self._secret(), within_s=30.0
        )
        if is_told and answer.body:
            self._tell("in", f"{method} {path}", answer.body)
        return answer

    async def upload(
        self, path: str, parts: Sequence[FormPart], within_s: float
    ) -> Answer:
        """Sends a form with files. Raises `DriverError` as the connection fails."""
        self._tell("out", f"POST {path}", {"file": str(parts[0].file_name)})
        answer = await self._web.send_form(
            path, parts, within_s=within_s, headers=self._secret()
        )
        self._tell("in", f"POST {path}", answer.body)
        return answer

    async def settings(self) -> dict[str, Any]:
        """Returns what of the settings matters; the rest holds keys and passwords.

        Raises:
            DriverError: as the connection fails, or the answer makes no sense.
        """
        known = answers.settings_used(await self.look(_SETTINGS, is_told=False))
        self._tell("in", f"GET {_SETTINGS}", known)
        return known

    async def look(self, path: str, *, is_told: bool = True) -> Any:  # noqa: ANN401
        """Returns what a path answers, `None` where it is not there or not for us.

        A server without its machine answers some paths with 409 and why.

        Raises:
            DriverError: as the connection fails, or the answer makes no sense.
        """
        answer = await self.send("GET", path, is_told=is_told)
        if answer.status >= _FAILED:
            raise unexpected(answer)
        return answer.json() if answer.status in {OK, AWAY} else None

    async def close(self) -> None:
        """Closes every connection."""
        await self._web.close()

    def _secret(self) -> dict[str, str]:
        return {"X-Api-Key": self._key}


async def first_answer(web: Web) -> Answer:
    """Returns what a server says of its version to somebody without a key.

    Raises:
        Unreachable: nobody there, or what answers is no server.
        DriverError: as the connection fails.
    """
    try:
        return await web.request("GET", encode.VERSION)
    except ProtocolViolation as error:
        # So it does for as long as it starts (1.11.8), half a minute on a Pi.
        raise Unreachable(
            f"{error.message} OctoPrint itself answers so while it starts: wait a "
            "minute. If it stays so, check the port."
        ) from error


def check_version(answer: Answer) -> None:
    """Raises `ProtocolViolation` unless an answer is OctoPrint's version."""
    if not answers.is_octoprint(answer.json()):
        raise ProtocolViolation(_OTHER)


def is_stranger(answer: Answer) -> bool:
    """Whether a request with an effect was refused because its key is wrong.

    The server then takes it for a browser's and misses the token of one (1.11.8).
    """
    return answer.status == _BAD and "csrf" in refusal(answer).lower()


def unexpected(answer: Answer) -> DriverError:
    """Returns what an answer means that nobody should get."""
    if answer.status >= _FAILED:
        return Unreachable(
            f"The server answers HTTP {answer.status}: OctoPrint is starting, or has "
            "crashed behind its proxy. Wait a minute, then restart it."
        )
    return ProtocolViolation(f"{_OTHER} (HTTP {answer.status})")


def check_done(answer: Answer) -> None:
    """Raises what an answer to a request with an effect means, unless it is done.

    Raises:
        LoginRejected: the key is not known any more.
        CommandRejected: the server said no, with its own words.
    """
    if answer.status in _GOOD:
        return
    if is_stranger(answer):
        raise LoginRejected(WRONG_KEY)
    said = refusal(answer)
    code = str(answer.status)
    if answer.status in NO_ACCESS:
        raise CommandRejected(
            f"The key may not do that ({said}). Give its user the permission in "
            "OctoPrint: Settings → Access Control.",
            code,
        )
    raise CommandRejected(f"OctoPrint refused: {said}.", code)


def refusal(answer: Answer) -> str:
    """Returns the server's own words, or its status."""
    try:
        said = answers.said_by(answer.json())
    except ProtocolViolation:
        said = None
    return (said or f"HTTP {answer.status}, without a reason").rstrip(".")
