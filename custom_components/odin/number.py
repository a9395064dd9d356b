"""Targets of the heaters, within the bounds that the machine has."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Heat, OdinClient, Printer
from .coordinator import OdinConfigEntry, OdinCoordinator
from .entity import OdinEntity, PrinterEntity, async_add_when_known, per_nozzle

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class HeaterDescription(NumberEntityDescription):
    """A heater: where it is read, and how it is set."""

    heat: Callable[[Printer], Heat | None]
    tell: Callable[[OdinClient, str, int], Awaitable[None]]
    most_c: Callable[[Printer], int | None]
    device_class: NumberDeviceClass | None = NumberDeviceClass.TEMPERATURE
    native_unit_of_measurement: str | None = UnitOfTemperature.CELSIUS
    native_min_value: float | None = 0
    native_step: float | None = 1
    mode: NumberMode | None = NumberMode.BOX


BED = HeaterDescription(
    key="bed_target",
    translation_key="bed_target",
    heat=lambda printer: printer.temperatures.bed,
    tell=lambda client, printer_id, target_c: client.set_bed_temperature(
        printer_id, target_c
    ),
    most_c=lambda printer: printer.capabilities.bed_max_c,
)
CHAMBER = HeaterDescription(
    key="chamber_target",
    translation_key="chamber_target",
    heat=lambda printer: printer.temperatures.chamber,
    tell=lambda client, printer_id, target_c: client.set_chamber_temperature(
        printer_id, target_c
    ),
    most_c=lambda printer: printer.capabilities.chamber_max_c,
)


def _nozzle(printer: Printer, head: int) -> HeaterDescription:
    def heat(printer: Printer) -> Heat | None:
        nozzles = printer.temperatures.nozzles
        return nozzles[head] if head < len(nozzles) else None

    return HeaterDescription(
        **per_nozzle(printer, head, "target"),
        heat=heat,
        tell=lambda client, printer_id, target_c: client.set_nozzle_temperature(
            printer_id, target_c, head
        ),
        most_c=lambda printer: printer.capabilities.nozzle_max_c,
    )


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_when_known(entry, async_add_entities, _heaters)


def _heaters(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    found: list[HeaterDescription] = []
    if printer.can("set_nozzle_temperature"):
        heads = range(len(printer.temperatures.nozzles))
        found += [_nozzle(printer, head) for head in heads]
    if printer.can("set_bed_temperature"):
        found.append(BED)
    if printer.can("set_chamber_temperature"):
        found.append(CHAMBER)
    for described in found:
        if described.most_c(printer):
            yield HeaterTarget(coordinator, described, printer.id)


class HeaterTarget(PrinterEntity, NumberEntity):
    """What a heater shall reach; 0 is off."""

    entity_description: HeaterDescription

    @property
    @override
    def native_max_value(self) -> float:
        printer = self.coordinator.data.printers.get(self.printer_id)
        most_c = None if printer is None else self.entity_description.most_c(printer)
        return float(most_c or 0)

    @property
    @override
    def native_value(self) -> float | None:
        heat = self.entity_description.heat(self.printer)
        return None if heat is None else heat.target_c

    @property
    @override
    def shown(self) -> object:
        return self.native_value, self.native_max_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        tell = self.entity_description.tell
        await self.async_do(lambda client: tell(client, self.printer_id, round(value)))
