"""What a sliced file asks of the machine, stripped to what the machine acts on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanFilament:
    """One filament a plate needs. `index` counts from 0 through the whole project."""

    index: int
    type: str
    color: str
    used_g: float


@dataclass(frozen=True, slots=True)
class PrintPlan:
    """One plate, ready to print."""

    name: str
    plate: int
    layers: int
    print_s: float
    filaments: tuple[PlanFilament, ...]
    objects: tuple[int, ...] = (1,)
    nozzle_c: int = 220
    bed_c: int = 60
    gcode_file: str = ""

    @property
    def used_g(self) -> float:
        """Adds up what the plate consumes."""
        return sum(each.used_g for each in self.filaments)

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

    @property
    def share(self) -> float:
        """Gives the finished part, 0-1."""
        return min(1.0, self.printed_s / self.plan.print_s)

    def head_for(self, index: int) -> int:
        """Names the head that prints a filament, 0 unless the file says otherwise."""
        return (self.heads or {}).get(index, 0)
