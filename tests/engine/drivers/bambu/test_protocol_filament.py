"""Units, slots and the filament path: merge rules (§5.1) and meaning (§6.4)."""

from typing import Any

import pytest

from odin_engine.printers.model import (
    ColorKind,
    Drying,
    DryingBounds,
    DryingStatus,
    FilamentChange,
    FilamentUnit,
    PrinterState,
    Slot,
    SlotRef,
    UnitKind,
)
from tests.engine.drivers.bambu.talk import A1, H2D, H2S, P1S, X1C, Talk

A2L = "26A00A000000001"
NO_TAG = {"tag_uid": "0" * 16, "tray_uuid": "0" * 32}
TAG = {"tag_uid": "51BF9F3763CF0100", "tray_uuid": "66A2EFC05068E45368F5B6235A8F32F6"}


def tray(slot: int, **fields: object) -> dict[str, Any]:
    """A slot with a tagged spool, as the printer describes it."""
    return {
        "id": str(slot),
        "tray_type": "PLA",
        "tray_info_idx": "GFA00",
        "tray_sub_brands": "PLA Basic",
        "tray_color": "FF6A13FF",
        "cols": ["FF6A13FF"],
        "ctype": 0,
        "remain": 80,
        "state": 11,
        **TAG,
        **fields,
    }


