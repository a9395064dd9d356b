"""Fans whose speed can be set."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.fan import FanEntity, FanEntityDescription
from homeassistant.components.fan.const import FanEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Fans, Printer
from .coordinator import OdinConfigEntry, OdinCoordinator
from .entity import OdinEntity, PrinterEntity, async_add_when_known, per_name

PARALLEL_UPDATES = 0

_FULL_PCT = 100


@dataclass(frozen=True, kw_only=True)
class PrinterFanDescription(FanEntityDescription):
    """A fan by the engine's name for it, and where its speed is read."""

    name_there: str
    percent: Callable[[Fans], int | None]


FANS = (
    PrinterFanDescription(
        key="part_fan",
        translation_key="part_fan",
        name_there="part",
        percent=lambda fans: fans.part_pct,
    ),
    PrinterFanDescription(
        key="aux_fan",
        translation_key="aux_fan",
        name_there="aux",
        percent=lambda fans: fans.aux_pct,
    ),
    PrinterFanDescription(
        key="aux_left_fan",
        translation_key="aux_left_fan",
        name_there="aux_left",
        percent=lambda fans: fans.aux_left_pct,
    ),
    PrinterFanDescription(
        key="chamber_fan",
        translation_key="chamber_fan",
        name_there="chamber",
        percent=lambda fans: fans.chamber_pct,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_when_known(entry, async_add_entities, _fans)


def _fans(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    if not printer.can("set_fan"):
        return
    there = printer.capabilities.fans
    known = {described.name_there for described in FANS}
    others = [_other(name) for name in there if name not in known]
    for described in (*FANS, *others):
        if described.name_there in there:
            yield PrinterFan(coordinator, described, printer.id)


def _other(name: str) -> PrinterFanDescription:
    def percent(fans: Fans) -> int | None:
        return next((each.percent for each in fans.others if each.name == name), None)

    parts = per_name("fan", "fan", name)
    return PrinterFanDescription(**parts, name_there=name, percent=percent)


class PrinterFan(PrinterEntity, FanEntity):
    """A fan of a printer."""

    entity_description: PrinterFanDescription
    _attr_supported_features = (
        FanEntityFeature.SET_SPEED
        | FanEntityFeature.TURN_ON
        | FanEntityFeature.TURN_OFF
    )

    @property
    @override
    def percentage(self) -> int | None:
        return self.entity_description.percent(self.printer.fans)

    @property
    @override
    def is_on(self) -> bool | None:
        percentage = self.percentage
        return None if percentage is None else percentage > 0

    @property
    @override
    def shown(self) -> object:
        return self.percentage

    @override
    async def async_set_percentage(self, percentage: int) -> None:
        name = self.entity_description.name_there
        await self.async_do(
            lambda client: client.set_fan(self.printer_id, name, percentage)
        )

    @override
    async def async_turn_on(
        self,
        percentage: int | None = None,
        preset_mode: str | None = None,
        **kwargs: Any,
    ) -> None:
        await self.async_set_percentage(_FULL_PCT if percentage is None else percentage)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self.async_set_percentage(0)
