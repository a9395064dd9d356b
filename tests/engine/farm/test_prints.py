"""Prints that begin, end, fail and are cancelled, each told exactly once."""

import pytest

from odin_engine.printers.events import (
    AttentionNeeded,
    FaultCleared,
    FaultRaised,
    PrintEnded,
    PrintStarted,
    SlotChanged,
)
from odin_engine.printers.model import ClearFaults, FaultKind, Resume, SlotRef, Stop
from odin_engine.simulator.bambu import spool
from tests.engine.farm.yard import PLAN, QUIET, Place, Yard, logged


def codes(place: Place, kind: type[FaultRaised | FaultCleared]) -> list[str]:
    return [event.fault.code for event in place.of(kind)]


async def test_a_print_from_start_to_end(yard: Yard) -> None:
    for model in ("P1S", "X1C", "A1", "H2D"):
        place = await yard.add(model)
        await place.prints()
        for _ in range(4):
            place.machine.advance(450)
            await yard.go(1)
        await place.until(lambda state: state.activity == "finished")
        assert place.happened[:1] == ["PrintStarted"], model
        assert place.results == ["finished"], model
        assert [event.job.name for event in place.of(PrintStarted)] == ["cube"], model
        assert len(place.of(PrintStarted)) == 1, model


async def test_cancel_at_the_screen_is_never_a_failure(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add()
    await place.prints()
    seen = set()
    place.machine.machine.misbehave("cancel")
    await place.heard()
    seen.add(place.state.activity)
    await yard.go(3)
    place.machine.advance(5)
    await place.until(lambda state: state.activity == "cancelled")
    await yard.go(60)
    await place.heard()
    assert seen == {"printing"}
    assert place.results == ["cancelled"]
    assert [e.result for e in place.of(PrintEnded)] == ["cancelled"]
    assert place.of(AttentionNeeded) == []
    assert logged(caplog) == QUIET


async def test_our_stop_is_a_cancel_without_waiting(yard: Yard) -> None:
    place = await yard.add()
    await place.prints()
    await place.does(Stop())
    await place.until(lambda state: state.activity == "cancelled")
    await yard.written()
    assert place.results == ["cancelled"]


async def test_fault_that_pauses(yard: Yard, caplog: pytest.LogCaptureFixture) -> None:
    place = await yard.add("X1C")
    await place.prints()
    place.machine.machine.misbehave(
        "fault", print_error="0300_8003", hms="0C00_0300_0003_0008"
    )
    await place.until(lambda state: len(state.faults) == 2)
    await place.heard()
    assert place.state.activity == "paused"
    assert {fault.kind for fault in place.state.faults} == set(FaultKind)
    assert len(place.of(FaultRaised)) == 2
    assert len(place.of(AttentionNeeded)) == 1
    await place.does(Resume())
    await place.until(lambda state: not state.faults)
    await yard.written()
    assert sorted(codes(place, FaultCleared)) == sorted(codes(place, FaultRaised))
    assert place.of(PrintStarted)[1:] == []
    assert place.happened.count("PrintPaused") == 1
    assert place.happened.count("PrintResumed") == 1
    assert logged(caplog) == QUIET


async def test_fault_that_ends_the_job(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add("X1C")
    await place.prints()
    place.machine.machine.misbehave("fault", print_error="0300_4006")
    await place.until(lambda state: state.faults)
    assert place.results == []
    await yard.go(7)
    await place.until(lambda state: state.activity == "failed")
    await yard.written()
    assert place.results == ["failed"]
    await place.does(ClearFaults())
    await place.until(lambda state: not state.faults)
    await yard.written()
    assert codes(place, FaultCleared) == codes(place, FaultRaised)
    assert place.results == ["failed"]
    assert logged(caplog) == QUIET


async def test_runout(yard: Yard, caplog: pytest.LogCaptureFixture) -> None:
    place = await yard.add()
    await place.prints()
    before = place.state.active_slot
    place.machine.machine.misbehave("runout")
    place.machine.advance(3)
    state = await place.until(lambda state: state.activity == "paused")
    await place.until(lambda state: state.faults)
    await place.heard()
    assert before == SlotRef(0, 0)
    assert state.job is not None
    assert place.state.job is not None
    assert place.state.job.stage == "paused_filament_runout"
    slot = place.state.filament_units[0].slots[0]
    assert (slot.is_occupied, slot.material) == (False, None)
    assert [event.slot for event in place.of(SlotChanged)] == [SlotRef(0, 0)]
    assert len(place.of(AttentionNeeded)) == 1
    places = {fault.kind: (fault.unit, fault.slot) for fault in place.state.faults}
    assert places == {FaultKind.HEALTH: (0, 0), FaultKind.PRINT: (0, None)}
    assert place.results == []
    place.machine.machine.feed.put(0, spool("GFA00", "F2754E", mark="new"))
    await place.does(Resume())
    await place.until(lambda state: state.activity == "printing")
    await place.until(lambda state: not state.faults)
    assert sorted(codes(place, FaultCleared)) == sorted(codes(place, FaultRaised))
    for _ in range(4):
        place.machine.advance(450)
    await place.until(lambda state: state.activity == "finished")
    assert place.results == ["finished"]
    assert len(place.of(PrintStarted)) == 1
    assert logged(caplog) == QUIET


async def test_stale_100(yard: Yard, caplog: pytest.LogCaptureFixture) -> None:
    place = await yard.add("A1")
    await place.prints()
    for _ in range(4):
        place.machine.advance(450)
    await place.until(lambda state: state.activity == "finished")
    shown = set()
    place.machine.machine.misbehave("stale_100")
    place.machine.machine.start(PLAN, slots={0: 0})
    for _ in range(5):
        place.machine.advance(2)
        await place.heard()
        job = place.state.job
        if place.state.activity == "preparing" and job is not None:
            shown.add(job.progress_pct)
    assert 100 not in shown
    assert len(place.of(PrintStarted)) == 2
    assert place.results == ["finished"]
    assert logged(caplog) == QUIET


async def test_a_second_start_of_the_same_job_is_another_print(yard: Yard) -> None:
    place = await yard.add()
    for _ in range(2):
        place.machine.machine.start(PLAN, slots={0: 0})
        place.machine.advance(400)
        await place.until(lambda state: state.activity == "printing")
        place.machine.advance(1600)
        await place.until(lambda state: state.activity == "finished")
    assert place.happened.count("PrintStarted") == 2
    assert place.results == ["finished", "finished"]


async def test_the_door(yard: Yard, caplog: pytest.LogCaptureFixture) -> None:
    place = await yard.add("X1C")
    place.machine.machine.misbehave("door_open")
    await place.until(lambda state: state.is_door_open)
    place.machine.machine.behave("door_open")
    await place.until(lambda state: state.is_door_open is False)
    await yard.written()
    assert place.happened == ["DoorChanged", "DoorChanged"]
    assert logged(caplog) == QUIET
