"""What the machine can be told just now, and what it has: of profile, flags and key.

Source: docs.octoprint.org, "Permissions", "Printer profile operations".
"""

from dataclasses import dataclass

from odin_engine.drivers.printers.octoprint.protocol.document import (
    Document,
    Flags,
    Profile,
)
from odin_engine.printers.model import (
    Capabilities,
    CommandKind,
    HeadNames,
    PercentBounds,
)

SPEED_BOUNDS = PercentBounds(50, 200)
FLOW_BOUNDS = PercentBounds(75, 125)
"""Both as OctoPrint's own interface has them."""

_HEADS_MOST = 16

_NEEDS: dict[CommandKind, str] = {
    CommandKind.START_PRINT: "print",
    CommandKind.PAUSE: "print",
    CommandKind.RESUME: "print",
    CommandKind.STOP: "print",
    CommandKind.SET_NOZZLE_TEMPERATURE: "control",
    CommandKind.SET_BED_TEMPERATURE: "control",
    CommandKind.SET_CHAMBER_TEMPERATURE: "control",
    CommandKind.SET_FAN: "control",
    CommandKind.SET_SPEED_PERCENT: "control",
    CommandKind.SET_FLOW: "control",
    CommandKind.SELECT_TOOL: "control",
    CommandKind.HOME: "control",
    CommandKind.JOG: "control",
    CommandKind.SEND_GCODE: "control",
    CommandKind.DISCONNECT_MACHINE: "connection",
}
"""Which role of the key each takes, of what needs a connected machine."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The maxima in °C that an owner names; no server knows its machine's."""

    nozzle_c: int = 260
    bed_c: int = 110
    chamber_c: int = 60


def is_away(flags: Flags) -> bool:
    """Whether the server has no machine. After an error it has to be told of that."""
    if flags.is_error:
        return False
    return flags.is_closed_or_error or not (
        flags.is_operational or flags.has_job or flags.is_ready
    )


def profile_of(document: Document) -> Profile:
    """Returns what the machine has, the usual where the server does not say."""
    return document.profile or Profile()


def heads(document: Document) -> int:
    """Returns how many tools there are: of the profile, or as many as report."""
    if document.profile is not None:
        return document.profile.extruders
    tools = [
        number for name in document.heats if (number := tool_number(name)) is not None
    ]
    return max(tools, default=0) + 1


def tool_number(name: str) -> int | None:
    """Returns the number of a tool by its name, `None` for any other heater."""
    digits = name.removeprefix("tool")
    is_tool = name.startswith("tool") and digits.isascii() and digits.isdigit()
    number = int(digits) if is_tool and len(digits) <= 2 else None
    return number if number is not None and number < _HEADS_MOST else None


def heaters(document: Document) -> int:
    """Returns how many nozzles are heated."""
    if document.profile is not None:
        return document.profile.heaters
    return heads(document)


def _may(document: Document, role: str) -> bool:
    return document.may is None or role in document.may


def _commands(document: Document) -> tuple[str, ...]:
    flags, profile = document.flags, profile_of(document)
    if flags is None:
        return ()
    can: set[CommandKind] = set()
    if flags.is_closed_or_error or flags.is_error:
        if _may(document, "connection"):
            can.add(CommandKind.CONNECT_MACHINE)
    elif not is_away(flags):
        can |= {kind for kind, role in _NEEDS.items() if _may(document, role)}
        if not profile.has_bed:
            can.discard(CommandKind.SET_BED_TEMPERATURE)
        if not profile.has_chamber:
            can.discard(CommandKind.SET_CHAMBER_TEMPERATURE)
        if heads(document) < 2:
            can.discard(CommandKind.SELECT_TOOL)
        if flags.is_cancelling or not _may(document, "files_select"):
            can.discard(CommandKind.START_PRINT)
        if document.prompt is not None and document.prompt.choices:
            can.add(CommandKind.ANSWER_PROMPT)
    if "psucontrol" in document.plugins:
        can.add(CommandKind.SET_POWER)
    return tuple(sorted(kind.value for kind in can))


def capabilities(document: Document, limits: Limits) -> Capabilities:
    """Returns what the machine can be told now, with a key like ours."""
    profile = profile_of(document)
    commands = _commands(document)
    return Capabilities(
        has_file_list=True,
        commands=commands,
        heads=heads(document),
        head_names=HeadNames.TOOLS,
        nozzle_max_c=limits.nozzle_c,
        bed_max_c=limits.bed_c if profile.has_bed else None,
        chamber_max_c=limits.chamber_c if profile.has_chamber else None,
        fans=("part",) if CommandKind.SET_FAN in commands else (),
        has_chamber_sensor=profile.has_chamber,
        speed_bounds=SPEED_BOUNDS,
        flow_bounds=FLOW_BOUNDS,
        has_console=_may(document, "monitor_terminal"),
    )
