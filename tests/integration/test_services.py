"""The actions: each reaches the machine, and each mistake is said."""

from pathlib import Path
from typing import Any

import probatio
import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import validate_selector
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.common import MockUser

import custom_components.odin
from custom_components.odin.const import DOMAIN
from custom_components.odin.coordinator import OdinCoordinator
from custom_components.odin.device import engine_identifier
from tests.e2e.apart import Machines
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.entities import Entities
from tests.integration.farm import Engine
from tests.integration.wire import listen


@pytest.fixture
def entities(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> Entities:
    return Entities(hass, engine)


async def call(
    hass: HomeAssistant,
    action: str,
    _context: Context | None = None,
    /,
    **data: Any,  # noqa: ANN401 - as the action takes it
) -> None:
    """Calls an action of ours and waits until it is done."""
    await hass.services.async_call(
        DOMAIN, action, data, blocking=True, context=_context
    )


async def stop(hass: HomeAssistant, **data: Any) -> Any:  # noqa: ANN401 - as above
    """Stops printers; returns what became of each."""
    answer: Any = await hass.services.async_call(
        DOMAIN, "emergency_stop", data, blocking=True, return_response=True
    )
    return answer["printers"]


async def test_emergency_stop_of_one(
    hass: HomeAssistant, machines: Machines, entities: Entities
) -> None:
    machines.act("Ada", "start_job", job="Runaway", minutes=60)
    await entities.until("Ada", "sensor", "status", "printing")
    async with listen(machines, "Ada") as ear:
        (stopped,) = await stop(hass, device_id=entities.device("Ada", "_unit_0"))
        await until(lambda: ear["gcode_state"] == "FAILED")
    assert stopped["name"] == "Ada"
    assert stopped["outcome"] == "confirmed"
    assert entities.value("Brunel", "sensor", "status") == "printing"
    machines.act("Ada", "clear_plate")
    await call(hass, "clear_plate", device_id=[entities.device("Ada")])
    await entities.until("Ada", "binary_sensor", "plate", "off")


async def test_emergency_stop_of_all_says_who_did_not_confirm(
    hass: HomeAssistant, machines: Machines, own_engine: Engine
) -> None:
    coordinator = await set_up(hass, make_entry(own_engine))
    entities = Entities(hass, own_engine)
    machines.act("Curie", "power_off")
    await entities.until("Curie", "binary_sensor", "connectivity", "off")
    engine_device = dr.async_get(hass).async_get_device_by_identifier(
        engine_identifier(own_engine.engine_id), coordinator.config_entry.entry_id
    )
    assert engine_device is not None
    targets: tuple[dict[str, str], ...] = (
        {},
        {"config_entry_id": coordinator.config_entry.entry_id},
        {"device_id": engine_device.id},
    )
    for target in targets:
        with pytest.raises(HomeAssistantError) as failed:
            await call(hass, "emergency_stop", **target)
        assert failed.value.translation_key == "stop_not_confirmed"
        placeholders = failed.value.translation_placeholders
        assert placeholders is not None
        assert "Curie" in placeholders["printers"]
        assert "Ada" not in placeholders["printers"]
    machines.act("Curie", "power_on")
    await entities.until("Curie", "binary_sensor", "connectivity", "on")


async def test_an_emergency_stop_keeps_to_the_chosen_printers(
    hass: HomeAssistant, engine: Engine
) -> None:
    await set_up(hass, make_entry(engine, tags=["lab"]))
    stopped = await stop(hass)
    assert [each["name"] for each in stopped] == ["Curie"]
    assert engine.printer("Brunel")["activity"] == "printing"


async def test_objects_are_skipped(
    hass: HomeAssistant, engine: Engine, machines: Machines, entities: Entities
) -> None:
    machines.act("Ada", "start_job", job="Wall hook x6", minutes=60)
    await entities.until("Ada", "sensor", "status", "printing")
    path = f"/printers/{engine.printers['Ada']}/job/details"
    first, second, *_ = engine.get(path)["objects"]
    wanted = [first["id"], second["id"]]
    async with listen(machines, "Ada") as ear:
        await call(
            hass, "skip_objects", device_id=entities.device("Ada"), object_ids=wanted
        )
        await until(lambda: sorted(ear["s_obj"] or []) == sorted(wanted))
    with pytest.raises(ServiceValidationError) as refused:
        await call(
            hass, "skip_objects", device_id=entities.device("Ada"), object_ids=[99999]
        )
    assert refused.value.translation_key == "printer_out_of_bounds"
    machines.act("Ada", "stop")
    await entities.until("Ada", "sensor", "status", "cancelled")
    machines.act("Ada", "clear_plate")
    await call(hass, "clear_plate", device_id=entities.device("Ada"))


async def test_a_slot_is_described(
    hass: HomeAssistant, machines: Machines, entities: Entities
) -> None:
    machines.act("Brunel", "insert_spool", tray="A4", preset="GFL99", color="FFFFFF")
    what: dict[str, Any] = {
        "preset_id": "GFG99",
        "material": "PETG",
        "nozzle_min_c": 220,
        "nozzle_max_c": 260,
    }
    slot = entities.device("Brunel", "_unit_0_slot_3")
    async with listen(machines, "Brunel") as ear:
        await call(hass, "configure_slot", device_id=slot, color=[255, 106, 19], **what)
        await until(
            lambda: (
                ear["ams"]["ams"][0]["tray"][3].get("tray_color") == "FF6A13FF"
                and ear["ams"]["ams"][0]["tray"][3]["tray_type"] == "PETG"
            )
        )
    await entities.until("Brunel", "sensor", "unit_0_slot_3_filament", "PETG")
    state = entities.state("Brunel", "sensor", "unit_0_slot_3_filament")
    assert state.attributes["color"] == "#FF6A13FF"
    await call(hass, "configure_slot", device_id=slot, color="#0A2CA5", **what)
    unit = entities.device("Brunel", "_unit_0")
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "configure_slot", device_id=unit, color="#FFFFFF", **what)
    assert refused.value.translation_key == "not_a_slot"
    for wrong in ("red", [1, 2], [1, 2, 256]):
        with pytest.raises(probatio.Invalid):
            await call(hass, "configure_slot", device_id=slot, color=wrong, **what)
    machines.act("Brunel", "remove_spool", tray="A4")


