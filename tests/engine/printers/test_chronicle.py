"""What is remembered of reports, and what a restart makes of it."""

import asyncio
import math
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import override

import pytest
from sqlalchemy import text

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database, StorageDown, Work
from odin_engine.kernel.pages import PageRequest
from odin_engine.printers.events import (
    AttentionNeeded,
    FaultCleared,
    FaultRaised,
    PlateCleared,
    PlateOccupied,
    PrintEnded,
    PrintStarted,
)
from odin_engine.printers.model import (
    Activity,
    Fault,
    FaultKind,
    Heat,
    Job,
    PrintResult,
    Severity,
    Temperatures,
)
from odin_engine.printers.model.history import FaultRecord, Run
from odin_engine.printers.model.record import PlateState
from odin_engine.printers.service.history import Range
from tests.engine.doubles import ManualClock, settle
from tests.engine.printers.farm import Farm, run_farm
from tests.engine.printers.memory_driver import IDLE, UNITS, MemoryFamily, job


@pytest.fixture
async def database(any_database: Database) -> Database:
    """What is written here is written to both kinds."""
    return any_database


FAULT = Fault("0300-0100-0001-0001", FaultKind.HEALTH, Severity.SERIOUS, "Too hot.")
MILD = Fault("0C00-0300-0003-0007", FaultKind.HEALTH, Severity.COMMON, "Look.")

type Restart = Callable[[], AbstractAsyncContextManager[Farm]]


@pytest.fixture
def restart(
    database: Database,
    facts: Facts,
    clock: ManualClock,
    family: MemoryFamily,
    tmp_path: Path,
) -> Restart:
    return lambda: run_farm(database, facts, clock, family, tmp_path)


async def runs(farm: Farm, printer_id: str) -> list[Run]:
    page = await farm.printers.history.runs(printer_id, PageRequest())
    return list(page.items)


async def faults(farm: Farm, printer_id: str) -> list[FaultRecord]:
    page = await farm.printers.history.faults(printer_id, PageRequest())
    return list(page.items)


async def printing(farm: Farm, name: str = "benchy", token: int = 7) -> str:
    """Adds a printer and lets it start a print."""
    printer_id = await farm.add()
    farm.machine(printer_id).report(activity=Activity.PREPARING, job=job(name, token))
    await farm.go(1)
    return printer_id


async def test_a_print_from_start_to_end(farm: Farm, clock: ManualClock) -> None:
    began_at = clock.now()
    printer_id = await printing(farm)
    machine = farm.machine(printer_id)
    machine.report(
        activity=Activity.PRINTING, job=job(progress_pct=50, layer=5, total_layers=10)
    )
    await farm.go(599)
    machine.breathe()
    await farm.go(1)
    machine.report(activity=Activity.FINISHED, job=job(progress_pct=100, layer=10))
    await farm.go(1)
    (run,) = await runs(farm, printer_id)
    assert (run.name, run.file, run.token) == ("benchy", "benchy.3mf", 7)
    assert run.was_seen_starting
    assert run.result is PrintResult.FINISHED
    assert (run.progress_pct, run.layer, run.total_layers) == (100, 10, 10)
    assert began_at <= run.started_at
    assert run.ended_at is not None
    assert 599 <= run.printing_s <= 602
    kinds = [type(event) for event in farm.happened(PrintStarted, PrintEnded)]
    assert kinds == [PrintStarted, PrintEnded]


async def test_lists_say_how_long_they_are_whenever_they_change(farm: Farm) -> None:
    other_id = await printing(farm, "other")
    printer_id = await farm.add("Berta")
    machine = farm.machine(printer_id)
    fault = Fault("0300_8003", FaultKind.HEALTH, Severity.COMMON, "Spaghetti.")

    async def lengths() -> tuple[int, int, int, int]:
        history, first = farm.printers.history, PageRequest(limit=1)
        ended = PrintResult.FINISHED
        return (
            (await history.runs(printer_id, first)).total,
            (await history.runs(printer_id, first, ended)).total,
            (await history.faults(printer_id, first)).total,
            (await history.runs(other_id, first)).total,
        )

    assert await lengths() == (0, 0, 0, 1)
    machine.report(activity=Activity.PRINTING, job=job(), faults=(fault,))
    await farm.go(61)
    assert await lengths() == (1, 0, 1, 1)
    machine.report(activity=Activity.FINISHED, faults=())
    await farm.go(1)
    assert await lengths() == (1, 1, 1, 1)
    # Found under way after the link was lost.
    machine.lose()
    machine.state = replace(machine.state, activity=Activity.PRINTING, job=job("b", 8))
    await farm.go(60)
    assert await lengths() == (2, 1, 1, 1)


