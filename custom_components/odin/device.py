"""The device tree: engine, printers, their filament units, and the units' slots.

The registry has every device before an entity asks for it. Slots are child devices of
their unit; an external spool holder is no unit of its own, so its slots are children of
the printer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .client import Farm, FilamentUnit, Printer, Slot, SlotRef, UnitKind
from .const import DOMAIN, NAME

type Identifier = tuple[str, str]

UNIT_MODELS = {
    UnitKind.AMS: "AMS",
    UnitKind.AMS_LITE: "AMS lite",
    UnitKind.AMS_2_PRO: "AMS 2 Pro",
    UnitKind.AMS_HT: "AMS HT",
    UnitKind.CANVAS: "Canvas",
    UnitKind.MMU: "MMU",
    UnitKind.AFC: "AFC",
}


def engine_identifier(engine_id: str) -> Identifier:
    """Returns what identifies the engine's device."""
    return (DOMAIN, engine_id)


def printer_identifier(engine_id: str, printer_id: str) -> Identifier:
    """Returns what identifies a printer's device."""
    return (DOMAIN, f"{engine_id}_{printer_id}")


def unit_identifier(engine_id: str, printer_id: str, unit: int) -> Identifier:
    """Returns what identifies a filament unit's device."""
    return (DOMAIN, f"{engine_id}_{printer_id}_unit_{unit}")


def slot_identifier(engine_id: str, printer_id: str, ref: SlotRef) -> Identifier:
    """Returns what identifies a slot's device."""
    return (DOMAIN, f"{engine_id}_{printer_id}_unit_{ref.unit}_slot_{ref.slot}")


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """What a device of ours stands for: a printer, or a unit or slot of it, or the engine."""

    printer_id: str | None = None
    unit: int | None = None
    slot: int | None = None

    @property
    def slot_ref(self) -> SlotRef | None:
        """The slot, where it is one."""
        if self.unit is None or self.slot is None:
            return None
        return SlotRef(self.unit, self.slot)


def units_of(printer: Printer) -> Iterator[FilamentUnit]:
    """Yields the filament units that are devices."""
    return (unit for unit in printer.filament_units if not unit.is_external)


def slots_of(printer: Printer) -> Iterator[tuple[FilamentUnit, Slot]]:
    """Yields every slot, those of external holders included."""
    for unit in printer.filament_units:
        for slot in unit.slots:
            yield unit, slot


def shape(printer: Printer) -> tuple[object, ...]:
    """Returns all that devices, and which entities there are, may depend on.

    While it stays equal nothing is created, renamed or removed.
    """
    heats, fans = printer.temperatures, printer.fans
    return (
        printer.name,
        printer.serial,
        printer.location,
        printer.tags,
        printer.model,
        printer.firmware.version,
        printer.capabilities,
        printer.plate.is_gated,
        printer.activity is None,
        printer.job is None,
        len(heats.nozzles),
        heats.bed is None,
        heats.chamber is None or heats.chamber.current_c is None,
        tuple(
            each is None
            for each in (
                fans.part_pct,
                fans.aux_pct,
                fans.chamber_pct,
                fans.heatbreak_pct,
                fans.aux_left_pct,
            )
        ),
        tuple(heat.name for heat in heats.others),
        tuple(fan.name for fan in fans.others),
        tuple((sensor.name, sensor.kind) for sensor in printer.sensors),
        tuple(sensor.name for sensor in printer.filament_sensors),
        tuple(device.name for device in printer.power_devices),
        printer.macro_buttons,
        printer.job is None or printer.job.elapsed_s is None,
        printer.job is None or printer.job.used_mm is None,
        tuple(light.name for light in printer.lights),
        tuple(nozzle.id for nozzle in printer.nozzles),
        tuple(detector.name for detector in printer.detectors),
        tuple(camera.id for camera in printer.cameras),
        printer.speed is None,
        printer.is_door_open is None,
        printer.is_timelapse_on is None,
        printer.storage is None,
        printer.wifi_dbm is None,
        tuple(_unit_shape(unit) for unit in printer.filament_units),
    )


def _unit_shape(unit: FilamentUnit) -> tuple[object, ...]:
    return (
        unit.id,
        unit.kind,
        unit.name,
        unit.serial,
        unit.firmware,
        unit.temperature_c is None,
        unit.humidity_pct is None,
        unit.humidity_level is None,
        unit.drying is None,
        tuple(slot.id for slot in unit.slots),
    )


