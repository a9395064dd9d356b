"""What all our entities share: device, availability, who acts, and when to write.

An entity only reads. `shown` is everything that its state and attributes are made of;
while it and `available` stay equal, nothing is written: most changes of a printer
concern few of its entities.
"""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.util import slugify

from .client import Farm, FilamentUnit, HeadNames, OdinClient, Printer, Slot, SlotRef
from .coordinator import Concern, OdinConfigEntry, OdinCoordinator
from .device import DeviceKey
from .errors import engine_errors


class OdinEntity(CoordinatorEntity[OdinCoordinator]):
    """One entity of the engine, a printer, a filament unit or a slot."""

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: OdinCoordinator,
        description: EntityDescription,
        device: DeviceKey,
    ) -> None:
        super().__init__(
            coordinator, Concern(device.printer_id, is_filament=device.unit is not None)
        )
        self.entity_description = description
        self.device_key = device
        self.device_entry = coordinator.tree.async_device(device)
        parts = [coordinator.engine_id]
        if device.printer_id is not None:
            parts.append(device.printer_id)
        if device.unit is not None:
            parts.append(f"unit_{device.unit}")
        if device.slot is not None:
            parts.append(f"slot_{device.slot}")
        self._attr_unique_id = "_".join([*parts, description.key])
        self._written: tuple[bool, object] | None = None

    @property
    def needs_live(self) -> bool:
        """Whether it says nothing while the printer is not heard."""
        return True

    @property
    @abstractmethod
    def shown(self) -> object:
        """Returns what the state is made of, to compare; called only while available."""

    @property
    def farm(self) -> Farm:
        """Everything there is."""
        return self.coordinator.data

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        is_available = self.available
        written = (is_available, self.shown if is_available else None)
        if written != self._written:
            self._written = written
            self.async_write_ha_state()

    async def async_do[T](self, verb: Callable[[OdinClient], Awaitable[T]]) -> T:
        """Tells the engine something, for whoever called the action.

        Raises:
            HomeAssistantError: translated, whatever went wrong.
        """
        entry = self.coordinator.config_entry
        client = await self.coordinator.async_client_for(self._context)
        with engine_errors(self.hass, entry):
            return await verb(client)


class EngineEntity(OdinEntity):
    """An entity of the engine itself."""

    def __init__(
        self, coordinator: OdinCoordinator, description: EntityDescription
    ) -> None:
        super().__init__(coordinator, description, DeviceKey())


class PrinterEntity(OdinEntity):
    """An entity of a printer."""

    def __init__(
        self,
        coordinator: OdinCoordinator,
        description: EntityDescription,
        printer_id: str,
    ) -> None:
        super().__init__(coordinator, description, DeviceKey(printer_id))
        self.printer_id = printer_id

    @property
    def printer(self) -> Printer:
        """The printer as it is now; only while `available`."""
        return self.coordinator.data.printers[self.printer_id]

    @property
    @override
    def available(self) -> bool:
        if not super().available:
            return False
        printer = self.coordinator.data.printers.get(self.printer_id)
        return printer is not None and (printer.is_live or not self.needs_live)


class UnitEntity(PrinterEntity):
    """An entity of a filament unit."""

    def __init__(
        self,
        coordinator: OdinCoordinator,
        description: EntityDescription,
        printer_id: str,
        unit: int,
    ) -> None:
        OdinEntity.__init__(self, coordinator, description, DeviceKey(printer_id, unit))
        self.printer_id = printer_id
        self.unit_id = unit

    @property
    def unit(self) -> FilamentUnit:
        """The unit as it is now; only while `available`."""
        found = self.printer.unit(self.unit_id)
        if found is None:
            raise KeyError(self.unit_id)
        return found

    @property
    @override
    def available(self) -> bool:
        return super().available and self.printer.unit(self.unit_id) is not None


class SlotEntity(PrinterEntity):
    """An entity of a slot, also of an external spool holder's."""

    def __init__(
        self,
        coordinator: OdinCoordinator,
        description: EntityDescription,
        printer_id: str,
        ref: SlotRef,
    ) -> None:
        device = DeviceKey(printer_id, ref.unit, ref.slot)
        OdinEntity.__init__(self, coordinator, description, device)
        self.printer_id = printer_id
        self.ref = ref

    @property
    def slot(self) -> Slot:
        """The slot as it is now; only while `available`."""
        found = self.printer.slot(self.ref)
        if found is None:
            raise KeyError(self.ref)
        return found

    @property
    @override
    def available(self) -> bool:
        return super().available and self.printer.slot(self.ref) is not None


