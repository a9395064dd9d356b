"""The MQTT session with one printer: connect, publish, hear, notice the loss.

Mechanics only. What a message means is `protocol`'s business, when to try again is
supervision's. Source: docs/protocols/bambu.md §4.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Sequence
from typing import Any, cast, override

import aiomqtt
from paho.mqtt.client import MQTT_ERR_SUCCESS

from odin_engine.drivers.printers.bambu.reach import (
    let_go,
    open_plain,
    unreachable,
)
from odin_engine.drivers.printers.bambu.tls import PrinterContext
from odin_engine.printers.model import LoginRejected, ProtocolViolation, Unreachable

# paho calls every lost connection an error; supervision logs a loss once.
_PAHO_LOG = logging.getLogger(f"{__name__}.paho")
_PAHO_LOG.setLevel(logging.CRITICAL)

USER = "bblp"
_KEEPALIVE_S = 30
_LOOK_EVERY_S = 5.0
"""A broker waits for one and a half keep-alives, so a ping may be that late."""
_OPEN_S = 13.0
"""For all of it: supervision takes a session of 15 s without a report for a mute one."""
_ANSWER_S = 10.0
_GOODBYE_S = 1.0
_REFUSED_LOGIN = frozenset({4, 5, 134, 135})
"""CONNACK 4 and 5, as sent and as paho renames them in its version 5 vocabulary."""
_REFUSED_SUBSCRIPTION = 128

FIND_CODE = (
    "On the printer: Settings → Network → LAN Only → show the access code, and enter it "
    "again."
)
WRONG_CODE = (
    "The printer refused the access code. It changes when LAN mode is switched. "
    f"{FIND_CODE}"
)

type Deliver = Callable[[bytes], None]


class _Inbox(asyncio.Queue[aiomqtt.Message]):
    """Hands each message on at once, in the callback that read it.

    aiomqtt's own iterator makes a task per message; at farm rates those wake-ups cost
    more than parsing. Nothing is ever queued here, so that iterator merely waits for
    the end of the connection. What stays `is_delivering` was ended by a failure of ours.
    """

    def __init__(self, topic: str, deliver: Deliver, maxsize: int = 0) -> None:
        super().__init__(maxsize)
        self._topic = topic
        self._deliver = deliver
        self.is_delivering = False

    @override
    def put_nowait(self, item: aiomqtt.Message) -> None:
        if item.topic.value == self._topic and isinstance(item.payload, bytes):
            self.is_delivering = True
            self._deliver(item.payload)
            self.is_delivering = False


class _Client(aiomqtt.Client):
    """aiomqtt's client, at the cost that hundreds of them may have.

    It keeps its end as an exception. When nobody waits for that any more, asyncio would
    log it as an error of ours.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - aiomqtt's own
        super().__init__(**options)
        for outcome in (self._connected, self._disconnected):
            outcome.add_done_callback(_take_note)

    @override
    async def _misc_loop(self) -> None:
        # aiomqtt looks each second whether a ping is due. That woke the engine as often
        # as the reports of its printers do.
        client = self._client
        while client.loop_misc() == MQTT_ERR_SUCCESS:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(_LOOK_EVERY_S)


def _take_note(outcome: asyncio.Future[None]) -> None:
    if not outcome.cancelled():
        outcome.exception()