class DeviceTree:
    """Keeps the device registry as the farm is."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        engine_id: str,
        *,
        has_slots: bool,
    ) -> None:
        self.engine_id = engine_id
        self.has_slots = has_slots
        self._registry = dr.async_get(hass)
        self._entry = entry

    @callback
    def async_set_engine(self, farm: Farm) -> None:
        """Creates or updates the engine's device."""
        self._registry.async_get_or_create(
            config_entry_id=self._entry.entry_id,
            identifiers={engine_identifier(self.engine_id)},
            entry_type=dr.DeviceEntryType.SERVICE,
            name=self._entry.title,
            manufacturer=NAME,
            model="Engine",
            sw_version=farm.engine.version,
            configuration_url=f"homeassistant://odin?entry={self._entry.entry_id}",
        )

    @callback
    def async_set_printer(self, printer: Printer) -> None:
        """Creates or updates the devices of a printer. The engine's is there already."""
        model = printer.model
        device = self._registry.async_get_or_create(
            config_entry_id=self._entry.entry_id,
            identifiers={printer_identifier(self.engine_id, printer.id)},
            name=printer.name,
            manufacturer=model.maker if model else None,
            model=(model.name or model.id) if model else None,
            model_id=model.id if model else None,
            serial_number=printer.serial,
            sw_version=printer.firmware.version,
            suggested_area=printer.location or None,
            via_device_id=self._main(engine_identifier(self.engine_id)).id,
            configuration_url=(
                f"homeassistant://odin/printers/{printer.id}"
                f"?entry={self._entry.entry_id}"
            ),
        )
        for unit in printer.filament_units:
            parent = device
            if not unit.is_external:
                parent = self._set_unit(printer, unit, device)
            if self.has_slots:
                for slot in unit.slots:
                    self._set_slot(printer, unit, slot, parent)

    @callback
    def async_remove_stale(self, farm: Farm) -> None:
        """Removes devices that the engine no longer lists, with their entities.

        Units and slots stay while their printer is not heard: it cannot tell which
        it has.
        """
        wanted = {engine_identifier(self.engine_id)[1]}
        unheard: list[str] = []
        for printer in farm.printers.values():
            base = printer_identifier(self.engine_id, printer.id)[1]
            wanted.add(base)
            if printer.is_live:
                wanted.update(self._parts(printer))
            elif self.has_slots:
                unheard.append(f"{base}_unit_")
            else:
                wanted.update(self._parts(printer))
        for device in self._all():
            names = {name for domain, name in device.identifiers if domain == DOMAIN}
            is_unheard = any(n.startswith(base) for n in names for base in unheard)
            # A parent takes its children along.
            if not is_unheard and not names & wanted and self._exists(device.id):
                self._registry.async_remove_device(device.id)

    @callback
    def async_device(self, key: DeviceKey) -> dr.AnyDeviceEntry:
        """Returns the device; raises `KeyError` where the tree does not have it."""
        if key.printer_id is None:
            return self._main(engine_identifier(self.engine_id))
        if key.unit is None:
            return self._main(printer_identifier(self.engine_id, key.printer_id))
        if (ref := key.slot_ref) is None:
            return self._main(unit_identifier(self.engine_id, key.printer_id, key.unit))
        identifier = slot_identifier(self.engine_id, key.printer_id, ref)
        found = self._registry.async_get_child_device_by_identifier(
            identifier, self._entry.entry_id
        )
        if found is None:
            raise KeyError(identifier)
        return found

    def _set_unit(
        self, printer: Printer, unit: FilamentUnit, device: dr.DeviceEntry
    ) -> dr.DeviceEntry:
        return self._registry.async_get_or_create(
            config_entry_id=self._entry.entry_id,
            identifiers={unit_identifier(self.engine_id, printer.id, unit.id)},
            name=f"{printer.name} {unit.name}",
            manufacturer=printer.model.maker if printer.model else None,
            model=UNIT_MODELS.get(unit.kind),
            serial_number=unit.serial,
            sw_version=unit.firmware,
            via_device_id=device.id,
        )

    def _set_slot(
        self,
        printer: Printer,
        unit: FilamentUnit,
        slot: Slot,
        parent: dr.DeviceEntry,
    ) -> None:
        ref = SlotRef(unit.id, slot.id)
        identifiers = {slot_identifier(self.engine_id, printer.id, ref)}
        if unit.is_external and sum(u.is_external for u in printer.filament_units) > 1:
            self._registry.async_get_or_create_child(
                config_entry_id=self._entry.entry_id,
                identifiers=identifiers,
                parent_device_id=parent.id,
                name=unit.name,
            )
            return
        self._registry.async_get_or_create_child(
            config_entry_id=self._entry.entry_id,
            identifiers=identifiers,
            parent_device_id=parent.id,
            translation_key="external_spool" if unit.is_external else "slot",
            translation_placeholders=(
                None if unit.is_external else {"slot": str(slot.id + 1)}
            ),
        )

    def _parts(self, printer: Printer) -> Iterator[str]:
        for unit in units_of(printer):
            yield unit_identifier(self.engine_id, printer.id, unit.id)[1]
        if not self.has_slots:
            return
        for unit, slot in slots_of(printer):
            ref = SlotRef(unit.id, slot.id)
            yield slot_identifier(self.engine_id, printer.id, ref)[1]

    def _main(self, identifier: Identifier) -> dr.DeviceEntry:
        found = self._registry.async_get_device_by_identifier(
            identifier, self._entry.entry_id
        )
        if found is None:
            raise KeyError(identifier)
        return found

    def _all(self) -> list[dr.AnyDeviceEntry]:
        entry_id = self._entry.entry_id
        return [
            *dr.async_entries_for_config_entry(self._registry, entry_id),
            *dr.async_child_entries_for_config_entry(self._registry, entry_id),
        ]

    def _exists(self, device_id: str) -> bool:
        return self._registry.async_get(device_id) is not None


def key_of(engine_id: str, device: dr.AnyDeviceEntry) -> DeviceKey | None:
    """Returns what a device stands for; `None` where it is none of this engine's."""
    for domain, name in device.identifiers:
        if domain != DOMAIN or not name.startswith(engine_id):
            continue
        rest = name.removeprefix(engine_id)
        if not rest:
            return DeviceKey()
        printer_id, _, part = rest.removeprefix("_").partition("_unit_")
        if not part:
            return DeviceKey(printer_id)
        unit, _, slot = part.partition("_slot_")
        return DeviceKey(printer_id, int(unit), int(slot) if slot else None)
    return None
