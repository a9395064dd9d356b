"""What a machine can be told and within which bounds.

Source: docs/protocols/bambu.md §1 (models), §8.3, §8.4 (commands).
"""

from odin_engine.drivers.printers.bambu.protocol import heat
from odin_engine.drivers.printers.bambu.protocol.document import Document
from odin_engine.drivers.printers.bambu.protocol.encode import KINDS
from odin_engine.drivers.printers.bambu.protocol.models import DoorSensor
from odin_engine.printers.model import (
    Capabilities,
    CommandKind,
    Detector,
    FilamentUnit,
    Light,
    SpeedLevel,
    UnitKind,
)

_ALWAYS = KINDS - {
    CommandKind.SET_CHAMBER_TEMPERATURE,
    CommandKind.START_DRYING,
    CommandKind.STOP_DRYING,
    CommandKind.READ_FILAMENT,
    CommandKind.SET_DETECTOR,
    CommandKind.SET_TIMELAPSE,
}
_DRYING = {CommandKind.START_DRYING, CommandKind.STOP_DRYING}


def capabilities(
    document: Document,
    units: tuple[FilamentUnit, ...],
    lights: tuple[Light, ...],
    detectors: tuple[Detector, ...],
) -> Capabilities:
    """Returns the capabilities: the model's, and what the report shows is there."""
    model = document.facts.model
    commands = set(_ALWAYS)
    if model.chamber_max_c is not None:
        commands.add(CommandKind.SET_CHAMBER_TEMPERATURE)
    if any(unit.drying is not None for unit in units):
        commands |= _DRYING
    if any(unit.kind is not UnitKind.EXTERNAL for unit in units):
        commands.add(CommandKind.READ_FILAMENT)
    if detectors:
        commands.add(CommandKind.SET_DETECTOR)
    if model.camera is not None:
        commands.add(CommandKind.SET_TIMELAPSE)
    reported = {light.name for light in lights}
    names = model.lights if model.is_known else tuple(sorted(reported))
    return Capabilities(
        commands=tuple(sorted(commands)),
        heads=heat.heads_of(document),
        nozzle_max_c=model.nozzle_max_c,
        bed_max_c=model.bed_max_c,
        chamber_max_c=model.chamber_max_c,
        fans=model.fans,
        lights=names,
        speed_levels=tuple(SpeedLevel),
        calibrations=tuple(routine.value for routine in model.calibrations),
        detectors=tuple(detector.name for detector in detectors),
        has_door_sensor=model.door is not DoorSensor.NONE,
        has_chamber_sensor=model.has_chamber_sensor,
        has_print_details=True,
        start_deadline_s=model.start_deadline_s,
    )
