"""Which machine it is: the order of the signs, and what a new one shows."""

from typing import Any

import pytest

from odin_engine.drivers.printers.bambu.protocol.models import (
    MODELS,
    DoorSensor,
    by_code,
    detect,
)
from odin_engine.printers.model import CameraKind
from tests.engine.drivers.bambu.talk import Talk


def ota(**fields: object) -> list[dict[str, Any]]:
    return [{"name": "ota", **fields}]


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("Bambu Lab X1-Carbon", "x1c"),
        ("X1 Carbon", "x1c"),
        ("Bambu Lab X1", "x1"),
        ("Bambu Lab X1E", "x1e"),
        ("Bambu Lab P1P", "p1p"),
        ("Bambu Lab P1S", "p1s"),
        ("Bambu Lab A1 mini", "a1_mini"),
        ("Bambu Lab A1", "a1"),
        ("Bambu Lab P2S", "p2s"),
        ("Bambu Lab A2L", "a2l"),
        ("Bambu Lab X2D", "x2d"),
        ("Bambu Lab H2S", "h2s"),
        ("Bambu Lab H2D", "h2d"),
        ("Bambu Lab H2D Pro", "h2d_pro"),
        ("Bambu Lab H2C", "h2c"),
    ],
)
def test_product_names(name: str, model: str) -> None:
    assert detect(ota(product_name=name), "00M", {}).id == model


@pytest.mark.parametrize(
    ("code", "model"),
    [
        ("BL-P001", "x1c"),
        ("BL-P002", "x1"),
        ("C13", "x1e"),
        ("C11", "p1p"),
        ("C12", "p1s"),
        ("N1", "a1_mini"),
        ("N2S", "a1"),
        ("N7", "p2s"),
        ("N7-V2", "p2s"),
        ("n9", "a2l"),
        ("N6", "x2d"),
        ("O1S", "h2s"),
        ("O1D", "h2d"),
        ("O1E", "h2d_pro"),
        ("O2D", "h2d_pro"),
        ("O1C", "h2c"),
        ("O1C2-V2", "h2c"),
    ],
)
def test_codes(code: str, model: str) -> None:
    found = by_code(code)
    assert found is not None
    assert found.id == model


@pytest.mark.parametrize("code", [None, "", "Z9", "V2"])
def test_codes_in_no_list(code: str | None) -> None:
    assert by_code(code) is None


@pytest.mark.parametrize(
    ("prefix", "model"),
    [
        ("00M", "x1c"),
        ("03W", "x1e"),
        ("01S", "p1p"),
        ("01P", "p1s"),
        ("030", "a1_mini"),
        ("039", "a1"),
        ("22E", "p2s"),
        ("26A", "a2l"),
        ("20P", "x2d"),
        ("093", "h2s"),
        ("094", "h2d"),
        ("239", "h2d_pro"),
        ("31B", "h2c"),
    ],
)
def test_serials(prefix: str, model: str) -> None:
    assert detect((), f"{prefix}00A123456789", {}).id == model
    assert detect(ota(sn=f"{prefix}00A123456789"), None, {}).id == model


@pytest.mark.parametrize(
    ("module", "model"),
    [
        ({"name": "esp32", "hw_ver": "AP04", "project_name": "C11"}, "p1p"),
        ({"name": "esp32", "hw_ver": "AP04", "project_name": "C12"}, "p1s"),
        ({"name": "esp32", "hw_ver": "AP05", "project_name": "N2S"}, "a1"),
        ({"name": "esp32", "hw_ver": "AP05", "project_name": "N1"}, "a1_mini"),
        ({"name": "ap", "hw_ver": "AP05", "project_name": ""}, "x1c"),
        ({"name": "ap", "hw_ver": "AP02"}, "x1e"),
        ({"name": "ap", "hw_ver": "AP05"}, None),
        ({"name": "mc", "hw_ver": "AP02"}, None),
    ],
)
def test_boards(module: dict[str, Any], model: str | None) -> None:
    assert detect([module], None, {}).id == model


def test_stronger_signs_win() -> None:
    modules = ota(product_name="Bambu Lab H2D", project_name="C11")
    assert detect(modules, "01P00A", {}, code="N1").id == "h2d"
    assert detect(ota(product_name="Cube 3"), "01P00A", {}, code="N1").id == "a1_mini"
    assert detect(ota(project_name="C11"), "01P00A", {}).id == "p1s"


def test_an_unknown_machine_is_what_it_shows() -> None:
    talk = Talk("99Z00A000000001")
    state = talk.full(
        gcode_state="IDLE",
        stat="800000",
        ipcam={"rtsp_url": "rtsps://192.0.2.10:322/streaming/live/1"},
        device={
            "airduct": {"parts": [{"id": 16, "state": 20}, {"id": 32, "state": 0}]},
            "ctc": {"info": {"temp": 30}},
            "extruder": {
                "info": [{"id": 0, "temp": 25}, {"id": 1, "temp": 26}],
                "state": 2,
            },
        },
    )
    assert state.model is not None
    assert (state.model.id, state.model.name) == (None, None)
    assert [heat.current_c for heat in state.temperatures.nozzles] == [25, 26]
    assert state.temperatures.chamber is not None
    assert state.is_door_open is True
    assert [camera.kind for camera in state.cameras] == [CameraKind.RTSPS]
    assert state.fans.part_pct == 20
    assert state.capabilities.heads == 2


def test_an_unknown_machine_without_the_new_protocol() -> None:
    state = Talk(None).full(
        gcode_state="IDLE", chamber_temper=5, nozzle_temper=20.5, ipcam={}, stat="0"
    )
    assert state.temperatures.chamber is None
    assert [heat.current_c for heat in state.temperatures.nozzles] == [20.5]
    assert state.is_door_open is None
    assert state.cameras == ()


def test_the_version_reply_may_come_last() -> None:
    talk = Talk(None)
    talk.full(gcode_state="IDLE", chamber_temper=30.0, stat="800000")
    state = talk.versions(
        {"name": "ota", "product_name": "Bambu Lab P2S", "sn": "22E00A000000001"}
    )
    assert state.model is not None
    assert (state.model.id, state.model.serial) == ("p2s", "22E00A000000001")
    assert state.is_door_open is True
    assert talk.document.model.upload_folder == "cache"


def test_bounds_are_sane_for_every_model() -> None:
    for model in MODELS:
        assert 300 <= model.nozzle_max_c <= 350
        assert 80 <= model.bed_max_c <= 120
        assert model.start_deadline_s >= 180
        assert model.camera is not None
        assert model.chamber_max_c is None or model.has_chamber_sensor
        assert (model.door is DoorSensor.NONE) == model.sends_deltas
        assert "{path}" in model.print_url
        assert model.print_url.count("{") == 1
        has_sdcard = model.print_url.startswith("file:///sdcard/")
        assert has_sdcard == (model.id in _SDCARD)


_SDCARD = {"x1c", "x1", "x1e", "p1p", "p1s", "a1", "a1_mini", "a2l"}
