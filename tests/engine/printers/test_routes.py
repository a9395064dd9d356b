"""Printers over HTTP: a real app, real permissions, machines in memory."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx import ASGITransport, AsyncClient, Response
from pydantic import TypeAdapter

from odin_engine.identity import access
from odin_engine.identity.model import AuditFilter, Permission, Role
from odin_engine.identity.service import Identity, NewToken, NewUser
from odin_engine.kernel import http
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.pages import PageRequest
from odin_engine.printers import routes
from odin_engine.printers.model import (
    Activity,
    Axis,
    Calibrate,
    Calibration,
    CertificateChanged,
    ClearFaults,
    Command,
    CommandRejected,
    CommandTimedOut,
    ConfigureSlot,
    Control,
    Fault,
    FaultKind,
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
    Severity,
    SkipObjects,
    SlotRef,
    SpeedLevel,
    StartDrying,
    StartPrint,
    Stop,
    StopDrying,
    UnloadFilament,
)
from odin_engine.printers.ports import Found
from odin_engine.printers.service import Printers
from odin_engine.printers.wire import PrinterOut
from tests.engine.doubles import ManualClock
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import CERTIFICATE, job

SHAPE: TypeAdapter[object] = TypeAdapter(PrinterOut)


@pytest.fixture
def identity(database: Database, clock: ManualClock) -> Identity:
    return Identity(database, clock)


@pytest.fixture
def app(farm: Farm, identity: Identity) -> FastAPI:
    app = FastAPI(responses=http.PROBLEMS)
    http.install(app)
    access.install(app)
    http.provide(app, Identity, identity)
    http.provide(app, Printers, farm.printers)
    app.include_router(routes.router, prefix="/api/v1")
    return app


type Login = Callable[[Role], Any]


@pytest.fixture
async def login(app: FastAPI, identity: Identity) -> AsyncIterator[Login]:
    """Opens a client with a token of somebody with that role."""
    async with AsyncExitStack() as stack:

        async def open_client(role: Role) -> AsyncClient:
            user = await identity.users.create(
                NewUser(role.value, role, "Correct-Horse-9")
            )
            issued = await identity.tokens.issue(
                user.id, NewToken("test", frozenset(Permission))
            )
            client = AsyncClient(
                transport=ASGITransport(app),
                base_url="http://odin.test/api/v1",
                headers={"Authorization": f"Bearer {issued.secret}"},
            )
            return await stack.enter_async_context(client)

        yield open_client
        await identity.audit.flush()


@pytest.fixture
async def admin(login: Login) -> AsyncClient:
    client: AsyncClient = await login(Role.ADMIN)
    return client


BODY = {
    "name": "Anna",
    "family": "memory",
    "host": "10.0.0.1",
    "serial": "mem1",
    "secret": "opensesame",
    "camera_url": "rtsp://u:hush-hush@cam/1",
}


def codes(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_printer_from_birth_to_death(farm: Farm, admin: AsyncClient) -> None:
    added = await admin.post("/printers", json=BODY)
    assert added.status_code == 201, added.text
    assert added.headers["etag"] == '"1"'
    SHAPE.validate_json(added.content, strict=True)
    place = f"/printers/{added.json()['id']}"
    await farm.go(0.1)
    shown = await admin.get(place)
    assert shown.json()["link"] == "online"
    assert shown.json()["serial"] == "MEM1"
    assert shown.json()["has_secret"] is True
    changed = await admin.patch(
        place, json={"name": "Berta"}, headers={"If-Match": '"1"'}
    )
    assert changed.json()["name"] == "Berta"
    assert changed.headers["etag"] == '"2"'
    late = await admin.patch(place, json={"name": "C"}, headers={"If-Match": '"1"'})
    assert codes(late) == (412, "precondition_failed")
    assert (await admin.delete(place)).status_code == 204
    assert codes(await admin.get(place)) == (404, "printer_not_found")
    assert codes(await admin.delete(place)) == (404, "printer_not_found")


async def test_no_answer_ever_holds_a_secret(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add(camera_url="rtsp://u:hush-hush@cam/1")
    place = f"/printers/{printer_id}"
    answers = [
        await admin.post("/printers", json=BODY | {"serial": "x", "host": "10.0.0.8"}),
        await admin.post("/printers", json=BODY),
        await admin.post("/printers", json=BODY | {"host": "a b"}),
        await admin.post("/printers", json=BODY | {"secret": "opensesame\n" * 40}),
        await admin.post("/printers", json=BODY | {"camera_url": "ftp://hush-hush"}),
        await admin.post("/printers/check", json=BODY),
        await admin.patch(place, json={"secret": ["opensesame"]}),
        await admin.patch(place, json={"secret": "opensesame2", "name": ""}),
        await admin.get(place),
        await admin.get("/printers"),
        await admin.get("/printers", headers={"Accept": "text/csv"}),
        await admin.get(f"{place}/certificate"),
        await admin.post(f"{place}/check"),
    ]
    for answer in answers:
        assert "opensesame" not in answer.text
        assert "hush-hush" not in answer.text


async def test_the_list(farm: Farm, admin: AsyncClient) -> None:
    ids = [await farm.add(name, tags=("t",) if name == "B" else ()) for name in "ABCD"]
    farm.machine(ids[2]).report(activity=Activity.PRINTING, job=job())
    await farm.go()

    async def names(**params: str | int) -> list[str]:
        answer = await admin.get("/printers", params=params)
        assert answer.status_code == 200, answer.text
        return [printer["name"] for printer in answer.json()["items"]]

    assert await names() == ["A", "B", "C", "D"]
    assert await names(sort="-name", limit=2) == ["D", "C"]
    assert await names(q="b") == ["B"]
    assert await names(q="10.0.0.3") == ["C"]
    assert await names(tag="T") == ["B"]
    assert await names(activity="printing") == ["C"]
    assert await names(link="offline") == []
    assert await names(family="memory", is_enabled="true") == ["A", "B", "C", "D"]
    page = (await admin.get("/printers", params={"limit": 3})).json()
    assert page["total"] == 4
    assert await names(limit=3, cursor=page["next_cursor"]) == ["D"]
    for params in (
        {"sort": "secret"},
        {"cursor": "x"},
        {"limit": 0},
        {"limit": 10_000},
        {"link": "x"},
        {"activity": ""},
    ):
        answer = await admin.get("/printers", params=params)
        assert answer.status_code == 422, params
    csv = await admin.get("/printers", headers={"Accept": "text/csv"})
    assert csv.headers["content-type"].startswith("text/csv")
    assert len(csv.text.splitlines()) == 5


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


BAD: list[tuple[str, str, Any]] = [
    ("post", "", {}),
    ("post", "", BODY | {"host": 5}),
    ("post", "", BODY | {"host": "http://x"}),
    ("post", "", BODY | {"host": "127.0.0.1"}),
    ("post", "", BODY | {"family": "fax"}),
    ("post", "", BODY | {"name": "a\u0000b"}),
    ("post", "", BODY | {"name": "\u202e"}),
    ("post", "", BODY | {"unknown": 1}),
    ("post", "", BODY | {"ports": {"mqtt": "8883"}}),
    ("post", "", BODY | {"ports": {"mqtt": True}}),
    ("post", "", BODY | {"ports": {"mqtt": 99999}}),
    ("post", "", BODY | {"tags": "PLA"}),
    ("post", "", BODY | {"tags": [None]}),
    ("post", "", BODY | {"is_enabled": 1}),
    ("post", "", BODY | {"is_enabled": "yes"}),
    ("post", "", BODY | {"heater_off_min": 1.5}),
    ("post", "", BODY | {"heater_off_min": -1}),
    ("post", "", []),
    ("post", "", None),
    ("patch", "{id}", {"name": None}),
    ("patch", "{id}", {"name": ""}),
    ("patch", "{id}", {"host": None}),
    ("patch", "{id}", {"family": "memory"}),
    ("patch", "{id}", {"ports": None}),
    ("patch", "{id}", {"tags": None}),
    ("patch", "{id}", {"id": "x"}),
    ("put", "order", {"ids": ["x"]}),
    ("put", "order", {"ids": "x"}),
    ("post", "bulk", {"ids": [], "action": "enable"}),
    ("post", "bulk", {"ids": ["x"], "action": "explode"}),
    ("post", "bulk", {"ids": ["x"], "action": "add_tag"}),
    ("post", "bulk", {"ids": [1], "action": "enable"}),
    ("put", "tags/x", {"name": " "}),
    ("post", "discover", {"seconds": 0}),
    ("post", "discover", {"seconds": 16}),
    ("post", "discover", {"seconds": "5"}),
    ("post", "check", {}),
    ("post", "check", BODY | {"family": "fax"}),
    ("post", "emergency-stop", {"ids": []}),
    ("post", "emergency-stop", {"id": "x"}),
    ("post", "{id}/maintenance", {}),
    ("post", "{id}/maintenance", {"is_on": "yes"}),
    ("post", "{id}/certificate/confirm", {"pinned": "x", "found": "y"}),
    ("post", "{id}/certificate/confirm", {"pinned": "a" * 64, "found": "b" * 64}),
    ("post", "{id}/light", {"mode": "dim"}),
    ("post", "{id}/light", {"mode": "on", "light": "moon"}),
    ("post", "{id}/light", {"light": "work"}),
    ("post", "{id}/speed", {}),
    ("post", "{id}/speed", {"level": "sport", "percent": 100}),
    ("post", "{id}/speed", {"percent": 24}),
    ("post", "{id}/speed", {"percent": 201}),
    ("post", "{id}/speed", {"percent": 100.5}),
    ("post", "{id}/speed", {"level": 3}),
    ("post", "{id}/fan", {"fan": "part"}),
    ("post", "{id}/fan", {"fan": "part", "percent": 1, "speed": 1}),
    ("post", "{id}/fan", {"fan": "part", "speed": 256}),
    ("post", "{id}/fan", {"fan": "part", "percent": -1}),
    ("post", "{id}/fan", {"fan": "nose", "percent": 1}),
    ("post", "{id}/temperature", {}),
    ("post", "{id}/temperature", {"nozzle_c": 200, "bed_c": 60}),
    ("post", "{id}/temperature", {"nozzle_c": 10**30}),
    ("post", "{id}/temperature", {"nozzle_c": -5}),
    ("post", "{id}/temperature", {"nozzle_c": "200"}),
    ("post", "{id}/temperature", {"nozzle_c": True}),
    ("post", "{id}/temperature", {"nozzle_c": 301}),
    ("post", "{id}/temperature", {"nozzle_c": 200, "nozzle": 1}),
    ("post", "{id}/jog", {"axis": "w", "distance_mm": 1}),
    ("post", "{id}/jog", {"axis": "x", "distance_mm": 1e308}),
    ("post", "{id}/jog", {"axis": "x", "distance_mm": 0}),
    ("post", "{id}/jog", {"axis": "x", "distance_mm": None}),
    ("post", "{id}/skip-objects", {"object_ids": []}),
    ("post", "{id}/skip-objects", {"object_ids": ["1"]}),
    ("post", "{id}/skip-objects", {"object_ids": [-1]}),
    ("post", "{id}/skip-objects", {"object_ids": [2**31]}),
    ("post", "{id}/calibrate", {"routines": []}),
    ("post", "{id}/calibrate", {"routines": ["lidar"]}),
    ("post", "{id}/calibrate", {"routines": ["magic"]}),
    ("post", "{id}/timelapse", {"enabled": 1}),
    ("post", "{id}/detectors/ghosts", {"enabled": True}),
    ("post", "{id}/detectors/spaghetti", {"enabled": True, "sensitivity": "max"}),
    ("post", "{id}/gcode", {"lines": []}),
    ("post", "{id}/gcode", {"lines": ["x" * 201]}),
    ("post", "{id}/gcode", {"lines": ["G28"] * 21}),
    ("post", "{id}/gcode", {"lines": ["G28\nM112"]}),
    ("post", "{id}/gcode", {"lines": "G28"}),
    ("post", "{id}/ams/refresh", {"unit": 9, "slot": 0}),
    ("post", "{id}/ams/refresh", {"unit": -1, "slot": 0}),
    ("post", "{id}/ams/load", {"unit": 0}),
    ("post", "{id}/ams/unload", {"nozzle": 1}),
    ("put", "{id}/ams/0/slots/0", {"preset_id": "GFL99"}),
    ("put", "{id}/ams/x/slots/0", {}),
    ("put", "{id}/ams/999/slots/0", {}),
    ("post", "{id}/ams/255/dry", {"target_c": 55, "hours": 8, "material": "PLA"}),
    ("post", "{id}/ams/0/dry", {"target_c": 95, "hours": 8, "material": "PLA"}),
    ("delete", "{id}/ams/9/dry", None),
    ("post", "{id}/print", {}),
    ("post", "{id}/print", {"file": "../x.3mf", "mapping": [{"unit": 0, "slot": 0}]}),
    ("post", "{id}/print", {"file": "x.3mf", "plate": 0}),
    ("post", "{id}/print", {"file": "x.3mf", "mapping": []}),
    ("post", "{id}/print", {"file": "x.3mf", "mapping": [{"unit": 0, "slot": 1}]}),
    ("post", "{id}/print", {"file": "x.3mf", "mapping": [5]}),
    ("post", "{id}/print", {"file": "x.3mf", "options": {"x": 1}}),
    ("post", "{id}/nozzles", {}),
    ("post", "{id}/nozzles", {"diameter_mm": 0}),
    ("post", "{id}/nozzles", {"diameter_mm": "0.4"}),
    ("post", "{id}/nozzles", {"diameter_mm": 0.4, "head": 7}),
    ("post", "{id}/nozzles", {"diameter_mm": 0.4, "at": "yesterday"}),
    ("post", "{id}/nozzles", {"diameter_mm": 0.4, "at": "2026-11-01T00:00:00"}),
    (
        "post",
        "{id}/nozzles",
        {"diameter_mm": 0.4, "at": "0001-01-01T00:00:00+14:00"},
    ),
    ("post", "{id}/nozzles", {"diameter_mm": 0.4, "at": 10**18}),
    ("get", "{id}/telemetry?since=x", None),
    ("get", "{id}/telemetry?points=1", None),
    ("get", "{id}/telemetry?points=99999", None),
    ("get", "{id}/telemetry?since=2026-11-01T00:00:00", None),
    ("get", "{id}/telemetry?since=0001-01-01T00:00:00%2B14:00", None),
    (
        "get",
        "{id}/telemetry?until=0001-01-01T00:00:00Z&since=9999-01-01T00:00:00Z",
        None,
    ),
    ("get", "{id}/ams/environment?since=2020-01-01T00:00:00Z", None),
    ("get", "{id}/prints?cursor=nonsense", None),
    ("get", "{id}/prints?limit=-1", None),
    ("get", "{id}/prints?result=great", None),
    ("get", "{id}/faults?sort=secret", None),
    ("get", "{id}/faults?severity=9", None),
    ("put", "{id}/files/..%2Fx.3mf", None),
    ("put", "{id}/files/.hidden", None),
    ("delete", "{id}/files/theirs.3mf", None),
    ("get", "{id}/camera/other/frame", None),
    ("get", "nobody", None),
    ("post", "nobody/pause", None),
    ("post", "nobody/emergency-stop", None),
    ("post", "nobody/refresh", None),
    ("get", "nobody/nozzle-status", None),
    ("get", "nobody/files", None),
    ("get", "x" * 65, None),
]


@pytest.mark.parametrize(
    ("method", "path", "body"), BAD, ids=[f"{m} {p} {b}" for m, p, b in BAD]
)
async def test_every_bad_request_is_refused_with_a_reason(
    farm: Farm,
    admin: AsyncClient,
    method: str,
    path: str,
    body: Any,  # noqa: ANN401 - whatever JSON
) -> None:
    printer_id = await farm.add("Zoe", serial="ZOE", host="10.0.9.9")
    place = f"/printers/{path}".rstrip("/").replace("{id}", printer_id)
    answer = await admin.request(method, place, json=body)
    assert 400 <= answer.status_code < 500, answer.text
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"]
    assert farm.machine(printer_id).told == []
    assert farm.state(printer_id).activity is Activity.IDLE


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


async def test_the_emergency_stop_never_fails_as_a_whole(
    farm: Farm, admin: AsyncClient
) -> None:
    a, b = await farm.add("A"), await farm.add("B")
    farm.machine(b).report(activity=Activity.PRINTING, job=job())
    await farm.go()
    farm.machine(b).says = CommandRejected("Not now.")
    answer = await admin.post("/printers/emergency-stop")
    assert answer.status_code == 200
    outcomes = {each["printer_id"]: each["outcome"] for each in answer.json()["items"]}
    assert outcomes == {a: "confirmed", b: "refused"}
    some = await admin.post("/printers/emergency-stop", json={"ids": [b, "gone"]})
    assert [each["outcome"] for each in some.json()["items"]] == [
        "refused",
        "no_answer",
    ]
    one = await admin.post(f"/printers/{a}/emergency-stop")
    assert one.json()["outcome"] == "confirmed"
    assert farm.machine(a).stops == 2


async def test_many_at_once(farm: Farm, admin: AsyncClient) -> None:
    a, b = await farm.add("A"), await farm.add("B")
    answer = await admin.post(
        "/printers/bulk",
        json={"ids": [a, b, "gone"], "action": "add_tag", "tag": "PLA"},
    )
    assert [each["code"] for each in answer.json()["items"]] == [
        None,
        None,
        "printer_not_found",
    ]
    tags = await admin.get("/printers/tags")
    assert tags.json() == {"items": [{"name": "PLA", "printers": 2}]}
    renamed = await admin.put("/printers/tags/PLA", json={"name": "PETG"})
    assert renamed.json()["items"][0]["name"] == "PETG"
    assert (await admin.delete("/printers/tags/PETG")).json() == {"items": []}
    assert (await admin.put("/printers/order", json={"ids": [b, a]})).status_code == 204
    listed = (await admin.get("/printers")).json()["items"]
    assert [printer["id"] for printer in listed] == [b, a]


async def test_finding_and_checking(farm: Farm, admin: AsyncClient) -> None:
    farm.family.found = [Found("memory", "10.0.0.9", "S", "X1", None, "ssdp")]
    found = await admin.post("/printers/discover", json={"seconds": 1})
    (one,) = found.json()["items"]
    assert (one["host"], one["is_known"], one["printer_id"]) == (
        "10.0.0.9",
        False,
        None,
    )
    families = await admin.get("/printers/families")
    assert families.json()["items"] == [{"name": "memory", "label": "Memory"}]
    checked = await admin.post("/printers/check", json=BODY)
    assert checked.json()["is_ok"] is True
    assert checked.json()["certificate"]["sha256"] == CERTIFICATE.sha256
    printer_id = await farm.add()
    again = await admin.post(f"/printers/{printer_id}/check")
    assert again.json()["checks"][0]["step"] == "report"
    asked = await admin.post(f"/printers/{printer_id}/refresh")
    assert asked.status_code == 202


async def test_confirming_a_certificate(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.unreachable = CertificateChanged("no", CERTIFICATE.sha256, "b" * 64)
    machine.lose()
    await farm.go(1)
    place = f"/printers/{printer_id}"
    shown = await admin.get(f"{place}/certificate")
    assert shown.json()["found_sha256"] == "b" * 64
    machine.unreachable = None
    answer = await admin.post(
        f"{place}/certificate/confirm",
        json={"pinned": CERTIFICATE.sha256, "found": "b" * 64},
    )
    assert answer.status_code == 200
    assert answer.json()["pin_sha256"] == "b" * 64


async def test_maintenance(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    answer = await admin.post(
        f"/printers/{printer_id}/maintenance", json={"is_on": True, "note": "belt"}
    )
    assert answer.json()["is_in_maintenance"] is True
    assert answer.json()["maintenance_note"] == "belt"


async def test_nozzles(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    place = f"/printers/{printer_id}/nozzles"
    added = await admin.post(place, json={"diameter_mm": 0.6, "note": "x"})
    assert added.status_code == 201
    assert added.headers["etag"] == '"1"'
    nozzle = f"/nozzles/{added.json()['id']}"
    changed = await admin.patch(nozzle, json={"note": "y"}, headers={"If-Match": '"1"'})
    assert (changed.json()["note"], changed.json()["diameter_mm"]) == ("y", 0.6)
    late = await admin.patch(nozzle, json={"note": "z"}, headers={"If-Match": '"1"'})
    assert late.status_code == 412
    now = farm.clock.now().isoformat()
    retired = await admin.patch(nozzle, json={"retired_at": now})
    assert retired.json()["retired_at"] is not None
    assert len((await admin.get(place)).json()["items"]) == 1
    status = await admin.get(f"/printers/{printer_id}/nozzle-status")
    assert status.json()["items"][0]["head"] == 0
    assert (await admin.delete(nozzle)).status_code == 204
    assert (await admin.delete(nozzle)).status_code == 404


async def test_history_as_json_and_csv(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(
        activity=Activity.PRINTING,
        job=job("=cmd|x", progress_pct=5),
        faults=(Fault("F1", FaultKind.HEALTH, Severity.INFO, "Look."),),
    )
    await farm.go()
    await farm.printers.sampling.sample()
    await farm.printers.sampling.sample_climate()
    machine.report(activity=Activity.FINISHED, faults=())
    await farm.go(1)
    place = f"/printers/{printer_id}"
    prints = (await admin.get(f"{place}/prints")).json()
    assert prints["total"] == 1
    assert prints["items"][0]["result"] == "finished"
    faults = (await admin.get(f"{place}/faults", params={"q": "look"})).json()
    assert faults["items"][0]["code"] == "F1"
    samples = (await admin.get(f"{place}/telemetry")).json()
    assert samples["items"][0]["progress_pct"] == 5
    air = (await admin.get(f"{place}/ams/environment")).json()
    assert air["items"][0]["humidity_pct"] == 30
    for path in ("prints", "faults", "telemetry", "ams/environment"):
        csv = await admin.get(f"{place}/{path}", headers={"Accept": "text/csv"})
        assert csv.status_code == 200, csv.text
        assert len(csv.text.splitlines()) == 2
        assert "\n=cmd" not in csv.text
        assert ",=cmd" not in csv.text
    await farm.printers.registry.delete(printer_id)
    assert (await admin.get(f"{place}/prints")).json()["total"] == 1


async def test_files_and_pictures(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    place = f"/printers/{printer_id}/files"
    sent = await admin.put(f"{place}/benchy.3mf", content=b"x" * 1000)
    assert sent.status_code == 202, sent.text
    with farm.tasks.telemetry.watch() as watcher:
        while farm.tasks.live():
            await watcher.changed()
    await farm.go(1)
    listed = (await admin.get(place)).json()["items"]
    assert [(each["name"], each["size_bytes"]) for each in listed] == [
        ("benchy.3mf", 1000)
    ]
    large = await admin.put(f"{place}/large.3mf", content=b"x" * 1_000_001)
    assert large.status_code == 413
    empty = await admin.put(f"{place}/empty.3mf", content=b"")
    assert empty.status_code == 422
    assert (await admin.delete(f"{place}/benchy.3mf")).status_code == 204
    picture = await admin.get(f"/printers/{printer_id}/camera/main/frame")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["cache-control"] == "no-store"
    assert picture.content.startswith(b"\xff\xd8")


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


async def test_secrets_are_not_audited(admin: AsyncClient, identity: Identity) -> None:
    await admin.post("/printers", json=BODY)
    await identity.audit.flush()
    page = await identity.audit.page(PageRequest(), AuditFilter())
    assert "opensesame" not in repr(page.items)
    assert "hush-hush" not in repr(page.items)


ROLES = [
    ("get", "/printers", Role.VIEWER),
    ("get", "/printers/{id}", Role.VIEWER),
    ("get", "/printers/{id}/prints", Role.VIEWER),
    ("get", "/printers/{id}/camera/main/frame", Role.VIEWER),
    ("post", "/printers/{id}/pause", Role.OPERATOR),
    ("post", "/printers/{id}/stop", Role.OPERATOR),
    ("post", "/printers/emergency-stop", Role.OPERATOR),
    ("post", "/printers/{id}/plate-cleared", Role.OPERATOR),
    ("put", "/printers/{id}/files/a.3mf", Role.OPERATOR),
    ("post", "/printers/{id}/certificate/confirm", Role.OPERATOR),
    ("post", "/printers/{id}/gcode", Role.ADMIN),
    ("post", "/printers", Role.ADMIN),
    ("delete", "/printers/{id}", Role.ADMIN),
    ("post", "/printers/discover", Role.ADMIN),
]


@pytest.mark.parametrize(("method", "path", "least"), ROLES)
async def test_who_may(
    farm: Farm, login: Login, method: str, path: str, least: Role
) -> None:
    printer_id = await farm.add()
    strength = [Role.VIEWER, Role.OPERATOR, Role.ADMIN]
    for role in strength:
        client: AsyncClient = await login(role)
        answer = await client.request(method, path.format(id=printer_id))
        is_let_in = answer.status_code not in {401, 403}
        assert is_let_in is (strength.index(role) >= strength.index(least)), role


async def test_strangers_get_nothing(farm: Farm, app: FastAPI) -> None:
    printer_id = await farm.add()
    async with AsyncClient(
        transport=ASGITransport(app), base_url="http://odin.test/api/v1"
    ) as stranger:
        for method, path, _ in ROLES:
            answer = await stranger.request(method, path.format(id=printer_id))
            assert answer.status_code == 401, path


async def test_every_route_says_who_may(app: FastAPI) -> None:
    unsaid = [
        route.path_format
        for route in iter_route_contexts(app.routes)
        if route.methods
        and (route.path_format or "").startswith("/api/v1/")
        and access.declared(route) is None
    ]
    assert unsaid == []
