"""Automations as people write them, on our triggers and conditions."""

from collections.abc import Mapping
from typing import Any

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.condition import (
    async_get_all_descriptions as all_conditions,
)
from homeassistant.helpers.trigger import async_get_all_descriptions as all_triggers
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.odin.automation import CONDITIONS, TRIGGERS
from custom_components.odin.coordinator import OdinCoordinator
from tests.e2e.apart import Machines
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.entities import Entities
from tests.integration.farm import Engine

AUTOMATION = "automation"


@pytest.fixture
def entities(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> Entities:
    return Entities(hass, engine)


async def automate(
    hass: HomeAssistant,
    trigger: Mapping[str, Any] | list[dict[str, Any]],
    *conditions: Mapping[str, Any],
) -> list[ServiceCall]:
    """Sets up an automation that calls `test.told`; returns the calls to come."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "told")
    data = {"entity_id": "{{ trigger.entity_id }}"}
    config = {
        "triggers": trigger,
        "conditions": list(conditions),
        "actions": {"action": "test.told", "data": data},
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: config})
    await hass.async_block_till_done()
    return calls


async def test_a_print_finished(
    hass: HomeAssistant, machines: Machines, entities: Entities
) -> None:
    target = {"device_id": entities.device("Ada")}
    calls = await automate(hass, {"trigger": "odin.print_finished", "target": target})
    machines.act("Ada", "start_job", job="Good", minutes=10)
    await entities.until("Ada", "sensor", "status", "printing")
    assert not calls
    machines.pass_time("Ada", 1200)
    await until(lambda: calls)
    assert calls[0].data["entity_id"] == entities.id("Ada", "event", "print")
    machines.act("Ada", "clear_plate")
    await entities.call("Ada", "button", "clear_plate", "press")
    assert len(calls) == 1


async def test_a_print_failed_while_nothing_else_does(
    hass: HomeAssistant, machines: Machines, entities: Entities
) -> None:
    target = {"entity_id": entities.id("Ada", "event", "print")}
    calls = await automate(hass, {"trigger": "odin.print_failed", "target": target})
    machines.act("Ada", "start_job", job="Bad", minutes=60)
    await entities.until("Ada", "sensor", "status", "printing")
    machines.misbehave("Ada", "fault", print_error="0300_4006")
    await until(lambda: calls)
    await entities.until("Ada", "sensor", "status", "failed")
    machines.act("Ada", "clear_fault")
    machines.act("Ada", "clear_plate")
    await entities.call("Ada", "button", "clear_plate", "press")
    await until(lambda: entities.value("Ada", "binary_sensor", "attention") == "off")


async def test_somebody_is_needed(
    hass: HomeAssistant, machines: Machines, entities: Entities
) -> None:
    area_wide = {"device_id": [entities.device("Brunel"), entities.device("Ada")]}
    calls = await automate(
        hass,
        {"trigger": "odin.needs_attention", "target": area_wide},
        {
            "condition": "odin.needs_attention",
            "target": {"device_id": entities.device("Brunel")},
        },
        {
            "condition": "not",
            "conditions": [
                {
                    "condition": "odin.is_offline",
                    "target": {"device_id": entities.device("Ada")},
                },
                {
                    "condition": "odin.has_failed",
                    "target": {"device_id": entities.device("Brunel")},
                },
                {
                    "condition": "odin.has_finished",
                    "target": {"device_id": entities.device("Brunel")},
                },
            ],
        },
    )
    machines.misbehave("Brunel", "fault", print_error="0300_8003")
    await until(lambda: calls)
    machines.act("Brunel", "clear_fault")
    machines.act("Brunel", "resume")
    await entities.until("Brunel", "binary_sensor", "attention", "off")
    assert len(calls) == 1


async def test_a_printer_went_offline(
    hass: HomeAssistant, machines: Machines, entities: Entities
) -> None:
    target = {"device_id": entities.device("Curie")}
    another = {"device_id": entities.device("Brunel")}
    calls = await automate(
        hass,
        {"trigger": "odin.printer_offline", "target": target},
        {"condition": "odin.is_printing", "target": another},
        {"condition": "odin.is_offline", "target": target},
    )
    machines.act("Curie", "power_off")
    await until(lambda: calls)
    wanted = entities.id("Curie", "binary_sensor", "connectivity")
    assert calls[0].data["entity_id"] == wanted
    machines.act("Curie", "power_on")
    await entities.until("Curie", "binary_sensor", "connectivity", "on")
    assert len(calls) == 1


async def test_an_engine_that_comes_back_is_no_news_of_printers(
    hass: HomeAssistant, own_engine: Engine
) -> None:
    await set_up(hass, make_entry(own_engine))
    entities = Entities(hass, own_engine)
    target = {"device_id": entities.device("Ada")}
    calls = await automate(
        hass,
        [
            {"trigger": f"odin.{name}", "target": target}
            for name in ("printer_offline", "needs_attention", "print_finished")
        ],
    )
    own_engine.process.kill()
    await entities.until(None, "binary_sensor", "link", "off")
    own_engine.restart()
    await until(lambda: entities.value(None, "binary_sensor", "link") == "on", 40)
    await until(
        lambda: entities.value("Ada", "binary_sensor", "connectivity") == "on", 40
    )
    assert not calls


async def test_each_is_described(
    hass: HomeAssistant, coordinator: OdinCoordinator
) -> None:
    assert await async_setup_component(hass, AUTOMATION, {})
    triggers = await all_triggers(hass)
    conditions = await all_conditions(hass)
    for key in TRIGGERS:
        described = triggers[f"odin.{key}"]
        assert described is not None
        assert described["target"]
    for key in CONDITIONS:
        described = conditions[f"odin.{key}"]
        assert described is not None
        assert described["fields"]
