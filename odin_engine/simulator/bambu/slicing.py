"""Writes small sliced 3MF files of our own, for tests and for the demonstration.

Source: docs/protocols/bambu.md §11 for members and fields.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree as ET

from odin_engine.simulator.bambu.scene import (
    PlatePictures,
    Scene,
    draw_plate,
    imagine,
    places,
)

_LAYER_MM = 0.2

type _Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SlicedFilament:
    """One filament of the project. `group` is the head, counted from the left."""

    type: str = "PLA"
    color: str = "#F2754E"
    tray_info_idx: str = "GFL99"
    group: int | None = None


@dataclass(frozen=True, slots=True)
class SlicedPlate:
    """One plate. `used_g` holds (project filament index from 0, grams)."""

    index: int = 1
    layers: int = 40
    prediction_s: int = 1200
    used_g: tuple[tuple[int, float], ...] = ((0, 12.5),)
    objects: tuple[tuple[int, str], ...] = ((71, "Cube"), (96, "Benchy"))
    bed_type: str = "textured_plate"


def make_sliced_3mf(
    path: Path,
    *,
    plates: Sequence[SlicedPlate] = (SlicedPlate(),),
    filaments: Sequence[SlicedFilament] = (SlicedFilament(),),
    printer_model_id: str = "C12",
    plate_mm: int = 256,
    name: str = "part",
    comment: bytes = b"",
    padding_bytes: int = 0,
) -> Path:
    """Writes a small valid sliced 3MF of our own, with its pictures.

    Args:
        path: Where it is to lie.
        plates: What is printed.
        filaments: Those of the whole project.
        printer_model_id: The code of the machine it is for.
        plate_mm: How wide that machine's plate is.
        name: Parts of one name look the same.
        comment: What the zip says of itself.
        padding_bytes: Makes it larger.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELS)
        archive.writestr("3D/3dmodel.model", _MODEL)
        archive.writestr(
            "Metadata/project_settings.config", _project_settings(filaments)
        )
        archive.writestr(
            "Metadata/slice_info.config",
            _slice_info(plates, filaments, printer_model_id),
        )
        archive.writestr("Metadata/model_settings.config", _model_settings(plates))
        for plate in plates:
            scene = imagine(
                name,
                objects=len(plate.objects),
                layers=plate.layers,
                filaments=[(g, filaments[index].color) for index, g in plate.used_g],
                plate_mm=plate_mm,
            )
            stem = f"Metadata/plate_{plate.index}"
            gcode = _gcode(plate, filaments).encode()
            digest = hashlib.md5(gcode, usedforsecurity=False).hexdigest().upper()
            archive.writestr(f"{stem}.gcode", gcode)
            archive.writestr(f"{stem}.gcode.md5", digest)
            boxes = _boxes(scene, plate_mm)
            archive.writestr(f"{stem}.json", _plate_json(plate, filaments, boxes))
            numbers = tuple(number for number, _ in plate.objects)
            for member, png in _pictures(plate.index, draw_plate(scene, numbers)):
                # They are packed already.
                archive.writestr(member, png, zipfile.ZIP_STORED)
        if padding_bytes:
            padding = zipfile.ZipInfo("Auxiliaries/padding.bin")
            archive.writestr(padding, bytes(padding_bytes))
    return path


def _pictures(index: int, drawn: PlatePictures) -> Iterator[tuple[str, bytes]]:
    yield f"Metadata/plate_{index}.png", drawn.plate
    yield f"Metadata/plate_{index}_small.png", drawn.small
    yield f"Metadata/plate_no_light_{index}.png", drawn.no_light
    yield f"Metadata/top_{index}.png", drawn.top
    yield f"Metadata/pick_{index}.png", drawn.pick


def _boxes(scene: Scene, plate_mm: int) -> list[_Box]:
    """Measures where the objects of a plate stand, in their order."""
    laid = sorted(places(scene), key=lambda each: each.number)
    return [
        (
            round((0.5 + each.x - each.radius) * plate_mm, 2),
            round((each.y - each.radius) * plate_mm, 2),
            round((0.5 + each.x + each.radius) * plate_mm, 2),
            round((each.y + each.radius) * plate_mm, 2),
        )
        for each in laid
    ]


_CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
 <Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>
 <Default Extension="png" ContentType="image/png"/>
 <Default Extension="gcode" ContentType="text/x.gcode"/>
</Types>
"""
_RELS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Target="/3D/3dmodel.model" Id="rel-1" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>
</Relationships>
"""
_MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<model unit="millimeter" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">
 <metadata name="Application">odin-simulator</metadata>
 <resources/>
 <build/>
