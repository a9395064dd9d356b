"""Lights in and on a printer."""

from collections.abc import Iterator
from typing import Any, override

from homeassistant.components.light import LightEntity, LightEntityDescription
from homeassistant.components.light.const import ColorMode
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import LightMode, Printer
from .coordinator import OdinConfigEntry, OdinCoordinator
from .entity import OdinEntity, PrinterEntity, async_add_when_known

PARALLEL_UPDATES = 0

_NAMED = {"chamber", "chamber_2", "work"}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_when_known(entry, async_add_entities, _lights)


def _lights(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    if printer.can("set_light"):
        for name in printer.capabilities.lights:
            yield PrinterLight(coordinator, printer.id, name)


class PrinterLight(PrinterEntity, LightEntity):
    """A light; one that flashes is on."""

    _attr_color_mode = ColorMode.ONOFF

    def __init__(
        self, coordinator: OdinCoordinator, printer_id: str, name: str
    ) -> None:
        is_named = name in _NAMED
        described = LightEntityDescription(
            key=f"light_{name}",
            translation_key=f"light_{name}" if is_named else "light",
            translation_placeholders=None
            if is_named
            else {"light": name.replace("_", " ")},
        )
        super().__init__(coordinator, described, printer_id)
        self._attr_supported_color_modes = {ColorMode.ONOFF}
        self._name_there = name

    @property
    @override
    def is_on(self) -> bool | None:
        for light in self.printer.lights:
            if light.name == self._name_there and light.mode is not None:
                return light.mode is not LightMode.OFF
        return None

    @property
    @override
    def shown(self) -> object:
        return self.is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._async_set(LightMode.ON)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._async_set(LightMode.OFF)

    async def _async_set(self, mode: LightMode) -> None:
        await self.async_do(
            lambda client: client.set_light(self.printer_id, self._name_there, mode)
        )
