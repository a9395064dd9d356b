"""What is measured and told, of printers, filament units, slots and the engine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfLength,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .client import (
    Activity,
    Control,
    DryingStatus,
    Farm,
    FilamentUnit,
    LinkStatus,
    Printer,
    Sensor,
    SensorKind,
    Slot,
    SlotRef,
    Storage,
)
from .client.stages import STAGES
from .coordinator import OdinConfigEntry, OdinCoordinator
from .device import slots_of, units_of
from .entity import (
    EngineReading,
    OdinEntity,
    PrinterReading,
    ReadingDescription,
    ReadingEntity,
    SlotReading,
    UnitReading,
    async_add_when_known,
    per_name,
    per_nozzle,
)

PARALLEL_UPDATES = 0

_OTHER = "other"
_NONE = "none"
_EMPTY = "empty"
_OFFLINE = "offline"
_FINISH_STEP = timedelta(minutes=2)
"""An estimate that moves less keeps its state: it is counted anew every second."""


@dataclass(frozen=True, kw_only=True)
class OdinSensorDescription[T](ReadingDescription[T], SensorEntityDescription):
    """What a sensor reads."""

    value: Callable[[T], StateType | datetime]


def status(printer: Printer) -> str | None:
    """Returns what people call a printer's state; old values are none."""
    if printer.link is LinkStatus.DISABLED:
        return LinkStatus.DISABLED
    if not printer.is_live:
        is_coming = printer.link is LinkStatus.CONNECTING
        return LinkStatus.CONNECTING if is_coming else _OFFLINE
    return printer.activity


def _stage(printer: Printer) -> str | None:
    stage = printer.job.stage if printer.job else None
    if stage is None:
        return _NONE if printer.activity else None
    return stage if stage in STAGES else _OTHER


def _fault(printer: Printer) -> str:
    return printer.faults[0].code if printer.faults else _NONE


def _filament(slot: Slot) -> str | None:
    if slot.is_occupied is False:
        return _EMPTY
    return slot.product or slot.material


def _counts(*activities: Activity) -> Callable[[Farm], int]:
    return lambda farm: sum(
        printer.is_live and printer.activity in activities
        for printer in farm.printers.values()
    )


