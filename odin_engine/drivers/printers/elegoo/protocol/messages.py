"""From a frame to a message: a report, a reply, a push, or nothing that makes sense.

Firmwares misname the command in a reply, so a reply is known by its `RequestID` alone.
Source: SDCP V3.0.0, "Message structure"; `Attributes` and `Status` under `Data` are V1.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from odin_engine.drivers.printers.elegoo.protocol.fields import table, text, whole

LARGEST_FRAME = 4 << 20
"""A list of a thousand files has 200 kB, a file's picture in base64 up to 1 MB."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the machine does; `board` is the mainboard's id."""

    data: dict[str, Any]
    board: str | None


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the machine is, and what of it is plugged in."""

    data: dict[str, Any]
    board: str | None


@dataclass(frozen=True, slots=True)
class Beacon:
    """An answer to a search: of V1 machines with what they do."""

    data: dict[str, Any]
    status: dict[str, Any] | None
    board: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to the request of that id; `ack` is 0 where it was taken."""

    request_id: str
    ack: int | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A push that something failed which nobody waits for."""

    code: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A push for a person or an app."""

    kind: int | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """A request of ours or of another client, in a recording."""

    command: int | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pong:
    """The heartbeat's answer."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that makes no sense, and why."""

    reason: str


type Message = (
    Status | Attributes | Beacon | Reply | Trouble | Notice | Request | Pong | Unknown
)


def parse(frame: str | bytes) -> Message:
    """Returns what a frame says; never raises."""
    if len(frame) > LARGEST_FRAME:
        return Unknown(f"a frame of {len(frame)} bytes")
    if frame in {"pong", b"pong", "ping", b"ping"}:
        return Pong()
    try:
        raw = frame.encode("utf-8", "replace") if isinstance(frame, str) else frame
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return Unknown(f"no JSON: {error}")
    return read(body)


def read(body: object) -> Message:
    """Returns what a decoded JSON body says."""
    if body.__class__ is not dict or not isinstance(body, dict):
        return Unknown("top level is no object")
    data = table(body.get("Data"))
    board = text(body.get("MainboardID")) or text(data.get("MainboardID"))
    for holder in (body, data):
        report, nature = holder.get("Status"), holder.get("Attributes")
        if isinstance(report, dict) and isinstance(nature, dict):
            return Beacon(nature, report, text(nature.get("MainboardID")) or board)
        if isinstance(report, dict):
            return Status(report, board)
        if isinstance(nature, dict):
            return Attributes(nature, text(nature.get("MainboardID")) or board)
    if "MachineName" in data or "ProtocolVersion" in data:
        return Beacon(data, None, board)
    return _spoken(body, data)


def _spoken(body: dict[str, Any], data: dict[str, Any]) -> Message:
    said = table(data.get("Data"))
    words = str(body.get("Topic", "")).split("/")
    kind = words[1] if len(words) > 1 else ""
    if kind == "error" or "ErrorCode" in said:
        return Trouble(str(said.get("ErrorCode", ""))[:40])
    if kind == "notice":
        return Notice(whole(said.get("Type")), text(said.get("Message")))
    command = whole(data.get("Cmd"))
    if kind == "request" or (command is not None and "From" in data):
        return Request(command, said)
    request_id = text(data.get("RequestID"))
    if request_id is not None:
        return Reply(request_id, whole(said.get("Ack")), said)
    return Unknown("neither a report nor an answer")
