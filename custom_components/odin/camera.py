"""A printer's cameras, through the engine: it holds the one connection to each."""

import logging
from collections.abc import Iterator
from typing import override

from homeassistant.components.camera import Camera as CameraEntity
from homeassistant.components.camera import CameraEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Camera, EngineError, Printer
from .client.models import CameraKind
from .coordinator import OdinConfigEntry, OdinCoordinator
from .entity import OdinEntity, PrinterEntity, async_add_when_known

PARALLEL_UPDATES = 0

_LOGGER = logging.getLogger(__name__)
_FRAME_S = 1.0
"""Printers send about one picture a second."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_when_known(entry, async_add_entities, _cameras)


def _cameras(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    for camera in printer.cameras:
        yield PrinterCamera(coordinator, printer.id, camera.id)


class PrinterCamera(PrinterEntity, CameraEntity):
    """A camera of a printer, one picture at a time."""

    _attr_frame_interval = _FRAME_S

    def __init__(
        self, coordinator: OdinCoordinator, printer_id: str, camera_id: str
    ) -> None:
        is_named = camera_id == "chamber"
        described = CameraEntityDescription(
            key=f"camera_{camera_id}",
            translation_key="camera" if is_named else "other_camera",
            translation_placeholders=None if is_named else {"camera": camera_id},
        )
        super().__init__(coordinator, described, printer_id)
        CameraEntity.__init__(self)
        self._camera_id = camera_id

    @property
    @override
    def available(self) -> bool:
        """Whether pictures can come.

        Some machines need a setting switched on first; of those that send video the
        engine has no pictures.
        """
        return super().available and (
            (camera := self._camera) is not None
            and camera.is_available
            and camera.kind is CameraKind.JPEG
        )

    @property
    @override
    def shown(self) -> object:
        return None

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        try:
            return await self.coordinator.client.camera_frame(
                self.printer_id, self._camera_id
            )
        except EngineError as error:
            _LOGGER.debug("No picture of %s: %s", self.entity_id, error)
            return None

    @property
    def _camera(self) -> Camera | None:
        return next((c for c in self.printer.cameras if c.id == self._camera_id), None)
