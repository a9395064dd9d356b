"""Words and numbers that several modules of the integration share."""

from datetime import timedelta
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "odin"
NAME: Final = "O.D.I.N."

CONF_TAGS: Final = "tags"
CONF_GUEST_ROLE: Final = "guest_role"
CONF_SLOT_DEVICES: Final = "slot_devices"

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.FAN,
    Platform.IMAGE,
    Platform.LIGHT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.UPDATE,
]

RESYNC: Final = timedelta(minutes=5)
"""Patches are numbered, so nothing gets lost; this is for what nobody thought of."""

SCOPES_NEEDED: Final = ("read:printers",)
"""Without these, and act-as, the integration is of no use; a token should have all."""
