"""From what a printer reports to what people are told."""

from dataclasses import replace

import pytest
from sqlalchemy import event, text

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from odin_engine.kernel.pages import PageRequest
from odin_engine.notifications.model import (
    OFFLINE_GRACE_S,
    AlertKind,
    AlertSeverity,
    AlertState,
)
from odin_engine.notifications.service import LooksDue
from odin_engine.printers.events import FaultRaised
from odin_engine.printers.model import (
    Activity,
    CertificateChanged,
    Control,
    Heat,
    LoginRejected,
    Temperatures,
    Unreachable,
)
from odin_engine.printers.model.record import PlateState
from tests.engine.notifications.ward import ANNA, HOT, MILD, Ward
from tests.engine.printers.memory_driver import job


async def _printing(ward: Ward) -> str:
    printer_id = await ward.farm.add("Nord")
    ward.farm.machine(printer_id).report(activity=Activity.PRINTING, job=job())
    await ward.go()
    return printer_id


async def _lose(ward: Ward, printer_id: str, error: Exception | None = None) -> None:
    machine = ward.farm.machine(printer_id)
    machine.unreachable = error or Unreachable("no route")
    machine.lose(error)
    await ward.go()


async def _find(ward: Ward, printer_id: str) -> None:
    ward.farm.machine(printer_id).unreachable = None
    ward.farm.printers.refresh(printer_id)
    await ward.go()


async def test_a_fault_from_raised_to_cleared(ward: Ward) -> None:
    printer_id = await ward.farm.add("Nord")
    machine = ward.farm.machine(printer_id)
    machine.report(faults=(HOT,))
    await ward.go()
    alert = ward.active()["fault_raised"]
    assert (alert.title, alert.severity) == (
        "Nord: Bed: too hot",
        AlertSeverity.CRITICAL,
    )
    assert (alert.kind, alert.fault_code) == (AlertKind.FAULT, HOT.code)
    assert (alert.printer_id, alert.printer_name) == (printer_id, "Nord")
    assert (alert.help_url, alert.count) == (HOT.help_url, 1)
    machine.report(faults=())
    await ward.go()
    assert ward.active() == {}
    (past,) = await ward.history()
    assert past.ended_at is not None
    assert past.id == alert.id


async def test_a_fault_that_came_and_went_between_two_looks_is_remembered(
    ward: Ward,
) -> None:
    machine = ward.farm.machine(await ward.farm.add())
    machine.report(faults=(MILD,))
    machine.report(faults=())
    await ward.go(3)
    (past,) = await ward.history()
    assert past.ended_at is not None
    assert (past.severity, past.count) == (AlertSeverity.WARNING, 1)


async def test_what_comes_back_soon_is_the_same_alert(ward: Ward) -> None:
    machine = ward.farm.machine(await ward.farm.add())
    for _ in range(3):
        machine.report(faults=(HOT,))
        await ward.go(2)
        machine.report(faults=())
        await ward.go(2)
    (past,) = await ward.history()
    assert past.count == 3
    await ward.farm.go(601)
    machine.report(faults=(HOT,))
    await ward.go()
    assert ward.active()["fault_raised"].count == 1
    assert len(await ward.history()) == 2


async def test_a_look_comes_after_every_fact_of_what_it_sees(ward: Ward) -> None:
    printer_id = await ward.farm.add()
    await ward.go(2)
    state = replace(ward.farm.state(printer_id), faults=(HOT,))
    ward.farm.printers.observe(printer_id, state)
    assert await ward.alerts.watching.due() == LooksDue(frozenset({printer_id}))
    written = await ward.farm.printers.history.faults(printer_id, PageRequest())
    assert written.total == 1


async def test_news_that_is_told_twice_raises_nothing_twice(
    ward: Ward, facts: Facts
) -> None:
    printer_id = await ward.farm.add()
    ward.farm.machine(printer_id).report(faults=(HOT,))
    await ward.go()
    facts.publish(FaultRaised(printer_id, HOT), FaultRaised(printer_id, HOT))
    await ward.go(2)
    (alert,) = await ward.history()
    assert alert.count == 1


async def test_a_dismissed_flapping_alert_stays_away_until_it_is_worse(
    ward: Ward,
) -> None:
    machine = ward.farm.machine(await ward.farm.add())
    machine.report(faults=(MILD,))
    await ward.go()
    await ward.alerts.dismiss_many(None, ANNA)
    for faults in ((), (MILD,)):
        machine.report(faults=faults)
        await ward.go()
    assert ward.active() == {}
    for faults in ((), (replace(MILD, severity=HOT.severity),)):
        machine.report(faults=faults)
        await ward.go()
    assert ward.active()["fault_raised"].count == 3


