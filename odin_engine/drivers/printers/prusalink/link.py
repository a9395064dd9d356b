"""The way to one machine: HTTP, proven, one request at a time.

A board with the Buddy firmware has three connections to give, to everybody. So what we
ask waits its turn; an upload takes a second connection, and only an emergency stop does
not wait, on the third. A loss is raised, never tried again here.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from odin_engine.drivers.printers.prusalink.login import DigestLogin, KeyLogin, Login
from odin_engine.drivers.printers.prusalink.protocol.files import upload_within_s
from odin_engine.drivers.web import Answer, Web
from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import LoginRejected
from odin_engine.printers.ports import Connection, Progress, Record

PORT = 80
FIND_KEY = (
    "On printers from the MINI on, Settings → Network → PrusaLink shows the password. On "
    "a Raspberry Pi it is the API key in PrusaLink's settings, or the name and password "
    "chosen there."
)
_REQUEST_S = 5.0
_CONNECTIONS = 3
_MOST_BYTES = 4 * 1024 * 1024
_OK, _UNAUTHORISED, _FORBIDDEN = 200, 401, 403


class Link:
    """Requests to one machine; close it in the end."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        tap: Callable[[Record], None] | None = None,
    ) -> None:
        self._web = Web(
            connection.host,
            connection.ports.get("http", PORT),
            headers={"Accept": "application/json"},
            most_bytes=_MOST_BYTES,
            connections=_CONNECTIONS,
        )
        self._connection = connection
        # Each with challenges of its own: answers to one must arrive in their order.
        self._login, self._upload_login = _login(connection), _login(connection)
        self._clock = clock
        self._tap = tap
        self._turn = asyncio.Lock()
        self.heard_s: float | None = None

    async def ask(
        self, method: str, path: str, *, within_s: float = _REQUEST_S
    ) -> Answer:
        """Makes a request in turn with others. Any status but a rejected login returns.

        Raises:
            LoginRejected: the key or password was refused.
            DriverError: as `Web.request`.
        """
        async with self._turn:
            return await self._ask(self._login, method, path, within_s)

    async def ask_now(
        self, method: str, path: str, *, within_s: float = _REQUEST_S
    ) -> Answer:
        """Makes a request beside those that wait. Raises as `ask`."""
        return await self._ask(_login(self._connection), method, path, within_s)

    async def ask_before_sending(self, path: str) -> Answer:
        """Asks on the way that `send` takes, which brings it a fresh challenge.

        A body would have to be sent twice for one. Raises as `ask`.
        """
        return await self._ask(self._upload_login, "GET", path, _REQUEST_S)

    async def send(
        self,
        path: str,
        source: Path,
        size: int,
        progress: Progress,
        headers: Mapping[str, str],
    ) -> Answer:
        """Sends a file by PUT, beside what is asked meanwhile. Raises as `ask`."""

        def tell(done: int, total: int) -> None:
            # What takes bytes is alive, even where it answers nothing meanwhile.
            self.heard_s = self._clock.monotonic_s()
            progress(done, total)

        return await self._proven(
            self._upload_login,
            "PUT",
            path,
            lambda proof: self._web.send_file(
                "PUT",
                path,
                source,
                tell,
                headers={**headers, **proof},
                within_s=upload_within_s(size),
            ),
        )

    async def close(self) -> None:
        """Ends every connection."""
        await self._web.close()

    async def _ask(
        self, login: Login, method: str, path: str, within_s: float
    ) -> Answer:
        return await self._proven(
            login,
            method,
            path,
            lambda headers: self._web.request(
                method, path, headers=headers, within_s=within_s
            ),
        )

    async def _proven(
        self,
        login: Login,
        method: str,
        path: str,
        send: Callable[[Mapping[str, str]], Any],
    ) -> Answer:
        self._record("out", f"{method} {path}", b"")
        answer: Answer = await send(login.headers(method, path))
        if answer.status == _UNAUTHORISED and login.renew(answer.headers):
            # Nothing was done for the first one: it had no proof, or an old one.
            answer = await send(login.headers(method, path))
        self.heard_s = self._clock.monotonic_s()
        code = "" if answer.status == _OK else f" {answer.status}"
        self._record("in", f"{method} {path}{code}", answer.body)
        if answer.status == _UNAUTHORISED or (
            answer.status == _FORBIDDEN and method == "GET"
        ):
            raise LoginRejected(f"The printer refuses the key or password. {FIND_KEY}")
        return answer

    def _record(self, direction: str, topic: str, body: bytes) -> None:
        if self._tap is None:
            return
        payload: Any = None
        with contextlib.suppress(orjson.JSONDecodeError):
            payload = orjson.loads(body)
        if not isinstance(payload, dict):
            payload = _shown(body)
        self._tap(Record(self._clock.now().timestamp(), direction, topic, payload))


def _shown(body: bytes) -> str:
    """Returns a body as text; a picture says nothing in a recording."""
    if b"\0" in body[:64]:
        return f"({len(body)} bytes)"
    return body.decode("utf-8", errors="replace")


def _login(connection: Connection) -> Login:
    if not connection.secret:
        raise LoginRejected(f"The printer's key or password is missing. {FIND_KEY}")
    username = str(connection.options.get("username") or "").strip()
    if username:
        return DigestLogin(username, connection.secret)
    return KeyLogin(connection.secret)
