"""The documents: the keys real machines send, their types, bits and packed numbers."""

import json
from pathlib import Path
from typing import Any

import pytest

from odin_engine.simulator.bambu.description import load_model, model_names
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.plan import PlanFilament, PrintPlan
from odin_engine.simulator.bambu.report import Deltas, full_report, modules

# What a recording holds and we do not: a laser module's 2D block, and keys of the vendor's
# own services.
_LEFT_OUT = {"2D", "sequence_id"}


def make(model: str) -> Machine:
    return Machine(load_model(model), serial="01P00A000000001")


def printing(model: str) -> Machine:
    machine = make(model)
    plan = PrintPlan("job", 1, 50, 600, (PlanFilament(0, "PLA", "#FF0000", 20),))
    machine.start(plan, slots={0: 0})
    machine.tick(400)
    return machine


@pytest.mark.parametrize(
    ("model", "capture"),
    [
        ("X1C", "x1c_multi_ams_full"),
        ("H2S", "h2s_full"),
        ("A1 mini", "a1mini_amslite_full"),
        ("P1P", "p1p_noams_full"),
        ("P1S", "p1s_full_and_delta"),
    ],
)
def test_reports_have_the_keys_and_types_of_recordings(
    captures: Path, model: str, capture: str
) -> None:
    real = json.loads((captures / "bambu" / f"{capture}.json").read_text())
    wanted: dict[str, Any] = real["pushall"]["print"]
    ours = json.loads(json.dumps(full_report(make(model))))
    assert set(wanted) - set(ours) <= _LEFT_OUT
    for key in set(wanted) & set(ours):
        same = {type(wanted[key]), type(ours[key])}
        assert len(same) == 1 or same == {int, float}, key


@pytest.mark.parametrize("model", model_names())
def test_firmware_and_serial_stand_in_the_first_module(model: str) -> None:
    machine = make(model)
    first = modules(machine)[0]
    assert first["name"] == "ota"
    assert first["sn"] == machine.serial
    assert first["product_name"] == machine.model.product_name


def test_two_heads_report_their_own_temperatures_and_slots() -> None:
    machine = make("H2D")
    machine.feed.heads[0].heater.aim(220)
    machine.feed.heads[1].loaded = 128
    machine.tick(10)
    device = full_report(machine)["device"]
    right, left = device["extruder"]["info"]
    assert right["temp"] >> 16 == 220
    assert left["temp"] == 24
    assert right["snow"] == 0xFFFF
    assert left["snow"] == 0x8000
    assert device["extruder"]["state"] & 0xF == 2
    assert device["nozzle"]["exist"] == 3


def test_bits_follow_units_and_trays() -> None:
    machine = make("H2D")
    machine.feed.units[0].slots[2] = None
    ams = full_report(machine)["ams"]
    assert ams["ams_exist_bits"] == "11"
    assert ams["tray_exist_bits"] == "1000b"
    assert ams["ams"][0]["tray"][2] == {"id": "2", "state": 0}
    # The second unit feeds the left head: bits 8-11 of `info`.
    assert int(ams["ams"][1]["info"], 16) >> 8 & 0xF == 1


def test_drying_shows_in_info_and_minutes() -> None:
    machine = make("H2S")
    machine.feed.units[0].dry(55, 2, "PLA")
    machine.tick(60)
    unit = full_report(machine)["ams"]["ams"][0]
    assert int(unit["info"], 16) >> 4 & 0xF == 2
    assert int(unit["info"], 16) >> 22 & 0xF == 1
    assert unit["dry_time"] == 119
    assert unit["dry_setting"]["dry_temperature"] == 55


def test_developer_mode_is_bit_29_where_the_firmware_has_the_word() -> None:
    machine = make("X1C")
    assert not int(full_report(machine)["fun"], 16) & 0x2000_0000
    machine.settings.developer_mode = False
    assert int(full_report(machine)["fun"], 16) & 0x2000_0000
    assert "fun" not in full_report(make("P1S"))


def test_an_open_door_shows_where_the_model_reports_it() -> None:
    x1c, h2d = make("X1C"), make("H2D")
    for machine in (x1c, h2d):
        machine.open_door()
    assert full_report(x1c)["home_flag"] & 1 << 23
    assert full_report(x1c)["home_flag"] < 0
    assert int(full_report(h2d)["stat"], 16) & 1 << 23


def test_machines_without_a_sensor_report_five_degrees() -> None:
    assert full_report(make("P1S"))["chamber_temper"] == 5
    assert "chamber_temper" not in full_report(make("X1C"))


