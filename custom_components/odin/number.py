"""Targets of heaters, the factors of speed and flow, and the number of the spool."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import PERCENTAGE, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Heat, NamedHeat, OdinClient, PercentBounds, Printer
from .coordinator import OdinConfigEntry, OdinCoordinator
from .entity import (
    OdinEntity,
    PrinterEntity,
    async_add_when_known,
    per_name,
    per_nozzle,
)

PARALLEL_UPDATES = 0

_SPOOL_MOST = 999_999
"""A box must end somewhere; the engine has the true bound."""

type Bounds = tuple[int, int]
"""The least and the most."""


@dataclass(frozen=True, kw_only=True)
class PrinterNumberDescription(NumberEntityDescription):
    """What a number reads, within which bounds, and how it is set."""

    value: Callable[[Printer], float | None]
    tell: Callable[[OdinClient, str, int], Awaitable[None]]
    bounds: Callable[[Printer], Bounds | None]
    native_step: float | None = 1
    mode: NumberMode | None = NumberMode.BOX


def _heater(
    parts: dict[str, object],
    heat: Callable[[Printer], Heat | NamedHeat | None],
    tell: Callable[[OdinClient, str, int], Awaitable[None]],
    most_c: Callable[[Printer], int | None],
) -> PrinterNumberDescription:
    """Describes what a heater shall reach; 0 is off."""

    def value(printer: Printer) -> float | None:
        found = heat(printer)
        return None if found is None else found.target_c

    def bounds(printer: Printer) -> Bounds | None:
        most = most_c(printer)
        return (0, most) if most else None

    return PrinterNumberDescription(
        **parts,  # type: ignore[arg-type] # key and translation
        device_class=NumberDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        value=value,
        tell=tell,
        bounds=bounds,
    )


def _factor(
    parts: dict[str, object],
    value: Callable[[Printer], int | None],
    tell: Callable[[OdinClient, str, int], Awaitable[None]],
    there: Callable[[Printer], PercentBounds | None],
) -> PrinterNumberDescription:
    def bounds(printer: Printer) -> Bounds | None:
        found = there(printer)
        return None if found is None else (found.min_pct, found.max_pct)

    return PrinterNumberDescription(
        **parts,  # type: ignore[arg-type] # key and translation
        native_unit_of_measurement=PERCENTAGE,
        value=value,
        tell=tell,
        bounds=bounds,
    )


BED = _heater(
    {"key": "bed_target", "translation_key": "bed_target"},
    lambda printer: printer.temperatures.bed,
    lambda client, printer_id, target_c: client.set_bed_temperature(
        printer_id, target_c
    ),
    lambda printer: printer.capabilities.bed_max_c,
)
CHAMBER = _heater(
    {"key": "chamber_target", "translation_key": "chamber_target"},
    lambda printer: printer.temperatures.chamber,
    lambda client, printer_id, target_c: client.set_chamber_temperature(
        printer_id, target_c
    ),
    lambda printer: printer.capabilities.chamber_max_c,
)
SPEED = _factor(
    {"key": "speed_factor", "translation_key": "speed_factor"},
    lambda printer: printer.speed.percent if printer.speed else None,
    lambda client, printer_id, percent: client.set_speed_percent(printer_id, percent),
    lambda printer: printer.capabilities.speed_bounds,
)
FLOW = _factor(
    {"key": "flow_factor", "translation_key": "flow_factor"},
    lambda printer: printer.speed.flow_pct if printer.speed else None,
    lambda client, printer_id, percent: client.set_flow(printer_id, percent),
    lambda printer: printer.capabilities.flow_bounds,
)


ACTIVE_SPOOL = PrinterNumberDescription(
    key="active_spool",
    translation_key="active_spool",
    # 0 is none: a number has no other way to be empty on purpose.
    value=lambda printer: printer.active_spool_id or 0,
    tell=lambda client, printer_id, number: client.set_active_spool(
        printer_id, number or None
    ),
    bounds=lambda _: (0, _SPOOL_MOST),
)


def _nozzle(printer: Printer, head: int) -> PrinterNumberDescription:
    def heat(printer: Printer) -> Heat | None:
        nozzles = printer.temperatures.nozzles
        return nozzles[head] if head < len(nozzles) else None

    return _heater(
        per_nozzle(printer, head, "target"),
        heat,
        lambda client, printer_id, target_c: client.set_nozzle_temperature(
            printer_id, target_c, head
        ),
        lambda printer: printer.capabilities.nozzle_max_c,
    )


def _other(name: str) -> PrinterNumberDescription:
    return _heater(
        per_name("heater", "heater_target", name),
        lambda printer: printer.temperatures.other(name),
        lambda client, printer_id, target_c: client.set_heater(
            printer_id, name, target_c
        ),
        lambda printer: {
            each.name: each.max_c for each in printer.capabilities.heaters
        }.get(name),
    )


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_when_known(entry, async_add_entities, _numbers)


def _numbers(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    for described in _possible(printer):
        if described.bounds(printer):
            yield PrinterNumber(coordinator, described, printer.id)


def _possible(printer: Printer) -> Iterator[PrinterNumberDescription]:
    if printer.can("set_nozzle_temperature"):
        for head in range(len(printer.temperatures.nozzles)):
            yield _nozzle(printer, head)
    if printer.can("set_heater"):
        for each in printer.temperatures.others:
            yield _other(each.name)
    for command, described in (
        ("set_bed_temperature", BED),
        ("set_chamber_temperature", CHAMBER),
        ("set_speed_percent", SPEED),
        ("set_flow", FLOW),
        ("set_active_spool", ACTIVE_SPOOL),
    ):
        if printer.can(command):
            yield described


class PrinterNumber(PrinterEntity, NumberEntity):
    """A number that the printer can be told."""

    entity_description: PrinterNumberDescription

    @property
    @override
    def native_min_value(self) -> float:
        return float(self._bounds[0])

    @property
    @override
    def native_max_value(self) -> float:
        return float(self._bounds[1])

    @property
    def _bounds(self) -> Bounds:
        printer = self.coordinator.data.printers.get(self.printer_id)
        found = None if printer is None else self.entity_description.bounds(printer)
        return found or (0, 0)

    @property
    @override
    def native_value(self) -> float | None:
        return self.entity_description.value(self.printer)

    @property
    @override
    def shown(self) -> object:
        return self.native_value, self._bounds

    @override
    async def async_set_native_value(self, value: float) -> None:
        tell = self.entity_description.tell
        await self.async_do(lambda client: tell(client, self.printer_id, round(value)))
