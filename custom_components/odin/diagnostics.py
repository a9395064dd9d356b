"""What helps to find a fault, without what is nobody's business."""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .client import CannotConnect, EngineError
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
    "options",
    "pin_sha256",
    "ports",
    "serial",
    "spool_uid",
    "tag_uid",
    "unique_id",
}
_JOB = {"name"}
"""What a job is called tells what somebody makes."""
_TELLING: Final = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)|[0-9a-f]{64}")
"""What may be an address, and fingerprints of certificates."""


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
        "printers": await _printers(coordinator, coordinator.data.printers),
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: OdinConfigEntry, device: dr.AnyDeviceEntry
) -> dict[str, Any]:
    """Returns the printer that a device is, or belongs to."""
    coordinator = entry.runtime_data.coordinator
    key = key_of(coordinator.engine_id, device)
    if key is None or key.printer_id is None:
        return await async_get_config_entry_diagnostics(hass, entry)
    (printer,) = await _printers(coordinator, (key.printer_id,))
    return {"unit": key.unit, "slot": key.slot, "printer": printer}


async def _printers(
    coordinator: OdinCoordinator, printer_ids: Iterable[str]
) -> list[dict[str, Any]]:
    told = []
    is_there = coordinator.link.is_open
    for printer_id in printer_ids:
        last_check = None
        if is_there:
            try:
                last_check = await _last_check(coordinator, printer_id)
            except CannotConnect:
                # Nobody waits for an engine that is gone once per printer.
                is_there = False
        told.append(_printer(coordinator, printer_id) | {"last_check": last_check})
    return told


async def _last_check(
    coordinator: OdinCoordinator, printer_id: str
) -> dict[str, Any] | None:
    """Returns the last check of a printer's connection, if there was one.

    Raises:
        CannotConnect: the engine does not answer.
    """
    try:
        told = await coordinator.client.ask(f"/printers/{printer_id}/check")
    except CannotConnect:
        raise
    except EngineError:
        return None
    raw = coordinator.link.raw_printers.get(printer_id, {})
    return {
        "at": told.get("at"),
        "is_ok": told.get("is_ok"),
        "checks": [_without_names(each, raw) for each in told.get("checks", ())],
    }


def _without_names(
    check: Mapping[str, Any], printer: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns a step of a check without what its sentences say of the machine."""
    model = printer.get("model") or {}
    words = [printer.get(name) for name in ("host", "serial", "name")]
    words.append(model.get("serial"))
    told = dict(check)
    for name in ("detail", "remedy"):
        text = told.get(name)
        if not isinstance(text, str):
            continue
        for word in words:
            if isinstance(word, str) and word:
                text = re.sub(re.escape(word), REDACTED, text, flags=re.IGNORECASE)
        told[name] = _TELLING.sub(_masked, text)
    return told


def _masked(found: re.Match[str]) -> str:
    """Returns what to write in place of it; the version of a firmware stays."""
    if "." not in found[0]:
        return REDACTED
    try:
        IPv4Address(found[0])
    except ValueError:
        return found[0]
    return REDACTED


def _printer(coordinator: OdinCoordinator, printer_id: str) -> dict[str, Any]:
    raw = coordinator.link.raw_printers.get(printer_id, {})
    told: dict[str, Any] = async_redact_data(raw, _REDACTED)
    # Two names that are people's own; those of models and products help.
    told["name"] = REDACTED
    if isinstance(told.get("job"), dict):
        told["job"] = async_redact_data(told["job"], _JOB)
    return told
