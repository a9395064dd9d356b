"""Small sliced files, made member by member, so that any of them can be wrong."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import orjson


def png(width: int = 8, height: int = 8, noise: bytes = b"") -> bytes:
    """Returns a grey picture; `noise` goes into a chunk that nobody shows."""
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"teSt", noise), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


PNG = png(512, 512)
SMALL_PNG = png(128, 128)
INFO = """<config><plate>
<metadata key="index" value="1"/>
<metadata key="printer_model_id" value="{model}"/>
<metadata key="nozzle_diameters" value="0.4,0.4"/>
<metadata key="prediction" value="3600"/>
<metadata key="weight" value="20.5"/>
<metadata key="label_object_enabled" value="{labels}"/>
<object identify_id="71" name="Cube" skipped="false"/>
<object identify_id="96" name="Cube" skipped="false"/>
<filament id="1" tray_info_idx="GFL99" type="PLA" color="#F2754E" used_m="4.1"
 used_g="12.5" group_id="0"/>
<filament id="3" type="PETG" color="#00FF00" used_m="2" used_g="8" group_id="1"/>
</plate></config>"""
PLATE = {
    "bed_type": "textured_plate",
    "bbox_objects": [
        {"id": 71, "name": "Cube", "bbox": [10, 20, 30.5, 40], "layer_height": 0.2},
        {"id": 96, "name": "Cube", "bbox": [50, 20, 70, 40], "layer_height": 0.2},
    ],
}
SETTINGS = {
    "physical_extruder_map": ["1", "0"],
    "printable_area": ["0x0", "325x0", "325x320", "0x320"],
    "layer_height": "0.2",
}


def info(model: str = "O1D", labels: str = "true") -> str:
    return INFO.format(model=model, labels=labels)


def write_3mf(
    path: Path, padding_bytes: int = 0, **other: str | bytes | object | None
) -> Path:
    """Writes a file of one plate; `other` replaces a member, `None` leaves it out.

    `padding_bytes` of stored nothing stand in for G-code in the middle of the file.
    """
    members: Mapping[str, tuple[str, object]] = {
        "picture": ("Metadata/plate_1.png", PNG),
        "small": ("Metadata/plate_1_small.png", SMALL_PNG),
        "gcode": ("Metadata/plate_1.gcode", bytes(padding_bytes)),
        "info": ("Metadata/slice_info.config", info()),
        "plate": ("Metadata/plate_1.json", PLATE),
        "settings": ("Metadata/project_settings.config", SETTINGS),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for key, (name, usual) in members.items():
            content = other.get(key, usual)
            if content is None:
                continue
            if not isinstance(content, str | bytes):
                content = orjson.dumps(content)
            archive.writestr(name, content)
    return path
