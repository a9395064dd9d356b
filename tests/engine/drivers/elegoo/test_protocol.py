from typing import Any

import pytest

from odin_engine.drivers.printers.elegoo.protocol import files, requests
from odin_engine.drivers.printers.elegoo.protocol.beacon import parse_answer
from odin_engine.drivers.printers.elegoo.protocol.cc2 import document as cc2_document
from odin_engine.drivers.printers.elegoo.protocol.cc2 import messages as cc2_messages
from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect, dialect_of
from odin_engine.drivers.printers.elegoo.protocol.document import Document, fold
from odin_engine.drivers.printers.elegoo.protocol.messages import (
    Attributes,
    Beacon,
    Message,
    Notice,
    Pong,
    Reply,
    Request,
    Status,
    Trouble,
    Unknown,
    parse,
    read,
)
from odin_engine.drivers.printers.elegoo.protocol.requests import Cmd
from odin_engine.drivers.printers.elegoo.protocol.translate import translate
from odin_engine.printers.model import (
    CameraKind,
    CommandRejected,
    Heat,
    LightMode,
    NotSupported,
    PrintOptions,
    PrintResult,
    SensorKind,
    SetFan,
    SetLight,
    SlotRef,
    SpeedLevel,
    StartPrint,
    Technology,
    UnitKind,
)
from tests.engine.drivers.elegoo.frames import (
    BEGAN,
    BOARD,
    after,
    attributes,
    fdm,
    resin,
    shown,
)

_FDM = attributes()


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        ("pong", Pong),
        ('{"Status":{"CurrentStatus":[0]},"MainboardID":"b"}', Status),
        ('{"Attributes":{"Name":"x"}}', Attributes),
        ('{"Data":{"Status":{"CurrentStatus":1},"MainboardID":"b"}}', Status),
        ('{"Data":{"Cmd":192,"RequestID":"r","Data":{"Ack":0}}}', Reply),
        ('{"Topic":"sdcp/error/b","Data":{"Data":{"ErrorCode":1}}}', Trouble),
        ('{"Topic":"sdcp/notice/b","Data":{"Data":{"Type":1}}}', Notice),
        ('{"Topic":"sdcp/request/b","Data":{"Cmd":0,"RequestID":"r"}}', Request),
        ('{"Data":{"MachineName":"Centauri","MainboardID":"b"}}', Beacon),
        ("", Unknown),
        ("{", Unknown),
        ("[]", Unknown),
        ("7", Unknown),
        ('{"Data":7}', Unknown),
        ("[" * 5000, Unknown),
        ("x" * (5 << 20), Unknown),
    ],
)
def test_what_a_frame_is(frame: str, kind: type[Message]) -> None:
    assert isinstance(parse(frame), kind)


def test_a_reply_is_known_by_its_id_alone() -> None:
    reply = read({"Data": {"Cmd": 192, "RequestID": "abc", "Data": {"Ack": 2}}})
    assert reply == Reply("abc", 2, {"Ack": 2})


@pytest.mark.parametrize(
    ("told", "dialect"),
    [
        ({"MachineName": "Centauri Carbon"}, Dialect.FDM),
        ({"MachineName": "ELEGOO Centauri"}, Dialect.FDM),
        ({"MachineName": "Centauri Carbon 2"}, Dialect.CC2),
        ({"MachineName": "ELEGOO Saturn 4 Ultra"}, Dialect.RESIN),
        ({"MachineName": "Mars 5 Ultra", "ProtocolVersion": "V3.0.0"}, Dialect.RESIN),
        ({"MachineName": "Saturn 3", "ProtocolVersion": "V1.0.0"}, Dialect.V1),
        ({"MachineName": "New", "SupportFileType": ["GCODE"]}, Dialect.FDM),
        ({"MachineName": "New", "SupportFileType": ["CTB"]}, Dialect.RESIN),
        ({}, Dialect.RESIN),
    ],
)
def test_how_a_machine_speaks(told: dict[str, Any], dialect: Dialect) -> None:
    assert dialect_of(told) is dialect


def test_temperatures_tell_an_fdm_machine_without_a_name() -> None:
    assert after(fdm([0])).dialect is Dialect.FDM
    assert after(resin([0])).dialect is Dialect.RESIN


