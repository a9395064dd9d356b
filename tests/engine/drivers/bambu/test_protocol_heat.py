"""Temperatures, fans and nozzles; two heads above all."""

from typing import Any

import pytest

from odin_engine.printers.model import Fans, Heat, Nozzle
from tests.engine.drivers.bambu.talk import A1, H2C, H2D, H2S, P1S, P2S, X1C, X2D, Talk

X1E, A2L = "03W00A000000001", "26A00A000000001"


def packed(current: int, target: int = 0) -> int:
    return target << 16 | current


def heads(*rows: dict[str, Any], current: int = 0, **fields: object) -> dict[str, Any]:
    """`device` of a machine with these heads, `current` being in use."""
    state = len(rows) | current << 4 | 0xF << 8
    return {"extruder": {"info": list(rows), "state": state}, **fields}


def test_flat_temperatures_of_one_head() -> None:
    state = Talk(A1).full(
        nozzle_temper=219.5,
        nozzle_target_temper=220,
        bed_temper="60.25",
        bed_target_temper=60,
        chamber_temper=5,
    )
    assert state.temperatures.nozzles == (Heat(219.5, 220),)
    assert state.temperatures.bed == Heat(60.25, 60)
    assert state.temperatures.chamber is None


@pytest.mark.parametrize("serial", [A1, P1S, A2L])
def test_five_degrees_is_no_sensor(serial: str) -> None:
    state = Talk(serial).full(chamber_temper=5)
    assert state.temperatures.chamber is None
    assert state.capabilities.has_chamber_sensor is False


def test_packed_temperatures_count_before_flat_ones() -> None:
    state = Talk(H2S).full(
        nozzle_temper=1.0,
        bed_temper=2.0,
        chamber_temper=3.0,
        info={"temp": packed(4)},
        device={
            "bed": {"info": {"temp": packed(55, 60)}},
            "bed_temp": packed(54, 60),
            "ctc": {"info": {"temp": packed(38, 45)}},
            "extruder": {"info": [{"id": 0, "temp": 0x00DC00C8}], "state": 1},
        },
    )
    assert state.temperatures.nozzles == (Heat(200, 220),)
    assert state.temperatures.bed == Heat(55, 60)
    assert state.temperatures.chamber == Heat(38, 45)


def test_other_places_for_packed_temperatures() -> None:
    state = Talk(H2S).full(
        device={"bed_temp": packed(54, 60), "cham_temp": packed(37, 40)}
    )
    assert state.temperatures.bed == Heat(54, 60)
    assert state.temperatures.chamber == Heat(37, 40)
    state = Talk(H2S).full(info={"temp": packed(60, 60)})
    assert state.temperatures.chamber == Heat(60, 60)


def test_flat_deltas_after_a_packed_report_are_newer() -> None:
    talk = Talk(X1C)
    talk.full(
        nozzle_temper=26.0,
        bed_temper=23.0,
        device={
            "bed": {"info": {"temp": packed(23)}},
            "extruder": {"info": [{"id": 0, "temp": packed(26)}], "state": 1},
        },
    )
    state = talk.says(bed_temper=40.5, bed_target_temper=60, nozzle_temper=99.5)
    assert state.temperatures.bed == Heat(40.5, 60)
    assert state.temperatures.nozzles == (Heat(99.5, None),)
    state = talk.says(device={"bed": {"info": {"temp": packed(41, 60)}}})
    assert state.temperatures.bed == Heat(41, 60)
    assert state.temperatures.nozzles == (Heat(99.5, None),)
    rows = [{"id": 0, "temp": packed(26)}]
    state = talk.says(wifi_signal="-40dBm", device={"extruder": {"info": rows}})
    assert state.temperatures.nozzles == (Heat(26, 0),)


