"""The bounds of what a command may carry, by what the machine says it can do. Pure.

Anything unknown is refused, except switching a heater off.
"""

import math
import re
from collections.abc import Iterator
from typing import assert_never

from odin_engine.kernel.errors import Invalid, OdinError, Problem
from odin_engine.printers.model.commands import (
    AnswerPrompt,
    Calibrate,
    ClearFaults,
    Command,
    ConfigureSlot,
    ConnectMachine,
    DisconnectMachine,
    Home,
    Jog,
    LoadFilament,
    Pause,
    ReadFilament,
    RestartFirmware,
    RestartHost,
    Resume,
    RunMacro,
    SelectTool,
    SendGcode,
    SetActiveSpool,
    SetBedTemperature,
    SetChamberTemperature,
    SetDetector,
    SetFan,
    SetFlow,
    SetHeater,
    SetLight,
    SetNozzleTemperature,
    SetPower,
    SetSpeed,
    SetSpeedPercent,
    SetTimelapse,
    SkipObjects,
    StartDrying,
    StartPrint,
    Stop,
    StopDrying,
    UnloadFilament,
)
from odin_engine.printers.model.details import PrintDetails
from odin_engine.printers.model.state import (
    Capabilities,
    DryingBounds,
    FilamentUnit,
    PercentBounds,
    PrinterState,
    SlotRef,
    UnitKind,
)

JOG_MOST_MM = 50.0
"""One press moves a visible, survivable way on the smallest bed (180 mm)."""
GCODE_LINES_MOST = 20
GCODE_LINE_MOST = 200
K_MOST = 2.0
"""Pressure advance in s; Bowden machines reach 1, nothing sane reaches 2."""
TOKEN_MOST = 2**31 - 1
"""Larger ids are accepted by some firmware, and never start."""
PLATE_MOST = 99
FILE_NAME_MOST = 200
MAPPING_MOST = 64
OBJECTS_MOST = 64

_DRYING_BOUNDS = {
    # The highest is the maker's own, the others are ours.
    UnitKind.AMS_2_PRO: DryingBounds(min_c=35, max_c=65, min_hours=1, max_hours=24),
    UnitKind.AMS_HT: DryingBounds(min_c=35, max_c=85, min_hours=1, max_hours=24),
}
_COLOR = re.compile(r"#[0-9A-F]{8}")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,32}")
_MATERIAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 +_-]{0,31}")
_HEATING = re.compile(r"M(104|109|140|190|141|191)(?=\D).*?[SR]\s*(\d+(?:\.\d*)?)")
_NOZZLE_CODES = frozenset({"104", "109"})
_BED_CODES = frozenset({"140", "190"})


class OutOfBounds(Invalid):
    """A value that this machine must not be given."""

    code = "printer_out_of_bounds"


def out_of_bounds(
    command: Command,
    state: PrinterState,
    objects_in_job: int | None = None,
    details: PrintDetails | None = None,
) -> OdinError | None:
    """Returns what is wrong with the values of a command, `None` when nothing is."""
    if isinstance(command, SkipObjects):
        problems = tuple(_skipping(command.object_ids, state, objects_in_job, details))
    else:
        problems = tuple(_problems(command, state))
    if not problems:
        return None
    return OutOfBounds(problems[0].detail, *problems)


def drying_bounds(kind: UnitKind) -> DryingBounds | None:
    """Returns within which bounds such a unit dries, `None` where it cannot."""
    return _DRYING_BOUNDS.get(kind)


def is_safe_file_name(name: str) -> bool:
    """Whether a name is one plain path component for a printer's small file system."""
    return (
        0 < len(name.encode(errors="replace")) <= FILE_NAME_MOST
        and name.isprintable()
        and not name.startswith(".")
        and not name.endswith((".", " "))
        and not set(name) & set('/\\:*?"<>|')
    )


