"""What machines with a host take besides, over HTTP: macros, switches, console, past."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from odin_engine.identity.model import AuditFilter, Role
from odin_engine.identity.service import Identity
from odin_engine.kernel.pages import PageRequest
from odin_engine.printers.model import (
    Activity,
    AnswerPrompt,
    Command,
    ConnectMachine,
    DisconnectMachine,
    LinkReason,
    LinkStatus,
    PrintResult,
    RestartFirmware,
    RestartHost,
    RunMacro,
    SelectTool,
    SetActiveSpool,
    SetFlow,
    SetHeater,
    SetPower,
    SetSpeedPercent,
)
from odin_engine.printers.ports import ConsoleLine, PastJob, StoredFile
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import job
from tests.engine.printers.rich_machine import RichMachine
from tests.engine.printers.web import Login, codes


@pytest.fixture
def machine(farm: Farm) -> RichMachine:
    machine = RichMachine()
    farm.family.machines["10.0.0.1"] = machine
    return machine


ORDERS: list[tuple[str, Any, Activity, Command]] = [
    ("speed", {"percent": 250}, Activity.PRINTING, SetSpeedPercent(250)),
    ("flow", {"percent": 95}, Activity.PRINTING, SetFlow(95)),
    (
        "temperature",
        {"heater": "chamber_heater", "target_c": 45},
        Activity.IDLE,
        SetHeater("chamber_heater", 45),
    ),
    (
        "temperature",
        {"heater": "chamber_heater", "target_c": 0},
        Activity.PRINTING,
        SetHeater("chamber_heater", 0),
    ),
    ("tool", {"tool": 1}, Activity.IDLE, SelectTool(1)),
    ("macros/CLEAN", None, Activity.IDLE, RunMacro("CLEAN")),
    ("prompt", {"choice": 1}, Activity.PRINTING, AnswerPrompt(1)),
    ("power/psu", {"is_on": False}, Activity.IDLE, SetPower("psu", is_on=False)),
    ("spool", {"spool_id": 12}, Activity.PRINTING, SetActiveSpool(12)),
    ("spool", {"spool_id": None}, Activity.IDLE, SetActiveSpool(None)),
    ("connect", None, Activity.IDLE, ConnectMachine()),
    ("disconnect", None, Activity.IDLE, DisconnectMachine()),
    ("restart-firmware", None, Activity.IDLE, RestartFirmware()),
    ("restart-host", None, Activity.IDLE, RestartHost()),
]


@pytest.mark.parametrize(
    ("path", "body", "activity", "command"),
    ORDERS,
    ids=[f"{path} {body}" for path, body, _, _ in ORDERS],
)
async def test_each_button_sends_its_command(
    farm: Farm,
    admin: AsyncClient,
    machine: RichMachine,
    path: str,
    body: Any,  # noqa: ANN401 - whatever JSON
    activity: Activity,
    command: Command,
) -> None:
    printer_id = await farm.add()
    machine.report(activity=activity, job=job())
    await farm.go()
    sent = await admin.post(f"/printers/{printer_id}/{path}", json=body)
    assert sent.status_code == 204, sent.text
    assert machine.told == [command]


BAD: list[tuple[str, Any]] = [
    ("speed", {"percent": 301}),
    ("speed", {"percent": 0}),
    ("flow", {}),
    ("flow", {"percent": 49}),
    ("flow", {"percent": "100"}),
    ("temperature", {"heater": "chamber_heater"}),
    ("temperature", {"target_c": 50}),
    ("temperature", {"heater": "chamber_heater", "target_c": 50, "bed_c": 50}),
    ("temperature", {"heater": "chamber_heater", "target_c": 71}),
    ("temperature", {"heater": "oven", "target_c": 50}),
    ("tool", {"tool": 2}),
    ("tool", {"tool": -1}),
    ("macros/M112", None),
    ("prompt", {"choice": 2}),
    ("prompt", {}),
    ("power/lamp", {"is_on": True}),
    ("power/psu", {"is_on": 1}),
    ("spool", {}),
    ("spool", {"spool_id": 0}),
    ("spool", {"spool_id": "7"}),
]


@pytest.mark.parametrize(
    ("path", "body"), BAD, ids=[f"{path} {body}" for path, body in BAD]
)
async def test_what_is_out_of_bounds_is_refused(
    farm: Farm,
    admin: AsyncClient,
    machine: RichMachine,
    path: str,
    body: Any,  # noqa: ANN401 - whatever JSON
) -> None:
    printer_id = await farm.add()
    answer = await admin.post(f"/printers/{printer_id}/{path}", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]
    assert machine.told == []


@pytest.mark.parametrize(
    ("path", "body"), [(path, body) for path, body, _, _ in ORDERS]
)
async def test_a_machine_that_cannot_says_so(
    farm: Farm,
    admin: AsyncClient,
    machine: RichMachine,
    path: str,
    body: Any,  # noqa: ANN401 - whatever JSON
) -> None:
    can = machine.state.capabilities
    printer_id = await farm.add()
    machine.report(capabilities=type(can)(speed_bounds=can.speed_bounds))
    await farm.go()
    answer = await admin.post(f"/printers/{printer_id}/{path}", json=body)
    assert codes(answer) == (409, "printer_not_supported")


async def test_operators_run_the_macros_that_an_admin_made_buttons(
    farm: Farm, admin: AsyncClient, login: Login, machine: RichMachine
) -> None:
    operator = await login(Role.OPERATOR)
    printer_id = await farm.add()
    place = f"/printers/{printer_id}"
    refused = await operator.post(f"{place}/macros/CLEAN")
    assert refused.status_code == 403
    assert "gcode:printers" in refused.text
    changed = await admin.patch(place, json={"macro_buttons": ["CLEAN", "CLEAN"]})
    assert changed.json()["macro_buttons"] == ["CLEAN"]
    assert (await operator.post(f"{place}/macros/CLEAN")).status_code == 204
    assert (await operator.post(f"{place}/macros/PURGE")).status_code == 403
    assert (await admin.post(f"{place}/macros/PURGE")).status_code == 204
    assert machine.told == [RunMacro("CLEAN"), RunMacro("PURGE")]
    assert (await operator.patch(place, json={"macro_buttons": []})).status_code == 403
    for wrong in (["a\nb"], [""], ["x"] * 65, "CLEAN", [1]):
        answer = await admin.patch(place, json={"macro_buttons": wrong})
        assert answer.status_code == 422, wrong


async def test_which_macro_ran_is_audited(
    farm: Farm, admin: AsyncClient, machine: RichMachine, identity: Identity
) -> None:
    printer_id = await farm.add()
    await admin.post(f"/printers/{printer_id}/macros/CLEAN")
    await identity.audit.flush()
    page = await identity.audit.page(PageRequest(), AuditFilter())
    entry = next(each for each in page.items if each.action == "run_macro")
    assert entry.targets == {"printer_id": printer_id, "name": "CLEAN"}
    assert machine.told


async def test_a_host_without_its_machine_brings_it_back(
    farm: Farm, admin: AsyncClient, machine: RichMachine
) -> None:
    printer_id = await farm.add()
    machine.report(link=LinkStatus.OFFLINE, link_reason=LinkReason.MACHINE_AWAY)
    await farm.go()
    place = f"/printers/{printer_id}"
    shown = (await admin.get(place)).json()
    assert (shown["link"], shown["link_reason"]) == ("offline", "machine_away")
    assert "host" in shown["link_text"]
    refused = await admin.post(f"{place}/home")
    assert codes(refused) == (424, "printer_not_connected")
    assert (await admin.post(f"{place}/restart-firmware")).status_code == 204
    assert machine.told == [RestartFirmware()]


async def test_the_console(
    farm: Farm, admin: AsyncClient, login: Login, machine: RichMachine
) -> None:
    printer_id = await farm.add()
    at = farm.clock.now()
    machine.lines = [
        ConsoleLine(1, at, is_sent=True, text="M115"),
        ConsoleLine(2, at, is_sent=False, text="ok"),
    ]
    place = f"/printers/{printer_id}/console"
    assert [each["text"] for each in (await admin.get(place)).json()["items"]] == [
        "M115",
        "ok",
    ]
    (last,) = (await admin.get(place, params={"after": 1})).json()["items"]
    assert (last["number"], last["is_sent"]) == (2, False)
    assert (await admin.get(place, params={"after": -1})).status_code == 422
    assert (await (await login(Role.OPERATOR)).get(place)).status_code == 403
    machine.report(capabilities=type(machine.state.capabilities)())
    await farm.go()
    assert codes(await admin.get(place)) == (409, "printer_not_supported")


async def test_what_is_stored_on_the_machine(
    farm: Farm, admin: AsyncClient, machine: RichMachine
) -> None:
    printer_id = await farm.add()
    at = farm.clock.now()
    machine.kept = [StoredFile("folder/part.gcode", 1000, at, "local")]
    machine.recordings = [StoredFile("part.mp4")]
    place = f"/printers/{printer_id}"
    (kept,) = (await admin.get(f"{place}/files/on-printer")).json()["items"]
    assert (kept["name"], kept["size_bytes"], kept["place"]) == (
        "folder/part.gcode",
        1000,
        "local",
    )
    (recording,) = (await admin.get(f"{place}/timelapses")).json()["items"]
    assert recording["name"] == "part.mp4"


async def test_what_the_host_remembers(
    farm: Farm, admin: AsyncClient, machine: RichMachine
) -> None:
    printer_id = await farm.add()
    at = farm.clock.now()
    machine.past = [
        PastJob("a1", "vase", at, at + timedelta(hours=1), PrintResult.FINISHED, 3000.0)
    ]
    place = f"/printers/{printer_id}/past-jobs"
    (told,) = (await admin.get(place)).json()["items"]
    assert (told["external_id"], told["result"], told["printing_s"]) == (
        "a1",
        "finished",
        3000.0,
    )
    late = {"since": (at + timedelta(hours=2)).isoformat()}
    assert (await admin.get(place, params=late)).json() == {"items": []}
    assert (await admin.get(place, params={"since": "x"})).status_code == 422


async def test_a_plain_machine_tells_none_of_it(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    for path in ("console", "files/on-printer", "timelapses", "past-jobs"):
        answer = await admin.get(f"/printers/{printer_id}/{path}")
        assert codes(answer) == (409, "printer_not_supported"), path
    farm.machine(printer_id).lose()
    await farm.go()
    for path in ("console", "files/on-printer", "timelapses", "past-jobs"):
        answer = await admin.get(f"/printers/{printer_id}/{path}")
        assert answer.json()["code"] == "printer_not_connected", path


async def test_a_machine_that_hangs_does_not_hang_the_caller(
    farm: Farm, machine: RichMachine, admin: AsyncClient
) -> None:
    printer_id = await farm.add()
    machine.says = TimeoutError()
    answer = await admin.get(f"/printers/{printer_id}/timelapses")
    assert codes(answer) == (424, "printer_command_timed_out")
