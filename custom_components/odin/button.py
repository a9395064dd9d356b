"""What can be told with one press."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.button.const import ButtonDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import OdinClient, Printer, SlotRef
from .coordinator import OdinConfigEntry, OdinCoordinator
from .device import slots_of, units_of
from .entity import (
    OdinEntity,
    PrinterEntity,
    SlotEntity,
    UnitEntity,
    async_add_when_known,
    per_name,
)

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PrinterButtonDescription(ButtonEntityDescription):
    """What a press tells; `command` is the engine's word that the machine must know."""

    press: Callable[[OdinClient, str], Awaitable[None]]
    command: str | None = None
    needs_live: bool = True


PRINTER_BUTTONS = (
    PrinterButtonDescription(
        key="pause",
        translation_key="pause",
        command="pause",
        press=lambda client, printer_id: client.pause(printer_id),
    ),
    PrinterButtonDescription(
        key="resume",
        translation_key="resume",
        command="resume",
        press=lambda client, printer_id: client.resume(printer_id),
    ),
    PrinterButtonDescription(
        key="stop",
        translation_key="stop",
        command="stop",
        press=lambda client, printer_id: client.stop(printer_id),
    ),
    PrinterButtonDescription(
        key="clear_plate",
        translation_key="clear_plate",
        press=lambda client, printer_id: client.clear_plate(printer_id),
        needs_live=False,
    ),
    PrinterButtonDescription(
        key="clear_errors",
        translation_key="clear_errors",
        command="clear_faults",
        press=lambda client, printer_id: client.clear_errors(printer_id),
    ),
    PrinterButtonDescription(
        key="home",
        translation_key="home",
        command="home",
        entity_registry_enabled_default=False,
        press=lambda client, printer_id: client.home(printer_id),
    ),
    PrinterButtonDescription(
        key="refresh",
        translation_key="refresh",
        entity_category=EntityCategory.DIAGNOSTIC,
        press=lambda client, printer_id: client.refresh(printer_id),
        needs_live=False,
    ),
    # A host can be told these while it has no connection to its machine.
    PrinterButtonDescription(
        key="connect_machine",
        translation_key="connect_machine",
        entity_category=EntityCategory.CONFIG,
        command="connect_machine",
        press=lambda client, printer_id: client.connect_machine(printer_id),
        needs_live=False,
    ),
    PrinterButtonDescription(
        key="disconnect_machine",
        translation_key="disconnect_machine",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        command="disconnect_machine",
        press=lambda client, printer_id: client.disconnect_machine(printer_id),
    ),
    PrinterButtonDescription(
        key="restart_firmware",
        translation_key="restart_firmware",
        device_class=ButtonDeviceClass.RESTART,
        entity_category=EntityCategory.CONFIG,
        command="restart_firmware",
        press=lambda client, printer_id: client.restart_firmware(printer_id),
        needs_live=False,
    ),
    PrinterButtonDescription(
        key="restart_host",
        translation_key="restart_host",
        device_class=ButtonDeviceClass.RESTART,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        command="restart_host",
        press=lambda client, printer_id: client.restart_host(printer_id),
        needs_live=False,
    ),
)

STOP_DRYING = ButtonEntityDescription(key="stop_drying", translation_key="stop_drying")
READ_SLOT = ButtonEntityDescription(
    key="read_filament",
    translation_key="read_filament",
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_when_known(entry, async_add_entities, _buttons)


def _buttons(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    for described in PRINTER_BUTTONS:
        if described.command is None or printer.can(described.command):
            yield PrinterButton(coordinator, described, printer.id)
    if printer.can("run_macro"):
        for macro in printer.macro_buttons:
            if macro in printer.capabilities.macros:
                yield PrinterButton(coordinator, _macro(macro), printer.id)
    if printer.can("stop_drying"):
        for unit in units_of(printer):
            if unit.drying is not None:
                yield StopDryingButton(coordinator, STOP_DRYING, printer.id, unit.id)
    if printer.can("read_filament") and coordinator.tree.has_slots:
        for unit, slot in slots_of(printer):
            if not unit.is_external:
                ref = SlotRef(unit.id, slot.id)
                yield ReadSlotButton(coordinator, READ_SLOT, printer.id, ref)


def _macro(name: str) -> PrinterButtonDescription:
    """Describes a macro that the owner made a button of."""
    return PrinterButtonDescription(
        **per_name("macro", "macro", name),
        press=lambda client, printer_id: client.run_macro(printer_id, name),
    )


class OdinButton(OdinEntity, ButtonEntity):
    """A button: it shows nothing but whether it can be pressed."""

    @property
    @override
    def shown(self) -> object:
        return None


class PrinterButton(PrinterEntity, OdinButton):
    """A button of a printer."""

    entity_description: PrinterButtonDescription

    @property
    @override
    def needs_live(self) -> bool:
        return self.entity_description.needs_live

    @override
    async def async_press(self) -> None:
        press = self.entity_description.press
        await self.async_do(lambda client: press(client, self.printer_id))


class StopDryingButton(UnitEntity, OdinButton):
    """Ends the drying of a unit; starting one needs values, so that is an action."""

    @override
    async def async_press(self) -> None:
        await self.async_do(
            lambda client: client.stop_drying(self.printer_id, self.unit_id)
        )


class ReadSlotButton(SlotEntity, OdinButton):
    """Reads a spool's tag again."""

    @override
    async def async_press(self) -> None:
        await self.async_do(lambda client: client.read_slot(self.printer_id, self.ref))
