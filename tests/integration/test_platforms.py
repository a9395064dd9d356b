"""What all platforms share: entities come and go with what they stand for."""

import gc
import statistics
import time

import pytest
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from custom_components.odin.coordinator import OdinCoordinator
from tests.e2e.apart import Machines
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.entities import Entities
from tests.integration.farm import Engine
from tests.integration.wire import listen

_PLATFORMS = {
    "binary_sensor",
    "button",
    "camera",
    "event",
    "fan",
    "image",
    "light",
    "number",
    "select",
    "sensor",
    "switch",
    "update",
}
_ROUNDS = 30


def _entities(hass: HomeAssistant, coordinator: OdinCoordinator) -> set[str]:
    entry_id = coordinator.config_entry.entry_id
    found = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    return {entry.entity_id for entry in found}


async def test_each_platform_has_entities(
    hass: HomeAssistant, coordinator: OdinCoordinator
) -> None:
    domains = {each.partition(".")[0] for each in _entities(hass, coordinator)}
    assert domains == _PLATFORMS


async def test_a_printer_comes_and_goes(
    hass: HomeAssistant, machines: Machines, own_engine: Engine
) -> None:
    coordinator = await set_up(hass, make_entry(own_engine))
    entities = Entities(hass, own_engine)
    before = _entities(hass, coordinator)
    own_engine.add(machines.screens["Brunel"])
    await until(lambda: entities.entry("Brunel", "sensor", "status"))
    await entities.until("Brunel", "sensor", "status", "printing")
    await until(lambda: entities.entry("Brunel", "sensor", "unit_0_slot_3_filament"))
    await entities.until("Brunel", "light", "light_chamber", "on")
    own_engine.remove("Brunel")
    await until(lambda: _entities(hass, coordinator) == before)
    assert not [each for each in hass.states.async_entity_ids() if "brunel" in each]
    own_engine.add(machines.screens["Brunel"])
    await until(lambda: entities.entry("Brunel", "sensor", "status"))
    await entities.until("Brunel", "sensor", "status", "printing")


async def test_a_printer_that_is_off_at_the_start_gets_the_rest_later(
    hass: HomeAssistant, machines: Machines, own_engine: Engine
) -> None:
    machines.act("Curie", "power_off")
    own_engine.process.stop()
    own_engine.restart()
    coordinator = await set_up(hass, make_entry(own_engine))
    entities = Entities(hass, own_engine)
    assert entities.value("Curie", "sensor", "status") in {"offline", "connecting"}
    few = len(_entities(hass, coordinator))
    machines.act("Curie", "power_on")
    await until(lambda: entities.entry("Curie", "number", "nozzle_1_target"), 40)
    await entities.until("Curie", "sensor", "status", "idle")
    assert len(_entities(hass, coordinator)) > few + 40


async def test_slots_can_be_left_out(hass: HomeAssistant, engine: Engine) -> None:
    coordinator = await set_up(hass, make_entry(engine, slot_devices=False))
    assert not [each for each in _entities(hass, coordinator) if "_slot_" in each]
    entities = Entities(hass, engine)
    told = engine.printer("Ada")["filament_units"][0]["humidity_pct"]
    assert entities.number("Ada", "sensor", "unit_0_humidity") == told


async def test_a_unit_entity_belongs_to_its_unit_and_a_slot_to_its_slot(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> None:
    entities = Entities(hass, engine)
    for key, part in (
        ("status", ""),
        ("unit_0_humidity", "_unit_0"),
        ("unit_0_slot_1_filament", "_unit_0_slot_1"),
        ("unit_255_slot_0_filament", "_unit_255_slot_0"),
    ):
        entry = entities.entry("Ada", "sensor", key)
        assert entry is not None
        assert entry.has_entity_name
        assert entry.device_id == entities.device("Ada", part)


async def test_unloading_leaves_nothing(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> None:
    entry = coordinator.config_entry
    entity_ids = _entities(hass, coordinator)
    enabled = [each for each in entity_ids if hass.states.get(each)]
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    for entity_id in enabled:
        state = hass.states.get(entity_id)
        assert state is not None
        assert state.state == STATE_UNAVAILABLE
    heard: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        heard.append(event.data["entity_id"])

    undo = hass.bus.async_listen("state_changed", note)
    engine.tell("Ada", "maintenance", {"is_on": True})
    engine.tell("Ada", "maintenance", {"is_on": False})
    await hass.async_block_till_done()
    undo()
    assert not heard
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert not [each for each in entity_ids if hass.states.get(each)]


async def test_reloading_leaves_as_much_as_there_was(
    hass: HomeAssistant, coordinator: OdinCoordinator
) -> None:
    entry_id = coordinator.config_entry.entry_id

    async def count() -> int:
        await hass.config_entries.async_reload(entry_id)
        await hass.async_block_till_done()
        gc.collect()
        return sum(isinstance(each, OdinCoordinator) for each in gc.get_objects())

    first = await count()
    for _ in range(3):
        last = await count()
    assert last <= first


async def test_how_soon_an_entity_knows(
    hass: HomeAssistant,
    machines: Machines,
    engine: Engine,
    coordinator: OdinCoordinator,
    capsys: pytest.CaptureFixture[str],
) -> None:
    entities = Entities(hass, engine)
    wanted = entities.id("Ada", "binary_sensor", "door")
    seen_s: list[float] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] == wanted:
            seen_s.append(time.monotonic())

    undo = hass.bus.async_listen("state_changed", note)
    whole_s: list[float] = []
    ours_s: list[float] = []
    async with listen(machines, "Ada") as ear:
        heard_s = ear.watch("home_flag", "stat")
        for number in range(_ROUNDS):
            deed = "close_door" if number % 2 else "open_door"
            begun_s = time.monotonic()
            # Not in this loop: it would keep Home Assistant from hearing.
            await hass.async_add_executor_job(machines.act, "Ada", deed)
            await until(
                lambda number=number: min(len(seen_s), len(heard_s)) > number  # type: ignore[misc]
            )
            whole_s.append(seen_s[number] - begun_s)
            ours_s.append(seen_s[number] - heard_s[number])
    undo()
    with capsys.disabled():
        for what, figures in (("act to entity", whole_s), ("report to entity", ours_s)):
            p95 = statistics.quantiles(figures, n=20)[-1]
            median = statistics.median(figures)
            print(f"\n{what}: median {median * 1e3:.0f} ms, p95 {p95 * 1e3:.0f} ms")  # noqa: T201 - the figures
    assert statistics.median(whole_s) < 5
