"""Every button over HTTP, and what the printer answers."""

from typing import Any

import pytest
from httpx import AsyncClient

from odin_engine.identity.model import AuditFilter
from odin_engine.identity.service import Identity
from odin_engine.kernel import http
from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.pages import PageRequest
from odin_engine.printers.model import (
    Activity,
    Axis,
    Calibrate,
    Calibration,
    ClearFaults,
    Command,
    CommandRejected,
    CommandTimedOut,
    ConfigureSlot,
    Control,
    Home,
    Jog,
    LightMode,
    LoadFilament,
    Pause,
    ReadFilament,
    Resume,
    SendGcode,
    Sensitivity,
    SetBedTemperature,
    SetChamberTemperature,
    SetDetector,
    SetFan,
    SetLight,
    SetNozzleTemperature,
    SetSpeed,
    SetTimelapse,
    SkipObjects,
    SlotRef,
    SpeedLevel,
    StartDrying,
    StartPrint,
    Stop,
    StopDrying,
    UnloadFilament,
)
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import job
from tests.engine.printers.web import codes

SIMPLE: list[tuple[str, str, Any, Activity, Command]] = [
    ("post", "pause", None, Activity.PRINTING, Pause()),
    ("post", "resume", None, Activity.PAUSED, Resume()),
    ("post", "stop", None, Activity.PRINTING, Stop()),
    ("post", "home", None, Activity.IDLE, Home()),
    ("post", "clear-errors", None, Activity.IDLE, ClearFaults()),
    (
        "post",
        "light",
        {"light": "work", "mode": "off"},
        Activity.IDLE,
        SetLight("work", LightMode.OFF),
    ),
    (
        "post",
        "light",
        {"mode": "on"},
        Activity.PRINTING,
        SetLight("chamber", LightMode.ON),
    ),
    (
        "post",
        "speed",
        {"level": "ludicrous"},
        Activity.PRINTING,
        SetSpeed(SpeedLevel.LUDICROUS),
    ),
    ("post", "speed", {"percent": 25}, Activity.IDLE, SetSpeed(SpeedLevel.SILENT)),
    ("post", "speed", {"percent": 90}, Activity.IDLE, SetSpeed(SpeedLevel.STANDARD)),
    ("post", "speed", {"percent": 130}, Activity.IDLE, SetSpeed(SpeedLevel.SPORT)),
    ("post", "speed", {"percent": 200}, Activity.IDLE, SetSpeed(SpeedLevel.LUDICROUS)),
    ("post", "fan", {"fan": "part", "percent": 30}, Activity.IDLE, SetFan("part", 30)),
    ("post", "fan", {"fan": "aux", "speed": 255}, Activity.IDLE, SetFan("aux", 100)),
    ("post", "fan", {"fan": "aux", "speed": 1}, Activity.IDLE, SetFan("aux", 1)),
    ("post", "fan", {"fan": "aux", "speed": 0}, Activity.IDLE, SetFan("aux", 0)),
    (
        "post",
        "temperature",
        {"nozzle_c": 220},
        Activity.IDLE,
        SetNozzleTemperature(220, 0),
    ),
    ("post", "temperature", {"bed_c": 0}, Activity.PRINTING, SetBedTemperature(0)),
    (
        "post",
        "temperature",
        {"chamber_c": 45},
        Activity.IDLE,
        SetChamberTemperature(45),
    ),
    (
        "post",
        "jog",
        {"axis": "z", "distance_mm": -1.5},
        Activity.IDLE,
        Jog(Axis.Z, -1.5),
    ),
    (
        "post",
        "skip-objects",
        {"object_ids": [1, 2], "total_objects": 3},
        Activity.PRINTING,
        SkipObjects((1, 2)),
    ),
    (
        "post",
        "calibrate",
        {"routines": ["bed_level", "vibration"]},
        Activity.IDLE,
        Calibrate((Calibration.BED_LEVEL, Calibration.VIBRATION)),
    ),
    (
        "post",
        "timelapse",
        {"enabled": True},
        Activity.IDLE,
        SetTimelapse(enabled=True),
    ),
    (
        "post",
        "detectors/spaghetti",
        {"enabled": False, "sensitivity": "high", "halts": False},
        Activity.IDLE,
        SetDetector(
            "spaghetti", enabled=False, sensitivity=Sensitivity.HIGH, halts=False
        ),
    ),
    (
        "post",
        "gcode",
        {"lines": ["G28", "M106 S0"]},
        Activity.IDLE,
        SendGcode(("G28", "M106 S0")),
    ),
    (
        "post",
        "ams/refresh",
        {"unit": 0, "slot": 0},
        Activity.IDLE,
        ReadFilament(SlotRef(0, 0)),
    ),
    (
        "post",
        "ams/load",
        {"unit": 255, "slot": 0},
        Activity.PAUSED,
        LoadFilament(SlotRef(255, 0)),
    ),
    ("post", "ams/unload", None, Activity.IDLE, UnloadFilament(0)),
    ("post", "ams/unload", {"nozzle": 0}, Activity.IDLE, UnloadFilament(0)),
    (
        "put",
        "ams/0/slots/1",
        {
            "preset_id": "GFL99",
            "material": "PLA",
            "color": "#ff8800",
            "nozzle_min_c": 190,
            "nozzle_max_c": 240,
            "k": 0.02,
        },
        Activity.IDLE,
        ConfigureSlot(SlotRef(0, 1), "GFL99", "PLA", "#FF8800FF", 190, 240, 0.02),
    ),
    (
        "post",
        "ams/0/dry",
        {"target_c": 55, "hours": 8, "material": "PLA"},
        Activity.IDLE,
        StartDrying(0, 55, 8, "PLA"),
    ),
    ("delete", "ams/0/dry", None, Activity.IDLE, StopDrying(0)),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "activity", "command"),
    SIMPLE,
    ids=[f"{path} {body}" for _, path, body, _, _ in SIMPLE],
)
async def test_each_button_sends_its_command(
    farm: Farm,
    admin: AsyncClient,
    method: str,
    path: str,
    body: Any,  # noqa: ANN401 - whatever JSON
    activity: Activity,
    command: Command,
) -> None:
    printer_id = await farm.add()
    farm.machine(printer_id).report(activity=activity, job=job())
    await farm.go()
    sent = await admin.request(method, f"/printers/{printer_id}/{path}", json=body)
    assert sent.status_code == 204, sent.text
    assert farm.machine(printer_id).told == [command]


