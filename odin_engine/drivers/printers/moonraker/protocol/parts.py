"""Heaters, fans, sensors and factors, each from the objects that the machine has."""

from odin_engine.drivers.printers.moonraker.protocol.document import Document
from odin_engine.drivers.printers.moonraker.protocol.fields import (
    Table,
    celsius,
    percent,
    real,
    rows,
    whole,
    word,
)
from odin_engine.printers.model import (
    Fans,
    FilamentSensor,
    Heat,
    Light,
    LightMode,
    NamedFan,
    NamedHeat,
    Nozzle,
    PowerDevice,
    Sensor,
    SensorKind,
    Speed,
    Temperatures,
)

_PWM_MOST = 255


def temperatures_of(document: Document) -> Temperatures:
    """Returns every heater, the nozzles by the number of their head."""
    layout = document.layout
    return Temperatures(
        nozzles=tuple(_heat(document.object(each.object)) for each in layout.extruders),
        bed=_heat(document.object(layout.bed.object)) if layout.bed else None,
        chamber=_chamber(document),
        others=tuple(
            NamedHeat(each.name, heat.current_c, heat.target_c)
            for each in layout.heaters
            for heat in (_heat(document.object(each.object)),)
        ),
    )


def _heat(fields: Table) -> Heat:
    return Heat(celsius(fields.get("temperature")), celsius(fields.get("target")))


def _chamber(document: Document) -> Heat | None:
    layout = document.layout
    if layout.chamber is not None:
        return _heat(document.object(layout.chamber.object))
    if layout.chamber_sensor is None:
        return None
    return Heat(celsius(document.object(layout.chamber_sensor).get("temperature")))


def fans_of(document: Document) -> Fans:
    """Returns the part fan, where there is one, and all others by name."""
    return Fans(
        part_pct=percent(document.object("fan").get("speed")),
        others=tuple(
            NamedFan(called, _fan_pct(fields), whole(fields.get("rpm")))
            for name, called in document.layout.fans.items()
            for fields in (document.object(name),)
        ),
    )


def _fan_pct(fields: Table) -> int | None:
    """Returns a fan's speed; Creality's forks have pins instead, some from 0 to 255."""
    speed = percent(fields.get("speed"))
    value = real(fields.get("value"))
    if speed is not None or value is None or not 0 <= value <= _PWM_MOST:
        return speed
    return percent(value if value <= 1 else value / _PWM_MOST)


def speed_of(document: Document) -> Speed | None:
    """Returns the factors of speed and extrusion."""
    move = document.object("gcode_move")
    speed, flow = percent(move.get("speed_factor")), percent(move.get("extrude_factor"))
    return None if speed is None and flow is None else Speed(None, speed, flow)


def sensors_of(document: Document) -> tuple[Sensor, ...]:
    """Returns what measures; a chip and its section of one name are one sensor."""
    found: dict[tuple[str, SensorKind], Sensor] = {}
    for name, called in document.layout.sensors.items():
        fields = document.object(name)
        if "temperature" in fields:
            kind = SensorKind.TEMPERATURE
            value = celsius(fields.get("temperature"))
            if value is not None or (called, kind) not in found:
                found[called, kind] = Sensor(called, kind, value)
        humidity = real(fields.get("humidity"))
        if humidity is not None and 0 <= humidity <= 100:
            kind = SensorKind.HUMIDITY
            found[called, kind] = Sensor(called, kind, round(humidity, 1))
    return tuple(found.values())


def filament_sensors_of(document: Document) -> tuple[FilamentSensor, ...]:
    """Returns the sensors in the filament's path."""
    return tuple(
        FilamentSensor(
            called,
            seen if isinstance(seen, bool) else None,
            fields.get("enabled") is not False,
        )
        for name, called in document.layout.filament_sensors.items()
        for fields in (document.object(name),)
        for seen in (fields.get("filament_detected"),)
    )


def nozzles_of(document: Document) -> tuple[Nozzle, ...]:
    """Returns the nozzles by their heads; the one that works is active."""
    layout = document.layout
    active = word(document.object("toolhead").get("extruder"))
    return tuple(
        Nozzle(index, diameter, is_active=heater.object == active)
        for index, (heater, diameter) in enumerate(
            zip(layout.extruders, layout.nozzles_mm, strict=True)
        )
    )


def lights_of(document: Document) -> tuple[Light, ...]:
    """Returns the lights: strips by their colours, and pins that are called so."""
    return tuple(
        Light(called, LightMode.ON if _shines(document.object(name)) else LightMode.OFF)
        for name, called in document.layout.lights.items()
    )


def _shines(fields: Table) -> bool:
    if real(fields.get("value")):
        return True
    return any(
        real(part) for led in rows(fields.get("color_data")) for part in rows(led)
    )


def power_of(document: Document) -> tuple[PowerDevice, ...]:
    """Returns the switches of the machine's host."""
    is_printing = document.track.state == "printing" and not document.is_away
    return tuple(
        PowerDevice(
            name,
            {"on": True, "off": False}.get(str(row.get("status"))),
            is_printing and row.get("locked_while_printing") is True,
        )
        for name, row in document.power.items()
    )