def test_an_fdm_machine_in_one_vocabulary() -> None:
    status = fdm([1], 13, CurrentTicks=600.5, TotalTicks=9749, PrintSpeedPct=130)
    status["Status"] |= {
        "TempOfNozzle": 219.98765432109876,
        "TempTargetNozzle": 220,
        "TempOfBox": 31.4,
        "TempTargetBox": 0,
        "TimeLapseStatus": 1,
        "CurrentFanSpeed": {"ModelFan": 100, "AuxiliaryFan": 40, "BoxFan": 0},
        "LightStatus": {"SecondLight": 0, "RgbLight": [0, 0, 0]},
    }
    state = shown(
        attributes(
            FirmwareVersion="V1.1.46",
            Capabilities=["PRINT_CONTROL", "VIDEO_STREAM"],
            CameraStatus=1,
        ),
        status,
    )
    assert state.temperatures.nozzles == (Heat(220.0, 220.0),)
    assert state.temperatures.chamber == Heat(31.4, 0.0)
    assert (state.fans.part_pct, state.fans.aux_pct, state.fans.chamber_pct) == (
        100,
        40,
        0,
    )
    assert state.speed is not None
    assert (state.speed.level, state.speed.percent) == (SpeedLevel.SPORT, 130)
    assert state.lights[0].mode is LightMode.OFF
    assert state.is_timelapse_on is True
    assert state.cameras[0].kind is CameraKind.JPEG
    assert state.firmware.version == "1.1.46"
    assert state.model is not None
    assert (state.model.name, state.model.serial) == ("Centauri Carbon", BOARD)
    assert state.capabilities.technology is Technology.FDM
    assert state.capabilities.nozzle_max_c == 320
    assert state.capabilities.file_kinds == (".gcode",)
    assert state.job is not None
    assert (state.job.elapsed_s, state.job.remaining_s) == (600, 9149)


def test_a_resin_machine_in_one_vocabulary() -> None:
    status = resin(
        [1], 3, CurrentTicks=60_500, TotalTicks=3_600_000, CurrentLayer=5, TotalLayer=50
    )
    status["Status"] |= {
        "TempOfUVLED": 31.25,
        "TempOfTank": 28.0,
        "TempTargetTank": 30,
        "TempOfBox": 0,
        "TempTargetBox": 0,
    }
    state = shown(
        attributes("Saturn 4 Ultra", Capabilities=["PRINT_CONTROL", "VIDEO_STREAM"]),
        status,
    )
    assert state.job is not None
    assert (state.job.elapsed_s, state.job.remaining_s) == (60, 3540)
    assert state.job.progress_pct == 10
    assert state.capabilities.technology is Technology.RESIN
    assert ".gcode" not in state.capabilities.file_kinds
    assert state.temperatures.nozzles == ()
    assert state.temperatures.bed is None
    assert state.temperatures.chamber is None
    assert state.temperatures.others[0].name == "vat"
    assert {each.name: each.kind for each in state.sensors} == {
        "uv_led": SensorKind.TEMPERATURE,
        "release_film": SensorKind.COUNT,
    }
    assert state.cameras[0].kind is CameraKind.RTSP
    assert "home" not in state.capabilities.commands
    assert "set_nozzle_temperature" not in state.capabilities.commands
    assert {"pause", "resume", "start_print", "stop"} <= set(
        state.capabilities.commands
    )


def test_ticks_in_milliseconds_are_seen_through() -> None:
    state = shown(_FDM, fdm([1], 13, CurrentTicks=60_000, TotalTicks=9_749_000))
    assert state.job is not None
    assert (state.job.elapsed_s, state.job.remaining_s) == (60, 9689)


@pytest.mark.parametrize("total", [0, None, "", -5, "x"])
def test_without_a_total_the_rest_is_unknown(total: object) -> None:
    state = shown(_FDM, fdm([1], 13, CurrentTicks=5, TotalTicks=total))
    assert state.job is not None
    assert state.job.remaining_s is None


@pytest.mark.parametrize(
    "key",
    [
        "CurrentExtrusion",
        "43 75 72 72 65 6E 74 45 78 74 72 75 73 69 6F 6E 00",
    ],
)
def test_filament_used_under_either_key(key: str) -> None:
    state = shown(_FDM, fdm([1], 13, **{key: 1234.5678}))
    assert state.job is not None
    assert state.job.used_mm == 1234.6


def test_what_did_not_change_is_the_same_object() -> None:
    first = after(_FDM, fdm([0]))
    state = translate(first)
    assert translate(after(fdm([0]), document=first), state) is state
    warmer = after(fdm([0], TempOfNozzle=30.0), document=first)
    later = translate(warmer, state)
    assert later is not state
    assert later.capabilities is state.capabilities
    assert later.fans is state.fans


def test_a_camera_that_is_not_plugged_in_says_so() -> None:
    told = attributes(Capabilities=["VIDEO_STREAM"], CameraStatus=0)
    camera = shown(told, fdm([0])).cameras[0]
    assert not camera.is_available
    assert camera.unavailable_because


def test_a_machine_that_lets_nobody_control_it_offers_nothing() -> None:
    told = attributes(Capabilities=["FILE_TRANSFER"])
    assert shown(told, fdm([0])).capabilities.commands == ()


