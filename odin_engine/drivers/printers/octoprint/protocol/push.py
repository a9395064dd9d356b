"""What the push socket says: read, and folded into the document.

Source: docs.octoprint.org, "Push updates".
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from odin_engine.drivers.printers.octoprint.protocol.document import (
    Document,
    take_progress,
)
from odin_engine.drivers.printers.octoprint.protocol.events import CHANGES
from odin_engine.drivers.printers.octoprint.protocol.fields import (
    flag,
    mapping,
    text,
    whole,
)
from odin_engine.drivers.printers.octoprint.protocol.reports import (
    read_progress,
    read_prompt,
    take_heats,
    take_job,
    take_layers,
    take_logs,
    take_state,
)
from odin_engine.printers.model import ProtocolViolation

_FRAME = re.compile(r"\s*[a-z](?=[\[\s]|$)")

type Message = tuple[str, Mapping[str, Any]]


def parse(said: str | bytes) -> tuple[Message, ...]:
    """Returns the messages in what was said, each with its kind; may be none.

    Plain JSON, as the raw socket sends it, or a frame of SockJS.

    Raises:
        ProtocolViolation: it is neither.
    """
    try:
        body = orjson.loads(said)
    except orjson.JSONDecodeError:
        body = _unframed(said)
    return tuple(
        (kind, mapping(payload))
        for each in (body if isinstance(body, list) else [body])
        for kind, payload in _object(each).items()
    )


def _unframed(said: str | bytes) -> object:
    whole_text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    start = _FRAME.match(whole_text)
    if start is None:
        raise ProtocolViolation("The server sent what is no JSON.")
    kind, rest = start.group().strip(), whole_text[start.end() :]
    if kind != "a":
        return []
    try:
        return orjson.loads(rest)
    except orjson.JSONDecodeError as error:
        raise ProtocolViolation("The server sent what is no JSON.") from error


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ProtocolViolation("The server sent JSON that is no message.")
    return value


def fold(document: Document, message: Message, at: datetime) -> Document:
    """Returns the document with a message taken in; one of no use changes nothing."""
    kind, payload = message
    match kind:
        case "connected":
            return replace(
                document,
                server=text(payload.get("version"), 40) or document.server,
                is_safe_mode=bool(payload.get("safe_mode")),
            )
        case "current" | "history":
            return _current(document, payload, at)
        case "event":
            name = text(payload.get("type"), 40) or ""
            change = CHANGES.get(name)
            if change is None:
                return document
            return change(document, mapping(payload.get("payload")), at)
        case "plugin":
            return _plugin(document, payload)
        case _:
            return document


def _current(document: Document, payload: Mapping[str, Any], at: datetime) -> Document:
    document = take_job(document, payload.get("job"))
    document = take_progress(document, read_progress(payload.get("progress")), at)
    document = take_state(document, payload.get("state"), at)
    temps = payload.get("temps")
    if isinstance(temps, list) and temps:
        document = take_heats(document, temps[-1])
    tool = whole(payload.get("currentTool"), 0, 99)
    if tool is not None and tool != document.tool:
        document = replace(document, tool=tool)
    logs = payload.get("logs")
    return take_logs(document, logs) if isinstance(logs, list) else document


def _plugin(document: Document, payload: Mapping[str, Any]) -> Document:
    data = mapping(payload.get("data"))
    match payload.get("plugin"):
        case "action_command_prompt":
            is_open = data.get("action") == "show"
            return replace(document, prompt=read_prompt(data) if is_open else None)
        case "psucontrol":
            is_on = flag(data.get("isPSUOn"))
            if is_on is None:
                return document
            return replace(
                document,
                is_powered=is_on,
                plugins=document.plugins | {"psucontrol"},
            )
        case "DisplayLayerProgress":
            return take_layers(
                document, data.get("currentLayer"), data.get("totalLayer")
            )
        case _:
            return document
