"""What a machine can be told, by its vocabulary and by what it reports.

Source: SDCP V3.0.0, "Commands"; 401 to 403 are of FDM machines alone.
"""

from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect
from odin_engine.drivers.printers.elegoo.protocol.document import Document
from odin_engine.drivers.printers.elegoo.protocol.fields import table, words
from odin_engine.printers.model import (
    Capabilities,
    CommandKind,
    HeadNames,
    SpeedLevel,
    Technology,
)

SPEEDS = {
    SpeedLevel.SILENT: 50,
    SpeedLevel.STANDARD: 100,
    SpeedLevel.SPORT: 130,
    SpeedLevel.LUDICROUS: 160,
}
"""The four values that the machine's own screen offers; it takes no others."""
FANS = {"part": "ModelFan", "aux": "AuxiliaryFan", "chamber": "BoxFan"}
_CONTROL = "PRINT_CONTROL"
_FILES = "SupportFileType"
_FDM_FILES = (".gcode",)
RESIN_FILES = (".goo", ".ctb", ".prz")
_JOB = {
    CommandKind.PAUSE,
    CommandKind.RESUME,
    CommandKind.STOP,
    CommandKind.START_PRINT,
}
_FDM_ONLY = {CommandKind.HOME, CommandKind.JOG}


def speed_level(percent: int) -> SpeedLevel:
    """Returns the level that comes nearest to a percentage."""
    return min(SPEEDS, key=lambda level: abs(SPEEDS[level] - percent))


def capabilities(
    document: Document, *, has_light: bool, has_camera: bool
) -> Capabilities:
    """Returns what this machine can do now."""
    status = document.status
    is_fdm = document.dialect is Dialect.FDM
    if document.dialect not in {Dialect.FDM, Dialect.RESIN}:
        return Capabilities(technology=_technology(document))
    told = words(document.attributes.get("Capabilities"))
    fans = table(status.get("CurrentFanSpeed"))
    settable = tuple(name for name, key in FANS.items() if key in fans)
    commands = set() if told and _CONTROL not in told else set(_JOB)
    has_nozzle = is_fdm and "TempTargetNozzle" in status
    has_bed = is_fdm and "TempTargetHotbed" in status
    offered = {
        CommandKind.SET_TIMELAPSE: has_camera and "TimeLapseStatus" in status,
        CommandKind.SET_NOZZLE_TEMPERATURE: has_nozzle,
        CommandKind.SET_BED_TEMPERATURE: has_bed,
        CommandKind.SET_FAN: is_fdm and bool(settable),
        CommandKind.SET_LIGHT: is_fdm and has_light,
        CommandKind.SET_SPEED: is_fdm,
    }
    if commands:
        commands |= {kind for kind, is_there in offered.items() if is_there}
        commands |= _FDM_ONLY if is_fdm else set()
    return Capabilities(
        has_file_list=True,
        commands=tuple(sorted(commands)),
        nozzle_max_c=document.limits.nozzle_c if has_nozzle else None,
        bed_max_c=document.limits.bed_c if has_bed else None,
        fans=settable if is_fdm else (),
        lights=("chamber",) if is_fdm and has_light else (),
        speed_levels=tuple(SpeedLevel) if is_fdm else (),
        has_chamber_sensor=is_fdm and "TempOfBox" in status,
        technology=_technology(document),
        head_names=HeadNames.TOOLS,
        file_kinds=_file_kinds(document),
    )


def _file_kinds(document: Document) -> tuple[str, ...]:
    told = {f".{each.lower()}" for each in words(document.attributes.get(_FILES))}
    of_its_kind = _FDM_FILES if document.dialect is Dialect.FDM else RESIN_FILES
    return tuple(kind for kind in of_its_kind if kind in told) or of_its_kind


def _technology(document: Document) -> Technology:
    is_resin = document.dialect in {Dialect.RESIN, Dialect.V1}
    return Technology.RESIN if is_resin else Technology.FDM