@pytest.mark.parametrize(
    ("activity", "result"),
    [
        (Activity.FINISHED, PrintResult.FINISHED),
        (Activity.FAILED, PrintResult.FAILED),
        (Activity.CANCELLED, PrintResult.CANCELLED),
        (Activity.IDLE, PrintResult.UNKNOWN),
    ],
)
async def test_every_end_raises_the_gate(
    farm: Farm, activity: Activity, result: PrintResult
) -> None:
    printer_id = await printing(farm)
    farm.machine(printer_id).report(activity=activity)
    await farm.go(1)
    (run,) = await runs(farm, printer_id)
    assert run.result is result
    plate = farm.record(printer_id).plate
    assert plate.state is PlateState.OCCUPIED
    assert plate.run_id == run.id
    assert farm.happened(PlateOccupied) == [PlateOccupied(printer_id)]


async def test_the_gate_is_up_before_the_database_knows(farm: Farm) -> None:
    printer_id = await printing(farm)
    farm.printers.observe(printer_id, replace(IDLE, activity=Activity.FINISHED))
    assert farm.record(printer_id).plate.state is PlateState.OCCUPIED


async def test_a_cancelled_print_keeps_how_far_it_came(farm: Farm) -> None:
    printer_id = await printing(farm)
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job(progress_pct=37, layer=12))
    await farm.go(1)
    machine.report(activity=Activity.CANCELLED, job=Job(progress_pct=0, layer=0))
    await farm.go(1)
    (run,) = await runs(farm, printer_id)
    assert (run.progress_pct, run.layer, run.name) == (37, 12, "benchy")


async def test_without_a_gate_the_plate_stays_clear(farm: Farm) -> None:
    printer_id = await farm.add(is_plate_gated=False)
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job())
    machine.report(activity=Activity.FINISHED)
    await farm.go(1)
    assert farm.record(printer_id).plate.state is PlateState.CLEAR
    assert farm.happened(PlateOccupied) == []


async def test_a_print_that_starts_shows_that_the_plate_was_cleared(
    farm: Farm,
) -> None:
    printer_id = await printing(farm)
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.FINISHED)
    await farm.go(1)
    machine.report(activity=Activity.PREPARING, job=job("second", 8))
    await farm.go(1)
    assert farm.record(printer_id).plate.state is PlateState.CLEAR
    assert farm.happened(PlateCleared) == [PlateCleared(printer_id)]
    assert [run.name for run in await runs(farm, printer_id)] == ["second", "benchy"]


async def test_another_job_ends_the_first_one_unknown(farm: Farm) -> None:
    printer_id = await printing(farm)
    farm.machine(printer_id).report(job=job("second", 8))
    await farm.go(1)
    second, first = await runs(farm, printer_id)
    assert first.result is PrintResult.UNKNOWN
    assert second.result is None
    assert second.was_seen_starting


async def test_the_end_of_another_job_proves_nothing_about_ours(farm: Farm) -> None:
    printer_id = await printing(farm)
    farm.machine(printer_id).report(activity=Activity.FINISHED, job=job("other", 99))
    await farm.go(1)
    (run,) = await runs(farm, printer_id)
    assert (run.name, run.result) == ("benchy", PrintResult.UNKNOWN)


async def test_deleting_a_printer_keeps_its_history(farm: Farm) -> None:
    printer_id = await printing(farm)
    farm.machine(printer_id).report(faults=(FAULT,))
    await farm.go(1)
    await farm.printers.registry.delete(printer_id)
    await farm.go(1)
    (run,) = await runs(farm, printer_id)
    assert (run.printer_name, run.result) == ("Anna", PrintResult.UNKNOWN)
    (fault,) = await faults(farm, printer_id)
    assert fault.printer_name == "Anna"
    assert fault.cleared_at is not None


