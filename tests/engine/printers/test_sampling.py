"""Samples, their means, and their end."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import event, text, update

from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Invalid
from odin_engine.kernel.pages import PageRequest
from odin_engine.printers import store
from odin_engine.printers.model import (
    Activity,
    Fans,
    Fault,
    FaultKind,
    Heat,
    Severity,
    Temperatures,
)
from odin_engine.printers.model.history import minute_of
from odin_engine.printers.service.history import Range
from odin_engine.printers.tables import FaultRow
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import UNITS, MemoryMachine, job


@pytest.fixture
async def database(any_database: Database) -> Database:
    """What is written here is written to both kinds."""
    return any_database


async def let_print(farm: Farm, machine: MemoryMachine, minutes: int) -> None:
    for _ in range(minutes * 3):
        machine.breathe()
        await farm.go(20)


def heat(bed_c: float) -> Temperatures:
    return Temperatures(
        (Heat(220.0, 220.0), Heat(30.0, 0.0)), Heat(bed_c, 60.0), Heat(35.0, None)
    )


async def test_a_row_a_minute_while_printing_and_only_then(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    await let_print(farm, machine, 3)
    assert await farm.printers.history.samples(printer_id, Range()) == []
    machine.report(
        activity=Activity.PRINTING,
        job=job(progress_pct=10, layer=3),
        temperatures=heat(60.0),
        fans=Fans(part_pct=40, aux_pct=10),
    )
    await let_print(farm, machine, 5)
    machine.report(activity=Activity.FINISHED)
    await let_print(farm, machine, 5)
    samples = await farm.printers.history.samples(printer_id, Range(points=2000))
    assert 4 <= len(samples) <= 6
    first = samples[0]
    assert first.nozzles == (Heat(220.0, 220.0), Heat(30.0, 0.0))
    assert (first.bed, first.chamber) == (Heat(60.0, 60.0), Heat(35.0, None))
    assert (first.part_fan_pct, first.aux_fan_pct, first.chamber_fan_pct) == (
        40,
        10,
        None,
    )
    assert (first.progress_pct, first.layer) == (10, 3)
    gaps = [b.at - a.at for a, b in pairwise(samples)]
    assert set(gaps) == {timedelta(minutes=1)}


async def test_eight_heads_are_sampled_and_no_more(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    heads = tuple(Heat(100.0 + head, None) for head in range(10))
    machine.report(
        activity=Activity.PRINTING, job=job(), temperatures=Temperatures(heads[:5])
    )
    await let_print(farm, machine, 2)
    machine.report(temperatures=Temperatures(heads))
    await let_print(farm, machine, 2)
    samples = await farm.printers.history.samples(printer_id, Range(points=2000))
    assert samples[0].nozzles == heads[:5]
    assert samples[-1].nozzles == heads[:8]


async def test_a_silent_printer_is_not_sampled(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job())
    await farm.go()
    machine.is_silent_when_asked = True
    await farm.go(62)
    before = len(await farm.printers.history.samples(printer_id, Range()))
    machine.is_mute = True
    await farm.go(600)
    assert len(await farm.printers.history.samples(printer_id, Range())) <= before + 1


async def test_the_same_minute_is_stored_once(farm: Farm, database: Database) -> None:
    printer_id = await farm.add()
    farm.machine(printer_id).report(activity=Activity.PRINTING, job=job())
    await farm.go()
    for _ in range(3):
        await farm.printers.sampling.sample()
        await farm.printers.sampling.sample_climate()
        await farm.printers.flush()
    async with database.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM printer_samples")) == 1
        assert await session.scalar(text("SELECT count(*) FROM printer_climate")) == 1


async def test_the_whole_farm_is_one_transaction(
    farm: Farm, database: Database
) -> None:
    for number in range(5):
        printer_id = await farm.add(f"P{number}")
        farm.machine(printer_id).report(activity=Activity.PRINTING, job=job())
    await farm.go()
    commits: list[int] = []
    event.listen(database.engine.sync_engine, "commit", lambda _: commits.append(1))
    await farm.printers.sampling.sample()
    await farm.printers.flush()
    assert len(commits) == 1


async def test_many_minutes_become_few_points(farm: Farm, database: Database) -> None:
    printer_id = await farm.add()
    now = farm.clock.now()
    last = minute_of(now)
    async with database.work() as work:
        for back in range(600):
            row = {
                "printer_id": printer_id,
                "bed_c": float(back % 2),
                "progress_pct": (600 - back) // 6,
            }
            await store.add_samples(work.session, last - back, [row])
    wanted = Range(now - timedelta(minutes=600), None, 50)
    samples = await farm.printers.history.samples(printer_id, wanted)
    assert 40 <= len(samples) <= 50
    assert all(
        sample.bed.current_c == pytest.approx(0.5, abs=0.1) for sample in samples
    )
    progress = [sample.progress_pct or 0 for sample in samples]
    assert progress == sorted(progress)
    assert progress[-1] == 100
    near = Range(now - timedelta(minutes=10), now, 500)
    assert len(await farm.printers.history.samples(printer_id, near)) == 10


@pytest.mark.parametrize(
    ("since_days", "until_days"), [(1, 1), (1, 2), (500, 0), (0, 1), (0.0, 0.0)]
)
async def test_ranges_that_make_no_sense(
    farm: Farm, since_days: float, until_days: float
) -> None:
    now = farm.clock.now()
    wanted = Range(now - timedelta(days=since_days), now - timedelta(days=until_days))
    for read in (farm.printers.history.samples, farm.printers.history.climates):
        with pytest.raises(Invalid):
            await read("p", wanted)


async def test_the_air_in_the_units_every_five_minutes(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    second = replace(UNITS[0], id=1, temperature_c=None, humidity_pct=55)
    machine.report(filament_units=(UNITS[0], second, UNITS[1]))
    await let_print(farm, machine, 16)
    rows = await farm.printers.history.climates(printer_id, Range())
    assert {row.unit for row in rows} == {0, 1}
    first = [row for row in rows if row.unit == 0]
    assert len(first) == 3
    assert first[1].at - first[0].at == timedelta(minutes=5)
    assert (first[0].temperature_c, first[0].humidity_pct) == (24.5, 30)


async def test_old_history_goes_and_the_rest_stays(
    farm: Farm, database: Database
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    fault = Fault("F1", FaultKind.HEALTH, Severity.INFO, "x")
    machine.report(faults=(fault,))
    await farm.go(1)
    machine.report(faults=(replace(fault, code="F2"),))
    await farm.go(1)
    now = farm.clock.now()
    async with database.work() as work:
        for days in (0, 1, 6, 8, 89, 91, 400):
            minute = minute_of(now - timedelta(days=days))
            row = {"printer_id": printer_id}
            await store.add_samples(work.session, minute, [row])
            unit = {"printer_id": printer_id, "unit": 0}
            await store.add_climates(work.session, minute, [unit])
        await work.session.execute(
            update(FaultRow)
            .where(FaultRow.code == "F1")
            .values(cleared_at=now - timedelta(days=91))
        )
    await farm.printers.sampling.purge()
    async with database.read() as session:
        samples = await session.scalar(text("SELECT count(*) FROM printer_samples"))
        climates = await session.scalar(text("SELECT count(*) FROM printer_climate"))
    assert samples == 5
    assert climates == 3
    page = await farm.printers.history.faults(printer_id, PageRequest())
    assert [each.code for each in page.items] == ["F2"]


async def test_how_long_is_a_setting(farm: Farm, database: Database) -> None:
    printer_id = await farm.add()
    await farm.config.change({"printers.samples_kept_days": 1})
    async with database.work() as work:
        minute = minute_of(farm.clock.now() - timedelta(days=2))
        await store.add_samples(work.session, minute, [{"printer_id": printer_id}])
    await farm.printers.sampling.purge()
    async with database.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM printer_samples")) == 0


async def test_a_silence_counts_only_if_it_still_prints_after_it(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job(progress_pct=10))
    await farm.go(4)
    await farm.go(18)
    machine.report(job=job(progress_pct=20))
    await farm.go(2)
    # Shorter than the silence after which it is asked.
    await farm.go(18)
    machine.report(activity=Activity.FAILED)
    await farm.go(2)
    runs = await farm.printers.history.runs(printer_id, PageRequest(limit=5))
    assert 22 <= runs.items[0].printing_s <= 30
