"""The machine on its own clock: what happens, in which order, with what effect."""

import pytest

from odin_engine.simulator.bambu.description import (
    UnknownModel,
    load_model,
    model_names,
)
from odin_engine.simulator.bambu.machine import GcodeState, Machine
from odin_engine.simulator.bambu.machine.misbehaviour import UnknownMisbehaviour
from odin_engine.simulator.bambu.machine.plan import Options, PlanFilament, PrintPlan
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


def test_going_on_after_a_runout_feeds_a_fresh_spool_of_the_kind() -> None:
    machine = printing()
    worn = machine.feed.spool(0)
    assert worn is not None
    machine.misbehave("runout")
    machine.tick(2)
    assert machine.feed.now == NOTHING
    machine.prints.resume()
    machine.tick(3)
    assert machine.prints.stage == 4
    fresh = machine.feed.spool(0)
    assert fresh is not None
    assert fresh.color == worn.color
    assert fresh.tag_uid != worn.tag_uid
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


def test_a_bed_takes_minutes_a_nozzle_one_and_both_pass_their_target() -> None:
    machine = make("P1S")
    nozzle, bed = machine.feed.head.heater, machine.bed
    nozzle.aim(500)
    assert nozzle.target_c == 300
    nozzle.aim(220)
    bed.aim(60)
    ready: dict[str, int] = {}
    highest = {"nozzle": 0.0, "bed": 0.0}
    for second in range(600):
        machine.tick(1)
        for name, heater in (("nozzle", nozzle), ("bed", bed)):
            highest[name] = max(highest[name], heater.current_c)
            if heater.is_ready:
                ready.setdefault(name, second)
    assert 45 <= ready["nozzle"] <= 90
    assert 100 <= ready["bed"] <= 200
    assert 220.3 < highest["nozzle"] < 224
    assert 60.1 < highest["bed"] < 62
    assert nozzle.current_c == pytest.approx(220, abs=0.1)


def test_what_is_hot_cools_ever_slower_to_the_room() -> None:
    machine = make("P1S")
    heater = machine.feed.head.heater
    heater.aim(220)
    machine.tick(120)
    heater.aim(0)
    machine.tick(20)
    drops = []
    for _ in range(3):
        before = heater.current_c
        machine.tick(60)
        drops.append(before - heater.current_c)
    assert drops == sorted(drops, reverse=True)
    machine.tick(7200)
    assert heater.current_c == 24


def test_a_reading_is_never_quite_still() -> None:
    machine = make("X1C")
    machine.feed.head.heater.aim(220)
    machine.tick(300)
    seen = set()
    for _ in range(120):
        machine.tick(1)
        seen.add(round(machine.feed.head.heater.reading_c))
    assert seen == {219, 220, 221}


def test_layers_take_their_own_time_and_the_first_the_longest() -> None:
    machine = make("P1S")
    machine.start(plan(minutes=60), slots={0: 0})
    began: dict[int, float] = {}
    while machine.prints.layer < 50:
        machine.tick(1)
        began.setdefault(machine.prints.layer, machine.elapsed_s)
    times = [began[layer + 1] - began[layer] for layer in range(1, 50)]
    assert times[0] == max(times)
    assert max(times[1:]) > 1.3 * min(times)


def test_the_nozzle_is_too_cold_to_drip_while_the_bed_is_measured() -> None:
    machine = make("P1S")
    machine.start(plan(), slots={0: 0})
    while machine.prints.stage != 1:
        machine.tick(1)
    machine.tick(20)
    assert machine.prints.stage == 1
    assert 130 < machine.feed.head.heater.current_c < 160
    while machine.prints.layer == 0:
        machine.tick(1)
    assert machine.feed.head.heater.current_c > 218


def test_a_long_pause_lets_the_nozzle_cool_and_going_on_heats_it_again() -> None:
    machine = printing()
    machine.prints.pause()
    machine.tick(3600)
    assert machine.feed.head.heater.current_c < 100
    left = machine.prints.remaining_s
    machine.prints.resume()
    machine.tick(3)
    assert machine.prints.stage == 7
    assert machine.prints.remaining_s == pytest.approx(left, abs=2)
    machine.tick(2000)
    assert state(machine) == "FINISH"


def test_a_lidar_looks_at_the_first_layer_when_it_is_asked_to() -> None:
    machine = make("X1C")
    stages = []
    machine.watch(lambda: stages.append(machine.prints.stage))
    options = Options(inspects_layer=True)
    machine.start(plan(), slots={0: 0}, options=options)
    machine.tick(2000)
    assert 10 in stages


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


def test_before_it_dries_a_unit_looks_at_its_spools() -> None:
    unit = make("H2D").feed.units[0]
    unit.dry(65, 8, "PETG")
    unit.tick(10)
    assert unit.phase is DryPhase.CHECKING
    unit.tick(15)
    assert DryPhase(unit.phase) is DryPhase.DRYING
    assert unit.temperature_c < 27


def test_the_air_in_a_unit_drifts() -> None:
    machine = make("P1S")
    unit = machine.feed.units[0]
    readings = set()
    for _ in range(48):
        machine.tick(1800)
        readings.add((round(unit.temperature_c, 1), round(unit.humidity_percent)))
    assert len(readings) > 5
    assert all(23 < warm < 28 and 15 < damp < 32 for warm, damp in readings)


def test_units_of_two_heads_feed_one_head_each() -> None:
    machine = make("H2D")
    machine.start(plan(ORANGE, BLUE), slots={0: 1, 1: 128}, heads={0: 0, 1: 1})
    machine.tick(700)
    assert [head.loaded for head in machine.feed.heads] == [1, NOTHING]
    machine.tick(2000)
    assert state(machine) == "FINISH"
    assert machine.feed.heads[0].loaded == 1


def test_a_twin_for_the_other_head_is_no_twin() -> None:
    worn = spool("GFA00", "F2754E", 1, mark="a")
    units = [
        Unit(0, UnitKind.PRO, [worn, None, None, None]),
        Unit(128, UnitKind.HT, [spool("GFA00", "F2754E", mark="b")], head=1),
    ]
    machine = Machine(load_model("H2D"), serial="09400A000000001", units=units)
    machine.start(plan(), slots={0: 0})
    machine.tick(3000)
    assert state(machine) == "PAUSE"
    assert machine.feed.spool(128) is not None


def test_the_head_that_waits_stays_warm_and_a_switch_is_seen() -> None:
    machine = make("H2D")
    switching = []
    machine.watch(lambda: switching.append(machine.feed.switches_to is not None))
    machine.start(plan(ORANGE, BLUE), slots={0: 1, 1: 128}, heads={0: 0, 1: 1})
    while machine.feed.head.number == 0 and machine.elapsed_s < 3000:
        machine.tick(1)
    assert True in switching
    assert 120 < machine.feed.heads[0].heater.target_c < 200


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
    assert machine.feed.boots_for_s > 0
    assert machine.feed.now == 0
    machine.tick(20)
    assert machine.feed.boots_for_s <= 0


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
