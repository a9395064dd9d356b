import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.moonraker.gcode import look_into
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.ports import PlateFile
from tests.fuzzing import fuzzed

_PNG = b"\x89PNG\r\n\x1a\n"
_HEADER = "G28\nM104 S210\n"


def look(tmp_path: Path, text: str) -> PlateFile:
    source = tmp_path / "part.gcode"
    source.write_text(text)
    return look_into(source)


def picture(side_px: int, data: bytes) -> str:
    coded = base64.b64encode(data).decode()
    lines = "\n".join(f"; {coded[at : at + 78]}" for at in range(0, len(coded), 78))
    size = f"{side_px}x{side_px} {len(coded)}"
    return f";\n; thumbnail begin {size}\n{lines}\n; thumbnail end\n;\n"


def test_prusaslicer_with_two_filaments(tmp_path: Path) -> None:
    large = _PNG + bytes(100_000)
    plate = look(
        tmp_path,
        picture(400, large)
        + picture(32, _PNG + b"small")
        + _HEADER
        + "EXCLUDE_OBJECT_DEFINE NAME=Cube CENTER=1,2\n"
        + "EXCLUDE_OBJECT_DEFINE NAME=Cone CENTER=1,2\n"
        + "; filament used [mm] = 9159.55, 0.00, 120.50\n"
        + "; filament used [g] = 27.32, 0.00, 0.40\n"
        + "; estimated printing time (normal mode) = 1d 1h 39m 7s\n"
        + "; filament_type = PLA;ABS;PETG\n; layer_height = 0.2\n"
        + "; nozzle_diameter = 0.4,0.4,0.6\n",
    )
    details = plate.details
    assert details.estimated_s == 86_400 + 3_600 + 39 * 60 + 7
    assert details.weight_g == pytest.approx(27.72)
    assert [(each.index, each.material) for each in details.filaments] == [
        (0, "PLA"),
        (2, "PETG"),
    ]
    assert details.filaments[0].used_m == pytest.approx(9.15955)
    assert [each.name for each in details.objects] == ["Cube", "Cone"]
    assert details.can_skip_objects
    assert (details.layer_height_mm, details.nozzle_mm) == (0.2, 0.4)
    assert plate.picture == large
    assert plate.small_picture == _PNG + b"small"


@pytest.mark.parametrize(
    ("comments", "colors"),
    [
        ("; filament_colour = #FF8800;#00FF00\n", ["#FF8800FF", "#00FF00FF"]),
        ('; filament_colour = "#ff8800"; 00FF0080 \n', ["#FF8800FF", "#00FF0080"]),
        ("; filament_colour = #FF8800\n", ["#FF8800FF", None]),
        ("; filament_colour = ;#00FF00\n", [None, "#00FF00FF"]),
        ("; filament_colour = red;#12345\n", [None, None]),
        ("; extruder_colour = #FF8800;\n", ["#FF8800FF", None]),
        (
            "; extruder_colour = #FF8800;#0000FF\n; filament_colour = ;\n",
            ["#FF8800FF", "#0000FFFF"],
        ),
        (
            "; extruder_colour = #FF8800;#0000FF\n; filament_colour = #111111\n",
            ["#111111FF", None],
        ),
        ("; filament_colour = " + ";" * 999 + "\n", [None, None]),
        ("", [None, None]),
    ],
)
def test_the_colours_of_filaments(
    tmp_path: Path, comments: str, colors: list[str | None]
) -> None:
    weights = "; filament used [g] = 27.32, 0.40\n"
    filaments = look(tmp_path, _HEADER + weights + comments).details.filaments
    assert [each.color for each in filaments] == colors


def test_the_colour_of_the_third_of_which_one_is_unused(tmp_path: Path) -> None:
    text = (
        "; filament used [g] = 1, 0, 2\n; filament_colour = #111111;#222222;#333333\n"
    )
    filaments = look(tmp_path, _HEADER + text).details.filaments
    assert [(each.index, each.color) for each in filaments] == [
        (0, "#111111FF"),
        (2, "#333333FF"),
    ]


def test_cura(tmp_path: Path) -> None:
    details = look(
        tmp_path,
        ";FLAVOR:Marlin\n;TIME:8232\n;Filament used: 5.98832m\n;Layer height: 0.2\n"
        + _HEADER,
    ).details
    assert details.estimated_s == 8232
    assert details.filaments[0].used_m == pytest.approx(5.98832)
    assert details.layer_height_mm == 0.2
    assert details.can_skip_objects is False
    assert not details.has_picture


def test_what_stands_at_the_end_of_a_long_file(tmp_path: Path) -> None:
    details = look(
        tmp_path,
        _HEADER
        + "G1 X1 Y1 E1\n" * 400_000
        + "; estimated printing time (normal mode) = 12m 3s\n",
    ).details
    assert details.estimated_s == 723


def test_a_picture_that_is_none_is_left_out(tmp_path: Path) -> None:
    broken = "; thumbnail begin 32x32 4\n; ?!\n; thumbnail end\n"
    plate = look(tmp_path, broken + picture(48, b"GIF89a") + _HEADER)
    assert plate.picture is None


@fuzzed(100)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_looked_into(
    tmp_path_factory: pytest.TempPathFactory,
    data: bytes,
    has_sign: bool,  # noqa: FBT001 - drawn
) -> None:
    source = tmp_path_factory.mktemp("any") / "a.gcode"
    said = b"; filament_colour = " + data + b"\n; thumbnail begin 9x9 9\n" + data
    source.write_bytes(b"G28\n" * has_sign + said)
    try:
        assert look_into(source).details.plate == 1
    except Invalid:
        assert not has_sign


def test_pictures_that_never_end_cost_no_time(tmp_path: Path) -> None:
    source = tmp_path / "a.gcode"
    source.write_text("G28\n" + "; thumbnail begin 16x16 100\n; AAAA\n" * 50_000)
    assert look_into(source).picture is None