async def test_a_unit_is_dried(
    hass: HomeAssistant, engine: Engine, entities: Entities
) -> None:
    unit = entities.device("Curie", "_unit_128")
    await call(
        hass, "start_drying", device_id=unit, target_c=55, hours=2, material="PLA"
    )
    await entities.until("Curie", "binary_sensor", "unit_128_is_drying", "on")
    await until(
        lambda: entities.number("Curie", "sensor", "unit_128_drying_remaining") > 100
    )
    left = entities.state("Curie", "sensor", "unit_128_drying_remaining")
    assert left.attributes["unit_of_measurement"] == "min"
    assert 100 < float(left.state) <= 120
    await entities.call("Curie", "button", "unit_128_stop_drying", "press")
    await entities.until("Curie", "binary_sensor", "unit_128_is_drying", "off")
    with pytest.raises(ServiceValidationError) as refused:
        await call(
            hass, "start_drying", device_id=unit, target_c=200, hours=2, material="PLA"
        )
    assert refused.value.translation_key == "drying_out_of_bounds"
    bounds = engine.printer("Curie")["filament_units"]
    (told,) = [each["drying_bounds"] for each in bounds if each["id"] == 128]
    assert refused.value.translation_placeholders == {
        name: str(value) for name, value in told.items()
    }
    with pytest.raises(ServiceValidationError) as refused:
        await call(
            hass,
            "start_drying",
            device_id=entities.device("Curie"),
            target_c=55,
            hours=2,
            material="PLA",
        )
    assert refused.value.translation_key == "not_a_unit"


async def test_gcode_is_sent(
    hass: HomeAssistant, machines: Machines, entities: Entities
) -> None:
    device = entities.device("Ada")
    async with listen(machines, "Ada") as ear:
        await call(
            hass, "send_gcode", device_id=device, gcode="M140 S35\n\n  M106 P1 S255 "
        )
        await until(lambda: ear["bed_target_temper"] == 35)
    await call(hass, "send_gcode", device_id=device, gcode="M140 S0\nM107")
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "send_gcode", device_id=device, gcode="M104 S400")
    assert refused.value.translation_key == "printer_out_of_bounds"


async def test_a_device_that_will_not_do(
    hass: HomeAssistant,
    engine: Engine,
    coordinator: OdinCoordinator,
    entities: Entities,
) -> None:
    registry = dr.async_get(hass)
    of_engine = registry.async_get_device_by_identifier(
        engine_identifier(engine.engine_id), coordinator.config_entry.entry_id
    )
    assert of_engine is not None
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "clear_plate", device_id=of_engine.id)
    assert refused.value.translation_key == "not_a_printer"
    with pytest.raises(ServiceValidationError):
        await call(hass, "clear_plate", device_id="nothing")
    device = entities.device("Ada")
    await hass.config_entries.async_unload(coordinator.config_entry.entry_id)
    with pytest.raises(ServiceValidationError):
        await call(hass, "clear_plate", device_id=device)
    await call(hass, "emergency_stop")


async def test_actions_are_those_of_who_calls(
    hass: HomeAssistant, hass_read_only_user: MockUser, engine: Engine
) -> None:
    await set_up(hass, make_entry(engine, guest_role="viewer"))
    device = Entities(hass, engine).device("Ada")
    context = Context(user_id=hass_read_only_user.id)
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "send_gcode", context, device_id=device, gcode="G28")
    assert refused.value.translation_key == "not_allowed"


async def test_each_action_is_described(
    hass: HomeAssistant, coordinator: OdinCoordinator
) -> None:
    folder = Path(str(custom_components.odin.__file__)).parent
    described = load_yaml_dict(str(folder / "services.yaml"))
    texts = await async_get_translations(hass, "en", "services", {DOMAIN})
    assert set(described) == set(hass.services.async_services_for_domain(DOMAIN))
    for action, description in described.items():
        base = f"component.{DOMAIN}.services.{action}"
        assert texts[f"{base}.name"]
        assert texts[f"{base}.description"]
        for field, what in description["fields"].items():
            assert texts[f"{base}.fields.{field}.name"]
            assert texts[f"{base}.fields.{field}.description"]
            validate_selector(what["selector"])