def test_fans_are_strings_of_sixteenths() -> None:
    report = full_report(printing("P1S"))
    assert 11 <= int(report["cooling_fan_speed"]) <= 15
    assert report["big_fan1_speed"] in {"10", "11"}


def test_small_boards_name_the_file_and_forget_it_afterwards() -> None:
    machine = printing("P1S")
    assert machine.prints.job is not None
    machine.tick(3000)
    assert full_report(machine)["gcode_file"] == ""
    assert full_report(machine)["subtask_name"] == "job"


def test_deltas_hold_only_what_changed() -> None:
    machine, deltas = printing("P1S"), Deltas()
    assert deltas.full(machine)["msg"] == 0
    sizes = []
    for _ in range(30):
        machine.tick(2)
        delta = deltas.next(machine)
        if delta is not None:
            assert delta["msg"] == 1
            assert delta["command"] == "push_status"
            sizes.append(len(delta) + 1)
    assert 4 <= sum(sizes) / len(sizes) <= 7


def test_a_delta_sends_a_changed_unit_whole_and_without_neighbours() -> None:
    machine, deltas = make("P1S"), Deltas()
    deltas.full(machine)
    machine.feed.units[0].temperature_c = 31.5
    delta = deltas.next(machine)
    assert delta is not None
    assert set(delta["ams"]) == {"ams"}
    assert len(delta["ams"]["ams"][0]["tray"]) == 4


def test_a_delta_of_the_tray_in_use_has_no_list_of_units() -> None:
    machine, deltas = make("P1S"), Deltas()
    deltas.full(machine)
    machine.feed.head.loaded = 2
    delta = deltas.next(machine)
    assert delta is not None
    assert delta["ams"] == {"tray_now": "2"}


@pytest.mark.parametrize("model", model_names())
def test_a_whole_print_never_contradicts_itself(model: str) -> None:
    machine = make(model)
    filaments = (
        PlanFilament(0, "PLA", "#FF0000", 12),
        PlanFilament(1, "PLA", "#00F", 9),
    )
    plan = PrintPlan("job", 1, 80, 2400, filaments)
    machine.start(plan, slots={0: 0, 1: 2} if machine.feed.units else {})
    before = full_report(machine)
    while before["gcode_state"] != "FINISH":
        machine.tick(7)
        report = full_report(machine)
        json.dumps(report)
        assert report["layer_num"] >= before["layer_num"]
        assert report["mc_percent"] >= before["mc_percent"]
        assert report["mc_remaining_time"] <= before["mc_remaining_time"]
        if report["mc_percent"] < 100:
            shown_min = 40 * (1 - report["mc_percent"] / 100)
            assert abs(report["mc_remaining_time"] - shown_min) < 1.5
        for name in ("nozzle", "bed"):
            assert 20 <= report[f"{name}_temper"] <= 230
        assert (report["layer_num"] > 0) <= (report["stg_cur"] in {0, 4, 255, -1})
        assert abs(report["nozzle_temper"] - before["nozzle_temper"]) < 50
        before = report
        assert machine.elapsed_s < 4000
    assert before["layer_num"] == 80
    assert before["mc_remaining_time"] == 0
    machine.tick(3 * 3600)
    cold = full_report(machine)
    assert cold["gcode_state"] == "FINISH"
    assert cold["nozzle_temper"] < 26
    assert cold["bed_temper"] < 26


def test_units_that_wake_up_do_not_know_yet_what_they_hold() -> None:
    machine = make("P1S")
    machine.misbehave("power_cut")
    machine.behave("power_cut")
    assert full_report(machine)["ams"]["tray_exist_bits"] == "0"
    assert full_report(machine)["ams"]["power_on_flag"] is False
    machine.tick(20)
    assert full_report(machine)["ams"]["tray_exist_bits"] == "f"


def test_trays_that_stand_in_for_one_another_are_grouped() -> None:
    machine = make("P1S")
    unit = machine.feed.units[0]
    unit.slots[3] = unit.slots[0]
    assert full_report(machine)["filam_bak"] == [0b1001]


def test_a_head_on_its_way_is_neither_of_the_two() -> None:
    machine = make("H2D")
    machine.feed.switches_to = machine.feed.heads[1]
    word = full_report(machine)["device"]["extruder"]["state"]
    assert (word & 0xF, word >> 4 & 0xF, word >> 8 & 0xF) == (2, 0xF, 1)
