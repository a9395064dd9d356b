"""A plate of a sliced 3MF in the domain's words: objects, filaments, pictures.

Only the members that tell something are read; the G-code never is.
Source: docs/protocols/bambu.md §11.
"""

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from odin_engine.drivers.printers.bambu import threemf
from odin_engine.drivers.printers.bambu.protocol.models import ModelInfo, by_code
from odin_engine.printers.model import (
    PrintDetails,
    PrintFilament,
    PrintFileUnavailable,
    PrintObject,
)
from odin_engine.printers.model.details import Box
from odin_engine.printers.ports import PlateFile

PICTURE_MOST_BYTES = 2 << 20
SMALL_MOST_BYTES = 64 << 10
_PICTURE_MOST_PX = 4096
_PLATE_JSON_MOST_BYTES = 1 << 20
_SETTINGS_MOST_BYTES = 2 << 20
_SETTINGS = "Metadata/project_settings.config"
_PNG_BEGINS = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_PNG_LEAST_BYTES = 57
"""Signature, IHDR, an empty IDAT and IEND."""
_FARTHEST_MM = 10_000
_LONGEST_WORD = 64
_MOST_ROWS = 4096


def plate_file(file: BinaryIO, number: int | None) -> PlateFile:
    """Returns what a file tells of a plate; of its only one where none is named.

    Raises:
        Invalid: it is no sliced 3MF, or broken.
        PrintFileUnavailable: the plate is not in it, or nobody knows which it is.
    """
    with threemf.opened(file) as archive:
        plates = archive.sliced().plates
        if number is None and len(plates) > 1:
            raise PrintFileUnavailable(
                "plate_unknown",
                "The file has several plates, and the printer does not say which one "
                "it prints.",
            )
        for plate in plates:
            if number in {None, plate.number}:
                return _plate_file(archive, plate)
    raise PrintFileUnavailable(
        "plate_unknown", f"The file on the printer has no plate {number}."
    )


def plate_files(path: Path) -> Iterator[PlateFile]:
    """Yields what each plate of a file tells.

    Raises:
        Invalid: it is no sliced 3MF, or broken.
    """
    with path.open("rb") as file:
        yield from plates_in(file)


def plates_in(file: BinaryIO) -> Iterator[PlateFile]:
    """Yields what each plate of a file tells. Blocks on whatever the file is on.

    Raises:
        Invalid: it is no sliced 3MF, or broken.
    """
    with threemf.opened(file) as archive:
        for plate in archive.sliced().plates:
            yield _plate_file(archive, plate)


def _plate_file(archive: threemf.Archive, plate: threemf.Plate) -> PlateFile:
    stem = f"Metadata/plate_{plate.number}"
    about = _table(_document(archive, f"{stem}.json", _PLATE_JSON_MOST_BYTES))
    settings = _table(_document(archive, _SETTINGS, _SETTINGS_MOST_BYTES))
    model = by_code(plate.printer_model_id)
    picture = _first_picture(
        archive,
        (f"{stem}.png", f"Metadata/plate_no_light_{plate.number}.png"),
        PICTURE_MOST_BYTES,
    )
    small = _first_picture(archive, (f"{stem}_small.png",), SMALL_MOST_BYTES)
    placed = _placed(about.get("bbox_objects"))
    nozzles = plate.nozzle_diameters_mm
    details = PrintDetails(
        plate=plate.number,
        objects=_objects(plate.objects, placed),
        filaments=_filaments(plate.filaments, model, settings),
        weight_g=plate.weight_g,
        estimated_s=plate.prediction_s,
        layer_height_mm=_layer_height(placed, settings),
        nozzle_mm=nozzles[0] if nozzles else _real(about.get("nozzle_diameter")),
        bed_kind=_word(about.get("bed_type")) or plate.bed_type,
        plate_size_mm=_plate_size(model, settings),
        can_skip_objects=plate.can_skip_objects,
        has_picture=picture is not None,
    )
    return PlateFile(details, picture, small)


def _document(archive: threemf.Archive, name: str, most_bytes: int) -> object:
    """Returns a JSON member; one that is absent, too long or broken tells nothing."""
    data = archive.read(name, most_bytes) if archive.has(name) else None
    if data is None:
        return None
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _first_picture(
    archive: threemf.Archive, names: Sequence[str], most_bytes: int
) -> bytes | None:
    for name in names:
        data = archive.read(name, most_bytes) if archive.has(name) else None
        if data is not None and _is_picture(data):
            return data
    return None