def test_broken_parts_of_a_resin_machine() -> None:
    devices = {"LCDStatus": 0, "ZMotorStatus": 1, "SgStatus": 2, "RelaseFilmState": 0}
    told = attributes("Saturn 4", DevicesStatus=devices)
    assert {each.code for each in shown(told, resin([0])).faults} == {
        "LCDStatus-0",
        "SgStatus-2",
        "ReleaseFilm-0",
    }
    # All zeros are a machine that does not say, and FDM machines have no film.
    silent = dict.fromkeys(devices, 0)
    assert shown(attributes("Mars 5", DevicesStatus=silent), resin([0])).faults == ()
    assert shown(attributes(DevicesStatus=devices), fdm([0])).faults == ()


def test_a_worn_film_is_told() -> None:
    told = attributes("Saturn 4", ReleaseFilmMax=10, DevicesStatus={"LCDStatus": 1})
    assert [each.code for each in shown(told, resin([0])).faults] == ["ReleaseFilm-max"]


def _canvas(**more: object) -> dict[str, Any]:
    trays = [
        {
            "tray_id": 0,
            "filament_type": "PLA",
            "filament_color": "#2850df",
            "status": 1,
        },
        {"tray_id": 1, "filament_type": "?", "brand": "——", "status": 0},
        {"tray_id": 2, "filament_type": "PETG", "brand": "ELEGOO", "status": 2},
    ]
    unit = {"canvas_id": 0, "connected": 1, "tray_list": trays} | more
    return {"active_canvas_id": 0, "active_tray_id": 2, "canvas_list": [unit]}


@pytest.mark.parametrize("data", [{"Ack": 0, "canvas_info": _canvas()}, _canvas()])
def test_the_canvas_is_a_filament_unit(data: dict[str, Any]) -> None:
    reply = {"Data": {"Cmd": 324, "RequestID": "r", "Data": data}}
    state = shown(_FDM, fdm([0]), reply)
    (unit,) = state.filament_units
    assert (unit.id, unit.kind) == (0, UnitKind.CANVAS)
    assert [slot.is_occupied for slot in unit.slots] == [True, False, True]
    assert unit.slots[0].color == "#2850DFFF"
    assert unit.slots[2].is_active
    assert state.active_slot == SlotRef(0, 2)


def test_a_flat_canvas_is_read_too() -> None:
    unit = {
        "canvas_id": 0,
        "filament_type": ["PLA", "?", "ABS", None],
        "filament_color": ["#FFFFFF", "", "#000000", None],
    }
    reply = {
        "Data": {
            "RequestID": "r",
            "Data": {"active_tray_id": -1, "canvas_list": [unit]},
        }
    }
    state = shown(_FDM, fdm([0]), reply)
    assert [slot.material for slot in state.filament_units[0].slots] == [
        "PLA",
        None,
        "ABS",
        None,
    ]
    assert state.active_slot is None


def test_a_canvas_that_is_not_connected_is_not_there() -> None:
    reply = {"Data": {"RequestID": "r", "Data": _canvas(connected=0)}}
    assert shown(_FDM, fdm([0]), reply).filament_units == ()


_START = StartPrint(
    "cube.gcode",
    "cube",
    1,
    (SlotRef(0, 2), None, SlotRef(0, 1)),
    7,
    PrintOptions(bed_leveling=True, timelapse=True, bed_type="side_b"),
)


def test_a_start_on_an_fdm_machine() -> None:
    order = requests.order(_START, after(_FDM, fdm([0])))
    assert order.cmd is Cmd.START
    assert order.data == {
        "Filename": "/local/cube.gcode",
        "StartLayer": 0,
        "Calibration_switch": 1,
        "PrintPlatformType": 1,
        "Tlp_Switch": 1,
        "slot_map": [
            {"t": 0, "canvas_id": 0, "tray_id": 2},
            {"t": 2, "canvas_id": 0, "tray_id": 1},
        ],
    }


def test_a_start_on_a_resin_machine() -> None:
    order = requests.order(_START, after(attributes("Mars 5"), resin([0])))
    assert order.data == {"Filename": "cube.gcode", "StartLayer": 0}


def test_a_busy_machine_is_not_started() -> None:
    with pytest.raises(CommandRejected):
        requests.order(_START, after(_FDM, fdm([1], 13)))


@pytest.mark.parametrize(("ack", "word"), [(1, "busy"), (2, "find"), (6, "format")])
def test_a_refused_start_has_words(ack: int, word: str) -> None:
    error = requests.refusal(Cmd.START, ack)
    assert word in error.message
    assert error.device_code == str(ack)