</model>
"""


def _project_settings(filaments: Sequence[SlicedFilament]) -> str:
    has_heads = any(each.group is not None for each in filaments)
    return json.dumps(
        ({"physical_extruder_map": ["1", "0"]} if has_heads else {})
        | {
            "printer_model": "Simulated",
            "nozzle_diameter": ["0.4"],
            "filament_type": [each.type for each in filaments],
            "filament_colour": [each.color for each in filaments],
            "filament_ids": [each.tray_info_idx for each in filaments],
            "filament_density": ["1.24"] * len(filaments),
            "filament_cost": ["24.99"] * len(filaments),
        }
    )


def _slice_info(
    plates: Sequence[SlicedPlate],
    filaments: Sequence[SlicedFilament],
    printer_model_id: str,
) -> bytes:
    root = ET.Element("config")
    header = ET.SubElement(root, "header")
    ET.SubElement(header, "header_item", key="X-BBL-Client-Type", value="slicer")
    for plate in plates:
        node = ET.SubElement(root, "plate")
        facts = {
            "index": plate.index,
            "printer_model_id": printer_model_id,
            "nozzle_diameters": "0.4",
            "timelapse_type": 0,
            "prediction": plate.prediction_s,
            "weight": f"{sum(grams for _, grams in plate.used_g):.2f}",
            "outside": "false",
            "support_used": "false",
            "label_object_enabled": "true",
        }
        for key, value in facts.items():
            ET.SubElement(node, "metadata", key=key, value=str(value))
        for number, name in plate.objects:
            ET.SubElement(
                node, "object", identify_id=str(number), name=name, skipped="false"
            )
        for index, grams in plate.used_g:
            each = filaments[index]
            head = {} if each.group is None else {"group_id": str(each.group)}
            ET.SubElement(
                node,
                "filament",
                head,
                id=str(index + 1),
                tray_info_idx=each.tray_info_idx,
                type=each.type,
                color=each.color,
                used_m=f"{_metres(grams):.2f}",
                used_g=f"{grams:.2f}",
            )
    return _document(root)


def _document(root: ET.Element) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root)


def _model_settings(plates: Sequence[SlicedPlate]) -> bytes:
    root = ET.Element("config")
    for plate in plates:
        node = ET.SubElement(root, "plate")
        facts = {
            "plater_id": plate.index,
            "plater_name": "",
            "locked": "false",
            "gcode_file": f"Metadata/plate_{plate.index}.gcode",
            "thumbnail_file": f"Metadata/plate_{plate.index}.png",
            "thumbnail_no_light_file": f"Metadata/plate_no_light_{plate.index}.png",
            "top_file": f"Metadata/top_{plate.index}.png",
            "pick_file": f"Metadata/pick_{plate.index}.png",
        }
        for key, value in facts.items():
            ET.SubElement(node, "metadata", key=key, value=str(value))
    return _document(root)


def _plate_json(
    plate: SlicedPlate, filaments: Sequence[SlicedFilament], boxes: Sequence[_Box]
) -> str:
    used = [index for index, _ in plate.used_g]
    rows = [
        {
            "id": number,
            "name": name,
            "bbox": box,
            "area": round((box[2] - box[0]) * (box[3] - box[1]), 1),
            "layer_height": _LAYER_MM,
        }
        for (number, name), box in zip(plate.objects, boxes, strict=False)
    ]
    return json.dumps(
        {
            "bed_type": plate.bed_type,
            "filament_colors": [filaments[index].color for index in used],
            "filament_ids": used,
            "first_extruder": used[0],
            "is_seq_print": False,
            "nozzle_diameter": 0.4,
            "bbox_all": [
                *(min(box[side] for box in boxes) for side in (0, 1)),
                *(max(box[side] for box in boxes) for side in (2, 3)),
            ],
            "bbox_objects": rows,
        }
    )


def _gcode(plate: SlicedPlate, filaments: Sequence[SlicedFilament]) -> str:
    grams = [0.0] * len(filaments)
    for index, used in plate.used_g:
        grams[index] = used
    return "\n".join(_gcode_lines(plate, grams))


def _gcode_lines(plate: SlicedPlate, grams: list[float]) -> Iterator[str]:
    minutes, seconds = divmod(plate.prediction_s, 60)
    yield "; HEADER_BLOCK_START"
    yield f"; model printing time: {minutes}m {seconds}s"
    yield f"; total estimated time: {minutes}m {seconds}s"
    yield f"; total layer number: {plate.layers}"
    lengths = ",".join(f"{_metres(each) * 1000:.2f}" for each in grams)
    yield f"; total filament length [mm] : {lengths}"
    weights = ",".join(f"{each:.2f}" for each in grams)
    yield f"; total filament weight [g] : {weights}"
    yield f"; max_z_height: {plate.layers * _LAYER_MM:.2f}"
    yield "; HEADER_BLOCK_END"
    yield "; EXECUTABLE_BLOCK_START"
    for layer, z in enumerate(accumulate([_LAYER_MM] * plate.layers), start=1):
        yield "; CHANGE_LAYER"
        yield f"; Z_HEIGHT: {z:.2f}"
        yield f"M73 L{layer}"
    yield "; EXECUTABLE_BLOCK_END"
    yield ""


def _metres(grams: float) -> float:
    """Turns grams of a 1.75 mm filament of 1.24 g/cm³ into metres."""
    return grams / (1.24 * 2.405)
