"""What is or is not so, of printers, filament units, slots and the engine."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import (
    Activity,
    DryingStatus,
    FilamentSensor,
    FilamentUnit,
    LinkStatus,
    PlateState,
    Printer,
    Slot,
    SlotRef,
)
from .client.stages import RUNOUT_STAGE
from .coordinator import OdinConfigEntry, OdinCoordinator
from .device import slots_of, units_of
from .entity import (
    EngineEntity,
    OdinEntity,
    PrinterReading,
    ReadingDescription,
    ReadingEntity,
    SlotReading,
    UnitReading,
    async_add_when_known,
    per_name,
)

PARALLEL_UPDATES = 0

ATTENTION = "attention"
CONNECTIVITY = "connectivity"


@dataclass(frozen=True, kw_only=True)
class OdinBinarySensorDescription[T](
    ReadingDescription[T], BinarySensorEntityDescription
):
    """What a binary sensor reads."""

    is_on: Callable[[T], bool | None]


def _is_connected(printer: Printer) -> bool | None:
    """Returns `None` for a printer that is switched off here: nobody tries."""
    return None if printer.link is LinkStatus.DISABLED else printer.is_live


def _is_running(printer: Printer) -> bool | None:
    return None if printer.activity is None else printer.activity.has_running_job


def _is_out_of_filament(printer: Printer) -> bool | None:
    if printer.activity is Activity.PAUSED and printer.job is not None:
        return printer.job.stage == RUNOUT_STAGE
    return None if printer.activity is None else False


def _attention(printer: Printer) -> Mapping[str, Any]:
    """Returns why somebody is needed, as a word or a fault's code, and in a sentence."""
    reason = printer.attention
    fault = next((each for each in printer.faults if each.code == reason), None)
    if fault is not None:
        return {"reason": reason, "text": fault.text}
    job = printer.job if reason is not None else None
    return {"reason": reason, "text": job.stage_text if job else None}


def _is_occupied(printer: Printer) -> bool | None:
    state = printer.plate.state
    return None if state is None else state is PlateState.OCCUPIED


def _is_drying(unit: FilamentUnit) -> bool | None:
    if unit.drying is None:
        return None
    return unit.drying.status not in {DryingStatus.OFF, DryingStatus.ERROR}


PRINTER_BINARY_SENSORS: tuple[OdinBinarySensorDescription[Printer], ...] = (
    OdinBinarySensorDescription(
        key=CONNECTIVITY,
        translation_key=CONNECTIVITY,
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on=_is_connected,
        needs_live=False,
    ),
    OdinBinarySensorDescription(
        key="running",
        translation_key="running",
        device_class=BinarySensorDeviceClass.RUNNING,
        is_on=_is_running,
    ),
    OdinBinarySensorDescription(
        key=ATTENTION,
        translation_key=ATTENTION,
        device_class=BinarySensorDeviceClass.PROBLEM,
        is_on=lambda printer: printer.attention is not None,
        attributes=_attention,
    ),
    OdinBinarySensorDescription(
        key="faults",
        translation_key="faults",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on=lambda printer: bool(printer.faults),
        attributes=lambda printer: {
            "faults": [
                {"code": each.code, "severity": each.severity, "text": each.text}
                for each in printer.faults
            ]
        },
    ),
    OdinBinarySensorDescription(
        key="filament_runout",
        translation_key="filament_runout",
        device_class=BinarySensorDeviceClass.PROBLEM,
        is_on=_is_out_of_filament,
    ),
    OdinBinarySensorDescription(
        # Of no class: one that tells of people would take part in automations for them.
        key="plate",
        translation_key="plate",
        is_on=_is_occupied,
        needs_live=False,
    ),
    OdinBinarySensorDescription(
        key="asks",
        translation_key="asks",
        device_class=BinarySensorDeviceClass.PROBLEM,
        exists=lambda printer: printer.can("answer_prompt"),
        is_on=lambda printer: printer.prompt is not None,
        attributes=lambda printer: {
            "question": printer.prompt.text if printer.prompt else None,
            "choices": list(printer.prompt.choices) if printer.prompt else [],
        },
    ),
    OdinBinarySensorDescription(
        key="door",
        translation_key="door",
        device_class=BinarySensorDeviceClass.DOOR,
        exists=lambda printer: printer.capabilities.has_door_sensor,
        is_on=lambda printer: printer.is_door_open,
    ),
)