PRINTER_SENSORS: tuple[OdinSensorDescription[Printer], ...] = (
    OdinSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=[*Activity, LinkStatus.CONNECTING, LinkStatus.DISABLED, _OFFLINE],
        value=status,
        needs_live=False,
    ),
    OdinSensorDescription(
        key="stage",
        translation_key="stage",
        device_class=SensorDeviceClass.ENUM,
        options=[*STAGES, _NONE, _OTHER],
        entity_category=EntityCategory.DIAGNOSTIC,
        value=_stage,
    ),
    OdinSensorDescription(
        key="job",
        translation_key="job",
        value=lambda printer: printer.job.name if printer.job else None,
    ),
    OdinSensorDescription(
        key="progress",
        translation_key="progress",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda printer: printer.job.progress_pct if printer.job else None,
    ),
    OdinSensorDescription(
        key="remaining",
        translation_key="remaining",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value=lambda printer: printer.job.remaining_s if printer.job else None,
    ),
    OdinSensorDescription(
        key="elapsed",
        translation_key="elapsed",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        exists=lambda printer: bool(printer.job and printer.job.elapsed_s is not None),
        value=lambda printer: printer.job.elapsed_s if printer.job else None,
    ),
    OdinSensorDescription(
        key="filament_used",
        translation_key="filament_used",
        device_class=SensorDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.MILLIMETERS,
        suggested_unit_of_measurement=UnitOfLength.METERS,
        suggested_display_precision=1,
        exists=lambda printer: bool(printer.job and printer.job.used_mm is not None),
        value=lambda printer: printer.job.used_mm if printer.job else None,
    ),
    OdinSensorDescription(
        key="started",
        translation_key="started",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        value=lambda printer: printer.job.started_at if printer.job else None,
    ),
    OdinSensorDescription(
        key="layer",
        translation_key="layer",
        state_class=SensorStateClass.MEASUREMENT,
        entity_registry_enabled_default=False,
        value=lambda printer: printer.job.layer if printer.job else None,
    ),
    OdinSensorDescription(
        key="total_layers",
        translation_key="total_layers",
        entity_registry_enabled_default=False,
        value=lambda printer: printer.job.total_layers if printer.job else None,
    ),
    OdinSensorDescription(
        key="bed_temperature",
        translation_key="bed_temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        exists=lambda printer: printer.temperatures.bed is not None,
        value=lambda printer: (
            printer.temperatures.bed.current_c if printer.temperatures.bed else None
        ),
    ),
    OdinSensorDescription(
        key="chamber_temperature",
        translation_key="chamber_temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        exists=lambda printer: printer.capabilities.has_chamber_sensor,
        value=lambda printer: (
            printer.temperatures.chamber.current_c
            if printer.temperatures.chamber
            else None
        ),
    ),
    OdinSensorDescription(
        key="fault",
        translation_key="fault",
        entity_category=EntityCategory.DIAGNOSTIC,
        value=_fault,
        attributes=lambda printer: (
            {"text": printer.faults[0].text, "severity": printer.faults[0].severity}
            if printer.faults
            else {}
        ),
    ),
    OdinSensorDescription(
        key="connection",
        translation_key="connection",
        device_class=SensorDeviceClass.ENUM,
        options=list(LinkStatus),
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda printer: printer.link,
        attributes=lambda printer: {
            "reason": printer.link_reason,
            "remedy": printer.link_remedy,
        },
        needs_live=False,
    ),
    OdinSensorDescription(
        key="control",
        translation_key="control",
        device_class=SensorDeviceClass.ENUM,
        options=[Control.ALLOWED, Control.REFUSED],
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda printer: (
            None if printer.control is Control.UNKNOWN else printer.control
        ),
    ),
    OdinSensorDescription(
        key="storage",
        translation_key="storage",
        device_class=SensorDeviceClass.ENUM,
        options=list(Storage),
        entity_category=EntityCategory.DIAGNOSTIC,
        exists=lambda printer: printer.storage is not None,
        value=lambda printer: printer.storage,
    ),
    OdinSensorDescription(
        key="speed_percent",
        translation_key="speed_percent",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        entity_registry_enabled_default=False,
        exists=lambda printer: printer.speed is not None,
        value=lambda printer: printer.speed.percent if printer.speed else None,
    ),
    OdinSensorDescription(
        key="heatbreak_fan",
        translation_key="heatbreak_fan",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        exists=lambda printer: printer.fans.heatbreak_pct is not None,
        value=lambda printer: printer.fans.heatbreak_pct,
    ),
    OdinSensorDescription(
        key="wifi",
        translation_key="wifi",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        exists=lambda printer: printer.wifi_dbm is not None,
        value=lambda printer: printer.wifi_dbm,
    ),
    OdinSensorDescription(
        key="host",
        translation_key="host",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda printer: printer.host,
        needs_live=False,
    ),
)
FINISH = OdinSensorDescription[Printer](
    key="finish",
    translation_key="finish",
    device_class=SensorDeviceClass.TIMESTAMP,
    value=lambda _: None,
)


def _nozzle_sensors(printer: Printer) -> Iterator[OdinSensorDescription[Printer]]:
    """Yields what each head has, by its place in the engine's list."""
    for head in range(len(printer.temperatures.nozzles)):
        yield OdinSensorDescription(
            **per_nozzle(printer, head, "temperature"),
            device_class=SensorDeviceClass.TEMPERATURE,
            native_unit_of_measurement=UnitOfTemperature.CELSIUS,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=0,
            value=lambda now, head=head: _nozzle_c(now, head),  # type: ignore[misc]
        )
    for nozzle in printer.nozzles:
        yield OdinSensorDescription(
            **per_nozzle(printer, nozzle.id, "diameter"),
            native_unit_of_measurement=UnitOfLength.MILLIMETERS,
            entity_category=EntityCategory.DIAGNOSTIC,
            value=lambda now, head=nozzle.id: _diameter_mm(now, head),  # type: ignore[misc]
        )


