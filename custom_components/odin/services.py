"""The actions: what no entity can express."""

import asyncio
import re
from typing import Any

import probatio
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import service

from .client import OdinClient, SlotRef, Stopped
from .const import CONF_TAGS, DOMAIN
from .coordinator import OdinConfigEntry
from .device import DeviceKey, key_of
from .errors import engine_errors

ATTR_COLOR = "color"
ATTR_CONFIG_ENTRY_ID = "config_entry_id"
ATTR_GCODE = "gcode"
ATTR_HOURS = "hours"
ATTR_K = "k"
ATTR_MATERIAL = "material"
ATTR_NOZZLE_MAX_C = "nozzle_max_c"
ATTR_NOZZLE_MIN_C = "nozzle_min_c"
ATTR_OBJECT_IDS = "object_ids"
ATTR_PRESET_ID = "preset_id"
ATTR_ROTATE = "rotate"
ATTR_TARGET_C = "target_c"

_HEX = re.compile(r"#?([0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?)")
_DEVICES = probatio.All(cv.ensure_list, [cv.string])


def _color(value: Any) -> str:  # noqa: ANN401 - what a schema hands over
    """Returns `#RRGGBB` or `#RRGGBBAA`, also of three numbers as the picker gives them."""
    if isinstance(value, list | tuple):
        red, green, blue = probatio.All(
            probatio.Length(min=3, max=3), [probatio.All(int, probatio.Range(0, 255))]
        )(list(value))
        return f"#{red:02X}{green:02X}{blue:02X}"
    found = _HEX.fullmatch(str(value))
    if found is None:
        raise probatio.Invalid("expected a colour such as #F2754E")
    return f"#{found[1].upper()}"


