"""Each blueprint as somebody uses it: imported, filled in, and met by a real event.

Phones are recorded: what is sent to them is looked at, and what a person presses there
is fired as Home Assistant's app fires it.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.importer import fetch_blueprint_from_url
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.components.script.helpers import (
    async_get_blueprints as async_get_scripts,
)
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import selector
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.odin.coordinator import OdinCoordinator
from tests.e2e.apart import Machines
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.entities import Entities
from tests.integration.farm import Engine
from tests.integration.test_manifest import ROOT

BLUEPRINTS = ROOT / "blueprints"
_FILES = sorted(BLUEPRINTS.rglob("*.yaml"))
_NOW = {"seconds": 0}
_AUTOMATION = "automation.test"

type Calls = list[ServiceCall]


@pytest.fixture
def entities(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> Entities:
    return Entities(hass, engine)


@pytest.fixture(autouse=True)
def _imported(hass: HomeAssistant, tmp_path: Path) -> None:
    """Home Assistant's folder, with the blueprints where an import puts them."""
    hass.config.config_dir = str(tmp_path / "config")
    shutil.copytree(BLUEPRINTS, tmp_path / "config" / "blueprints")


class Phone:
    """A phone with Home Assistant's app, as the rest of Home Assistant sees it."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        entry = MockConfigEntry(domain="mobile_app", title="Pixel 9")
        entry.add_to_hass(hass)
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={("mobile_app", "pixel")},
            name="Pixel 9",
        )
        # Its owner calls it otherwise; the action keeps the phone's own name.
        dr.async_get(hass).async_update_device(device.id, name_by_user="Mara's")
        self.device_id = device.id
        self.shown: Calls = async_mock_service(hass, "notify", "mobile_app_pixel_9")

    @property
    def last(self) -> Mapping[str, Any]:
        """What it shows."""
        return self.shown[-1].data

    def press(self, title: str) -> None:
        """Presses a button of what it shows."""
        choices = self.last["data"]["actions"]
        action = next(each["action"] for each in choices if each["title"] == title)
        self._hass.bus.async_fire(
            "mobile_app_notification_action", {"action": action, "tag": ""}
        )


@pytest.fixture
def phone(hass: HomeAssistant) -> Phone:
    return Phone(hass)


async def use(hass: HomeAssistant, name: str, **inputs: object) -> None:
    """Makes an automation of a blueprint, which must be accepted."""
    made = {"path": f"odin/{name}.yaml", "input": inputs}
    config = {"automation": {"alias": "test", "use_blueprint": made}}
    assert await async_setup_component(hass, "automation", config)
    await hass.async_block_till_done()
    state = hass.states.get(_AUTOMATION)
    assert state is not None
    assert state.state == "on", "Home Assistant refuses it; the log says why"


async def finish(machines: Machines, entities: Entities, job: str = "Cube") -> None:
    """Lets Ada print something, to its good end."""
    machines.act("Ada", "start_job", job=job, minutes=10)
    await entities.until("Ada", "sensor", "status", "printing")
    machines.pass_time("Ada", 1200)
    await entities.until("Ada", "sensor", "status", "finished")


async def tidy(machines: Machines, entities: Entities) -> None:
    """Leaves Ada as she was found."""
    machines.act("Ada", "clear_plate")
    if entities.value("Ada", "binary_sensor", "plate") == "on":
        await entities.call("Ada", "button", "clear_plate", "press")
    await entities.until("Ada", "binary_sensor", "plate", "off")


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_home_assistant_takes_it(path: Path) -> None:
    blueprint = Blueprint(
        load_yaml_dict(str(path)),
        expected_domain=path.parent.parent.name,
        path=f"odin/{path.name}",
        schema=BLUEPRINT_SCHEMA,
    )
    assert blueprint.validate() is None
    told = blueprint.metadata
    assert told["homeassistant"]["min_version"] == "2026.10.0"
    assert told["description"]
    # Home Assistant notes where it was imported from; an address that is none would
    # only break the button that imports it anew.
    assert "source_url" not in told
    for key, asked in blueprint.inputs.items():
        assert asked["name"], key
        selector(asked["selector"])


async def test_all_of_them_are_found(
    hass: HomeAssistant, coordinator: OdinCoordinator
) -> None:
    for domain, found in (
        ("automation", async_get_blueprints(hass)),
        ("script", async_get_scripts(hass)),
    ):
        assert await async_setup_component(hass, domain, {})
        known = await found.async_get_blueprints()
        ours = {path for path in known if path.startswith("odin/")}
        there = {path.name for path in _FILES if path.parent.parent.name == domain}
        assert ours == {f"odin/{name}" for name in there}
        assert all(isinstance(known[path], Blueprint) for path in ours)


async def test_it_is_imported_by_its_address(hass: HomeAssistant) -> None:
    files = web.Application()
    files.router.add_static("/blueprints", BLUEPRINTS)
    async with TestServer(files) as server:
        for path in _FILES:
            url = str(server.make_url(f"/blueprints/{path.relative_to(BLUEPRINTS)}"))
            imported = await fetch_blueprint_from_url(hass, url)
            assert imported.blueprint.metadata["source_url"] == url
            assert imported.suggested_filename.endswith(f"/{path.stem}")


async def test_a_finished_print_is_told_with_its_picture(
    hass: HomeAssistant, machines: Machines, entities: Entities, phone: Phone
) -> None:
    also = async_mock_service(hass, "test", "also")
    await use(
        hass,
        "print_finished",
        printers={"device_id": entities.device("Ada")},
        phones=[phone.device_id],
        also=[{"action": "test.also", "data": {"of": "{{ job }} on {{ printer }}"}}],
    )
    await finish(machines, entities)
    await until(lambda: also)
    assert phone.last["title"] == "Ada: finished"
    assert phone.last["message"] == "Cube is ready."
    picture = entities.id("Ada", "image", "picture")
    assert phone.last["data"]["image"] == f"/api/image_proxy/{picture}"
    assert phone.last["data"]["tag"] == f"odin_finished_{entities.device('Ada')}"
    assert also[0].data == {"of": "Cube on Ada"}
    await tidy(machines, entities)
    assert len(phone.shown) == 1


async def test_a_camera_that_shows_nothing_is_left_out(
    hass: HomeAssistant, machines: Machines, entities: Entities, phone: Phone
) -> None:
    await use(
        hass,
        "print_finished",
        printers={"entity_id": entities.id("Ada", "event", "print")},
        phones=[phone.device_id],
        picture="camera",
        message="{{ job }} is on the plate.",
    )
    await finish(machines, entities)
    await until(lambda: phone.shown)
    assert phone.last["message"] == "Cube is on the plate."
    assert "image" not in phone.last["data"]
    await tidy(machines, entities)


async def _watch(hass: HomeAssistant, entities: Entities, phone: Phone) -> None:
    names = ("Ada", "Brunel")
    await use(
        hass,
        "attention",
        printers={"device_id": [entities.device(name) for name in names]},
        phones=[phone.device_id],
        resume=[entities.id(name, "button", "resume") for name in names],
        cancel=[entities.id(name, "button", "stop") for name in names],
    )


async def test_a_waiting_printer_is_resumed_from_the_phone(
    hass: HomeAssistant, machines: Machines, entities: Entities, phone: Phone
) -> None:
    await _watch(hass, entities, phone)
    machines.misbehave("Brunel", "runout")
    await until(lambda: phone.shown)
    assert phone.last["title"] == "Brunel waits for somebody"
    assert "used up" in phone.last["message"]
    camera = entities.id("Brunel", "camera", "camera_chamber")
    assert phone.last["data"]["image"] == f"/api/camera_proxy/{camera}"
    machines.act("Brunel", "refill")
    phone.press("Resume")
    await entities.until("Brunel", "sensor", "status", "printing")
    await entities.until("Brunel", "binary_sensor", "attention", "off")


async def test_a_print_is_cancelled_from_the_phone(
    hass: HomeAssistant, machines: Machines, entities: Entities, phone: Phone
) -> None:
    await _watch(hass, entities, phone)
    machines.act("Ada", "start_job", job="Spaghetti", minutes=60)
    await entities.until("Ada", "sensor", "status", "printing")
    machines.misbehave("Ada", "fault", print_error="0300_8003")
    await until(lambda: phone.shown)
    phone.press("Cancel the print")
    await entities.until("Ada", "sensor", "status", "cancelled")
    assert entities.value("Brunel", "sensor", "status") == "printing"
    await entities.call("Ada", "button", "clear_errors", "press")
    await entities.until("Ada", "binary_sensor", "attention", "off")
    await tidy(machines, entities)


async def test_a_failed_print_is_told_and_the_printer_stopped_at_once(
    hass: HomeAssistant, machines: Machines, entities: Entities, phone: Phone
) -> None:
    await _watch(hass, entities, phone)
    stopped = []
    hass.bus.async_listen(
        "call_service",
        lambda event: (
            stopped.append(event.data)
            if event.data["service"] == "emergency_stop"
            else None
        ),
    )
    machines.act("Ada", "start_job", job="Bad", minutes=60)
    await entities.until("Ada", "sensor", "status", "printing")
    machines.misbehave("Ada", "fault", print_error="0300_4006")
    await until(lambda: any("failed" in each.data["title"] for each in phone.shown))
    told = next(each for each in phone.shown if "failed" in each.data["title"])
    titles = [each["title"] for each in told.data["data"]["actions"]]
    assert titles == ["Emergency stop"]
    assert told.data["data"]["actions"][0]["authenticationRequired"]
    phone.press("Emergency stop")
    await until(lambda: stopped)
    assert stopped[0]["service_data"] == {"device_id": entities.device("Ada")}
    machines.act("Ada", "clear_fault")
    await until(lambda: entities.value("Ada", "binary_sensor", "attention") == "off")
    await tidy(machines, entities)


async def test_a_plate_is_reminded_of_until_it_is_clear(
    hass: HomeAssistant, machines: Machines, entities: Entities, phone: Phone
) -> None:
    await use(
        hass,
        "plate_reminder",
        printers={"device_id": entities.device("Ada")},
        phones=[phone.device_id],
        every=_NOW,
        most=2,
    )
    await finish(machines, entities)
    await until(lambda: len(phone.shown) == 2)
    assert phone.last["title"] == "Ada: clear the plate"
    assert phone.last["message"] == "Cube still lies on it."
    old = phone.last
    phone.press("The plate is clear")
    await entities.until("Ada", "binary_sensor", "plate", "off")
    machines.act("Ada", "clear_plate")
    await finish(machines, entities, "Sphere")
    await until(lambda: len(phone.shown) == 4)
    action = old["data"]["actions"][0]["action"]
    hass.bus.async_fire("mobile_app_notification_action", {"action": action})
    await hass.async_block_till_done()
    assert entities.value("Ada", "binary_sensor", "plate") == "on"
    await tidy(machines, entities)


async def test_a_plate_that_was_cleared_needs_no_reminder(
    hass: HomeAssistant, machines: Machines, entities: Entities, phone: Phone
) -> None:
    await use(
        hass,
        "plate_reminder",
        printers={"device_id": entities.device("Ada")},
        phones=[phone.device_id],
        every={"hours": 1},
    )
    await finish(machines, entities)
    await until(lambda: _current(hass) == 1)
    await tidy(machines, entities)
    await until(lambda: _current(hass) == 0)
    assert not phone.shown


def _current(hass: HomeAssistant) -> int:
    state = hass.states.get(_AUTOMATION)
    assert state is not None
    found: int = state.attributes["current"]
    return found


async def test_the_power_is_cut_once_the_nozzle_is_cool(
    hass: HomeAssistant, machines: Machines, entities: Entities
) -> None:
    off = async_mock_service(hass, "homeassistant", "turn_off")
    await use(
        hass,
        "power_off",
        printer=entities.device("Ada"),
        nozzle=entities.id("Ada", "sensor", "nozzle_0_temperature"),
        what={"entity_id": "switch.plug"},
        pause=_NOW,
    )
    machines.act("Ada", "start_job", job="Cube", minutes=1)
    await entities.until("Ada", "sensor", "status", "printing")
    while entities.value("Ada", "sensor", "status") != "finished":
        # In steps: the nozzle shall be hot still.
        machines.pass_time("Ada", 20)
        await hass.async_block_till_done()
    await until(lambda: _current(hass) == 1)
    assert not off
    machines.pass_time("Ada", 3600)
    await until(lambda: off)
    assert off[0].data == {"entity_id": ["switch.plug"]}
    await tidy(machines, entities)


async def test_a_printer_that_prints_again_keeps_its_power(
    hass: HomeAssistant, machines: Machines, entities: Entities
) -> None:
    off = async_mock_service(hass, "homeassistant", "turn_off")
    await use(
        hass,
        "power_off",
        printer=entities.device("Ada"),
        # A thermometer of the room: what holds the plug is the print alone.
        nozzle="sensor.probe",
        what={"entity_id": "switch.plug"},
        pause=_NOW,
    )
    hass.states.async_set("sensor.probe", "200")
    await finish(machines, entities)
    await until(lambda: _current(hass) == 1)
    machines.act("Ada", "clear_plate")
    machines.act("Ada", "start_job", job="Next", minutes=60)
    await entities.until("Ada", "sensor", "status", "printing")
    hass.states.async_set("sensor.probe", "20")
    await until(lambda: _current(hass) == 0)
    assert not off
    await entities.call("Ada", "button", "stop", "press")
    await entities.until("Ada", "sensor", "status", "cancelled")
    await entities.call("Ada", "button", "clear_errors", "press")
    await tidy(machines, entities)


async def test_a_low_spool_is_told(
    hass: HomeAssistant, machines: Machines, entities: Entities, phone: Phone
) -> None:
    also = async_mock_service(hass, "test", "also")
    await use(
        hass,
        "filament",
        spools=[entities.id("Ada", "sensor", "unit_0_slot_1_remaining")],
        runouts=[entities.id("Brunel", "binary_sensor", "filament_runout")],
        phones=[phone.device_id],
        also=[{"action": "test.also", "data": {"what": "{{ filament | trim }}"}}],
    )
    machines.act("Ada", "insert_spool", tray="A2", preset="GFA00", percent=60)
    await entities.until("Ada", "sensor", "unit_0_slot_1_remaining", "60")
    assert not phone.shown
    machines.act("Ada", "insert_spool", tray="A2", preset="GFA00", percent=7)
    await until(lambda: also)
    assert phone.last["title"] == "Filament is low"
    assert phone.last["message"] == "Ada AMS A Slot 2: 7 % of PLA Basic left."
    assert also[0].data == {"what": "PLA Basic"}
    machines.act("Ada", "remove_spool", tray="A2")
    machines.misbehave("Brunel", "runout")
    await until(lambda: len(phone.shown) == 2)
    assert phone.last["title"] == "Filament ran out"
    assert phone.last["message"] == "Brunel waits for a new spool."
    machines.act("Brunel", "refill")
    machines.act("Brunel", "resume")
    await entities.until("Brunel", "binary_sensor", "attention", "off")


async def test_spools_alone_can_be_watched(
    hass: HomeAssistant, entities: Entities, phone: Phone
) -> None:
    await use(hass, "filament", phones=[phone.device_id])


async def test_a_printer_that_is_gone_and_back_is_told(
    hass: HomeAssistant, machines: Machines, entities: Entities, phone: Phone
) -> None:
    options: dict[str, object] = {"for": _NOW}
    await use(
        hass,
        "offline",
        printers={"device_id": entities.device("Curie")},
        phones=[phone.device_id],
        **options,
    )
    machines.act("Curie", "power_off")
    await until(lambda: phone.shown)
    assert phone.last["title"] == "Curie is offline"
    assert phone.last["message"]
    machines.act("Curie", "power_on")
    await until(lambda: len(phone.shown) == 2)
    assert phone.last["title"] == "Curie is back"
    assert phone.shown[0].data["data"]["tag"] == phone.last["data"]["tag"]
    await entities.until("Curie", "binary_sensor", "connectivity", "on")


async def test_everything_is_stopped_and_what_did_not_confirm_loses_its_power(
    hass: HomeAssistant, machines: Machines, own_engine: Engine
) -> None:
    await set_up(hass, make_entry(own_engine))
    entities = Entities(hass, own_engine)
    off = async_mock_service(hass, "switch", "turn_off")
    also = async_mock_service(hass, "test", "also")
    made = {
        "path": "odin/stop_everything.yaml",
        "input": {
            "plugs": {"entity_id": "switch.farm"},
            "also": [{"action": "test.also", "data": {"who": "{{ running }}"}}],
        },
    }
    config = {"script": {"stop": {"use_blueprint": made}}}
    assert await async_setup_component(hass, "script", config)
    sure = await _run(hass)
    assert sure == {"running": [], "is_sure": True}
    assert not off
    machines.act("Curie", "power_off")
    await entities.until("Curie", "binary_sensor", "connectivity", "off")
    unsure = await _run(hass)
    assert unsure == {"running": ["Curie"], "is_sure": False}
    assert off[0].data == {"entity_id": ["switch.farm"]}
    assert also[-1].data == {"who": ["Curie"]}
    machines.act("Curie", "power_on")
    await entities.until("Curie", "binary_sensor", "connectivity", "on")


async def _run(hass: HomeAssistant) -> object:
    return await hass.services.async_call(
        "script", "stop", blocking=True, return_response=True
    )
