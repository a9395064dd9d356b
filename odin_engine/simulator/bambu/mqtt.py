"""The MQTT 3.1.1 part of a printer: as much of a broker as its firmware is.

Written here rather than taken from amqtt: a simulator must decide what a library hides,
such as codes of CONNACK, the limit of four clients, bytes that are no MQTT and the exact
moment at which a link drops. It costs a function call per message and no task per client.

Source: MQTT Version 3.1.1, OASIS Standard, chapters 2 and 3; the habits of the machines
are in docs/protocols/bambu.md §4.
"""

import asyncio
import struct
from dataclasses import dataclass
from itertools import count
from typing import Protocol, override

from odin_engine.simulator.bambu.mqtt_packets import (
    Connack,
    Malformed,
    Packet,
    matches,
    publish_packet,
    read_text,
    take_packet,
)

# A client that does not read is cut off rather than buffered for ever.
_MAX_BACKLOG = 4 << 20
_KEPT = 4000


@dataclass(frozen=True, slots=True)
class Connect:
    """A CONNECT packet seen, and the answer it got."""

    client_id: str
    username: str
    password: str
    keepalive_s: int
    clean_session: bool
    answer: Connack


class Gate(Protocol):
    """What the broker asks of the printer behind it."""

    def login(self, username: str, password: str) -> Connack:
        """Answers a CONNECT."""

    def may_subscribe(self, topic_filter: str) -> bool:
        """Says whether a filter may be subscribed to."""

    def received(self, topic: str, payload: bytes, qos: int) -> None:
        """Takes a message a client published."""

    def subscribed(self) -> None:
        """Hears that somebody has subscribed."""


