"""Takes down what there is to see on a machine, small enough to hand to a thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate
from zlib import crc32

from odin_engine.simulator.bambu.description import Model
from odin_engine.simulator.bambu.machine import GcodeState, Machine
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour
from odin_engine.simulator.bambu.machine.plan import Job
from odin_engine.simulator.bambu.machine.stages import HOME, LEVEL_BED, LEVEL_HOT_BED
from odin_engine.simulator.bambu.machine.units import EXTERNAL

type Color = tuple[int, int, int]

_GREY: Color = (128, 128, 128)
# Height of a layer, which the file does not tell; and what a plate shows at all.
_LAYER_MM, _MOST_OBJECTS = 0.2, 25


class Body(Enum):
    """The outlines of machines that a camera can tell apart."""

    BOX = "enclosed, the bed sinks"
    FRAME = "the same without walls"
    SLINGER = "the bed slides, the gantry climbs on two columns"
    MINI = "the same on one column"


class Act(Enum):
    """What the head is doing."""

    PARKED = "parked"
    PROBING = "probing the bed"
    PRINTING = "printing"


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to see. Lengths are shares of the plate's width."""

    caption: str
    body: Body
    heads: int
    act: Act
    is_lit: bool
    is_door_open: bool
    moment_s: float
    # The part: how tall it is and will be, its colours from the bottom up, each with
    # the share of the height at which it ends, and which of its objects were left out
    # from what height on.
    height: float
    full_height: float
    bands: tuple[tuple[float, Color], ...]
    objects: int
    skipped: tuple[int, ...]
    seed: int
    is_spaghetti: bool
    is_detached: bool

    @property
    def shows_part(self) -> bool:
        """Says whether anything stands on the plate."""
        return self.height > 0


def look(machine: Machine) -> Scene:
    """Takes down what the camera would see now."""
    prints, job = machine.prints, machine.prints.job
    full = height = 0.0
    if job is not None and prints.plate_occupied and prints.layer > 0:
        full = _height(job.plan.layers, machine.model.plate_mm)
        height = full * min(1.0, prints.layer / max(1, job.plan.layers))
    objects = job.plan.objects[:_MOST_OBJECTS] if job else ()
    return Scene(
        caption=f"{machine.name}  {machine.now:%Y-%m-%d %H:%M:%S}",
        body=_body(machine.model),
        heads=machine.model.heads,
        act=_act(machine),
        is_lit=_is_lit(machine),
        is_door_open=machine.model.enclosed and machine.settings.door_open,
        moment_s=machine.elapsed_s,
        height=height,
        full_height=full,
        bands=_bands(machine, job) if job else (),
        objects=max(1, len(objects)),
        skipped=tuple(i for i, each in enumerate(objects) if each in prints.skipped),
        seed=crc32(job.plan.name.encode()) if job else 0,
        is_spaghetti=machine.does(Misbehaviour.SPAGHETTI),
        is_detached=machine.does(Misbehaviour.DETACHED),
    )


def imagine(
    name: str,
    *,
    objects: int,
    layers: int,
    filaments: Sequence[tuple[float, str]],
    plate_mm: int,
) -> Scene:
    """Takes down what a slicer shows of a plate: the finished part.

    Args:
        name: Parts of one name look the same.
        objects: How many there are.
        layers: How many each has.
        filaments: Grams and colour of each, from the bottom up.
        plate_mm: How wide the plate is.
    """
    height = _height(layers, plate_mm)
    total = sum(grams for grams, _ in filaments) or 1.0
    ends = accumulate(grams / total for grams, _ in filaments)
    return Scene(
        caption="",
        body=Body.BOX,
        heads=1,
        act=Act.PARKED,
        is_lit=True,
        is_door_open=False,
        moment_s=0.0,
        height=height,
        full_height=height,
        bands=tuple(
            (end, _color(color))
            for end, (_, color) in zip(ends, filaments, strict=True)
        ),
        objects=max(1, min(objects, _MOST_OBJECTS)),
        skipped=(),
        seed=crc32(name.encode()),
        is_spaghetti=False,
        is_detached=False,
    )


def _height(layers: int, plate_mm: int) -> float:
    return min(0.55, max(0.1, max(1, layers) * _LAYER_MM / plate_mm))


def _is_lit(machine: Machine) -> bool:
    mode = machine.settings.lights.get("chamber_light")
    # A light that flashes is on for every other second.
    return mode == "on" or (mode == "flashing" and int(machine.elapsed_s) % 2 == 0)


def _body(model: Model) -> Body:
    if model.bed_slinger:
        return Body.MINI if model.plate_mm < 200 else Body.SLINGER
    return Body.BOX if model.enclosed else Body.FRAME


def _act(machine: Machine) -> Act:
    prints = machine.prints
    if prints.state is not GcodeState.RUNNING:
        return Act.PARKED
    if prints.stage in {HOME, LEVEL_BED, LEVEL_HOT_BED}:
        return Act.PROBING
    return Act.PRINTING if prints.stage == 0 and prints.layer > 0 else Act.PARKED


def _bands(machine: Machine, job: Job) -> tuple[tuple[float, Color], ...]:
    """Gives each filament's colour, as loaded, with the share at which it ends."""
    passed, bands = 0.0, []
    total = job.plan.used_g or 1.0
    for each in job.plan.filaments:
        passed += each.used_g / total
        spool = machine.feed.spool(job.slots.get(each.index, EXTERNAL))
        bands.append((passed, _color(spool.color if spool else each.color)))
    return tuple(bands)


def _color(code: str) -> Color:
    try:
        red, green, blue = bytes.fromhex(code.lstrip("#")[:6])
    except ValueError:
        return _GREY
    return red, green, blue
