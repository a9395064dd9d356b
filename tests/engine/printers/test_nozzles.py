"""Nozzles and their hours."""

from dataclasses import replace
from datetime import timedelta

import pytest

from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Conflict, Invalid
from odin_engine.printers.model import Activity, Capabilities, Nozzle
from odin_engine.printers.model.history import NozzleNotFound
from odin_engine.printers.model.record import PrinterNotFound
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import CAPABILITIES, job


@pytest.fixture
async def database(any_database: Database) -> Database:
    """What is written here is written to both kinds."""
    return any_database


TWO_HEADS: Capabilities = replace(CAPABILITIES, heads=2)


async def test_a_new_nozzle_retires_the_one_before_it(farm: Farm) -> None:
    printer_id = await farm.add()
    nozzles = farm.printers.nozzles
    first = await nozzles.install(printer_id, 0, 0.4, "brass", "from the box")
    await farm.go(3600)
    second = await nozzles.install(printer_id, 0, 0.6)
    listed = await nozzles.of(printer_id)
    assert [each.id for each in listed] == [second.id, first.id]
    assert listed[0].retired_at is None
    assert listed[1].retired_at == second.installed_at
    assert listed[1].version == 2


async def test_hours_go_to_the_head_that_prints(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(capabilities=TWO_HEADS)
    await farm.go()
    right = await farm.printers.nozzles.install(printer_id, 0, 0.4)
    left = await farm.printers.nozzles.install(printer_id, 1, 0.4)
    machine.report(
        activity=Activity.PRINTING,
        job=job(),
        nozzles=(Nozzle(0, is_active=True), Nozzle(1)),
    )
    for _ in range(30):
        machine.breathe()
        await farm.go(20)
    machine.report(nozzles=(Nozzle(0), Nozzle(1, is_active=True)))
    for _ in range(6):
        machine.breathe()
        await farm.go(20)
    machine.report(activity=Activity.PAUSED)
    await farm.go(30)
    machine.report(activity=Activity.FINISHED)
    await farm.go(1)
    worked = {
        each.id: each.printing_s for each in await farm.printers.nozzles.of(printer_id)
    }
    assert worked[right.id] == pytest.approx(600, abs=3)
    assert worked[left.id] == pytest.approx(120, abs=3)


async def test_what_each_head_is_doing(farm: Farm) -> None:
    printer_id = await farm.add()
    farm.machine(printer_id).report(
        capabilities=TWO_HEADS, nozzles=(Nozzle(0, 0.4, "hardened_steel"),)
    )
    await farm.go()
    installed = await farm.printers.nozzles.install(printer_id, 1, 0.6)
    right, left = await farm.printers.nozzles.status(printer_id)
    assert (right.head, left.head) == (0, 1)
    assert right.reported is not None
    assert right.reported.material == "hardened_steel"
    assert right.heat is not None
    assert right.installed is None
    assert left.installed == installed


async def test_corrections(farm: Farm) -> None:
    printer_id = await farm.add()
    nozzles = farm.printers.nozzles
    nozzle = await nozzles.install(printer_id, 0, 0.4)
    edited = await nozzles.edit(nozzle.id, {"diameter_mm": 0.6, "note": "worn"}, 1)
    assert (edited.diameter_mm, edited.note, edited.version) == (0.6, "worn", 2)
    with pytest.raises(Conflict):
        await nozzles.edit(nozzle.id, {"note": "late"}, 1)
    now = farm.clock.now()
    retired = await nozzles.edit(nozzle.id, {"retired_at": now})
    assert retired.retired_at == now
    await nozzles.install(printer_id, 0, 0.4)
    with pytest.raises(Conflict):
        await nozzles.edit(nozzle.id, {"retired_at": None})
    await nozzles.delete(nozzle.id)
    with pytest.raises(NozzleNotFound):
        await nozzles.delete(nozzle.id)
    with pytest.raises(NozzleNotFound):
        await nozzles.edit(nozzle.id, {})


async def test_instants_and_heads_that_cannot_be(farm: Farm) -> None:
    printer_id = await farm.add()
    nozzles = farm.printers.nozzles
    now = farm.clock.now()
    nozzle = await nozzles.install(printer_id, 0, 0.4)
    for at in (
        now - timedelta(days=1),
        now + timedelta(days=1),
        now.replace(year=1990),
    ):
        with pytest.raises(Invalid):
            await nozzles.install(printer_id, 0, 0.4, at=at)
    for head in (-1, 1):
        with pytest.raises(Invalid):
            await nozzles.install(printer_id, head, 0.4)
    for values in (
        {"retired_at": now - timedelta(days=1)},
        {"retired_at": now + timedelta(days=1)},
        {"installed_at": now + timedelta(days=1)},
        {"installed_at": now.replace(year=1)},
    ):
        with pytest.raises(Invalid):
            await nozzles.edit(nozzle.id, values)
    with pytest.raises(PrinterNotFound):
        await nozzles.install("nobody", 0, 0.4)


async def test_a_deleted_printer_retires_its_nozzles(farm: Farm) -> None:
    printer_id = await farm.add()
    nozzle = await farm.printers.nozzles.install(printer_id, 0, 0.4)
    await farm.printers.registry.delete(printer_id)
    kept = await farm.printers.nozzles.get(nozzle.id)
    assert kept.retired_at is not None
    assert kept.printer_name == "Anna"
