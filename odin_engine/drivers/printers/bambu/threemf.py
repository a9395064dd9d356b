"""Looking into a sliced 3MF: its plates, and the filaments each of them needs.

The file comes from strangers: nothing is extracted, sizes are bounded, and XML that
declares a document type is refused, so no entity is ever expanded.
Source: docs/protocols/bambu.md §11.
"""

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from odin_engine.kernel.errors import Invalid, Problem

_PLATE = re.compile(r"Metadata/plate_([1-9]\d{0,3})\.gcode")
_SLICE_INFO = "Metadata/slice_info.config"
_LARGEST_INFO = 4 << 20
_MOST_MEMBERS = 10_000
_LARGEST_DIRECTORY = 8 << 20
_END_RECORD = b"PK\x05\x06"
_END_SIZE = 22
_END_64_LOCATOR = b"PK\x06\x07"
_END_64_LOCATOR_SIZE = 20
_LONGEST_COMMENT = 65_535
_MOST_ROWS = 4096
_LARGEST_NUMBER = 1e9
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?")


@dataclass(frozen=True, slots=True)
class PlateFilament:
    """A filament that a plate uses; `id` counts from 1 in the whole project.

    `group` is the slicer's nozzle group on machines with two heads.
    """

    id: int
    preset_id: str | None
    material: str | None
    color: str | None
    used_m: float | None
    used_g: float | None
    group: int | None


@dataclass(frozen=True, slots=True)
class PlateObject:
    """A part on a plate; `id` is what `SkipObjects` takes."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Plate:
    """One plate that can be printed."""

    number: int
    gcode: str
    printer_model_id: str | None
    nozzle_diameters_mm: tuple[float, ...]
    bed_type: str | None
    prediction_s: int | None
    weight_g: float | None
    can_skip_objects: bool
    filaments: tuple[PlateFilament, ...]
    objects: tuple[PlateObject, ...]


@dataclass(frozen=True, slots=True)
class SlicedFile:
    """A sliced project. `filament_count` is the length a mapping must have at least."""

    plates: tuple[Plate, ...]

    @property
    def filament_count(self) -> int:
        """The highest filament number that any plate uses."""
        return max((f.id for plate in self.plates for f in plate.filaments), default=0)


def inspect(path: Path) -> SlicedFile:
    """Returns what a sliced 3MF holds. Blocks on the disk.

    Raises:
        Invalid: it is no 3MF, not sliced, broken, or built to do harm.
    """
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            numbers = {
                int(match[1])
                for name in archive.namelist()
                if (match := _PLATE.fullmatch(name))
            }
            if not numbers:
                raise _invalid(
                    "This project is not sliced. Slice it, then export the plate as a "
                    "sliced file (.gcode.3mf)."
                )
            text = _read(archive, _SLICE_INFO)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        struct.error,
    ) as error:
        raise _invalid(f"This is no 3MF file, or it is broken: {error}.") from error
    return SlicedFile(_plates(text, numbers))


def _invalid(message: str) -> Invalid:
    return Invalid(message, Problem("/file", message))


def _check_directory(path: Path) -> None:
    """Refuses an archive whose table of contents alone would fill the memory."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(_END_RECORD)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise _invalid("This is no 3MF file: it is not an archive.")
    members, directory = struct.unpack_from("<HI", tail, at + 10)
    # A second, larger table could hide behind the old one; 3MF files need none.
    is_64 = tail[max(0, at - _END_64_LOCATOR_SIZE) :].startswith(_END_64_LOCATOR)
    if is_64 or members > _MOST_MEMBERS or directory > _LARGEST_DIRECTORY:
        raise _invalid("This file holds far more parts than any project needs.")


def _read(archive: zipfile.ZipFile, name: str) -> str:
    """Reads one member, never more of it than the bound, whatever it claims."""
    try:
        with archive.open(name) as member:
            data = member.read(_LARGEST_INFO + 1)
    except KeyError:
        raise _invalid(
            "This file holds G-code and no description of it; export it anew."
        ) from None
    if len(data) > _LARGEST_INFO:
        raise _invalid("The description in this file is far too long.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid("The description in this file is no text.") from error


def _plates(text: str, numbers: set[int]) -> tuple[Plate, ...]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _invalid(
            "The description in this file declares entities; that is refused."
        )
    try:
        # No document type, so no entity but the five of XML itself.
        root = ET.fromstring(text)  # noqa: S314 - see above
    except ET.ParseError as error:
        raise _invalid(f"The description in this file is broken: {error}.") from error
    plates = [
        plate
        for element in root.findall("plate")[:_MOST_ROWS]
        if (plate := _plate(element)) is not None and plate.number in numbers
    ]
    if not plates:
        raise _invalid("This file describes no plate that it has G-code for.")
    return tuple(sorted(plates, key=lambda plate: plate.number))


def _plate(element: ET.Element) -> Plate | None:
    facts = {
        row.get("key", ""): row.get("value", "") for row in element.findall("metadata")
    }
    number = _whole(facts.get("index"))
    if number is None or number < 1:
        return None
    return Plate(
        number=number,
        gcode=f"Metadata/plate_{number}.gcode",
        printer_model_id=facts.get("printer_model_id") or None,
        nozzle_diameters_mm=tuple(
            size
            for word in facts.get("nozzle_diameters", "").split(",")
            if (size := _real(word)) is not None
        ),
        bed_type=facts.get("curr_bed_type") or None,
        prediction_s=_whole(facts.get("prediction")),
        weight_g=_real(facts.get("weight")),
        can_skip_objects=facts.get("label_object_enabled", "").lower() == "true",
        filaments=_filaments(element),
        objects=_objects(element),
    )


def _filaments(element: ET.Element) -> tuple[PlateFilament, ...]:
    found = []
    for row in element.findall("filament")[:_MOST_ROWS]:
        number = _whole(row.get("id"))
        if number is None or not 1 <= number <= _MOST_ROWS:
            continue
        color = row.get("color", "")
        found.append(
            PlateFilament(
                id=number,
                preset_id=row.get("tray_info_idx") or None,
                material=row.get("type") or None,
                color=_color(color),
                used_m=_real(row.get("used_m")),
                used_g=_real(row.get("used_g")),
                group=_whole(row.get("group_id")),
            )
        )
    return tuple(sorted(found, key=lambda filament: filament.id))


def _objects(element: ET.Element) -> tuple[PlateObject, ...]:
    return tuple(
        PlateObject(number, row.get("name", ""))
        for row in element.findall("object")[:_MOST_ROWS]
        if (number := _whole(row.get("identify_id"))) is not None
    )


def _color(word: str) -> str | None:
    if not _COLOR.fullmatch(word):
        return None
    return word.upper() if len(word) > len("#RRGGBB") else f"{word.upper()}FF"


def _whole(word: str | None) -> int | None:
    number = _real(word)
    return None if number is None else int(number)


def _real(word: str | None) -> float | None:
    """Returns a number that a file may sensibly hold; anything else is unknown."""
    try:
        number = float(word or "")
    except ValueError:
        return None
    return number if abs(number) < _LARGEST_NUMBER else None
