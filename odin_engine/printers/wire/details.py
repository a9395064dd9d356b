"""What a print is made of, as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Self

from pydantic import BaseModel

from odin_engine.printers.model import PrintFilament, SlotRef
from odin_engine.printers.model.matching import SlotFit, fits, proposed
from odin_engine.printers.service.details import PrintInside
from odin_engine.printers.service.uploads import FilePlate


class ObjectOut(BaseModel):
    """A part on the plate; `id` is what `skip-objects` takes.

    `box` is `[x0, y0, x1, y1]` in mm from the plate's front left corner.
    """

    id: int
    name: str
    box: tuple[float, float, float, float] | None
    is_skipped: bool


class PrintDetailsOut(BaseModel):
    """The present or last print of a printer, as its file describes it.

    `index` of a filament is its place in the `mapping` of a print, `head` the head it
    was sliced for (0 = right or only, 1 = left). `plate_size_mm` is width and depth.
    `picture` names the picture at `job/picture`: another picture has another name.
    `cannot_skip_because` says why no object can be skipped now.
    """

    name: str | None
    file: str | None
    token: int | None
    plate: int | None
    objects: Sequence[ObjectOut]
    filaments: Sequence[PrintFilament]
    weight_g: float | None
    estimated_s: int | None
    layer_height_mm: float | None
    nozzle_mm: float | None
    bed_kind: str | None
    plate_size_mm: tuple[float, float] | None
    has_picture: bool
    picture: str | None
    can_skip: bool
    cannot_skip_because: str | None

    @classmethod
    def from_model(cls, inside: PrintInside) -> Self:
        """Shapes what is known, with what the printer reports to have skipped."""
        job, details, refusal = inside.job, inside.details, inside.cannot_skip
        skipped = set(job.skipped_objects)
        return cls(
            name=job.name,
            file=job.file,
            token=job.token,
            plate=details.plate,
            objects=[
                ObjectOut(**asdict(each), is_skipped=each.id in skipped)
                for each in details.objects
            ],
            filaments=details.filaments,
            weight_g=details.weight_g,
            estimated_s=details.estimated_s,
            layer_height_mm=details.layer_height_mm,
            nozzle_mm=details.nozzle_mm,
            bed_kind=details.bed_kind,
            plate_size_mm=details.plate_size_mm,
            has_picture=details.has_picture,
            picture=inside.picture,
            can_skip=refusal is None,
            cannot_skip_because=refusal.message if refusal else None,
        )


class PlateFilamentOut(BaseModel):
    """A filament that a plate uses, and how the printer's slots suit it now.

    `index` is its place in the `mapping` of a print, `head` the head it was sliced for.
    `proposed` has its material; `null` where no slot has.
    """

    index: int
    material: str | None
    preset_id: str | None
    color: str | None
    used_g: float | None
    used_m: float | None
    head: int | None
    proposed: SlotRef | None
    slots: Sequence[SlotFit]


class PlateOut(BaseModel):
    """One plate of a file on the printer. `picture` names its picture, if it has one."""

    plate: int
    filaments: Sequence[PlateFilamentOut]
    object_count: int
    weight_g: float | None
    estimated_s: int | None
    layer_height_mm: float | None
    nozzle_mm: float | None
    bed_kind: str | None
    picture: str | None

    @classmethod
    def from_model(cls, plate: FilePlate) -> Self:
        """Shapes what is known of it."""
        details, units = plate.details, plate.units
        slots = proposed(details.filaments, units)
        return cls(
            plate=details.plate or 1,
            filaments=[
                PlateFilamentOut(
                    **asdict(filament), proposed=slot, slots=fits(filament, units)
                )
                for filament, slot in zip(details.filaments, slots, strict=True)
            ],
            object_count=len(details.objects),
            weight_g=details.weight_g,
            estimated_s=details.estimated_s,
            layer_height_mm=details.layer_height_mm,
            nozzle_mm=details.nozzle_mm,
            bed_kind=details.bed_kind,
            picture=plate.picture,
        )
