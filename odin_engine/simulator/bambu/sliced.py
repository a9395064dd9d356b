"""What a machine reads of a sliced file.

Source: docs/protocols/bambu.md §11 for members and fields.
"""

import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

from odin_engine.simulator.bambu.machine.plan import PlanFilament, PrintPlan
from odin_engine.simulator.bambu.machine.spools import settings_for

_HEADER_BYTES = 16384
_MAX_CONFIG_BYTES = 4 << 20


class Unreadable(ValueError):
    """The file is no sliced 3MF, or lacks the plate."""


def read_plan(path: Path, param: str) -> PrintPlan:
    """Reads one plate as the machine does.

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
            info = archive.getinfo("Metadata/slice_info.config")
            if info.file_size > _MAX_CONFIG_BYTES:
                raise Unreadable("slice_info.config is too large")
            # Expat stops entity bombs itself since 2.4.1.
            config = ET.fromstring(archive.read(info))  # noqa: S314 - see above
    except (zipfile.BadZipFile, KeyError, OSError, ET.ParseError) as error:
        raise Unreadable(str(error)) from error
    for plate in config.iter("plate"):
        facts = {
            str(row.get("key")): str(row.get("value")) for row in plate.iter("metadata")
        }
        if param == f"Metadata/plate_{facts.get('index')}.gcode":
            return _plan(path.name, param, plate, facts, head)
    raise Unreadable(f"{param} is not described")


def _plan(
    name: str, param: str, plate: ET.Element, facts: dict[str, str], head: str
) -> PrintPlan:
    rows = tuple(
        PlanFilament(
            index=int(row.get("id", "1")) - 1,
            type=row.get("type", "PLA"),
            color=row.get("color", "#FFFFFF"),
            used_g=float(row.get("used_g", "0")),
        )
        for row in plate.iter("filament")
    )
    if not rows:
        raise Unreadable("the plate uses no filament")
    material = settings_for(rows[0].type)
    return PrintPlan(
        name=name,
        plate=int(facts["index"]),
        layers=_header_number(head, "total layer number"),
        print_s=max(1.0, float(facts.get("prediction", "0") or 0)),
        filaments=rows,
        objects=tuple(int(row.get("identify_id", "0")) for row in plate.iter("object")),
        nozzle_c=material.print_c,
        bed_c=material.bed_c,
        gcode_file=param,
    )


def _header_number(head: str, name: str) -> int:
    for line in head.splitlines():
        key, found, value = line.lstrip("; ").partition(":")
        if found and key.strip() == name and value.strip().isdigit():
            return int(value)
    return 0
