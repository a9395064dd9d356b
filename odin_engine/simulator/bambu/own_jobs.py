"""Jobs that nobody sent a file for: what they print, and how their objects are called."""

import re
from collections.abc import Mapping, Sequence
from zlib import crc32

from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.plan import PlanFilament, PrintPlan
from odin_engine.simulator.bambu.machine.spools import settings_for
from odin_engine.simulator.bambu.machine.units import EXTERNAL

FILE_KIND = ".gcode.3mf"
# What a slicer does not take into a file's name, and no card either.
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_LONGEST_NAME = 120
# `Wall hook x6`, `Drawer divider 3x`: so many of the same.
_COUNT = re.compile(r"\s*\b(?:x(\d{1,2})|(\d{1,2})x)\b\s*", re.IGNORECASE)
_MOST_PARTS = 25


def own_plan(
    machine: Machine,
    name: str,
    slots: Mapping[int, int],
    *,
    minutes: float,
    layers: int,
    used_g: Sequence[float],
    parts: Sequence[str] = (),
) -> PrintPlan:
    """Makes up the plan of a job, in the materials that lie on its trays.

    Args:
        machine: The machine that is to print it.
        name: What it is called; what no file may be called by is replaced.
        slots: The flat tray of each filament.
        minutes: How long it prints.
        layers: How many there are.
        used_g: Grams of each filament.
        parts: Names of its objects; made from the name where there are none.
    """
    name, prefix = _file_stem(name), machine.model.prefix_of_files
    filaments = []
    for index, grams in enumerate(used_g):
        loaded = machine.feed.spool(slots.get(index, EXTERNAL))
        material = loaded.filament.type if loaded else "PLA"
        color = f"#{loaded.color[:6]}" if loaded else "#808080"
        filaments.append(PlanFilament(index, material, color, grams))
    settings = settings_for(filaments[0].type)
    names = tuple(parts) or _part_names(name)
    return PrintPlan(
        name=name,
        plate=1,
        layers=layers,
        print_s=minutes * 60,
        filaments=tuple(filaments),
        objects=_numbers(name, len(names)),
        nozzle_c=settings.print_c,
        bed_c=min(settings.bed_c, machine.model.bed_max_c),
        gcode_file=(
            f"{prefix}Metadata/plate_1.gcode" if prefix else f"{name}{FILE_KIND}"
        ),
        parts=names,
    )


def _file_stem(name: str) -> str:
    fit = _UNFIT.sub("_", name).strip()[:_LONGEST_NAME]
    return f"_{fit}" if not fit or fit.startswith(".") else fit


def _part_names(name: str) -> tuple[str, ...]:
    match = _COUNT.search(name)
    wanted = int(match[1] or match[2]) if match else 2 + crc32(name.encode()) % 3
    base = _COUNT.sub(" ", name).strip() or name
    if wanted <= 1:
        return (base,)
    return tuple(f"{base} {each}" for each in range(1, min(wanted, _MOST_PARTS) + 1))


def _numbers(name: str, count: int) -> tuple[int, ...]:
    """Numbers objects as slicers do: rising, with gaps, never from 1."""
    seed = crc32(name.encode())
    return tuple(40 + seed % 60 + each * (19 + seed % 7) for each in range(count))