def _problems(  # noqa: C901, PLR0912, PLR0915 - one line per command is the table
    command: Command, state: PrinterState
) -> Iterator[Problem]:
    can = state.capabilities
    match command:
        case SetNozzleTemperature(target_c, nozzle):
            yield from _heat(target_c, can.nozzle_max_c, "nozzle")
            yield from _head(nozzle, can)
        case SetBedTemperature(target_c):
            yield from _heat(target_c, can.bed_max_c, "bed")
        case SetChamberTemperature(target_c):
            yield from _heat(target_c, can.chamber_max_c, "chamber")
        case SetFan(fan, percent):
            yield from _one_of(fan, can.fans, "/fan")
            yield from _range(percent, 0, 100, "/percent", "%")
        case SetLight(light, _):
            yield from _one_of(light, can.lights, "/light")
        case SetSpeed(level):
            yield from _one_of(level, can.speed_levels, "/level")
        case Jog(_, distance_mm):
            if (
                not math.isfinite(distance_mm)
                or not 0 < abs(distance_mm) <= JOG_MOST_MM
            ):
                yield Problem("/distance_mm", f"up to {JOG_MOST_MM:g} mm either way")
        case ReadFilament(slot) | LoadFilament(slot):
            yield from _slot(slot, state)
        case UnloadFilament(nozzle):
            yield from _head(nozzle, can)
        case ConfigureSlot():
            yield from _configuring(command, state)
        case StartDrying():
            yield from _drying(command, state)
        case StopDrying(unit):
            yield from _dryer(unit, state)
        case Calibrate(routines):
            if not routines:
                yield Problem("/routines", "name at least one routine")
            for routine in routines:
                yield from _one_of(routine, can.calibrations, "/routines")
        case SetDetector(detector, _, _, _):
            yield from _one_of(detector, can.detectors, "/detector")
        case SendGcode(lines):
            yield from _gcode(lines, can)
        case StartPrint():
            yield from _starting(command)
        case SetSpeedPercent(percent):
            yield from _percent(percent, can.speed_bounds)
        case SetFlow(percent):
            yield from _percent(percent, can.flow_bounds)
        case SetHeater(heater, target_c):
            bounds = {each.name: each.max_c for each in can.heaters}
            yield from _one_of(heater, tuple(bounds), "/heater")
            yield from _heat(target_c, bounds.get(heater), heater)
        case SelectTool(tool):
            yield from _range(tool, 0, can.heads - 1, "/tool", "")
        case RunMacro(macro):
            yield from _one_of(macro, can.macros, "/macro")
        case AnswerPrompt(choice):
            choices = state.prompt.choices if state.prompt else ()
            yield from _range(choice, 0, len(choices) - 1, "/choice", "")
        case SetPower(device, _):
            devices = tuple(each.name for each in state.power_devices)
            yield from _one_of(device, devices, "/device")
        case SetActiveSpool(spool_id):
            if spool_id is not None:
                yield from _range(spool_id, 1, TOKEN_MOST, "/spool_id", "")
        case (
            Pause()
            | Resume()
            | Stop()
            | Home()
            | ClearFaults()
            | SetTimelapse()
            | ConnectMachine()
            | DisconnectMachine()
            | RestartFirmware()
            | RestartHost()
        ):
            return
        case SkipObjects():
            # `_skipping`, which knows of the file as well.
            return
        case _:
            assert_never(command)


def _range(
    value: float, least: float, most: float, pointer: str, unit: str
) -> Iterator[Problem]:
    if not least <= value <= most:
        yield Problem(pointer, f"{least:g} to {most:g} {unit}".rstrip())


def _heat(target_c: float, most_c: int | None, what: str) -> Iterator[Problem]:
    if target_c == 0:
        return
    if most_c is None:
        yield Problem("/target_c", f"this machine has no {what} heater that we know")
    else:
        yield from _range(target_c, 0, most_c, "/target_c", f"°C for the {what}")


def _percent(percent: int, bounds: PercentBounds | None) -> Iterator[Problem]:
    if bounds is None:
        yield Problem("/percent", "this machine has no such factor")
    else:
        yield from _range(percent, bounds.min_pct, bounds.max_pct, "/percent", "%")


def _head(nozzle: int, can: Capabilities) -> Iterator[Problem]:
    yield from _range(nozzle, 0, can.heads - 1, "/nozzle", "")


def _one_of(value: str, known: tuple[str, ...], pointer: str) -> Iterator[Problem]:
    if value not in known:
        yield Problem(pointer, f"this machine has: {', '.join(known) or 'none'}")


def _skipping(
    object_ids: tuple[int, ...],
    state: PrinterState,
    objects_in_job: int | None,
    details: PrintDetails | None,
) -> Iterator[Problem]:
    if not 1 <= len(object_ids) <= OBJECTS_MOST:
        yield Problem("/object_ids", f"1 to {OBJECTS_MOST} objects")
    if any(not 0 <= object_id <= TOKEN_MOST for object_id in object_ids):
        yield Problem("/object_ids", "ids are not negative")
    gone = set(object_ids) | set(state.job.skipped_objects if state.job else ())
    known = {each.id for each in details.objects} if details else set[int]()
    unknown = sorted(set(object_ids) - known)
    if known and unknown:
        yield Problem("/object_ids", f"the plate has no object {unknown[0]}")
    is_last = known <= gone if known else len(gone) >= (objects_in_job or len(gone) + 1)
    if is_last:
        yield Problem("/object_ids", "at least one object must remain; else stop it")