@pytest.mark.parametrize(
    ("serial", "fields", "heat"),
    [
        (X1C, {"chamber_temper": 36.0, "ctt": 0}, Heat(36.0)),
        (X1E, {"chamber_temper": 36.0, "ctt": 45}, Heat(36.0, 45)),
        (X1E, {"chamber_temper": 36.0, "ctt": 0}, Heat(36.0, 0)),
        (H2D, {"device": {"ctc": {"info": {"temp": 30}}}, "ctt": 55}, Heat(30, 55)),
        (P2S, {"device": {"ctc": {"info": {"temp": 30}}}}, Heat(30)),
    ],
)
def test_chamber_targets(serial: str, fields: dict[str, Any], heat: Heat) -> None:
    assert Talk(serial).full(**fields).temperatures.chamber == heat


def test_two_heads_ignore_the_flat_fields() -> None:
    talk = Talk(H2D)
    state = talk.full(
        nozzle_temper=250.0,
        nozzle_target_temper=250.0,
        device=heads(
            {"id": 1, "temp": packed(38)}, {"id": 0, "temp": packed(247, 250)}
        ),
    )
    assert state.temperatures.nozzles == (Heat(247, 250), Heat(38, 0))
    state = talk.says(nozzle_temper=38.0, nozzle_target_temper=0.0)
    assert state.temperatures.nozzles == (Heat(247, 250), Heat(38, 0))
    state = talk.says(device={"extruder": {"info": [{"id": 1, "temp": packed(39)}]}})
    assert state.temperatures.nozzles == (Heat(247, 250), Heat(39, 0))


@pytest.mark.parametrize("serial", [H2D, X2D, H2C])
def test_two_heads_before_they_were_heard(serial: str) -> None:
    state = Talk(serial).says(nozzle_temper=250.0)
    assert state.temperatures.nozzles == (Heat(), Heat())
    assert state.capabilities.heads == 2


@pytest.mark.parametrize("value", [1e9, "hot", None, [], -400, True])
def test_absurd_temperatures_are_unknown(value: object) -> None:
    state = Talk(A1).full(nozzle_temper=value, bed_temper=value)
    assert state.temperatures.nozzles == (Heat(),)
    assert state.temperatures.bed is None


def test_temperatures_that_did_not_change_stay_the_same_objects() -> None:
    talk = Talk(A1)
    before = talk.full(nozzle_temper=20.0, bed_temper=20.0).temperatures
    after = talk.says(bed_temper=21.0).temperatures
    assert after is not before
    assert after.nozzles is before.nozzles


@pytest.mark.parametrize(
    ("step", "percent"),
    [("0", 0), ("1", 7), ("8", 53), ("15", 100), (15, 100), ("99", 100)],
)
def test_fan_steps(step: object, percent: int) -> None:
    assert Talk(P1S).full(cooling_fan_speed=step).fans.part_pct == percent


def test_fans_of_a_machine_without_them() -> None:
    state = Talk(A1).full(
        cooling_fan_speed="3",
        big_fan1_speed="0",
        big_fan2_speed="0",
        heatbreak_fan_speed="15",
    )
    assert state.fans == Fans(part_pct=20, heatbreak_pct=100)


def test_fan_gear_where_the_steps_are_missing() -> None:
    assert Talk(P1S).full(fan_gear=0xFF8000).fans == Fans(
        part_pct=0, aux_pct=50, chamber_pct=100
    )


def test_air_duct_counts_before_steps_and_merges_by_part() -> None:
    talk = Talk(P2S)
    talk.full(
        cooling_fan_speed="15",
        device={
            "airduct": {
                "parts": [
                    {"id": 16, "state": 10},
                    {"id": 32, "state": 0x6400 | 20},
                    {"id": 48, "state": 30},
                    {"id": 96, "state": 100},
                    {"id": 160, "state": 40},
                ]
            }
        },
    )
    fans = talk.state.fans
    assert (fans.part_pct, fans.aux_pct, fans.chamber_pct) == (10, 20, 30)
    assert fans.aux_left_pct == 40
    talk.says(device={"airduct": {"parts": [{"id": 48, "state": 35}]}})
    assert talk.state.fans.chamber_pct == 35
    assert talk.state.fans.aux_left_pct == 40
    inventory = [{"id": 16, "state": 1}, {"id": 32, "state": 2}]
    talk.says(device={"airduct": {"parts": inventory}})
    assert talk.state.fans.part_pct == 1
    assert talk.state.fans.aux_left_pct is None


