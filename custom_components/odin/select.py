"""What is chosen from a list: the speed profile, the tool, the filament in the nozzle."""

from collections.abc import Iterator
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Printer, SlotRef, SpeedLevel
from .coordinator import OdinConfigEntry, OdinCoordinator
from .device import slots_of
from .entity import OdinEntity, PrinterEntity, async_add_when_known

PARALLEL_UPDATES = 0

SPEED = SelectEntityDescription(key="speed", translation_key="speed")
ACTIVE_SLOT = SelectEntityDescription(key="active_slot", translation_key="active_slot")
TOOL = SelectEntityDescription(key="tool", translation_key="tool")
NONE = "none"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_when_known(entry, async_add_entities, _selects)


def _selects(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    if printer.can("set_speed") and printer.capabilities.speed_levels:
        yield SpeedSelect(coordinator, SPEED, printer.id)
    if printer.can("select_tool") and printer.capabilities.heads > 1:
        yield ToolSelect(coordinator, TOOL, printer.id)
    if printer.can("load_filament") and any(slots_of(printer)):
        yield ActiveSlotSelect(coordinator, ACTIVE_SLOT, printer.id)


class ToolSelect(PrinterEntity, SelectEntity):
    """The head that works."""

    @property
    @override
    def options(self) -> list[str]:
        printer = self.coordinator.data.printers.get(self.printer_id)
        heads = 0 if printer is None else printer.capabilities.heads
        return [f"T{head}" for head in range(heads)]

    @property
    @override
    def current_option(self) -> str | None:
        found = (each.id for each in self.printer.nozzles if each.is_active)
        active = next(found, None)
        return None if active is None else f"T{active}"

    @property
    @override
    def shown(self) -> object:
        return self.current_option, self.options

    @override
    async def async_select_option(self, option: str) -> None:
        tool = int(option.removeprefix("T"))
        await self.async_do(lambda client: client.select_tool(self.printer_id, tool))


class SpeedSelect(PrinterEntity, SelectEntity):
    """The speed profile."""

    @property
    @override
    def options(self) -> list[str]:
        printer = self.coordinator.data.printers.get(self.printer_id)
        return [] if printer is None else list(printer.capabilities.speed_levels)

    @property
    @override
    def current_option(self) -> str | None:
        speed = self.printer.speed
        return None if speed is None else speed.level

    @property
    @override
    def shown(self) -> object:
        return self.current_option, self.options

    @override
    async def async_select_option(self, option: str) -> None:
        await self.async_do(
            lambda client: client.set_speed(self.printer_id, SpeedLevel(option))
        )


class ActiveSlotSelect(PrinterEntity, SelectEntity):
    """Which slot feeds the nozzle; choosing one loads it, choosing none unloads."""

    @property
    @override
    def options(self) -> list[str]:
        return [NONE, *self._slots]

    @property
    @override
    def current_option(self) -> str:
        active = self.printer.active_slot
        return next((name for name, ref in self._slots.items() if ref == active), NONE)

    @property
    @override
    def shown(self) -> object:
        return self.current_option, self.options

    @override
    async def async_select_option(self, option: str) -> None:
        if option == NONE:
            await self.async_do(
                lambda client: client.unload(self.printer_id, self._active_head)
            )
            return
        ref = self._slots[option]
        await self.async_do(lambda client: client.load_slot(self.printer_id, ref))

    @property
    def _slots(self) -> dict[str, SlotRef]:
        """The slots by what people call them."""
        printer = self.coordinator.data.printers.get(self.printer_id)
        if printer is None:
            return {}
        return {
            unit.name if unit.is_external else f"{unit.name} {slot.id + 1}": SlotRef(
                unit.id, slot.id
            )
            for unit, slot in slots_of(printer)
        }

    @property
    def _active_head(self) -> int:
        active = self.printer.active_slot
        unit = None if active is None else self.printer.unit(active.unit)
        return (unit.nozzle if unit else None) or 0