async def test_faults_are_remembered_from_raised_to_cleared(
    farm: Farm, clock: ManualClock
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(faults=(FAULT, MILD))
    await farm.go(10)
    raised_at = clock.now()
    machine.report(faults=(MILD,))
    await farm.go(1)
    records = {each.code: each for each in await faults(farm, printer_id)}
    assert records[MILD.code].cleared_at is None
    cleared_at = records[FAULT.code].cleared_at
    assert cleared_at is not None
    assert cleared_at >= raised_at
    assert records[FAULT.code].severity is Severity.SERIOUS
    machine.report(faults=(FAULT, MILD))
    await farm.go(1)
    assert len(await faults(farm, printer_id)) == 3


async def test_a_running_print_survives_a_kill(farm: Farm, restart: Restart) -> None:
    printer_id = await printing(farm)
    farm.machine(printer_id).report(activity=Activity.PRINTING)
    await farm.go(120)
    await farm.kill()
    async with restart() as again:
        await again.go(60)
        (run,) = await runs(again, printer_id)
        assert run.result is None
        assert run.was_seen_starting
        assert again.happened(PrintStarted, PrintEnded) == []
        again.machine(printer_id).report(activity=Activity.FINISHED)
        await again.go(1)
        (run,) = await runs(again, printer_id)
        assert run.result is PrintResult.FINISHED
        assert 150 <= run.printing_s <= 185


async def test_an_end_during_a_kill_is_found(farm: Farm, restart: Restart) -> None:
    printer_id = await printing(farm)
    machine = farm.machine(printer_id)
    await farm.kill()
    machine.state = replace(machine.state, activity=Activity.FINISHED)
    async with restart() as again:
        (run,) = await runs(again, printer_id)
        assert run.result is PrintResult.FINISHED
        assert again.record(printer_id).plate.run_id == run.id
        (ended,) = again.happened(PrintEnded)
        assert isinstance(ended, PrintEnded)
        assert ended.result is PrintResult.FINISHED
    async with restart() as third:
        assert third.happened(PrintEnded, PlateOccupied) == []
        assert third.record(printer_id).plate.state is PlateState.OCCUPIED


@pytest.mark.parametrize(
    "found",
    [
        replace(IDLE, activity=Activity.IDLE),
        replace(IDLE, activity=Activity.FINISHED, job=job("other", 99)),
        replace(IDLE, activity=Activity.ATTENTION),
    ],
)
async def test_a_print_that_is_gone_after_a_kill_ended_somehow(
    farm: Farm, restart: Restart, found: object
) -> None:
    printer_id = await printing(farm)
    machine = farm.machine(printer_id)
    await farm.kill()
    machine.state = found  # type: ignore[assignment]
    async with restart() as again:
        (run,) = await runs(again, printer_id)
        assert run.result is PrintResult.UNKNOWN
        assert again.record(printer_id).plate.state is PlateState.OCCUPIED


async def test_the_end_of_another_file_after_a_kill_says_nothing_of_ours(
    farm: Farm, restart: Restart
) -> None:
    printer_id = await printing(farm)
    machine = farm.machine(printer_id)
    await farm.kill()
    other = job("other", None, progress_pct=100)
    machine.state = replace(machine.state, activity=Activity.FINISHED, job=other)
    async with restart() as again:
        (run,) = await runs(again, printer_id)
        assert (run.name, run.result) == ("benchy", PrintResult.UNKNOWN)
        assert run.progress_pct != 100


async def test_another_print_after_a_kill_is_found_not_started(
    farm: Farm, restart: Restart
) -> None:
    printer_id = await printing(farm)
    machine = farm.machine(printer_id)
    await farm.kill()
    machine.state = replace(machine.state, job=job("other", 99))
    async with restart() as again:
        second, first = await runs(again, printer_id)
        assert first.result is PrintResult.UNKNOWN
        assert (second.name, second.was_seen_starting) == ("other", False)
        assert again.happened(PrintStarted) == []
        (ended,) = again.happened(PrintEnded)
        assert isinstance(ended, PrintEnded)
        assert ended.job is not None
        assert ended.job.name == "benchy"
        assert again.record(printer_id).plate.state is PlateState.CLEAR


async def test_a_print_found_under_way_is_recorded_but_not_told(
    farm: Farm, family: MemoryFamily, clock: ManualClock
) -> None:
    machine = family.machine("10.0.0.1")
    began_at = clock.now()
    machine.state = replace(
        IDLE, activity=Activity.PRINTING, job=job(started_at=began_at)
    )
    await farm.go(3600)
    printer_id = await farm.add()
    (run,) = await runs(farm, printer_id)
    assert not run.was_seen_starting
    assert run.started_at == began_at
    assert farm.happened(PrintStarted) == []


async def test_a_start_that_was_not_written_is_found_after_a_kill(
    farm: Farm, restart: Restart
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job())
    await farm.kill()
    async with restart() as again:
        (run,) = await runs(again, printer_id)
        assert not run.was_seen_starting
        assert run.name == "benchy"


async def test_open_faults_are_neither_doubled_nor_kept_for_ever(
    farm: Farm, restart: Restart
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(faults=(FAULT, MILD))
    await farm.go(1)
    assert farm.happened(AttentionNeeded) == [AttentionNeeded(printer_id, FAULT.code)]
    await farm.kill()
    async with restart() as again:
        assert again.happened(FaultRaised, FaultCleared, AttentionNeeded) == []
        await again.kill()
    machine.state = replace(machine.state, faults=(MILD,))
    async with restart() as again:
        records = {each.code: each for each in await faults(again, printer_id)}
        assert len(records) == 2
        assert records[FAULT.code].cleared_at is not None
        assert records[MILD.code].cleared_at is None
        assert again.happened(FaultRaised) == []
        (cleared,) = again.happened(FaultCleared)
        assert isinstance(cleared, FaultCleared)
        assert cleared.fault == FAULT


async def test_a_new_printer_with_a_finished_print_has_an_occupied_plate(
    farm: Farm, family: MemoryFamily, restart: Restart
) -> None:
    family.machine("10.0.0.1").state = replace(
        IDLE, activity=Activity.FINISHED, job=job()
    )
    printer_id = await farm.add()
    assert farm.record(printer_id).plate.state is PlateState.OCCUPIED
    await farm.printers.registry.set_plate(printer_id, PlateState.CLEAR)
    await farm.kill()
    async with restart() as again:
        assert again.record(printer_id).plate.state is PlateState.CLEAR
        assert await runs(again, printer_id) == []


async def test_a_cleared_plate_stays_cleared_after_a_restart(
    farm: Farm, restart: Restart
) -> None:
    printer_id = await printing(farm)
    farm.machine(printer_id).report(activity=Activity.FINISHED)
    await farm.go(1)
    await farm.printers.registry.set_plate(printer_id, PlateState.CLEAR)
    await farm.kill()
    async with restart() as again:
        assert again.record(printer_id).plate.state is PlateState.CLEAR


async def test_a_print_that_came_and_went_unseen_occupies_the_plate(
    farm: Farm, restart: Restart
) -> None:
    printer_id = await printing(farm)
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.FINISHED)
    await farm.go(1)
    await farm.printers.registry.set_plate(printer_id, PlateState.CLEAR)
    await farm.kill()
    machine.state = replace(machine.state, job=job("other", 99))
    async with restart() as again:
        assert again.record(printer_id).plate.state is PlateState.OCCUPIED


async def test_a_reconnect_is_no_restart(farm: Farm) -> None:
    printer_id = await printing(farm)
    machine = farm.machine(printer_id)
    machine.lose()
    await farm.go(0.1)
    machine.state = replace(machine.state, activity=Activity.FAILED)
    await farm.go(2)
    (run,) = await runs(farm, printer_id)
    assert run.result is PrintResult.FAILED
    assert len(farm.happened(PrintEnded)) == 1


async def test_new_connection_settings_lose_and_double_nothing(farm: Farm) -> None:
    printer_id = await printing(farm)
    farm.machine(printer_id).report(faults=(MILD,))
    await farm.go(1)
    await farm.printers.registry.edit(printer_id, {"secret": "another"})
    await farm.go(1)
    (run,) = await runs(farm, printer_id)
    assert run.result is None
    assert len(await faults(farm, printer_id)) == 1
    assert len(farm.happened(FaultRaised)) == 1
    assert farm.happened(FaultCleared, PrintEnded) == []


async def alter(database: Database, statement: str) -> None:
    async with database.work() as work:
        await work.session.execute(text(statement))


async def test_a_database_that_is_down_delays_and_loses_nothing(
    farm: Farm, database: Database
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    await alter(database, "ALTER TABLE print_runs RENAME TO away")
    machine.report(activity=Activity.PRINTING, job=job())
    await farm.clock.advance(5)
    assert farm.happened(PrintStarted) == []
    assert farm.state(printer_id).activity is Activity.PRINTING
    await alter(database, "ALTER TABLE away RENAME TO print_runs")
    await farm.go(60)
    assert len(await runs(farm, printer_id)) == 1
    assert len(farm.happened(PrintStarted)) == 1


async def test_values_that_no_database_holds_are_fitted(farm: Farm) -> None:
    printer_id = await farm.add()
    hostile = "\0" + "x" * 10_000
    farm.machine(printer_id).report(
        activity=Activity.PRINTING,
        job=Job(
            name=hostile,
            file=hostile,
            external_id=hostile,
            source=hostile,
            plate=2**63,
            token=2**31,
            progress_pct=-(2**63),
            layer=2**64,
            total_layers=10**30,
        ),
        faults=(
            replace(MILD, text=hostile, module=hostile, help_url=hostile, unit=2**40),
        ),
        temperatures=Temperatures((Heat(math.nan, math.inf),)),
        filament_units=(replace(UNITS[0], humidity_pct=2**40),),
    )
    await farm.go(1)
    await farm.printers.sampling.sample()
    await farm.printers.sampling.sample_climate()
    await farm.go()
    (run,) = await runs(farm, printer_id)
    assert run.name is not None
    assert "\0" not in run.name
    assert len(run.name) <= 500
    assert (run.plate, run.token, run.layer) == (None, None, None)
    assert len(await faults(farm, printer_id)) == 1
    assert len(await farm.printers.history.samples(printer_id, Range())) == 1


async def test_what_cannot_be_written_stops_nothing(
    farm: Farm, caplog: pytest.LogCaptureFixture
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(faults=(replace(MILD, severity="grim"),))  # type: ignore[arg-type]
    machine.report(faults=(FAULT,))
    await farm.go(1)
    assert [each.code for each in await faults(farm, printer_id)] == [FAULT.code]
    assert [r.levelname for r in caplog.records if r.exc_info] == ["ERROR"]


class Forgetful(Database):
    """Commits, and once does not say so, as a server that dies in that moment."""

    forgets = False

    @asynccontextmanager
    @override
    async def work(self) -> AsyncIterator[Work]:
        async with super().work() as work:
            yield work
        if self.forgets:
            self.forgets = False
            raise StorageDown("The connection was lost.")


async def written_after_all(farm: Farm, clock: ManualClock) -> None:
    """Lets time pass for as long as something waits for its next try."""
    await settle()
    written = asyncio.create_task(farm.printers.flush())
    while not written.done():
        await clock.advance(0.01)
    await farm.go(0)


async def test_a_commit_whose_answer_is_lost_is_not_written_twice(
    sqlite_template: Path,
    facts: Facts,
    clock: ManualClock,
    family: MemoryFamily,
    tmp_path: Path,
) -> None:
    path = tmp_path / "odin.db"
    shutil.copyfile(sqlite_template, path)
    database = Forgetful(f"sqlite+aiosqlite:///{path}", facts)
    async with run_farm(database, facts, clock, family, tmp_path) as farm:
        printer_id = await farm.add()
        machine = farm.machine(printer_id)
        for name, token in (("one", 7), ("two", 8), ("three", 9)):
            database.forgets = True
            # Nobody saw the one before end.
            machine.report(activity=Activity.PRINTING, job=job(name, token))
            await written_after_all(farm, clock)
            assert not database.forgets
        database.forgets = True
        machine.report(activity=Activity.FINISHED, job=job("three", 9))
        await written_after_all(farm, clock)
        found = await runs(farm, printer_id)
    assert [(run.name, run.result) for run in found] == [
        ("three", PrintResult.FINISHED),
        ("two", PrintResult.UNKNOWN),
        ("one", PrintResult.UNKNOWN),
    ]
    await database.close()