async def test_a_printer_is_missed_after_a_grace(ward: Ward) -> None:
    printer_id = await ward.farm.add("Nord")
    await _lose(ward, printer_id)
    await ward.go(50)
    assert ward.active() == {}
    await ward.go(15)
    alert = ward.active()["printer_offline"]
    assert (alert.severity, alert.kind) == (
        AlertSeverity.WARNING,
        AlertKind.CONNECTION,
    )
    assert alert.title == "Nord does not answer"
    assert "Check" in alert.detail
    await _find(ward, printer_id)
    assert ward.active() == {}
    await _lose(ward, printer_id)
    await ward.go(65)
    again = ward.active()["printer_offline"]
    assert (again.id, again.count) == (alert.id, 2)


async def test_a_printer_that_flaps_within_the_grace_is_not_missed(ward: Ward) -> None:
    printer_id = await ward.farm.add()
    for _ in range(3):
        await _lose(ward, printer_id)
        await ward.go(40)
        await _find(ward, printer_id)
    assert await ward.history() == []


async def test_the_grace_can_be_changed(ward: Ward) -> None:
    printer_id = await ward.farm.add()
    await ward.config.change({OFFLINE_GRACE_S.key: 5})
    await _lose(ward, printer_id)
    await ward.go(8)
    assert "printer_offline" in ward.active()


async def test_a_printer_lost_while_printing_is_critical(ward: Ward) -> None:
    printer_id = await _printing(ward)
    await _lose(ward, printer_id)
    await ward.go(65)
    alert = ward.active()["printer_offline"]
    assert alert.severity is AlertSeverity.CRITICAL
    assert alert.title == "Nord was lost in the middle of a print"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LoginRejected("no"), "access_code_refused"),
        (CertificateChanged("other", "a" * 64, "b" * 64), "certificate_changed"),
    ],
)
async def test_why_a_printer_is_away_is_named(
    ward: Ward, error: Exception, code: str
) -> None:
    printer_id = await ward.farm.add()
    await _lose(ward, printer_id)
    await ward.go(65)
    assert set(ward.active()) == {"printer_offline"}
    ward.farm.machine(printer_id).unreachable = error
    ward.farm.printers.refresh(printer_id)
    await ward.go(2)
    assert set(ward.active()) == {code}


async def test_maintenance_keeps_quiet_about_the_link_only(ward: Ward) -> None:
    printer_id = await ward.farm.add()
    edit = ward.farm.printers.registry.edit
    ward.farm.machine(printer_id).report(faults=(HOT,))
    await _lose(ward, printer_id)
    await ward.go(65)
    await edit(printer_id, {"is_in_maintenance": True})
    await ward.go(2)
    assert set(ward.active()) == {"fault_raised"}
    await edit(printer_id, {"is_in_maintenance": False})
    await ward.go(2)
    assert set(ward.active()) == {"fault_raised", "printer_offline"}


async def test_a_disabled_printer_raises_nothing_and_an_enabled_one_all(
    ward: Ward, facts: Facts
) -> None:
    printer_id = await ward.farm.add()
    edit = ward.farm.printers.registry.edit
    ward.farm.machine(printer_id).report(faults=(HOT,), control=Control.REFUSED)
    await ward.go()
    assert set(ward.active()) == {"fault_raised", "control_refused"}
    await edit(printer_id, {"is_enabled": False})
    await ward.go(70)
    assert ward.active() == {}
    facts.publish(FaultRaised(printer_id, MILD))
    await ward.go(2)
    assert ward.active() == {}
    await edit(printer_id, {"is_enabled": True})
    await ward.go(3)
    assert set(ward.active()) == {"fault_raised", "control_refused"}


async def test_who_only_observes_needs_no_control(ward: Ward) -> None:
    printer_id = await ward.farm.add(is_observe_only=True)
    ward.farm.machine(printer_id).report(control=Control.REFUSED)
    await ward.go(2)
    assert ward.active() == {}