def unit(number: int, *trays: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {"id": str(number), "tray": list(trays), **fields}


def ams(*units: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {"ams": list(units), **fields}


def slot_of(state: PrinterState, number: int, slot: int) -> Slot:
    for found in state.filament_units:
        if found.id == number:
            return next(s for s in found.slots if s.id == slot)
    raise AssertionError(f"no unit {number}")


def unit_of(state: PrinterState, number: int) -> FilamentUnit:
    return next(found for found in state.filament_units if found.id == number)


def ids(state: PrinterState) -> list[int]:
    return [found.id for found in state.filament_units]


def test_a_slot_in_full() -> None:
    state = Talk(X1C).full(
        ams=ams(
            unit(
                0,
                tray(
                    2,
                    tray_weight="1000",
                    tray_diameter="1.75",
                    nozzle_temp_min="190",
                    nozzle_temp_max="230",
                    bed_temp="35",
                    drying_temp="55",
                    drying_time="8",
                    cali_idx=667,
                    k=0.019999999552965164,
                ),
            ),
            ams_exist_bits="1",
            tray_exist_bits="4",
            tray_now="2",
        )
    )
    assert slot_of(state, 0, 2) == Slot(
        id=2,
        is_occupied=True,
        is_active=True,
        material="PLA",
        preset_id="GFA00",
        product="PLA Basic",
        color="#FF6A13FF",
        colors=("#FF6A13FF",),
        color_kind=ColorKind.SOLID,
        remaining_pct=80,
        spool_weight_g=1000,
        diameter_mm=1.75,
        nozzle_min_c=190,
        nozzle_max_c=230,
        bed_c=35,
        drying_c=55,
        drying_hours=8,
        k=0.02,
        calibration_index=667,
        tag_uid=TAG["tag_uid"],
        spool_uid=TAG["tray_uuid"],
    )
    assert state.active_slot == SlotRef(0, 2)


def test_what_zero_and_minus_one_mean() -> None:
    state = Talk(P1S).full(
        ams=ams(
            unit(
                0,
                tray(
                    0,
                    **NO_TAG,
                    remain=-1,
                    tray_weight="0",
                    tray_diameter="0.00",
                    nozzle_temp_min="0",
                    bed_temp="0",
                    tray_temp="55",
                    tray_time="8",
                    cali_idx=-1,
                    tray_sub_brands="",
                ),
            ),
            ams_exist_bits="1",
            tray_exist_bits="1",
        )
    )
    slot = slot_of(state, 0, 0)
    assert (slot.remaining_pct, slot.spool_weight_g, slot.diameter_mm) == (
        None,
        None,
        None,
    )
    assert (slot.nozzle_min_c, slot.bed_c, slot.calibration_index) == (None, None, None)
    assert (slot.drying_c, slot.drying_hours) == (55, 8)
    assert (slot.product, slot.tag_uid, slot.spool_uid) == (None, None, None)


@pytest.mark.parametrize(
    ("tags", "remain", "percent"),
    [
        (TAG, 0, 0),
        (TAG, 100, 100),
        (TAG, "63", 63),
        (TAG, -1, None),
        (TAG, 101, None),
        (NO_TAG, 100, None),
        (NO_TAG, 0, None),
        ({**NO_TAG, "tag_uid": "51BF9F3763CF0100"}, 40, 40),
    ],
)
def test_remaining_is_known_of_tagged_spools_only(
    tags: dict[str, str], remain: object, percent: int | None
) -> None:
    state = Talk(A1).full(ams=ams(unit(0, tray(0, **tags, remain=remain))))
    assert slot_of(state, 0, 0).remaining_pct == percent


@pytest.mark.parametrize(
    ("fields", "color", "colors", "kind"),
    [
        ({"tray_color": "d6abff80"}, "#D6ABFF80", ("#FF6A13FF",), ColorKind.SOLID),
        ({"tray_color": "00000000"}, "#00000000", ("#FF6A13FF",), ColorKind.SOLID),
        ({"tray_color": "112233"}, "#112233FF", ("#FF6A13FF",), ColorKind.SOLID),
        ({"tray_color": "nope"}, None, ("#FF6A13FF",), ColorKind.SOLID),
        ({"tray_color": 5, "cols": "x"}, None, (), ColorKind.SOLID),
        (
            {"cols": ["FF0000FF", "00FF00FF"], "ctype": 0},
            "#FF6A13FF",
            ("#FF0000FF", "#00FF00FF"),
            ColorKind.MULTI,
        ),
        (
            {"cols": ["FF0000FF", None, "00FF00FF"], "ctype": 1},
            "#FF6A13FF",
            ("#FF0000FF", "#00FF00FF"),
            ColorKind.GRADIENT,
        ),
        ({"tray_type": "", "tray_color": "00000000"}, None, (), ColorKind.SOLID),
    ],
)
def test_colors(
    fields: dict[str, Any], color: str | None, colors: tuple[str, ...], kind: ColorKind
) -> None:
    slot = slot_of(Talk(X1C).full(ams=ams(unit(0, tray(0, **fields)))), 0, 0)
    assert (slot.color, slot.colors, slot.color_kind) == (color, colors, kind)


@pytest.mark.parametrize(
    ("number", "fields", "kind", "name"),
    [
        (0, {"info": "1001"}, UnitKind.AMS, "AMS A"),
        (1, {"info": "1002"}, UnitKind.AMS_LITE, "AMS Lite B"),
        (2, {"info": "142023"}, UnitKind.AMS_2_PRO, "AMS C"),
        (128, {"info": "2004"}, UnitKind.AMS_HT, "AMS HT A"),
        (130, {}, UnitKind.AMS_HT, "AMS HT C"),
        (16, {"info": "5"}, UnitKind.AMS_LITE, "AMS Lite A"),
        (3, {"info": "F"}, UnitKind.UNKNOWN, "AMS D"),
        (3, {"info": "zz"}, UnitKind.AMS, "AMS D"),
        (99, {}, UnitKind.AMS, "AMS 99"),
    ],
)
def test_kinds_and_names(
    number: int, fields: dict[str, Any], kind: UnitKind, name: str
) -> None:
    found = unit_of(Talk(X1C).full(ams=ams(unit(number, **fields))), number)
    assert (found.kind, found.name) == (kind, name)


@pytest.mark.parametrize(
    ("module", "number", "kind"),
    [
        ("ams/0", 0, UnitKind.AMS),
        ("ams_f1/0", 0, UnitKind.AMS_LITE),
        ("n3f/0", 0, UnitKind.AMS_2_PRO),
        ("n3s/128", 128, UnitKind.AMS_HT),
    ],
)
def test_modules_say_kind_serial_and_firmware(
    module: str, number: int, kind: UnitKind
) -> None:
    talk = Talk(X1C)
    talk.versions({"name": module, "sn": "SN1", "sw_ver": "1.2.3"})
    found = unit_of(talk.full(ams=ams(unit(number))), number)
    assert (found.kind, found.serial, found.firmware) == (kind, "SN1", "1.2.3")


def test_an_a1_without_more_signs_has_a_lite() -> None:
    assert unit_of(Talk(A1).full(ams=ams(unit(0))), 0).kind is UnitKind.AMS_LITE


@pytest.mark.parametrize(
    ("info", "nozzle"), [("1003", 0), ("1103", 1), ("1E03", None), ("", None)]
)
def test_which_head_a_unit_feeds(info: str, nozzle: int | None) -> None:
    assert unit_of(Talk(H2D).full(ams=ams(unit(0, info=info))), 0).nozzle == nozzle


@pytest.mark.parametrize(
    ("fields", "celsius", "percent", "level"),
    [
        ({"temp": "26.2", "humidity": "5", "humidity_raw": "8"}, 26.2, 8, 5),
        ({"temp": "0.0", "humidity": "3", "humidity_raw": "0"}, None, None, 3),
        ({"temp": "45.2", "humidity": "0", "humidity_raw": "12"}, 45.2, 12, None),
        ({"humidity": "9", "humidity_raw": "900"}, None, None, None),
        ({}, None, None, None),
    ],
)
def test_climate(
    fields: dict[str, Any],
    celsius: float | None,
    percent: int | None,
    level: int | None,
) -> None:
    found = unit_of(Talk(X1C).full(ams=ams(unit(0, **fields))), 0)
    assert (found.temperature_c, found.humidity_pct, found.humidity_level) == (
        celsius,
        percent,
        level,
    )


def test_a_lite_feels_no_air() -> None:
    air = {"temp": "0.0", "humidity": "5", "humidity_raw": "0"}
    marked = unit_of(Talk(A1).full(ams=ams(unit(0, info="1002", **air))), 0)
    mixed = unit_of(Talk(A2L).full(ams=ams(unit(16, info="1005", **air))), 16)
    bare = unit_of(Talk(A1).full(ams=ams(unit(0, humidity="5", temp="0.0"))), 0)
    for found in (marked, mixed, bare):
        assert found.kind is UnitKind.AMS_LITE
        assert (found.humidity_pct, found.humidity_level) == (None, None)
        assert found.temperature_c is None


@pytest.mark.parametrize(
    ("info", "most"), [("1001", None), ("1002", None), ("1003", 65), ("2004", 85)]
)
def test_within_which_bounds_units_dry(info: str, most: int | None) -> None:
    number = 128 if info == "2004" else 0
    found = unit_of(Talk(X1C).full(ams=ams(unit(number, info=info))), number)
    assert (found.drying is None) == (most is None)
    bounds = None if most is None else DryingBounds(35, most, 1, 24)
    assert found.drying_bounds == bounds


def test_drying() -> None:
    talk = Talk(X1C)
    talk.full(
        ams=ams(
            unit(
                2,
                info="142023",
                dry_time=583,
                dry_setting={
                    "dry_filament": "ABS",
                    "dry_temperature": 80,
                    "dry_duration": 12,
                },
                dry_sf_reason=[0, 8, 42],
            )
        )
    )
    assert unit_of(talk.state, 2).drying == Drying(
        status=DryingStatus.DRYING,
        remaining_s=34980,
        target_c=80,
        duration_s=43200,
        material="ABS",
        blocked_by=("printing", "needs_power_adapter", "reason_42"),
    )
    talk.says(ams=ams(unit(2, humidity="4")))
    drying = unit_of(talk.state, 2).drying
    assert drying is not None
    assert drying.remaining_s == 34980, "absence is not zero (BB #1462)"
    talk.says(ams=ams(unit(2, dry_time=0, info="142003")))
    drying = unit_of(talk.state, 2).drying
    assert drying is not None
    assert (drying.status, drying.remaining_s) == (DryingStatus.OFF, 0)


@pytest.mark.parametrize(
    ("bits", "status"),
    [
        (0, DryingStatus.OFF),
        (1, DryingStatus.CHECKING),
        (2, DryingStatus.DRYING),
        (3, DryingStatus.COOLING),
        (4, DryingStatus.STOPPING),
        (5, DryingStatus.ERROR),
        (6, DryingStatus.ERROR),
        (7, DryingStatus.CHECKING),
        (9, DryingStatus.OFF),
    ],
)
def test_drying_phases(bits: int, status: DryingStatus) -> None:
    found = unit_of(Talk(X1C).full(ams=ams(unit(128, info=f"20{bits}4"))), 128)
    assert found.drying is not None
    assert found.drying.status is status


def test_only_units_that_can_dry_do() -> None:
    state = Talk(X1C).full(ams=ams(unit(0, info="1001", dry_time=0)))
    assert unit_of(state, 0).drying is None
    assert "start_drying" not in state.capabilities.commands
    state = Talk(X1C).full(ams=ams(unit(0, info="1003", dry_time=0)))
    assert "start_drying" in state.capabilities.commands


def test_a_delta_with_siblings_only_keeps_the_units() -> None:
    talk = Talk(P1S)
    talk.full(ams=ams(unit(0, tray(0), tray(1)), tray_now="255"))
    talk.says(ams={"tray_now": "1"})
    assert slot_of(talk.state, 0, 1).is_active
    assert slot_of(talk.state, 0, 0).material == "PLA"
    assert talk.happened == []


def test_a_delta_with_one_unit_keeps_the_other() -> None:
    talk = Talk(P1S)
    talk.full(ams=ams(unit(0, tray(0)), unit(1, tray(0)), ams_exist_bits="3"))
    before = unit_of(talk.state, 0)
    talk.says(ams=ams(unit(1, tray(0, tray_type="PETG"))))
    assert slot_of(talk.state, 1, 0).material == "PETG"
    assert unit_of(talk.state, 0) == before


def test_a_delta_of_a_slot_keeps_its_ids() -> None:
    talk = Talk(P1S)
    talk.full(
        ams=ams(unit(0, tray(0), tray(1)), ams_exist_bits="1", tray_exist_bits="3")
    )
    talk.says(ams=ams(unit(0, {"id": "0", "remain": 79})))
    slot = slot_of(talk.state, 0, 0)
    assert (slot.remaining_pct, slot.spool_uid) == (79, TAG["tray_uuid"])
    assert slot_of(talk.state, 0, 1).material == "PLA"


@pytest.mark.parametrize("bare", [{"id": "1"}, {"id": "1", "state": 10}])
def test_an_emptied_slot_forgets_what_it_held(bare: dict[str, Any]) -> None:
    talk = Talk(P1S)
    talk.full(
        gcode_state="IDLE",
        ams=ams(unit(0, tray(0), tray(1)), ams_exist_bits="1", tray_exist_bits="3"),
    )
    talk.says(ams=ams(unit(0, bare), tray_exist_bits="1"))
    assert slot_of(talk.state, 0, 1) == Slot(1, is_occupied=False)
    assert talk.happened == ["SlotChanged"]
    talk.says(ams={"tray_exist_bits": "3"})
    assert slot_of(talk.state, 0, 1).material is None, "the old spool is not back"


def test_the_bit_alone_empties_a_slot() -> None:
    talk = Talk(P1S)
    talk.full(ams=ams(unit(0, tray(0)), ams_exist_bits="1", tray_exist_bits="1"))
    talk.says(ams={"tray_exist_bits": "0", "power_on_flag": True})
    assert slot_of(talk.state, 0, 0) == Slot(0, is_occupied=False)


def test_no_bits_at_all_while_the_unit_does_not_read_at_power_on() -> None:
    # BB #765: an AMS that sleeps says "0" and still describes its spools.
    talk = Talk(P1S)
    state = talk.full(
        ams=ams(
            unit(0, tray(0)),
            ams_exist_bits="1",
            tray_exist_bits="0",
            power_on_flag=False,
        )
    )
    assert slot_of(state, 0, 0).material == "PLA"
    assert slot_of(state, 0, 0).is_occupied is True
    # A slot that it names without describing is empty all the same.
    state = talk.says(ams=ams(unit(0, {"id": "0", "state": 10})))
    assert slot_of(state, 0, 0) == Slot(0, is_occupied=False)


def test_a_spool_that_the_printer_cannot_name_is_still_there() -> None:
    state = Talk(P1S).full(
        ams=ams(
            unit(0, {"id": "0", "state": 9}), ams_exist_bits="1", tray_exist_bits="1"
        )
    )
    assert slot_of(state, 0, 0) == Slot(0, is_occupied=True)


def test_bits_of_every_kind_of_unit() -> None:
    state = Talk(X1C).full(
        ams=ams(
            unit(0, tray(0), tray(3)),
            unit(2, tray(1)),
            unit(16, tray(0), tray(1)),
            unit(128, tray(0)),
            unit(129, tray(0)),
            ams_exist_bits=f"{0b1_0000_0011_0101:x}",
            tray_exist_bits=f"{1 << 3 | 1 << 9 | 1 << 16 | 1 << 25:x}",
        )
    )
    found = {
        (found.id, slot.id): slot.is_occupied
        for found in state.filament_units
        for slot in found.slots
    }
    assert found == {
        (0, 0): False,
        (0, 3): True,
        (2, 1): True,
        (16, 0): False,
        (16, 1): True,
        (128, 0): True,
        (129, 0): False,
    }


def test_misplaced_bits_do_not_hide_a_unit() -> None:
    # X1Plus reports an AMS HT with the bits of an AMS.
    talk = Talk(X1C)
    for _ in range(2):
        state = talk.full(
            ams=ams(
                unit(128, tray(0)),
                ams_exist_bits="1",
                tray_exist_bits="f",
                tray_now="128",
            )
        )
        assert ids(state) == [128]
        assert slot_of(state, 128, 0).is_occupied is True
        assert state.active_slot == SlotRef(128, 0)


def test_a_unit_leaves_with_a_full_report_only() -> None:
    talk = Talk(P1S)
    both = ams(
        unit(0, tray(0)), unit(1, tray(0)), ams_exist_bits="3", tray_exist_bits="11"
    )
    talk.full(gcode_state="IDLE", ams=both)
    talk.says(ams=ams(unit(0), ams_exist_bits="1", tray_exist_bits="1"))
    assert ids(talk.state) == [0, 1]
    talk.full(ams=ams(unit(0, tray(0)), ams_exist_bits="1", tray_exist_bits="1"))
    assert ids(talk.state) == [0]


def test_a_unit_leaves_though_the_full_report_repeats_a_delta() -> None:
    talk = Talk(P1S)
    talk.full(ams=ams(unit(0), unit(1), ams_exist_bits="3"))
    left = ams(unit(0), ams_exist_bits="1")
    talk.says(ams=left)
    assert ids(talk.state) == [0, 1]
    talk.full(ams=left)
    assert ids(talk.state) == [0]


def test_a_unit_that_is_omitted_stays_while_its_bit_is_set() -> None:
    talk = Talk(P1S)
    talk.full(ams=ams(unit(0), unit(1), ams_exist_bits="3"))
    talk.full(ams=ams(unit(0), ams_exist_bits="3"))
    assert ids(talk.state) == [0, 1]


def test_a_full_report_without_units_keeps_them() -> None:
    talk = Talk(P1S)
    talk.full(ams=ams(unit(0), ams_exist_bits="1"))
    talk.full(bed_temper=20.0)
    talk.full(ams={"ams_exist_bits": "0"})
    assert ids(talk.state) == [0]
    talk.full(ams=ams(ams_exist_bits="0"))
    assert ids(talk.state) == []


@pytest.mark.parametrize("value", [None, [], "x", 3, {"ams": 3}, {"ams": [1, None]}])
def test_nonsense_keeps_the_units(value: object) -> None:
    talk = Talk(P1S)
    talk.full(ams=ams(unit(0, tray(0)), ams_exist_bits="1", tray_exist_bits="1"))
    talk.says(ams=value)
    assert slot_of(talk.state, 0, 0).material == "PLA"


@pytest.mark.parametrize(
    ("tray_now", "ref"),
    [
        ("255", None),
        ("0", SlotRef(0, 0)),
        ("7", SlotRef(1, 3)),
        (15, SlotRef(3, 3)),
        ("16", None),
        ("25", SlotRef(16, 1)),
        ("65", SlotRef(16, 1)),
        ("128", SlotRef(128, 0)),
        ("131", SlotRef(131, 0)),
        ("-1", None),
        ("none", None),
    ],
)
def test_the_active_slot_of_old_machines(tray_now: object, ref: SlotRef | None) -> None:
    assert Talk(P1S).full(ams={"tray_now": tray_now}).active_slot == ref


def two_heads(state: int, right: int | None, left: int | None) -> dict[str, Any]:
    rows = [{"id": 0, "temp": 25, "snow": right}, {"id": 1, "temp": 25, "snow": left}]
    return {"extruder": {"info": rows, "state": state}}


@pytest.mark.parametrize(
    ("state", "right", "left", "ref"),
    [
        (0x02, 0x0102, 0x8000, SlotRef(1, 2)),
        (0x12, 0x0102, 0x8000, SlotRef(128, 0)),
        (0x12, 0x0102, 0xFE00, SlotRef(254, 0)),
        (0x02, 0xFF00, 0xFE00, SlotRef(255, 0)),
        (0x02, 0xFFFF, 0xFEFF, None),
        (0x12, 0x0102, 0xFEFF, None),
        # Bits 8-11 are the head to come, not the one in use.
        (0x102, 0x0102, 0x8000, SlotRef(1, 2)),
        # 0xF: the heads are changing.
        (0x1F2, 0x0102, 0x8000, None),
        (0x02, None, 0x8000, None),
    ],
)
def test_the_active_slot_of_two_heads(
    state: int, right: int | None, left: int | None, ref: SlotRef | None
) -> None:
    talk = Talk(H2D)
    # `tray_now` counts within a unit there, and must not be believed.
    talk.full(ams={"tray_now": "3"}, device=two_heads(state, right, left))
    assert talk.state.active_slot == ref


def test_the_active_slot_of_the_new_protocol_with_one_head() -> None:
    talk = Talk(H2S)
    device = {"extruder": {"info": [{"id": 0, "snow": 0x0003}], "state": 1}}
    assert talk.full(ams={"tray_now": "0"}, device=device).active_slot == SlotRef(0, 3)
    talk.says(device={"extruder": {"info": [{"id": 0, "snow": 0xFFFF}]}})
    assert talk.state.active_slot is None


def test_the_mixed_holder_of_an_a2l() -> None:
    state = Talk(A2L).full(
        ams=ams(
            unit(16, tray(2), info="5"),
            ams_exist_bits="1000",
            tray_exist_bits="4000000",
        ),
        device={"extruder": {"info": [{"id": 0, "snow": 0x1002}], "state": 1}},
    )
    assert state.active_slot == SlotRef(16, 2)
    assert slot_of(state, 16, 2).is_active
    assert unit_of(state, 16).kind is UnitKind.AMS_LITE


def test_external_spool_of_old_firmware() -> None:
    state = Talk(P1S).full(
        ams=ams(tray_now="254"), vt_tray=tray(254, **NO_TAG, tray_type="PETG", remain=0)
    )
    external = unit_of(state, 254)
    assert (external.kind, external.name) == (UnitKind.EXTERNAL, "External")
    (slot,) = external.slots
    assert (slot.id, slot.material, slot.is_active) == (0, "PETG", True)
    assert (slot.is_occupied, slot.remaining_pct) == (True, None)
    assert state.active_slot == SlotRef(254, 0)


def test_external_spool_under_another_id_than_tray_now() -> None:
    state = Talk(X1C).full(ams={"tray_now": "254"}, vir_slot=[tray(255, **NO_TAG)])
    assert state.active_slot == SlotRef(255, 0)
    assert slot_of(state, 255, 0).is_active


def test_two_external_spools() -> None:
    talk = Talk(H2D)
    state = talk.full(
        vir_slot=[tray(254, tray_type="TPU"), tray(255, tray_type="PLA")],
        vt_tray=tray(255, tray_type="OLD"),
        device=two_heads(0x12, 0xFFFF, 0xFE00),
    )
    assert [(u.id, u.name, u.nozzle) for u in state.filament_units] == [
        (255, "External right", 0),
        (254, "External left", 1),
    ]
    assert slot_of(state, 254, 0).material == "TPU"
    assert slot_of(state, 254, 0).is_active
    assert slot_of(state, 255, 0).is_active is False
    talk.says(vir_slot=[{"id": "254", "tray_type": "ABS"}])
    assert slot_of(talk.state, 254, 0).material == "ABS"
    assert slot_of(talk.state, 255, 0).material == "PLA"


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (0, FilamentChange.NONE),
        (258, FilamentChange.CHANGING),
        (0x0205, FilamentChange.READING),
        (768, FilamentChange.NONE),
        (0x0401, FilamentChange.CALIBRATING),
        (0x1000, FilamentChange.NONE),
        ("258", FilamentChange.CHANGING),
        ("busy", FilamentChange.NONE),
    ],
)
def test_what_the_filament_path_does(status: object, change: FilamentChange) -> None:
    assert Talk(P1S).full(ams_status=status).filament_change is change


