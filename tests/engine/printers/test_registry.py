"""Which printers there are, and what is said about them."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Conflict, Invalid
from odin_engine.kernel.fetch import AddressRefused
from odin_engine.printers.events import PlateCleared, PlateOccupied
from odin_engine.printers.model import LinkStatus
from odin_engine.printers.model.record import (
    NameTaken,
    PlateState,
    PrinterNotFound,
    SerialTaken,
    UnknownFamily,
)
from odin_engine.printers.service import BulkAction
from tests.engine.doubles import ManualClock
from tests.engine.printers.farm import Farm, run_farm
from tests.patience import PATIENCE_S


@pytest.fixture
async def database(any_database: Database) -> Database:
    """What is written here is written to both kinds."""
    return any_database


async def test_a_printer_survives_a_restart_as_it_was(
    farm: Farm, database: Database, facts: Facts, clock: ManualClock, tmp_path: Path
) -> None:
    printer_id = await farm.add(
        "Änne",
        serial="mem1",
        ports={"mqtt": 8884},
        tags=("PLA", "rack 1"),
        notes="left\nshelf",
        camera_url="rtsp://user:pass@cam/1",
        heater_off_min=5,
        is_observe_only=True,
    )
    before = farm.record(printer_id)
    assert before.serial == "MEM1"
    assert before.has_secret
    assert before.has_camera_url
    await farm.kill()
    async with run_farm(database, facts, clock, farm.family, tmp_path) as again:
        assert again.record(printer_id) == before
        assert again.machine(printer_id).seen[-1].secret == "opensesame"


async def test_secrets_are_sealed_in_the_database(
    farm: Farm, database: Database
) -> None:
    await farm.add(camera_url="rtsp://user:hush@cam/1")
    async with database.read() as session:
        rows = (await session.execute(text("SELECT * FROM printers"))).all()
    assert "opensesame" not in repr(rows)
    assert "hush" not in repr(rows)


async def test_names_and_serials_are_unique(farm: Farm) -> None:
    anna = await farm.add("Anna")
    berta = await farm.add("Berta")
    with pytest.raises(NameTaken):
        await farm.add("anna", serial="X")
    with pytest.raises(SerialTaken):
        await farm.add("Clara", serial="mem1")
    with pytest.raises(NameTaken):
        await farm.printers.registry.edit(berta, {"name": "ANNA"})
    await farm.printers.registry.edit(anna, {"name": "ANNA"})
    assert farm.record(anna).name == "ANNA"


async def test_printers_without_a_serial_do_not_collide(farm: Farm) -> None:
    await farm.add("Anna", serial=None)
    await farm.add("Berta", serial=None)
    assert len(farm.printers.views()) == 2


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "::1",
        "127.9.9.9",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - refused, not bound
        "255.255.255.255",
        "239.1.2.3",
        "::",
        "ff02::1",
    ],
)
async def test_addresses_that_are_no_printers(farm: Farm, host: str) -> None:
    with pytest.raises(AddressRefused):
        await farm.add(host=host)


async def test_a_name_that_leads_to_this_machine_is_not_connected(farm: Farm) -> None:
    printer_id = await farm.add(host="localhost")
    await farm.go(0.1)
    # Names are looked up by a thread.
    async with asyncio.timeout(PATIENCE_S):
        while farm.state(printer_id).link is LinkStatus.CONNECTING:
            await asyncio.to_thread(bool)
            await farm.go()
    assert farm.state(printer_id).link is LinkStatus.OFFLINE
    assert farm.family.machine("127.0.0.1").connections == 0


async def test_unknown_families_and_wrong_values_are_refused(farm: Farm) -> None:
    with pytest.raises(UnknownFamily):
        await farm.add(family="fax")
    with pytest.raises(Invalid):
        await farm.add("a\nb")
    assert farm.printers.views() == {}


async def test_an_edit_reconnects_only_when_it_must(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    edit = farm.printers.registry.edit
    await edit(printer_id, {"name": "Berta", "notes": "x", "tags": ("a",)})
    await edit(printer_id, {"is_observe_only": True, "heater_off_min": 0})
    await edit(printer_id, {"camera_url": "http://cam/"})
    await farm.go(1)
    assert machine.connections == 1
    await edit(printer_id, {"secret": "new"})
    await farm.go(1)
    assert machine.connections == 2
    assert machine.seen[-1].secret == "new"
    await edit(printer_id, {"ports": {"mqtt": 1234}})
    await farm.go(1)
    assert machine.seen[-1].ports == {"mqtt": 1234}
    await edit(printer_id, {"host": "10.0.0.99"})
    await farm.go(1)
    assert farm.family.machine("10.0.0.99").connections == 1
    assert machine.driver is None


async def test_many_edits_at_once_leave_one_connection(farm: Farm) -> None:
    printer_id = await farm.add()
    edits = [
        farm.printers.registry.edit(printer_id, {"secret": f"code{number}"})
        for number in range(6)
    ]
    await asyncio.gather(*edits)
    await farm.go(1)
    machine = farm.machine(printer_id)
    assert machine.seen[-1].secret == "code5"
    supervisors = [t for t in asyncio.all_tasks() if t.get_name().startswith("superv")]
    assert len(supervisors) == 1
    assert farm.state(printer_id).link is LinkStatus.ONLINE


async def test_an_edit_during_a_deletion_connects_nothing(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    with farm.printers.telemetry.watch() as watcher:
        await asyncio.gather(
            farm.printers.registry.delete(printer_id),
            farm.printers.registry.edit(printer_id, {"secret": "new"}),
            return_exceptions=True,
        )
        await farm.go(10)
        assert watcher.take() == {printer_id: None}
    assert machine.driver is None
    supervisors = [t for t in asyncio.all_tasks() if t.get_name().startswith("superv")]
    assert supervisors == []


async def test_another_machine_has_another_certificate(farm: Farm) -> None:
    printer_id = await farm.add()
    pin = farm.record(printer_id).pin_sha256
    assert pin is not None
    await farm.printers.registry.edit(printer_id, {"host": "10.0.0.77"})
    await farm.go(1)
    assert farm.machine(printer_id).seen[-1].pin_sha256 == pin
    await farm.printers.registry.edit(printer_id, {"serial": "OTHER"})
    await farm.go(1)
    assert farm.machine(printer_id).seen[-1].pin_sha256 is None


async def test_secrets_can_be_emptied(farm: Farm) -> None:
    printer_id = await farm.add()
    await farm.printers.registry.edit(printer_id, {"secret": None})
    assert not farm.record(printer_id).has_secret
    await farm.go(1)
    assert farm.machine(printer_id).seen[-1].secret is None


async def test_each_edit_is_a_version(farm: Farm) -> None:
    printer_id = await farm.add()
    edited = await farm.printers.registry.edit(printer_id, {"name": "B"}, version=1)
    assert edited.version == 2
    with pytest.raises(Conflict):
        await farm.printers.registry.edit(printer_id, {"name": "C"}, version=1)
    await farm.printers.registry.set_plate(printer_id, PlateState.OCCUPIED)
    assert farm.record(printer_id).version == 2


async def test_deleting_ends_the_connection(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    await farm.printers.registry.delete(printer_id)
    await farm.go(100)
    assert machine.driver is None
    assert machine.closed == 1
    with pytest.raises(PrinterNotFound):
        farm.printers.view(printer_id)
    with pytest.raises(PrinterNotFound):
        await farm.printers.registry.delete(printer_id)
    await farm.add("Anna")


async def test_the_order_is_everybodys(
    farm: Farm, database: Database, facts: Facts, clock: ManualClock, tmp_path: Path
) -> None:
    a, b, c = [await farm.add(name) for name in "ABC"]
    await farm.printers.groups.order([c, a, b])
    assert list(farm.printers.views()) == [c, a, b]
    for wrong in ([], [a, b], [a, b, c, c], [a, b, "nobody"], [a, a, b]):
        with pytest.raises(Invalid):
            await farm.printers.groups.order(wrong)
    await farm.printers.registry.delete(a)
    d = await farm.add("D")
    assert list(farm.printers.views()) == [c, b, d]
    await farm.kill()
    async with run_farm(database, facts, clock, farm.family, tmp_path) as again:
        assert list(again.printers.views()) == [c, b, d]


async def test_tags_live_by_being_used(farm: Farm) -> None:
    a = await farm.add("A", tags=("PLA", "rack 1"))
    b = await farm.add("B", tags=("pla",))
    groups = farm.printers.groups
    assert [(t.name, t.printers) for t in groups.tags()] == [
        ("PLA", 2),
        ("rack 1", 1),
    ]
    await groups.rename_tag("pla", "PETG")
    assert farm.record(a).tags == ("rack 1", "PETG")
    assert farm.record(b).tags == ("PETG",)
    await groups.rename_tag("rack 1", "petg")
    assert [(t.name, t.printers) for t in groups.tags()] == [("PETG", 2)]
    assert await groups.rename_tag("PETG", None) == []
    assert await groups.rename_tag("unknown", "x") == []
    with pytest.raises(Invalid):
        await groups.rename_tag("a", " ")


async def test_bulk_actions_answer_for_each_printer(farm: Farm) -> None:
    a, b = await farm.add("A"), await farm.add("B", tags=tuple(map(str, range(20))))
    bulk = farm.printers.groups.bulk
    results = await bulk([a, b, "nobody", a], BulkAction.ADD_TAG, "x")
    assert [(each.id, each.code) for each in results] == [
        (a, None),
        (b, "invalid"),
        ("nobody", "printer_not_found"),
    ]
    assert farm.record(a).tags == ("x",)
    await bulk([a], BulkAction.REMOVE_TAG, "X")
    assert farm.record(a).tags == ()
    await bulk([a, b], BulkAction.DISABLE)
    assert not farm.record(b).is_enabled
    await bulk([a, b], BulkAction.ENABLE)
    await farm.go(1)
    assert farm.state(b).link is LinkStatus.ONLINE
    await bulk([a], BulkAction.MAINTENANCE_ON)
    assert farm.record(a).is_in_maintenance
    await bulk([a], BulkAction.MAINTENANCE_OFF)
    assert not farm.record(a).is_in_maintenance
    with pytest.raises(Invalid):
        await bulk([a], BulkAction.ADD_TAG)


async def test_the_plate_is_cleared_and_taken_back(
    farm: Farm, database: Database, facts: Facts, clock: ManualClock, tmp_path: Path
) -> None:
    printer_id = await farm.add()
    set_plate = farm.printers.registry.set_plate
    await set_plate(printer_id, PlateState.CLEAR)
    await set_plate(printer_id, PlateState.OCCUPIED)
    await set_plate(printer_id, PlateState.OCCUPIED)
    await set_plate(printer_id, PlateState.CLEAR)
    await farm.go()
    assert farm.happened(PlateCleared, PlateOccupied) == [
        PlateOccupied(printer_id),
        PlateCleared(printer_id),
    ]
    await set_plate(printer_id, PlateState.OCCUPIED)
    await farm.kill()
    async with run_farm(database, facts, clock, farm.family, tmp_path) as again:
        plate = again.record(printer_id).plate
        assert plate.state is PlateState.OCCUPIED
        await again.printers.registry.edit(printer_id, {"is_plate_gated": False})
        assert again.record(printer_id).plate.state is PlateState.CLEAR
        with pytest.raises(Conflict):
            await again.printers.registry.set_plate(printer_id, PlateState.OCCUPIED)
