"""What people may change about printers while the engine runs."""

from typing import Any

from odin_engine.kernel.tunable import Tunable

HEATER_OFF_MIN = Tunable(
    "printers.heater_off_after_min",
    # Long enough to change a nozzle hot, short enough to leave the room by mistake.
    default=30,
    title="Minutes until a heater that was set by hand goes off (0: never)",
    minimum=0,
    maximum=24 * 60,
)
SAMPLES_KEPT_DAYS = Tunable(
    "printers.samples_kept_days",
    default=90,
    title="Days to keep temperatures and progress of prints",
    minimum=1,
    maximum=3650,
)
CLIMATE_KEPT_DAYS = Tunable(
    "printers.climate_kept_days",
    default=7,
    title="Days to keep temperature and humidity of filament units",
    minimum=1,
    maximum=3650,
)
FAULTS_KEPT_DAYS = Tunable(
    "printers.faults_kept_days",
    default=90,
    title="Days to keep faults that were cleared",
    minimum=1,
    maximum=3650,
)

TUNABLES: tuple[Tunable[Any], ...] = (
    HEATER_OFF_MIN,
    SAMPLES_KEPT_DAYS,
    CLIMATE_KEPT_DAYS,
    FAULTS_KEPT_DAYS,
)
