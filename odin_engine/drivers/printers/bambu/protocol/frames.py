"""The small framings beside MQTT: SSDP, the detect probe, the JPEG camera.

Pure: bytes in, meaning out, `None` or `ValueError` where they have none. Anybody on
the network can send these bytes, so every length and character is bounded here.
Source: docs/protocols/bambu.md §2 (SSDP, detect), §10 (camera).
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

SSDP_PORT = 2021
SSDP_GROUP = "239.255.255.250"
_TARGET = "urn:bambulab-com:device:3dprinter:1"
_LONGEST_DATAGRAM = 4096
_LONGEST_VALUE = 128
_PORT = re.compile(r"\b(mqtt|ftps|camera|detect)=([0-9]{1,5})\b", re.ASCII)
_LAST_PORT = 65535

_DETECT_HEAD = b"\xa5\xa5"
_DETECT_TAIL = b"\xa7\xa7"
DETECT_PREFIX = 4
"""Bytes to read before `detect_length` can tell how long a frame is."""
_LONGEST_DETECT = 8192

CAMERA_HEADER = 16
_CAMERA_PAYLOAD = 64
_CAMERA_TYPE = 0x3000
_CAMERA_FIELD = 32
LARGEST_PICTURE = 4 << 20
_JPEG_START = b"\xff\xd8"
_JPEG_END = b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a machine says about itself to anybody; proves nothing.

    `ports` is named by simulated machines alone, which share an address.
    """

    serial: str
    host: str | None = None
    model: str | None = None
    name: str | None = None
    version: str | None = None
    ports: Mapping[str, int] = field(default_factory=dict)


def search_request() -> bytes:
    """Returns the M-SEARCH datagram that asks printers to announce themselves."""
    lines = (
        "M-SEARCH * HTTP/1.1",
        f"HOST: {SSDP_GROUP}:{SSDP_PORT}",
        'MAN: "ssdp:discover"',
        "MX: 3",
        f"ST: {_TARGET}",
        "",
        "",
    )
    return "\r\n".join(lines).encode()


def parse_announcement(datagram: bytes) -> Announcement | None:
    """Returns what a NOTIFY or an answer to M-SEARCH announces; `None` if not a printer."""
    if len(datagram) > _LONGEST_DATAGRAM:
        return None
    first, *lines = datagram.decode("utf-8", errors="replace").splitlines() or [""]
    if not first.startswith(("NOTIFY ", "HTTP/1.1 200")):
        return None
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    if _TARGET not in (headers.get("nt"), headers.get("st")):
        return None
    serial = _serial(headers.get("usn"))
    if serial is None:
        return None
    return Announcement(
        serial,
        host=_word(headers.get("location")),
        model=_word(headers.get("devmodel.bambu.com")),
        name=_text(headers.get("devname.bambu.com")),
        version=_word(headers.get("devversion.bambu.com")),
        ports=_ports(headers.get("x-simulated-ports", "")),
    )


def detect_request() -> bytes:
    """Returns the frame that asks a machine who it is; one exchange per connection."""
    body = b'{"login":{"command":"detect","sequence_id":"20000"}}'
    return frame(body)


def frame(body: bytes) -> bytes:
    """Returns `A5 A5`, the size of all of it as u16 little-endian, the body, `A7 A7`."""
    size = len(body) + DETECT_PREFIX + len(_DETECT_TAIL)
    return _DETECT_HEAD + struct.pack("<H", size) + body + _DETECT_TAIL


def detect_length(prefix: bytes) -> int:
    """Returns how many bytes follow the first four of a detect frame.

    Raises:
        ValueError: this is no such frame, or it is too long to be one.
    """
    if len(prefix) != DETECT_PREFIX or not prefix.startswith(_DETECT_HEAD):
        raise ValueError("no detect frame")
    (size,) = struct.unpack_from("<H", prefix, len(_DETECT_HEAD))
    if not DETECT_PREFIX + len(_DETECT_TAIL) < size <= _LONGEST_DETECT:
        raise ValueError(f"detect frame of {size} bytes")
    return int(size) - DETECT_PREFIX


def parse_detected(rest: bytes) -> Announcement | None:
    """Returns who answered, from a frame without its first four bytes."""
    if not rest.endswith(_DETECT_TAIL):
        return None
    try:
        body = orjson.loads(rest[: -len(_DETECT_TAIL)])
    except orjson.JSONDecodeError:
        return None
    login = body.get("login") if isinstance(body, dict) else None
    if not isinstance(login, dict):
        return None
    serial = _serial(login.get("id"))
    if serial is None:
        return None
    return Announcement(
        serial,
        model=_word(login.get("model")),
        name=_text(login.get("name")),
        version=_word(login.get("version")),
    )


def camera_login(access_code: str) -> bytes:
    """Returns the 80 bytes that open a JPEG stream.

    Raises:
        ValueError: the access code is not at most 32 ASCII characters.
    """
    code = access_code.encode("ascii", errors="strict")
    if len(code) > _CAMERA_FIELD:
        raise ValueError("access code too long")
    head = struct.pack("<IIII", _CAMERA_PAYLOAD, _CAMERA_TYPE, 0, 0)
    return head + b"bblp".ljust(_CAMERA_FIELD, b"\0") + code.ljust(_CAMERA_FIELD, b"\0")


def picture_length(header: bytes) -> int:
    """Returns how many bytes of JPEG follow a 16-byte header.

    Raises:
        ValueError: the stream lost its place, or the picture is too large to be one.
    """
    size, zero, _, _ = struct.unpack("<IIII", header)
    if zero or not len(_JPEG_START) + len(_JPEG_END) <= size <= LARGEST_PICTURE:
        raise ValueError(f"camera frame of {size} bytes")
    return int(size)


def is_picture(data: bytes) -> bool:
    """Whether these bytes begin and end as a JPEG does."""
    return data.startswith(_JPEG_START) and data.endswith(_JPEG_END)


def _text(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    if not isinstance(value, str):
        return None
    clean = "".join(char for char in value if char.isprintable()).strip()
    return clean[:_LONGEST_VALUE] or None


def _serial(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    word = _word(value)
    return word if word is not None and word.isalnum() else None


def _ports(text: str) -> dict[str, int]:
    """Reads `mqtt=21000, ftps=21001`; what is no port is left out."""
    pairs = _PORT.findall(text[:_LONGEST_VALUE])
    return {name: int(port) for name, port in pairs if 0 < int(port) <= _LAST_PORT}


def _word(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns a value without blanks or odd characters, as serials and codes are."""
    text = _text(value)
    if text is None or not text.isascii() or any(char.isspace() for char in text):
        return None
    return text
