from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.bambu.plates import plate_file, plate_files
from odin_engine.drivers.printers.bambu.protocol.files import likely_paths
from odin_engine.drivers.printers.bambu.protocol.models import by_code
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.model import (
    Job,
    PrintFilament,
    PrintFileUnavailable,
    PrintObject,
)
from odin_engine.printers.ports import PlateFile
from odin_engine.simulator.bambu import SlicedPlate, make_sliced_3mf
from tests.engine.drivers.bambu.slices import (
    PNG,
    SETTINGS,
    SMALL_PNG,
    info,
    png,
    write_3mf,
)
from tests.fuzzing import fuzzed


def read(path: Path, number: int | None = 1) -> PlateFile:
    with path.open("rb") as file:
        return plate_file(file, number)


def test_a_plate_tells_everything_that_is_shown_of_it(tmp_path: Path) -> None:
    found = read(write_3mf(tmp_path / "x.3mf"))
    details = found.details
    assert details.plate == 1
    assert details.objects == (
        PrintObject(71, "Cube", (10.0, 20.0, 30.5, 40.0)),
        PrintObject(96, "Cube", (50.0, 20.0, 70.0, 40.0)),
    )
    # The slicer's first nozzle is the machine's left one.
    assert details.filaments == (
        PrintFilament(0, "PLA", "GFL99", "#F2754EFF", 12.5, 4.1, head=1),
        PrintFilament(2, "PETG", None, "#00FF00FF", 8.0, 2.0, head=0),
    )
    assert details.heads == (1, None, 0)
    assert (details.weight_g, details.estimated_s) == (20.5, 3600)
    assert (details.layer_height_mm, details.nozzle_mm) == (0.2, 0.4)
    assert details.bed_kind == "textured_plate"
    assert details.plate_size_mm == (350.0, 320.0)
    assert details.can_skip_objects is True
    assert details.has_picture
    assert (found.picture, found.small_picture) == (PNG, SMALL_PNG)


def test_a_plate_without_its_extras_tells_the_rest(tmp_path: Path) -> None:
    bare = write_3mf(
        tmp_path / "x.3mf",
        picture=None,
        small=None,
        plate=None,
        settings=None,
        info=info("nobody's", "false"),
    )
    found = read(bare)
    assert found.picture is None
    assert not found.details.has_picture
    assert found.details.plate_size_mm is None
    assert found.details.can_skip_objects is False
    assert [each.box for each in found.details.objects] == [None, None]
    assert found.details.heads == (None, None, None)


def test_the_plate_of_an_unknown_model_is_the_area_of_the_file(tmp_path: Path) -> None:
    found = read(write_3mf(tmp_path / "x.3mf", info=info("nobody's")))
    assert found.details.plate_size_mm == (325.0, 320.0)


@pytest.mark.parametrize("model", ["C12", "O1C", "nobody's"])
def test_heads_are_only_told_where_they_are_sure(tmp_path: Path, model: str) -> None:
    """With one head there is no choice; with a rack, groups are no heads."""
    found = read(write_3mf(tmp_path / "x.3mf", info=info(model)))
    assert found.details.heads == (None, None, None)


@pytest.mark.parametrize("heads", [None, "10", ["0"], ["0", "0"], [["1"], "0"]])
def test_a_strange_map_of_heads_tells_nothing(tmp_path: Path, heads: object) -> None:
    strange = SETTINGS | {"physical_extruder_map": heads}
    found = read(write_3mf(tmp_path / "x.3mf", settings=strange))
    assert found.details.heads == (None, None, None)


def _boxed(*rows: tuple[Any, str]) -> dict[str, Any]:
    return {
        "bbox_objects": [
            {"id": number, "name": name, "bbox": [at, 0, at + 1, 1]}
            for at, (number, name) in enumerate(rows)
        ]
    }


@pytest.mark.parametrize(
    ("plate", "places"),
    [
        (_boxed((96, "Cube"), (71, "Cube")), [1, 0]),
        # Other numbers: the same names in the same order, beside a prime tower.
        (_boxed((5, "wipe_tower"), (6, "Cube"), (7, "Cube")), [1, 2]),
        # One name for two objects says nothing.
        (_boxed((6, "Cube")), [None, None]),
        (_boxed((None, "Cube"), ({}, "x")), [None, None]),
        ({"bbox_objects": [5, {"id": 71, "bbox": [1, 2, 3]}]}, [None, None]),
        ({"bbox_objects": "all"}, [None, None]),
        ([], [None, None]),
        (b"{", [None, None]),
    ],
)
def test_boxes_find_their_objects(
    tmp_path: Path, plate: object, places: list[int | None]
) -> None:
    found = read(write_3mf(tmp_path / "x.3mf", plate=plate))
    boxes = [each.box for each in found.details.objects]
    assert [box and box[0] for box in boxes] == places


