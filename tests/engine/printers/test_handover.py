"""What a machine's host printed while nobody listened becomes history, once and true."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from odin_engine.kernel.pages import PageRequest
from odin_engine.printers.events import PrintEnded, PrintStarted
from odin_engine.printers.model import (
    Activity,
    Job,
    LinkReason,
    LinkStatus,
    PrinterState,
    PrintResult,
    Unreachable,
)
from odin_engine.printers.model.history import Run
from odin_engine.printers.model.record import PlateState
from odin_engine.printers.ports import PastJob
from odin_engine.printers.service.past import told_of
from tests.engine.doubles import ManualClock
from tests.engine.printers.farm import Farm, run_farm
from tests.engine.printers.memory_driver import MemoryFamily, job
from tests.engine.printers.rich_machine import RICH, RichMachine

type Restart = Callable[[], AbstractAsyncContextManager[Farm]]

HOUR = timedelta(hours=1)
FINISHED, FAILED, UNKNOWN = (
    PrintResult.FINISHED,
    PrintResult.FAILED,
    PrintResult.UNKNOWN,
)


@pytest.fixture
async def database(any_database: Database) -> Database:
    """What is written here is written to both kinds."""
    return any_database


@pytest.fixture
def restart(
    database: Database,
    facts: Facts,
    clock: ManualClock,
    family: MemoryFamily,
    tmp_path: Path,
) -> Restart:
    return lambda: run_farm(database, facts, clock, family, tmp_path)


@pytest.fixture
def machine(family: MemoryFamily) -> RichMachine:
    machine = RichMachine()
    family.machines["10.0.0.1"] = machine
    return machine


def ours(external_id: str = "7", **more: object) -> Job:
    return job("benchy", None, external_id=external_id, **more)


async def printing(farm: Farm, machine: RichMachine) -> str:
    """Adds a printer and lets it start the print that its host calls 7."""
    printer_id = await farm.add()
    machine.report(activity=Activity.PRINTING, job=ours())
    await farm.go(60)
    return printer_id


async def runs(farm: Farm, printer_id: str) -> list[Run]:
    page = await farm.printers.history.runs(printer_id, PageRequest())
    return list(page.items)


def ended(farm: Farm) -> list[PrintResult]:
    return [
        event.result
        for event in farm.happened(PrintEnded)
        if isinstance(event, PrintEnded)
    ]


@pytest.mark.parametrize(
    "found",
    [
        replace(RICH, activity=Activity.IDLE, job=None),
        replace(RICH, activity=Activity.IDLE, job=ours()),
        replace(RICH, activity=Activity.FINISHED, job=ours("9")),
        replace(RICH, activity=Activity.PRINTING, job=ours("9")),
        replace(RICH, activity=Activity.PRINTING, job=job("other", None)),
    ],
    ids=["idle", "idle with it", "another ended", "another runs", "something runs"],
)
async def test_an_end_that_nobody_saw_is_told_as_it_was(
    farm: Farm,
    machine: RichMachine,
    restart: Restart,
    clock: ManualClock,
    found: object,
) -> None:
    printer_id = await printing(farm, machine)
    began_at = (await runs(farm, printer_id))[0].started_at
    await farm.kill()
    truth = PastJob("7", "benchy", began_at, clock.now() + HOUR, FAILED, 3300.0)
    machine.past = [truth]
    machine.state = found  # type: ignore[assignment]
    await clock.advance(7200)
    async with restart() as again:
        run = (await runs(again, printer_id))[-1]
        assert (run.result, run.ended_at) == (FAILED, truth.ended_at)
        assert (run.printing_s, run.was_seen_starting) == (3300.0, True)
        assert ended(again) == [FAILED]
        assert again.happened(PrintStarted) == []


async def test_what_is_known_already_is_not_doubled(
    farm: Farm, machine: RichMachine, restart: Restart, clock: ManualClock
) -> None:
    printer_id = await printing(farm, machine)
    machine.report(activity=Activity.FINISHED, job=ours())
    await farm.go(1)
    before = await runs(farm, printer_id)
    machine.past = [
        PastJob("7", "benchy", before[0].started_at, clock.now(), FINISHED, 1.0)
    ]
    await farm.kill()
    async with restart() as again:
        assert await runs(again, printer_id) == before


async def test_prints_that_came_and_went_are_added_once(
    farm: Farm, machine: RichMachine, restart: Restart, clock: ManualClock
) -> None:
    printer_id = await farm.add()
    await farm.kill()
    at = clock.now()
    machine.past = [
        PastJob("8", "vase", at + HOUR, at + 2 * HOUR, FINISHED, 3000.0),
        PastJob("9", "bowl", at + 3 * HOUR, None, FAILED, 600.0),
    ]
    await clock.advance(6 * 3600)
    for _ in range(3):
        async with restart() as again:
            bowl, vase = await runs(again, printer_id)
            assert (vase.name, vase.external_id, vase.result) == ("vase", "8", FINISHED)
            assert (vase.started_at, vase.ended_at) == (at + HOUR, at + 2 * HOUR)
            assert (vase.printing_s, vase.was_seen_starting) == (3000.0, False)
            assert bowl.ended_at == at + 3 * HOUR + timedelta(minutes=10)
            assert again.happened(PrintStarted, PrintEnded) == []
            plate = again.record(printer_id).plate
            assert (plate.state, plate.run_id) == (PlateState.OCCUPIED, bowl.id)
            await again.kill()


async def test_a_plate_that_was_cleared_since_stays_clear(
    farm: Farm, machine: RichMachine, clock: ManualClock
) -> None:
    printer_id = await farm.add()
    machine.lose()
    machine.unreachable = Unreachable("off")
    await farm.go(3600)
    at = clock.now()
    await farm.printers.registry.set_plate(printer_id, PlateState.OCCUPIED)
    await farm.go(60)
    await farm.printers.registry.set_plate(printer_id, PlateState.CLEAR)
    machine.past = [PastJob("8", "vase", at - HOUR / 2, at, FINISHED)]
    machine.unreachable = None
    await farm.go(120)
    assert len(await runs(farm, printer_id)) == 1
    assert farm.record(printer_id).plate.state is PlateState.CLEAR


async def test_a_lost_link_is_caught_up_as_well(
    farm: Farm, machine: RichMachine, clock: ManualClock
) -> None:
    printer_id = await printing(farm, machine)
    began_at = (await runs(farm, printer_id))[0].started_at
    machine.unreachable = Unreachable("off")
    machine.lose()
    await farm.go(60)
    at = clock.now()
    machine.past = [
        PastJob("7", "benchy", began_at, at + HOUR, FINISHED),
        PastJob("8", "vase", at + HOUR, at + 2 * HOUR, FAILED),
    ]
    machine.state = replace(machine.state, activity=Activity.IDLE, job=None)
    await farm.go(3 * 3600)
    machine.unreachable = None
    await farm.go(120)
    vase, benchy = await runs(farm, printer_id)
    assert (benchy.result, benchy.ended_at) == (FINISHED, at + HOUR)
    assert (vase.name, vase.result) == ("vase", FAILED)
    assert ended(farm) == [FINISHED]
    assert farm.record(printer_id).plate.state is PlateState.OCCUPIED
    # It was asked for what ended since it was heard last, and a little more.
    assert at - 2 * HOUR < machine.asked_since[-1] < at


async def test_a_host_that_cannot_say_now_mends_it_later(
    farm: Farm, machine: RichMachine, restart: Restart, clock: ManualClock
) -> None:
    printer_id = await printing(farm, machine)
    began_at = (await runs(farm, printer_id))[0].started_at
    await farm.kill()
    machine.state = replace(machine.state, activity=Activity.IDLE, job=None)
    machine.past = [PastJob("7", "benchy", began_at, clock.now(), FINISHED, 55.0)]
    machine.past_fails = Unreachable("busy starting")
    await clock.advance(600)
    async with restart() as again:
        (run,) = await runs(again, printer_id)
        assert run.result is UNKNOWN
        machine.past_fails = None
        machine.lose()
        await again.go(120)
        (run,) = await runs(again, printer_id)
        assert (run.result, run.printing_s) == (FINISHED, 55.0)
        assert ended(again) == [UNKNOWN]


async def test_a_host_that_hangs_holds_nothing_up_for_long(
    farm: Farm, machine: RichMachine
) -> None:
    machine.hangs = True
    printer_id = await farm.add()
    assert farm.state(printer_id).link is LinkStatus.CONNECTING
    machine.report(wifi_dbm=-44)
    await farm.go(5)
    assert farm.state(printer_id).link is LinkStatus.ONLINE
    assert farm.state(printer_id).wifi_dbm == -44


async def test_a_driver_that_breaks_over_it_costs_nothing(
    farm: Farm, machine: RichMachine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.past_fails = RuntimeError("a bug")
    printer_id = await farm.add()
    assert farm.state(printer_id).link is LinkStatus.ONLINE
    assert [r.message for r in caplog.records if r.exc_info] == [
        "Anna: the driver failed"
    ]


async def test_what_it_printed_before_it_was_ours_is_not_taken_over(
    farm: Farm, machine: RichMachine, clock: ManualClock
) -> None:
    at = clock.now()
    machine.past = [PastJob("1", "old", at - 2 * HOUR, at - HOUR, FINISHED)]
    printer_id = await farm.add()
    assert await runs(farm, printer_id) == []


async def test_a_kill_in_between_loses_and_doubles_nothing(
    farm: Farm, machine: RichMachine, restart: Restart, clock: ManualClock
) -> None:
    printer_id = await printing(farm, machine)
    began_at = (await runs(farm, printer_id))[0].started_at
    machine.unreachable = Unreachable("off")
    machine.lose()
    await farm.go(10)
    at = clock.now()
    machine.past = [
        PastJob("7", "benchy", began_at, at, FINISHED),
        PastJob("8", "vase", at, at, FAILED),
    ]
    machine.state = replace(machine.state, activity=Activity.IDLE, job=None)
    machine.unreachable = None
    # Heard again, and killed before or while it is written.
    await clock.advance(120)
    await farm.kill()
    for _ in range(2):
        async with restart() as again:
            found = await runs(again, printer_id)
            assert {run.external_id: run.result for run in found} == {
                "7": FINISHED,
                "8": FAILED,
            }
            assert len(found) == 2
            await again.kill()


async def test_a_host_without_its_machine_is_heard_once_that_is_back(
    farm: Farm, machine: RichMachine, restart: Restart, clock: ManualClock
) -> None:
    printer_id = await printing(farm, machine)
    began_at = (await runs(farm, printer_id))[0].started_at
    await farm.kill()
    machine.past = [PastJob("7", "benchy", began_at, clock.now(), FAILED)]
    known = machine.state
    machine.state = PrinterState(
        link=LinkStatus.OFFLINE, link_reason=LinkReason.MACHINE_AWAY
    )
    async with restart() as again:
        assert again.state(printer_id).link_reason is LinkReason.MACHINE_AWAY
        (run,) = await runs(again, printer_id)
        assert run.result is None
        machine.state = known
        machine.report(activity=Activity.IDLE, job=None)
        await again.go(1)
        (run,) = await runs(again, printer_id)
        assert run.result is FAILED
        assert ended(again) == [FAILED]


async def test_what_runs_now_is_left_running(
    farm: Farm, machine: RichMachine, restart: Restart, clock: ManualClock
) -> None:
    printer_id = await printing(farm, machine)
    await farm.kill()
    at = clock.now()
    machine.past = [PastJob("6", "before", at - HOUR / 2, at - HOUR / 3, FINISHED)]
    async with restart() as again:
        found = {run.external_id: run.result for run in await runs(again, printer_id)}
        assert found["7"] is None


AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
RUN = Run("r", "p", "Anna", AT, was_seen_starting=True)


def past(external_id: str, minutes: float, lasts_min: float = 30) -> PastJob:
    began_at = AT + timedelta(minutes=minutes)
    ended_at = began_at + timedelta(minutes=lasts_min)
    return PastJob(external_id, "x", began_at, ended_at, FINISHED)


@pytest.mark.parametrize(
    ("run", "jobs", "expected"),
    [
        (replace(RUN, external_id="2"), [past("1", 0), past("2", 500)], "2"),
        (replace(RUN, external_id="3"), [past("1", 0), past("2", 500)], None),
        (RUN, [past("1", -60), past("2", -0.5), past("3", 40)], "2"),
        (RUN, [past("1", -20)], "1"),
        (RUN, [past("1", -31)], None),
        (RUN, [past("1", 3)], None),
        (RUN, [past("1", -0.2, 0.1), past("2", 0.1)], "2"),
        (RUN, [], None),
        (replace(RUN, name="x.gcode"), [past("1", 0)], "1"),
        (replace(RUN, name="y.gcode"), [past("1", 0)], None),
    ],
)
def test_which_job_of_the_host_a_run_is(
    run: Run, jobs: list[PastJob], expected: str | None
) -> None:
    found = told_of(run, jobs)
    assert (found.external_id if found else None) == expected


def test_a_job_that_is_another_run_is_not_this_one() -> None:
    # Cancelled, and the same file begun again within two minutes.
    before = replace(RUN, id="q", started_at=AT - timedelta(minutes=1), external_id="1")
    assert told_of(RUN, [past("1", -1, 0.5)], [before, RUN]) is None
    found = told_of(RUN, [past("1", -1, 0.5), past("2", 0)], [before, RUN])
    assert found is not None
    assert found.external_id == "2"