def test_a_swap_shows_old_none_new() -> None:
    talk = Talk(P1S)
    talk.full(
        gcode_state="RUNNING",
        ams_status=768,
        ams=ams(unit(0, tray(0), tray(1)), tray_now="0", tray_tar="0"),
    )
    seen = []
    for fields in (
        {"ams": {"tray_tar": "1"}},
        {"ams_status": 258},
        {"ams_status": 259},
        {"ams_status": 260},
        {"ams_status": 261, "ams": {"tray_now": "255"}},
        {"ams_status": 262, "ams": {"tray_now": "1"}},
        {"ams": {"tray_pre": "1"}},
        {"ams_status": 768},
    ):
        state = talk.says(**fields)
        slot = state.active_slot.slot if state.active_slot else None
        seen.append((slot, state.filament_change is FilamentChange.CHANGING))
    assert seen == [
        (0, True),
        (0, True),
        (0, True),
        (0, True),
        (None, True),
        (1, True),
        (1, True),
        (1, False),
    ]
    assert talk.happened == ["ActiveSlotChanged", "ActiveSlotChanged"]


def test_an_idle_machine_with_another_target_changes_nothing() -> None:
    state = Talk(P1S).full(ams_status=0, ams={"tray_tar": "1", "tray_now": "254"})
    assert state.filament_change is FilamentChange.NONE
    state = Talk(P1S).full(ams_status=768, ams={"tray_tar": "255", "tray_now": "254"})
    assert state.filament_change is FilamentChange.NONE