def _named_sensors(printer: Printer) -> Iterator[OdinSensorDescription[Printer]]:
    """Yields what the machine measures under names of its own."""
    for heat in printer.temperatures.others:
        yield OdinSensorDescription(
            **per_name("heater", "heater_temperature", heat.name),
            device_class=SensorDeviceClass.TEMPERATURE,
            native_unit_of_measurement=UnitOfTemperature.CELSIUS,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=0,
            value=lambda now, name=heat.name: _heater_c(now, name),  # type: ignore[misc]
        )
    for sensor in printer.sensors:
        device_class, unit = _MEASURES[sensor.kind]
        yield OdinSensorDescription(
            **_name_of(sensor),
            device_class=device_class,
            native_unit_of_measurement=unit,
            state_class=SensorStateClass.MEASUREMENT,
            entity_category=EntityCategory.DIAGNOSTIC,
            suggested_display_precision=0,
            value=lambda now, which=sensor: _measured(now, which),  # type: ignore[misc]
        )


def _name_of(sensor: Sensor) -> dict[str, Any]:
    """Returns key and text; one chip may measure several things under one name."""
    match sensor.kind:
        case SensorKind.TEMPERATURE:
            return per_name("sensor", "named", sensor.name)
        case SensorKind.HUMIDITY:
            return per_name("sensor", "named_humidity", sensor.name)
        case SensorKind.COUNT:
            return per_name("sensor", "named_count", sensor.name)


_MEASURES: dict[SensorKind, tuple[SensorDeviceClass | None, str | None]] = {
    SensorKind.TEMPERATURE: (
        SensorDeviceClass.TEMPERATURE,
        UnitOfTemperature.CELSIUS,
    ),
    SensorKind.HUMIDITY: (SensorDeviceClass.HUMIDITY, PERCENTAGE),
    SensorKind.COUNT: (None, None),
}


def _heater_c(printer: Printer, name: str) -> float | None:
    found = printer.temperatures.other(name)
    return None if found is None else found.current_c


def _measured(printer: Printer, which: Sensor) -> float | None:
    for each in printer.sensors:
        if (each.name, each.kind) == (which.name, which.kind):
            return each.value
    return None


def _nozzle_c(printer: Printer, head: int) -> float | None:
    nozzles = printer.temperatures.nozzles
    return nozzles[head].current_c if head < len(nozzles) else None


def _diameter_mm(printer: Printer, head: int) -> float | None:
    return next((n.diameter_mm for n in printer.nozzles if n.id == head), None)


UNIT_SENSORS: tuple[OdinSensorDescription[FilamentUnit], ...] = (
    OdinSensorDescription(
        key="temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=SensorStateClass.MEASUREMENT,
        exists=lambda unit: unit.temperature_c is not None,
        value=lambda unit: unit.temperature_c,
    ),
    OdinSensorDescription(
        key="humidity",
        device_class=SensorDeviceClass.HUMIDITY,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        exists=lambda unit: unit.humidity_pct is not None,
        value=lambda unit: unit.humidity_pct,
    ),
    OdinSensorDescription(
        key="dryness",
        translation_key="dryness",
        state_class=SensorStateClass.MEASUREMENT,
        # The only word on humidity that some units give.
        entity_registry_enabled_default=False,
        exists=lambda unit: unit.humidity_level is not None,
        value=lambda unit: unit.humidity_level,
    ),
    OdinSensorDescription(
        key="drying",
        translation_key="drying",
        device_class=SensorDeviceClass.ENUM,
        options=list(DryingStatus),
        exists=lambda unit: unit.drying is not None,
        value=lambda unit: unit.drying.status if unit.drying else None,
    ),
    OdinSensorDescription(
        key="drying_remaining",
        translation_key="drying_remaining",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        exists=lambda unit: unit.drying is not None,
        value=lambda unit: unit.drying.remaining_s if unit.drying else None,
    ),
)