def test_flat_nozzle() -> None:
    state = Talk(P1S).full(nozzle_diameter="0.4", nozzle_type="hardened_steel")
    assert state.nozzles == (
        Nozzle(
            0,
            diameter_mm=0.4,
            material="hardened_steel",
            code="hardened_steel",
            is_active=True,
        ),
    )


@pytest.mark.parametrize(
    ("code", "material", "flow"),
    [
        ("HS00", "stainless_steel", "standard"),
        ("HS01", "hardened_steel", "standard"),
        ("HH01", "hardened_steel", "high"),
        ("HS05-0.4", "tungsten_carbide", "standard"),
        ("HX01", "hardened_steel", None),
        ("stainless_steel", "stainless_steel", None),
        ("??", None, None),
    ],
)
def test_nozzle_codes(code: str, material: str | None, flow: str | None) -> None:
    (nozzle,) = Talk(P1S).full(nozzle_type=code).nozzles
    assert (nozzle.material, nozzle.flow, nozzle.code) == (material, flow, code)


def test_two_nozzles_and_which_is_in_use() -> None:
    rows = [
        {"id": 0, "diameter": 0.4000000059604645, "type": "HS01", "wear": 3},
        {"id": 1, "diameter": 0.6, "type": "HH01", "wear": 0},
    ]
    talk = Talk(H2D)
    state = talk.full(
        nozzle_diameter="0.8",
        device=heads(
            {"id": 0, "temp": 25},
            {"id": 1, "temp": 25},
            nozzle={"exist": 3, "info": rows},
        ),
    )
    right, left = state.nozzles
    assert (right.id, right.diameter_mm, right.is_active) == (0, 0.4, True)
    assert (left.id, left.diameter_mm, left.flow, left.is_active) == (
        1,
        0.6,
        "high",
        False,
    )
    talk.says(device={"extruder": {"state": 2 | 1 << 4}})
    assert [nozzle.is_active for nozzle in talk.state.nozzles] == [False, True]
    talk.says(device={"extruder": {"state": 2 | 0xF << 4 | 1 << 8}})
    assert [nozzle.is_active for nozzle in talk.state.nozzles] == [False, False]


def test_hotend_rack() -> None:
    rows = [
        {"id": 0, "diameter": 0.4, "type": "HS01"},
        {"id": 1, "diameter": 0.4, "type": "HS01"},
        {"id": 17, "diameter": 0.2, "type": "HS00"},
        {"id": 18, "diameter": 0.8, "type": "HH01"},
        {"id": 19, "diameter": 0.6, "type": "HH01"},
    ]
    exist = 0b11 | 1 << 17 | 1 << 18
    state = Talk(H2C).full(
        device=heads(
            {"id": 0, "temp": 25, "hnow": 18},
            {"id": 1, "temp": 25, "hnow": 1},
            nozzle={"exist": exist, "info": rows},
        )
    )
    assert [(n.id, n.diameter_mm, n.is_mounted) for n in state.nozzles] == [
        (0, 0.8, True),
        (1, 0.4, True),
        (17, 0.2, False),
    ]


def test_a_head_without_a_nozzle() -> None:
    state = Talk(H2D).full(
        device=heads(
            {"id": 0, "temp": 25},
            {"id": 1, "temp": 25},
            nozzle={"exist": 1, "info": [{"id": 0, "type": "HS01"}]},
        )
    )
    assert [nozzle.is_mounted for nozzle in state.nozzles] == [True, False]
