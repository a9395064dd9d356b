"""The parts of a report, wherever they stand: read, and taken into the document.

Source: docs.octoprint.org, "Data model"; logs as OctoPrint 1.11 and 2.0 write them.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from odin_engine.drivers.printers.octoprint.protocol.document import (
    Document,
    File,
    Flags,
    Progress,
    take_flags,
)
from odin_engine.drivers.printers.octoprint.protocol.fields import (
    mapping,
    real,
    text,
    whole,
)
from odin_engine.printers.model import (
    Fault,
    FaultKind,
    Heat,
    Prompt,
    Severity,
)

PLUGINS = ("DisplayLayerProgress", "action_command_prompt", "psucontrol")

_HEATERS_MOST = 24
_CHOICES_MOST = 16
_DAY_S = 86_400.0
_LONGEST_S = 400 * _DAY_S
_FACTORS = re.compile(
    r"(?m)^(?:Send:|>>>) (?:N\d+ )?M(?P<code>220|221|106|107)\b(?P<rest>[^*\n]{0,40})"
)
_FACTOR = re.compile(r"\bS(\d{1,3})(?![\d.])")
_FULL = 255
_SENT = ("Send: ", ">>> ")
_RECEIVED = ("Recv: ", "<<< ")
"""Up to 1.11, and in 2.0."""


def is_report(payload: Mapping[str, Any]) -> bool:
    """Whether what claims to be a report says what the machine does."""
    return isinstance(mapping(payload.get("state")).get("flags"), dict)


def take_state(document: Document, value: object, at: datetime) -> Document:
    """Takes in a state with its flags; without flags it says nothing."""
    state = mapping(value)
    flags = state.get("flags")
    if not isinstance(flags, dict):
        return document
    said = text(state.get("text"), 200)
    document = take_flags(document, _flags(flags), at)
    if said != document.state_text:
        document = replace(document, state_text=said)
    error = text(state.get("error"))
    if document.flags is not None and document.flags.is_error:
        document = replace(document, fault=_fault(document.fault, error or said))
    return document


def _flags(value: Mapping[str, Any]) -> Flags:
    def on(name: str) -> bool:
        return value.get(name) is True

    return Flags(
        is_operational=on("operational"),
        is_printing=on("printing"),
        is_cancelling=on("cancelling"),
        is_pausing=on("pausing"),
        is_resuming=on("resuming"),
        is_finishing=on("finishing"),
        is_closed_or_error=on("closedOrError"),
        is_error=on("error"),
        is_paused=on("paused"),
        is_ready=on("ready"),
    )


def _fault(known: Fault | None, said: str | None) -> Fault:
    """Returns the fault of an error state; an event before it knew more."""
    if known is not None:
        return known
    return Fault(
        "error",
        FaultKind.PRINT,
        Severity.FATAL,
        said or "The server lost its machine after an error.",
    )


def take_job(document: Document, value: object) -> Document:
    """Takes in the selected file; `None` in its place means that there is none."""
    if not isinstance(value, dict):
        return document
    file = _file(value)
    return document if file == document.file else replace(document, file=file)


def _file(job: Mapping[str, Any]) -> File | None:
    file = mapping(job.get("file"))
    name = text(file.get("display")) or text(file.get("name"))
    path = text(file.get("path")) or name
    if path is None:
        return None
    lengths = [
        length
        for each in list(mapping(job.get("filament")).values())[:_HEATERS_MOST]
        if (length := real(mapping(each).get("length"), 0, 1e8)) is not None
    ]
    return File(
        path=path,
        name=name or path,
        origin=text(file.get("origin"), 40),
        size_bytes=whole(file.get("size"), 0, 1 << 50),
        estimated_s=real(job.get("estimatedPrintTime"), 0, _LONGEST_S),
        used_mm=sum(lengths) if lengths else None,
    )


def read_progress(value: object) -> Progress:
    """Returns a progress; `completion` is 0-100, however small."""
    progress = mapping(value)
    return Progress(
        completion_pct=real(progress.get("completion"), 0, 100),
        printed_s=real(progress.get("printTime"), 0, _LONGEST_S),
        left_s=real(progress.get("printTimeLeft"), 0, _LONGEST_S),
        left_origin=text(progress.get("printTimeLeftOrigin"), 40),
    )


def take_heats(document: Document, value: object) -> Document:
    """Takes in one sample of the temperatures, by the server's names for them."""
    heats = {
        name[:40]: Heat(
            real(each.get("actual"), -100, 1000), real(each.get("target"), 0, 1000)
        )
        for name, each in list(mapping(value).items())[:_HEATERS_MOST]
        if isinstance(each, dict)
    }
    if not heats or heats == document.heats:
        return document
    return replace(document, heats=heats)


def take_logs(document: Document, lines: list[Any]) -> Document:
    """Takes from the machine's conversation which factors and fan speed were set."""
    said = "\n".join(line for line in lines if isinstance(line, str))
    for found in _FACTORS.finditer(said):
        value = _FACTOR.search(found["rest"])
        number = int(value[1]) if value else None
        match found["code"]:
            case "220" if number:
                document = replace(document, speed_pct=min(number, 999))
            case "221" if number:
                document = replace(document, flow_pct=min(number, 999))
            case "106" if "P" not in found["rest"]:
                level = _FULL if number is None else min(number, _FULL)
                document = replace(document, fan_pct=round(level * 100 / _FULL))
            case "107" if "P" not in found["rest"]:
                document = replace(document, fan_pct=0)
    return document


def read_line(line: str) -> tuple[bool, str]:
    """Returns whether a logged line was sent to the machine, and what it says."""
    for mark in (*_SENT, *_RECEIVED):
        if line.startswith(mark):
            return mark in _SENT, line.removeprefix(mark)
    return False, line


def read_prompt(value: object) -> Prompt | None:
    """Returns the question that the machine asks, `None` where it asks nothing."""
    data = mapping(value)
    said, choices = text(data.get("text")), data.get("choices")
    if said is None:
        return None
    listed = choices[:_CHOICES_MOST] if isinstance(choices, list) else []
    return Prompt(said, tuple(text(each, 100) or "?" for each in listed))


def take_layers(document: Document, layer: object, layers: object) -> Document:
    """Takes in layers, which the plugin sends as texts, `-` where it knows none."""
    return replace(document, layer=_count(layer), layers=_count(layers))


def _count(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    # Layer 0 of 0 is what it says before it has looked into the file.
    return whole(value, 1, 1_000_000)
