"""What can be switched: maintenance, timelapse, power, a printer's own detectors."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.components.switch.const import SwitchDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Detector, OdinClient, Printer
from .coordinator import OdinConfigEntry, OdinCoordinator
from .entity import OdinEntity, PrinterEntity, async_add_when_known, per_name

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PrinterSwitchDescription(SwitchEntityDescription):
    """What a switch reads and tells."""

    is_on: Callable[[Printer], bool | None]
    switch: Callable[[OdinClient, Printer, bool], Awaitable[None]]
    needs_live: bool = True


MAINTENANCE = PrinterSwitchDescription(
    key="maintenance",
    translation_key="maintenance",
    is_on=lambda printer: printer.is_in_maintenance,
    switch=lambda client, printer, is_on: client.set_maintenance(
        printer.id, is_on=is_on
    ),
    needs_live=False,
)
TIMELAPSE = PrinterSwitchDescription(
    key="timelapse",
    translation_key="timelapse",
    entity_category=EntityCategory.CONFIG,
    is_on=lambda printer: printer.is_timelapse_on,
    switch=lambda client, printer, is_on: client.set_timelapse(printer.id, is_on=is_on),
)
_NAMED = {
    "build_plate_marker",
    "clump",
    "filament_tangle",
    "first_layer",
    "nozzle_blob",
    "pile_up",
    "printing_monitor",
    "spaghetti",
}
"""Detectors that have a translation; any other shows its own word."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_when_known(entry, async_add_entities, _switches)


def _switches(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    yield PrinterSwitch(coordinator, MAINTENANCE, printer.id)
    if printer.can("set_timelapse") and printer.is_timelapse_on is not None:
        yield PrinterSwitch(coordinator, TIMELAPSE, printer.id)
    if printer.can("set_detector"):
        for detector in printer.detectors:
            if detector.name in printer.capabilities.detectors:
                described = _detector_switch(detector.name)
                yield PrinterSwitch(coordinator, described, printer.id)
    if printer.can("set_power"):
        for device in printer.power_devices:
            yield PrinterSwitch(coordinator, _power_switch(device.name), printer.id)


def _power_switch(name: str) -> PrinterSwitchDescription:
    def is_on(printer: Printer) -> bool | None:
        found = (each.is_on for each in printer.power_devices if each.name == name)
        return next(found, None)

    return PrinterSwitchDescription(
        **per_name("device", "power", name),
        device_class=SwitchDeviceClass.OUTLET,
        is_on=is_on,
        switch=lambda client, printer, is_on: client.set_power(
            printer.id, name, is_on=is_on
        ),
        # It is what brings a machine back that has no power.
        needs_live=False,
    )


def _detector_switch(name: str) -> PrinterSwitchDescription:
    def found(printer: Printer) -> Detector | None:
        return next((each for each in printer.detectors if each.name == name), None)

    def is_on(printer: Printer) -> bool | None:
        detector = found(printer)
        return None if detector is None else detector.is_enabled

    async def switch(client: OdinClient, printer: Printer, is_on: bool) -> None:  # noqa: FBT001 - as the others
        detector = found(printer) or Detector(name)
        await client.set_detector(printer.id, detector, is_on=is_on)

    is_named = name in _NAMED
    return PrinterSwitchDescription(
        key=f"detector_{name}",
        translation_key=f"detector_{name}" if is_named else "detector",
        translation_placeholders=None
        if is_named
        else {"detector": name.replace("_", " ")},
        entity_category=EntityCategory.CONFIG,
        is_on=is_on,
        switch=switch,
    )


class PrinterSwitch(PrinterEntity, SwitchEntity):
    """A switch of a printer; it moves once the printer reports so."""

    entity_description: PrinterSwitchDescription

    @property
    @override
    def needs_live(self) -> bool:
        return self.entity_description.needs_live

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.is_on(self.printer)

    @property
    @override
    def shown(self) -> object:
        return self.is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._async_switch(is_on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._async_switch(is_on=False)

    async def _async_switch(self, *, is_on: bool) -> None:
        switch = self.entity_description.switch
        await self.async_do(lambda client: switch(client, self.printer, is_on))
