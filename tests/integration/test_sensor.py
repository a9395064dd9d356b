"""Sensors show what the machines say."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from homeassistant.components.sensor import DOMAIN as SENSOR
from homeassistant.const import STATE_UNKNOWN, EntityCategory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

import custom_components.odin
from custom_components.odin.coordinator import OdinCoordinator
from tests.e2e.apart import Machines, wait_for
from tests.integration.conftest import until
from tests.integration.entities import Entities
from tests.integration.farm import Engine
from tests.integration.wire import listen

HERE = Path(str(custom_components.odin.__file__)).parent


@pytest.fixture
def entities(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> Entities:
    return Entities(hass, engine)


async def test_a_print_is_told(machines: Machines, entities: Entities) -> None:
    async with listen(machines, "Brunel") as ear:
        assert entities.value("Brunel", SENSOR, "status") == "printing"
        assert entities.value("Brunel", SENSOR, "stage") == "printing"
        assert entities.value("Brunel", SENSOR, "job") == ear["subtask_name"]
        await until(
            lambda: entities.number("Brunel", SENSOR, "progress") == ear["mc_percent"]
        )
        finish = datetime.fromisoformat(entities.value("Brunel", SENSOR, "finish"))
        told = dt_util.utcnow() + timedelta(minutes=ear["mc_remaining_time"])
        assert abs(finish - told) < timedelta(minutes=4)


async def test_heating_is_followed(
    engine: Engine, machines: Machines, entities: Entities
) -> None:
    async with listen(machines, "Ada") as ear:
        for key, wire in (
            ("nozzle_0_temperature", "nozzle_temper"),
            ("bed_temperature", "bed_temper"),
        ):
            await until(
                lambda key=key, wire=wire: (  # type: ignore[misc]
                    abs(entities.number("Ada", SENSOR, key) - ear[wire]) < 1
                )
            )
        engine.tell("Ada", "temperature", {"bed_c": 45})
        await until(lambda: ear["bed_temper"] > 40)
        await until(
            lambda: (
                abs(
                    entities.number("Ada", SENSOR, "bed_temperature")
                    - ear["bed_temper"]
                )
                < 1
            )
        )
        engine.tell("Ada", "temperature", {"bed_c": 0})
        machines.pass_time("Ada", 1800)
        await until(lambda: entities.number("Ada", SENSOR, "bed_temperature") < 40)


async def test_a_job_from_start_to_end(
    engine: Engine, machines: Machines, entities: Entities
) -> None:
    machines.act("Ada", "start_job", job="Cube", minutes=60, layers=100)
    await entities.until("Ada", SENSOR, "status", "printing")
    await entities.until("Ada", SENSOR, "job", "Cube")
    printing = entities.number(None, SENSOR, "printing")
    machines.act("Ada", "pause")
    await entities.until("Ada", SENSOR, "status", "paused")
    assert entities.value("Ada", SENSOR, "finish") == STATE_UNKNOWN
    assert entities.number(None, SENSOR, "printing") == printing
    machines.act("Ada", "resume")
    await entities.until("Ada", SENSOR, "status", "printing")
    machines.misbehave("Ada", "fault", print_error="0300_8003")
    await entities.until("Ada", SENSOR, "fault", lambda code: code != "none")
    fault = entities.state("Ada", SENSOR, "fault")
    assert fault.state == engine.printer("Ada")["faults"][0]["code"]
    assert fault.attributes["text"]
    await until(lambda: entities.number(None, SENSOR, "need_attention") == 1)
    machines.act("Ada", "stop")
    await entities.until("Ada", SENSOR, "status", "cancelled")
    engine.tell("Ada", "clear-errors")
    await entities.until("Ada", SENSOR, "fault", "none")
    await until(lambda: entities.number(None, SENSOR, "need_attention") == 0)
    machines.act("Ada", "clear_plate")
    engine.tell("Ada", "plate-cleared")


async def test_a_printer_that_is_off(
    engine: Engine, machines: Machines, entities: Entities
) -> None:
    machines.act("Ada", "power_off")
    await entities.until("Ada", SENSOR, "status", "offline")
    assert entities.value("Ada", SENSOR, "connection") == engine.printer("Ada")["link"]
    for key in ("bed_temperature", "job", "fault", "unit_0_humidity"):
        assert not entities.is_available("Ada", SENSOR, key)
    assert not entities.is_available("Ada", SENSOR, "unit_0_slot_0_filament")
    assert entities.is_available("Brunel", SENSOR, "bed_temperature")
    await until(lambda: entities.number(None, SENSOR, "offline") == 1)
    machines.act("Ada", "power_on")
    await entities.until("Ada", SENSOR, "status", lambda now: now != "offline")
    wait_for(lambda: engine.printer("Ada")["is_live"])
    await until(lambda: entities.is_available("Ada", SENSOR, "bed_temperature"))


async def test_a_unit_and_its_slots(machines: Machines, entities: Entities) -> None:
    async with listen(machines, "Ada") as ear:
        unit = ear["ams"]["ams"][0]
        assert entities.number("Ada", SENSOR, "unit_0_humidity") == int(
            unit["humidity_raw"]
        )
        assert entities.number("Ada", SENSOR, "unit_0_temperature") == float(
            unit["temp"]
        )
        left = entities.number("Ada", SENSOR, "unit_0_slot_0_remaining")
        assert left == unit["tray"][0]["remain"]
    assert entities.value("Ada", SENSOR, "unit_0_slot_0_filament") == "PLA Basic"
    assert entities.value("Ada", SENSOR, "unit_0_slot_1_filament") == "empty"
    machines.act(
        "Ada", "insert_spool", tray="A2", preset="GFA00", color="2850E0", percent=66
    )
    await entities.until("Ada", SENSOR, "unit_0_slot_1_filament", "PLA Basic")
    slot = entities.state("Ada", SENSOR, "unit_0_slot_1_filament")
    assert slot.attributes["color"] == "#2850E0FF"
    assert slot.attributes["material"] == "PLA"
    await entities.until("Ada", SENSOR, "unit_0_slot_1_remaining", "66")
    machines.act("Ada", "remove_spool", tray="A2")
    await entities.until("Ada", SENSOR, "unit_0_slot_1_filament", "empty")
    assert entities.value("Ada", SENSOR, "unit_0_slot_1_remaining") == STATE_UNKNOWN


async def test_a_machine_has_what_it_can_measure(entities: Entities) -> None:
    assert entities.entry("Ada", SENSOR, "chamber_temperature")
    assert not entities.entry("Brunel", SENSOR, "chamber_temperature")
    assert not entities.entry("Ada", SENSOR, "nozzle_1_temperature")
    left = entities.entry("Curie", SENSOR, "nozzle_1_temperature")
    assert left is not None
    assert left.original_name == "Left nozzle temperature"
    assert not entities.entry("Ada", SENSOR, "unit_0_drying")
    assert entities.entry("Curie", SENSOR, "unit_128_drying")
    assert not entities.entry("Ada", SENSOR, "unit_255_slot_0_remaining")


async def test_what_talks_much_is_off_until_wanted(entities: Entities) -> None:
    for key in ("layer", "wifi", "remaining", "heatbreak_fan"):
        entry = entities.entry("Ada", SENSOR, key)
        assert entry is not None
        assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    wifi = entities.entry("Ada", SENSOR, "wifi")
    assert wifi is not None
    assert wifi.entity_category is EntityCategory.DIAGNOSTIC


async def test_nothing_is_written_that_did_not_change(
    hass: HomeAssistant, engine: Engine, entities: Entities
) -> None:
    written: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        written.append(event.data["entity_id"])

    undo = hass.bus.async_listen("state_changed", note)
    engine.tell("Curie", "maintenance", {"is_on": True})
    await entities.until("Curie", "switch", "maintenance", "on")
    engine.tell("Curie", "maintenance", {"is_on": False})
    await entities.until("Curie", "switch", "maintenance", "off")
    undo()
    others = [e for e in written if "curie" in e and "temperature" not in e]
    assert set(others) == {entities.id("Curie", "switch", "maintenance")}


async def test_every_text_and_icon_is_there(
    hass: HomeAssistant, coordinator: OdinCoordinator
) -> None:
    texts = json.loads((HERE / "translations/en.json").read_text(encoding="utf-8"))
    icons = json.loads((HERE / "icons.json").read_text(encoding="utf-8"))
    registry = er.async_get(hass)
    found = er.async_entries_for_config_entry(
        registry, coordinator.config_entry.entry_id
    )
    assert len(found) > 150
    for entry in found:
        key = entry.translation_key
        if key is None:
            assert entry.original_device_class, entry.entity_id
            continue
        assert texts["entity"][entry.domain][key]["name"], entry.entity_id
        has_icon = key in icons["entity"].get(entry.domain, {})
        assert has_icon or entry.original_device_class, entry.entity_id
    for domain, keys in icons["entity"].items():
        assert set(keys) <= set(texts["entity"][domain])
    for kind in ("services", "triggers", "conditions"):
        assert set(icons[kind]) == set(texts[kind])
