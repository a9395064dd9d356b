"""A printer's firmware, and whether there is newer. It is installed at the printer."""

from collections.abc import Iterator
from typing import override

from homeassistant.components.update import (
    UpdateDeviceClass,
    UpdateEntity,
    UpdateEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Printer
from .coordinator import OdinConfigEntry, OdinCoordinator
from .entity import OdinEntity, PrinterEntity, async_add_when_known

PARALLEL_UPDATES = 0

FIRMWARE = UpdateEntityDescription(
    key="firmware",
    translation_key="firmware",
    device_class=UpdateDeviceClass.FIRMWARE,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_when_known(entry, async_add_entities, _updates)


def _updates(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    if printer.firmware.version is not None:
        yield FirmwareUpdate(coordinator, FIRMWARE, printer.id)


class FirmwareUpdate(PrinterEntity, UpdateEntity):
    """The firmware of a printer."""

    @property
    @override
    def installed_version(self) -> str | None:
        return self.printer.firmware.version

    @property
    @override
    def latest_version(self) -> str | None:
        firmware = self.printer.firmware
        return firmware.update or firmware.version

    @property
    @override
    def in_progress(self) -> bool:
        return self.printer.firmware.is_updating

    @property
    @override
    def shown(self) -> object:
        return self.printer.firmware
