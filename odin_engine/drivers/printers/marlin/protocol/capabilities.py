"""What a machine can be told, by its firmware's word and its owner's settings. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from odin_engine.printers.model import (
    Capabilities,
    CommandKind,
    HeadNames,
    PercentBounds,
    Temperatures,
)

NOZZLE_MAX_C = 260
"""A hot end with a PTFE tube inside must not be hotter."""
BED_MAX_C = 100
_SPEED = PercentBounds(10, 300)
_FLOW = PercentBounds(50, 150)
_ALWAYS = frozenset(
    {
        CommandKind.PAUSE,
        CommandKind.RESUME,
        CommandKind.STOP,
        CommandKind.START_PRINT,
        CommandKind.SET_NOZZLE_TEMPERATURE,
        CommandKind.SET_FAN,
        CommandKind.SET_SPEED_PERCENT,
        CommandKind.SET_FLOW,
        CommandKind.HOME,
        CommandKind.JOG,
        CommandKind.SEND_GCODE,
        CommandKind.CLEAR_FAULTS,
    }
)
_WHEN_DEAD = frozenset({CommandKind.CLEAR_FAULTS})


@dataclass(frozen=True, slots=True)
class Settings:
    """What no firmware tells.

    The maxima in °C, whether a pause parks the head, and whether the line has a wire by
    which the board can be reset.
    """

    nozzle_max_c: int = NOZZLE_MAX_C
    bed_max_c: int = BED_MAX_C
    parks: bool = True
    can_reset: bool = False


def capabilities(
    settings: Settings,
    caps: Mapping[str, bool],
    temperatures: Temperatures,
    heads: int,
    *,
    is_dead: bool,
) -> Capabilities:
    """Returns what a machine with these firmware capabilities and heaters can do."""
    has_bed = temperatures.bed is not None
    can = set(_ALWAYS)
    if has_bed:
        can.add(CommandKind.SET_BED_TEMPERATURE)
    if heads > 1:
        can.add(CommandKind.SELECT_TOOL)
    if caps.get("PROMPT_SUPPORT") or caps.get("EMERGENCY_PARSER"):
        can.add(CommandKind.ANSWER_PROMPT)
    if is_dead:
        can = set(_WHEN_DEAD)
    if settings.can_reset:
        can.add(CommandKind.RESTART_FIRMWARE)
    return Capabilities(
        has_file_list=True,
        commands=tuple(sorted(kind.value for kind in can)),
        heads=heads,
        nozzle_max_c=settings.nozzle_max_c,
        bed_max_c=settings.bed_max_c if has_bed else None,
        fans=("part",),
        has_chamber_sensor=temperatures.chamber is not None,
        head_names=HeadNames.TOOLS,
        speed_bounds=_SPEED,
        flow_bounds=_FLOW,
        has_console=True,
    )
