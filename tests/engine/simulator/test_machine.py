"""The machine on its own clock: what happens, in which order, with what effect."""

import pytest

from odin_engine.simulator.bambu.description import (
    UnknownModel,
    load_model,
    model_names,
)
from odin_engine.simulator.bambu.machine import GcodeState, Machine
from odin_engine.simulator.bambu.machine.misbehaviour import UnknownMisbehaviour
from odin_engine.simulator.bambu.machine.plan import PlanFilament, PrintPlan
from odin_engine.simulator.bambu.machine.scenario import BadScenario, play
from odin_engine.simulator.bambu.machine.spools import spool
from odin_engine.simulator.bambu.machine.units import (
    EXTERNAL,
    NOTHING,
    DryPhase,
    Unit,
    UnitKind,
)

ORANGE = PlanFilament(0, "PLA", "#F2754E", 20.0)
BLUE = PlanFilament(1, "PLA", "#2850E0", 5.0)


def make(model: str) -> Machine:
    return Machine(load_model(model), serial="01P00A0000000001")


def plan(*filaments: PlanFilament, minutes: float = 10) -> PrintPlan:
    return PrintPlan("job", 1, 50, minutes * 60, filaments or (ORANGE,), (71, 96))


def state(machine: Machine) -> str:
    return str(machine.gcode_state)


def printing(model: str = "P1S") -> Machine:
    machine = make(model)
    machine.start(plan(), slots={0: 0})
    while machine.prints.layer < 3:
        machine.tick(5)
    return machine


def test_models_are_found_by_name_whatever_the_case() -> None:
    assert load_model("a1-MINI").name == "A1 mini"
    with pytest.raises(UnknownModel, match="X1C"):
        load_model("Ender 3")


@pytest.mark.parametrize("model", model_names())
def test_every_model_prints_to_the_end(model: str) -> None:
    machine = make(model)
    machine.start(plan(), slots={0: 0} if machine.feed.units else {})
    machine.tick(3000)
    assert state(machine) == "FINISH"
    assert machine.prints.percent == 100
    assert machine.prints.layer == 50
    assert machine.prints.plate_occupied
    assert machine.prints.remaining_min == 0


def test_a_new_job_passes_idle_and_prepare_with_the_old_percentage_on_show() -> None:
    machine = make("A1 mini")
    machine.start(plan(), slots={0: 0})
    machine.tick(3000)
    seen: list[tuple[str, int, int]] = []

    def note() -> None:
        prints = machine.prints
        row = (str(prints.state), prints.stage, prints.percent)
        if row[:2] not in [each[:2] for each in seen]:
            seen.append(row)

    machine.watch(note)
    machine.start(plan(), slots={0: 0})
    machine.tick(400)
    assert seen[:2] == [("IDLE", 255, 100), ("PREPARE", 255, 100)]
    assert [stage for _, stage, _ in seen[2:]] == [2, 13, 4, 14, 1, 0]
    assert all(percent == 0 for _, _, percent in seen[2:])


def test_a_swap_shows_the_old_tray_then_none_then_the_new_one() -> None:
    machine = make("P1S")
    steps: list[tuple[int, int, int]] = []
    machine.watch(
        lambda: steps.append(
            (machine.feed.status, machine.feed.target, machine.feed.now)
        )
    )
    machine.start(plan(ORANGE, BLUE), slots={0: 0, 1: 2})
    machine.tick(2000)
    swap = [step for step in steps if step[1] == 2][:6]
    assert [status for status, _, _ in swap] == [259, 260, 261, 262, 263, 768]
    assert [now for _, _, now in swap] == [0, 0, NOTHING, 2, 2, 2]


def test_filament_is_taken_from_the_slots_by_weight() -> None:
    machine = make("P1S")
    before = [each.remaining_g for each in machine.feed.units[0].slots if each]
    machine.start(plan(ORANGE, BLUE), slots={0: 0, 1: 2})
    machine.tick(3000)
    after = [each.remaining_g for each in machine.feed.units[0].slots if each]
    used = [old - new for old, new in zip(before, after, strict=True)]
    assert used == pytest.approx([20, 0, 5, 0], abs=0.1)


def test_speed_changes_what_remains() -> None:
    machine = printing()
    before = machine.prints.remaining_s
    machine.settings.speed_level = 4
    assert machine.prints.remaining_s == pytest.approx(before / 1.66)


def test_cancel_fails_at_once_and_tells_the_code_four_seconds_later() -> None:
    machine = printing()
    assert machine.prints.cancel()
    machine.tick(3)
    assert state(machine) == "FAILED"
    assert machine.prints.percent == 0
    assert machine.alarms.print_error == 0
    machine.tick(2)
    assert machine.alarms.print_error == 0x0300_400C


def test_a_paused_job_stands_still() -> None:
    machine = printing()
    assert machine.prints.pause()
    left = machine.prints.remaining_s
    machine.tick(600)
    assert state(machine) == "PAUSE"
    assert machine.prints.remaining_s == left
    assert machine.prints.resume()
    machine.tick(2000)
    assert state(machine) == "FINISH"


