"""The connection doctor: what was tried, what each step says, and what helps."""

from dataclasses import replace

import pytest
from httpx import AsyncClient

from odin_engine.identity.model import Role
from odin_engine.printers.model import (
    Camera,
    CameraKind,
    Control,
    Firmware,
    LinkReason,
    LinkStatus,
    PrinterState,
    Storage,
    Unreachable,
)
from odin_engine.printers.ports import Check, Checked, Field, FieldKind
from odin_engine.printers.service.checkup import STEPS, completed
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import IDLE, MemoryFamily
from tests.engine.printers.web import Login, codes


def steps(state: PrinterState | None, *checks: Check) -> dict[str, Check]:
    found = completed(Checked(checks, None, state)).checks
    return {check.step: check for check in found}


@pytest.mark.parametrize(
    ("changes", "step", "ok", "words"),
    [
        ({}, "control", True, "takes commands"),
        ({"control": Control.REFUSED}, "control", False, "no commands"),
        ({"control": Control.UNKNOWN}, "control", None, "the first one"),
        ({"storage": Storage.OK}, "storage", True, "room"),
        ({"storage": Storage.READ_ONLY}, "storage", False, "cannot be sent"),
        ({}, "camera", True, "can be watched"),
        ({"cameras": ()}, "camera", None, "no camera"),
        ({"firmware": Firmware("1.2")}, "firmware", True, "1.2"),
        ({"firmware": Firmware("1.2", "1.3")}, "firmware", True, "1.3 is offered"),
        ({"firmware": Firmware()}, "firmware", None, "does not say"),
        (
            {"link": LinkStatus.OFFLINE, "link_reason": LinkReason.MACHINE_AWAY},
            "machine",
            False,
            "no connection to the machine",
        ),
    ],
)
def test_what_the_state_tells(
    changes: dict[str, object],
    step: str,
    ok: bool | None,  # noqa: FBT001 - a table's column
    words: str,
) -> None:
    check = steps(replace(IDLE, **changes))[step]  # type: ignore[arg-type]
    assert check.ok is ok
    assert words in check.detail
    assert (check.remedy is not None) is (ok is False)


def test_a_camera_that_is_off_says_how_to_mend_it() -> None:
    off = Camera("main", CameraKind.RTSP, is_available=False, unavailable_because="Do.")
    check = steps(replace(IDLE, cameras=(off,)))["camera"]
    assert (check.ok, check.remedy) == (None, "Do.")


def test_a_camera_is_not_needed_to_print() -> None:
    login = Check("login", ok=True, detail="x")
    camera = Check("camera", ok=False, detail="x", remedy="y")
    assert Checked((login, camera), None, None).is_ok
    assert not Checked((replace(login, ok=False), camera), None, None).is_ok


def test_what_the_family_said_stays_and_all_is_in_order() -> None:
    said = (
        Check("sorcery", ok=True, detail="x"),
        Check("storage", ok=True, detail="its own words"),
        Check("report", ok=True, detail="x"),
        Check("address", ok=True, detail="x"),
    )
    found = steps(replace(IDLE, storage=Storage.MISSING), *said)
    assert list(found) == [
        "address",
        "report",
        "control",
        "storage",
        "camera",
        "firmware",
        "sorcery",
    ]
    assert found["storage"].detail == "its own words"
    assert set(found) - set(STEPS) == {"sorcery"}


def test_without_a_state_nothing_is_claimed() -> None:
    found = steps(None, Check("address", ok=False, detail="x", remedy="y"))
    assert [(step, check.ok) for step, check in found.items()] == [
        ("address", False),
        ("report", None),
        ("control", None),
        ("camera", None),
        ("firmware", None),
    ]


async def test_the_last_check_is_kept_until_the_connection_is_another(
    farm: Farm, admin: AsyncClient, login: Login
) -> None:
    printer_id = await farm.add()
    place = f"/printers/{printer_id}/check"
    assert codes(await admin.get(place)) == (404, "printer_not_checked")
    first = (await admin.post(place)).json()
    assert first["is_ok"] is True
    assert first["at"] == farm.clock.now().isoformat().replace("+00:00", "Z")
    farm.machine(printer_id).unreachable = Unreachable("Nobody answers.")
    await farm.go(60)
    viewer = await login(Role.VIEWER)
    assert (await viewer.get(place)).json() == first
    assert (await viewer.post(place)).status_code == 403
    second = (await admin.post(place)).json()
    assert second["is_ok"] is False
    assert (await viewer.get(place)).json() == second
    await farm.printers.registry.edit(printer_id, {"host": "10.0.0.77"})
    assert (await admin.get(place)).status_code == 404


async def test_a_name_that_nobody_knows_is_the_first_step(farm: Farm) -> None:
    printer_id = await farm.add(host="nobody.invalid")
    found = await farm.printers.doctor.examine(printer_id)
    first, *others = found.checked.checks
    assert (first.step, first.ok) == ("address", False)
    assert first.remedy is not None
    assert [check.ok for check in others] == [None] * 4


async def test_a_device_that_is_open_is_left_alone(
    farm: Farm, family: MemoryFamily
) -> None:
    family.fields = (Field("host", FieldKind.PLACE, "Port", is_required=True),)
    printer_id = await farm.add(host="/dev/ttyUSB0", serial=None, secret=None)
    machine = farm.machine(printer_id)
    assert machine.connections == 1
    found = await farm.printers.doctor.examine(printer_id)
    told = {check.step: check.ok for check in found.checked.checks}
    assert (told["address"], told["report"], told["control"]) == (True, True, True)
    machine.report(link=LinkStatus.OFFLINE, link_reason=LinkReason.MACHINE_AWAY)
    await farm.go()
    found = await farm.printers.doctor.examine(printer_id)
    told = {check.step: check.ok for check in found.checked.checks}
    assert (told["report"], told["machine"]) == (False, False)
    machine.unreachable = Unreachable("It is gone.")
    machine.lose()
    await farm.go()
    found = await farm.printers.doctor.examine(printer_id)
    assert found.checked.checks[0].detail == "It is gone."