class Broker:
    """All sessions of one printer."""

    def __init__(self, gate: Gate, max_clients: int = 4) -> None:
        self.gate, self.max_clients = gate, max_clients
        self.connects: list[Connect] = []
        self.sessions: set[Session] = set()
        self._names = count(1)

    def session(self) -> Session:
        """Makes the protocol of a new connection."""
        return Session(self)

    @property
    def has_listeners(self) -> bool:
        """Says whether anybody has subscribed to anything."""
        return any(session.filters for session in self.sessions)

    def publish(self, topic: str, payload: bytes) -> None:
        """Sends a message with QoS 0 to everybody who asked for its topic."""
        packet = b""
        for session in list(self.sessions):
            if session.wants(topic):
                packet = packet or publish_packet(topic, payload)
                session.send(packet)

    def drop_all(self) -> None:
        """Cuts every link without a word."""
        for session in list(self.sessions):
            session.cut()

    def remember(self, connect: Connect) -> None:
        """Notes a CONNECT; the oldest are forgotten when there are very many."""
        self.connects.append(connect)
        if len(self.connects) > _KEPT:
            del self.connects[: _KEPT // 2]

    def name(self) -> str:
        """Names a client that left it to the broker (§3.1.3-6)."""
        return f"auto-{next(self._names)}"

    def admit(self, session: Session, connect: Connect) -> None:
        """Takes a session in; one with the same client id goes (§3.1.4-2)."""
        for other in list(self.sessions):
            if other.client_id == connect.client_id:
                other.cut()
        session.client_id = connect.client_id
        self.sessions.add(session)

    @property
    def is_full(self) -> bool:
        """Says whether the board has no socket left. Source: §4, clients."""
        return len(self.sessions) >= self.max_clients


class Session(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._keepalive: asyncio.TimerHandle | None = None
        self._patience_s = 30.0
        self.client_id: str | None = None
        self.filters: dict[str, list[str]] = {}

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type
        self._transport = transport
        self._watch()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._broker.sessions.discard(self)
        if self._keepalive is not None:
            self._keepalive.cancel()

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._watch()
        try:
            while (packet := self._take()) is not None:
                self._handle(*packet)
        except Malformed, struct.error, IndexError, UnicodeDecodeError:
            self.cut()

    def wants(self, topic: str) -> bool:
        """Says whether one of the client's filters covers the topic."""
        if topic in self.filters:
            return True
        levels = topic.split("/")
        return any(matches(each, levels) for each in self.filters.values())

    def send(self, data: bytes) -> None:
        """Writes bytes, as they are."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > _MAX_BACKLOG:
            self.cut()
            return
        transport.write(data)

    def cut(self) -> None:
        """Ends the connection without a word."""
        self._broker.sessions.discard(self)
        if self._transport is not None:
            self._transport.abort()

    @property
    def _is_known(self) -> bool:
        return self.client_id is not None

    def _watch(self) -> None:
        """Gives the client one and a half keep-alives (§3.1.2.10)."""
        if self._keepalive is not None:
            self._keepalive.cancel()
            self._keepalive = None
        if self._patience_s:
            loop = asyncio.get_running_loop()
            self._keepalive = loop.call_later(self._patience_s, self.cut)

    def _take(self) -> tuple[int, int, bytes] | None:
        """Takes one whole packet off the buffer: type, flags, body."""
        if self._buffer and (self._buffer[0] >> 4 == Packet.CONNECT) == self._is_known:
            raise Malformed("CONNECT comes first and once")
        return take_packet(self._buffer)

    def _handle(self, kind: int, flags: int, body: bytes) -> None:
        match kind:
            case Packet.CONNECT:
                self._connect(body)
            case Packet.PUBLISH:
                self._published(flags, body)
            case Packet.SUBSCRIBE:
                self._subscribe(body)
            case Packet.UNSUBSCRIBE:
                self._unsubscribe(body)
            case Packet.PINGREQ:
                self.send(bytes([Packet.PINGRESP << 4, 0]))
            case Packet.PUBACK:
                pass
            case _:
                self.cut()

    def _connect(self, body: bytes) -> None:
        _, at = read_text(body, 0)
        level, flags = body[at], body[at + 1]
        keepalive = int.from_bytes(body[at + 2 : at + 4])
        client_id, at = read_text(body, at + 4)
        if flags & 0x04:
            _, at = read_text(body, at)
            _, at = read_text(body, at)
        username = password = ""
        if flags & 0x80:
            username, at = read_text(body, at)
        if flags & 0x40:
            password, at = read_text(body, at)
        cleans = bool(flags & 2)
        answer = self._broker.gate.login(username, password)
        if level != 4:
            answer = Connack.BAD_VERSION
        elif not client_id and not cleans:
            answer = Connack.BAD_CLIENT_ID
        elif answer is Connack.ACCEPTED and self._broker.is_full:
            answer = Connack.UNAVAILABLE
        connect = Connect(
            client_id or self._broker.name(),
            username,
            password,
            keepalive,
            cleans,
            answer,
        )
        self._broker.remember(connect)
        if answer is Connack.ACCEPTED:
            self._broker.admit(self, connect)
        self._patience_s = keepalive * 1.5
        self._watch()
        self.send(bytes([Packet.CONNACK << 4, 2, 0, answer]))
        if answer is not Connack.ACCEPTED and self._transport is not None:
            self._transport.close()

    def _published(self, flags: int, body: bytes) -> None:
        topic, at = read_text(body, 0)
        qos = flags >> 1 & 3
        if qos > 1:
            raise Malformed("QoS 2 is not spoken here")
        if qos:
            self.send(bytes([Packet.PUBACK << 4, 2]) + body[at : at + 2])
            at += 2
        self._broker.gate.received(topic, body[at:], qos)

    def _subscribe(self, body: bytes) -> None:
        at, codes = 2, bytearray()
        while at < len(body):
            wanted, at = read_text(body, at)
            at += 1
            if self._broker.gate.may_subscribe(wanted):
                self.filters[wanted] = wanted.split("/")
                codes.append(0)
            else:
                codes.append(0x80)
        self.send(bytes([Packet.SUBACK << 4, 2 + len(codes)]) + body[:2] + codes)
        self._broker.gate.subscribed()

    def _unsubscribe(self, body: bytes) -> None:
        at = 2
        while at < len(body):
            wanted, at = read_text(body, at)
            self.filters.pop(wanted, None)
        self.send(bytes([Packet.UNSUBACK << 4, 2]) + body[:2])
