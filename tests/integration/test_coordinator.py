"""The farm in Home Assistant follows the engine, whatever happens to either."""

import logging
from datetime import timedelta

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockUser,
    async_fire_time_changed,
)

from custom_components.odin.client import (
    CannotConnect,
    LiveEvent,
    NotAllowed,
    NotFound,
    Person,
    Rejected,
    Role,
)
from custom_components.odin.const import DOMAIN, RESYNC
from custom_components.odin.coordinator import Concern, OdinCoordinator
from custom_components.odin.device import (
    DeviceKey,
    key_of,
    printer_identifier,
    unit_identifier,
)
from custom_components.odin.errors import engine_errors
from tests.e2e.apart import Machines
from tests.e2e.processes import free_port
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.farm import Engine


def _devices(hass: HomeAssistant, coordinator: OdinCoordinator) -> dict[str, str]:
    """Returns the names of all devices, and of what each hangs on."""
    registry = dr.async_get(hass)
    entry_id = coordinator.config_entry.entry_id
    main = dr.async_entries_for_config_entry(registry, entry_id)
    names = {device.id: str(device.name) for device in main}
    tree = {str(d.name): names.get(d.via_device_id or "", "") for d in main}
    for child in dr.async_child_entries_for_config_entry(registry, entry_id):
        parent = names[child.parent_device_id]
        tree[f"{parent}/{child.name}"] = parent
    return tree


# Setting up


async def test_everything_is_there_after_setup(
    engine: Engine, coordinator: OdinCoordinator
) -> None:
    printers = coordinator.data.printers
    assert {each.name for each in printers.values()} == {"Ada", "Brunel", "Curie"}
    ada = printers[engine.printers["Ada"]]
    assert ada.is_live
    assert ada.model is not None
    assert ada.model.name == "X1 Carbon"
    assert ada.can("pause")
    assert coordinator.data.engine.engine_id == engine.engine_id


async def test_devices_hang_on_each_other(
    hass: HomeAssistant, coordinator: OdinCoordinator
) -> None:
    tree = _devices(hass, coordinator)
    assert tree["O.D.I.N."] == ""
    assert tree["Ada"] == "O.D.I.N."
    assert tree["Ada/External spool"] == "Ada"
    (unit,) = (n for n in tree if n.startswith("Brunel ") and "/" not in n)
    assert tree[unit] == "Brunel"
    slots = [name for name in tree if name.startswith(f"{unit}/")]
    assert slots == [f"{unit}/Slot {number}" for number in (1, 2, 3, 4)]


async def test_a_device_says_what_it_is(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> None:
    printer = engine.printer("Ada")
    device = dr.async_get(hass).async_get_device_by_identifier(
        printer_identifier(engine.engine_id, printer["id"]),
        coordinator.config_entry.entry_id,
    )
    assert device is not None
    assert device.model == printer["model"]["name"]
    assert device.model_id == printer["model"]["id"]
    assert device.manufacturer == printer["model"]["maker"]
    assert device.serial_number == printer["serial"]
    assert device.sw_version == printer["firmware"]["version"]
    assert device.configuration_url == (
        f"homeassistant://odin/printers/{printer['id']}"
        f"?entry={coordinator.config_entry.entry_id}"
    )


async def test_an_engine_that_is_away_is_waited_for(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    nowhere = f"http://127.0.0.1:{free_port()}"
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_URL: nowhere}
    )
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "cannot_connect"


async def test_a_refused_token_asks_for_another(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_TOKEN: "odin_gone"}
    )
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_a_token_that_sees_no_printers_asks_for_another(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    token = engine.new_token("read:alerts", "act-as")
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_TOKEN: token}
    )
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert any(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))


async def test_a_token_without_alerts_still_shows_printers(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    token = engine.new_token("read:printers", "act-as")
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_TOKEN: token}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    data = entry.runtime_data.coordinator.data
    assert len(data.printers) == 3
    assert data.alerts == {}


async def test_another_engine_at_the_address_is_an_error(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, unique_id="another")
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "wrong_engine"


# Following