@dataclass(frozen=True, kw_only=True)
class ReadingDescription[T](EntityDescription):
    """What an entity that only shows reads of a printer, a unit, a slot or the farm."""

    exists: Callable[[T], bool] = lambda _: True
    attributes: Callable[[T], Mapping[str, Any]] | None = None
    needs_live: bool = True


class ReadingEntity[T](OdinEntity):
    """An entity that reads its subject as its description says."""

    entity_description: ReadingDescription[T]

    @property
    @abstractmethod
    def subject(self) -> T:
        """What it tells of; only while `available`."""

    @property
    @override
    def needs_live(self) -> bool:
        return self.entity_description.needs_live

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        attributes = self.entity_description.attributes
        return None if attributes is None else attributes(self.subject)


class PrinterReading(PrinterEntity, ReadingEntity[Printer]):
    """Reads a printer."""

    @property
    @override
    def subject(self) -> Printer:
        return self.printer


class UnitReading(UnitEntity, ReadingEntity[FilamentUnit]):
    """Reads a filament unit."""

    @property
    @override
    def subject(self) -> FilamentUnit:
        return self.unit


class SlotReading(SlotEntity, ReadingEntity[Slot]):
    """Reads a slot."""

    @property
    @override
    def subject(self) -> Slot:
        return self.slot


class EngineReading(EngineEntity, ReadingEntity[Farm]):
    """Reads the whole farm."""

    @property
    @override
    def subject(self) -> Farm:
        return self.farm


def per_nozzle(printer: Printer, head: int, what: str) -> dict[str, Any]:
    """Returns key and translation of a description that exists once for each head."""
    parts: dict[str, Any] = {"key": f"nozzle_{head}_{what}"}
    if printer.capabilities.heads < 2:  # noqa: PLR2004 - one has no side
        return parts | {"translation_key": f"nozzle_{what}"}
    if printer.capabilities.head_names is HeadNames.TOOLS:
        return parts | {
            "translation_key": f"tool_{what}",
            "translation_placeholders": {"tool": str(head)},
        }
    if head < len(_SIDES):
        return parts | {"translation_key": f"{_SIDES[head]}_nozzle_{what}"}
    return parts | {
        "translation_key": f"numbered_nozzle_{what}",
        "translation_placeholders": {"nozzle": str(head + 1)},
    }


_SIDES = ("right", "left")
"""Of a machine with two heads, as the engine numbers them."""


def per_name(kind: str, what: str, name: str) -> dict[str, Any]:
    """Returns key and translation of a description for a part that the machine names.

    `kind` is the word of the placeholder in the text `what`.
    """
    return {
        "key": f"{what}_{slugify(name)}",
        "translation_key": what,
        "translation_placeholders": {kind: name.replace("_", " ")},
    }


@callback
def async_add_when_known(
    entry: OdinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: Callable[[OdinCoordinator, Printer], Iterable[OdinEntity]],
) -> None:
    """Adds what `build` yields for each printer, now and whenever one has changed shape.

    `build` yields all that should exist; what does already is left alone.
    """
    coordinator = entry.runtime_data.coordinator
    known: set[str] = set()

    @callback
    def sweep(printer_ids: Iterable[str]) -> None:
        printers = coordinator.data.printers
        new: dict[str, OdinEntity] = {}
        for printer_id in printer_ids:
            if (printer := printers.get(printer_id)) is None:
                continue
            for entity in build(coordinator, printer):
                unique_id = str(entity.unique_id)
                if unique_id not in known:
                    new[unique_id] = entity
        for unique_id, entity in new.items():
            known.add(unique_id)
            # Removed with its device, it may come back.
            entity.async_on_remove(partial(known.discard, unique_id))
        if new:
            async_add_entities(new.values())

    sweep(coordinator.data.printers)
    entry.async_on_unload(coordinator.async_subscribe_shape(sweep))
