"""Looking into a sliced 3MF: its plates, and the filaments each of them needs.

`plates` makes of it what the domain knows. The file comes from strangers: nothing is extracted, sizes are bounded, and XML that
declares a document type is refused, so no entity is ever expanded.
Source: docs/protocols/bambu.md §11.
"""

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree as ET

from odin_engine.kernel.errors import Invalid, Problem

_PLATE = re.compile(r"Metadata/plate_([1-9]\d{0,3})\.gcode")
_SLICE_INFO = "Metadata/slice_info.config"
_LARGEST_INFO = 4 << 20
_MOST_MEMBERS = 10_000
_LARGEST_DIRECTORY = 8 << 20
_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""What slicers write. The others may ask for a great deal of memory."""
LONGEST_NAME = 200
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


class Archive:
    """The members of a 3MF. None is ever read beyond the bound that is asked for."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def sliced(self) -> SlicedFile:
        """Returns the plates that can be printed.

        Raises:
            Invalid: there are none, or their description makes no sense.
        """
        numbers = {
            int(match[1])
            for name in self._archive.namelist()
            if (match := _PLATE.fullmatch(name))
        }
        if not numbers:
            raise _invalid(
                "This project is not sliced. Slice it, then export the plate as a "
                "sliced file (.gcode.3mf)."
            )
        data = self.read(_SLICE_INFO, _LARGEST_INFO)
        if data is None:
            raise _invalid("The description in this file is far too long.")
        return SlicedFile(_plates(_text(data), numbers))

    def has(self, name: str) -> bool:
        """Whether there is such a member."""
        return name in self._archive.NameToInfo

    def read(self, name: str, most_bytes: int) -> bytes | None:
        """Returns a member, `None` where it is longer, whatever it claims.

        Raises:
            Invalid: there is none.
        """
        try:
            info = self._archive.getinfo(name)
        except KeyError:
            raise _invalid(
                "This file holds G-code and no description of it; export it anew."
            ) from None
        if info.compress_type not in _COMPRESSIONS:
            raise _invalid("This file is packed in a way that no slicer uses.")
        if info.file_size > most_bytes:
            return None
        with self._archive.open(info) as member:
            data = member.read(most_bytes + 1)
        return None if len(data) > most_bytes else data


@contextmanager
def opened(file: BinaryIO) -> Iterator[Archive]:
    """Opens a 3MF for the length of the block. Blocks on whatever the file is on.

    Raises:
        Invalid: it is no 3MF, broken, or built to do harm.
    """
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            yield Archive(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        struct.error,
        ValueError,
    ) as error:
        raise _invalid(f"This is no 3MF file, or it is broken: {error}.") from error


def inspect(path: Path) -> SlicedFile:
    """Returns what a sliced 3MF holds. Blocks on the disk.

    Raises:
        Invalid: it is no 3MF, not sliced, broken, or built to do harm.
    """
    with path.open("rb") as file, opened(file) as archive:
        return archive.sliced()


def _invalid(message: str) -> Invalid:
    return Invalid(message, Problem("/file", message))


def _check_directory(file: BinaryIO) -> None:
    """Refuses an archive whose table of contents alone would fill the memory."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = file.read(_END_SIZE + _LONGEST_COMMENT)
    at = tail.rfind(_END_RECORD)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise _invalid("This is no 3MF file: it is not an archive.")
    members, directory = struct.unpack_from("<HI", tail, at + 10)
    # A second, larger table could hide behind the old one; 3MF files need none.
    is_64 = tail[max(0, at - _END_64_LOCATOR_SIZE) :].startswith(_END_64_LOCATOR)
    if is_64 or members > _MOST_MEMBERS or directory > _LARGEST_DIRECTORY:
        raise _invalid("This file holds far more parts than any project needs.")


def _text(data: bytes) -> str:
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
        PlateObject(number, row.get("name", "")[:LONGEST_NAME])
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
