"""The picture of what is being, or was last, printed."""

import logging
from collections.abc import Iterator
from typing import override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .client import Activity, EngineError, Printer
from .coordinator import OdinConfigEntry, OdinCoordinator
from .entity import OdinEntity, PrinterEntity, async_add_when_known

PARALLEL_UPDATES = 0

_LOGGER = logging.getLogger(__name__)

PICTURE = ImageEntityDescription(key="picture", translation_key="picture")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_when_known(entry, async_add_entities, _pictures)


def _pictures(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    if printer.capabilities.has_print_details:
        yield PrintPicture(coordinator, PICTURE, printer.id)


class PrintPicture(PrinterEntity, ImageEntity):
    """The picture of a print; it stays after the end, until the next one."""

    _attr_content_type = "image/png"

    def __init__(
        self,
        coordinator: OdinCoordinator,
        description: ImageEntityDescription,
        printer_id: str,
    ) -> None:
        super().__init__(coordinator, description, printer_id)
        ImageEntity.__init__(self, coordinator.hass)
        self._pictured: object = None
        self._look()

    @property
    @override
    def needs_live(self) -> bool:
        return False

    @property
    @override
    def shown(self) -> object:
        return self.image_last_updated

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._look()
        super()._handle_coordinator_update()

    @override
    async def async_image(self) -> bytes | None:
        try:
            return await self.coordinator.client.print_picture(self.printer_id)
        except EngineError as error:
            _LOGGER.debug("No picture for %s: %s", self.entity_id, error)
            return None

    def _look(self) -> None:
        """Notes that another picture is due: for another print, and once it can be read."""
        printer = self.coordinator.data.printers.get(self.printer_id)
        if printer is None:
            return
        pictured = _what_is_pictured(printer)
        if pictured != self._pictured:
            self._pictured = pictured
            self._attr_image_last_updated = (
                None if pictured is None else dt_util.utcnow()
            )


def _what_is_pictured(printer: Printer) -> object:
    job = printer.job
    if job is None:
        return None
    # A file that is being read cannot be looked into yet.
    is_ready = printer.activity is not Activity.PREPARING
    return job.file, job.plate, job.token, job.external_id, is_ready
