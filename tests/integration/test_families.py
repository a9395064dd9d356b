"""Machines of other makes: what each has of its own becomes entities, and can be told."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import pytest_socket
from homeassistant.components.binary_sensor.const import DOMAIN as BINARY_SENSOR
from homeassistant.components.button.const import DOMAIN as BUTTON
from homeassistant.components.fan.const import DOMAIN as FAN
from homeassistant.components.number import DOMAIN as NUMBER
from homeassistant.components.select import DOMAIN as SELECT
from homeassistant.components.sensor import DOMAIN as SENSOR
from homeassistant.components.switch.const import DOMAIN as SWITCH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.util import slugify

from tests.e2e.apart import Json, Machines
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.entities import Entities
from tests.integration.farm import Engine, run_engine, run_machines

_FARM = """
clock_factor: 5
printers:
  - {name: Tom, family: moonraker, variant: toolchanger}
  - {name: Klara, family: moonraker, variant: chamber}
  - {name: Otto, family: octoprint, options: {extruders: 2}}
"""
_MACRO = "CLEAN_NOZZLE"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Tom changes between four tools, Klara has a heated chamber, Otto an OctoPrint."""
    pytest_socket.enable_socket()
    with run_machines(tmp_path_factory.mktemp("mixed"), _FARM) as farm:
        yield farm