EMERGENCY_STOP = probatio.Schema(
    {
        probatio.Optional(ATTR_DEVICE_ID): _DEVICES,
        probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    }
)
CLEAR_PLATE = probatio.Schema({probatio.Required(ATTR_DEVICE_ID): _DEVICES})
SKIP_OBJECTS = probatio.Schema(
    {
        probatio.Required(ATTR_DEVICE_ID): cv.string,
        probatio.Required(ATTR_OBJECT_IDS): probatio.All(
            cv.ensure_list, probatio.Length(min=1), [cv.positive_int]
        ),
    }
)
CONFIGURE_SLOT = probatio.Schema(
    {
        probatio.Required(ATTR_DEVICE_ID): cv.string,
        probatio.Required(ATTR_PRESET_ID): cv.string,
        probatio.Required(ATTR_MATERIAL): cv.string,
        probatio.Required(ATTR_COLOR): _color,
        probatio.Required(ATTR_NOZZLE_MIN_C): cv.positive_int,
        probatio.Required(ATTR_NOZZLE_MAX_C): cv.positive_int,
        probatio.Optional(ATTR_K): cv.positive_float,
    }
)
START_DRYING = probatio.Schema(
    {
        probatio.Required(ATTR_DEVICE_ID): cv.string,
        probatio.Required(ATTR_TARGET_C): cv.positive_int,
        probatio.Required(ATTR_HOURS): cv.positive_int,
        probatio.Required(ATTR_MATERIAL): cv.string,
        probatio.Optional(ATTR_ROTATE, default=False): cv.boolean,
    }
)
SEND_GCODE = probatio.Schema(
    {
        probatio.Required(ATTR_DEVICE_ID): cv.string,
        probatio.Required(ATTR_GCODE): cv.string,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Registers the actions, once for all engines."""
    register = hass.services.async_register
    register(
        DOMAIN,
        "emergency_stop",
        _emergency_stop,
        schema=EMERGENCY_STOP,
        supports_response=SupportsResponse.OPTIONAL,
    )
    register(DOMAIN, "clear_plate", _clear_plate, schema=CLEAR_PLATE)
    register(DOMAIN, "skip_objects", _skip_objects, schema=SKIP_OBJECTS)
    register(DOMAIN, "configure_slot", _configure_slot, schema=CONFIGURE_SLOT)
    register(DOMAIN, "start_drying", _start_drying, schema=START_DRYING)
    register(DOMAIN, "send_gcode", _send_gcode, schema=SEND_GCODE)


async def _emergency_stop(call: ServiceCall) -> ServiceResponse:
    """Stops what is meant everywhere at once, and tells only then who did not confirm."""
    targets = _who_to_stop(call)
    answers = await asyncio.gather(
        *(_stop(call, entry, ids) for entry, ids in targets), return_exceptions=True
    )
    stopped: list[Stopped] = []
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
        stopped += answer
    if call.return_response:
        return {
            "printers": [
                {"name": each.name, "outcome": each.outcome, "text": each.text}
                for each in stopped
            ]
        }
    running = [f"{each.name}: {each.text}" for each in stopped if not each.is_confirmed]
    if running:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="stop_not_confirmed",
            translation_placeholders={"printers": " ".join(running)},
        )
    return None


type StopTarget = tuple[OdinConfigEntry, set[str] | None]


def _who_to_stop(call: ServiceCall) -> list[StopTarget]:
    """Returns printers by entry, `None` for all of an engine; without a target, everything."""
    named: dict[str, StopTarget] = {}
    for device_id in call.data.get(ATTR_DEVICE_ID, ()):
        entry, key = _device(call.hass, device_id)
        _, ids = named.setdefault(entry.entry_id, (entry, set()))
        if key.printer_id is None or ids is None:
            named[entry.entry_id] = (entry, _chosen(entry))
        else:
            ids.add(key.printer_id)
    if named:
        return list(named.values())
    entries = call.hass.config_entries.async_entries(DOMAIN)
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is not None:
        entries = [service.async_get_config_entry(call.hass, DOMAIN, entry_id)]
    return [
        (entry, _chosen(entry))
        for entry in entries
        if entry.state is ConfigEntryState.LOADED
    ]


def _chosen(entry: OdinConfigEntry) -> set[str] | None:
    """Returns the printers that the options show, `None` where they show all."""
    if not entry.options.get(CONF_TAGS):
        return None
    return set(entry.runtime_data.coordinator.data.printers)


async def _stop(
    call: ServiceCall, entry: OdinConfigEntry, ids: set[str] | None
) -> tuple[Stopped, ...]:
    if ids is not None and not ids:
        return ()
    client = await _client(call, entry)
    with engine_errors(call.hass, entry):
        return await client.emergency_stop(ids)


async def _clear_plate(call: ServiceCall) -> None:
    for device_id in call.data[ATTR_DEVICE_ID]:
        entry, printer_id, _ = _printer(call.hass, device_id)
        client = await _client(call, entry)
        with engine_errors(call.hass, entry):
            await client.clear_plate(printer_id)


async def _skip_objects(call: ServiceCall) -> None:
    entry, printer_id, _ = _printer(call.hass, call.data[ATTR_DEVICE_ID])
    client = await _client(call, entry)
    with engine_errors(call.hass, entry):
        await client.skip_objects(printer_id, call.data[ATTR_OBJECT_IDS])


async def _configure_slot(call: ServiceCall) -> None:
    entry, printer_id, key = _printer(call.hass, call.data[ATTR_DEVICE_ID])
    slot: SlotRef | None = key.slot_ref
    if slot is None:
        raise _wrong_device("not_a_slot")
    what = {name: call.data[name] for name in call.data if name != ATTR_DEVICE_ID}
    client = await _client(call, entry)
    with engine_errors(call.hass, entry):
        await client.configure_slot(printer_id, slot, what)


async def _start_drying(call: ServiceCall) -> None:
    entry, printer_id, key = _printer(call.hass, call.data[ATTR_DEVICE_ID])
    if key.unit is None:
        raise _wrong_device("not_a_unit")
    target_c, hours = call.data[ATTR_TARGET_C], call.data[ATTR_HOURS]
    _check_drying(entry, printer_id, key.unit, target_c, hours)
    client = await _client(call, entry)
    with engine_errors(call.hass, entry):
        await client.start_drying(
            printer_id,
            key.unit,
            target_c,
            hours,
            call.data[ATTR_MATERIAL],
            rotates=call.data[ATTR_ROTATE],
        )


def _check_drying(
    entry: OdinConfigEntry, printer_id: str, unit_id: int, target_c: int, hours: int
) -> None:
    """Raises for what the unit cannot; where its bounds are not known, the engine does."""
    printer = entry.runtime_data.coordinator.data.printers.get(printer_id)
    unit = None if printer is None else printer.unit(unit_id)
    bounds = None if unit is None else unit.drying_bounds
    if bounds is None or bounds.allow(target_c, hours):
        return
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="drying_out_of_bounds",
        translation_placeholders={
            "min_c": str(bounds.min_c),
            "max_c": str(bounds.max_c),
            "min_hours": str(bounds.min_hours),
            "max_hours": str(bounds.max_hours),
        },
    )


async def _send_gcode(call: ServiceCall) -> None:
    entry, printer_id, _ = _printer(call.hass, call.data[ATTR_DEVICE_ID])
    lines = [line.strip() for line in call.data[ATTR_GCODE].splitlines()]
    client = await _client(call, entry)
    with engine_errors(call.hass, entry):
        await client.send_gcode(printer_id, [line for line in lines if line])


async def _client(call: ServiceCall, entry: OdinConfigEntry) -> OdinClient:
    """Returns the client as whoever called may use it."""
    return await entry.runtime_data.coordinator.async_client_for(call.context)


def _device(hass: HomeAssistant, device_id: str) -> tuple[OdinConfigEntry, DeviceKey]:
    entry: OdinConfigEntry
    device, entry = service.async_get_device_and_config_entry(hass, DOMAIN, device_id)
    key = key_of(entry.runtime_data.coordinator.engine_id, device)
    if key is None:
        raise _wrong_device("not_a_printer")
    return entry, key


def _printer(
    hass: HomeAssistant, device_id: str
) -> tuple[OdinConfigEntry, str, DeviceKey]:
    entry, key = _device(hass, device_id)
    if key.printer_id is None:
        raise _wrong_device("not_a_printer")
    return entry, key.printer_id, key


def _wrong_device(translation_key: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=translation_key
    )
