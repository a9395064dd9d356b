"""How an engine comes to Home Assistant: typed in, handed over, or found."""

from collections.abc import Mapping
from typing import Any, override
from urllib.parse import urlsplit

import probatio
from homeassistant.config_entries import (
    SOURCE_HASSIO,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlow,
    OptionsFlowWithReload,
)
from homeassistant.const import (
    CONF_HOST,
    CONF_PORT,
    CONF_TOKEN,
    CONF_URL,
    CONF_VERIFY_SSL,
)
from homeassistant.core import callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from homeassistant.util.network import is_ip_address

from .client import (
    API_VERSION_MIN,
    CannotConnect,
    EngineError,
    EngineInfo,
    InvalidAuth,
    NotFound,
    NotOdin,
    OdinClient,
    Role,
    UnsupportedVersion,
)
from .const import (
    CONF_GUEST_ROLE,
    CONF_SLOT_DEVICES,
    CONF_TAGS,
    DOMAIN,
    NAME,
    SCOPES_NEEDED,
)
from .coordinator import OdinConfigEntry

_URL = TextSelector(TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url"))
_TOKEN = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
_SCHEMES = {"http", "https"}
_IS_APP = "1"
"""What an engine in Home Assistant's app says of itself; the Supervisor hands it over."""


class OdinConfigFlow(ConfigFlow, domain=DOMAIN):
    """Sets up one engine, known by its id whatever its address is."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}
        """Address, and token where it was handed over, of a discovered engine."""

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        return OdinOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Asks for address and token."""
        errors: dict[str, str] = {}
        if user_input is not None:
            info = await self._async_try(user_input, errors)
            if info is not None:
                await self.async_set_unique_id(info.engine_id, raise_on_progress=False)
                self._abort_if_unique_id_configured(updates=user_input)
                return self.async_create_entry(title=NAME, data=user_input)
        schema = probatio.Schema(
            {
                probatio.Required(CONF_URL): _URL,
                probatio.Required(CONF_TOKEN): _TOKEN,
                probatio.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
            }
        )
        return self._show("user", schema, user_input, errors)

    @override
    async def async_step_hassio(
        self, discovery_info: HassioServiceInfo
    ) -> ConfigFlowResult:
        """Takes an engine that runs as an app and handed over its address and token."""
        told = discovery_info.config
        try:
            url = _address(str(told[CONF_HOST]), int(told[CONF_PORT]))
            token, engine_id = str(told["auth_token"]), str(told["engine_id"])
            api_version = int(told["api_version"])
        except KeyError, ValueError:
            return self.async_abort(reason="invalid_discovery_info")
        if api_version < API_VERSION_MIN:
            return self.async_abort(reason="unsupported_version")
        self._found = {CONF_URL: url, CONF_TOKEN: token, CONF_VERIFY_SSL: True}
        await self._async_known(engine_id, self._found)
        return await self.async_step_hassio_confirm()

    async def async_step_hassio_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Asks whether to use the app's engine."""
        errors: dict[str, str] = {}
        if user_input is not None and await self._async_try(self._found, errors):
            return self.async_create_entry(title=NAME, data=self._found)
        self._set_confirm_only()
        return self.async_show_form(step_id="hassio_confirm", errors=errors)

    @override
    async def async_step_zeroconf(
        self, discovery_info: ZeroconfServiceInfo
    ) -> ConfigFlowResult:
        """Takes an engine that announces itself in the network."""
        told = discovery_info.properties
        engine_id = told.get("id")
        if not engine_id or not discovery_info.port:
            return self.async_abort(reason="invalid_discovery_info")
        if told.get("app") == _IS_APP:
            return self.async_abort(reason="is_app")
        url = _address(discovery_info.host, discovery_info.port)
        await self._async_known(engine_id, await self._async_moved(engine_id, url))
        self._found = {CONF_URL: url}
        self.context["title_placeholders"] = {"name": discovery_info.host}
        self.context["configuration_url"] = url
        return await self.async_step_zeroconf_confirm()

    async def async_step_zeroconf_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Asks for the token of a found engine."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data = {**self._found, CONF_VERIFY_SSL: True, **user_input}
            info = await self._async_try(data, errors)
            if info is not None and info.engine_id != self.unique_id:
                errors["base"] = "wrong_engine"
            elif info is not None:
                return self.async_create_entry(title=NAME, data=data)
        schema = probatio.Schema({probatio.Required(CONF_TOKEN): _TOKEN})
        return self._show("zeroconf_confirm", schema, None, errors, self._found)

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Begins to ask for another token, as the engine refuses the one there is."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Asks for another token."""
        errors: dict[str, str] = {}
        entry = self._get_reauth_entry()
        if user_input is not None:
            info = await self._async_try({**entry.data, **user_input}, errors)
            if info is not None:
                await self.async_set_unique_id(info.engine_id)
                self._abort_if_unique_id_mismatch(reason="wrong_engine")
                return self.async_update_reload_and_abort(
                    entry, data_updates=user_input
                )
        schema = probatio.Schema({probatio.Required(CONF_TOKEN): _TOKEN})
        return self._show("reauth_confirm", schema, None, errors, entry.data)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Asks for another address, or another token; an empty one stays."""
        errors: dict[str, str] = {}
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            data = {CONF_TOKEN: entry.data[CONF_TOKEN], **user_input}
            info = await self._async_try(data, errors)
            if info is not None:
                await self.async_set_unique_id(info.engine_id)
                self._abort_if_unique_id_mismatch(reason="wrong_engine")
                return self.async_update_reload_and_abort(entry, data_updates=data)
        schema = probatio.Schema(
            {
                probatio.Required(CONF_URL): _URL,
                probatio.Optional(CONF_TOKEN): _TOKEN,
                probatio.Required(CONF_VERIFY_SSL): BooleanSelector(),
            }
        )
        shown = user_input or {
            CONF_URL: entry.data[CONF_URL],
            CONF_VERIFY_SSL: entry.data.get(CONF_VERIFY_SSL, True),
        }
        return self._show("reconfigure", schema, shown, errors)

    async def _async_known(self, engine_id: str, updates: dict[str, Any]) -> None:
        """Ends a discovery of a known engine: it may have moved, and it is there now."""
        entry = await self.async_set_unique_id(engine_id)
        if entry is not None and entry.state is ConfigEntryState.SETUP_ERROR:
            # It may have been too old, or had another token. What merely waits is
            # reloaded by Home Assistant itself.
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, **updates}
            )
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        self._abort_if_unique_id_configured(updates=updates)

    async def _async_moved(self, engine_id: str, url: str) -> dict[str, Any]:
        """Returns what an announcement changes of a known engine.

        A name that a person typed, or a proxy's address, stays.
        """
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, engine_id
        )
        if (
            entry is None
            or entry.source == SOURCE_HASSIO
            or entry.data[CONF_URL] == url
        ):
            return {}
        before = urlsplit(entry.data[CONF_URL])
        if before.scheme != "http" or not is_ip_address(before.hostname or ""):
            return {}
        try:
            info = await OdinClient(async_get_clientsession(self.hass), url).info()
        except EngineError:
            return {}
        return {CONF_URL: url} if info.engine_id == engine_id else {}

    async def _async_try(
        self, data: Mapping[str, Any], errors: dict[str, str]
    ) -> EngineInfo | None:
        """Returns the engine there, or says in `errors` what is wrong."""
        if not _is_web_address(data[CONF_URL]):
            errors[CONF_URL] = "invalid_url"
            return None
        session = async_get_clientsession(
            self.hass, verify_ssl=data.get(CONF_VERIFY_SSL, True)
        )
        client = OdinClient(session, data[CONF_URL], data[CONF_TOKEN])
        try:
            info = await client.info()
            login = await client.login()
        except EngineError as error:
            errors["base"] = _reason(error)
            return None
        if not login.can_act or not set(SCOPES_NEEDED) <= set(login.permissions):
            errors["base"] = "missing_scopes"
            return None
        return info

    def _show(
        self,
        step_id: str,
        schema: probatio.Schema,
        shown: Mapping[str, Any] | None,
        errors: dict[str, str],
        place: Mapping[str, Any] | None = None,
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
            description_placeholders=place and {CONF_URL: place[CONF_URL]},
        )


class OdinOptionsFlow(OptionsFlowWithReload):
    """What of the farm shows in Home Assistant, and what its people may do."""

    config_entry: OdinConfigEntry

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Asks for all of it on one page."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        options = self.config_entry.options
        tags = sorted({*await self._async_tags(), *options.get(CONF_TAGS, ())})
        schema = probatio.Schema(
            {
                probatio.Optional(CONF_TAGS, default=list): SelectSelector(
                    SelectSelectorConfig(
                        options=tags, multiple=True, mode=SelectSelectorMode.DROPDOWN
                    )
                ),
                probatio.Required(
                    CONF_GUEST_ROLE, default=Role.OPERATOR.value
                ): SelectSelector(
                    SelectSelectorConfig(
                        options=[Role.OPERATOR.value, Role.VIEWER.value],
                        translation_key=CONF_GUEST_ROLE,
                        mode=SelectSelectorMode.LIST,
                    )
                ),
                probatio.Required(CONF_SLOT_DEVICES, default=True): BooleanSelector(),
            }
        )
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, options),
        )

    async def _async_tags(self) -> tuple[str, ...]:
        """Returns the tags in use; none where the engine is away."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return ()
        try:
            return await self.config_entry.runtime_data.client.tags()
        except EngineError:
            return ()


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in _SCHEMES and bool(parts.hostname)


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _reason(error: EngineError) -> str:
    match error:
        case InvalidAuth():
            return "invalid_auth"
        case UnsupportedVersion():
            return "unsupported_version"
        case NotOdin() | NotFound():
            return "not_odin"
        case CannotConnect():
            return "cannot_connect"
    return "unknown"
