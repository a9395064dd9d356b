"""What automations can start from."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import Trigger

from .automation import TRIGGERS


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Returns the triggers by key."""
    return TRIGGERS