@pytest.fixture(scope="module")
def house(
    mixed: Machines, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine that hears them; of Klara's macros one is a button."""
    pytest_socket.enable_socket()
    with run_engine(tmp_path_factory.mktemp("house")) as running:
        running.add(mixed.screens["Tom"], location="Cellar")
        running.add(mixed.screens["Klara"], macro_buttons=[_MACRO])
        running.add(mixed.screens["Otto"])
        running.until_online()
        yield running


@pytest.fixture
async def entities(hass: HomeAssistant, house: Engine) -> Entities:
    """The entities of the mixed house in a fresh Home Assistant."""
    await set_up(hass, make_entry(house))
    return Entities(hass, house)


class Klipper:
    """A Klipper machine as it speaks of itself, past the engine."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def __call__(self, method: str, **params: object) -> Any:  # noqa: ANN401 - JSON
        asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        await self._socket.send_json(asked)
        while True:
            told = await self._socket.receive_json(timeout=10)
            if told.get("id") == 1:
                return told["result"]

    async def object(self, name: str) -> Json:
        """Returns the fields of one of its objects."""
        told = await self("printer.objects.query", objects={name: None})
        fields: Json = told["status"][name]
        return fields


@asynccontextmanager
async def klipper(machines: Machines, name: str) -> AsyncIterator[Klipper]:
    """Asks a machine itself."""
    screen = machines.screens[name]
    url = f"http://{screen['host']}:{screen['ports']['http']}/websocket"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        yield Klipper(socket)


async def test_every_tool_has_its_heat(mixed: Machines, entities: Entities) -> None:
    async with klipper(mixed, "Tom") as tom:
        for head in range(4):
            there = await tom.object(f"extruder{head or ''}")
            key = f"nozzle_{head}_temperature"
            shown = entities.number("Tom", SENSOR, key)
            assert shown == pytest.approx(there["temperature"], abs=1)
            state = entities.state("Tom", SENSOR, key)
            assert state.name == f"Tom T{head} temperature"
            target = entities.state("Tom", NUMBER, f"nozzle_{head}_target")
            assert float(target.state) == there["target"]
            assert target.attributes["max"] == 300
        await entities.call("Tom", NUMBER, "nozzle_2_target", "set_value", value=60)
        await entities.until("Tom", NUMBER, "nozzle_2_target", "60.0")
        assert (await tom.object("extruder2"))["target"] == 60
        assert (await tom.object("extruder"))["target"] == 0
        await entities.call("Tom", NUMBER, "nozzle_2_target", "set_value", value=0)
        await entities.until("Tom", NUMBER, "nozzle_2_target", "0.0")
    assert entities.entry("Tom", NUMBER, "nozzle_4_target") is None


async def test_a_tool_is_chosen(mixed: Machines, entities: Entities) -> None:
    chosen = entities.state("Tom", SELECT, "tool")
    assert chosen.attributes["options"] == ["T0", "T1", "T2", "T3"]
    assert chosen.state == "T0"
    async with klipper(mixed, "Tom") as tom:
        await entities.call("Tom", SELECT, "tool", "select_option", option="T3")
        await entities.until("Tom", SELECT, "tool", "T3")
        assert (await tom.object("toolhead"))["extruder"] == "extruder3"
    await entities.call("Tom", SELECT, "tool", "select_option", option="T0")
    await entities.until("Tom", SELECT, "tool", "T0")
    assert entities.entry("Klara", SELECT, "tool") is None


async def test_fans_bear_the_machines_own_names(
    mixed: Machines, house: Engine, entities: Entities
) -> None:
    named = [each["name"] for each in house.printer("Tom")["fans"]["others"]]
    assert len(named) == 4
    for name in named:
        entities.state("Tom", FAN, f"fan_{slugify(name)}")
    key = f"fan_{slugify(named[1])}"
    await entities.call("Tom", FAN, key, "set_percentage", percentage=40)
    await entities.until("Tom", FAN, key, "on")
    assert entities.state("Tom", FAN, key).attributes["percentage"] == 40
    async with klipper(mixed, "Tom") as tom:
        speeds = [
            (await tom.object(f"fan_generic T{n}_part"))["speed"] for n in range(4)
        ]
    assert sorted(speeds) == [0, 0, 0, 0.4]
    await entities.call("Tom", FAN, key, "turn_off")
    await entities.until("Tom", FAN, key, "off")
    # A fan that the firmware alone turns is told of, and cannot be told.
    others = [each["name"] for each in house.printer("Klara")["fans"]["others"]]
    settable = house.printer("Klara")["capabilities"]["fans"]
    for name in others:
        found = entities.entry("Klara", FAN, f"fan_{slugify(name)}")
        assert (found is not None) is (name in settable), name


async def test_a_chamber_and_sensors_that_heat_nothing(
    mixed: Machines, entities: Entities
) -> None:
    async with klipper(mixed, "Klara") as klara:
        air = await klara.object("bme280 Enclosure")
        chamber = await klara.object("heater_generic chamber")
    warm = entities.state("Klara", SENSOR, "named_enclosure")
    assert float(warm.state) == pytest.approx(air["temperature"])
    assert warm.attributes["unit_of_measurement"] == "°C"
    humid = entities.state("Klara", SENSOR, "named_humidity_enclosure")
    assert float(humid.state) == pytest.approx(air["humidity"])
    assert humid.attributes["unit_of_measurement"] == "%"
    assert humid.name != warm.name
    shown = entities.number("Klara", SENSOR, "chamber_temperature")
    assert shown == pytest.approx(chamber["temperature"], abs=1)
    assert entities.state("Klara", NUMBER, "chamber_target").attributes["max"] == 60
    assert entities.number("Otto", SENSOR, "named_brd") == 34.5


async def test_the_end_of_the_filament_is_seen(
    mixed: Machines, house: Engine, entities: Entities
) -> None:
    (sensor,) = house.printer("Klara")["filament_sensors"]
    key = f"filament_sensor_{slugify(sensor['name'])}"
    assert entities.value("Klara", BINARY_SENSOR, key) == "on"
    mixed.act("Klara", "remove_filament")
    await entities.until("Klara", BINARY_SENSOR, key, "off")
    mixed.act("Klara", "insert_filament")
    await entities.until("Klara", BINARY_SENSOR, key, "on")


async def test_a_macro_of_the_owner_is_a_button(
    house: Engine, entities: Entities
) -> None:
    macros = house.printer("Klara")["capabilities"]["macros"]
    assert _MACRO in macros
    key = f"macro_{slugify(_MACRO)}"
    assert entities.state("Klara", BUTTON, key).name == "Klara Macro CLEAN NOZZLE"
    await entities.call("Klara", BUTTON, key, "press")
    printer_id = house.printers["Klara"]
    lines = house.get(f"/printers/{printer_id}/console")["items"]
    assert any(each["is_sent"] and _MACRO in each["text"] for each in lines)
    others = [each for each in macros if each != _MACRO]
    assert others
    for name in others:
        assert entities.entry("Klara", BUTTON, f"macro_{slugify(name)}") is None
    assert entities.entry("Tom", BUTTON, key) is None


async def test_power_is_switched(
    mixed: Machines, house: Engine, entities: Entities
) -> None:
    devices = house.printer("Klara")["power_devices"]
    assert devices
    for device in devices:
        state = entities.value("Klara", SWITCH, f"power_{slugify(device['name'])}")
        assert state == ("on" if device["is_on"] else "off")
    name = devices[-1]["name"]
    key, was = f"power_{slugify(name)}", devices[-1]["is_on"]
    first, then = ("turn_off", "turn_on") if was else ("turn_on", "turn_off")
    await entities.call("Klara", SWITCH, key, first)
    await entities.until("Klara", SWITCH, key, "off" if was else "on")
    async with klipper(mixed, "Klara") as klara:
        told = (await klara("machine.device_power.devices"))["devices"]
    now = {each["device"]: each["status"] for each in told}
    assert now[name] == ("off" if was else "on")
    await entities.call("Klara", SWITCH, key, then)
    await entities.until("Klara", SWITCH, key, "on" if was else "off")


async def test_speed_and_flow_are_factors(mixed: Machines, entities: Entities) -> None:
    async with klipper(mixed, "Klara") as klara:
        for key, field in (
            ("speed_factor", "speed_factor"),
            ("flow_factor", "extrude_factor"),
        ):
            await entities.call("Klara", NUMBER, key, "set_value", value=90)
            await entities.until("Klara", NUMBER, key, lambda now: float(now) == 90)
            assert (await klara.object("gcode_move"))[field] == pytest.approx(0.9)
            await entities.call("Klara", NUMBER, key, "set_value", value=100)
            await entities.until("Klara", NUMBER, key, lambda now: float(now) == 100)
    assert entities.entry("Klara", SELECT, "speed") is None


async def test_spoolman_is_told_which_spool_is_in_use(
    mixed: Machines, entities: Entities
) -> None:
    async with klipper(mixed, "Klara") as klara:
        assert entities.state("Klara", NUMBER, "active_spool").name == (
            "Klara Spoolman spool"
        )
        for number, shown in ((12, "12"), (0, "0")):
            await entities.call(
                "Klara", NUMBER, "active_spool", "set_value", value=number
            )
            await entities.until("Klara", NUMBER, "active_spool", shown)
            told = await klara("server.spoolman.status")
            assert told["spool_id"] == (number or None)
    assert entities.entry("Otto", NUMBER, "active_spool") is None


async def test_a_host_that_lost_its_machine_is_told_to_connect_it(
    mixed: Machines, house: Engine, entities: Entities
) -> None:
    assert entities.number("Otto", SENSOR, "nozzle_1_temperature") > 0
    assert entities.value("Otto", BINARY_SENSOR, "connectivity") == "on"
    mixed.act("Otto", "disconnect")
    await entities.until("Otto", SENSOR, "status", "offline")
    connection = entities.state("Otto", SENSOR, "connection")
    assert connection.attributes["reason"] == "machine_away"
    assert connection.attributes["remedy"]
    assert entities.value("Otto", BINARY_SENSOR, "connectivity") == "off"
    assert not entities.is_available("Otto", SENSOR, "nozzle_0_temperature")
    await until(lambda: entities.entry("Otto", BUTTON, "connect_machine"))
    assert entities.is_available("Otto", BUTTON, "connect_machine")
    await entities.call("Otto", BUTTON, "connect_machine", "press")
    await entities.until("Otto", SENSOR, "status", "idle")
    assert house.printer("Otto")["link"] == "online"
    assert entities.is_available("Otto", SENSOR, "nozzle_0_temperature")
    with pytest.raises(ServiceValidationError):
        await entities.call("Otto", BUTTON, "connect_machine", "press")


async def test_a_question_of_the_machine_is_shown(
    mixed: Machines, entities: Entities
) -> None:
    mixed.act("Klara", "start_job", job="part.gcode", minutes=600)
    await entities.until("Klara", SENSOR, "status", "printing")
    mixed.act("Klara", "ask")
    await until(lambda: entities.entry("Klara", BINARY_SENSOR, "asks"))
    await entities.until("Klara", BINARY_SENSOR, "asks", "on")
    asked = entities.state("Klara", BINARY_SENSOR, "asks")
    assert "red one" in asked.attributes["question"]
    assert asked.attributes["choices"] == ["Go on", "Stop"]
    used = entities.entry("Klara", SENSOR, "filament_used")
    assert used is not None
    await entities.call("Klara", BUTTON, "stop", "press")
    await entities.until("Klara", SENSOR, "status", "cancelled")


async def test_devices_say_who_made_them_and_where_they_stand(
    hass: HomeAssistant, house: Engine, entities: Entities
) -> None:
    devices, areas = dr.async_get(hass), ar.async_get(hass)
    tom = devices.async_get(entities.device("Tom"))
    assert isinstance(tom, dr.DeviceEntry)
    assert tom.area_id is not None
    area = areas.async_get_area(tom.area_id)
    assert area is not None
    assert area.name == "Cellar"
    for name in ("Tom", "Klara", "Otto"):
        device = devices.async_get(entities.device(name))
        told = house.printer(name)["model"]
        assert isinstance(device, dr.DeviceEntry)
        assert device.manufacturer == told["maker"]
        assert device.model == (told["name"] or told["id"])
