"""What automations can ask."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import Condition

from .automation import CONDITIONS


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Returns the conditions by key."""
    return CONDITIONS
