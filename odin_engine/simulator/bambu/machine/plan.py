"""What a sliced file asks of the machine, stripped to what the machine acts on."""

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from math import sin
from zlib import crc32

# A first layer is laid at a crawl: it takes so many times what another takes.
_FIRST_LAYER = 2.4


@dataclass(frozen=True, slots=True)
class PlanFilament:
    """One filament a plate needs. `index` counts from 0 through the whole project."""

    index: int
    type: str
    color: str
    used_g: float


@dataclass(frozen=True, slots=True)
class PrintPlan:
    """One plate, ready to print.

    `parts` names the objects of a job that no file was sent for; what was read from a
    file leaves them there.
    """

    name: str
    plate: int
    layers: int
    print_s: float
    filaments: tuple[PlanFilament, ...]
    objects: tuple[int, ...] = (1,)
    nozzle_c: int = 220
    bed_c: int = 60
    gcode_file: str = ""
    parts: tuple[str, ...] = ()

    @property
    def used_g(self) -> float:
        """Adds up what the plate consumes."""
        return sum(each.used_g for each in self.filaments)

    def layer_ends(self) -> tuple[float, ...]:
        """Tells at which share (0-1) of the time each layer ends.

        Layers differ as a part's outline does; the same file always gives the same.
        """
        if self.layers <= 0:
            return ()
        seed = crc32(self.name.encode())
        weights = [
            1
            + 0.35 * sin(layer / 17 + seed % 6)
            + 0.15 * sin(layer / 5)
            + 0.3 * (layer * 2654435761 + seed >> 7 & 0xFF) / 0xFF
            for layer in range(self.layers)
        ]
        weights[0] *= _FIRST_LAYER
        total = sum(weights)
        return tuple(passed / total for passed in accumulate(weights))

    def filament_at(self, share: float) -> PlanFilament:
        """Names the filament in use at this share (0-1) of the plate.

        Filaments follow one another by weight, as in a print coloured by height.
        """
        passed = 0.0
        total = self.used_g or 1.0
        for each in self.filaments:
            passed += each.used_g / total
            if share < passed:
                return each
        return self.filaments[-1]


@dataclass(frozen=True, slots=True)
class Options:
    """What a start command asked for besides the file."""

    subtask_name: str = ""
    project_id: str = "0"
    profile_id: str = "0"
    task_id: str = "0"
    subtask_id: str = "0"
    bed_leveling: bool = True
    flow_calibration: bool = False
    vibration: bool = False
    inspects_layer: bool = False
    timelapse: bool = False
    print_type: str = "local"


@dataclass(slots=True)
class Job:
    """One print under way. `slots` maps a filament's index to a flat tray number."""

    plan: PrintPlan
    options: Options
    slots: dict[int, int]
    prepare_s: float = 8.0
    printed_s: float = 0.0
    # What the machine finds when it has read the file; 0 when all is well.
    verdict: int = 0
    heads: dict[int, int] | None = None
    _ends: tuple[float, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._ends = self.plan.layer_ends()

    @property
    def layer(self) -> int:
        """Gives the layer under way, from 1; 0 where the file has none."""
        return min(self.plan.layers, 1 + bisect_right(self._ends, self.share))

    @property
    def share(self) -> float:
        """Gives the finished part, 0-1."""
        return min(1.0, self.printed_s / self.plan.print_s)

    def head_for(self, index: int) -> int:
        """Names the head that prints a filament, 0 unless the file says otherwise."""
        return (self.heads or {}).get(index, 0)
