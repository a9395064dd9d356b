"""What helps to find a fault, without what is nobody's business."""

from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .coordinator import OdinConfigEntry, OdinCoordinator
from .device import key_of

_REDACTED = {
    CONF_TOKEN,
    CONF_URL,
    "external_id",
    "file",
    "hardware",
    "help_url",
    "host",
    "maintenance_note",
    "notes",
    "pin_sha256",
    "ports",
    "serial",
    "spool_uid",
    "tag_uid",
    "unique_id",
}
_JOB = {"name"}
"""What a job is called tells what somebody makes."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: OdinConfigEntry
) -> dict[str, Any]:
    """Returns the entry, the connection, and every printer as the engine told it."""
    coordinator = entry.runtime_data.coordinator
    return {
        "entry": {
            "data": async_redact_data(dict(entry.data), _REDACTED),
            "options": dict(entry.options),
            "source": entry.source,
        },
        "engine": {
            "version": coordinator.data.engine.version,
            "api_version": coordinator.data.engine.api_version,
        },
        "link": {
            "is_open": coordinator.link.is_open,
            "is_available": coordinator.last_update_success,
            "last_error": type(coordinator.last_exception).__name__,
        },
        "alerts": [alert.code for alert in coordinator.data.alerts.values()],
        "printers": [_printer(coordinator, key) for key in coordinator.data.printers],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: OdinConfigEntry, device: dr.AnyDeviceEntry
) -> dict[str, Any]:
    """Returns the printer that a device is, or belongs to."""
    coordinator = entry.runtime_data.coordinator
    key = key_of(coordinator.engine_id, device)
    if key is None or key.printer_id is None:
        return await async_get_config_entry_diagnostics(hass, entry)
    return {
        "unit": key.unit,
        "slot": key.slot,
        "printer": _printer(coordinator, key.printer_id),
    }


def _printer(coordinator: OdinCoordinator, printer_id: str) -> dict[str, Any]:
    raw = coordinator.link.raw_printers.get(printer_id, {})
    told: dict[str, Any] = async_redact_data(raw, _REDACTED)
    # Two names that are people's own; those of models and products help.
    told["name"] = "**REDACTED**"
    if isinstance(told.get("job"), dict):
        told["job"] = async_redact_data(told["job"], _JOB)
    return told
