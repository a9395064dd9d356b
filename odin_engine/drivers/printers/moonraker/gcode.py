"""What a G-code file says in its comments: time, weight, layers, objects, pictures.

Only its beginning and its end are read; slicers write both there.
Sources: what PrusaSlicer 2.7, OrcaSlicer 2.1 and Cura 5.2 write.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

import orjson

from odin_engine.drivers.printers.moonraker.protocol.fields import at, color
from odin_engine.drivers.printers.moonraker.protocol.objects import box_of
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.model import PrintDetails, PrintFilament, PrintObject
from odin_engine.printers.ports import PlateFile

_HEAD_BYTES = 2 * 1024 * 1024
_TAIL_BYTES = 512 * 1024
_MOST_FILAMENTS = 64
_MOST_OBJECTS = 256
_SMALL_BYTES = 64 * 1024
_MOST_PICTURE_BYTES = 4 * 1024 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_UNITS_S = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_TIME = re.compile(r"(?m)^; estimated printing time \(normal mode\) = ([\ddhms ]+)$")
_ORCA_TIME = re.compile(r"(?m)total estimated time: ([\ddhms ]+)")
_CURA_TIME = re.compile(r"(?m)^;TIME:(\d{1,9})")
_WEIGHT = re.compile(r"(?m)^; (?:total )?filament used \[g\] ?= ?([\d., ]+)$")
_LENGTH = re.compile(r"(?m)^; filament used \[mm\] ?= ?([\d., ]+)$")
_TYPES = re.compile(r"(?m)^; filament_type = (.{1,500})$")
_COLORS = (
    re.compile(r"(?m)^; filament_colour = (.{1,1000})$"),
    re.compile(r"(?m)^; extruder_colour = (.{1,1000})$"),
)
_CURA_LENGTH = re.compile(r"(?m)^;Filament used: ([\d.]{1,12})m")
_LAYER = re.compile(r"(?m)^(?:; layer_height =|;Layer height:) ([\d.]{1,10})$")
_NOZZLE = re.compile(r"(?m)^; nozzle_diameter = ([\d.]{1,10})")
_OBJECT = re.compile(
    r"(?m)^EXCLUDE_OBJECT_DEFINE NAME=(\S{1,200})"
    r"(?:[^\n]{0,200}? POLYGON=(\[[-\d., \[\]eE+]{1,20000}\]))?"
)
_PICTURE = re.compile(r"(?m)^; thumbnail begin (\d{1,4})x\d{1,4} \d+[ \t]*$")
_PICTURE_END = "\n; thumbnail end"
_MOST_PICTURES = 16
_SIGNS = re.compile(r"(?m)^(?:G0|G1|G28|M104|M109|M140|M190|PRINT_START|START_PRINT)\b")


def look_into(source: Path) -> PlateFile:
    """Returns what a file says of itself; blocks on the disk.

    Raises:
        Invalid: it is no G-code.
    """
    text = _read(source)
    if _SIGNS.search(text) is None:
        raise Invalid("This file holds no G-code that a printer could follow.")
    pictures = _pictures(text)
    objects = dict(_OBJECT.findall(text))
    details = PrintDetails(
        plate=1,
        objects=_placed(objects),
        filaments=_filaments(text),
        weight_g=sum(_numbers(_WEIGHT, text)) or None,
        estimated_s=_estimate_s(text),
        layer_height_mm=_number(_LAYER, text),
        nozzle_mm=_number(_NOZZLE, text),
        can_skip_objects=bool(objects),
        has_picture=bool(pictures),
    )
    small = next((each for each in pictures if len(each) <= _SMALL_BYTES), None)
    return PlateFile(details, pictures[-1] if pictures else None, small)


def _placed(polygons: Mapping[str, str]) -> tuple[PrintObject, ...]:
    """Returns the objects by their outlines.

    A delta counts from the middle of its bed, whose size the file does not say: then
    they are counted from the front left corner of what they take up.
    """
    few = dict(islice(polygons.items(), _MOST_OBJECTS))
    corners = {name: _corners(polygon) for name, polygon in few.items()}
    boxes = [box for each in corners.values() if (box := box_of(each)) is not None]
    origin = (
        min([0.0, *(box[0] for box in boxes)]),
        min([0.0, *(box[1] for box in boxes)]),
    )
    return tuple(
        PrintObject(index, name, box_of(each, origin))
        for index, (name, each) in enumerate(corners.items())
    )


def _corners(polygon: str) -> object:
    with suppress(orjson.JSONDecodeError):
        return orjson.loads(polygon)
    return None


def _read(source: Path) -> str:
    with source.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        size = file.seek(0, 2)
        file.seek(max(size - _TAIL_BYTES, len(head)))
        tail = file.read(_TAIL_BYTES)
    return (head + tail).decode("utf-8", errors="replace").replace("\r\n", "\n")


def _estimate_s(text: str) -> int | None:
    for pattern in (_TIME, _ORCA_TIME):
        found = pattern.search(text)
        if found:
            parts = re.findall(r"(\d{1,6})([dhms])", found[1])
            return sum(int(count) * _UNITS_S[unit] for count, unit in parts) or None
    found = _CURA_TIME.search(text)
    return int(found[1]) or None if found else None


def _numbers(pattern: re.Pattern[str], text: str) -> list[float]:
    found = pattern.search(text)
    values = []
    for part in found[1].split(",")[:_MOST_FILAMENTS] if found else ():
        try:
            values.append(float(part))
        except ValueError:
            values.append(0.0)
    return values


def _number(pattern: re.Pattern[str], text: str) -> float | None:
    values = _numbers(pattern, text)
    return values[0] if values and values[0] > 0 else None


def _colors(text: str) -> list[str | None]:
    """Returns each filament's colour, by the first setting that has any."""
    for pattern in _COLORS:
        found = pattern.search(text)
        told = found[1].split(";") if found else []
        colors = [color(each.strip(' "')) for each in told]
        if any(colors):
            return colors
    return []


def _filaments(text: str) -> tuple[PrintFilament, ...]:
    found = _TYPES.search(text)
    types = [each.strip() for each in found[1].split(";")] if found else []
    colors = _colors(text)
    weights, lengths = _numbers(_WEIGHT, text), _numbers(_LENGTH, text)
    lengths = lengths or [each * 1000 for each in _numbers(_CURA_LENGTH, text)]
    used = [index for index, weight in enumerate(weights) if weight > 0] or [0]
    return tuple(
        PrintFilament(
            index,
            material=types[index] if index < len(types) else None,
            color=at(colors, index),
            used_g=weights[index] if index < len(weights) else None,
            used_m=lengths[index] / 1000 if index < len(lengths) else None,
        )
        for index in used[:_MOST_FILAMENTS]
    )


def _pictures(text: str) -> list[bytes]:
    """Returns the PNGs inside, from small to large."""
    found = []
    for begin in islice(_PICTURE.finditer(text), _MOST_PICTURES):
        end = text.find(_PICTURE_END, begin.end())
        if end < 0:
            break
        body = text[begin.end() : end]
        lines = "".join(line.lstrip("; ") for line in body.splitlines())
        if len(lines) > _MOST_PICTURE_BYTES:
            continue
        try:
            data = base64.b64decode(lines, validate=True)
        except binascii.Error:
            continue
        if data.startswith(_PNG):
            found.append((int(begin[1]), data))
    return [data for _, data in sorted(found, key=lambda each: each[0])]
