"""News, as the engine tells it; never made from what changed in a state."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import LiveEvent, Printer
from .coordinator import OdinConfigEntry, OdinCoordinator
from .entity import OdinEntity, PrinterEntity, async_add_when_known

PARALLEL_UPDATES = 0

PRINT = "print"
PRINT_FINISHED = "finished"
PRINT_FAILED = "failed"

type News = tuple[str, dict[str, Any]]
"""The type of an event, and its few attributes."""


@dataclass(frozen=True, kw_only=True)
class NewsDescription(EventEntityDescription):
    """How the engine's events read here; `None` for those of no concern."""

    read: Callable[[LiveEvent], News | None]


_PRINT_EVENTS = {
    "print_started": "started",
    "print_paused": "paused",
    "print_resumed": "resumed",
    "plate_cleared": "plate_cleared",
}
_RESULTS = (PRINT_FINISHED, PRINT_FAILED, "cancelled")
_ENDED = "ended"
"""Ended while nobody heard the printer: how is not known."""


def _print_news(event: LiveEvent) -> News | None:
    if event.name == "print_ended":
        result = event.data.get("result")
        kind = str(result) if result in _RESULTS else _ENDED
    elif event.name in _PRINT_EVENTS:
        kind = _PRINT_EVENTS[event.name]
    else:
        return None
    return kind, _picked(event.data.get("job"), name="job", file="file")


def _fault_news(event: LiveEvent) -> News | None:
    match event.name:
        case "attention_needed":
            return "attention_needed", _picked(event.data, reason="reason")
        case "fault_raised" | "fault_cleared":
            told = _picked(
                event.data.get("fault"), code="code", severity="severity", text="text"
            )
            return event.name, told
    return None


def _picked(data: object, **names: str) -> dict[str, Any]:
    """Returns some members, by the names that they shall have."""
    if not isinstance(data, Mapping):
        return {}
    return {new: data[old] for old, new in names.items() if data.get(old) is not None}


NEWS = (
    NewsDescription(
        key=PRINT,
        translation_key=PRINT,
        event_types=[*_PRINT_EVENTS.values(), *_RESULTS, _ENDED],
        read=_print_news,
    ),
    NewsDescription(
        key="fault_event",
        translation_key="fault_event",
        event_types=["attention_needed", "fault_raised", "fault_cleared"],
        read=_fault_news,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Adds what there is, and later what appears."""
    async_add_when_known(entry, async_add_entities, _events)


def _events(coordinator: OdinCoordinator, printer: Printer) -> Iterator[OdinEntity]:
    return (PrinterNews(coordinator, each, printer.id) for each in NEWS)


class PrinterNews(PrinterEntity, EventEntity):
    """What happened at a printer, last."""

    entity_description: NewsDescription

    @property
    @override
    def needs_live(self) -> bool:
        return False

    @property
    @override
    def shown(self) -> object:
        return None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.async_subscribe_events(self._async_hear, self.printer_id)
        )

    @callback
    def _async_hear(self, event: LiveEvent) -> None:
        news = self.entity_description.read(event)
        if news is not None:
            self._trigger_event(*news)
            self.async_write_ha_state()
