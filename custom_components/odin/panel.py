"""The sidebar panel and the cards: their files, the panel itself, the dashboards' resource.

All of it is there while an engine is set up, whether that answers or not. The files are
built by `script/panel`; their names carry a hash, so browsers keep them for long.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from homeassistant.components import frontend, panel_custom
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, NAME

_LOGGER = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).parent / "frontend"
STATIC_URL: Final = f"/{DOMAIN}_static/"
PANEL_PATH: Final = DOMAIN

_MANIFEST = "manifest.json"
_PANEL_ENTRY = "src/entry/home-assistant.ts"
_CARDS_ENTRY = "src/entry/cards.ts"
_ELEMENT = "odin-panel"
_ICON = "mdi:printer-3d-nozzle"


@dataclass(frozen=True, slots=True)
class Shown:
    """What browsers are told to load."""

    panel_url: str
    cards_url: str
    version: str
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Entries are set up side by side, and the dashboards' resource is one."""


_SHOWN: HassKey[Shown] = HassKey(f"{DOMAIN}_shown")


async def async_setup_files(hass: HomeAssistant) -> None:
    """Serves the built files, once per process. Without a build there are no pages."""
    names = await hass.async_add_executor_job(_names, FOLDER)
    if names is None:
        _LOGGER.warning(
            "The panel and the cards are not built, so they do not show; run"
            " script/panel in the project's folder, or install a release"
        )
        return
    integration = await async_get_integration(hass, DOMAIN)
    panel, cards = (f"{STATIC_URL}{name}" for name in names)
    hass.data[_SHOWN] = Shown(panel, cards, str(integration.version))
    await hass.http.async_register_static_paths(
        [StaticPathConfig(STATIC_URL.rstrip("/"), str(FOLDER), cache_headers=True)]
    )


async def async_show(hass: HomeAssistant) -> None:
    """Puts the panel into the sidebar and the cards into the dashboards; may be repeated."""
    shown = hass.data.get(_SHOWN)
    if shown is None:
        return
    if not frontend.async_panel_exists(hass, PANEL_PATH):
        await panel_custom.async_register_panel(
            hass,
            frontend_url_path=PANEL_PATH,
            webcomponent_name=_ELEMENT,
            sidebar_title=NAME,
            sidebar_icon=_ICON,
            module_url=shown.panel_url,
            embed_iframe=False,
            # Its bars reach under the notch and the home bar of a phone.
            handle_safe_area=True,
            require_admin=False,
            config={"version": shown.version},
        )
    async with shown.turn:
        await _async_offer_cards(hass, shown.cards_url)


async def async_hide(hass: HomeAssistant) -> None:
    """Takes both back, once no engine is set up any more."""
    if hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    ):
        return
    shown = hass.data.get(_SHOWN)
    if shown is None:
        return
    frontend.async_remove_panel(hass, PANEL_PATH, warn_if_unknown=False)
    async with shown.turn:
        await _async_withdraw_cards(hass, shown.cards_url)


async def _async_offer_cards(hass: HomeAssistant, url: str) -> None:
    resources = _stored_resources(hass)
    if resources is None:
        # Dashboards whose resources are in YAML cannot be written to.
        frontend.add_extra_js_url(hass, url)
        return
    await resources.async_get_info()
    ours = _ours(resources)
    if not ours:
        await resources.async_create_item({"res_type": "module", "url": url})
        return
    if ours[0]["url"] != url:
        await resources.async_update_item(ours[0]["id"], {"url": url})
    for doubled in ours[1:]:
        await resources.async_delete_item(doubled["id"])


async def _async_withdraw_cards(hass: HomeAssistant, url: str) -> None:
    resources = _stored_resources(hass)
    if resources is None:
        frontend.remove_extra_js_url(hass, url)
        return
    await resources.async_get_info()
    for item in _ours(resources):
        await resources.async_delete_item(item["id"])


@callback
def _stored_resources(hass: HomeAssistant) -> ResourceStorageCollection | None:
    """Returns the dashboards' resources where people manage them in Home Assistant."""
    lovelace = hass.data.get(LOVELACE_DATA)
    resources = None if lovelace is None else lovelace.resources
    return resources if isinstance(resources, ResourceStorageCollection) else None


def _ours(resources: ResourceStorageCollection) -> list[dict[str, Any]]:
    return [
        item for item in resources.async_items() if item["url"].startswith(STATIC_URL)
    ]


def _names(folder: Path) -> tuple[str, str] | None:
    """Returns the hashed names of the panel's and the cards' modules, of a whole build."""
    try:
        built = orjson.loads((folder / _MANIFEST).read_bytes())
        found = tuple(
            str(built[entry]["file"]) for entry in (_PANEL_ENTRY, _CARDS_ENTRY)
        )
    except OSError, ValueError, KeyError, TypeError:
        return None
    panel, cards = found
    return (panel, cards) if all((folder / name).is_file() for name in found) else None