async def test_only_listeners_of_the_changed_printer_are_told(
    engine: Engine, coordinator: OdinCoordinator
) -> None:
    ada = engine.printers["Ada"]
    heard: list[str] = []
    coordinator.async_add_listener(lambda: heard.append("all"))
    coordinator.async_add_listener(lambda: heard.append("ada"), Concern(ada))
    undo = coordinator.async_add_listener(lambda: heard.append("gone"), Concern(ada))
    undo()
    undo()
    coordinator.async_add_listener(lambda: heard.append("other"), Concern("nobody"))
    filament = Concern(ada, is_filament=True)
    coordinator.async_add_listener(lambda: heard.append("filament"), filament)
    coordinator.async_add_listener(lambda: heard.append("counts"), Concern())
    engine.tell("Ada", "maintenance", {"is_on": True})
    await until(lambda: coordinator.data.printers[ada].is_in_maintenance)
    engine.tell("Ada", "maintenance", {"is_on": False})
    await until(lambda: not coordinator.data.printers[ada].is_in_maintenance)
    assert heard.count("ada") >= 2
    assert heard.count("all") >= heard.count("ada")
    assert not {"gone", "other", "filament", "counts"} & set(heard)


async def test_filament_and_counts_are_told_when_they_change(
    engine: Engine, machines: Machines, coordinator: OdinCoordinator
) -> None:
    ada = engine.printers["Ada"]
    heard: list[str] = []
    filament = Concern(ada, is_filament=True)
    coordinator.async_add_listener(lambda: heard.append("filament"), filament)
    coordinator.async_add_listener(lambda: heard.append("counts"), Concern())
    machines.act("Ada", "insert_spool", tray="A2", preset="GFG02", color="2850E0")
    await until(lambda: "filament" in heard)
    machines.act("Ada", "remove_spool", tray="A2")
    engine.change("Ada", is_enabled=False)
    await until(lambda: "counts" in heard)
    engine.change("Ada", is_enabled=True)
    engine.until_online("Ada")
    await until(lambda: coordinator.data.printers[ada].is_live)


