"""From a document to the one vocabulary: `PrinterState`.

A section that comes out equal stays the object of the state before, so that comparing
two states is comparing references.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol.capabilities import (
    capabilities,
    speed_level,
)
from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect
from odin_engine.drivers.printers.elegoo.protocol.document import Document
from odin_engine.drivers.printers.elegoo.protocol.faults import (
    device_faults,
    error_fault,
)
from odin_engine.drivers.printers.elegoo.protocol.fields import (
    above_zero,
    celsius,
    percent,
    table,
    text,
    whole,
    words,
)
from odin_engine.printers.model import (
    Activity,
    Camera,
    CameraKind,
    Control,
    Fans,
    Fault,
    Firmware,
    Heat,
    Light,
    LightMode,
    LinkStatus,
    Model,
    NamedHeat,
    Nozzle,
    PrinterState,
    Sensor,
    SensorKind,
    Speed,
    Temperatures,
)

CAMERA = "chamber"
LIGHT = "chamber"
_VIDEO = "VIDEO_STREAM"
_FIELDS = tuple(each.name for each in fields(PrinterState))
_MAKER = "Elegoo"


def translate(document: Document, before: PrinterState | None = None) -> PrinterState:
    """Returns what the machine does, its link being online.

    `before` itself where nothing that is shown has changed since.
    """
    run, status = document.run, document.status
    lights = _lights(status)
    cameras = _cameras(document)
    state = PrinterState(
        link=LinkStatus.ONLINE,
        control=Control.ALLOWED,
        activity=run.activity,
        job=run.job,
        temperatures=_temperatures(document),
        fans=_fans(status),
        speed=_speed(document),
        lights=lights,
        nozzles=_nozzles(document),
        filament_units=document.units,
        active_slot=document.active_slot,
        faults=_faults(document),
        cameras=cameras,
        firmware=_firmware(document.attributes),
        model=_model(document),
        capabilities=capabilities(
            document, has_light=bool(lights), has_camera=bool(cameras)
        ),
        is_timelapse_on=_is_on(status.get("TimeLapseStatus")),
        sensors=_sensors(document),
    )
    return state if before is None else shared(state, before)


def shared(state: PrinterState, before: PrinterState) -> PrinterState:
    """Returns `before`, or a state that takes from it whatever is equal."""
    values = {}
    is_same = True
    for name in _FIELDS:
        old, new = getattr(before, name), getattr(state, name)
        is_equal = new is old or new == old
        is_same = is_same and is_equal
        values[name] = old if is_equal else new
    return before if is_same else PrinterState(**values)


def _heat(status: Mapping[str, Any], part: str) -> Heat | None:
    current_c = celsius(status.get(f"TempOf{part}"))
    target_c = celsius(status.get(f"TempTarget{part}"))
    if current_c is None and target_c is None:
        return None
    return Heat(current_c, target_c)


def _temperatures(document: Document) -> Temperatures:
    status = document.status
    nozzle = _heat(status, "Nozzle")
    vat = _heat(status, "Tank")
    chamber = _heat(status, "Box")
    if document.dialect is not Dialect.FDM and chamber == Heat(0.0, 0.0):
        # Resin machines without a heated chamber send zeros.
        chamber = None
    return Temperatures(
        nozzles=() if nozzle is None else (nozzle,),
        bed=_heat(status, "Hotbed"),
        chamber=chamber,
        others=() if vat is None else (NamedHeat("vat", vat.current_c, vat.target_c),),
    )


def _fans(status: Mapping[str, Any]) -> Fans:
    fans = table(status.get("CurrentFanSpeed"))
    return Fans(
        part_pct=percent(fans.get("ModelFan")),
        aux_pct=percent(fans.get("AuxiliaryFan")),
        chamber_pct=percent(fans.get("BoxFan")),
    )


def _speed(document: Document) -> Speed | None:
    if document.dialect is not Dialect.FDM:
        return None
    info = table(document.status.get("PrintInfo"))
    value = above_zero(info.get("PrintSpeedPct"))
    if value is None:
        return None
    return Speed(level=speed_level(value), percent=value)


def _lights(status: Mapping[str, Any]) -> tuple[Light, ...]:
    second = whole(table(status.get("LightStatus")).get("SecondLight"))
    if second is None:
        return ()
    return (Light(LIGHT, LightMode.ON if second else LightMode.OFF),)


def _nozzles(document: Document) -> tuple[Nozzle, ...]:
    return (Nozzle(0, is_active=True),) if "TempOfNozzle" in document.status else ()


def _faults(document: Document) -> tuple[Fault, ...]:
    info = table(document.status.get("PrintInfo"))
    number = above_zero(info.get("ErrorNumber"))
    found = [
        error_fault(number) if number else None,
        document.run.reason,
        document.trouble,
        *device_faults(document.attributes, document.status, document.dialect),
    ]
    return tuple({each.code: each for each in found if each is not None}.values())


def _cameras(document: Document) -> tuple[Camera, ...]:
    attributes = document.attributes
    connected = whole(attributes.get("CameraStatus"))
    if _VIDEO not in words(attributes.get("Capabilities")) and not connected:
        return ()
    is_fdm = document.dialect is Dialect.FDM
    kind = CameraKind.JPEG if is_fdm else CameraKind.RTSP
    why = document.camera_trouble
    if connected == 0:
        why = "The printer says that no camera is connected to it."
    return (Camera(CAMERA, kind, is_available=why is None, unavailable_because=why),)


def _firmware(attributes: Mapping[str, Any]) -> Firmware:
    version = text(attributes.get("FirmwareVersion"))
    return Firmware(version=version.lstrip("Vv") if version else None)


def _model(document: Document) -> Model:
    attributes = document.attributes
    machine = text(attributes.get("MachineName"))
    return Model(
        family="elegoo",
        id=document.dialect.value,
        name=machine or text(attributes.get("Name")),
        maker=_MAKER,
        serial=document.board,
    )


def _is_on(value: object) -> bool | None:
    number = whole(value)
    return None if number is None else bool(number)


def _sensors(document: Document) -> tuple[Sensor, ...]:
    if document.dialect is Dialect.FDM:
        return ()
    status = document.status
    found = []
    if (light_c := celsius(status.get("TempOfUVLED"))) is not None:
        found.append(Sensor("uv_led", SensorKind.TEMPERATURE, light_c))
    if (layers := whole(status.get("ReleaseFilm"))) is not None and layers >= 0:
        found.append(Sensor("release_film", SensorKind.COUNT, float(layers)))
    return tuple(found)


def is_running(state: PrinterState | None) -> bool:
    """Whether a job occupies the machine."""
    activity: Activity | None = state.activity if state is not None else None
    return activity is not None and activity.has_running_job
