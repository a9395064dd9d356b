"""Lights, speed, detectors, cameras, firmware, storage, door, network, control."""

from typing import Any

import pytest

from odin_engine.drivers.printers.bambu.protocol.document import (
    Document,
    note_accepted,
    note_new_session,
    note_refused,
)
from odin_engine.drivers.printers.bambu.protocol.translate import translate
from odin_engine.printers.model import (
    Control,
    Detector,
    Light,
    LightMode,
    LinkStatus,
    PrinterState,
    Sensitivity,
    Speed,
    SpeedLevel,
    Storage,
)
from tests.engine.drivers.bambu.talk import A1, H2D, H2S, P1S, P2S, X1C, Talk


def test_a_printer_that_has_not_spoken() -> None:
    state = translate(Document.new(A1))
    assert type(state) is PrinterState
    assert state.link is LinkStatus.ONLINE
    assert state.activity is None
    assert state.model is not None
    assert state.model.id == "a1"


def test_nothing_new_is_the_same_state() -> None:
    talk = Talk(P1S)
    before = talk.full(gcode_state="IDLE", bed_temper=20.0, sequence_id="1")
    assert talk.says(bed_temper=20.0, sequence_id="2") is before
    assert talk.says(queue_number=7, wholly="new") is before
    assert talk.full(gcode_state="IDLE", bed_temper=20.0, sequence_id="3") is before


def test_lights_merge_by_node() -> None:
    talk = Talk(H2D)
    talk.full(
        lights_report=[
            {"node": "chamber_light", "mode": "on"},
            {"node": "chamber_light2", "mode": "off"},
            {"node": "work_light", "mode": "flashing"},
            {"node": "heatbed_light", "mode": "ON"},
            {"node": "disco_light", "mode": "on"},
            {"node": "chamber_light3", "mode": "purple"},
            {"mode": "on"},
            "dark",
        ]
    )
    talk.says(lights_report=[{"node": "chamber_light", "mode": "off"}])
    assert talk.state.lights == (
        Light("chamber", LightMode.OFF),
        Light("chamber_2", LightMode.OFF),
        Light("work", LightMode.FLASHING),
        Light("heatbed", LightMode.ON),
        Light("disco", LightMode.ON),
    )
    assert talk.state.capabilities.lights == ("chamber", "chamber_2")


def test_the_light_in_cfg_where_no_list_is() -> None:
    assert Talk(P2S).full(cfg="80").lights == (Light("chamber", LightMode.ON),)
    assert Talk(P2S).full(cfg="0").lights == (Light("chamber", LightMode.OFF),)


@pytest.mark.parametrize(
    ("fields", "speed"),
    [
        ({"spd_lvl": 1, "spd_mag": 50}, Speed(SpeedLevel.SILENT, 50)),
        ({"spd_lvl": 2}, Speed(SpeedLevel.STANDARD, 100)),
        ({"spd_lvl": "3"}, Speed(SpeedLevel.SPORT, 124)),
        ({"spd_lvl": 4, "spd_mag": 0}, Speed(SpeedLevel.LUDICROUS, 166)),
        ({"spd_lvl": 9, "spd_mag": 77}, Speed(None, 77)),
        ({"spd_lvl": 9}, None),
        ({"cfg": "300"}, Speed(SpeedLevel.SPORT, 124)),
        ({}, None),
    ],
)
def test_speed(fields: dict[str, Any], speed: Speed | None) -> None:
    assert Talk(X1C).full(**fields).speed == speed


def test_detectors_of_an_x1() -> None:
    state = Talk(X1C).full(
        xcam={
            "spaghetti_detector": True,
            "first_layer_inspector": False,
            "printing_monitor": "yes",
            "halt_print_sensitivity": "low",
            "print_halt": True,
        }
    )
    assert state.detectors == (
        Detector("first_layer", is_enabled=False),
        Detector("spaghetti", is_enabled=True, sensitivity=Sensitivity.LOW, halts=True),
    )
    assert state.capabilities.detectors == ("first_layer", "spaghetti")


def test_detectors_packed_into_one_number() -> None:
    bits = 1 << 7 | 2 << 8 | 1 << 10 | 0 << 11 | 0 << 13 | 1 << 14 | 1 << 16 | 3 << 17
    state = Talk(H2S).full(
        xcam={"cfg": bits | 1 << 20, "print_halt": False, "spaghetti_detector": False},
        fun=f"{0b1111 << 42:x}",
    )
    assert state.detectors == (
        Detector("air_print", is_enabled=True),
        Detector("clump", is_enabled=False, sensitivity=Sensitivity.MEDIUM),
        Detector("pile_up", is_enabled=True, sensitivity=Sensitivity.LOW),
        Detector("plate_alignment", is_enabled=True),
        Detector(
            "spaghetti", is_enabled=True, sensitivity=Sensitivity.HIGH, halts=False
        ),
    )


