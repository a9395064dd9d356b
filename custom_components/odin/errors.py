"""The client's errors as Home Assistant's, in the user's language."""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .client import (
    EngineError,
    InvalidAuth,
    NotAllowed,
    NotFound,
    Refused,
    Rejected,
)
from .const import DOMAIN
from .coordinator import OdinConfigEntry

_CODES = {
    "printer_command_rejected",
    "printer_command_timed_out",
    "printer_control_refused",
    "printer_not_connected",
    "printer_not_now",
    "printer_not_supported",
    "printer_observe_only",
    "printer_out_of_bounds",
    "printer_unreachable",
}
"""Refusals of the engine with a sentence of their own in `exceptions`."""


@contextmanager
def engine_errors(hass: HomeAssistant, entry: OdinConfigEntry) -> Iterator[None]:
    """Raises the client's errors as translated ones, around a call by a person.

    What the caller can mend is a `ServiceValidationError`; a refused token starts the
    reauthentication.
    """
    try:
        yield
    except InvalidAuth as error:
        entry.async_start_reauth(hass)
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="invalid_auth"
        ) from error
    except EngineError as error:
        raise translated(error) from error


def translated(error: EngineError) -> HomeAssistantError:
    """Returns what to raise for an error of the engine."""
    key = error.code if error.code in _CODES else _key(error)
    is_outside = isinstance(error, Refused) and error.is_outside
    is_theirs = isinstance(error, NotAllowed | NotFound | Rejected | Refused)
    kind = (
        ServiceValidationError if is_theirs and not is_outside else HomeAssistantError
    )
    return kind(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"error": error.detail},
    )


def _key(error: EngineError) -> str:
    match error:
        case NotAllowed():
            return "not_allowed"
        case NotFound():
            return "not_found"
        case Rejected():
            return "rejected"
        case Refused():
            return "refused"
    return "cannot_connect"