def test_one_fan_is_set_together_with_the_others() -> None:
    status = fdm([0])
    status["Status"]["CurrentFanSpeed"] = {
        "ModelFan": 30,
        "AuxiliaryFan": 0,
        "BoxFan": 5,
    }
    order = requests.order(SetFan("aux", 80), after(_FDM, status))
    assert order.data == {
        "TargetFanSpeed": {"ModelFan": 30, "AuxiliaryFan": 80, "BoxFan": 5}
    }


def test_a_light_that_is_on_is_not_switched_on() -> None:
    status = fdm([0])
    status["Status"]["LightStatus"] = {"SecondLight": 1, "RgbLight": [1, 2, 3]}
    document = after(_FDM, status)
    assert requests.order(SetLight("chamber", LightMode.ON), document).is_done
    off = requests.order(SetLight("chamber", LightMode.OFF), document)
    assert not off.is_done
    assert off.data == {"LightStatus": {"SecondLight": 0, "RgbLight": [1, 2, 3]}}
    with pytest.raises(NotSupported):
        requests.order(SetLight("chamber", LightMode.FLASHING), document)


def test_lists_of_files_in_three_spellings() -> None:
    rows = [
        {"name": "/local/a.gcode", "usedSize": 5, "type": 1},
        {"name": "b.gcode", "size": 6, "type": 1},
        {
            "FileName": "c.gcode",
            "FileType": 1,
            "FileSize": 7,
            "CreateTime": 1_700_000_000,
        },
        {"name": "/local/folder", "type": 0},
        {"name": 7},
    ]
    found = list(files.listed({"FileList": rows}, "/local/"))
    assert [(each.name, each.size_bytes) for each in found] == [
        ("a.gcode", 5),
        ("b.gcode", 6),
        ("c.gcode", 7),
    ]
    assert files.size_of({"FileList": rows}, "b.gcode") == (True, 6)
    assert files.size_of({"FileList": rows}, "d.gcode") == (False, None)


def test_the_history_without_what_still_runs() -> None:
    began = int(BEGAN.timestamp())
    rows = [
        {
            "TaskId": "a",
            "TaskName": "/local/x.gcode",
            "BeginTime": began,
            "EndTime": began + 9,
            "TaskStatus": 1,
        },
        {
            "TaskId": "b",
            "TaskName": "y",
            "BeginTime": began,
            "EndTime": began + 9,
            "TaskStatus": 3,
        },
        {
            "TaskId": "c",
            "TaskName": "z",
            "BeginTime": began,
            "EndTime": began,
            "TaskStatus": 0,
        },
        {"TaskId": "d", "BeginTime": "?"},
    ]
    found = list(files.past_jobs({"HistoryDetailList": rows}))
    assert [(each.external_id, each.name, each.result) for each in found] == [
        ("a", "x", PrintResult.FINISHED),
        ("b", "y", PrintResult.CANCELLED),
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            b'{"code":"111111","messages":[{"field":"f","message":-2}],"success":false}',
            -2,
        ),
        (b'{"success":false,"messages":[{"field":"Uuid","message":"bad"}]}', None),
        (b"<html>", None),
        (b"[]", None),
    ],
)
def test_a_refused_slice(body: bytes, code: int | None) -> None:
    refused = files.upload_outcome(body)
    assert refused is not None
    assert refused.code == code
    assert refused.words


@pytest.mark.parametrize("body", [b'{"code":"000000"}', b'{"success":true}'])
def test_a_taken_slice(body: bytes) -> None:
    assert files.upload_outcome(body) is None


def test_who_answers_a_search() -> None:
    identity = parse_answer(
        b'{"Id":"x","Data":{"Name":"Ada","MachineName":"Centauri Carbon",'
        b'"MainboardIP":"192.0.2.10","MainboardID":"abc","ProtocolVersion":"V3.0.0"}}'
    )
    assert identity is not None
    assert (identity.board, identity.dialect, identity.host) == (
        "abc",
        Dialect.FDM,
        "192.0.2.10",
    )
    cc2 = parse_answer(
        b'{"id":0,"result":{"machine_model":"Centauri Carbon 2","sn":"CC2X"}}'
    )
    assert cc2 is not None
    assert (cc2.board, cc2.dialect) == ("CC2X", Dialect.CC2)
    for nonsense in (b"", b"M99999", b"{}", b"[]", b"7", b'{"Data":{}}', b"x" * 9000):
        assert parse_answer(nonsense) is None


def test_keys_do_not_add_up_for_ever() -> None:
    document = Document()
    cc2 = cc2_document.Document()
    for number in range(2000):
        document = fold(document, read({"Status": {f"key{number}": number}}))
        event = {"method": 6000, "id": number, "result": {f"key{number}": number}}
        cc2 = cc2_document.fold(cc2, cc2_messages.read(event))
    assert len(document.status) <= 500
    assert len(cc2.status) <= 501
