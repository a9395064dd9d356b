"""Machines of several kinds: which objects Klipper has, and its configuration."""

from dataclasses import dataclass, field
from typing import Any

from odin_engine.simulator.plain import PlainMachine, bed, chamber, nozzle

_COMMON = (
    *("gcode", "webhooks", "configfile", "mcu", "heaters", "gcode_move", "toolhead"),
    *("idle_timeout", "motion_report", "query_endstops", "system_stats"),
)
_PRINTING = (
    *("pause_resume", "print_stats", "virtual_sdcard", "display_status"),
    *("exclude_object", "gcode_macro START_PRINT", "gcode_macro CLEAN_NOZZLE"),
    *("gcode_macro _PARK", "filament_switch_sensor runout"),
)
_ONE_HEAD = ("fan", "heater_fan hotend", "fan_generic exhaust", "heater_bed")


@dataclass(frozen=True, slots=True)
class Variant:
    """A kind of machine: its heads, and the objects besides them."""

    heads: int = 1
    objects: tuple[str, ...] = ()
    has_chamber: bool = False
    gates: int = 0
    kinematics: str = "corexy"
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def extruders(self) -> list[str]:
        """The names of the heads' heaters."""
        return [f"extruder{number or ''}" for number in range(self.heads)]

    @property
    def all_objects(self) -> list[str]:
        """What `printer.objects.list` answers."""
        more = ["heater_generic chamber"] if self.has_chamber else []
        more += ["mmu", "mmu_machine"] if self.gates else []
        # Klipper lists in the order of loading, not of numbers.
        return [*self.objects, *reversed(self.extruders), *more]

    @property
    def all_settings(self) -> dict[str, dict[str, Any]]:
        """What `configfile.settings` says; its keys are in lower case."""
        found: dict[str, dict[str, Any]] = {
            "printer": {"kinematics": self.kinematics, "max_velocity": 300.0},
            **{
                each: {"min_temp": 0.0, "max_temp": 300.0, "nozzle_diameter": 0.4}
                for each in self.extruders
            },
        }
        if "heater_bed" in self.objects:
            found["heater_bed"] = {"min_temp": 0.0, "max_temp": 110.0}
        if self.has_chamber:
            found["heater_generic chamber"] = {"min_temp": 0.0, "max_temp": 60.0}
        return found | self.settings

    def machine(self, name: str, clock_factor: float) -> PlainMachine:
        """Returns the machine behind it."""
        fans = {
            each.partition(" ")[2]: 0 for each in self.objects if "_generic" in each
        }
        if "fan" in self.objects:
            fans["part"] = 0
        return PlainMachine(
            name,
            nozzles=[nozzle() for _ in range(self.heads)],
            bed=bed() if "heater_bed" in self.objects else None,
            chamber=chamber() if self.has_chamber else None,
            fans_pct=fans,
            clock_factor=clock_factor,
        )


VARIANTS = {
    "plain": Variant(
        objects=(*_COMMON, *_PRINTING, *_ONE_HEAD, "temperature_sensor Board")
    ),
    "toolchanger": Variant(
        heads=4,
        objects=(
            *(*_COMMON, *_PRINTING, "heater_bed", "toolchanger"),
            *(f"fan_generic T{number}_part" for number in range(4)),
            *(f"gcode_macro T{number}" for number in range(4)),
        ),
    ),
    "happy_hare": Variant(objects=(*_COMMON, *_PRINTING, *_ONE_HEAD), gates=4),
    "chamber": Variant(
        objects=(*_COMMON, *_PRINTING, *_ONE_HEAD, "bme280 Enclosure"),
        has_chamber=True,
    ),
    "bare": Variant(objects=_COMMON, kinematics="none"),
}


def variant_of(name: str) -> Variant:
    """Returns a variant by its name. Raises ValueError where there is none."""
    if name not in VARIANTS:
        raise ValueError(f"there is no variant {name!r}, but: {', '.join(VARIANTS)}")
    return VARIANTS[name]