@pytest.mark.parametrize(
    ("says", "code"),
    [
        (CommandRejected("No.", "0500"), "printer_command_rejected"),
        (CommandTimedOut("No."), "printer_command_timed_out"),
    ],
)
async def test_what_the_printer_answers(
    farm: Farm, admin: AsyncClient, says: OdinError, code: str
) -> None:
    printer_id = await farm.add()
    farm.machine(printer_id).says = says
    answer = await admin.post(f"/printers/{printer_id}/home")
    assert codes(answer) == (http.status_of(says), code)
    if isinstance(says, CommandRejected):
        assert answer.json()["device_code"] == "0500"


async def test_a_printer_that_takes_no_commands(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    farm.machine(printer_id).report(control=Control.REFUSED)
    await farm.go()
    answer = await admin.post(f"/printers/{printer_id}/home")
    assert codes(answer) == (409, "printer_control_refused")
    assert "developer mode" in answer.json()["detail"]
    await farm.printers.registry.edit(printer_id, {"is_enabled": False})
    answer = await admin.post(f"/printers/{printer_id}/home")
    assert answer.json()["code"] == "printer_not_connected"
    assert answer.json()["reason"] == "switched_off"


async def test_starting_a_print(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    body = {
        "file": "benchy.3mf",
        "plate": 2,
        "mapping": [None, {"unit": 0, "slot": 0}],
        "options": {"timelapse": True, "bed_leveling": False},
    }
    occupied = await admin.post(f"/printers/{printer_id}/plate-occupied")
    assert occupied.json()["plate"]["state"] == "occupied"
    refused = await admin.post(f"/printers/{printer_id}/print", json=body)
    assert codes(refused) == (409, "printer_not_now")
    assert refused.json()["because"] == "plate_occupied"
    cleared = await admin.post(f"/printers/{printer_id}/plate-cleared")
    assert cleared.json()["plate"]["state"] == "clear"
    answer = await admin.post(f"/printers/{printer_id}/print", json=body)
    assert answer.status_code == 202
    (told,) = farm.machine(printer_id).told
    assert isinstance(told, StartPrint)
    assert answer.json()["token"] == told.token
    assert (told.plate, told.mapping) == (2, (None, SlotRef(0, 0)))
    assert (told.options.timelapse, told.options.bed_leveling) == (True, False)
    again = await admin.post(f"/printers/{printer_id}/print", json=body)
    assert again.json()["because"] == "starting"


async def test_gcode_is_audited_line_by_line(
    farm: Farm, admin: AsyncClient, identity: Identity
) -> None:
    printer_id = await farm.add()
    body = {"lines": ["G28", "M106 S0"]}
    await admin.post(f"/printers/{printer_id}/gcode", json=body)
    await identity.audit.flush()
    page = await identity.audit.page(PageRequest(), AuditFilter())
    entry = next(each for each in page.items if each.action == "send_gcode")
    assert entry.details["line_1"] == "G28"
    assert entry.details["line_2"] == "M106 S0"
    assert entry.targets["printer_id"] == printer_id