@pytest.mark.parametrize(
    "picture",
    [
        b"<svg onload='alert(1)'/>",
        PNG[:30],
        png(5000, 8),
        png(0, 8),
        png(8, 8, bytes(3 << 20)),
    ],
)
def test_what_is_no_small_png_is_no_picture(tmp_path: Path, picture: bytes) -> None:
    found = read(write_3mf(tmp_path / "x.3mf", picture=picture, small=picture))
    assert (found.picture, found.small_picture) == (None, None)
    assert not found.details.has_picture


def test_the_plate_must_be_known(tmp_path: Path) -> None:
    plates = (SlicedPlate(index=1), SlicedPlate(index=2, prediction_s=60))
    file = make_sliced_3mf(tmp_path / "two.3mf", plates=plates)
    assert read(file, 2).details.estimated_s == 60
    for number in (None, 3):
        with pytest.raises(PrintFileUnavailable) as caught:
            read(file, number)
        assert caught.value.because == "plate_unknown"
    assert [each.details.plate for each in plate_files(file)] == [1, 2]


def test_a_plate_that_is_not_named_is_the_only_one(tmp_path: Path) -> None:
    assert read(write_3mf(tmp_path / "x.3mf"), None).details.plate == 1


@fuzzed(60)
@given(cut=st.integers(0, 4000), byte=st.binary(min_size=1, max_size=40))
def test_a_broken_file_is_refused_or_read(cut: int, byte: bytes) -> None:
    whole = _whole()
    at = cut % len(whole)
    broken = whole[:at] + byte + whole[at + len(byte) :]
    with suppress(Invalid, PrintFileUnavailable):
        plate_file(BytesIO(broken), 1)


@fuzzed(60)
@given(
    rows=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
        lambda each: (
            st.lists(each, max_size=4)
            | st.dictionaries(
                st.sampled_from(["id", "name", "bbox", "layer_height", "bbox_objects"]),
                each,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_description_of_a_plate_is_survived(
    rows: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    plate = {"bbox_objects": rows, "bed_type": rows, "nozzle_diameter": rows}
    try:
        path = write_3mf(folder / "x.3mf", plate=plate, settings=plate)
    except TypeError:
        # An integer that JSON cannot hold here.
        return
    assert read(path).details.plate == 1


def _whole() -> bytes:
    with TemporaryDirectory() as folder:
        path = write_3mf(Path(folder) / "x.3mf", picture=png(), small=None)
        return path.read_bytes()


def _paths(name: str | None, file: str | None = None, code: str = "C12") -> list[str]:
    model = by_code(code)
    assert model is not None
    return list(likely_paths(Job(name=name, file=file), model))


def test_a_file_is_looked_for_where_each_firmware_puts_it() -> None:
    assert _paths(name="cube", file="/data/Metadata/plate_1.gcode") == [
        "cube.gcode.3mf",
        "cache/cube.gcode.3mf",
        "model/cube.gcode.3mf",
        "cube.3mf",
        "cache/cube.3mf",
        "model/cube.3mf",
    ]
    assert _paths(name="x", file="cube.gcode.3mf")[0] == "cube.gcode.3mf"
    assert _paths(name=None, file="/sdcard/model/a b.3mf")[0] == "model/a b.3mf"
    assert _paths("c.3mf", code="N7") == ["cache/c.3mf", "c.3mf", "model/c.3mf"]


@pytest.mark.parametrize(
    "name", ["../x.3mf", "a/../b.3mf", "a\r\nDELE b.3mf", "", ".x.3mf", "a" * 300, None]
)
def test_a_name_never_leads_anywhere_else(name: str | None) -> None:
    """What a slash leaves of a name is a plain name, or nothing."""
    for path in _paths(name=name, file=f"/sdcard/{name}"):
        assert ".." not in path
        assert path.isprintable()
        assert path.rpartition("/")[0] in {"", "cache", "model"}