UNIT_BINARY_SENSORS: tuple[OdinBinarySensorDescription[FilamentUnit], ...] = (
    OdinBinarySensorDescription(
        key="is_drying",
        translation_key="is_drying",
        device_class=BinarySensorDeviceClass.RUNNING,
        exists=lambda unit: unit.drying is not None,
        is_on=_is_drying,
        attributes=lambda unit: {
            "blocked_by": list(unit.drying.blocked_by) if unit.drying else []
        },
    ),
)

SLOT_BINARY_SENSORS: tuple[OdinBinarySensorDescription[Slot], ...] = (
    OdinBinarySensorDescription(
        key="active",
        translation_key="active",
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_registry_enabled_default=False,
        is_on=lambda slot: slot.is_active,
    ),
)

LINK = BinarySensorEntityDescription(
    key="link",
    translation_key="link",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_entities([EngineLink(entry.runtime_data.coordinator, LINK)])
    async_add_when_known(entry, async_add_entities, _binary_sensors)


def _binary_sensors(
    coordinator: OdinCoordinator, printer: Printer
) -> Iterator[OdinEntity]:
    paths = map(_path_sensor, printer.filament_sensors)
    for described in (*PRINTER_BINARY_SENSORS, *paths):
        if described.exists(printer):
            yield PrinterBinarySensor(coordinator, described, printer.id)
    for unit in units_of(printer):
        for of_unit in UNIT_BINARY_SENSORS:
            if of_unit.exists(unit):
                yield UnitBinarySensor(coordinator, of_unit, printer.id, unit.id)
    if coordinator.tree.has_slots:
        for unit, slot in slots_of(printer):
            ref = SlotRef(unit.id, slot.id)
            for of_slot in SLOT_BINARY_SENSORS:
                yield SlotBinarySensor(coordinator, of_slot, printer.id, ref)


def _path_sensor(sensor: FilamentSensor) -> OdinBinarySensorDescription[Printer]:
    """Describes a sensor in a filament's path; one that is switched off tells nothing."""

    def sees(printer: Printer) -> bool | None:
        for each in printer.filament_sensors:
            if each.name == sensor.name and each.is_enabled:
                return each.sees_filament
        return None

    return OdinBinarySensorDescription(
        **per_name("sensor", "filament_sensor", sensor.name), is_on=sees
    )


class OdinBinarySensor[T](ReadingEntity[T], BinarySensorEntity):
    """A binary sensor that reads its description's value of its subject."""

    entity_description: OdinBinarySensorDescription[T]
    _unrecorded_attributes = frozenset({"blocked_by", "choices", "faults", "question"})

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.is_on(self.subject)

    @property
    @override
    def shown(self) -> object:
        return self.is_on, self.extra_state_attributes


class PrinterBinarySensor(PrinterReading, OdinBinarySensor[Printer]):
    """A binary sensor of a printer."""


class UnitBinarySensor(UnitReading, OdinBinarySensor[FilamentUnit]):
    """A binary sensor of a filament unit."""


class SlotBinarySensor(SlotReading, OdinBinarySensor[Slot]):
    """A binary sensor of a slot."""


class EngineLink(EngineEntity, BinarySensorEntity):
    """Whether the engine is heard; the one entity that outlives the connection."""

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def is_on(self) -> bool:
        return self.coordinator.last_update_success

    @property
    @override
    def shown(self) -> object:
        return self.is_on