FILAMENT = OdinSensorDescription[Slot](
    key="filament",
    translation_key="filament",
    value=_filament,
    attributes=lambda slot: {
        "material": slot.material,
        "color": slot.color,
        "colors": slot.colors,
        "preset_id": slot.preset_id,
        "nozzle_min_c": slot.nozzle_min_c,
        "nozzle_max_c": slot.nozzle_max_c,
    },
)
REMAINING = OdinSensorDescription[Slot](
    key="remaining",
    translation_key="filament_remaining",
    native_unit_of_measurement=PERCENTAGE,
    state_class=SensorStateClass.MEASUREMENT,
    value=lambda slot: slot.remaining_pct,
)
"""What is left on a spool; nothing weighs those on external holders."""

ENGINE_SENSORS: tuple[OdinSensorDescription[Farm], ...] = (
    OdinSensorDescription(
        key="printing",
        translation_key="printing",
        state_class=SensorStateClass.MEASUREMENT,
        value=_counts(Activity.PREPARING, Activity.PRINTING, Activity.PAUSED),
    ),
    OdinSensorDescription(
        key="idle",
        translation_key="idle",
        state_class=SensorStateClass.MEASUREMENT,
        value=_counts(
            Activity.IDLE, Activity.FINISHED, Activity.FAILED, Activity.CANCELLED
        ),
    ),
    OdinSensorDescription(
        key="need_attention",
        translation_key="need_attention",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda farm: sum(
            printer.is_live and printer.attention is not None
            for printer in farm.printers.values()
        ),
    ),
    OdinSensorDescription(
        key="offline",
        translation_key="offline",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda farm: sum(
            status(printer) == _OFFLINE for printer in farm.printers.values()
        ),
    ),
    OdinSensorDescription(
        key="alerts",
        translation_key="alerts",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda farm: len(farm.alerts),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities(EngineSensor(coordinator, each) for each in ENGINE_SENSORS)
    async_add_when_known(entry, async_add_entities, _sensors)


def _sensors(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    own = (*_nozzle_sensors(printer), *_named_sensors(printer))
    for described in (*PRINTER_SENSORS, *own):
        if described.exists(printer):
            yield PrinterSensor(coordinator, described, printer.id)
    yield FinishSensor(coordinator, FINISH, printer.id)
    for unit in units_of(printer):
        for of_unit in UNIT_SENSORS:
            if of_unit.exists(unit):
                yield UnitSensor(coordinator, of_unit, printer.id, unit.id)
    if coordinator.tree.has_slots:
        for unit, slot in slots_of(printer):
            ref = SlotRef(unit.id, slot.id)
            yield SlotSensor(coordinator, FILAMENT, printer.id, ref)
            if not unit.is_external:
                yield SlotSensor(coordinator, REMAINING, printer.id, ref)


class OdinSensor[T](ReadingEntity[T], SensorEntity):
    """A sensor that reads its description's value of its subject."""

    entity_description: OdinSensorDescription[T]
    _unrecorded_attributes = frozenset(
        {"colors", "nozzle_max_c", "nozzle_min_c", "preset_id", "remedy"}
    )

    @property
    @override
    def native_value(self) -> StateType | datetime:
        return self.entity_description.value(self.subject)

    @property
    @override
    def shown(self) -> object:
        return self.native_value, self.extra_state_attributes


class PrinterSensor(PrinterReading, OdinSensor[Printer]):
    """A sensor of a printer."""


class FinishSensor(PrinterSensor):
    """When the running print will be done, as far as anybody knows."""

    _held: datetime | None = None

    @property
    @override
    def native_value(self) -> datetime | None:
        printer = self.printer
        remaining_s = printer.job.remaining_s if printer.job else None
        is_running = printer.activity in {Activity.PREPARING, Activity.PRINTING}
        if not is_running or remaining_s is None:
            self._held = None
            return None
        at = dt_util.utcnow() + timedelta(seconds=remaining_s)
        if self._held is None or abs(at - self._held) >= _FINISH_STEP:
            self._held = at.replace(second=0, microsecond=0)
        return self._held


class UnitSensor(UnitReading, OdinSensor[FilamentUnit]):
    """A sensor of a filament unit."""


class SlotSensor(SlotReading, OdinSensor[Slot]):
    """A sensor of a slot."""


class EngineSensor(EngineReading, OdinSensor[Farm]):
    """A sensor of the whole farm."""
