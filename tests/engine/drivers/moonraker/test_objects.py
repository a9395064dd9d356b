"""Where the parts stand on the bed: told by Klipper, and by the file itself."""

from pathlib import Path
from typing import Any

import pytest

from odin_engine.drivers.printers.moonraker.gcode import look_into
from odin_engine.drivers.printers.moonraker.protocol.objects import (
    print_objects,
    reach,
)

_SQUARE = [[10.0, 20.0], [30.5, 20.0], [30.5, 45.0], [10.0, 45.0]]


def _told(polygon: object) -> dict[str, Any]:
    return {"objects": [{"name": "king", "polygon": polygon}], "excluded_objects": []}


def test_a_part_has_a_box_around_its_corners() -> None:
    (king,) = print_objects(_told(_SQUARE))
    assert (king.id, king.name, king.box) == (0, "king", (10.0, 20.0, 30.5, 45.0))


def test_a_delta_counts_from_the_middle_of_its_bed() -> None:
    toolhead = {"axis_minimum": [-90, -90, -2, 0], "axis_maximum": [90, 100, 300, 0]}
    origin, size = reach(toolhead)
    assert (origin, size) == ((-90.0, -90.0), (180.0, 190.0))
    (king,) = print_objects(_told([[-80, -80], [-70, -60]]), origin)
    assert king.box == (10.0, 10.0, 20.0, 30.0)


@pytest.mark.parametrize(
    "toolhead",
    [
        {},
        {"axis_minimum": [0, 0, 0], "axis_maximum": None},
        {"axis_minimum": [0], "axis_maximum": [250]},
        {"axis_minimum": [250, 250], "axis_maximum": [0, 0]},
        {"axis_minimum": ["x", {}], "axis_maximum": [250, 250]},
        {"axis_minimum": [0, 0], "axis_maximum": [1e12, 1e12]},
    ],
)
def test_a_bed_that_makes_no_sense_is_unknown(toolhead: dict[str, Any]) -> None:
    assert reach(toolhead) == ((0.0, 0.0), None)


@pytest.mark.parametrize(
    "polygon", [None, [], "square", [[1]], [[1, "a"]], [[1, 2], None], [[1, 1e999]]]
)
def test_a_part_without_corners_has_no_box(polygon: object) -> None:
    (king,) = print_objects(_told(polygon))
    assert king.box is None


@pytest.mark.parametrize(
    ("told", "box"),
    [
        (
            "NAME=king CENTER=20,32 POLYGON=[[10,20],[30.5,20],[30.5,45]]",
            (10, 20, 30.5, 45),
        ),
        ("NAME=king POLYGON=[[-1.5e1,0],[2,3]]", (0, 0, 17, 3)),
        ("NAME=king CENTER=20,32", None),
        ("NAME=king POLYGON=[[10,20],[30.5", None),
        ("NAME=king POLYGON=[1,2]", None),
    ],
)
def test_a_file_tells_where_its_parts_stand(
    tmp_path: Path, told: str, box: tuple[float, ...] | None
) -> None:
    source = tmp_path / "x.gcode"
    source.write_text(f"EXCLUDE_OBJECT_DEFINE {told}\nG28\n")
    (king,) = look_into(source).details.objects
    assert (king.name, king.box) == ("king", box)


def test_the_parts_of_a_delta_keep_their_places_to_each_other(tmp_path: Path) -> None:
    source = tmp_path / "x.gcode"
    source.write_text(
        "EXCLUDE_OBJECT_DEFINE NAME=king POLYGON=[[-40,-30],[-20,-10]]\n"
        "EXCLUDE_OBJECT_DEFINE NAME=pawn POLYGON=[[5,10],[15,20]]\n"
        "EXCLUDE_OBJECT_DEFINE NAME=rook\nG28\n"
    )
    boxes = [each.box for each in look_into(source).details.objects]
    assert boxes == [(0, 0, 20, 20), (45, 40, 55, 50), None]
