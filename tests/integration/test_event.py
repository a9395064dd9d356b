"""News come as the engine tells them, once."""

import pytest
from homeassistant.components.event import DOMAIN as EVENT
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback

from custom_components.odin.coordinator import OdinCoordinator
from tests.e2e.apart import Machines
from tests.integration.conftest import until
from tests.integration.entities import Entities
from tests.integration.farm import Engine


@pytest.fixture
def entities(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> Entities:
    return Entities(hass, engine)


async def test_a_print_is_news(
    hass: HomeAssistant, machines: Machines, entities: Entities
) -> None:
    heard: list[tuple[str, object]] = []
    wanted = entities.id("Ada", EVENT, "print")

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if event.data["entity_id"] == wanted and new is not None:
            heard.append((new.attributes["event_type"], new.attributes.get("job")))

    undo = hass.bus.async_listen("state_changed", note)
    machines.act("Ada", "start_job", job="News", minutes=10)
    await entities.until("Ada", "sensor", "status", "printing")
    machines.act("Ada", "pause")
    await entities.until("Ada", "sensor", "status", "paused")
    machines.act("Ada", "resume")
    await entities.until("Ada", "sensor", "status", "printing")
    machines.pass_time("Ada", 1200)
    await entities.until("Ada", "sensor", "status", "finished")
    machines.act("Ada", "clear_plate")
    await entities.call("Ada", "button", "clear_plate", "press")
    await until(lambda: ("plate_cleared", None) in heard)
    undo()
    assert heard == [
        ("started", "News"),
        ("paused", "News"),
        ("resumed", "News"),
        ("finished", "News"),
        ("plate_cleared", None),
    ]


async def test_faults_are_news(machines: Machines, entities: Entities) -> None:
    machines.misbehave("Brunel", "fault", print_error="0300_8003")
    await until(
        lambda: (
            entities.value("Brunel", EVENT, "fault_event") != STATE_UNKNOWN
            and entities.value("Brunel", "binary_sensor", "attention") == "on"
        )
    )
    told = entities.state("Brunel", EVENT, "fault_event").attributes
    assert told["event_type"] in {"fault_raised", "attention_needed"}
    machines.act("Brunel", "clear_fault")
    machines.act("Brunel", "resume")
    await until(
        lambda: (
            entities.state("Brunel", EVENT, "fault_event").attributes["event_type"]
            == "fault_cleared"
        )
    )
    assert entities.state("Brunel", EVENT, "fault_event").attributes["code"]


async def test_a_state_found_at_the_start_is_no_news(entities: Entities) -> None:
    assert entities.value("Curie", EVENT, "print") == STATE_UNKNOWN
