"""The whole engine with machines of several families, over their real wires."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from httpx import AsyncClient

from odin_engine.simulator import elegoo, marlin, moonraker, octoprint, prusalink
from odin_engine.simulator.moonraker import SimulatedMoonraker
from odin_engine.simulator.octoprint import SimulatedOctoprint
from tests.engine.app.conftest import House
from tests.patience import PATIENCE_S

type Json = dict[str, Any]


def _name_of(kind: ModuleType) -> str:
    """Returns a family's name."""
    return str(kind.__name__).rpartition(".")[2]


@pytest.fixture
async def klipper(tmp_path: Path) -> AsyncIterator[SimulatedMoonraker]:
    async with moonraker.make("Klara", state_dir=tmp_path) as machine:
        yield machine


@pytest.fixture
async def octopus(tmp_path: Path) -> AsyncIterator[SimulatedOctoprint]:
    async with octoprint.make("Otto", state_dir=tmp_path) as machine:
        yield machine


async def until(client: AsyncClient, place: str, **wanted: object) -> Json:
    """Waits until the JSON at a place has these members."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            told: Json = (await client.get(place)).json()
            if all(told.get(name) == value for name, value in wanted.items()):
                return told
            await asyncio.sleep(0.05)


async def test_what_a_klipper_machine_can_do_is_reached(
    house: House, klipper: SimulatedMoonraker
) -> None:
    admin = house.admin
    body = {
        "name": "Klara",
        "family": "moonraker",
        "host": klipper.host,
        "ports": klipper.ports,
    }
    added = await admin.post("/printers", json=body)
    assert added.status_code == 201, added.text
    place = f"/printers/{added.json()['id']}"
    shown = await until(admin, place, link="online")
    can = shown["capabilities"]
    assert (await admin.post(f"{place}/speed", json={"percent": 90})).status_code == 204
    await until(admin, place, speed={"level": None, "percent": 90, "flow_pct": 100})
    flow = await admin.post(f"{place}/flow", json={"percent": 95})
    assert flow.status_code == 204, flow.text
    ran = await admin.post(f"{place}/macros/{can['macros'][0]}")
    assert ran.status_code == 204, ran.text
    lines = (await admin.get(f"{place}/console")).json()["items"]
    assert any(line["is_sent"] for line in lines)
    for path in ("files/on-printer", "timelapses", "past-jobs"):
        answer = await admin.get(f"{place}/{path}")
        assert answer.status_code == 200, answer.text
    checked = (await admin.post(f"{place}/check")).json()
    assert checked["is_ok"] is True, checked
    restarted = await admin.post(f"{place}/restart-firmware")
    assert restarted.status_code == 204, restarted.text


@pytest.mark.parametrize(
    "kind", [elegoo, marlin, moonraker, octoprint, prusalink], ids=_name_of
)
async def test_each_family_is_added_watched_and_checked(
    house: House, tmp_path: Path, kind: ModuleType
) -> None:
    admin = house.admin
    async with kind.make("Maria", state_dir=tmp_path) as machine:
        body = {
            "name": machine.name,
            "family": machine.family,
            "host": machine.host,
            "ports": machine.ports,
            "serial": machine.serial,
            "secret": machine.secret,
            "options": machine.options,
        }
        checked = (await admin.post("/printers/check", json=body)).json()
        assert checked["is_ok"] is True, checked
        added = await admin.post("/printers", json=body)
        assert added.status_code == 201, added.text
        place = f"/printers/{added.json()['id']}"
        shown = await until(admin, place, link="online")
        assert shown["activity"] == "idle"
        for path in ("files/on-printer", "timelapses", "past-jobs", "console"):
            answer = await admin.get(f"{place}/{path}")
            assert answer.status_code in {200, 409}, answer.text
        again = (await admin.post(f"{place}/check")).json()
        assert again["is_ok"] is True, again
        assert (await admin.get(f"{place}/check")).json() == again
        assert (await admin.delete(place)).status_code == 204


async def test_a_scan_finds_machines_by_their_wire(
    house: House, tmp_path: Path
) -> None:
    # Addresses of this test's own, because a probe knocks at the real ports.
    klara = moonraker.make(
        "Klara", state_dir=tmp_path, host="127.83.1.5", ports=moonraker.PORTS
    )
    erna = elegoo.make(
        "Erna", state_dir=tmp_path, host="127.83.1.6", ports=elegoo.PORTS
    )
    async with klara, erna:
        begun = await house.admin.post(
            "/printers/scan", json={"network": "127.83.1.4/30"}
        )
        assert begun.status_code == 202, begun.text
        place = f"/tasks/{begun.json()['id']}"
        done = await until(house.admin, place, state="done")
    found = {each["host"]: each["family"] for each in done["result"]["items"]}
    assert found == {"127.83.1.5": "moonraker", "127.83.1.6": "elegoo"}
    assert done["message"] == "2 of 2 addresses asked, 2 found"


async def test_a_key_is_approved_at_the_machine(
    house: House, octopus: SimulatedOctoprint
) -> None:
    admin = house.admin
    body = {"family": "octoprint", "host": octopus.host, "ports": octopus.ports}
    asked = await admin.post("/printers/key-requests", json=body)
    assert asked.status_code == 201, asked.text
    place = f"/printers/key-requests/{asked.json()['id']}"
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                octopus.act("allow_key")
                break
            except ValueError:
                await asyncio.sleep(0.05)
    await until(admin, place, state="granted")
    described = body | {"name": "Otto", "key_request": asked.json()["id"]}
    added = await admin.post("/printers", json=described)
    assert added.status_code == 201, added.text
    shown = await until(admin, f"/printers/{added.json()['id']}", link="online")
    assert shown["has_secret"] is True
    assert str(octopus.secret) not in added.text
