"""What is pressed, set, chosen and switched reaches the machine, and comes back."""

import pytest
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.odin.coordinator import OdinCoordinator
from tests.e2e.apart import Machines
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.entities import Entities
from tests.integration.farm import Engine
from tests.integration.wire import Ear, listen


@pytest.fixture
def entities(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> Entities:
    return Entities(hass, engine)


async def test_buttons_pause_and_resume(machines: Machines, entities: Entities) -> None:
    async with listen(machines, "Brunel") as ear:
        await entities.call("Brunel", "button", "pause", "press")
        await until(lambda: ear["gcode_state"] == "PAUSE")
        await entities.until("Brunel", "sensor", "status", "paused")
        await entities.call("Brunel", "button", "resume", "press")
        await until(lambda: ear["gcode_state"] == "RUNNING")
        await entities.until("Brunel", "sensor", "status", "printing")


async def test_a_button_cancels_a_print(
    engine: Engine, machines: Machines, entities: Entities
) -> None:
    machines.act("Ada", "start_job", job="Wrong one", minutes=60)
    await entities.until("Ada", "sensor", "status", "printing")
    async with listen(machines, "Ada") as ear:
        await entities.call("Ada", "button", "stop", "press")
        await until(lambda: ear["gcode_state"] == "FAILED")
    await entities.until("Ada", "sensor", "status", "cancelled")
    await entities.call("Ada", "button", "clear_errors", "press")
    machines.act("Ada", "clear_plate")
    await entities.call("Ada", "button", "clear_plate", "press")
    await entities.call("Ada", "button", "refresh", "press")
    assert engine.printer("Ada")["plate"]["state"] == "clear"


async def test_what_is_not_possible_now_is_said(entities: Entities) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await entities.call("Curie", "button", "pause", "press")
    assert refused.value.translation_domain == "odin"
    assert refused.value.translation_key == "printer_not_now"


async def test_numbers_set_targets(machines: Machines, entities: Entities) -> None:
    async with listen(machines, "Curie") as ear:
        await entities.call("Curie", "number", "bed_target", "set_value", value=50)
        await entities.until("Curie", "number", "bed_target", "50.0")
        await entities.call("Curie", "number", "nozzle_1_target", "set_value", value=60)
        await entities.until("Curie", "number", "nozzle_1_target", "60.0")
        assert entities.number("Curie", "number", "nozzle_0_target") == 0
        await entities.call("Curie", "number", "chamber_target", "set_value", value=40)
        await entities.until("Curie", "number", "chamber_target", "40.0")
        # Target and value share a number on these machines: the target is the high half.
        # Who listens beside the engine may hear it a moment later.
        await until(lambda: _heads(ear) == {0: 0, 1: 60})
        await until(lambda: ear["device"]["bed"]["info"]["temp"] >> 16 == 50)
        await until(lambda: ear["device"]["ctc"]["info"]["temp"] >> 16 == 40)
        for key in ("bed_target", "nozzle_1_target"):
            await entities.call("Curie", "number", key, "set_value", value=0)
            await entities.until("Curie", "number", key, "0.0")
        await entities.call("Curie", "number", "chamber_target", "set_value", value=0)
        # These machines tell no target of a chamber that is not heated.
        await entities.until("Curie", "number", "chamber_target", STATE_UNKNOWN)


def _heads(ear: Ear) -> dict[int, int]:
    return {
        each["id"]: each["temp"] >> 16 for each in ear["device"]["extruder"]["info"]
    }


async def test_numbers_know_the_machines_bounds(entities: Entities) -> None:
    assert entities.state("Ada", "number", "nozzle_0_target").attributes["max"] == 300
    assert entities.state("Curie", "number", "chamber_target").attributes["max"] == 65
    assert not entities.entry("Ada", "number", "chamber_target")
    with pytest.raises(ServiceValidationError):
        await entities.call("Ada", "number", "bed_target", "set_value", value=121)


async def test_a_light(machines: Machines, entities: Entities) -> None:
    async with listen(machines, "Ada") as ear:
        await entities.call("Ada", "light", "light_chamber", "turn_off")
        await until(lambda: ear.lights["chamber_light"] == "off")
        await entities.until("Ada", "light", "light_chamber", "off")
        await entities.call("Ada", "light", "light_chamber", "turn_on")
        await until(lambda: ear.lights["chamber_light"] == "on")
        await entities.until("Ada", "light", "light_chamber", "on")


async def test_a_fan(machines: Machines, entities: Entities) -> None:
    async with listen(machines, "Ada") as ear:
        await entities.call("Ada", "fan", "part_fan", "set_percentage", percentage=60)
        await until(lambda: int(ear["cooling_fan_speed"]) == 9)
        await entities.until("Ada", "fan", "part_fan", "on")
        fan = entities.state("Ada", "fan", "part_fan")
        assert fan.attributes["percentage"] == 60
        await entities.call("Ada", "fan", "part_fan", "turn_off")
        await entities.until("Ada", "fan", "part_fan", "off")
        await entities.call("Ada", "fan", "part_fan", "turn_on")
        await until(lambda: int(ear["cooling_fan_speed"]) == 15)
        await entities.call("Ada", "fan", "part_fan", "turn_off")
        await entities.until("Ada", "fan", "part_fan", "off")


async def test_the_speed_profile(machines: Machines, entities: Entities) -> None:
    async with listen(machines, "Brunel") as ear:
        await entities.call(
            "Brunel", "select", "speed", "select_option", option="sport"
        )
        await until(lambda: ear["spd_lvl"] == 3)
        await entities.until("Brunel", "select", "speed", "sport")
        await entities.call(
            "Brunel", "select", "speed", "select_option", option="standard"
        )
        await entities.until("Brunel", "select", "speed", "standard")


async def test_filament_is_loaded_by_choosing_it(
    engine: Engine, machines: Machines, entities: Entities
) -> None:
    select = entities.state("Ada", "select", "active_slot")
    assert select.state == "none"
    first = select.attributes["options"][1]
    async with listen(machines, "Ada") as ear:
        await entities.call(
            "Ada", "select", "active_slot", "select_option", option=first
        )
        await entities.until("Ada", "select", "active_slot", first)
        await until(lambda: ear["ams"]["tray_now"] == "0")
        machines.pass_time("Ada", 300)
        await until(lambda: engine.printer("Ada")["filament_change"] == "none")
        await entities.call(
            "Ada", "select", "active_slot", "select_option", option="none"
        )
        await entities.until("Ada", "select", "active_slot", "none")
    machines.pass_time("Ada", 1800)
    await until(lambda: engine.printer("Ada")["filament_change"] == "none")


async def test_switches(engine: Engine, machines: Machines, entities: Entities) -> None:
    async with listen(machines, "Ada") as ear:
        before = engine.printer("Ada")["detectors"]
        await entities.call("Ada", "switch", "detector_spaghetti", "turn_off")
        await until(lambda: ear["xcam"]["spaghetti_detector"] is False)
        await entities.until("Ada", "switch", "detector_spaghetti", "off")
        await entities.call("Ada", "switch", "detector_spaghetti", "turn_on")
        await entities.until("Ada", "switch", "detector_spaghetti", "on")
        # Its other settings are as they were.
        assert engine.printer("Ada")["detectors"] == before
        await entities.call("Ada", "switch", "timelapse", "turn_on")
        await entities.until("Ada", "switch", "timelapse", "on")
        await entities.call("Ada", "switch", "timelapse", "turn_off")
        await entities.until("Ada", "switch", "timelapse", "off")
    await entities.call("Ada", "switch", "maintenance", "turn_on")
    await entities.until("Ada", "switch", "maintenance", "on")
    assert engine.printer("Ada")["is_in_maintenance"]
    await entities.call("Ada", "switch", "maintenance", "turn_off")
    await entities.until("Ada", "switch", "maintenance", "off")


async def test_what_is_off_by_default_works_once_enabled(
    hass: HomeAssistant, entities: Entities, coordinator: OdinCoordinator
) -> None:
    registry = er.async_get(hass)
    for key in ("unit_0_slot_0_read_filament", "home"):
        registry.async_update_entity(
            entities.id("Ada", "button", key), disabled_by=None
        )
    await hass.config_entries.async_reload(coordinator.config_entry.entry_id)
    await hass.async_block_till_done()
    await entities.call("Ada", "button", "unit_0_slot_0_read_filament", "press")
    await entities.call("Ada", "button", "home", "press")


async def test_the_person_behind_a_call_is_named(
    hass: HomeAssistant, hass_admin_user: MockUser, engine: Engine, entities: Entities
) -> None:
    context = Context(user_id=hass_admin_user.id)
    await entities.call("Ada", "light", "light_chamber", "turn_on", context)
    await until(
        lambda: any(
            each["on_behalf_of"] == f"ha:{hass_admin_user.id}"
            for each in engine.get("/audit?limit=20")["items"]
        )
    )


async def test_who_may_only_look_is_refused(
    hass: HomeAssistant, hass_read_only_user: MockUser, engine: Engine
) -> None:
    await set_up(hass, make_entry(engine, guest_role="viewer"))
    entities = Entities(hass, engine)
    hass_read_only_user.mock_policy({"entities": True})
    with pytest.raises(ServiceValidationError) as refused:
        await entities.call(
            "Brunel",
            "button",
            "pause",
            "press",
            Context(user_id=hass_read_only_user.id),
        )
    assert refused.value.translation_key == "not_allowed"
    assert engine.printer("Brunel")["activity"] == "printing"


async def test_an_engine_that_is_gone_is_said(
    hass: HomeAssistant, own_engine: Engine
) -> None:
    await set_up(hass, make_entry(own_engine))
    entities = Entities(hass, own_engine)
    light = entities.id("Ada", "light", "light_chamber")
    entity = hass.data["entity_components"]["light"].get_entity(light)
    assert entity is not None
    own_engine.process.kill()
    with pytest.raises(HomeAssistantError) as failed:
        await entity.async_turn_on()
    assert failed.value.translation_key == "cannot_connect"
