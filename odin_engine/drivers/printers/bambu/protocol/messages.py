"""From bytes to a message: a state report, a version reply, an acknowledgement.

Source: docs/protocols/bambu.md §4 (payload), §5 (semantics), §8.1 (acknowledgements).
"""

from dataclasses import dataclass
from typing import Any

import orjson

from odin_engine.drivers.printers.bambu.protocol.fields import rows, whole

_LARGEST_PAYLOAD = 256 << 10
"""A full report has 9-20 kB; ten times that is no report."""

_STATE = "push_status"
_REFUSED_ERRNO = -2
"""`errno` of a command the printer will not do now (§8.3)."""


@dataclass(frozen=True, slots=True)
class Report:
    """A state report: all of it, or what changed."""

    data: dict[str, Any]
    is_full: bool


@dataclass(frozen=True, slots=True)
class VersionReply:
    """The boards and units of the machine, as sent."""

    modules: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Ack:
    """A reply to a command, ours or another client's; never state.

    `ok` is `None` when the reply does not say.
    """

    namespace: str
    command: str
    sequence_id: str
    ok: bool | None
    reason: str | None
    err_code: int | None
    errno: int | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that makes no sense, and why."""

    reason: str


type Message = Report | VersionReply | Ack | Unknown


def parse(payload: bytes) -> Message:
    """Returns what a payload of the report topic says; never raises.

    Bytes that are no UTF-8 are replaced: an A1 mini with 01.07.02 sent such names.
    """
    if len(payload) > _LARGEST_PAYLOAD:
        return Unknown(f"payload of {len(payload)} bytes")
    try:
        body = orjson.loads(payload)
    except orjson.JSONDecodeError:
        try:
            body = orjson.loads(payload.decode("utf-8", errors="replace"))
        except orjson.JSONDecodeError as error:
            return Unknown(f"no JSON: {error}")
    return read(body)


def read(body: object) -> Message:
    """Returns what a decoded JSON body says."""
    if not isinstance(body, dict):
        return Unknown("top level is no object")
    report = body.get("print")
    if report.__class__ is dict and report.get("command", _STATE) == _STATE:
        # 0 full, 1 delta, missing full (§5).
        return Report(report, report.get("msg") != 1)
    for namespace, content in body.items():
        if content.__class__ is dict:
            return _reply(namespace, content)
    return Unknown("no object inside")


def _reply(namespace: str, content: dict[str, Any]) -> Message:
    command = content.get("command")
    if not isinstance(command, str):
        return Unknown(f"{namespace} without a command")
    if namespace == "info" and command == "get_version":
        modules = content.get("module")
        if not isinstance(modules, list):
            return Unknown("version reply without modules")
        return VersionReply(tuple(rows(modules)))
    errno = whole(content.get("errno"))
    reason = content.get("reason")
    return Ack(
        namespace,
        command,
        str(content.get("sequence_id", "")),
        _is_ok(content.get("result"), errno),
        reason if isinstance(reason, str) and reason else None,
        whole(content.get("err_code")),
        errno,
        content,
    )


def _is_ok(result: object, errno: int | None) -> bool | None:
    word = result.lower() if isinstance(result, str) else ""
    if word.startswith("fail") or errno == _REFUSED_ERRNO:
        return False
    return True if word == "success" else None
