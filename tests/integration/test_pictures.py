"""Cameras and pictures of prints, through the engine."""

from dataclasses import replace

import pytest
from homeassistant.components.camera.const import DOMAIN as CAMERA
from homeassistant.components.image.const import DOMAIN as IMAGE
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.odin.client.models import CameraKind
from custom_components.odin.coordinator import OdinCoordinator
from tests.integration.entities import Entities
from tests.integration.farm import Engine


@pytest.fixture
def entities(
    hass: HomeAssistant, engine: Engine, coordinator: OdinCoordinator
) -> Entities:
    return Entities(hass, engine)


async def test_a_camera_shows_what_the_printer_sees(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entities: Entities
) -> None:
    assert await async_setup_component(hass, "http", {})
    browser = await hass_client()
    camera = entities.id("Brunel", CAMERA, "camera_chamber")
    answer = await browser.get(f"/api/camera_proxy/{camera}")
    assert answer.status == 200
    assert (await answer.read()).startswith(b"\xff\xd8\xff")


async def test_a_camera_that_is_switched_off_at_the_machine(
    hass: HomeAssistant, entities: Entities
) -> None:
    assert not entities.is_available("Ada", CAMERA, "camera_chamber")


async def test_a_camera_that_sends_video_has_no_pictures_yet(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    engine: Engine,
    coordinator: OdinCoordinator,
    entities: Entities,
) -> None:
    farm, printer_id = coordinator.data, engine.printers["Ada"]
    printer = farm.printers[printer_id]
    for kind, is_available in (
        (CameraKind.RTSP, False),
        (CameraKind.RTSPS, False),
        (CameraKind.STREAM, False),
        (CameraKind.JPEG, True),
    ):
        camera = replace(printer.cameras[0], kind=kind, is_available=True)
        printers = {printer_id: replace(printer, cameras=(camera,))}
        coordinator.on_farm(
            replace(farm, printers={**farm.printers, **printers}),
            frozenset({printer_id}),
        )
        shown = entities.is_available("Ada", CAMERA, "camera_chamber")
        assert shown is is_available
    # Said to send pictures, it is asked; the engine knows better.
    assert await async_setup_component(hass, "http", {})
    browser = await hass_client()
    camera_id = entities.id("Ada", CAMERA, "camera_chamber")
    answer = await browser.get(f"/api/camera_proxy/{camera_id}")
    assert answer.status == 500


async def test_the_picture_of_a_print(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entities: Entities
) -> None:
    assert await async_setup_component(hass, "http", {})
    browser = await hass_client()
    picture = entities.id("Brunel", IMAGE, "picture")
    assert entities.value("Brunel", IMAGE, "picture") != STATE_UNKNOWN
    answer = await browser.get(f"/api/image_proxy/{picture}")
    assert answer.status == 200
    assert (await answer.read()).startswith(b"\x89PNG")
    assert answer.content_type == "image/png"


async def test_where_nothing_was_printed_there_is_no_picture(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entities: Entities
) -> None:
    assert await async_setup_component(hass, "http", {})
    browser = await hass_client()
    picture = entities.id("Curie", IMAGE, "picture")
    assert entities.value("Curie", IMAGE, "picture") == STATE_UNKNOWN
    answer = await browser.get(f"/api/image_proxy/{picture}")
    assert answer.status == 500
