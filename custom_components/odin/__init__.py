"""O.D.I.N.: a 3D-print farm in Home Assistant."""

from homeassistant.const import CONF_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.typing import ConfigType

from . import issues, panel
from .client import OdinClient
from .const import DOMAIN, PLATFORMS
from .coordinator import OdinConfigEntry, OdinCoordinator, OdinRuntime
from .device import key_of
from .proxy import async_setup_proxy
from .relay import async_setup_relay
from .services import async_setup_services

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Sets up what all engines share."""
    async_setup_services(hass)
    async_setup_proxy(hass)
    async_setup_relay(hass)
    await panel.async_setup_files(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: OdinConfigEntry) -> bool:
    """Connects to an engine and follows it."""
    await panel.async_show(hass)
    session = async_get_clientsession(
        hass, verify_ssl=entry.data.get(CONF_VERIFY_SSL, True)
    )
    client = OdinClient(session, entry.data[CONF_URL], entry.data[CONF_TOKEN])
    coordinator = OdinCoordinator(hass, entry, client)
    await coordinator.async_config_entry_first_refresh()
    entry.runtime_data = OdinRuntime(client, coordinator)
    coordinator.async_start()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: OdinConfigEntry) -> bool:
    """Stops following; the link is a background task of the entry and ends with it."""
    is_unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if is_unloaded:
        issues.async_clear_printers(hass, entry)
        issues.async_set_disk(hass, entry, None)
        await panel.async_hide(hass)
    return is_unloaded


async def async_remove_entry(hass: HomeAssistant, entry: OdinConfigEntry) -> None:
    """Takes back what would outlive the entry."""
    issues.async_clear_engine(hass, entry)
    await panel.async_hide(hass)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: OdinConfigEntry, device: dr.AnyDeviceEntry
) -> bool:
    """Lets people remove what the engine does not know, and nothing else."""
    coordinator = entry.runtime_data.coordinator
    key = key_of(coordinator.engine_id, device)
    if key is None:
        return True
    if key.printer_id is None:
        return False
    printer = coordinator.data.printers.get(key.printer_id)
    if printer is None or key.unit is None:
        return printer is None
    if (ref := key.slot_ref) is not None:
        return printer.slot(ref) is None
    return printer.unit(key.unit) is None