def _unit(unit_id: int, state: PrinterState) -> FilamentUnit | None:
    return next((unit for unit in state.filament_units if unit.id == unit_id), None)


def _slot(ref: SlotRef, state: PrinterState) -> Iterator[Problem]:
    unit = _unit(ref.unit, state)
    if unit is None:
        yield Problem("/unit", "this printer has no such unit")
    elif all(slot.id != ref.slot for slot in unit.slots):
        yield Problem("/slot", "this unit has no such slot")


def _configuring(command: ConfigureSlot, state: PrinterState) -> Iterator[Problem]:
    yield from _slot(command.slot, state)
    if not _WORD.fullmatch(command.preset_id):
        yield Problem("/preset_id", "a preset's id such as GFL99")
    if not _MATERIAL.fullmatch(command.material):
        yield Problem("/material", "a material such as PLA or PA-CF")
    if not _COLOR.fullmatch(command.color):
        yield Problem("/color", "#RRGGBB or #RRGGBBAA")
    if command.nozzle_min_c > command.nozzle_max_c:
        yield Problem("/nozzle_min_c", "not above the maximum")
    if command.nozzle_min_c <= 0:
        yield Problem("/nozzle_min_c", "a printing temperature in °C")
    yield from _heat(command.nozzle_max_c, state.capabilities.nozzle_max_c, "nozzle")
    if command.k is not None and not 0 <= command.k <= K_MOST:
        yield Problem("/k", f"0 to {K_MOST:g}")


def _dryer(unit_id: int, state: PrinterState) -> Iterator[Problem]:
    unit = _unit(unit_id, state)
    if unit is None:
        yield Problem("/unit", "this printer has no such unit")
    elif unit.drying is None:
        yield Problem("/unit", "this unit cannot dry")


def _drying(command: StartDrying, state: PrinterState) -> Iterator[Problem]:
    yield from _dryer(command.unit, state)
    unit = _unit(command.unit, state)
    can = unit.drying_bounds if unit else None
    if can is None:
        yield Problem("/target_c", "the bounds of this unit are not known")
    else:
        yield from _range(command.target_c, can.min_c, can.max_c, "/target_c", "°C")
        yield from _range(
            command.hours, can.min_hours, can.max_hours, "/hours", "hours"
        )
    if not _MATERIAL.fullmatch(command.material):
        yield Problem("/material", "a material such as PLA or PA-CF")
    if unit and unit.drying and unit.drying.blocked_by:
        why = ", ".join(unit.drying.blocked_by).replace("_", " ")
        yield Problem("/unit", f"drying is not possible now: {why}")


def _gcode(lines: tuple[str, ...], can: Capabilities) -> Iterator[Problem]:
    if not 1 <= len(lines) <= GCODE_LINES_MOST:
        yield Problem("/lines", f"1 to {GCODE_LINES_MOST} lines")
    for index, line in enumerate(lines):
        if not (0 < len(line) <= GCODE_LINE_MOST and _is_plain(line)):
            yield Problem(
                f"/lines/{index}", f"1 to {GCODE_LINE_MOST} printable ASCII characters"
            )
            continue
        for code, target in _HEATING.findall(line.partition(";")[0].upper()):
            if code in _NOZZLE_CODES:
                most_c = can.nozzle_max_c
            else:
                most_c = can.bed_max_c if code in _BED_CODES else can.chamber_max_c
            if float(target) > (most_c or 0):
                yield Problem(f"/lines/{index}", f"heats above {most_c or 0} °C")


def _is_plain(line: str) -> bool:
    return line.isascii() and line.isprintable()


def _starting(command: StartPrint) -> Iterator[Problem]:
    if not is_safe_file_name(command.file):
        yield Problem("/file", "the name of a file on the printer, without folders")
    if not (0 < len(command.name) <= FILE_NAME_MOST and command.name.isprintable()):
        yield Problem("/name", f"1 to {FILE_NAME_MOST} printable characters")
    yield from _range(command.plate, 1, PLATE_MOST, "/plate", "")
    if len(command.mapping) > MAPPING_MOST:
        yield Problem("/mapping", f"at most {MAPPING_MOST} filaments")
    yield from _range(command.token, 1, TOKEN_MOST, "/token", "")
    if not _WORD.fullmatch(command.options.bed_type):
        yield Problem("/options/bed_type", "a plate such as auto or textured_plate")
