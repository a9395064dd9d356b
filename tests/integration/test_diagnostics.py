"""Diagnostics and the health page tell enough to find a fault, and nothing private."""

import json

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.odin.const import DOMAIN
from custom_components.odin.coordinator import OdinCoordinator
from custom_components.odin.device import DeviceKey
from tests.e2e.apart import Machines
from tests.integration.conftest import make_entry, set_up
from tests.integration.farm import Engine


async def test_nothing_private_is_told(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    engine: Engine,
    machines: Machines,
    coordinator: OdinCoordinator,
) -> None:
    told = await get_diagnostics_for_config_entry(
        hass, hass_client, coordinator.config_entry
    )
    text = json.dumps(told)
    assert len(told["printers"]) == 3
    assert "X1 Carbon" in text
    assert '"progress_pct"' in text
    private = [engine.token, engine.url, "Long job", "Brunel"]
    for screen in machines.screens.values():
        private += [screen["serial"], screen["access_code"]]
    assert [word for word in private if word in text] == []


async def test_a_device_tells_of_its_printer(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    engine: Engine,
    coordinator: OdinCoordinator,
) -> None:
    entry = coordinator.config_entry
    key = DeviceKey(engine.printers["Ada"], 0)
    unit = coordinator.tree.async_device(key)
    told = await get_diagnostics_for_device(hass, hass_client, entry, unit)
    assert told["unit"] == 0
    assert told["printer"]["model"]["name"] == "X1 Carbon"
    whole = coordinator.tree.async_device(DeviceKey())
    told = await get_diagnostics_for_device(hass, hass_client, entry, whole)
    assert "printers" in told


async def test_the_last_check_of_a_connection_is_told_without_names(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    engine: Engine,
    machines: Machines,
    coordinator: OdinCoordinator,
) -> None:
    entry = coordinator.config_entry
    ada = coordinator.tree.async_device(DeviceKey(engine.printers["Ada"]))
    told = await get_diagnostics_for_device(hass, hass_client, entry, ada)
    assert told["printer"]["last_check"] is None
    await hass.async_add_executor_job(engine.tell, "Ada", "check")
    told = await get_diagnostics_for_device(hass, hass_client, entry, ada)
    last = told["printer"]["last_check"]
    assert last["is_ok"] is True
    assert last["at"]
    found = {check["step"]: check["ok"] for check in last["checks"]}
    assert (found["address"], found["login"], found["report"]) == (True, True, True)
    screen = machines.screens["Ada"]
    record = engine.printer("Ada")
    text = json.dumps(last)
    private = [screen["serial"], screen["access_code"], record["host"], "127.0.0.1"]
    private.append(record["pin_sha256"])
    assert [word for word in private if word in text] == []


async def test_the_health_page_counts_engines(
    hass: HomeAssistant, engine: Engine
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    entry = make_entry(engine)
    await set_up(hass, entry)
    told = await get_system_health_info(hass, DOMAIN)
    assert told == {
        "engines": 1,
        "connected": 1,
        "versions": engine.get("/info")["version"],
        "printers": 3,
    }
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await get_system_health_info(hass, DOMAIN))["connected"] == 0
