"""What a machine reads of a sliced file: little, whatever the file's size.

Source: docs/protocols/bambu.md §11 for members and fields.
"""

import re
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree as ET

from odin_engine.simulator.bambu.machine.plan import PlanFilament, PrintPlan
from odin_engine.simulator.bambu.machine.spools import settings_for

_HEADER_BYTES = 16384
_MAX_CONFIG_BYTES = 4 << 20
# More than this is no print but a broken file.
_MAX_LAYERS, _MAX_PRINT_S = 100_000, 60 * 86400
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?")
# What the zip and XML readers raise on files that are broken or mean harm.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ET.ParseError,
    LookupError,
    OSError,
    EOFError,
    # An encrypted member, and a way of packing that is not built in.
    RuntimeError,
    NotImplementedError,
    ValueError,
    OverflowError,
)


class Unreadable(ValueError):
    """The file is no sliced 3MF, or lacks the plate."""


def read_plan(path: Path, param: str) -> PrintPlan:
    """Reads one plate as the machine does: two members, and of the g-code the head.

    Args:
        path: The 3MF on disk.
        param: The member of the plate, such as `Metadata/plate_1.gcode`.

    Raises:
        Unreadable: no such plate, or no sliced 3MF at all.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            with archive.open(param) as member:
                head = member.read(_HEADER_BYTES).decode("utf-8", "replace")
            with archive.open("Metadata/slice_info.config") as member:
                # The size that the directory claims is not to be trusted.
                text = member.read(_MAX_CONFIG_BYTES + 1)
        return _find(_config(text), path.name, param, head)
    except Unreadable:
        raise
    except _BROKEN as error:
        raise Unreadable(str(error)) from error


def _config(text: bytes) -> ET.Element:
    if len(text) > _MAX_CONFIG_BYTES:
        raise Unreadable("slice_info.config is too large")
    # Expat stops entity bombs itself since 2.4.1.
    return ET.fromstring(text)  # noqa: S314 - see above


def _find(config: ET.Element, name: str, param: str, head: str) -> PrintPlan:
    for plate in config.iter("plate"):
        facts = {
            str(row.get("key")): str(row.get("value")) for row in plate.iter("metadata")
        }
        if param == f"Metadata/plate_{facts.get('index')}.gcode":
            return _plan(name, param, plate, facts, head)
    raise Unreadable(f"{param} is not described")


def _plan(
    name: str, param: str, plate: ET.Element, facts: dict[str, str], head: str
) -> PrintPlan:
    rows = tuple(
        PlanFilament(
            index=int(row.get("id", "1")) - 1,
            type=row.get("type", "PLA"),
            color=_color(row.get("color", "")),
            used_g=_number(row.get("used_g"), 1e6),
        )
        for row in plate.iter("filament")
    )
    if not rows:
        raise Unreadable("the plate uses no filament")
    if any(each.index < 0 for each in rows):
        raise Unreadable("a filament has no number")
    material = settings_for(rows[0].type)
    return PrintPlan(
        name=name,
        plate=int(facts["index"]),
        layers=min(_header_number(head, "total layer number"), _MAX_LAYERS),
        print_s=max(1.0, _number(facts.get("prediction"), _MAX_PRINT_S)),
        filaments=rows,
        objects=tuple(int(row.get("identify_id", "0")) for row in plate.iter("object")),
        nozzle_c=material.print_c,
        bed_c=material.bed_c,
        gcode_file=param,
    )


def _number(text: str | None, most: float) -> float:
    value = float(text or 0)
    if not 0 <= value <= most:
        raise Unreadable(f"{text} is no sensible number")
    return value


def _color(text: str) -> str:
    return text if _COLOR.fullmatch(text) else "#FFFFFF"


def _header_number(head: str, name: str) -> int:
    for line in head.splitlines():
        key, found, value = line.lstrip("; ").partition(":")
        if found and key.strip() == name and value.strip().isdecimal():
            return int(value)
    return 0
