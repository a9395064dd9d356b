"""What a connection does by itself: introduce us, find the machine, and keep at it.

Klipper may be away, starting or broken while Moonraker answers, and its subscriptions
die with it: each time it is ready everything is asked for anew.
Source: docs.moonraker.dev, "Introduction" (connecting) and "Printer objects".
"""

import asyncio
import re
from collections.abc import Awaitable
from typing import Any

from odin_engine.drivers.printers.moonraker.link import Link, Refused
from odin_engine.drivers.printers.moonraker.mirror import Mirror
from odin_engine.drivers.printers.moonraker.protocol.subscription import subscription
from odin_engine.drivers.printers.moonraker.protocol.tracking import RUNNING
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    CommandTimedOut,
    DriverError,
    LoginRejected,
    ProtocolViolation,
    Unreachable,
)

ANSWER_S = 20.0
_AWAY_S = (2.0, 2.0, 4.0, 8.0, 10.0)
"""A restart takes some seconds; what stays away for long is asked for less often."""
_QUIET_S = 15.0
"""An idle machine without a heater may say nothing at all."""
_AGAIN_S = 10.0
_LOOKS_FOR_KLIPPER = 3
"""A Moonraker that starts anew says for seconds that a Klipper that prints is away."""
_METADATA_TRIES = 6
"""A large file that was uploaded just now is read for a minute."""
_NO_METHOD = frozenset({404, -32601})
_UNAUTHORISED = 401
_UNAVAILABLE = 503
_INVALID = -32602
_ABOUT_LOGIN = re.compile(r"unauthori[sz]ed|api.?key|token", re.IGNORECASE)
WRONG_KEY = (
    "Moonraker refuses the API key, or wants one. Mainsail and Fluidd show it in their "
    "settings (“API key”, under Moonraker or Authentication)."
)
_VERSION = "1.0.0"