async def test_a_bug_while_following_begins_anew(
    hass: HomeAssistant,
    own_engine: Engine,
    machines: Machines,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = make_entry(own_engine)
    coordinator = await set_up(hass, entry)

    def fail(_: object) -> None:
        raise ValueError("a bug")

    coordinator.async_subscribe_shape(fail)
    own_engine.add(machines.screens["Darwin"])
    await until(lambda: not coordinator.last_update_success)
    await until(lambda: entry.state is not ConfigEntryState.LOADED)
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert entry.runtime_data.coordinator.link.is_open
    assert "setting up anew" in caplog.text


async def test_a_listener_that_fails_stops_nobody(
    coordinator: OdinCoordinator, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []

    def fail() -> None:
        raise ValueError("a bug")

    coordinator.async_add_listener(fail)
    coordinator.async_add_listener(lambda: heard.append("all"))
    coordinator.async_update_listeners()
    assert heard == ["all"]
    assert "could not take an update" in caplog.text


async def test_what_did_not_change_stays_itself(
    engine: Engine, coordinator: OdinCoordinator
) -> None:
    before = coordinator.data
    ada = engine.printers["Ada"]
    engine.tell("Ada", "maintenance", {"is_on": True})
    await until(lambda: coordinator.data.printers[ada].is_in_maintenance)
    engine.tell("Ada", "maintenance", {"is_on": False})
    await until(lambda: not coordinator.data.printers[ada].is_in_maintenance)
    after = coordinator.data.printers[ada]
    assert after is not before.printers[ada]
    assert after.capabilities is before.printers[ada].capabilities
    await coordinator.async_refresh()
    assert coordinator.last_update_success
    assert coordinator.data.printers[ada].capabilities is after.capabilities


async def test_news_go_to_those_who_asked(
    engine: Engine, machines: Machines, coordinator: OdinCoordinator
) -> None:
    heard: list[LiveEvent] = []
    ada, curie = engine.printers["Ada"], engine.printers["Curie"]
    undo = coordinator.async_subscribe_events(heard.append, ada)
    coordinator.async_subscribe_events(lambda _: heard.clear(), curie)
    machines.act("Ada", "open_door")
    await until(lambda: any(each.name == "door_changed" for each in heard))
    door = next(each for each in heard if each.name == "door_changed")
    assert door.printer_id == ada
    assert door.data["is_open"] is True
    assert door.at is not None
    undo()
    heard.clear()
    machines.act("Ada", "close_door")
    await until(lambda: coordinator.data.printers[ada].is_door_open is False)
    assert heard == []


async def test_a_snapshot_comes_every_few_minutes(
    hass: HomeAssistant,
    coordinator: OdinCoordinator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[None] = []
    coordinator.async_add_listener(lambda: told.append(None))
    caplog.set_level(logging.DEBUG, "custom_components.odin")
    await until(lambda: coordinator.link.is_open)
    async_fire_time_changed(hass, dt_util.utcnow() + RESYNC + timedelta(seconds=1))
    await hass.async_block_till_done()
    await until(lambda: told)
    assert coordinator.last_update_success


# Printers come and go


async def test_printers_come_and_go(
    hass: HomeAssistant, own_engine: Engine, machines: Machines
) -> None:
    coordinator = await set_up(hass, make_entry(own_engine))
    reshaped: list[str] = []
    undo = coordinator.async_subscribe_shape(reshaped.extend)
    brunel = own_engine.add(machines.screens["Brunel"])
    await until(lambda: any("Brunel " in name for name in _devices(hass, coordinator)))
    assert brunel in reshaped
    own_engine.change("Brunel", name="Isambard")
    await until(lambda: "Isambard" in _devices(hass, coordinator))
    undo()
    own_engine.printers["Isambard"] = own_engine.printers.pop("Brunel")
    own_engine.remove("Isambard")
    await until(lambda: not any("Isambard" in n for n in _devices(hass, coordinator)))
    assert "Ada" in _devices(hass, coordinator)


async def test_what_went_while_we_were_away_is_removed(
    hass: HomeAssistant, own_engine: Engine
) -> None:
    entry = make_entry(own_engine)
    coordinator = await set_up(hass, entry)
    assert "Ada" in _devices(hass, coordinator)
    await hass.config_entries.async_unload(entry.entry_id)
    own_engine.remove("Ada")
    await hass.config_entries.async_setup(entry.entry_id)
    assert not any("Ada" in name for name in _devices(hass, coordinator))
    assert "Curie" in _devices(hass, coordinator)


async def test_units_stay_while_their_printer_is_not_heard(
    hass: HomeAssistant, own_engine: Engine
) -> None:
    entry = make_entry(own_engine)
    coordinator = await set_up(hass, entry)
    before = _devices(hass, coordinator)
    own_engine.change("Ada", is_enabled=False)
    own_engine.process.kill()
    own_engine.restart()
    await hass.config_entries.async_reload(entry.entry_id)
    ada = entry.runtime_data.coordinator.data.printers[own_engine.printers["Ada"]]
    assert not ada.is_live
    assert not ada.filament_units
    after = _devices(hass, entry.runtime_data.coordinator)
    assert {n for n in after if "Ada" in n} == {n for n in before if "Ada" in n}


async def test_tags_choose_printers_and_follow(
    hass: HomeAssistant, own_engine: Engine
) -> None:
    own_engine.change("Ada", tags=["hall"])
    coordinator = await set_up(hass, make_entry(own_engine, tags=["hall"]))
    assert "Curie" not in _devices(hass, coordinator)
    own_engine.change("Curie", tags=["hall"])
    await until(lambda: "Curie" in _devices(hass, coordinator))
    own_engine.change("Ada", tags=[])
    await until(lambda: "Ada" not in _devices(hass, coordinator))


async def test_without_slot_devices_there_are_none(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    coordinator = await set_up(hass, entry)
    assert any("Slot" in name for name in _devices(hass, coordinator))
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_entry(entry, options={"slot_devices": False})
    await hass.config_entries.async_setup(entry.entry_id)
    names = _devices(hass, entry.runtime_data.coordinator)
    assert not any("/" in name for name in names)
    assert any(name.startswith("Brunel ") for name in names)


async def test_people_remove_only_what_the_engine_does_not_know(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> None:
    from custom_components.odin import async_remove_config_entry_device  # noqa: PLC0415

    entry = coordinator.config_entry
    registry = dr.async_get(hass)
    known: list[dr.AnyDeviceEntry] = [
        *dr.async_entries_for_config_entry(registry, entry.entry_id),
        *dr.async_child_entries_for_config_entry(registry, entry.entry_id),
    ]
    for device in known:
        assert not await async_remove_config_entry_device(hass, entry, device)
    ada = engine.printers["Ada"]
    gone = [
        printer_identifier(engine.engine_id, "gone"),
        unit_identifier(engine.engine_id, ada, 99),
        (DOMAIN, f"{engine.engine_id}_{ada}_unit_0_slot_99"),
        (DOMAIN, "of-another-engine"),
    ]
    for identifier in gone:
        stale = registry.async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={identifier}
        )
        assert await async_remove_config_entry_device(hass, entry, stale)
        registry.async_remove_device(stale.id)


async def test_a_key_is_read_from_a_device(
    engine: Engine, coordinator: OdinCoordinator
) -> None:
    ada = engine.printers["Ada"]
    for key in (DeviceKey(), DeviceKey(ada), DeviceKey(ada, 0), DeviceKey(ada, 0, 1)):
        assert key_of(engine.engine_id, coordinator.tree.async_device(key)) == key
    for key in (DeviceKey("gone"), DeviceKey(ada, 0, 99)):
        with pytest.raises(KeyError):
            coordinator.tree.async_device(key)


# The connection


async def test_a_killed_engine_makes_all_unavailable_until_it_is_back(
    hass: HomeAssistant, own_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    entry = make_entry(own_engine)
    coordinator = await set_up(hass, entry)
    ada = own_engine.printers["Ada"]
    heard: list[bool] = []
    coordinator.async_add_listener(
        lambda: heard.append(coordinator.last_update_success), ada
    )
    caplog.set_level(logging.INFO, "custom_components.odin")
    own_engine.process.kill()
    await until(lambda: not coordinator.last_update_success)
    with pytest.raises(CannotConnect):
        await coordinator.link.resync()
    await coordinator.async_refresh()
    own_engine.restart()
    coordinator.link.hurry()
    await until(lambda: coordinator.last_update_success)
    assert heard[0] is False
    assert heard[-1] is True
    assert entry.state is ConfigEntryState.LOADED
    ours = [r for r in caplog.records if r.name.startswith("custom_components.odin")]
    assert sum("Lost the engine" in each.message for each in ours) == 1
    assert sum("is back" in each.message for each in ours) == 1
    assert max(each.levelno for each in ours) == logging.INFO


async def test_another_engine_that_moves_in_is_noticed(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    coordinator = await set_up(hass, entry)
    hass.config_entries.async_update_entry(entry, unique_id="another")
    coordinator.engine_id = "another"
    coordinator.on_farm(coordinator.data, None)
    await until(lambda: entry.state is ConfigEntryState.SETUP_ERROR)
    assert entry.error_reason_translation_key == "wrong_engine"


async def test_a_revoked_token_asks_for_another_and_goes_on_with_it(
    hass: HomeAssistant, own_engine: Engine
) -> None:
    entry = make_entry(own_engine)
    token = own_engine.new_token("all", "act-as")
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_TOKEN: token}
    )
    await hass.config_entries.async_setup(entry.entry_id)
    coordinator = entry.runtime_data.coordinator
    own_engine.revoke(token)
    await until(lambda: any(entry.async_get_active_flows(hass, {SOURCE_REAUTH})))
    assert not coordinator.last_update_success
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_TOKEN: own_engine.token}
    )
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert entry.runtime_data.coordinator.last_update_success


async def test_unloading_closes_the_socket_and_leaves_nothing(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    for _ in range(3):
        assert await hass.config_entries.async_setup(entry.entry_id)
        link = entry.runtime_data.coordinator.link
        assert link.is_open
        assert await hass.config_entries.async_unload(entry.entry_id)
        assert not link.is_open
    assert await hass.config_entries.async_remove(entry.entry_id)


# Who acts


async def test_people_act_with_their_own_rights(
    hass: HomeAssistant, engine: Engine, hass_admin_user: MockUser
) -> None:
    coordinator = await set_up(hass, make_entry(engine, guest_role="viewer"))
    guest = MockUser(id="guest", is_owner=False).add_to_hass(hass)
    assert coordinator.person("x", is_admin=True) == Person("x", Role.ADMIN)
    ada = engine.printers["Ada"]
    of_admin = await coordinator.async_client_for(Context(user_id=hass_admin_user.id))
    await of_admin.clear_plate(ada)
    of_guest = await coordinator.async_client_for(Context(user_id=guest.id))
    with pytest.raises(NotAllowed):
        await of_guest.clear_plate(ada)
    for context in (None, Context(), Context(user_id="unknown")):
        assert await coordinator.async_client_for(context) is coordinator.client


async def test_refusals_reach_people_in_their_language(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> None:
    entry, client = coordinator.config_entry, coordinator.client
    ada = engine.printers["Ada"]
    with (
        pytest.raises(ServiceValidationError) as refused,
        engine_errors(hass, entry),
    ):
        await client.pause(ada)
    assert refused.value.translation_key == "printer_not_now"
    with pytest.raises(NotFound):
        await client.pause("nobody")
    with pytest.raises(Rejected):
        await client.set_fan(ada, "part", 500)
    with pytest.raises(HomeAssistantError) as unknown, engine_errors(hass, entry):
        await client.pause("nobody")
    assert unknown.value.translation_key == "not_found"
    assert any(entry.async_get_active_flows(hass, {SOURCE_REAUTH})) is False
