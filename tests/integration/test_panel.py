"""The panel in the sidebar and the cards in the dashboards: there while an engine is."""

import json
import logging
from pathlib import Path

import pytest
from homeassistant.components import frontend
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, DATA_PANELS
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import EVENT_PANELS_UPDATED
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.odin import panel
from custom_components.odin.const import DOMAIN
from tests.integration.conftest import make_entry, set_up
from tests.integration.farm import Engine

_OLD = f"{panel.STATIC_URL}assets/cards-0000.js"
_NEW = f"{panel.STATIC_URL}assets/cards-1234.js"
_OTHERS = {"res_type": "module", "url": "/hacsfiles/other/other.js"}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of the panel, in the place of the real one."""
    folder = tmp_path / "frontend"
    (folder / "assets").mkdir(parents=True)
    entries = {"home-assistant": "panel-5678", "cards": "cards-1234"}
    manifest = {}
    for entry, name in entries.items():
        file = f"assets/{name}.js"
        (folder / file).write_text(f"// {name}\n", encoding="utf-8")
        manifest[f"src/entry/{entry}.ts"] = {"file": file, "isEntry": True}
    manifest["_shared.js"] = {"file": "assets/shared-9.js"}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.setattr(panel, "FOLDER", folder)
    return folder


def _damage(folder: Path, what: str) -> None:
    """Removes a file of a build, or writes something else into its manifest."""
    if what.endswith(("js", "json")):
        (folder / what).unlink()
    else:
        (folder / "manifest.json").write_text(what, encoding="utf-8")


def _panel(hass: HomeAssistant) -> frontend.Panel | None:
    return hass.data.get(DATA_PANELS, {}).get("odin")


async def _resources(hass: HomeAssistant) -> ResourceStorageCollection:
    resources = hass.data[LOVELACE_DATA].resources
    assert isinstance(resources, ResourceStorageCollection)
    await resources.async_get_info()
    return resources


async def _urls(hass: HomeAssistant) -> list[str]:
    return [item["url"] for item in (await _resources(hass)).async_items()]


async def test_the_panel_is_in_the_sidebar_for_everybody(
    hass: HomeAssistant,
    built: Path,
    entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await set_up(hass, entry)
    shown = _panel(hass)
    assert shown is not None
    assert shown.sidebar_title == "O.D.I.N."
    assert shown.sidebar_icon == "mdi:printer-3d-nozzle"
    assert not shown.require_admin
    assert shown.config is not None
    custom = shown.config["_panel_custom"]
    assert custom["name"] == "odin-panel"
    assert custom["module_url"] == f"{panel.STATIC_URL}assets/panel-5678.js"
    assert not custom["embed_iframe"]
    assert shown.config["version"]
    browser = await hass_client_no_auth()
    answer = await browser.get(custom["module_url"])
    assert (answer.status, await answer.text()) == (200, "// panel-5678\n")
    assert "max-age" in answer.headers["Cache-Control"]
    assert (await browser.get(f"{panel.STATIC_URL}../const.py")).status != 200


async def test_it_is_there_while_any_engine_is(
    hass: HomeAssistant, built: Path, engine: Engine, own_engine: Engine
) -> None:
    first, second = make_entry(engine), make_entry(own_engine)
    await set_up(hass, first)
    changes = async_capture_events(hass, EVENT_PANELS_UPDATED)
    await set_up(hass, second)
    # A reload would make the page of whoever looks at it vanish.
    await hass.config_entries.async_reload(first.entry_id)
    assert changes == []
    assert await hass.config_entries.async_remove(first.entry_id)
    assert _panel(hass) is not None
    await hass.config_entries.async_set_disabled_by(
        second.entry_id, ConfigEntryDisabler.USER
    )
    assert _panel(hass) is None
    assert await _urls(hass) == []
    await hass.config_entries.async_set_disabled_by(second.entry_id, None)
    assert _panel(hass) is not None
    assert await _urls(hass) == [_NEW]
    assert await hass.config_entries.async_remove(second.entry_id)
    assert _panel(hass) is None
    assert await _urls(hass) == []
    third = make_entry(engine)
    await set_up(hass, third)
    assert _panel(hass) is not None
    assert await _urls(hass) == [_NEW]


async def test_it_is_there_while_the_engine_is_away(
    hass: HomeAssistant, built: Path, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "url": "http://127.0.0.1:1"}
    )
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert _panel(hass) is not None
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert _panel(hass) is None


@pytest.mark.parametrize(
    "damage", ["manifest.json", "assets/cards-1234.js", "{}", '["', '{"src": 5}']
)
async def test_without_a_build_only_the_pages_are_missing(
    hass: HomeAssistant,
    built: Path,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    damage: str,
) -> None:
    _damage(built, damage)
    await set_up(hass, entry)
    assert _panel(hass) is None
    assert await _urls(hass) == []
    warned = [
        record
        for record in caplog.records
        if record.levelno >= logging.WARNING and "odin" in record.name
    ]
    assert ["script/panel" in record.getMessage() for record in warned] == [True]
    await hass.config_entries.async_reload(entry.entry_id)
    assert await hass.config_entries.async_remove(entry.entry_id)


async def test_the_cards_are_entered_once_beside_other_peoples(
    hass: HomeAssistant, built: Path, entry: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "lovelace", {})
    resources = await _resources(hass)
    await resources.async_create_item(_OTHERS)
    await set_up(hass, entry)
    assert await _urls(hass) == [_OTHERS["url"], _NEW]
    assert resources.async_items()[1]["type"] == "module"
    await hass.config_entries.async_reload(entry.entry_id)
    assert await _urls(hass) == [_OTHERS["url"], _NEW]
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert await _urls(hass) == [_OTHERS["url"]]


async def test_entries_that_start_side_by_side_enter_them_once(
    hass: HomeAssistant, built: Path, engine: Engine
) -> None:
    for number in range(3):
        MockConfigEntry(
            domain=DOMAIN, unique_id=f"{number}", data=dict(make_entry(engine).data)
        ).add_to_hass(hass)
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    assert await _urls(hass) == [_NEW]


async def test_an_upgrade_changes_the_address_in_place(
    hass: HomeAssistant, built: Path, entry: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "lovelace", {})
    resources = await _resources(hass)
    old = await resources.async_create_item({"res_type": "module", "url": _OLD})
    await resources.async_create_item(_OTHERS)
    # Two at once would be two versions of one element.
    await resources.async_create_item({"res_type": "module", "url": f"{_OLD}?2"})
    await set_up(hass, entry)
    assert await _urls(hass) == [_NEW, _OTHERS["url"]]
    assert resources.async_items()[0]["id"] == old["id"]


async def test_dashboards_in_yaml_get_the_cards_with_every_page(
    hass: HomeAssistant, built: Path, entry: MockConfigEntry
) -> None:
    config = {"lovelace": {"resource_mode": "yaml", "resources": []}}
    assert await async_setup_component(hass, "lovelace", config)
    await set_up(hass, entry)
    assert _NEW in hass.data[DATA_EXTRA_MODULE_URL].urls
    await hass.config_entries.async_reload(entry.entry_id)
    assert _NEW in hass.data[DATA_EXTRA_MODULE_URL].urls
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert _NEW not in hass.data[DATA_EXTRA_MODULE_URL].urls