class Link:
    """One session, used once: a new one is made for each connection.

    A new client has an empty outbox. A start command that the broker never confirmed
    is therefore never sent again after a reconnect, where it could print a second time.
    """

    def __init__(
        self,
        host: str,
        port: int,
        serial: str,
        access_code: str,
        context: PrinterContext,
        deliver: Deliver,
    ) -> None:
        self._host = host
        self._port = port
        self._context = context
        self._report_topic = f"device/{serial}/report"
        self._request_topic = f"device/{serial}/request"
        self._inbox: _Inbox | None = None

        def inbox(maxsize: int = 0) -> _Inbox:
            self._inbox = _Inbox(self._report_topic, deliver, maxsize)
            return self._inbox

        self._client = _Client(
            hostname=host,
            port=port,
            username=USER,
            password=access_code,
            logger=_PAHO_LOG,
            # Two clients of one name push each other out for ever.
            identifier=f"odin-{secrets.token_hex(8)}",
            queue_type=cast("type[asyncio.Queue[aiomqtt.Message]]", inbox),
            protocol=aiomqtt.ProtocolVersion.V311,
            clean_session=True,
            timeout=_ANSWER_S,
            keepalive=_KEEPALIVE_S,
            # The driver's queue paces commands; a second limit here would only hide
            # messages that were never sent.
            max_inflight_messages=0,
            tls_context=context,
            # There is no host name to compare; `context` checks the identity.
            tls_insecure=True,
        )

    @property
    def report_topic(self) -> str:
        """Where the printer's messages arrive."""
        return self._report_topic

    @property
    def request_topic(self) -> str:
        """Where it takes messages; never subscribed to, some brokers disconnect."""
        return self._request_topic

    async def open(self) -> None:
        """Connects, logs in and subscribes; from then on messages are delivered.

        Raises:
            Unreachable: no answer, or the wrong kind.
            WrongSerial, CertificateChanged: it is not the machine expected.
            LoginRejected: the access code was refused.
        """
        try:
            async with asyncio.timeout(_OPEN_S):
                granted = await self._open()
        except TimeoutError as error:
            raise unreachable(self._host, self._port, error) from error
        if any(_code(each) >= _REFUSED_SUBSCRIPTION for each in granted):
            await self.close()
            raise ProtocolViolation("The printer refused to send us its reports.")

    async def _open(self) -> Sequence[object]:
        # aiomqtt connects in a thread of the shared pool, for as long as the network
        # makes it wait. Knocking first keeps switched-off printers out of that pool.
        _, knock = await open_plain(self._host, self._port)
        await let_go(knock)
        await self._enter()
        try:
            return await self._subscribe()
        except BaseException:
            await self.close()
            raise

    async def _subscribe(self) -> Sequence[object]:
        """Subscribes; a session that ends meanwhile is not waited for."""
        asking = asyncio.ensure_future(
            self._client.subscribe(self._report_topic, qos=0)
        )
        loss = asyncio.ensure_future(self.lost())
        try:
            await asyncio.wait({asking, loss}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise loss.result()
            return cast("Sequence[object]", asking.result())
        except aiomqtt.MqttError as error:
            raise unreachable(self._host, self._port, error) from error
        finally:
            for each in (asking, loss):
                each.cancel()
            await asyncio.wait({asking, loss})

    async def _enter(self) -> None:
        """Lets aiomqtt connect; a connection that comes too late is cut, not leaked."""
        entering = asyncio.ensure_future(self._client.__aenter__())
        try:
            # Not `shield`, which reports the failure of what was given up as an error.
            await asyncio.wait({entering})
        except asyncio.CancelledError:
            self._give_up(entering)
            raise
        try:
            entering.result()
        except aiomqtt.MqttCodeError as error:
            self._context.sever()
            if _code(error.rc) in _REFUSED_LOGIN:
                raise LoginRejected(WRONG_CODE) from error
            raise unreachable(self._host, self._port, error) from error
        except (aiomqtt.MqttError, OSError) as error:
            self._context.sever()
            raise unreachable(self._host, self._port, error) from error

    def _give_up(self, entering: asyncio.Future[Any]) -> None:
        """Ends a connection in the making, and what may yet become of it."""
        self._context.sever()
        entering.add_done_callback(self._discard)

    def _discard(self, entering: asyncio.Future[Any]) -> None:
        if not entering.cancelled() and entering.exception() is None:
            self._context.sever()

    async def publish(self, payload: bytes, qos: int) -> None:
        """Sends to the request topic; with QoS 1 until the broker confirmed it.

        Raises:
            Unreachable: the session is gone, or the broker did not confirm.
        """
        try:
            await self._client.publish(self._request_topic, payload, qos=qos)
        except aiomqtt.MqttError as error:
            raise unreachable(self._host, self._port, error) from error

    async def lost(self) -> Unreachable | ProtocolViolation:
        """Returns, as an error, why the session ended; not before it does.

        A failure of our own in `deliver` ends it too, and is raised as it is.
        """
        try:
            async for _ in self._client.messages:
                continue
        except aiomqtt.MqttError as error:
            cause = error.__cause__
            if cause is not None and not isinstance(
                cause, (OSError, aiomqtt.MqttError)
            ):
                if self._inbox is not None and self._inbox.is_delivering:
                    raise cause from None
                return ProtocolViolation("The printer sends what is no MQTT.")
            return unreachable(self._host, self._port, cause or error)
        return unreachable(self._host, self._port, ConnectionResetError())

    async def close(self) -> None:
        """Says goodbye, briefly, and closes."""
        with contextlib.suppress(aiomqtt.MqttError, OSError, TimeoutError):
            async with asyncio.timeout(_GOODBYE_S):
                await self._client.__aexit__(None, None, None)
        self._context.sever()


def _code(reason: object) -> int:
    """Returns a number from an int or from one of paho's reason objects."""
    value = getattr(reason, "value", reason)
    return value if isinstance(value, int) else 0
