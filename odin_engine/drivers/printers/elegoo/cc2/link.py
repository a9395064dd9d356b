"""The MQTT session with one Centauri Carbon 2: connect, register, publish, hear.

Source: docs/CC2_PROTOCOL.md of danielcherubini/elegoo-homeassistant, "MQTT Connection"
and "Registration Protocol"; elegoo-link.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from typing import Any

import aiomqtt
import orjson

from odin_engine.drivers.printers.elegoo.protocol.cc2.messages import (
    Registered,
    parse,
)
from odin_engine.drivers.printers.elegoo.protocol.cc2.requests import USER
from odin_engine.printers.model import (
    LoginRejected,
    ProtocolViolation,
    Unreachable,
)

# paho calls every lost connection an error; supervision logs a loss once.
_PAHO_LOG = logging.getLogger(f"{__name__}.paho")
_PAHO_LOG.setLevel(logging.CRITICAL)

_KEEPALIVE_S = 60
_KNOCK_S = 8.0
_OPEN_S = 12.0
_REGISTER_S = 3.0
_GOODBYE_S = 1.0
_REFUSED_LOGIN = frozenset({4, 5, 134, 135})
"""CONNACK 4 and 5, as sent and as paho renames them in its version 5 vocabulary."""
_MOST_PAYLOAD = 4 << 20
FIND_CODE = (
    "On the printer: Settings → Network → LAN Only Mode shows the access code. Leave it "
    "empty here if none is set there."
)

type Deliver = Callable[[str, bytes], None]


class _Client(aiomqtt.Client):
    """aiomqtt's client. It keeps its end as an exception that nobody may wait for."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - aiomqtt's own
        super().__init__(**options)
        for outcome in (self._connected, self._disconnected):
            outcome.add_done_callback(_take_note)


def _take_note(outcome: asyncio.Future[None]) -> None:
    if not outcome.cancelled():
        outcome.exception()


class Link:
    """One session, used once: a new one is made for each connection."""

    def __init__(
        self, host: str, port: int, serial: str, code: str, deliver: Deliver
    ) -> None:
        self._host, self._port = host, port
        self._deliver = deliver
        # The machine cuts longer names; two clients of one name push each other out.
        self._name = f"1_PC_{secrets.randbelow(9000) + 1000}"
        self._base = f"elegoo/{serial}"
        self._registering: asyncio.Future[str] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._client = _Client(
            hostname=host,
            port=port,
            username=USER,
            password=code,
            logger=_PAHO_LOG,
            identifier=self._name,
            protocol=aiomqtt.ProtocolVersion.V311,
            clean_session=True,
            timeout=_OPEN_S,
            keepalive=_KEEPALIVE_S,
        )

    @property
    def request_topic(self) -> str:
        """Where the machine takes our requests."""
        return f"{self._base}/{self._name}/api_request"

    async def open(self) -> None:
        """Connects, logs in, registers and subscribes; from then on messages come.

        Raises:
            Unreachable: no answer, or no place left.
            LoginRejected: the access code was refused.
            ProtocolViolation: it answers as no such machine does.
        """
        await self._knock()
        try:
            async with asyncio.timeout(_OPEN_S):
                await self._client.__aenter__()
        except aiomqtt.MqttCodeError as error:
            if _code(error.rc) in _REFUSED_LOGIN:
                raise LoginRejected(
                    f"The printer refused the access code. {FIND_CODE}"
                ) from error
            raise self._lost() from error
        except (aiomqtt.MqttError, OSError) as error:
            raise self._lost() from error
        self._reading = asyncio.create_task(self._read())
        try:
            await self._register()
        except aiomqtt.MqttError as error:
            await self.close()
            raise self._lost() from error
        except BaseException:
            await self.close()
            raise

    async def _knock(self) -> None:
        """Keeps machines that are off out of the pool of threads that paho waits in."""
        try:
            async with asyncio.timeout(_KNOCK_S):
                _, writer = await asyncio.open_connection(self._host, self._port)
        except ConnectionRefusedError as error:
            raise Unreachable(
                f"{self._host} is there, but nothing answers on port {self._port}. Is "
                "LAN Only Mode on (Settings → Network)?"
            ) from error
        except OSError as error:
            raise Unreachable(
                f"No answer from {self._host} on port {self._port}. Is the printer "
                "switched on and in the same network?"
            ) from error
        writer.transport.abort()

    async def _register(self) -> None:
        request = f"{self._name}_req"
        self._registering = asyncio.get_running_loop().create_future()
        await self._client.subscribe(f"{self._base}/{request}/register_response")
        body = {"client_id": self._name, "request_id": request}
        await self._client.publish(f"{self._base}/api_register", orjson.dumps(body))
        try:
            async with asyncio.timeout(_REGISTER_S):
                outcome = await self._registering
        except TimeoutError:
            raise Unreachable(
                "The printer did not answer our registration. Its serial may be wrong, "
                "or too many programs are connected to it."
            ) from None
        if outcome != "ok":
            if "too many" in outcome:
                raise Unreachable(
                    "Too many programs are connected to the printer. Close slicers and "
                    "apps that show it."
                )
            raise ProtocolViolation(
                f"The printer refused our registration ({outcome[:40]})."
            )
        await self._client.subscribe(f"{self._base}/api_status")
        await self._client.subscribe(f"{self._base}/{self._name}/api_response")

    async def publish(self, body: dict[str, Any]) -> None:
        """Sends a request. Raises `Unreachable` where the session is gone."""
        try:
            await self._client.publish(self.request_topic, orjson.dumps(body), qos=0)
        except aiomqtt.MqttError as error:
            raise self._lost() from error

    async def lost(self) -> Unreachable:
        """Returns why the session ended; not before it does."""
        if self._reading is not None:
            await asyncio.wait({self._reading})
            if not self._reading.cancelled():
                self._reading.result()
        return self._lost()

    async def close(self) -> None:
        """Says goodbye, briefly, and closes."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
        with contextlib.suppress(aiomqtt.MqttError, OSError, TimeoutError):
            async with asyncio.timeout(_GOODBYE_S):
                await self._client.__aexit__(None, None, None)

    async def _read(self) -> None:
        try:
            async for message in self._client.messages:
                payload = message.payload
                if len(payload) <= _MOST_PAYLOAD:
                    self._hear(message.topic.value, bytes(payload))
        except aiomqtt.MqttError:
            # The end of the session, which `lost` tells.
            return

    def _hear(self, topic: str, payload: bytes) -> None:
        waiting = self._registering
        if waiting is not None and topic.endswith("/register_response"):
            answer = parse(payload)
            if isinstance(answer, Registered) and not waiting.done():
                waiting.set_result(answer.outcome)
            return
        self._deliver(topic, payload)

    def _lost(self) -> Unreachable:
        return Unreachable(
            f"The connection to {self._host} port {self._port} was lost."
        )


def _code(reason: object) -> int:
    """Returns a number from an int or from one of paho's reason objects."""
    value = getattr(reason, "value", reason)
    return value if isinstance(value, int) else 0
