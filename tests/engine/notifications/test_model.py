"""What holds at a printer, from its record and state alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from odin_engine.identity.model import Principal, Role
from odin_engine.notifications.model import (
    Alert,
    AlertKind,
    AlertSeverity,
    Condition,
    Judged,
    Scene,
    dismissed,
    ended,
    fault_condition,
    judge,
    person_of,
    print_failed,
    raised,
    restored,
    returned,
)
from odin_engine.notifications.model.texts import TITLE_MOST_CHARS
from odin_engine.printers.model import (
    Activity,
    Control,
    Fault,
    FaultKind,
    LinkReason,
    LinkStatus,
    PrinterState,
    Severity,
)
from odin_engine.printers.model.history import Run
from odin_engine.printers.model.record import Plate, PlateState, Printer
from tests.engine.doubles import ManualClock
from tests.engine.notifications.ward import HOT
from tests.engine.printers.memory_driver import IDLE, job

NOW = ManualClock().now()
NORD = Printer("1", "Nord", "memory", "10.0.0.1", NOW)


def _judge(
    printer: Printer = NORD,
    state: PrinterState = IDLE,
    *opened: Condition,
    is_away: bool = False,
) -> Judged:
    alerts = {each.key: raised(each, NOW) for each in opened}
    return judge(Scene(printer, state, alerts, is_away), with_faults=True)


def _codes(judged: Judged) -> set[str]:
    return {each.code for each in judged.wanted}


@pytest.mark.parametrize(
    ("link", "reason", "code"),
    [
        (LinkStatus.OFFLINE, LinkReason.NO_ANSWER, "printer_offline"),
        (LinkStatus.OFFLINE, LinkReason.PROTOCOL, "printer_offline"),
        (LinkStatus.OFFLINE, LinkReason.MACHINE_AWAY, "printer_offline"),
        (LinkStatus.STALE, LinkReason.SILENT, "printer_offline"),
        (LinkStatus.NO_REPORT, LinkReason.WRONG_SERIAL_OR_CASE, "printer_silent"),
        (
            LinkStatus.UNAUTHORISED,
            LinkReason.ACCESS_CODE_REJECTED,
            "access_code_refused",
        ),
        (LinkStatus.UNAUTHORISED, LinkReason.SERIAL_MISMATCH, "wrong_printer"),
        (
            LinkStatus.CERTIFICATE_CHANGED,
            LinkReason.CERTIFICATE_CHANGED,
            "certificate_changed",
        ),
    ],
)
def test_each_lost_link_has_its_code_and_a_remedy(
    link: LinkStatus, reason: LinkReason, code: str
) -> None:
    state = replace(IDLE, link=link, link_reason=reason)
    (condition,) = _judge(NORD, state, is_away=True).wanted
    assert condition.code == code
    assert "Nord" in condition.title
    assert len(condition.detail) > 20
    assert _judge(NORD, state).wanted == ()


def test_a_host_that_lost_its_machine_is_not_called_silent() -> None:
    away = replace(IDLE, link=LinkStatus.OFFLINE, link_reason=LinkReason.MACHINE_AWAY)
    (condition,) = _judge(NORD, away, is_away=True).wanted
    assert condition.title == "Nord is off, or unplugged from its host"
    assert "cable" in condition.detail
    printing = replace(away, activity=Activity.PRINTING)
    (condition,) = _judge(NORD, printing, is_away=True).wanted
    assert condition.title == "Nord was lost in the middle of a print"


@pytest.mark.parametrize(
    "state",
    [
        IDLE,
        replace(IDLE, link=LinkStatus.CONNECTING),
        PrinterState(),
    ],
)
def test_a_printer_that_is_well_or_unknown_raises_nothing(state: PrinterState) -> None:
    assert _judge(NORD, state, is_away=True).wanted == ()


def test_what_cannot_be_told_is_left_alone() -> None:
    lost = replace(IDLE, link=LinkStatus.OFFLINE, control=Control.REFUSED)
    opened = (*_judge(NORD, lost, is_away=True).wanted, fault_condition(NORD, HOT))
    assert _judge(NORD, PrinterState(), *opened) == Judged((), frozenset())
    assert _judge(NORD, IDLE, *opened).ended == {each.key for each in opened}


def test_a_link_that_was_told_needs_no_second_grace() -> None:
    lost = replace(IDLE, link=LinkStatus.OFFLINE)
    opened = _judge(NORD, lost, is_away=True).wanted
    refused = replace(IDLE, link=LinkStatus.UNAUTHORISED)
    judged = _judge(NORD, refused, *opened)
    assert _codes(judged) == {"access_code_refused"}
    assert judged.ended == {opened[0].key}


def test_a_plate_without_a_gate_is_nobodys_business() -> None:
    occupied = Plate(state=PlateState.OCCUPIED, since=NOW)
    assert _codes(_judge(replace(NORD, plate=occupied))) == {"plate_to_clear"}
    ungated = replace(NORD, plate=replace(occupied, is_gated=False))
    assert _judge(ungated).wanted == ()


def test_another_print_on_the_plate_is_another_alert() -> None:
    first = replace(NORD, plate=Plate(state=PlateState.OCCUPIED, since=NOW))
    opened = _judge(first).wanted
    later = Plate(state=PlateState.OCCUPIED, since=NOW + timedelta(minutes=5))
    judged = _judge(replace(NORD, plate=later), IDLE, *opened)
    assert judged.ended == {opened[0].key}
    assert len(judged.wanted) == 1


@pytest.mark.parametrize(
    ("severity", "shown"),
    [
        (Severity.FATAL, AlertSeverity.CRITICAL),
        (Severity.SERIOUS, AlertSeverity.CRITICAL),
        (Severity.COMMON, AlertSeverity.WARNING),
        (Severity.INFO, AlertSeverity.INFO),
    ],
)
def test_severities(severity: Severity, shown: AlertSeverity) -> None:
    assert fault_condition(NORD, replace(HOT, severity=severity)).severity is shown


def test_a_long_text_is_the_detail() -> None:
    text = "Something is wrong. " * 20
    fault = Fault("1", FaultKind.HEALTH, Severity.INFO, text)
    condition = fault_condition(NORD, fault)
    assert (condition.title, condition.detail) == ("Nord reports a fault", text)
    assert len(fault_condition(NORD, HOT).title) <= TITLE_MOST_CHARS


def test_a_pause_by_a_person_asks_for_nobody() -> None:
    state = replace(IDLE, activity=Activity.PAUSED, job=job(stage="paused_by_user"))
    assert _judge(NORD, state).wanted == ()
    jammed = replace(state, job=job(stage="paused_nozzle_clog"))
    assert _codes(_judge(NORD, jammed)) == {"attention_needed"}
    faulty = replace(jammed, faults=(HOT,))
    assert _codes(_judge(NORD, faulty)) == {"fault_raised"}


def test_a_print_without_a_name_failed() -> None:
    run = Run("7", "1", "Nord", NOW, was_seen_starting=True)
    condition = print_failed(NORD, run)
    assert (condition.title, condition.detail) == ("A print failed on Nord", "")


def _alert(kind: AlertKind = AlertKind.FAULT) -> Alert:
    return replace(raised(fault_condition(NORD, HOT), NOW), kind=kind)


def test_dismissing_is_undone_to_the_last_member() -> None:
    for kind in AlertKind:
        alert = _alert(kind)
        assert restored(dismissed(alert, "anna", NOW)) == alert
    over = ended(dismissed(_alert(), "anna", NOW), NOW + timedelta(seconds=1))
    assert restored(over).ended_at == over.ended_at


def test_what_returns_counts() -> None:
    alert = ended(_alert(), NOW)
    back = returned(alert, fault_condition(NORD, HOT))
    assert (back.id, back.count, back.is_active) == (alert.id, 2, True)


def test_who_is_a_person() -> None:
    person = Principal("7", "anna", Role.VIEWER, frozenset(), session_id="1")
    assert person_of(person) == "user:7"
    program = replace(person, session_id=None, token_id="2")
    assert person_of(program) is None
    assert person_of(replace(program, on_behalf_of="ha:9")) == "ha:9"