def test_detectors_in_home_flag() -> None:
    flags = 1 << 19 | 1 << 20 | 1 << 25 | 1 << 28 | 1 << 29 | 1 << 31
    state = Talk(A1).full(home_flag=flags - (1 << 32))
    assert state.detectors == (
        Detector("air_print", is_enabled=True),
        Detector("filament_tangle", is_enabled=True),
        Detector("nozzle_blob", is_enabled=False),
    )


@pytest.mark.parametrize(
    ("serial", "fields", "is_open"),
    [
        (X1C, {"home_flag": 1 << 23}, True),
        (X1C, {"home_flag": 0}, False),
        (X1C, {"home_flag": -1}, True),
        # `stat` bit 23 of an X1 with a closed door [capture of an X1C].
        (X1C, {"home_flag": 0, "stat": "7A58000"}, False),
        (X1C, {}, None),
        (H2D, {"stat": "800000"}, True),
        (H2D, {"stat": "16382180F0", "home_flag": 1 << 23}, False),
        (P2S, {"stat": "800000"}, True),
        (P2S, {"stat": "broken"}, None),
        (P1S, {"stat": "800000", "home_flag": 1 << 23}, None),
        (A1, {"home_flag": 1 << 23}, None),
    ],
)
def test_doors(serial: str, fields: dict[str, Any], is_open: bool | None) -> None:  # noqa: FBT001
    state = Talk(serial).full(**fields)
    assert state.is_door_open is is_open
    assert state.capabilities.has_door_sensor is (serial in {X1C, H2D, P2S})


def test_opening_the_door_is_an_event() -> None:
    talk = Talk(H2D)
    talk.full(gcode_state="IDLE", stat="0")
    talk.says(stat="800000")
    talk.says(stat="800001")
    assert talk.happened == ["DoorChanged"]


@pytest.mark.parametrize(
    ("fields", "storage"),
    [
        ({"aux": "280100C"}, Storage.OK),
        ({"aux": "0"}, Storage.MISSING),
        ({"aux": "2000"}, Storage.ABNORMAL),
        ({"aux": "3000"}, Storage.READ_ONLY),
        ({"aux": "0", "home_flag": 0x100}, Storage.MISSING),
        ({"home_flag": 0x100, "sdcard": False}, Storage.OK),
        ({"home_flag": -1}, Storage.READ_ONLY),
        ({"sdcard": True}, Storage.OK),
        ({"sdcard": False}, Storage.MISSING),
        ({"sdcard": "HAS_SDCARD_NORMAL"}, Storage.OK),
        ({"sdcard": "HAS_SDCARD_ABNORMAL"}, Storage.ABNORMAL),
        ({"sdcard": 3}, None),
        ({}, None),
    ],
)
def test_storage(fields: dict[str, Any], storage: Storage | None) -> None:
    assert Talk(X1C).full(**fields).storage is storage


@pytest.mark.parametrize(
    ("fields", "dbm"),
    [
        ({"wifi_signal": "-46dBm"}, -46),
        ({"wifi_signal": "-46"}, -46),
        ({"wifi_signal": -46}, -46),
        ({"wifi_signal": "-90dBm", "net": {"conf": 1}}, None),
        ({"wifi_signal": "-90dBm", "net": {"conf": 16}}, -90),
        ({"wifi_signal": "strong"}, None),
        ({"wifi_signal": "12dBm"}, None),
        ({}, None),
    ],
)
def test_wifi(fields: dict[str, Any], dbm: int | None) -> None:
    assert Talk(X1C).full(**fields).wifi_dbm == dbm


@pytest.mark.parametrize(
    ("fields", "is_on"),
    [
        ({"ipcam": {"timelapse": "enable"}}, True),
        ({"ipcam": {"timelapse": "disable"}, "cfg": "20"}, False),
        ({"cfg": "20"}, True),
        ({"ipcam": {"timelapse": 3}}, None),
        ({}, None),
    ],
)
def test_timelapse(fields: dict[str, Any], is_on: bool | None) -> None:  # noqa: FBT001
    assert Talk(X1C).full(**fields).is_timelapse_on is is_on


def test_live_view_that_is_off_says_how_to_switch_it_on() -> None:
    talk = Talk(H2S)
    talk.full(ipcam={"rtsp_url": "disable", "ipcam_dev": "1"})
    (camera,) = talk.state.cameras
    assert camera.is_available is False
    assert camera.unavailable_because is not None
    assert "LAN" in camera.unavailable_because
    talk.says(ipcam={"rtsp_url": "rtsps://192.0.2.10:322/streaming/live/1"})
    (camera,) = talk.state.cameras
    assert camera.is_available


def test_a_camera_that_is_not_there() -> None:
    (camera,) = Talk(A1).full(ipcam={"ipcam_dev": "0"}).cameras
    assert camera.is_available is False


