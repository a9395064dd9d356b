"""What a machine consists of: found in its list of objects, never assumed.

Source: docs.klipper3d.org, "Status reference" and "Configuration reference".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from odin_engine.drivers.printers.moonraker.protocol.fields import (
    Table,
    named,
    real,
    short,
    table,
    whole,
)

_MOST_OBJECTS = 2000
_MOST_MACROS = 300
_LONGEST_NAME = 100
_EXTRUDER = re.compile(r"extruder(\d{0,3})")
_CHAMBER = re.compile(r"chamber|enclosure|cavity", re.IGNORECASE)
_PIN_FAN = re.compile(r"output_pin fan\d")
_TOOL_MACRO = re.compile(r"T\d{1,3}")
_CHIPS = frozenset(
    {"bme280", "aht10", "aht20_f", "aht2x", "aht3x", "sht3x", "htu21d", "lm75"}
)
"""What Klipper calls the chip behind a `temperature_sensor` of the same name."""
_SENSORS = _CHIPS | {
    "temperature_sensor",
    "temperature_host",
    "temperature_probe",
    "temperature_combined",
    "temperature_fan",
    "tmc2240",
}
_READ_FANS = frozenset({"heater_fan", "controller_fan", "temperature_fan"})
_FILAMENT_SENSORS = frozenset({"filament_switch_sensor", "filament_motion_sensor"})
_LEDS = frozenset({"led", "neopixel", "dotstar", "pca9533", "pca9632"})
_PIN_LIGHT = re.compile(r"output_pin .*(light|led|lamp)", re.IGNORECASE)
_LANES = frozenset({"AFC_stepper", "AFC_lane"})


@dataclass(frozen=True, slots=True)
class Heater:
    """A heater by its object, the name it is set by, and its maximum in °C."""

    object: str
    name: str
    max_c: int | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a machine, by the names of their objects.

    `extruders` are in the order of their numbers. `fans` and `sensors` say what people
    call an object, `settable_fans` which objects the names that can be set are.
    """

    objects: frozenset[str] = frozenset()
    extruders: tuple[Heater, ...] = ()
    nozzles_mm: tuple[float | None, ...] = ()
    bed: Heater | None = None
    chamber: Heater | None = None
    chamber_sensor: str | None = None
    heaters: tuple[Heater, ...] = ()
    fans: Mapping[str, str] = field(default_factory=dict)
    settable_fans: Mapping[str, str] = field(default_factory=dict)
    sensors: Mapping[str, str] = field(default_factory=dict)
    filament_sensors: Mapping[str, str] = field(default_factory=dict)
    lights: Mapping[str, str] = field(default_factory=dict)
    lanes: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()
    tools: frozenset[int] = frozenset()
    kinematics: str | None = None

    @property
    def prints(self) -> bool:
        """Whether it can print files at all."""
        # Klipper has the one only with `[virtual_sdcard]`.
        return "print_stats" in self.objects


def layout_of(objects: Iterable[str], settings: Table) -> Layout:
    """Returns the parts of a machine from its objects' names and its configuration.

    The keys of `settings` are in lower case, the names of objects are not.
    """
    names = [each for each in objects if len(each) <= _LONGEST_NAME][:_MOST_OBJECTS]
    config = {key.lower(): table(value) for key, value in settings.items()}

    def heater(name: str) -> Heater:
        most = real(config.get(name.lower(), {}).get("max_temp"))
        return Heater(name, short(name), whole(most))

    extruders = sorted(
        (each for each in names if _EXTRUDER.fullmatch(each)), key=_order
    )
    generic = [each for each in names if _kind(each) == "heater_generic"]
    chamber = next((each for each in generic if _CHAMBER.search(each)), None)
    sensors = [each for each in names if _kind(each) in _SENSORS]
    fans = [each for each in names if _is_fan(each)]
    called = {
        each: each if brief == "part" else brief for each, brief in named(fans).items()
    }
    macros = [short(each) for each in names if _kind(each) == "gcode_macro"]
    return Layout(
        objects=frozenset(names),
        extruders=tuple(heater(each) for each in extruders),
        nozzles_mm=tuple(
            real(config.get(each, {}).get("nozzle_diameter")) for each in extruders
        ),
        bed=heater("heater_bed") if "heater_bed" in names else None,
        chamber=heater(chamber) if chamber else None,
        chamber_sensor=next((each for each in sensors if _CHAMBER.search(each)), None),
        heaters=tuple(heater(each) for each in generic if each != chamber),
        fans=called,
        settable_fans={
            brief: each
            for each, brief in called.items()
            if _kind(each) == "fan_generic"
        },
        sensors={each: short(each) for each in sensors},
        filament_sensors=named(
            each for each in names if _kind(each) in _FILAMENT_SENSORS
        ),
        lights=named(
            each for each in names if _kind(each) in _LEDS or _PIN_LIGHT.match(each)
        ),
        lanes=tuple(each for each in names if _kind(each) in _LANES),
        macros=tuple(
            sorted(each for each in macros if not each.startswith("_"))[:_MOST_MACROS]
        ),
        tools=frozenset(
            int(each[1:]) for each in macros if _TOOL_MACRO.fullmatch(each)
        ),
        kinematics=_text(config.get("printer", {}).get("kinematics")),
    )


def needed_settings(settings: Table) -> dict[str, dict[str, object]]:
    """Returns the little of a configuration that `layout_of` looks at."""
    wanted = ("max_temp", "nozzle_diameter", "kinematics")
    found = {
        str(section)[:_LONGEST_NAME]: {
            key: table(values)[key] for key in wanted if key in table(values)
        }
        for section, values in list(settings.items())[:_MOST_OBJECTS]
    }
    return {section: values for section, values in found.items() if values}


def _order(extruder: str) -> int:
    found = _EXTRUDER.fullmatch(extruder)
    return int(found[1] or 0) if found else 0


def _kind(name: str) -> str:
    kind, space, _ = name.partition(" ")
    return kind if space else ""


def _is_fan(name: str) -> bool:
    kind = _kind(name)
    return kind == "fan_generic" or kind in _READ_FANS or bool(_PIN_FAN.match(name))


def _text(value: object) -> str | None:
    return value[:_LONGEST_NAME] if isinstance(value, str) else None
