"""What Moonraker read out of a G-code file, and what a print is made of by it.

Source: docs.moonraker.dev, "File management" (metadata); 0.10 sends lists where older
servers send one text.
"""

import math
import posixpath
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from odin_engine.drivers.printers.moonraker.protocol.fields import (
    Table,
    above_zero,
    at,
    color,
    path,
    real,
    rows,
    table,
    texts,
    whole,
)
from odin_engine.printers.model import PrintDetails, PrintFilament, PrintObject

_LARGEST_PX = 512
_MOST_FILAMENTS = 64
_MOST_LAYERS = 100_000
_ROUNDING = 0.001
"""Of a layer."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture: its width in pixels, and its path below the root of G-code files."""

    width: int
    path: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says of itself; what it does not say is `None`."""

    filename: str
    estimated_s: float | None = None
    start_byte: float | None = None
    end_byte: float | None = None
    layers: int | None = None
    object_height_mm: float | None = None
    layer_mm: float | None = None
    first_layer_mm: float | None = None
    filament_mm: float | None = None
    weight_g: float | None = None
    nozzle_mm: float | None = None
    filaments: tuple[PrintFilament, ...] = ()
    thumbnails: tuple[Thumbnail, ...] = ()

    @property
    def total_layers(self) -> int | None:
        """How many layers it has: told, or by its height."""
        if self.layers:
            return self.layers
        high, layer, first = (self.object_height_mm, self.layer_mm, self.first_layer_mm)
        if high is None or not layer or first is None or high < first:
            return None
        above_first = (high - first) / layer
        if above_first >= _MOST_LAYERS:
            return None
        # What a thin last layer leaves over is one, what rounding leaves is none.
        return math.ceil(above_first - _ROUNDING) + 1


def is_metadata(body: Table) -> bool:
    """Whether an answer is metadata: it alone has both a name and a date."""
    return "filename" in body and "modified" in body and "size" in body


def read_metadata(body: Table) -> Metadata | None:
    """Returns a file's metadata, `None` where it has no name."""
    name = path(body.get("filename"))
    if name is None:
        return None
    return Metadata(
        filename=name,
        estimated_s=above_zero(body.get("estimated_time")),
        start_byte=real(body.get("gcode_start_byte")),
        end_byte=above_zero(body.get("gcode_end_byte")),
        layers=whole(above_zero(body.get("layer_count"))),
        object_height_mm=above_zero(body.get("object_height")),
        layer_mm=above_zero(body.get("layer_height")),
        first_layer_mm=above_zero(body.get("first_layer_height")),
        filament_mm=above_zero(body.get("filament_total")),
        weight_g=above_zero(body.get("filament_weight_total")) or _weight(body),
        nozzle_mm=above_zero(body.get("nozzle_diameter")),
        filaments=_filaments(body),
        thumbnails=_thumbnails(name, rows(body.get("thumbnails"))),
    )


def _filaments(body: Table) -> tuple[PrintFilament, ...]:
    """Returns the filaments that are used, by the number of their tool."""
    types = texts(body.get("filament_type"))
    colors = rows(body.get("filament_colors")) or rows(body.get("extruder_colors"))
    weights = rows(body.get("filament_weights"))
    tools = [whole(each) for each in rows(body.get("referenced_tools"))]
    used = sorted({each for each in tools if each is not None and each >= 0}) or [
        index
        for index in range(max(len(types), 1))
        if not weights or above_zero(at(weights, index)) is not None
    ]
    is_single = len(used) == 1
    return tuple(
        PrintFilament(
            index,
            material=at(types, index) or (types[0] if is_single and types else None),
            color=color(at(colors, index)),
            used_g=above_zero(at(weights, index))
            or (above_zero(body.get("filament_weight_total")) if is_single else None),
            used_m=_metres(body) if is_single else None,
        )
        for index in used[:_MOST_FILAMENTS]
    )


def _weight(body: Table) -> float | None:
    weights = [above_zero(each) for each in rows(body.get("filament_weights"))]
    return round(sum(filter(None, weights)), 2) or None


def _metres(body: Table) -> float | None:
    length_mm = above_zero(body.get("filament_total"))
    return None if length_mm is None else round(length_mm / 1000, 3)


def _thumbnails(name: str, told: list[Any]) -> tuple[Thumbnail, ...]:
    """Returns the pictures from small to large; paths are relative to the file's."""
    folder = posixpath.dirname(name)
    found = []
    for row in map(table, told):
        relative, width = path(row.get("relative_path")), whole(row.get("width"))
        if relative is None or width is None:
            continue
        whole_path = posixpath.normpath(posixpath.join(folder, relative))
        if not whole_path.startswith(("..", "/")):
            found.append(Thumbnail(width, whole_path))
    return tuple(sorted(found, key=lambda each: each.width))


def best_thumbnail(metadata: Metadata) -> Thumbnail | None:
    """Returns the largest picture that is not too large, else the smallest."""
    fitting = [each for each in metadata.thumbnails if each.width <= _LARGEST_PX]
    if fitting:
        return fitting[-1]
    return metadata.thumbnails[0] if metadata.thumbnails else None


def download_path(name: str) -> str:
    """Returns where a file below the root of G-code files is fetched from."""
    return "/server/files/gcodes/" + quote(name)


def details_of(
    metadata: Metadata,
    objects: tuple[PrintObject, ...],
    plate_size_mm: tuple[float, float] | None,
) -> PrintDetails:
    """Returns what a print is made of. `objects` are those that can be left out."""
    return PrintDetails(
        plate=1,
        objects=objects,
        filaments=metadata.filaments,
        weight_g=metadata.weight_g,
        estimated_s=whole(metadata.estimated_s),
        layer_height_mm=metadata.layer_mm,
        nozzle_mm=metadata.nozzle_mm,
        plate_size_mm=plate_size_mm,
        can_skip_objects=True if objects else None,
        has_picture=bool(metadata.thumbnails),
    )
