import contextlib
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.bambu.threemf import PlateObject, inspect
from odin_engine.kernel.errors import Invalid
from odin_engine.simulator.bambu import (
    SlicedFilament,
    SlicedPlate,
    make_sliced_3mf,
)
from tests.fuzzing import fuzzed

_PLATE_1 = '<plate><metadata key="index" value="1"/></plate>'


def _archive(path: Path, **members: str | bytes) -> Path:
    """Writes an archive; `plate` and `info` are the two members that matter."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if "plate" in members:
            archive.writestr("Metadata/plate_1.gcode", members["plate"])
        if "info" in members:
            archive.writestr("Metadata/slice_info.config", members["info"])
    return path


def test_plates_tell_their_filaments_and_objects(tmp_path: Path) -> None:
    file = make_sliced_3mf(
        tmp_path / "two.3mf",
        plates=(
            SlicedPlate(index=2, prediction_s=600, used_g=((1, 3.5),)),
            SlicedPlate(index=1, used_g=((0, 12.5), (1, 1.0))),
        ),
        filaments=(
            SlicedFilament("PLA", "#F2754E", "GFL99"),
            SlicedFilament("PETG", "#00FF0080", "GFG99"),
        ),
        printer_model_id="O1D",
    )
    sliced = inspect(file)
    first, second = sliced.plates
    assert (first.number, second.number) == (1, 2)
    assert first.gcode == "Metadata/plate_1.gcode"
    assert first.printer_model_id == "O1D"
    assert first.nozzle_diameters_mm == (0.4,)
    assert first.can_skip_objects
    assert first.objects == (PlateObject(71, "Cube"), PlateObject(96, "Benchy"))
    assert [each.id for each in first.filaments] == [1, 2]
    assert first.filaments[0].color == "#F2754EFF"
    assert first.filaments[0].used_g == 12.5
    assert second.prediction_s == 600
    assert second.weight_g == 3.5
    (petg,) = second.filaments
    assert (petg.id, petg.preset_id, petg.material) == (2, "GFG99", "PETG")
    assert petg.color == "#00FF0080"
    assert sliced.filament_count == 2


def test_a_project_that_is_not_sliced_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "project.3mf"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("3D/3dmodel.model", "<model/>")
    with pytest.raises(Invalid, match=r"not sliced\. Slice it"):
        inspect(path)


@pytest.mark.parametrize(
    "data", [b"", b"G28\n", b"PK\x03\x04", b"PK\x05\x06", bytes(9000)]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.3mf"
    path.write_bytes(data)
    with pytest.raises(Invalid, match="no 3MF file"):
        inspect(path)


@pytest.mark.parametrize(
    ("info", "text"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><config>&a;</config>', "declares entities"),
        ("<config>", "is broken"),
        (b"\xff\xfe<\0c\0", "is no text"),
        (f"<config>{_PLATE_1.replace('1', '2')}</config>", "describes no plate"),
        ("<config><plate/></config>", "describes no plate"),
        (f"<config>{' ' * (5 << 20)}</config>", "far too long"),
    ],
)
def test_a_description_that_cannot_be_trusted_is_refused(
    tmp_path: Path, info: str | bytes, text: str
) -> None:
    file = _archive(tmp_path / "x.3mf", plate="G28\n", info=info)
    with pytest.raises(Invalid, match=text):
        inspect(file)


def test_a_plate_without_any_description_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no description of it"):
        inspect(_archive(tmp_path / "x.3mf", plate="G28\n"))


def test_absurd_numbers_are_unknown(tmp_path: Path) -> None:
    info = (
        '<config><plate><metadata key="index" value="1"/>'
        '<metadata key="prediction" value="1e400"/>'
        '<metadata key="weight" value="NaN"/>'
        '<filament id="x"/><filament id="0"/><filament id="99999999"/>'
        '<filament id="1" color="red" used_g="lots"/></plate></config>'
    )
    (plate,) = inspect(_archive(tmp_path / "x.3mf", plate="", info=info)).plates
    assert plate.prediction_s is None
    assert plate.weight_g is None
    (filament,) = plate.filaments
    assert filament.color is None
    assert filament.used_g is None


def test_a_member_that_is_far_larger_than_it_says_is_not_read_whole(
    tmp_path: Path,
) -> None:
    file = _archive(tmp_path / "x.3mf", plate="", info=b" " * (200 << 20))
    assert file.stat().st_size < 1 << 20
    with pytest.raises(Invalid, match="far too long"):
        inspect(file)


def test_too_many_members_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "x.3mf"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}", "")
    with pytest.raises(Invalid, match="far more parts"):
        inspect(path)


def test_a_second_table_of_contents_is_refused(tmp_path: Path) -> None:
    path = _archive(tmp_path / "x.3mf", plate="", info=f"<config>{_PLATE_1}</config>")
    data = path.read_bytes()
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, 0, 1)
    path.write_bytes(data[:-22] + locator + data[-22:])
    with pytest.raises(Invalid, match="far more parts"):
        inspect(path)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    path = _archive(tmp_path / "x.3mf", plate="", info=f"<config>{_PLATE_1}</config>")
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 1)
    path.write_bytes(data)
    with pytest.raises(Invalid, match="no 3MF file, or it is broken"):
        inspect(path)


@given(st.data())
@fuzzed(100)
def test_a_damaged_file_is_refused_and_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "x.3mf"
    make_sliced_3mf(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with contextlib.suppress(Invalid):
        inspect(path)
