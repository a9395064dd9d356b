"""How people mend a printer's connection from Home Assistant's repairs."""

from typing import Any

import probatio
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from . import issues
from .client import Certificates, EngineError, OdinClient
from .const import DOMAIN
from .coordinator import OdinConfigEntry

_CODE = "access_code"


class _PrinterFlow(RepairsFlow):
    """A repair of one printer's connection."""

    def __init__(self, client: OdinClient, printer_id: str, name: str) -> None:
        self._client = client
        self._printer_id = printer_id
        self._placeholders = {"printer": name}


class AccessCodeFlow(_PrinterFlow):
    """Asks for the code that the printer shows now."""

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begins; what it is given is the issue, no answer."""
        return await self.async_step_enter()

    async def async_step_enter(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Asks for the code."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                await self._client.change_access_code(
                    self._printer_id, user_input[_CODE].strip()
                )
            except EngineError as error:
                errors["base"] = "refused"
                self._placeholders["error"] = error.detail
            else:
                return self.async_create_entry(data={})
        selector = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
        return self.async_show_form(
            step_id="enter",
            data_schema=probatio.Schema({probatio.Required(_CODE): selector}),
            description_placeholders=self._placeholders,
            errors=errors,
        )


class CertificateFlow(_PrinterFlow):
    """Shows both fingerprints; to go on means that somebody compared them."""

    def __init__(self, client: OdinClient, printer_id: str, name: str) -> None:
        super().__init__(client, printer_id, name)
        self._shown: Certificates | None = None

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Fetches the fingerprints."""
        try:
            self._shown = await self._client.certificates(self._printer_id)
        except EngineError:
            return self.async_abort(reason="cannot_connect")
        if not self._shown.pinned_sha256 or not self._shown.found_sha256:
            # Somebody confirmed it meanwhile, or the old one is back.
            return self.async_create_entry(data={})
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Asks whether they were compared."""
        shown = self._shown or Certificates()
        pinned, found = shown.pinned_sha256 or "", shown.found_sha256 or ""
        if user_input is not None:
            try:
                await self._client.trust_certificate(self._printer_id, pinned, found)
            except EngineError:
                return self.async_abort(reason="changed_again")
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=probatio.Schema({}),
            description_placeholders={
                **self._placeholders,
                "pinned": _in_pairs(pinned),
                "found": _in_pairs(found),
            },
        )


class GoneFlow(RepairsFlow):
    """Says that there is nothing to mend any more."""

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ends at once."""
        return self.async_abort(reason="printer_gone")


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Returns the dialog that mends an issue."""
    told = data or {}
    entry: OdinConfigEntry | None = hass.config_entries.async_get_entry(
        str(told.get("entry_id"))
    )
    if entry is None or entry.domain != DOMAIN or not hasattr(entry, "runtime_data"):
        return GoneFlow()
    runtime = entry.runtime_data
    printer = runtime.coordinator.data.printers.get(str(told.get("printer_id")))
    if printer is None:
        return GoneFlow()
    kind = (
        CertificateFlow if issue_id.startswith(issues.CERTIFICATE) else AccessCodeFlow
    )
    return kind(runtime.client, printer.id, printer.name)


def _in_pairs(fingerprint: str) -> str:
    pairs = (fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2))
    return ":".join(pairs).upper()
