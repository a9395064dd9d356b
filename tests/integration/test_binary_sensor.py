"""Binary sensors, and who of them outlives what."""

import pytest
from homeassistant.components.binary_sensor.const import DOMAIN as BINARY_SENSOR
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant

from custom_components.odin.coordinator import OdinCoordinator
from tests.e2e.apart import Machines
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.entities import Entities
from tests.integration.farm import Engine


@pytest.fixture
def entities(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> Entities:
    return Entities(hass, engine)


async def test_the_door(machines: Machines, entities: Entities) -> None:
    assert entities.value("Ada", BINARY_SENSOR, "door") == "off"
    machines.act("Ada", "open_door")
    await entities.until("Ada", BINARY_SENSOR, "door", "on")
    machines.act("Ada", "close_door")
    await entities.until("Ada", BINARY_SENSOR, "door", "off")
    assert not entities.entry("Brunel", BINARY_SENSOR, "door")


async def test_faults_and_attention(machines: Machines, entities: Entities) -> None:
    machines.misbehave("Brunel", "fault", print_error="0300_8003")
    await entities.until("Brunel", BINARY_SENSOR, "attention", "on")
    await entities.until("Brunel", BINARY_SENSOR, "faults", "on")
    (fault,) = entities.state("Brunel", BINARY_SENSOR, "faults").attributes["faults"]
    told = entities.state("Brunel", BINARY_SENSOR, "attention").attributes
    assert (told["reason"], told["text"]) == (fault["code"], fault["text"])
    machines.act("Brunel", "clear_fault")
    machines.act("Brunel", "resume")
    await entities.until("Brunel", BINARY_SENSOR, "attention", "off")
    await entities.until("Brunel", BINARY_SENSOR, "faults", "off")
    assert entities.value("Brunel", BINARY_SENSOR, "running") == "on"


async def test_a_spool_that_is_used_up(machines: Machines, entities: Entities) -> None:
    assert entities.value("Brunel", BINARY_SENSOR, "filament_runout") == "off"
    machines.misbehave("Brunel", "runout")
    await entities.until("Brunel", BINARY_SENSOR, "filament_runout", "on")
    assert entities.value("Brunel", BINARY_SENSOR, "attention") == "on"
    machines.act("Brunel", "refill")
    machines.act("Brunel", "resume")
    await entities.until("Brunel", BINARY_SENSOR, "filament_runout", "off")
    await entities.until("Brunel", BINARY_SENSOR, "attention", "off")


async def test_a_plate_is_nobody_who_is_there(entities: Entities) -> None:
    plate = entities.entry("Curie", BINARY_SENSOR, "plate")
    assert plate is not None
    assert plate.original_device_class is None


async def test_connectivity_stays_when_the_printer_goes(
    machines: Machines, entities: Entities
) -> None:
    machines.act("Curie", "power_off")
    await entities.until("Curie", BINARY_SENSOR, "connectivity", "off")
    assert not entities.is_available("Curie", BINARY_SENSOR, "door")
    assert entities.is_available("Curie", BINARY_SENSOR, "plate")
    machines.act("Curie", "power_on")
    await entities.until("Curie", BINARY_SENSOR, "connectivity", "on")
    await until(lambda: entities.is_available("Curie", BINARY_SENSOR, "door"))


async def test_a_printer_that_is_switched_off_here(
    engine: Engine, entities: Entities
) -> None:
    engine.change("Curie", is_enabled=False)
    await entities.until("Curie", "sensor", "status", "disabled")
    assert entities.value("Curie", BINARY_SENSOR, "connectivity") == STATE_UNKNOWN
    engine.change("Curie", is_enabled=True)
    await entities.until("Curie", BINARY_SENSOR, "connectivity", "on")


async def test_the_plate(engine: Engine, entities: Entities) -> None:
    assert entities.value("Curie", BINARY_SENSOR, "plate") == "off"
    engine.tell("Curie", "plate-occupied")
    await entities.until("Curie", BINARY_SENSOR, "plate", "on")
    await entities.call("Curie", "button", "clear_plate", "press")
    await entities.until("Curie", BINARY_SENSOR, "plate", "off")


async def test_only_the_link_outlives_the_engine(
    hass: HomeAssistant, own_engine: Engine
) -> None:
    await set_up(hass, make_entry(own_engine))
    entities = Entities(hass, own_engine)
    assert entities.value(None, BINARY_SENSOR, "link") == "on"
    own_engine.process.kill()
    await entities.until(None, BINARY_SENSOR, "link", "off")
    assert not entities.is_available("Ada", BINARY_SENSOR, "connectivity")
    assert not entities.is_available(None, "sensor", "printing")
    own_engine.restart()
    await until(lambda: entities.value(None, BINARY_SENSOR, "link") == "on", 40)
    await until(
        lambda: entities.value("Ada", BINARY_SENSOR, "connectivity") == "on", 40
    )
