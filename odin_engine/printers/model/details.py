"""What a print is made of, as its file tells: objects, filaments, weight, time. Pure.

Reports do not carry any of it, so it is read from the file that is printed.
"""

from dataclasses import dataclass

from odin_engine.kernel.errors import NotFound
from odin_engine.printers.model.errors import DriverError
from odin_engine.printers.model.state import Job

type Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in mm from the plate's front left corner."""


@dataclass(frozen=True, slots=True)
class PrintObject:
    """A part on the plate; `id` is what `SkipObjects` takes."""

    id: int
    name: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class PrintFilament:
    """A filament that the plate uses.

    `index` is its place in `StartPrint.mapping`. `head` is the head that it was sliced
    for (0 = right or only, 1 = left).
    """

    index: int
    material: str | None = None
    preset_id: str | None = None
    color: str | None = None
    used_g: float | None = None
    used_m: float | None = None
    head: int | None = None


@dataclass(frozen=True, slots=True)
class PrintDetails:
    """One plate of a file. `can_skip_objects` is `None` where the file does not say.

    `plate_size_mm` is width and depth of what the objects' boxes lie on.
    """

    plate: int | None = None
    objects: tuple[PrintObject, ...] = ()
    filaments: tuple[PrintFilament, ...] = ()
    weight_g: float | None = None
    estimated_s: int | None = None
    layer_height_mm: float | None = None
    nozzle_mm: float | None = None
    bed_kind: str | None = None
    plate_size_mm: tuple[float, float] | None = None
    can_skip_objects: bool | None = None
    has_picture: bool = False

    @property
    def heads(self) -> tuple[int | None, ...]:
        """The head of each filament, by its place in a mapping."""
        by_index = {each.index: each.head for each in self.filaments}
        return tuple(
            by_index.get(index) for index in range(max(by_index, default=-1) + 1)
        )


class PrintFileUnavailable(DriverError):
    """The file that is printed cannot be read; `because` is a stable word for why.

    `cloud`, `missing`, `storage`, `unreadable`, `plate_unknown`, `too_large` or
    `unreachable`.
    """

    code = "print_file_unavailable"

    def __init__(self, because: str, message: str) -> None:
        super().__init__(message)
        self.because = because
        self.retry_after_s: float | None = None

    @property
    def is_final(self) -> bool:
        """Whether trying again for the same print is useless."""
        return self.because in {"unreadable", "plate_unknown", "too_large"}


class NothingPrinted(NotFound):
    """The printer shows no print, neither a running one nor the last."""

    code = "printer_no_print"


class PictureNotFound(NotFound):
    """There is no picture of that print."""

    code = "print_picture_not_found"


def is_another_print(one: Job, other: Job) -> bool:
    """Whether two jobs are certainly not the same; what either lacks proves nothing.

    Where both have a number it alone decides: names may change while a job runs.
    """
    for a, b in ((one.token, other.token), (one.external_id, other.external_id)):
        if a is not None and b is not None:
            return a != b
    pairs = (
        (one.name, other.name),
        (one.file, other.file),
        (one.plate, other.plate),
        (one.started_at, other.started_at),
    )
    return any(a is not None and b is not None and a != b for a, b in pairs)
