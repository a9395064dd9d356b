"""MQTT 3.1.1 on paper: packet types, strings, lengths, topic filters.

Source: MQTT Version 3.1.1, OASIS Standard, chapters 2 and 4.7.
"""

from enum import IntEnum

_MAX_PACKET = 1 << 20


class Packet(IntEnum):
    """Control packet types, MQTT 3.1.1 table 2.1."""

    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    SUBSCRIBE = 8
    SUBACK = 9
    UNSUBSCRIBE = 10
    UNSUBACK = 11
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14


class Connack(IntEnum):
    """Return codes of CONNACK, MQTT 3.1.1 table 3.1."""

    ACCEPTED = 0
    BAD_VERSION = 1
    BAD_CLIENT_ID = 2
    UNAVAILABLE = 3
    NOT_AUTHORISED = 5


class Malformed(ValueError):
    """The bytes are no MQTT."""


def read_text(body: bytes, at: int) -> tuple[str, int]:
    """Reads a string with its length before it; gives it and where it ends.

    Raises:
        Malformed: it runs past the packet.
    """
    length = int.from_bytes(body[at : at + 2])
    end = at + 2 + length
    if end > len(body):
        raise Malformed("a string runs past its packet")
    return body[at + 2 : end].decode(), end


def matches(wanted: list[str], levels: list[str]) -> bool:
    """Says whether a filter, cut at its slashes, covers a topic (§4.7)."""
    for place, part in enumerate(wanted):
        if part == "#":
            return True
        if place >= len(levels) or part not in ("+", levels[place]):
            return False
    return len(wanted) == len(levels)


def publish_packet(topic: str, payload: bytes) -> bytes:
    """Builds a PUBLISH of QoS 0."""
    name = topic.encode()
    rest = len(name).to_bytes(2) + name + payload
    length, head = len(rest), bytearray([Packet.PUBLISH << 4])
    while True:
        length, byte = divmod(length, 128)
        head.append(byte | 0x80 if length else byte)
        if not length:
            return bytes(head) + rest


def take_packet(buffer: bytearray) -> tuple[int, int, bytes] | None:
    """Takes one whole packet off the buffer: type, flags, body; None where it is not whole.

    Raises:
        Malformed: no packet can begin so.
    """
    length, shift, at = 0, 0, 1
    while True:
        if at >= len(buffer):
            return None
        byte = buffer[at]
        length |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            break
        if shift > 21:
            raise Malformed("remaining length")
    if length > _MAX_PACKET:
        raise Malformed("packet too large")
    if len(buffer) < at + length:
        return None
    first, body = buffer[0], bytes(buffer[at : at + length])
    del buffer[: at + length]
    return first >> 4, first & 0x0F, body