def test_firmware() -> None:
    talk = Talk(H2S)
    talk.versions(
        {
            "name": "ota",
            "sw_ver": "01.01.00.00",
            "hw_ver": "N/A",
            "sn": H2S,
            "product_name": "Bambu Lab H2S",
        },
        {"name": "th", "sw_ver": "02.00.19.33", "hw_ver": "TH04"},
        {"sw_ver": "nameless"},
    )
    talk.full(upgrade_state={"status": "IDLE", "new_version_state": 2})
    firmware = talk.state.firmware
    assert (firmware.version, firmware.update) == ("01.01.00.00", None)
    assert firmware.is_updating is False
    assert [module.name for module in firmware.modules] == ["ota", "th"]
    assert firmware.modules[0].hardware is None
    talk.says(
        upgrade_state={
            "new_version_state": 1,
            "new_ver_list": [{"name": "ota", "new_ver": "01.02.00.00"}],
        }
    )
    assert talk.state.firmware.update == "01.02.00.00"
    talk.says(upgrade_state={"status": "FLASHING", "progress": "12"})
    assert talk.state.firmware.is_updating is True
    talk.says(upgrade_state={"status": "UPGRADE_SUCCESS"})
    assert talk.state.firmware.is_updating is False


def test_an_offered_version_counts_only_while_it_is_offered() -> None:
    upgrade = {"new_version_state": 2, "ota_new_version_number": "01.06.06.58"}
    assert Talk(X1C).full(upgrade_state=upgrade).firmware.update is None


@pytest.mark.parametrize(
    ("fun", "control"),
    [
        ("11A30F9CFB", Control.REFUSED),
        ("21FF1AFFF9CB7", Control.REFUSED),
        ("11830F9CFB", Control.ALLOWED),
        ("0", Control.ALLOWED),
        ("FFFFFFFFFDFFFFFFF", Control.ALLOWED),
        ("x", Control.UNKNOWN),
        (None, Control.UNKNOWN),
    ],
)
def test_control_by_developer_mode(fun: str | None, control: Control) -> None:
    # Bit 29 of a hex string of any width.
    assert Talk(X1C).full(fun=fun).control is control


def test_a_refused_command_shows_until_the_printer_says_otherwise() -> None:
    talk = Talk(P1S)
    talk.full(gcode_state="IDLE")
    assert talk.state.control is Control.UNKNOWN
    document = note_refused(talk.document)
    assert translate(document).control is Control.REFUSED
    assert note_refused(document) is document
    document = note_accepted(document)
    assert translate(document).control is Control.ALLOWED


def test_a_new_session_may_take_what_the_last_one_refused() -> None:
    talk = Talk(P1S)
    talk.full(gcode_state="IDLE", hms=[])
    refused = note_refused(talk.document)
    assert translate(note_new_session(refused)).control is Control.UNKNOWN
    taken = note_accepted(refused)
    assert note_new_session(taken) is taken
    talk.says(hms=[{"attr": 0x0500_0500, "code": 0x0001_0007}])
    assert note_new_session(talk.document) is talk.document


def test_a_command_that_was_taken_does_not_overrule_the_bit() -> None:
    talk = Talk(X1C)
    talk.full(fun="20000000")
    assert translate(note_accepted(talk.document)).control is Control.REFUSED


def test_a_dropped_command_shows_in_the_health_list() -> None:
    talk = Talk(P1S)
    talk.full(gcode_state="IDLE", hms=[])
    state = talk.says(hms=[{"attr": 0x0500_0500, "code": 0x0001_0007}])
    assert state.control is Control.REFUSED
    assert "Developer Mode" in state.faults[0].text
    state = talk.says(hms=[])
    assert state.faults == ()
    assert state.control is Control.REFUSED, "it still would not take one"
    state = talk.says(fun="0")
    assert state.control is Control.ALLOWED


def test_capabilities_follow_the_model() -> None:
    able = Talk(H2D).full(gcode_state="IDLE").capabilities
    assert (able.heads, able.nozzle_max_c, able.bed_max_c, able.chamber_max_c) == (
        2,
        350,
        120,
        65,
    )
    assert "set_chamber_temperature" in able.commands
    assert able.commands == tuple(sorted(able.commands))
    able = Talk(A1).full(gcode_state="IDLE").capabilities
    assert (able.chamber_max_c, able.fans) == (None, ("part",))
    assert "set_chamber_temperature" not in able.commands
    assert "motor_noise" in able.calibrations
    assert able.start_deadline_s >= 180


@pytest.mark.parametrize(
    "key",
    ["device", "lights_report", "xcam", "ipcam", "net", "upgrade_state", "hms", "info"],
)
@pytest.mark.parametrize("value", [None, 3, "x", True])
def test_values_of_an_impossible_shape_are_ignored(key: str, value: object) -> None:
    talk = Talk(H2D)
    before = talk.full(
        gcode_state="IDLE",
        device={"bed": {"info": {"temp": 30}}},
        lights_report=[{"node": "chamber_light", "mode": "on"}],
        xcam={"spaghetti_detector": True},
        ipcam={"timelapse": "enable"},
        net={"conf": 1},
        upgrade_state={"status": "FLASHING"},
        hms=[{"attr": 201327360, "code": 196615}],
        info={"temp": 31},
    )
    assert talk.says(after_s=1, **{key: value}) is before
