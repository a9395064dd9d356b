"""A plain machine: it heats, prints and fails on a clock that a test moves."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.simulator.plain import (
    Activity,
    Heater,
    PlainJob,
    PlainMachine,
    bed,
    chamber,
    nozzle,
    plan_from_gcode,
)
from odin_engine.simulator.routine import Routine, hold
from tests.fuzzing import fuzzed
from tests.patience import PATIENCE_S

JOB = PlainJob("hook.gcode", print_s=600, layers=50, used_mm=900, objects=("a", "b"))


def printing(**fields: object) -> PlainMachine:
    machine = PlainMachine("Ada", clock_factor=0, **fields)  # type: ignore[arg-type]
    machine.start(JOB)
    while machine.activity is Activity.HEATING:
        machine.advance(1)
    return machine


def state(machine: PlainMachine) -> str:
    return str(machine.activity)


@pytest.mark.parametrize(
    ("heater", "target_c", "least_s", "most_s"),
    [
        (nozzle(), 210, 40, 120),
        (bed(), 60, 60, 240),
        (chamber(), 50, 100, 600),
    ],
)
def test_heaters_take_their_time_and_stay_there(
    heater: Heater, target_c: float, least_s: float, most_s: float
) -> None:
    heater.target_c = target_c
    passed_s = 0.0
    while not heater.is_there:
        heater.advance(0.5)
        passed_s += 0.5
    assert least_s < passed_s < most_s
    for _ in range(600):
        heater.advance(0.5)
        assert abs(heater.current_c - target_c) < 3
    assert 0 < heater.power < 1
    heater.target_c = 0
    for _ in range(3600):
        heater.advance(0.5)
    assert heater.current_c < target_c / 2


def test_a_job_heats_prints_and_ends_cold() -> None:
    machine = printing()
    assert machine.has_part
    assert machine.fans_pct == {"part": 100}
    machine.advance(300)
    assert machine.progress == pytest.approx(0.5, abs=0.01)
    assert machine.layer == 26
    assert machine.remaining_s == pytest.approx(300, abs=2)
    assert machine.used_mm == pytest.approx(450, abs=2)
    machine.speed_pct = 200
    machine.advance(200)
    assert state(machine) == "finished"
    assert (machine.progress, machine.layer) == (1, 50)
    assert all(each.target_c == 0 for each in machine.heaters.values())
    assert machine.job == JOB
    machine.clear()
    assert (state(machine), machine.has_part) == ("idle", False)
    assert machine.progress == 0


def test_pause_and_runout_hold_a_job_and_a_fault_ends_it() -> None:
    machine = printing()
    machine.pause()
    machine.advance(100)
    assert (state(machine), machine.progress < 0.01) == ("paused", True)
    machine.resume()
    machine.advance(60)
    machine.change(has_filament=False)
    assert state(machine) == "paused"
    machine.change(has_filament=True)
    machine.resume()
    machine.advance(1)
    machine.fail("Heater failed")
    assert (state(machine), machine.fault) == ("failed", "Heater failed")
    machine.cancel()
    assert state(machine) == "failed"
    machine.start(JOB)
    assert machine.fault is None
    machine.cancel()
    assert state(machine) == "cancelled"


def test_many_tools_or_none() -> None:
    machine = printing(nozzles=[nozzle() for _ in range(4)], tool=2)
    assert [each.target_c for each in machine.nozzles] == [0, 0, 210, 0]
    assert sorted(machine.heaters) == [
        "bed",
        "nozzle0",
        "nozzle1",
        "nozzle2",
        "nozzle3",
    ]
    resin = printing(nozzles=[], bed=None, fans_pct={})
    resin.advance(700)
    assert (resin.activity, resin.fans_pct) == (Activity.FINISHED, {})


def test_what_a_heater_cannot_do_is_refused() -> None:
    machine = PlainMachine("Ada", clock_factor=0)
    machine.heat("nozzle0", 240)
    with pytest.raises(ValueError, match="400 is outside"):
        machine.heat("nozzle0", 400)
    with pytest.raises(KeyError):
        machine.heat("chamber", 40)


@pytest.mark.parametrize(
    ("share", "activity"), [(0.01, "printing"), (0.4, "printing"), (1, "finished")]
)
def test_a_job_can_be_half_done_when_it_is_first_seen(
    share: float, activity: str
) -> None:
    machine = PlainMachine("Ada", clock_factor=0)
    machine.skip_to(share)
    assert machine.activity is Activity.IDLE
    machine.start(JOB)
    machine.skip_to(share)
    assert (machine.activity, machine.progress) == (activity, share)
    assert machine.has_part
    assert machine.nozzles[0].current_c == 210


def test_who_listens_is_told_of_changes() -> None:
    machine = PlainMachine("Ada", clock_factor=0)
    told: list[str] = []
    stop = machine.listen(lambda: told.append(machine.activity))
    machine.start(JOB)
    machine.pause()
    machine.home()
    stop()
    machine.resume()
    assert told == ["heating", "paused", "paused"]
    assert machine.homed == "xyz"


def test_routines_follow_the_machines_clock() -> None:
    machine = PlainMachine("Ada", clock_factor=0)
    seen: list[float] = []

    def look() -> Routine:
        for _ in range(2):
            yield from hold(10)
            seen.append(machine.elapsed_s)

    machine.run_beside(look())
    machine.advance(9)
    assert seen == []
    machine.advance(60)
    assert seen == [10, 20]


async def test_its_time_runs_by_itself_where_it_shall() -> None:
    fast, still = (PlainMachine("Ada", clock_factor=each) for each in (1000, 0))
    clocks = [asyncio.create_task(each.run()) for each in (fast, still)]
    late = asyncio.Event()
    fast.listen(lambda: late.set() if fast.elapsed_s >= 100 else None)
    async with asyncio.timeout(PATIENCE_S):
        await late.wait()
    for clock in clocks:
        clock.cancel()
    await asyncio.gather(*clocks, return_exceptions=True)
    assert still.elapsed_s == 0


@pytest.mark.parametrize(
    ("do", "activity"),
    [
        ("pause", "paused"),
        ("cancel", "cancelled"),
        ("home", "heating"),
        ("lose_power", "idle"),
    ],
)
def test_it_remembers_what_it_did(do: str, activity: str) -> None:
    machine = printing(speed_pct=120)
    machine.advance(100)
    machine.excluded.append("b")
    getattr(machine, do)()
    kept = json.loads(json.dumps(machine.keep()))
    again = PlainMachine("Ada", clock_factor=0)
    again.restore(kept)
    assert again.activity == activity
    assert (again.job, again.printed_s) == (machine.job, machine.printed_s)
    assert (again.speed_pct, again.has_part, again.excluded) == (120, True, ["b"])
    assert again.nozzles[0].current_c < 30


@pytest.mark.parametrize(
    "wrong", [{}, {"activity": "busy"}, {"tool": 7}, {"job": {"name": "x", "y": 1}}]
)
def test_what_was_not_kept_by_it_is_refused(wrong: dict[str, object]) -> None:
    machine = printing()
    kept = {**machine.keep(), **wrong} if wrong else {}
    with pytest.raises((KeyError, ValueError, TypeError)):
        PlainMachine("Ada", clock_factor=0).restore(kept)


GCODE = b"""; generated by a slicer
; estimated printing time (normal mode) = 1h 2m 3s
; total layers count = 321
; filament used [mm] = 1234.5
M190 S65
M109 S230
EXCLUDE_OBJECT_DEFINE NAME=left_part CENTER=1,2
EXCLUDE_OBJECT_DEFINE NAME=right_part CENTER=3,4
"""


def test_a_file_tells_what_it_prints() -> None:
    job = plan_from_gcode("a.gcode", GCODE, 5_000_000)
    assert (job.print_s, job.layers, job.used_mm) == (3723, 321, 1234.5)
    assert (job.nozzle_c, job.bed_c, job.size_bytes) == (230, 65, 5_000_000)
    assert job.objects == ("left_part", "right_part")
    cura = plan_from_gcode("b.gcode", b";TIME:600\n;LAYER:0\n;LAYER:1\nG1 X1\n")
    assert (cura.print_s, cura.layers) == (600, 2)


@given(
    st.binary(max_size=400) | st.text(max_size=200).map(lambda it: GCODE + it.encode())
)
@fuzzed(200)
def test_any_file_is_a_print(content: bytes) -> None:
    job = plan_from_gcode("x.gcode", content)
    machine = PlainMachine("Ada", clock_factor=0)
    machine.start(job)
    machine.skip_to(1)
    assert machine.activity is Activity.FINISHED
