"""Reading sliced files: what counts is read, and nothing harms or halts the machine."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.simulator.bambu import (
    SlicedFilament,
    SlicedPlate,
    make_sliced_3mf,
)
from odin_engine.simulator.bambu.sliced import Unreadable, read_plan
from tests.fuzzing import fuzzed

PLATE = "Metadata/plate_1.gcode"
CONFIG = "Metadata/slice_info.config"
ROW = '<filament id="1" type="PLA" color="#FF0000" used_g="3"/>'


def archive(path: Path, config: str | bytes, gcode: str = "; HEADER\n") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(PLATE, gcode)
        made.writestr(CONFIG, config)
    return path


def plate(rows: str, *, index: str = "1", prediction: str = "60") -> str:
    return (
        f'<config><plate><metadata key="index" value="{index}"/>'
        f'<metadata key="prediction" value="{prediction}"/>{rows}</plate></config>'
    )


def test_the_plate_named_is_the_plate_read(tmp_path: Path) -> None:
    path = make_sliced_3mf(
        tmp_path / "two.3mf",
        plates=[
            SlicedPlate(1),
            SlicedPlate(
                3,
                layers=77,
                prediction_s=4321,
                used_g=((0, 4.5), (2, 2)),
                objects=((11, "a"), (12, "b"), (13, "c")),
            ),
        ],
        filaments=[
            SlicedFilament(),
            SlicedFilament(),
            SlicedFilament("PETG", "#161616", "GFG02"),
        ],
    )
    plan = read_plan(path, "Metadata/plate_3.gcode")
    assert (plan.plate, plan.layers, plan.print_s) == (3, 77, 4321)
    assert plan.objects == (11, 12, 13)
    assert [(each.index, each.type, each.color) for each in plan.filaments] == [
        (0, "PLA", "#F2754E"),
        (2, "PETG", "#161616"),
    ]


def test_a_big_file_is_read_by_its_head_alone(tmp_path: Path) -> None:
    gcode = "; total layer number: 12\n" + "G1 X1 Y1 E0.1\n" * 2_000_000
    path = archive(tmp_path / "big.3mf", plate(ROW), gcode)
    assert read_plan(path, PLATE).layers == 12


@pytest.mark.parametrize(
    "config",
    [
        "",
        "<config",
        "<config/>",
        plate(""),
        plate(ROW, index="one"),
        plate(ROW, prediction="soon"),
        plate(ROW, prediction="-5"),
        plate(ROW, prediction="1e30"),
        plate(ROW.replace('"3"', '"nan"')),
        plate(ROW.replace('id="1"', 'id="0"')),
        plate(ROW + '<object identify_id="x"/>'),
        " " * (5 << 20),
    ],
)
def test_a_plate_that_makes_no_sense_is_unreadable(tmp_path: Path, config: str) -> None:
    with pytest.raises(Unreadable):
        read_plan(archive(tmp_path / "odd.3mf", config), PLATE)


def test_a_colour_that_is_none_is_white(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.3mf", plate(ROW.replace("#FF0000", "reddish")))
    assert read_plan(path, PLATE).filaments[0].color == "#FFFFFF"


def test_what_is_no_zip_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "no.3mf"
    for content in (b"", b"PK\x03\x04", b"solid cube" * 100):
        path.write_bytes(content)
        with pytest.raises(Unreadable):
            read_plan(path, PLATE)
    with pytest.raises(Unreadable):
        read_plan(tmp_path / "absent.3mf", PLATE)


@fuzzed(150)
@given(place=st.integers(0, 5000), put=st.binary(min_size=1, max_size=40))
def test_a_damaged_file_is_read_or_refused(
    tmp_path: Path, place: int, put: bytes
) -> None:
    whole = make_sliced_3mf(tmp_path / "job.3mf").read_bytes()
    at = place % len(whole)
    path = tmp_path / "damaged.3mf"
    path.write_bytes(whole[:at] + put + whole[at + len(put) :])
    try:
        read_plan(path, PLATE)
    except Unreadable:
        return