async def test_a_printer_that_waits_for_a_person(ward: Ward) -> None:
    printer_id = await _printing(ward)
    stage = job(stage="paused_nozzle_clog", stage_text="Paused: the nozzle is clogged")
    machine = ward.farm.machine(printer_id)
    machine.report(activity=Activity.PAUSED, job=stage)
    await ward.go()
    alert = ward.active()["attention_needed"]
    assert alert.title == "Nord waits for you"
    assert alert.detail.startswith("Paused: the nozzle is clogged.")
    machine.report(activity=Activity.PRINTING, job=job())
    await ward.go()
    assert ward.active() == {}


async def test_a_new_name_is_told(ward: Ward) -> None:
    printer_id = await ward.farm.add("Nord")
    ward.farm.machine(printer_id).report(faults=(HOT,))
    await ward.go()
    await ward.farm.printers.registry.edit(printer_id, {"name": "Süd"})
    await ward.go(2)
    assert ward.active()["fault_raised"].title == "Süd: Bed: too hot"


async def test_a_plate_from_occupied_to_cleared_and_back(ward: Ward) -> None:
    printer_id = await _printing(ward)
    ward.farm.machine(printer_id).report(activity=Activity.FINISHED)
    await ward.go()
    alert = ward.active()["plate_to_clear"]
    assert (alert.kind, alert.severity) == (AlertKind.PLATE, AlertSeverity.INFO)
    set_plate = ward.farm.printers.registry.set_plate
    await set_plate(printer_id, PlateState.CLEAR)
    await ward.go()
    assert ward.active() == {}
    await set_plate(printer_id, PlateState.OCCUPIED)
    await ward.go()
    assert set(ward.active()) == {"plate_to_clear"}


async def test_a_failed_print_is_told_until_the_next_one(ward: Ward) -> None:
    printer_id = await _printing(ward)
    machine = ward.farm.machine(printer_id)
    last = job(progress_pct=40, layer=7, total_layers=90)
    machine.report(activity=Activity.FAILED, job=last)
    await ward.go(2)
    assert set(ward.active()) == {"plate_to_clear", "print_failed"}
    failed = ward.active()["print_failed"]
    assert failed.title == "“benchy” failed on Nord"
    assert failed.detail == "It stopped at 40 %, layer 7 of 90."
    machine.report(activity=Activity.PRINTING, job=job("second", 8))
    await ward.go(2)
    assert ward.active() == {}
    machine.report(activity=Activity.CANCELLED)
    await ward.go(2)
    assert set(ward.active()) == {"plate_to_clear"}


async def test_a_cleared_plate_ends_a_failed_print(ward: Ward) -> None:
    printer_id = await _printing(ward)
    ward.farm.machine(printer_id).report(activity=Activity.FAILED)
    await ward.go(2)
    await ward.farm.printers.registry.set_plate(printer_id, PlateState.CLEAR)
    await ward.go(2)
    assert ward.active() == {}
    assert all(each.ended_at for each in await ward.history())


async def test_a_deleted_printer_takes_its_alerts_along(ward: Ward) -> None:
    printer_id = await ward.farm.add("Nord")
    ward.farm.machine(printer_id).report(faults=(HOT,))
    await ward.go()
    await ward.farm.printers.registry.delete(printer_id)
    await ward.go(2)
    assert ward.active() == {}
    (past,) = await ward.history(AlertState.ENDED)
    assert past.printer_name == "Nord"


async def test_messages_and_quiet_seconds_touch_no_database(
    ward: Ward, any_database: Database
) -> None:
    printer_id = await _printing(ward)
    ward.farm.machine(printer_id).report(faults=(HOT,))
    await ward.go(5)
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(any_database.engine.sync_engine, "before_cursor_execute", count)
    state = ward.farm.state(printer_id)
    for number in range(200):
        heat = Heat(20.0 + number / 10, 0.0)
        state = replace(state, temperatures=Temperatures((heat,)))
        ward.farm.printers.observe(printer_id, state)
    await ward.go(3)
    assert statements == []


async def test_what_could_not_be_written_is_made_up_for(
    ward: Ward, any_database: Database
) -> None:
    printer_id = await _printing(ward)
    await _alter(any_database, "ALTER TABLE alerts RENAME TO away")
    ward.farm.machine(printer_id).report(activity=Activity.FAILED, faults=(HOT,))
    await ward.go(3)
    assert ward.active() == {}
    await _alter(any_database, "ALTER TABLE away RENAME TO alerts")
    await ward.go(35)
    assert set(ward.active()) == {"fault_raised", "plate_to_clear", "print_failed"}


async def _alter(database: Database, statement: str) -> None:
    async with database.work() as work:
        await work.session.execute(text(statement))
