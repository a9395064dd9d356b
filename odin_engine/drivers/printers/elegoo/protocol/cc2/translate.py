"""From a document of a Centauri Carbon 2 to the one vocabulary."""

from collections.abc import Mapping
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol.cc2.document import Document
from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect
from odin_engine.drivers.printers.elegoo.protocol.fields import (
    celsius,
    real,
    table,
    text,
    whole,
)
from odin_engine.drivers.printers.elegoo.protocol.translate import (
    CAMERA,
    LIGHT,
    shared,
)
from odin_engine.printers.model import (
    Camera,
    CameraKind,
    Capabilities,
    CommandKind,
    Control,
    Fans,
    Fault,
    FaultKind,
    FilamentSensor,
    Firmware,
    HeadNames,
    Heat,
    Light,
    LightMode,
    LinkStatus,
    Model,
    NamedFan,
    Nozzle,
    PrinterState,
    Severity,
    Speed,
    SpeedLevel,
    Temperatures,
)

LEVELS = (
    SpeedLevel.SILENT,
    SpeedLevel.STANDARD,
    SpeedLevel.SPORT,
    SpeedLevel.LUDICROUS,
)
"""`speed_mode`, by its number."""
_FULL = 255
_MOST_FAULTS = 16
_COMMANDS = tuple(
    sorted(
        {
            CommandKind.PAUSE,
            CommandKind.RESUME,
            CommandKind.STOP,
            CommandKind.START_PRINT,
            CommandKind.HOME,
            CommandKind.JOG,
            CommandKind.SET_NOZZLE_TEMPERATURE,
            CommandKind.SET_BED_TEMPERATURE,
            CommandKind.SET_FAN,
            CommandKind.SET_LIGHT,
            CommandKind.SET_SPEED,
        }
    )
)


def translate(document: Document, before: PrinterState | None = None) -> PrinterState:
    """Returns what the machine does; `before` itself where nothing shown has changed."""
    run, status = document.run, document.status
    state = PrinterState(
        link=LinkStatus.ONLINE,
        control=Control.ALLOWED,
        activity=run.activity,
        job=run.job,
        temperatures=_temperatures(status),
        fans=_fans(table(status.get("fans"))),
        speed=_speed(status),
        lights=_lights(status),
        nozzles=(Nozzle(0, is_active=True),) if "extruder" in status else (),
        filament_units=document.units,
        active_slot=document.active_slot,
        faults=_faults(status),
        cameras=_cameras(document),
        firmware=_firmware(document.attributes),
        model=_model(document),
        capabilities=_capabilities(document) if document.has_status else Capabilities(),
        filament_sensors=_filament_sensors(table(status.get("extruder"))),
    )
    return state if before is None else shared(state, before)


def _heat(value: object) -> Heat | None:
    part = table(value)
    current_c, target_c = celsius(part.get("temperature")), celsius(part.get("target"))
    return None if current_c is None else Heat(current_c, target_c)


def _temperatures(status: Mapping[str, Any]) -> Temperatures:
    nozzle = _heat(status.get("extruder"))
    return Temperatures(
        nozzles=() if nozzle is None else (nozzle,),
        bed=_heat(status.get("heater_bed")),
        chamber=_heat(status.get("ztemperature_sensor", status.get("chamber"))),
    )


def _fan_pct(value: object) -> int | None:
    speed = real(table(value).get("speed"))
    if speed is None or not 0 <= speed <= _FULL:
        return None
    return round(speed * 100 / _FULL)


def _fans(fans: Mapping[str, Any]) -> Fans:
    others = tuple(
        NamedFan(name, _fan_pct(fans[name]), whole(table(fans[name]).get("rpm")))
        for name in ("controller_fan",)
        if name in fans
    )
    return Fans(
        part_pct=_fan_pct(fans.get("fan")),
        aux_pct=_fan_pct(fans.get("aux_fan")),
        chamber_pct=_fan_pct(fans.get("box_fan")),
        heatbreak_pct=_fan_pct(fans.get("heater_fan")),
        others=others,
    )


def _speed(status: Mapping[str, Any]) -> Speed | None:
    move = table(status.get("gcode_move_inf", status.get("gcode_move")))
    mode = whole(move.get("speed_mode"))
    if mode is None or not 0 <= mode < len(LEVELS):
        return None
    return Speed(level=LEVELS[mode])


def _lights(status: Mapping[str, Any]) -> tuple[Light, ...]:
    led = whole(table(status.get("led")).get("status"))
    if led is None:
        return ()
    return (Light(LIGHT, LightMode.ON if led else LightMode.OFF),)


def _faults(status: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Returns the problems; newer firmware lists them by code in a section of its own."""
    listed = table(status.get("machine_status")).get("exception_status")
    named = table(table(status.get("exception")).get("exception_code"))
    told = [*(listed if isinstance(listed, list) else ()), *named][:_MOST_FAULTS]
    codes = dict.fromkeys(
        code for each in told if (code := whole(each)) is not None and code > 0
    )
    return tuple(
        Fault(f"exception-{code}", FaultKind.HEALTH, Severity.SERIOUS, _words(code))
        for code in codes
    )


def _words(code: int) -> str:
    if 1200 <= code < 1300:
        return f"Feeding the filament failed ({code}): it ran out, or is jammed."
    return f"The printer reports the problem {code}. Its screen says more."


def _cameras(document: Document) -> tuple[Camera, ...]:
    outside = table(document.status.get("external_device"))
    is_there = outside.get("camera", document.attributes.get("camera_connected"))
    if is_there is None:
        return ()
    why = document.camera_trouble
    if not is_there:
        why = "The printer says that no camera is connected to it."
    return (
        Camera(
            CAMERA,
            CameraKind.JPEG,
            is_available=why is None,
            unavailable_because=why,
        ),
    )


def _firmware(attributes: Mapping[str, Any]) -> Firmware:
    return Firmware(
        version=text(table(attributes.get("software_version")).get("ota_version"))
    )


def _model(document: Document) -> Model:
    name = text(document.attributes.get("machine_model"))
    return Model(
        family="elegoo",
        id=Dialect.CC2.value,
        name=name or "Centauri Carbon 2",
        maker="Elegoo",
        serial=document.serial,
    )


def _capabilities(document: Document) -> Capabilities:
    fans = table(document.status.get("fans"))
    named = {"part": "fan", "aux": "aux_fan", "chamber": "box_fan"}
    return Capabilities(
        has_file_list=True,
        commands=_COMMANDS,
        nozzle_max_c=document.limits.nozzle_c,
        bed_max_c=document.limits.bed_c,
        fans=tuple(name for name, key in named.items() if key in fans),
        lights=(LIGHT,) if "led" in document.status else (),
        speed_levels=LEVELS,
        has_chamber_sensor="ztemperature_sensor" in document.status,
        head_names=HeadNames.TOOLS,
        file_kinds=(".gcode",),
    )


def _filament_sensors(extruder: Mapping[str, Any]) -> tuple[FilamentSensor, ...]:
    detected = whole(extruder.get("filament_detected"))
    if detected is None:
        return ()
    is_enabled = whole(extruder.get("filament_detect_enable")) != 0
    return (FilamentSensor("extruder", bool(detected), is_enabled),)
