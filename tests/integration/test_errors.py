"""Each error of the client is one of Home Assistant's, with a sentence."""

import pytest
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from custom_components.odin.client import (
    CannotConnect,
    EngineError,
    InvalidAuth,
    NotAllowed,
    NotFound,
    Refused,
    Rejected,
)
from custom_components.odin.errors import engine_errors, translated
from tests.integration.conftest import make_entry
from tests.integration.farm import Engine


@pytest.mark.parametrize(
    ("error", "key", "kind"),
    [
        (CannotConnect("x"), "cannot_connect", HomeAssistantError),
        (NotAllowed("x"), "not_allowed", ServiceValidationError),
        (NotFound("x"), "not_found", ServiceValidationError),
        (Rejected("x"), "rejected", ServiceValidationError),
        (Refused("x"), "refused", ServiceValidationError),
        (Refused("x", is_outside=True), "refused", HomeAssistantError),
        (
            Refused("x", code="printer_not_now"),
            "printer_not_now",
            ServiceValidationError,
        ),
        (
            Refused("x", code="printer_unreachable", is_outside=True),
            "printer_unreachable",
            HomeAssistantError,
        ),
    ],
)
def test_every_error_has_its_sentence(
    error: EngineError, key: str, kind: type[HomeAssistantError]
) -> None:
    told = translated(error)
    assert type(told) is kind
    assert told.translation_key == key
    assert told.translation_placeholders == {"error": "x"}


async def test_a_refused_token_begins_the_reauthentication(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    with pytest.raises(HomeAssistantError) as told, engine_errors(hass, entry):
        raise InvalidAuth("gone")
    assert told.value.translation_key == "invalid_auth"
    await hass.async_block_till_done()
    assert any(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))
