"""The cameras that a web front-end knows, and which of them give us pictures.

Addresses are resolved by nobody: a camera counts as the machine's own where its URL is
relative, or names the machine's address, its host name, or the host itself.
Source: docs.moonraker.dev, "Webcams"; relative URLs belong to the front-end's port.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from odin_engine.drivers.printers.moonraker.protocol.fields import (
    path,
    rows,
    table,
    word,
)
from odin_engine.printers.model import Camera, CameraKind

_MOST_CAMERAS = 16
_MJPEG = "mjpegstreamer"
_LOCAL = frozenset({"localhost", "127.0.0.1"})
_ELSEWHERE = (
    "Its address names another computer. Give it an address on the printer itself, or "
    "add it as a camera of its own."
)
_NO_PICTURES = (
    "It sends video only. Set a snapshot address for it in Mainsail or Fluidd."
)


@dataclass(frozen=True, slots=True)
class Webcam:
    """A camera, and where its pictures are: `port` is `None` for the front-end's."""

    camera: Camera
    path: str | None = None
    port: int | None = None


def read_webcams(told: Any, host: str, hostname: str | None) -> tuple[Webcam, ...]:  # noqa: ANN401 - a wire value
    """Returns the cameras of an answer; those that are switched off are left out."""
    own = _LOCAL | {host}
    if hostname:
        own |= {hostname.lower(), f"{hostname}.local".lower()}
    found: dict[str, Webcam] = {}
    for row in map(table, rows(told)[:_MOST_CAMERAS]):
        name = word(row.get("name"))
        number = word(row.get("uid")) or name
        if number is None or row.get("enabled") is False:
            continue
        service = word(row.get("service")) or ""
        url = path(row.get("snapshot_url"))
        if url is None and service.startswith(_MJPEG):
            url = path(row.get("stream_url"))
        found.setdefault(number, _webcam(number, name, url, own))
    return tuple(found.values())


def _webcam(
    number: str, name: str | None, url: str | None, own: frozenset[str] | set[str]
) -> Webcam:
    if url is None:
        return _without(number, name, CameraKind.STREAM, _NO_PICTURES)
    parts = _split(url)
    is_http = parts is not None and parts.scheme in {"", "http"}
    if parts is None or not is_http or (parts.netloc and parts.hostname not in own):
        return _without(number, name, CameraKind.JPEG, _ELSEWHERE)
    query = f"?{parts.query}" if parts.query else ""
    where = f"/{parts.path.lstrip('/')}{query}"
    port = (parts.port or 80) if parts.netloc else None
    return Webcam(Camera(number, CameraKind.JPEG, name=name), where, port)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        # Both are parsed when they are read.
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts


def _without(number: str, name: str | None, kind: CameraKind, why: str) -> Webcam:
    return Webcam(Camera(number, kind, False, why, name))  # noqa: FBT003 - the field
