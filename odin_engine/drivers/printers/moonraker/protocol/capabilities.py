"""What a machine can be told now: by its parts, its macros, and its host's components."""

from odin_engine.drivers.printers.moonraker.protocol.document import Document
from odin_engine.printers.model import (
    Capabilities,
    CommandKind,
    HeadNames,
    HeaterBounds,
    PercentBounds,
)

_SPEED = PercentBounds(10, 300)
_FLOW = PercentBounds(50, 200)
"""As far as the usual front-ends let people go; Klipper itself has no bounds."""
_HOST = (CommandKind.RESTART_FIRMWARE, CommandKind.RESTART_HOST)
_SERVICE = (CommandKind.RESTART_HOST,)
"""Who has no Klipper can start its service, and no more."""
_ALWAYS = (
    CommandKind.SEND_GCODE,
    CommandKind.SET_SPEED_PERCENT,
    CommandKind.SET_FLOW,
    CommandKind.ANSWER_PROMPT,
)
_PRINTING = (
    CommandKind.START_PRINT,
    CommandKind.PAUSE,
    CommandKind.RESUME,
    CommandKind.STOP,
    CommandKind.CLEAR_FAULTS,
)
_FEEDING = (CommandKind.LOAD_FILAMENT, CommandKind.UNLOAD_FILAMENT)
_MOVING = (CommandKind.HOME, CommandKind.JOG)
_START_S = 600
"""A start macro may heat a chamber and mesh a bed before the file begins."""


def capabilities_of(document: Document) -> Capabilities:
    """Returns what can be told; a Klipper that is down takes restarts and no more."""
    if document.klippy != "ready":
        host = _HOST if document.klippy != "disconnected" else _SERVICE
        return Capabilities(
            commands=_sorted([*host, *_of_host(document)]),
            heads=max(1, len(document.layout.extruders)),
            head_names=HeadNames.TOOLS,
            has_console=True,
        )
    layout = document.layout
    fans = (("part",) if "fan" in layout.objects else ()) + tuple(layout.settable_fans)
    return Capabilities(
        has_file_list=True,
        commands=_sorted([*_HOST, *_of_host(document), *_of_machine(document)]),
        heads=max(1, len(layout.extruders)),
        head_names=HeadNames.TOOLS,
        nozzle_max_c=min(
            (each.max_c for each in layout.extruders if each.max_c), default=None
        ),
        bed_max_c=layout.bed.max_c if layout.bed else None,
        chamber_max_c=layout.chamber.max_c if layout.chamber else None,
        heaters=tuple(
            HeaterBounds(each.name, each.max_c) for each in layout.heaters if each.max_c
        ),
        fans=fans,
        lights=tuple(layout.lights.values()),
        speed_bounds=_SPEED,
        flow_bounds=_FLOW,
        macros=layout.macros,
        has_console=True,
        has_chamber_sensor=bool(layout.chamber or layout.chamber_sensor),
        has_print_details=layout.prints,
        start_deadline_s=_START_S,
    )


def _of_host(document: Document) -> list[CommandKind]:
    found = []
    if document.power:
        found.append(CommandKind.SET_POWER)
    if "spoolman" in document.components:
        found.append(CommandKind.SET_ACTIVE_SPOOL)
    return found


def _of_machine(document: Document) -> list[CommandKind]:
    layout = document.layout
    # An empty `kinematics: none` machine is used to try things, and moves nothing.
    can_move = layout.kinematics != "none" and "toolhead" in layout.objects
    asked = (
        (_ALWAYS, True),
        (_PRINTING, layout.prints),
        (_MOVING, can_move),
        ((CommandKind.SKIP_OBJECTS,), "exclude_object" in layout.objects),
        (
            (CommandKind.SET_NOZZLE_TEMPERATURE,),
            any(each.max_c for each in layout.extruders),
        ),
        ((CommandKind.SET_BED_TEMPERATURE,), bool(layout.bed and layout.bed.max_c)),
        (
            (CommandKind.SET_CHAMBER_TEMPERATURE,),
            bool(layout.chamber and layout.chamber.max_c),
        ),
        ((CommandKind.SET_HEATER,), any(each.max_c for each in layout.heaters)),
        (
            (CommandKind.SET_FAN,),
            "fan" in layout.objects or bool(layout.settable_fans),
        ),
        ((CommandKind.SET_LIGHT,), bool(layout.lights)),
        (_FEEDING, bool({"mmu", "AFC"} & layout.objects)),
        ((CommandKind.SELECT_TOOL,), len(layout.extruders) > 1),
        ((CommandKind.RUN_MACRO,), bool(layout.macros)),
    )
    return [kind for kinds, is_there in asked if is_there for kind in kinds]


def _sorted(kinds: list[CommandKind]) -> tuple[str, ...]:
    return tuple(sorted({each.value for each in kinds}))
