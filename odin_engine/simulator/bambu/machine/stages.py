"""What a machine does before it prints: heat, home, load, clean, level, calibrate."""

from odin_engine.simulator.bambu.description import Model
from odin_engine.simulator.bambu.machine.feed import Feed, Head
from odin_engine.simulator.bambu.machine.heat import Chamber, Heater
from odin_engine.simulator.bambu.machine.plan import Job
from odin_engine.simulator.bambu.machine.settings import Settings
from odin_engine.simulator.bambu.machine.units import EXTERNAL
from odin_engine.simulator.routine import Routine, hold, until

# Numbers of `stg_cur`. Source: docs/protocols/bambu.md §6.2.
PRINTING_STAGE, LEVEL_BED, PREHEAT_BED, VIBRATION, CHANGE_FILAMENT = 0, 1, 2, 3, 4
HEAT_NOZZLE, FLOW, INSPECT, HOME, CLEAN_NOZZLE = 7, 8, 10, 13, 14
NOZZLE_OFFSET, LEVEL_HOT_BED, HEAT_CHAMBER = 39, 40, 49
PAUSED_BY_USER, PAUSED_RUNOUT = 16, 6

# Seconds on the machine's clock that a stage takes once its heat is there.
_STAGE_S = {
    LEVEL_BED: 50,
    VIBRATION: 35,
    FLOW: 25,
    INSPECT: 24,
    HOME: 12,
    CLEAN_NOZZLE: 22,
    NOZZLE_OFFSET: 30,
    LEVEL_HOT_BED: 45,
}
_OTHER_STAGE_S = 4
# Warm enough to level with, too cold to drip; a wiped nozzle is cooled to it by its fan.
_STANDBY_C, _DRIPS_ABOVE_C = 140, 165
# Materials that need such a bed are printed in a warm chamber where there is one.
_WARM_CHAMBER_FROM_BED_C, _CHAMBER_BELOW_MAX_C = 90, 10
_PRIME_S = 8


class Stages:
    """Carries out the stages in which a print begins."""

    def __init__(
        self,
        model: Model,
        settings: Settings,
        feed: Feed,
        bed: Heater,
        chamber: Chamber,
    ) -> None:
        self._model, self._settings = model, settings
        self._feed, self._bed, self._chamber = feed, bed, chamber

    def planned(self, job: Job) -> tuple[int, ...]:
        """Lists the stages of a job in their order."""
        unwanted = set()
        if not job.options.bed_leveling:
            unwanted.add(LEVEL_BED)
        if not job.options.flow_calibration:
            unwanted.add(FLOW)
        if not job.options.vibration:
            unwanted.add(VIBRATION)
        if not self._warms_chamber(job):
            unwanted.add(HEAT_CHAMBER)
        if not self._feed.units:
            unwanted.add(CHANGE_FILAMENT)
        return tuple(each for each in self._model.start_stages if each not in unwanted)

    def begin(self, job: Job) -> None:
        """Turns the heaters on that are needed from the first moment."""
        self._bed.aim(job.plan.bed_c)
        self._head(job).heater.aim(_STANDBY_C)
        if self._warms_chamber(job):
            self._chamber.heater.aim(self._model.chamber_max_c - _CHAMBER_BELOW_MAX_C)

    def do(self, stage: int, job: Job) -> Routine:
        """Carries out one stage."""
        match stage:
            case 2 | 1 | 40:
                yield from until(lambda: self._bed.is_ready)
            case 4:
                yield from self.load(job, job.plan.filaments[0].index)
            case 14:
                yield from self._wipe(job)
                return
            case 49:
                wanted = self._chamber.heater
                # The print begins before the air is quite warm.
                yield from until(lambda: wanted.current_c >= wanted.target_c * 0.7)
            case 13:
                self._settings.homed = True
        yield from hold(_STAGE_S.get(stage, _OTHER_STAGE_S))

    def load(self, job: Job, index: int) -> Routine:
        """Brings the filament of that index into the head that prints it."""
        flat = job.slots.get(index, EXTERNAL)
        head = job.head_for(index)
        yield from self._feed.change(flat, head=head, nozzle_c=job.plan.nozzle_c)

    def prime(self, job: Job) -> Routine:
        """Brings the nozzle to its heat and draws a line at the edge."""
        heater = self._head(job).heater
        heater.aim(job.plan.nozzle_c)
        yield from until(lambda: heater.is_ready)
        yield from hold(_PRIME_S)

    def _wipe(self, job: Job) -> Routine:
        heater = self._head(job).heater
        heater.aim(job.plan.nozzle_c)
        yield from until(lambda: heater.is_ready)
        yield from hold(_STAGE_S[CLEAN_NOZZLE])
        heater.aim(_STANDBY_C)
        self._settings.fans["part"] = 100
        yield from until(lambda: heater.current_c < _DRIPS_ABOVE_C)
        self._settings.fans["part"] = 0

    def _head(self, job: Job) -> Head:
        return self._feed.heads[job.head_for(job.plan.filaments[0].index)]

    def _warms_chamber(self, job: Job) -> bool:
        return (
            self._model.has_chamber_heater
            and job.plan.bed_c >= _WARM_CHAMBER_FROM_BED_C
        )
