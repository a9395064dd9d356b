"""The files of jobs that nobody sent one for, laid on the card when it is looked at.

A real machine has a file for whatever it prints. Writing and drawing one takes a tenth of
a second, which a farm of hundreds does not pay before somebody looks.
"""

import os
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.plan import Job
from odin_engine.simulator.bambu.machine.spools import settings_for
from odin_engine.simulator.bambu.machine.units import EXTERNAL
from odin_engine.simulator.bambu.own_jobs import FILE_KIND
from odin_engine.simulator.bambu.slicing import (
    SlicedFilament,
    SlicedPlate,
    make_sliced_3mf,
)

# Where what the vendor's own program sends is kept. Source: docs/protocols/bambu.md §9.
_FOLDER = "cache"
_MARK = b"odin-simulator "


class OwnFiles:
    """What a machine owes its card."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._lock = Lock()

    @property
    def are_missing(self) -> bool:
        """Says whether a job has begun whose file nobody has looked for yet."""
        return bool(self._machine.own_jobs) or self._lock.locked()

    def lay(self, root: Path) -> None:
        """Lays them on a card. Blocks while it writes; may be called from any thread."""
        owed = self._machine.own_jobs
        with self._lock:
            for name in list(owed):
                job = owed[name]
                _lay(self._machine, job, root)
                if owed.get(name) is job:
                    del owed[name]


def _lay(machine: Machine, job: Job, root: Path) -> None:
    place = root / _FOLDER / f"{job.plan.name}{FILE_KIND}"
    filaments = _filaments(machine, job)
    mark = _MARK + b"%08x" % zlib.crc32(repr((job.plan, filaments)).encode())
    if place.exists() and _mark_of(place) in {mark, None}:
        # It printed this before, or somebody has put another file there.
        return
    place.parent.mkdir(exist_ok=True)
    # Beside the card, where no listing shows it before it is whole.
    fresh = root.parent / f"{machine.serial}.new"
    _write(fresh, machine, job, filaments, mark)
    is_latest = job is machine.prints.job
    began = machine.started_print_at if is_latest else machine.now
    os.utime(fresh, (began.timestamp(), began.timestamp()))
    fresh.replace(place)


def _mark_of(place: Path) -> bytes | None:
    """Gives the mark of a file of ours, None where another wrote it."""
    try:
        with zipfile.ZipFile(place) as archive:
            return archive.comment if archive.comment.startswith(_MARK) else None
    except zipfile.BadZipFile, OSError:
        return None


def _write(
    place: Path,
    machine: Machine,
    job: Job,
    filaments: Sequence[SlicedFilament],
    mark: bytes,
) -> None:
    plan = job.plan
    make_sliced_3mf(
        place,
        plates=[
            SlicedPlate(
                index=plan.plate,
                layers=plan.layers,
                prediction_s=round(plan.print_s),
                used_g=tuple((each.index, each.used_g) for each in plan.filaments),
                objects=tuple(zip(plan.objects, plan.parts, strict=True)),
            )
        ],
        filaments=filaments,
        printer_model_id=machine.model.code,
        plate_mm=machine.model.plate_mm,
        name=plan.name,
        comment=mark,
    )


def _filaments(machine: Machine, job: Job) -> list[SlicedFilament]:
    made = []
    for each in job.plan.filaments:
        there = machine.feed.spool(job.slots.get(each.index, EXTERNAL))
        fits = there is not None and there.filament.type == each.type
        preset = there.filament if there and fits else settings_for(each.type)
        # A slicer counts heads from the left, the machine from the right.
        group = 1 - job.head_for(each.index) if machine.model.heads > 1 else None
        made.append(SlicedFilament(each.type, each.color, preset.idx, group))
    return made
