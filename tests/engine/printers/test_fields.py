"""What a connection must say: options, device paths and what a family needs."""

from dataclasses import replace
from pathlib import Path

import pytest
from httpx import AsyncClient

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.ports import Field, FieldKind
from tests.engine.doubles import ManualClock
from tests.engine.printers.farm import Farm, run_farm
from tests.engine.printers.memory_driver import MemoryFamily
from tests.engine.printers.web import BODY

OPTIONS: dict[str, str | int | bool] = {
    "place": "attic",
    "tools": 5,
    "kind": "core",
    "is_quick": True,
}


def pointers(error: Invalid) -> list[str]:
    return [problem.pointer for problem in error.problems]


async def test_options_reach_the_driver_and_survive(
    database: Database,
    facts: Facts,
    clock: ManualClock,
    family: MemoryFamily,
    tmp_path: Path,
) -> None:
    async with run_farm(database, facts, clock, family, tmp_path) as farm:
        printer_id = await farm.add(options=OPTIONS)
        machine = farm.machine(printer_id)
        assert machine.seen[-1].options == OPTIONS
    async with run_farm(database, facts, clock, family, tmp_path) as farm:
        assert farm.record(printer_id).options == OPTIONS
        assert machine.seen[-1].options == OPTIONS


async def test_a_change_of_options_connects_anew(farm: Farm) -> None:
    printer_id = await farm.add(options={"tools": 2})
    machine = farm.machine(printer_id)
    await farm.printers.registry.edit(printer_id, {"notes": "x"})
    await farm.go(1)
    assert machine.connections == 1
    await farm.printers.registry.edit(printer_id, {"options": {"tools": 3}})
    await farm.go(1)
    assert machine.connections == 2
    assert machine.seen[-1].options == {"tools": 3}


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"colour": "red"}, "/options/colour"),
        ({"host": "10.0.0.1"}, "/options/host"),
        ({"Tools": 2}, "/options"),
        ({"place": 7}, "/options/place"),
        ({"place": "a\nb"}, "/options/place"),
        ({"place": "x" * 257}, "/options/place"),
        ({"tools": 9}, "/options/tools"),
        ({"tools": 0}, "/options/tools"),
        ({"tools": "3"}, "/options/tools"),
        ({"tools": True}, "/options/tools"),
        ({"tools": 2**40}, "/options/tools"),
        ({"kind": "delta"}, "/options/kind"),
        ({"is_quick": 1}, "/options/is_quick"),
        ({f"o{number}": 1 for number in range(17)}, "/options"),
    ],
)
async def test_an_option_that_is_none_is_refused(
    farm: Farm, options: dict[str, str | int | bool], wrong: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await farm.add(options=options)
    assert pointers(caught.value) == [wrong]
    printer_id = await farm.add()
    with pytest.raises(Invalid):
        await farm.printers.registry.edit(printer_id, {"options": options})
    assert farm.record(printer_id).options == {}


async def test_what_is_needed_is_asked_for(farm: Farm, family: MemoryFamily) -> None:
    printer_id = await farm.add()
    host, serial, secret, port, place, *rest = family.fields
    family.fields = (
        host,
        *(replace(each, is_required=True) for each in (serial, secret)),
        port,
        replace(place, is_required=True),
        *rest,
    )
    with pytest.raises(Invalid) as caught:
        await farm.add("Berta", serial=None, secret=None)
    assert pointers(caught.value) == ["/serial", "/secret", "/options/place"]
    # What a newer family asks for besides keeps nobody from changing something else.
    await farm.printers.registry.edit(printer_id, {"notes": "in the attic"})
    with pytest.raises(Invalid):
        await farm.printers.registry.edit(printer_id, {"host": "10.0.0.77"})


async def test_a_device_is_for_families_that_take_one(
    farm: Farm, family: MemoryFamily
) -> None:
    with pytest.raises(Invalid) as caught:
        await farm.add(host="/dev/ttyUSB0")
    assert pointers(caught.value) == ["/host"]
    checked = farm.printers.discovery.check("memory", "/dev/ttyUSB0")
    with pytest.raises(Invalid):
        await checked
    family.fields = (Field("host", FieldKind.PLACE, "Place"), *family.fields[1:])
    place = "/dev/serial/by-id/usb-Prusa_MK3-if00"
    printer_id = await farm.add(host=place)
    assert farm.record(printer_id).host == place
    assert farm.machine(printer_id).seen[-1].host == place
    checked_there = await farm.printers.discovery.check("memory", "/dev/ttyACM1")
    assert checked_there.checks[0].ok


@pytest.mark.parametrize(
    "host",
    [
        "/dev/../etc/passwd",
        "/dev/a/../../etc/shadow",
        "/dev/./x",
        "/dev",
        "/dev/",
        "/dev//ttyUSB0",
        "/etc/passwd",
        "/dev/tty USB0",
        "/dev/" + "a/" * 9 + "a",
    ],
)
async def test_no_other_path_is_a_place(
    farm: Farm, family: MemoryFamily, host: str
) -> None:
    family.fields = (Field("host", FieldKind.PLACE, "Place"), *family.fields[1:])
    with pytest.raises(Invalid) as caught:
        await farm.add(host=host)
    assert pointers(caught.value) == ["/host"]


async def test_the_wire_has_options(admin: AsyncClient) -> None:
    made = await admin.post("/printers", json=BODY | {"options": OPTIONS})
    assert made.status_code == 201
    assert made.json()["options"] == OPTIONS
    place = f"/printers/{made.json()['id']}"
    changed = await admin.patch(place, json={"options": {"kind": "bed"}})
    assert changed.json()["options"] == {"kind": "bed"}
    refused = await admin.patch(place, json={"options": {"kind": "delta"}})
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/options/kind"]
    assert (
        await admin.patch(place, json={"options": {"kind": 1.5}})
    ).status_code == 422
    tried = await admin.post("/printers/check", json=BODY | {"options": {"tools": 99}})
    assert tried.status_code == 422
    assert (await admin.patch(place, json={"options": {}})).json()["options"] == {}


async def test_a_family_says_what_to_say(admin: AsyncClient) -> None:
    (family,) = (await admin.get("/printers/families")).json()["items"]
    assert family["name"] == "memory"
    assert family["file_kinds"] == [".3mf", ".gcode"]
    assert family["gives_keys"] is False
    tools = next(each for each in family["fields"] if each["name"] == "tools")
    assert tools == {
        "name": "tools",
        "kind": "number",
        "label": "Tools",
        "help": "",
        "is_required": False,
        "default": None,
        "choices": [],
        "min": 1,
        "max": 8,
    }