def test_a_swap_on_two_heads() -> None:
    rows = [{"id": 0, "snow": 0, "star": 1}, {"id": 1, "snow": 3, "star": 3}]
    talk = Talk(H2D)
    state = talk.full(ams_status=768, device={"extruder": {"info": rows, "state": 2}})
    assert state.filament_change is FilamentChange.CHANGING
    state = talk.says(device={"extruder": {"state": 0x12}})
    assert state.filament_change is FilamentChange.NONE


def test_units_and_slots_that_did_not_change_stay_the_same_objects() -> None:
    talk = Talk(P1S)
    both = ams(
        unit(0, tray(0), tray(1)),
        unit(1, tray(0)),
        ams_exist_bits="3",
        tray_exist_bits="13",
    )
    first = talk.full(ams=both)
    warmer = talk.says(ams=ams(unit(0, temp="30.0")))
    assert unit_of(warmer, 0).temperature_c == 30.0
    assert unit_of(warmer, 0).slots is unit_of(first, 0).slots
    assert unit_of(warmer, 1) is unit_of(first, 1)
    used = talk.says(ams=ams(unit(0, {"id": "1", "remain": 12})))
    assert slot_of(used, 0, 1).remaining_pct == 12
    assert unit_of(used, 1) is unit_of(first, 1)
    assert talk.says(bed_temper=20.0).filament_units is used.filament_units


def test_modules_that_come_later_describe_the_units() -> None:
    talk = Talk(X1C)
    talk.full(ams=ams(unit(0, tray(0))))
    state = talk.versions({"name": "n3f/0", "sn": "SN7"})
    assert unit_of(state, 0).kind is UnitKind.AMS_2_PRO
    assert unit_of(state, 0).serial == "SN7"