def _is_picture(data: bytes) -> bool:
    """Whether it begins as a PNG of a sensible size; whoever shows it decodes it."""
    if not data.startswith(_PNG_BEGINS) or len(data) < _PNG_LEAST_BYTES:
        return False
    sides: tuple[int, int] = struct.unpack_from(">II", data, len(_PNG_BEGINS))
    return all(0 < side <= _PICTURE_MOST_PX for side in sides)


@dataclass(frozen=True, slots=True)
class _Placed:
    """What the plate's own list says of an object."""

    id: int | None
    name: str
    box: Box | None
    layer_height_mm: float | None


def _placed(rows: object) -> list[_Placed]:
    listed = rows[:_MOST_ROWS] if isinstance(rows, list) else []
    return [
        _Placed(
            number if isinstance(number := row.get("id"), int) else None,
            str(row.get("name", ""))[: threemf.LONGEST_NAME],
            _box(row.get("bbox")),
            _real(row.get("layer_height")),
        )
        for row in listed
        if isinstance(row, dict)
    ]


def _objects(
    listed: Sequence[threemf.PlateObject], placed: Sequence[_Placed]
) -> tuple[PrintObject, ...]:
    """Returns the objects with their places.

    A box belongs to the object of its id. Where slicers number boxes otherwise, both
    lists have the same names in the same order, or a name is there once in each.
    """
    boxes = {each.id: each.box for each in placed}
    if not {each.id for each in listed} <= boxes.keys():
        boxes = _boxes_by_name(listed, placed)
    return tuple(PrintObject(each.id, each.name, boxes.get(each.id)) for each in listed)


def _boxes_by_name(
    listed: Sequence[threemf.PlateObject], placed: Sequence[_Placed]
) -> dict[int | None, Box | None]:
    names = Counter(each.name for each in listed)
    # Others are none of the objects: a prime tower.
    own = [each for each in placed if each.name in names]
    if [each.name for each in listed] == [each.name for each in own]:
        return {a.id: b.box for a, b in zip(listed, own, strict=True)}
    counts = Counter(each.name for each in own)
    by_name = {each.name: each.box for each in own if counts[each.name] == 1}
    return {each.id: by_name.get(each.name) for each in listed if names[each.name] == 1}


def _filaments(
    listed: Sequence[threemf.PlateFilament],
    model: ModelInfo | None,
    settings: dict[str, Any],
) -> tuple[PrintFilament, ...]:
    heads = _physical_heads(model, settings)
    return tuple(
        PrintFilament(
            index=each.id - 1,
            material=each.material,
            preset_id=each.preset_id,
            color=each.color,
            used_g=each.used_g,
            used_m=each.used_m,
            head=heads.get(each.group) if heads else None,
        )
        for each in listed
    )


def _physical_heads(
    model: ModelInfo | None, settings: dict[str, Any]
) -> dict[int | None, int]:
    """Returns the machine's head for each of the slicer's; nothing unless it is sure.

    The two number them the other way round. With a rack of hotends a group is a nozzle
    of the rack, not a head.
    """
    if model is None or model.heads == 1 or model.has_hotend_rack:
        return {}
    listed = settings.get("physical_extruder_map")
    words = [str(each) for each in listed] if isinstance(listed, list) else []
    if sorted(words) != [str(head) for head in range(model.heads)]:
        return {}
    return {group: int(word) for group, word in enumerate(words)}


def _layer_height(placed: Sequence[_Placed], settings: dict[str, Any]) -> float | None:
    heights = (each.layer_height_mm for each in placed)
    return next(filter(None, heights), None) or _real(settings.get("layer_height"))


def _plate_size(
    model: ModelInfo | None, settings: dict[str, Any]
) -> tuple[float, float] | None:
    """Returns width and depth: the model's, else of the area the file was made for."""
    if model is not None and model.plate_mm is not None:
        return model.plate_mm
    corners = settings.get("printable_area")
    if not isinstance(corners, list):
        return None
    pairs = [str(corner).partition("x") for corner in corners[:64]]
    xs = [x for word, _, _ in pairs if (x := _real(word)) is not None]
    ys = [y for _, _, word in pairs if (y := _real(word)) is not None]
    if not xs or not ys:
        return None
    return max(xs) - min(xs), max(ys) - min(ys)


def _box(value: object) -> Box | None:
    if not isinstance(value, list) or len(value) != 4:  # noqa: PLR2004 - two corners
        return None
    numbers = [number for each in value if (number := _real(each)) is not None]
    if len(numbers) != len(value):
        return None
    x0, y0, x1, y1 = (round(number, 2) for number in numbers)
    return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else None


def _real(value: object) -> float | None:
    """Returns a length in mm that a printer may have to do with, by number or word."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) <= _FARTHEST_MM else None


def _word(value: object) -> str | None:
    return value[:_LONGEST_WORD] if isinstance(value, str) and value else None


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