@pytest.mark.parametrize(
    ("code", "state"),
    [("0300_8003", GcodeState.PAUSE), ("0500_4003", GcodeState.FAILED)],
)
def test_the_second_half_of_a_code_decides_what_a_fault_does(
    code: str, state: GcodeState
) -> None:
    machine = printing()
    machine.misbehave("fault", print_error=code, hms="0C00_0300_0003_0008")
    assert machine.gcode_state is state
    assert machine.alarms.print_error == int(code.replace("_", ""), 16)
    assert machine.alarms.hms[0].attr == 0x0C00_0300


def test_an_empty_spool_pauses_until_somebody_brings_another() -> None:
    machine = printing()
    machine.misbehave("runout")
    machine.tick(2)
    assert state(machine) == "PAUSE"
    assert machine.prints.stage == 6
    assert machine.alarms.print_error == 0x0700_8011
    assert machine.feed.spool(0) is None
    machine.feed.put(0, spool("GFA00", "F2754E", mark="new"))
    machine.prints.resume()
    machine.tick(2000)
    assert state(machine) == "FINISH"


def test_a_twin_of_the_empty_spool_takes_over() -> None:
    slots = [spool("GFA00", "F2754E", 1, mark="a"), spool("GFA00", "F2754E", mark="b")]
    unit = Unit(0, UnitKind.AMS, [*slots, None, None])
    machine = Machine(load_model("X1C"), serial="00M00A000000001", units=[unit])
    machine.start(plan(), slots={0: 0})
    machine.tick(3000)
    assert state(machine) == "FINISH"
    assert unit.slots[0] is None
    assert slots[1].remaining_g < 1000


def test_the_last_object_cannot_be_skipped() -> None:
    machine = printing()
    assert machine.prints.skip([71])
    assert not machine.prints.skip([96])
    assert not machine.prints.skip([5])
    assert machine.prints.skipped == [71]


def test_heat_rises_straight_and_falls_ever_slower() -> None:
    machine = make("P1S")
    machine.feed.head.heater.aim(500)
    assert machine.feed.head.heater.target_c == 300
    machine.tick(30)
    warm = machine.feed.head.heater.current_c
    machine.tick(30)
    assert machine.feed.head.heater.current_c == pytest.approx(2 * warm - 24)
    machine.feed.head.heater.aim(0)
    drops = []
    for _ in range(3):
        before = machine.feed.head.heater.current_c
        machine.tick(60)
        drops.append(before - machine.feed.head.heater.current_c)
    assert drops == sorted(drops, reverse=True)


def test_drying_warms_the_unit_and_ends_by_itself() -> None:
    machine = make("H2D")
    unit = machine.feed.units[0]
    unit.dry(55, 2, "PLA")
    machine.tick(3600)
    assert unit.temperature_c == 55
    assert unit.humidity_percent < 15
    assert unit.dry_left_s == 3600
    machine.tick(3700)
    assert unit.phase is DryPhase.COOLING
    machine.tick(3600)
    assert DryPhase(unit.phase) is DryPhase.OFF


def test_units_of_two_heads_feed_one_head_each() -> None:
    machine = make("H2D")
    machine.start(plan(ORANGE, BLUE), slots={0: 1, 1: 128}, heads={0: 0, 1: 1})
    machine.tick(700)
    assert [head.loaded for head in machine.feed.heads] == [1, NOTHING]
    machine.tick(2000)
    assert state(machine) == "FINISH"
    assert machine.feed.heads[0].loaded == 1


def test_the_external_spool_is_taken_where_no_slot_is_named() -> None:
    machine = make("P1P")
    machine.feed.put(EXTERNAL, spool("GFG99", "BCBCBC", mark="x"))
    machine.start(plan())
    machine.tick(3000)
    external = machine.feed.externals[EXTERNAL]
    assert external is not None
    assert external.remaining_g == pytest.approx(980, abs=0.1)


def test_a_power_cut_loses_the_job_and_the_position() -> None:
    machine = printing()
    machine.misbehave("power_cut", for_s=60)
    assert state(machine) == "IDLE"
    assert machine.prints.job is None
    assert not machine.settings.homed
    machine.tick(61)
    assert machine.misbehaviours.names() == []


def test_the_same_machine_behaves_the_same_twice() -> None:
    runs = []
    for _ in range(2):
        machine = printing()
        runs.append(
            (machine.elapsed_s, machine.bed.current_c, machine.flicker.random())
        )
    assert runs[0] == runs[1]


def test_an_unknown_misbehaviour_is_named() -> None:
    with pytest.raises(UnknownMisbehaviour, match="grumpy"):
        make("P1S").misbehave("grumpy")


def test_a_scenario_happens_in_its_time() -> None:
    machine = printing()
    play(
        machine,
        [
            {"at_s": 10, "misbehave": "fault", "resume_after_s": 20},
            {"every_s": 100, "door": "open"},
        ],
    )
    machine.tick(11)
    assert state(machine) == "PAUSE"
    machine.tick(21)
    assert state(machine) == "RUNNING"
    machine.tick(80)
    assert machine.settings.door_open


@pytest.mark.parametrize(
    "step",
    [
        {"misbehave": "silent"},
        {"at_s": 1},
        {"at_s": 1, "misbehave": "grumpy"},
        {"at_s": 1, "every_s": 2, "resume": True},
    ],
)
def test_a_step_that_says_nothing_is_refused(step: dict[str, str | int]) -> None:
    with pytest.raises(BadScenario):
        play(make("P1S"), [step])