class Keeper:
    """Runs beside the reading of the link, until cancelled or something fails."""

    def __init__(
        self,
        link: Link,
        mirror: Mirror,
        secret: str | None,
        clock: Clock,
        ticker: Ticker,
    ) -> None:
        self._link = link
        self._mirror = mirror
        self._secret = secret
        self._clock = clock
        self._ticker = ticker
        self._wake = asyncio.Event()
        self._misses = 0
        self._metadata_tries: dict[str, tuple[int, float]] = {}

    def wake(self) -> None:
        """Lets it look at once; something changed."""
        self._wake.set()

    async def run(self) -> None:
        """Introduces us, and then keeps the document current.

        Raises:
            LoginRejected: the key is refused, or missing.
            DriverError: the server does not answer, or no longer makes sense.
        """
        try:
            await self._introduce()
            await self._look()
            await self._wait_for_job()
            self._mirror.release()
            while True:
                await self._pause()
                await self._look()
        except CommandTimedOut as error:
            raise Unreachable("Moonraker does not answer any more.") from error

    async def _wait_for_job(self) -> None:
        """Gives Klipper a while where a job ran when we last heard of it."""
        document = self._mirror.document
        for _ in range(_LOOKS_FOR_KLIPPER):
            if not document.is_away or document.track.state not in RUNNING:
                return
            await self._pause()
            await self._look()

    async def ask(self) -> None:
        """Asks for everything again. Raises as `run`."""
        document = self._mirror.document
        await self._call("server.info")
        if document.klippy == "ready" and document.objects is not None:
            await self._subscribe()

    async def _introduce(self) -> None:
        params: dict[str, Any] = {
            "client_name": "O.D.I.N.",
            "version": _VERSION,
            "type": "other",
            "url": "https://www.home-assistant.io",
        }
        if self._secret:
            params["api_key"] = self._secret
        try:
            await self._call("server.connection.identify", params)
        except Refused as error:
            # Servers from before 2022 know no introduction.
            if error.code not in _NO_METHOD:
                raise ProtocolViolation(
                    f"Moonraker did not let us in: {error.message}"
                ) from error
        try:
            await self._call("server.info")
        except Refused as error:
            raise ProtocolViolation(
                f"This is no Moonraker that we understand: {error.message}"
            ) from error
        components = self._mirror.document.components
        asked: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("webcam", "server.webcams.list", {}),
            ("power", "machine.device_power.devices", {}),
            ("spoolman", "server.spoolman.status", {}),
            ("data_store", "server.gcode_store", {"count": 100}),
        )
        for component, method, extra in asked:
            if component in components:
                await self._try(self._call(method, extra))

    async def _look(self) -> None:
        document = self._mirror.document
        if document.klippy in {None, "disconnected", "startup"} or self._is_quiet():
            await self._try(self._call("server.info"))
        if document.is_away or document.klippy is None:
            self._misses = min(self._misses + 1, len(_AWAY_S))
            return
        self._misses = 0
        if document.objects is None:
            await self._try(self._find_machine())
        elif document.klippy != "ready" and document.message is None:
            await self._try(self._call("printer.info"))
        await self._read_file()
        self._mirror.refresh()

    def _is_quiet(self) -> bool:
        heard_s = self._mirror.heard_s
        return heard_s is None or self._clock.monotonic_s() - heard_s >= _QUIET_S

    async def _find_machine(self) -> None:
        """Asks what there is and follows it; what was refused midway is asked again."""
        try:
            await self._follow_machine()
        except Refused:
            self._mirror.document.objects = None
            raise

    async def _follow_machine(self) -> None:
        await self._call("printer.info")
        await self._call("printer.objects.list")
        if "configfile" in self._mirror.document.layout.objects:
            wanted = {"configfile": ["settings"]}
            await self._call("printer.objects.query", {"objects": wanted})
        await self._subscribe()
        if "history" in self._mirror.document.components:
            # Only now it is known which of its jobs runs, or ran last.
            await self._call("server.history.list", {"limit": 1, "order": "desc"})

    async def _subscribe(self) -> None:
        objects = subscription(self._mirror.document.layout)
        await self._call("printer.objects.subscribe", {"objects": objects})

    async def _read_file(self) -> None:
        """Asks what the file of the job says of itself; it may not be read yet."""
        name = self._mirror.wanted_file
        if name is None or self._mirror.document.klippy != "ready":
            return
        tries, at_s = self._metadata_tries.get(name, (0, 0.0))
        now_s = self._clock.monotonic_s()
        if tries >= _METADATA_TRIES or (tries and now_s - at_s < _AGAIN_S):
            return
        self._metadata_tries = {name: (tries + 1, now_s)}
        await self._try(self._call("server.files.metadata", {"filename": name}))

    async def _pause(self) -> None:
        """Waits until something changed, or it is time to look."""
        period_s = _AWAY_S[self._misses - 1] if self._misses else _AGAIN_S
        timer = asyncio.ensure_future(self._ticker.sleep(period_s))
        waking = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait({timer, waking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            waking.cancel()
            self._wake.clear()

    async def _try(self, work: Awaitable[Any]) -> None:
        """Does what may be refused, as everything is while Klipper comes and goes."""
        try:
            await work
        except Refused:
            return

    async def _call(self, method: str, params: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - a wire value
        try:
            return await self._link.call(method, params or {}, ANSWER_S)
        except Refused as error:
            if is_login_refused(error):
                raise LoginRejected(WRONG_KEY) from error
            raise


def is_login_refused(error: Refused) -> bool:
    """Whether a no is about the key; newer servers say 401 as "invalid parameters"."""
    if error.code == _UNAUTHORISED:
        return True
    return error.code == _INVALID and _ABOUT_LOGIN.search(error.message) is not None


def refusal(error: Refused) -> DriverError | None:
    """Returns what a refusal says of the connection, `None` where of the command."""
    if is_login_refused(error):
        return LoginRejected(WRONG_KEY)
    if error.code == _UNAVAILABLE:
        return Unreachable(f"Klipper is not connected to its host: {error.message}.")
    return None
