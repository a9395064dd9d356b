"""What Home Assistant's Supervisor knows of the app that runs an engine."""

from homeassistant.config_entries import SOURCE_HASSIO, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.hassio import is_hassio

from .const import DOMAIN


async def async_is_app_removed(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Whether the app that handed this engine over is not installed any more.

    Its message goes when it is uninstalled, and stays while it is only stopped.
    """
    if entry.source != SOURCE_HASSIO or not is_hassio(hass):
        return False
    # Not at the top: it is much to load where there is no Supervisor.
    from aiohasupervisor import SupervisorError  # noqa: PLC0415
    from homeassistant.components.hassio.handler import (  # noqa: PLC0415
        get_supervisor_client,
    )

    try:
        messages = await get_supervisor_client(hass).discovery.list()
    except SupervisorError:
        return False
    return not any(
        message.service == DOMAIN and message.config.get("engine_id") == entry.unique_id
        for message in messages
    )
