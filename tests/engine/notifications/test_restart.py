"""A killed engine: what was open is compared with what is true now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from odin_engine.notifications.service import Alerts
from odin_engine.printers.model import Activity, Unreachable
from tests.engine.doubles import ManualClock
from tests.engine.notifications.conftest import Start
from tests.engine.notifications.ward import ANNA, HOT, MILD, Ward, listening
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import MemoryFamily, job


@pytest.fixture
async def killed(start: Start, family: MemoryFamily) -> str:
    """A printer that printed, with a fault, when the engine was killed."""
    async with start() as ward:
        printer_id = await ward.farm.add("Nord")
        family.machine("10.0.0.1").report(
            activity=Activity.PRINTING, job=job(), faults=(HOT, MILD)
        )
        await ward.go(2)
        assert len(ward.alerts.active()) == 2
        await ward.farm.kill()
    return printer_id


async def test_what_persists_does_not_raise_anew_and_what_is_gone_ends(
    killed: str, start: Start, family: MemoryFamily
) -> None:
    machine = family.machine("10.0.0.1")
    machine.state = replace(machine.state, faults=(HOT,))
    async with start() as ward:
        await ward.go(2)
        (alert,) = ward.alerts.active().values()
        assert (alert.fault_code, alert.printer_id) == (HOT.code, killed)
        assert alert.count == 1
        assert len(await ward.history()) == 2


async def test_a_printer_that_is_not_heard_again_keeps_what_was_open(
    killed: str, start: Start, family: MemoryFamily
) -> None:
    machine = family.machine("10.0.0.1")
    machine.unreachable = Unreachable("no route")
    async with start() as ward:
        await ward.go(10)
        assert len(ward.alerts.active()) == 2
        await ward.go(60)
        codes = sorted(each.code for each in ward.alerts.active().values())
        assert codes == ["fault_raised", "fault_raised", "printer_offline"]
        first = next(
            each
            for each in ward.alerts.active().values()
            if each.code == "printer_offline"
        )
        assert first.printer_id == killed
        await ward.farm.kill()
    async with start() as again:
        await again.go(5)
        # Known to be away already: no second grace, no second alert.
        assert first.id in again.alerts.active()
        machine.unreachable = None
        again.farm.printers.refresh(killed)
        await again.go(2)
        assert first.id not in again.alerts.active()


async def test_a_printer_deleted_meanwhile_takes_its_alerts_along(
    ward: Ward, any_database: Database, facts: Facts, clock: ManualClock
) -> None:
    farm = ward.farm
    printer_id = await farm.add()
    farm.machine(printer_id).report(faults=(HOT,))
    await ward.go()
    assert len(ward.alerts.active()) == 1
    await farm.printers.registry.delete(printer_id)
    # Nobody but a second ear, which starts now, hears of that.
    async with listening(farm, any_database, facts, clock) as late:
        assert late.alerts.active() == {}


async def test_a_failed_print_whose_news_was_lost_is_found_once(
    farm_alone: Farm, any_database: Database, facts: Facts, clock: ManualClock
) -> None:
    farm = farm_alone
    printer_id = await farm.add("Nord")
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job())
    await farm.go(1)
    machine.report(activity=Activity.FAILED)
    await farm.go(1)
    async with listening(farm, any_database, facts, clock) as ward:
        assert set(ward.active()) == {"plate_to_clear", "print_failed"}
        await ward.alerts.dismiss_many(None, ANNA)
    async with listening(farm, any_database, facts, clock) as again:
        await again.go(3)
        assert again.active() == {}
        past = {each.code: each for each in await again.history()}
        assert set(past) == {"plate_to_clear", "print_failed"}
        assert (past["print_failed"].count, past["print_failed"].ended_at) == (
            1,
            past["print_failed"].dismissed_at,
        )


async def test_a_print_that_failed_long_ago_is_no_news(
    farm_alone: Farm, any_database: Database, facts: Facts, clock: ManualClock
) -> None:
    machine = farm_alone.machine(await farm_alone.add())
    machine.report(activity=Activity.PRINTING, job=job())
    await farm_alone.go(1)
    machine.report(activity=Activity.FAILED)
    await farm_alone.go(1)
    late = ManualClock(clock.now() + timedelta(hours=25))
    async with listening(farm_alone, any_database, facts, late) as ward:
        await late.advance(2)
        await ward.go()
        assert set(ward.active()) == {"plate_to_clear"}


async def test_old_alerts_are_dropped_and_open_ones_stay(
    ward: Ward, any_database: Database, clock: ManualClock
) -> None:
    machine = ward.farm.machine(await ward.farm.add())
    machine.report(faults=(HOT, MILD))
    await ward.go()
    machine.report(faults=(MILD,))
    await ward.go()
    for days, left in ((89, {HOT.code, MILD.code}), (91, {MILD.code})):
        later = ManualClock(clock.now() + timedelta(days=days))
        await Alerts(any_database, later, ward.config, ward.farm.printers).purge()
        assert {each.fault_code for each in await ward.history()} == left
