"""What the system's health page says of our engines."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .coordinator import OdinConfigEntry


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Registers what is asked for the page."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    entries: list[OdinConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    loaded = [
        entry.runtime_data.coordinator
        for entry in entries
        if entry.state is ConfigEntryState.LOADED
    ]
    return {
        "engines": len(hass.config_entries.async_entries(DOMAIN)),
        "connected": sum(each.link.is_open for each in loaded),
        "versions": ", ".join(sorted({each.data.engine.version for each in loaded})),
        "printers": sum(len(each.data.printers) for each in loaded),
    }
