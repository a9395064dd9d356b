import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.printers.model import FilamentUnit, PrintFilament, Slot, UnitKind
from odin_engine.printers.model.matching import Fit, color_distance, fits, proposed
from odin_engine.printers.model.state import SlotRef

RED, DARK_RED, BLUE = "#FF0000FF", "#E01010FF", "#0000FFFF"


def pla(index: int = 0, color: str | None = RED, **more: object) -> PrintFilament:
    return PrintFilament(index, "PLA", color=color, **more)  # type: ignore[arg-type]


def unit(*slots: Slot, number: int = 0, nozzle: int | None = None) -> FilamentUnit:
    kind = UnitKind.EXTERNAL if number >= 254 else UnitKind.AMS
    return FilamentUnit(number, kind, "AMS", slots=slots, nozzle=nozzle)


def spool(
    number: int, color: str | None = RED, material: str | None = "PLA", **more: object
) -> Slot:
    return Slot(number, is_occupied=True, material=material, color=color, **more)  # type: ignore[arg-type]


def test_how_slots_suit() -> None:
    ams = unit(
        spool(0, DARK_RED),
        spool(1, BLUE),
        spool(2, RED, "PETG"),
        spool(3, RED, None),
        spool(4, None),
        Slot(5, is_occupied=False, material="PLA", color=RED),
        # Nobody knows whether a spool is there.
        Slot(6, material="pla", color=RED),
    )
    left = unit(spool(0), number=1, nozzle=1)
    found = fits(pla(head=0), (ams, left))
    assert [each.fit for each in found] == [
        Fit.SAME,
        Fit.OTHER_COLOR,
        Fit.OTHER_MATERIAL,
        Fit.UNKNOWN,
        Fit.UNKNOWN,
        Fit.EMPTY,
        Fit.SAME,
        Fit.OTHER_HEAD,
    ]
    assert found[-1].ref == SlotRef(1, 0)


def test_the_nearest_colour_is_proposed() -> None:
    ams = unit(spool(0, BLUE), spool(1, DARK_RED), spool(2, RED))
    assert proposed([pla()], [ams]) == (SlotRef(0, 2),)
    assert proposed([pla(0), pla(1, BLUE)], [ams]) == (SlotRef(0, 2), SlotRef(0, 0))


def test_two_filaments_share_a_slot_only_in_its_colour() -> None:
    ams = unit(spool(0))
    assert proposed([pla(0), pla(1)], [ams]) == (SlotRef(0, 0), SlotRef(0, 0))
    assert proposed([pla(0), pla(1, BLUE)], [ams]) == (SlotRef(0, 0), None)


def test_the_same_product_and_what_is_nearly_used_up_come_first() -> None:
    ams = unit(
        spool(0, remaining_pct=90),
        spool(1, remaining_pct=10),
        spool(2, DARK_RED, preset_id="GFA00"),
    )
    assert proposed([pla()], [ams]) == (SlotRef(0, 1),)
    assert proposed([pla(preset_id="GFA00")], [ams]) == (SlotRef(0, 2),)


def test_nothing_is_proposed_that_cannot_be() -> None:
    ams = unit(spool(0, RED, "PETG"), Slot(1, is_occupied=False, material="PLA"))
    left = unit(spool(0), number=1, nozzle=1)
    assert proposed([pla(head=0)], [ams, left]) == (None,)
    assert proposed([PrintFilament(0)], [ams]) == (None,)
    assert proposed([pla()], []) == (None,)


def test_the_external_spool_is_proposed_where_there_is_nothing_else() -> None:
    external = unit(spool(0), number=254)
    assert proposed([pla()], [external]) == (SlotRef(254, 0),)
    assert proposed([pla()], [unit(spool(0, BLUE)), external]) == (SlotRef(0, 0),)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        # As colormath and other implementations have it.
        ("#FFFFFF", "#000000", 100.0),
        ("#FF0000", "#0000FF", 52.88),
        ("#FF0000", "#00FF00", 86.61),
        ("#808080", "#808080", 0.0),
        ("#FF0000FF", "#FF000000", 0.0),
    ],
)
def test_distances(one: str, other: str, distance: float) -> None:
    found = color_distance(one, other)
    assert found == pytest.approx(distance, abs=0.02)


def test_unknown_colours_have_no_distance() -> None:
    assert color_distance(None, RED) is None
    assert color_distance(RED, None) is None


_COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}FF")


@given(_COLORS, _COLORS)
def test_a_distance_is_the_same_both_ways(one: str, other: str) -> None:
    there, back = color_distance(one, other), color_distance(other, one)
    assert there == pytest.approx(back)
    assert there is not None
    assert 0 <= there < 120
    assert (there < 1e-9) == (one == other)
