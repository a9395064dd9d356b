"""The one table that decides what happened at a printer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.printers.events import (
    ActiveSlotChanged,
    AttentionNeeded,
    ControlChanged,
    DoorChanged,
    FaultCleared,
    FaultRaised,
    LinkChanged,
    PrintEnded,
    PrinterEvent,
    PrintPaused,
    PrintResumed,
    PrintStarted,
    SlotChanged,
    transitions,
)
from odin_engine.printers.model import (
    Activity,
    Control,
    Fault,
    FaultKind,
    FilamentUnit,
    Heat,
    Job,
    LinkReason,
    LinkStatus,
    PrinterState,
    PrintResult,
    Severity,
    Slot,
    SlotRef,
    Temperatures,
    UnitKind,
    attention_reason,
)

P = "p1"
JOB = Job(name="benchy", token=7)
FAULT = Fault("0300-0100-0001-0001", FaultKind.HEALTH, Severity.SERIOUS, "Too hot.")
MILD = Fault("0C00-0300-0003-0007", FaultKind.HEALTH, Severity.COMMON, "Look.")
BASE = PrinterState(link=LinkStatus.ONLINE, activity=Activity.IDLE)


def happened(before: PrinterState, after: PrinterState) -> list[PrinterEvent]:
    return list(transitions(P, before, after))


def at(activity: Activity | None, job: Job | None = JOB) -> PrinterState:
    return replace(BASE, activity=activity, job=job)


def test_the_same_state_is_no_news() -> None:
    assert happened(BASE, BASE) == []


def test_an_equal_state_is_no_news() -> None:
    before = replace(BASE, faults=(MILD,), job=JOB, filament_units=(unit(),))
    after = replace(
        before, faults=(replace(MILD),), job=replace(JOB), filament_units=(unit(),)
    )
    assert happened(before, after) == []


def test_temperatures_are_no_news() -> None:
    after = replace(BASE, temperatures=Temperatures((Heat(200.0, 210.0),)))
    assert happened(BASE, after) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Activity.IDLE, Activity.PREPARING, [PrintStarted(P, JOB)]),
        (Activity.IDLE, Activity.PRINTING, [PrintStarted(P, JOB)]),
        (Activity.IDLE, Activity.PAUSED, [PrintStarted(P, JOB)]),
        (Activity.FINISHED, Activity.PREPARING, [PrintStarted(P, JOB)]),
        (Activity.PREPARING, Activity.PRINTING, []),
        (Activity.PRINTING, Activity.PAUSED, [PrintPaused(P, JOB)]),
        (Activity.PREPARING, Activity.PAUSED, [PrintPaused(P, JOB)]),
        (Activity.PAUSED, Activity.PRINTING, [PrintResumed(P, JOB)]),
        (Activity.PAUSED, Activity.PREPARING, [PrintResumed(P, JOB)]),
        (
            Activity.PRINTING,
            Activity.FINISHED,
            [PrintEnded(P, PrintResult.FINISHED, JOB)],
        ),
        (Activity.PRINTING, Activity.FAILED, [PrintEnded(P, PrintResult.FAILED, JOB)]),
        (
            Activity.PAUSED,
            Activity.CANCELLED,
            [PrintEnded(P, PrintResult.CANCELLED, JOB)],
        ),
        (Activity.PREPARING, Activity.FAILED, [PrintEnded(P, PrintResult.FAILED, JOB)]),
        (Activity.PRINTING, Activity.IDLE, [PrintEnded(P, PrintResult.UNKNOWN, JOB)]),
        (Activity.PRINTING, None, []),
        (Activity.PAUSED, None, []),
        (Activity.FINISHED, Activity.IDLE, []),
        (Activity.IDLE, Activity.FINISHED, []),
        (Activity.FAILED, Activity.CANCELLED, []),
    ],
)
def test_a_job_begins_pauses_and_ends(
    before: Activity, after: Activity | None, expected: list[PrinterEvent]
) -> None:
    assert happened(at(before), at(after)) == expected


@pytest.mark.parametrize("activity", list(Activity))
def test_the_first_report_starts_and_ends_nothing(activity: Activity) -> None:
    first = happened(replace(BASE, activity=None), at(activity))
    kinds = (PrintStarted, PrintEnded, PrintPaused, PrintResumed)
    assert not [event for event in first if isinstance(event, kinds)]


def test_a_job_that_nobody_named_is_not_started_yet() -> None:
    assert happened(at(Activity.IDLE), at(Activity.PREPARING, None)) == []


def test_another_token_is_another_job() -> None:
    other = Job(name="benchy", token=8)
    assert happened(at(Activity.PRINTING), at(Activity.PRINTING, other)) == [
        PrintEnded(P, PrintResult.UNKNOWN, JOB),
        PrintStarted(P, other),
    ]


def test_another_external_id_is_another_job() -> None:
    first, second = Job(external_id="1"), Job(external_id="2")
    before, after = at(Activity.PRINTING, first), at(Activity.PAUSED, second)
    assert happened(before, after) == [
        PrintEnded(P, PrintResult.UNKNOWN, first),
        PrintStarted(P, second),
    ]


def test_the_end_of_another_job_says_nothing_of_the_one_before() -> None:
    other = Job(name="benchy", token=8)
    assert happened(at(Activity.PRINTING), at(Activity.FINISHED, other)) == [
        PrintEnded(P, PrintResult.UNKNOWN, JOB)
    ]


@pytest.mark.parametrize(
    "after",
    [
        Job(name="renamed", token=7),
        Job(name="benchy"),
        Job(name="benchy", token=7, external_id="9"),
        None,
    ],
)
def test_an_id_that_is_missing_proves_nothing(after: Job | None) -> None:
    assert happened(at(Activity.PRINTING), at(Activity.PRINTING, after)) == []


def test_the_end_is_told_with_the_better_description() -> None:
    ended = happened(at(Activity.PRINTING), at(Activity.FINISHED, Job()))
    assert ended == [PrintEnded(P, PrintResult.FINISHED, JOB)]
    full = Job(name="benchy", token=7, progress_pct=100)
    ended = happened(at(Activity.PRINTING), at(Activity.FINISHED, full))
    assert ended == [PrintEnded(P, PrintResult.FINISHED, full)]


def test_faults_come_and_go_by_their_code() -> None:
    one, both = replace(BASE, faults=(MILD,)), replace(BASE, faults=(MILD, FAULT))
    assert happened(BASE, one) == [FaultRaised(P, MILD)]
    assert happened(one, both) == [
        FaultRaised(P, FAULT),
        AttentionNeeded(P, FAULT.code),
    ]
    assert happened(both, one) == [FaultCleared(P, FAULT)]
    reworded = replace(BASE, faults=(replace(MILD, text="Look again."),))
    assert happened(one, reworded) == []


def test_faults_of_the_first_report_are_told() -> None:
    first = happened(replace(BASE, activity=None), replace(BASE, faults=(FAULT,)))
    assert first == [FaultRaised(P, FAULT), AttentionNeeded(P, FAULT.code)]


def test_links_and_control() -> None:
    lost = replace(BASE, link=LinkStatus.OFFLINE, link_reason=LinkReason.LINK_LOST)
    assert happened(BASE, lost) == [
        LinkChanged(P, LinkStatus.ONLINE, LinkStatus.OFFLINE, LinkReason.LINK_LOST)
    ]
    refused = replace(BASE, control=Control.REFUSED)
    assert happened(BASE, refused) == [ControlChanged(P, Control.REFUSED)]
    assert happened(refused, BASE) == [ControlChanged(P, BASE.control)]


def test_of_control_the_first_report_tells_a_refusal_only() -> None:
    unheard = replace(BASE, activity=None, control=Control.UNKNOWN)
    refused = replace(BASE, control=Control.REFUSED)
    assert happened(unheard, refused) == [ControlChanged(P, Control.REFUSED)]
    assert happened(unheard, replace(BASE, control=Control.ALLOWED)) == []


def test_attention_is_asked_for_once() -> None:
    paused = replace(at(Activity.PAUSED), faults=(MILD,))
    events = happened(at(Activity.PRINTING), paused)
    assert AttentionNeeded(P, MILD.code) in events
    still = replace(paused, faults=(MILD, FAULT))
    assert not [e for e in happened(paused, still) if isinstance(e, AttentionNeeded)]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (BASE, None),
        (replace(BASE, faults=(MILD,)), None),
        (replace(BASE, faults=(MILD, FAULT)), FAULT.code),
        (at(Activity.PAUSED), None),
        (at(Activity.PAUSED, Job(stage="paused_by_user")), None),
        (at(Activity.PAUSED, Job(stage="paused_by_gcode")), None),
        (at(Activity.PAUSED, Job(stage="printing")), None),
        (at(Activity.PAUSED, None), None),
        (at(Activity.PAUSED, Job(stage="paused_front_cover")), "paused_front_cover"),
        (at(Activity.PRINTING, Job(stage="paused_front_cover")), None),
        (replace(at(Activity.PAUSED), faults=(MILD,)), MILD.code),
        (at(Activity.ATTENTION), "attention"),
        (replace(at(Activity.ATTENTION), faults=(MILD,)), MILD.code),
    ],
)
def test_why_a_person_must_act(state: PrinterState, reason: str | None) -> None:
    assert attention_reason(state) == reason


def unit(*slots: Slot) -> FilamentUnit:
    return FilamentUnit(0, UnitKind.AMS, "A", slots or (Slot(0, material="PLA"),))


@pytest.mark.parametrize(
    ("change", "is_news"),
    [
        ({"is_occupied": False, "material": None}, True),
        ({"material": "PETG"}, True),
        ({"preset_id": "GFL99"}, True),
        ({"color": "#00FF00FF"}, True),
        ({"colors": ("#00FF00FF", "#FF0000FF")}, True),
        ({"spool_uid": "1"}, True),
        ({"tag_uid": "1"}, True),
        ({"remaining_pct": 12}, False),
        ({"is_active": True}, False),
        ({"k": 0.02}, False),
    ],
)
def test_what_is_in_a_slot(change: dict[str, object], is_news: bool) -> None:  # noqa: FBT001 - a parameter of the table
    before = replace(BASE, filament_units=(unit(),))
    slot = replace(Slot(0, material="PLA"), **change)  # type: ignore[arg-type]
    after = replace(BASE, filament_units=(unit(slot),))
    assert happened(before, after) == (
        [SlotChanged(P, SlotRef(0, 0))] if is_news else []
    )


def test_slots_come_and_go_with_their_unit_in_order() -> None:
    two = replace(BASE, filament_units=(unit(Slot(1), Slot(0)),))
    told = [SlotChanged(P, SlotRef(0, 0)), SlotChanged(P, SlotRef(0, 1))]
    assert happened(BASE, two) == told
    assert happened(two, BASE) == told


def test_the_active_slot_and_the_door() -> None:
    slot = SlotRef(0, 2)
    assert happened(BASE, replace(BASE, active_slot=slot)) == [
        ActiveSlotChanged(P, None, slot)
    ]
    opened = replace(BASE, is_door_open=True)
    assert happened(BASE, opened) == [DoorChanged(P, is_open=True)]
    assert happened(opened, replace(BASE, is_door_open=None)) == []


jobs = st.none() | st.builds(
    Job,
    name=st.sampled_from([None, "a", "b"]),
    token=st.sampled_from([None, 1, 2]),
    external_id=st.sampled_from([None, "x", "y"]),
    stage=st.sampled_from([None, "printing", "paused_front_cover"]),
)
faults = st.lists(st.sampled_from([FAULT, MILD]), unique=True, max_size=2).map(tuple)
states = st.builds(
    PrinterState,
    link=st.sampled_from(LinkStatus),
    activity=st.none() | st.sampled_from(Activity),
    job=jobs,
    faults=faults,
)


@given(st.lists(states, min_size=2, max_size=12))
def test_any_history_is_told_consistently(history: list[PrinterState]) -> None:
    """Faults alternate, pauses lie within prints, and a started print ends once."""
    open_faults: set[str] = set()
    is_running: bool | None = None
    is_paused = False
    for before, after in zip(
        [PrinterState(), *history], [*history, PrinterState()], strict=True
    ):
        for event in transitions(P, before, after):
            match event:
                case FaultRaised(_, fault):
                    assert fault.code not in open_faults
                    open_faults.add(fault.code)
                case FaultCleared(_, fault):
                    open_faults.remove(fault.code)
                case PrintStarted():
                    assert not is_running
                    is_running, is_paused = True, False
                case PrintEnded():
                    assert is_running is not False
                    is_running = is_paused = False
                case PrintPaused():
                    assert is_running is not False
                    assert not is_paused
                    is_paused = True
                case PrintResumed():
                    assert is_running is not False
                    is_paused = False
                case _:
                    pass
        if before.activity is None or after.activity is None or after.job is None:
            # Nobody saw what happened in between.
            is_running = None
            is_paused = False
    assert not open_faults


@given(states, states)
def test_transitions_never_raise_and_repeat_nothing(
    before: PrinterState, after: PrinterState
) -> None:
    events = happened(before, after)
    assert len(set(events)) == len(events)
    assert happened(after, after) == []
    assert all(event.printer_id == P for event in events)


def test_a_machine_that_is_busy_without_a_job_prints_nothing() -> None:
    idle = PrinterState(activity=Activity.IDLE)
    busy = replace(idle, activity=Activity.PREPARING)
    printing = replace(idle, activity=Activity.PRINTING, job=Job(name="cube"))
    assert list(transitions("p", idle, busy)) == []
    assert list(transitions("p", busy, idle)) == []
    started = [type(each) for each in transitions("p", busy, printing)]
    assert started == [PrintStarted]
