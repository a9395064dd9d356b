"""The life of a print: from the accepted command to the cooling plate."""

from enum import StrEnum
from math import ceil, floor

from odin_engine.simulator.bambu.description import Dialect, Model
from odin_engine.simulator.bambu.machine import alarms as codes
from odin_engine.simulator.bambu.machine.alarms import Alarms
from odin_engine.simulator.bambu.machine.feed import IDLE, PRINTING, Feed
from odin_engine.simulator.bambu.machine.heat import Chamber, Heater
from odin_engine.simulator.bambu.machine.plan import Job
from odin_engine.simulator.bambu.machine.settings import Settings
from odin_engine.simulator.bambu.machine.stages import (
    CHANGE_FILAMENT,
    HEAT_NOZZLE,
    INSPECT,
    PAUSED_BY_USER,
    PAUSED_RUNOUT,
    PRINTING_STAGE,
    Stages,
)
from odin_engine.simulator.bambu.machine.units import EXTERNAL, NOTHING, UnitKind
from odin_engine.simulator.routine import Routine, Runner, hold, until


class GcodeState(StrEnum):
    """Words of `gcode_state`. Source: docs/protocols/bambu.md §6.1."""

    IDLE = "IDLE"
    PREPARE = "PREPARE"
    RUNNING = "RUNNING"
    PAUSE = "PAUSE"
    FINISH = "FINISH"
    FAILED = "FAILED"


BUSY_STATES = frozenset({GcodeState.PREPARE, GcodeState.RUNNING, GcodeState.PAUSE})

# A nozzle that has nothing to do for so long is let cool to this.
_COOLS_AFTER_S, _PAUSED_NOZZLE_C = 900.0, 90.0
# A print goes on when its nozzle lacks no more than this.
_NEAR_ENOUGH_C = 8.0
CANCEL_CODE_AFTER_S = 4.0
# Up to this heat of the nozzle the material wants much air.
_COOL_MATERIAL_TO_C = 240
# High half of the codes a unit raises: its module, then its number; 0x07FF stands for the
# way of the external spool. Source: docs/protocols/bambu.md §6.5.
_MODULES = {UnitKind.LITE: 0x1200, UnitKind.HT: 0x1800}
_EXTERNAL_PATH = 0x07FF


class Prints:
    """Runs one job at a time and tells how far it is."""

    def __init__(
        self,
        model: Model,
        settings: Settings,
        alarms: Alarms,
        feed: Feed,
        bed: Heater,
        chamber: Chamber,
    ) -> None:
        self._model, self._settings, self._alarms = model, settings, alarms
        self._feed, self._bed, self._chamber = feed, bed, chamber
        self._stages = Stages(model, settings, feed, bed, chamber)
        self._paused_s = 0.0
        self._runner = Runner()
        self._afterwards = Runner()
        self._stage_before_pause = PRINTING_STAGE
        self.state = GcodeState.IDLE
        # Small boards that have not printed since they woke say 0. Source: §6.2.
        self.stage = 0 if model.sends_deltas else model.idle_stage
        self.planned: tuple[int, ...] = ()
        self.job: Job | None = None
        self.print_type = "idle"
        self.percent = 0
        self.layer = 0
        self.prepare_percent = 0
        self.skipped: list[int] = []
        self.plate_occupied = False
        self.keeps_stale_percent = False
        self.started_at_s = 0.0

    @property
    def is_busy(self) -> bool:
        """Says whether a job holds the machine."""
        return self.state in BUSY_STATES or self._runner.is_busy

    @property
    def remaining_s(self) -> float:
        """Gives what is left at the present speed."""
        if self.job is None or not self.is_busy:
            return 0.0
        left = self.job.plan.print_s - self.job.printed_s
        return left * 100 / self._settings.speed_percent

    @property
    def remaining_min(self) -> int:
        """Gives what is left in whole minutes, as the wire has it."""
        return ceil(self.remaining_s / 60)

    def start(self, job: Job) -> None:
        """Takes a job. The old percentage stays on show until it runs (§6.6)."""
        self.job = job
        self.print_type = job.options.print_type
        self._alarms.print_error = 0
        self._afterwards.stop()
        self._runner.start(self._run(job))

    def pause(self, stage: int = PAUSED_BY_USER) -> bool:
        """Halts a running job; says whether there was one."""
        if self.state is not GcodeState.RUNNING:
            return False
        self._stage_before_pause = self.stage
        self.state, self.stage = GcodeState.PAUSE, stage
        self._paused_s = 0.0
        self._settings.fans["part"] = 0
        return True

    def resume(self) -> bool:
        """Goes on with a paused job; says whether there was one.

        Whoever goes on after a runout has brought a fresh spool of the same kind.
        """
        if self.state is not GcodeState.PAUSE:
            return False
        self._alarms.clear()
        self._feed.refill()
        self.state, self.stage = GcodeState.RUNNING, self._stage_before_pause
        return True

    def cancel(self, code: int = codes.CANCELLED) -> bool:
        """Ends a job early: FAILED at once, the code some seconds later (§6.6)."""
        if not self.is_busy:
            return False
        self._end(GcodeState.FAILED)
        self.percent = 0
        self._alarms.clear()
        self._afterwards.start(self._post(code))
        return True

    def fail(self, code: int) -> None:
        """Ends a job by a fault."""
        self._end(GcodeState.FAILED)
        self._alarms.print_error = code

    def power_off(self) -> None:
        """Loses the job as a power cut does."""
        self._runner.stop()
        self._afterwards.stop()
        self._end(GcodeState.IDLE)
        self.job, self.print_type = None, "idle"
        self.percent = self.layer = self.prepare_percent = 0
        if self._model.sends_deltas:
            self.stage = 0

    def skip(self, objects: list[int]) -> bool:
        """Leaves objects out; refuses to leave out the last one."""
        if self.job is None or not self.is_busy:
            return False
        known = set(self.job.plan.objects)
        wanted = set(self.skipped) | set(objects)
        if not wanted <= known or wanted == known:
            return False
        self.skipped = sorted(wanted)
        return True

    def tick(self, seconds: float) -> None:
        """Lets time pass; a paused job stands still."""
        self._afterwards.tick(seconds)
        if self.state is not GcodeState.PAUSE:
            self._runner.tick(seconds)
            return
        self._paused_s += seconds
        if self._paused_s > _COOLS_AFTER_S:
            for head in self._feed.heads:
                head.heater.aim(min(head.heater.target_c, _PAUSED_NOZZLE_C))

    def _post(self, code: int) -> Routine:
        yield from hold(CANCEL_CODE_AFTER_S)
        self._alarms.print_error = code

    def _run(self, job: Job) -> Routine:
        self.state, self.stage = GcodeState.IDLE, self._model.idle_stage
        self.prepare_percent = 0
        yield from hold(2)
        self.state = GcodeState.PREPARE
        left = job.prepare_s
        while left > 0:
            left -= yield
            done = 1 - max(left, 0) / job.prepare_s
            self.prepare_percent = min(100, floor(100 * done))
        if job.verdict:
            self.fail(job.verdict)
            return
        self._begin(job)
        for stage in self.planned:
            self.stage = stage
            yield from self._stages.do(stage, job)
        self.stage = PRINTING_STAGE
        yield from self._stages.prime(job)
        yield from self._print(job)
        yield from self._finish(job.plan.nozzle_c)

    def _begin(self, job: Job) -> None:
        self.state = GcodeState.RUNNING
        if not self.keeps_stale_percent:
            self.percent = 0
        self.layer, self.skipped, self.plate_occupied = 0, [], True
        assists = PRINTING if self._feed.units else IDLE
        self._feed.resting_status = self._feed.status = assists
        self._settings.timelapse = job.options.timelapse
        self.planned = self._stages.planned(job)
        self._stages.begin(job)

    def _print(self, job: Job) -> Routine:
        plan = job.plan
        while job.printed_s < plan.print_s:
            needed = plan.filament_at(job.share)
            flat = job.slots.get(needed.index, EXTERNAL)
            yield from self._ready(job, needed.index, flat)
            self._blow()
            seconds = yield
            step = seconds * self._settings.speed_percent / 100
            step = min(step, plan.print_s - job.printed_s)
            spool = self._feed.spool(flat)
            if spool is not None:
                spool.use(plan.used_g * step / plan.print_s)
                if spool.remaining_g <= 0:
                    self._run_out(job, needed.index, flat)
                    if self.state is GcodeState.PAUSE:
                        yield
                    continue
            job.printed_s += step
            yield from self._show(job)

    def _ready(self, job: Job, index: int, flat: int) -> Routine:
        """Has the right filament in the right head, hot enough to go on."""
        head = self._feed.heads[job.head_for(index)]
        if head.loaded != flat:
            self.stage = CHANGE_FILAMENT
            yield from self._stages.load(job, index)
        yield from self._feed.switch(head.number)
        head.heater.aim(job.plan.nozzle_c)
        if head.heater.current_c < head.heater.target_c - _NEAR_ENOUGH_C:
            self.stage = HEAT_NOZZLE
            yield from until(lambda: head.heater.is_ready)
        self.stage = PRINTING_STAGE

    def _show(self, job: Job) -> Routine:
        before, self.layer = self.layer, job.layer
        if not self.keeps_stale_percent:
            self.percent = min(99, floor(100 * job.share))
        has_lidar = self._model.dialect is Dialect.X1
        if before == 1 < self.layer and job.options.inspects_layer and has_lidar:
            self.stage = INSPECT
            yield from self._stages.do(INSPECT, job)
            self.stage = PRINTING_STAGE

    def _blow(self) -> None:
        fans, names = self._settings.fans, self._model.fan_keys
        is_hot = self._feed.head.heater.target_c > _COOL_MATERIAL_TO_C
        full = 30 if is_hot else 100
        # Layers that take long need less of it.
        wanted = full - self.layer * 5 % 4 * full // 16 if self.layer > 1 else 0
        fans["part"] = wanted
        if "aux" in names:
            fans["aux"] = full * 7 // 10 if self.layer > 1 else 0
        if "chamber" in names:
            fans["chamber"] = 0 if is_hot else 60

    def _run_out(self, job: Job, index: int, flat: int) -> None:
        twin = self._feed.twin_of(flat)
        self._feed.empty(flat)
        if twin is not None and self._settings.options["auto_switch_filament"]:
            job.slots[index] = twin
            return
        place = self._feed.locate(flat)
        if place is None:
            high, slot = _EXTERNAL_PATH, 0
        else:
            unit, slot = place
            high = _MODULES.get(unit.kind, 0x0700) + (unit.id & 0x7F)
        self._alarms.print_error = high << 16 | codes.RUNOUT & 0xFFFF
        attr = high << 16 | 0x2000 | slot << 8
        self._alarms.raise_hms(attr << 32 | 0x0002_0001)
        self.pause(PAUSED_RUNOUT)

    def _finish(self, nozzle_c: float) -> Routine:
        self.stage = self._model.idle_stage
        if self._feed.now not in self._feed.externals and self._feed.units:
            yield from self._feed.change(
                NOTHING, head=self._feed.head.number, nozzle_c=nozzle_c
            )
        self.percent = 100
        if self.job is not None:
            self.layer = self.job.plan.layers
        self._end(GcodeState.FINISH)

    def _end(self, state: GcodeState) -> None:
        self._runner.stop()
        self.state, self.stage = state, self._model.idle_stage
        # Small boards forget what they had planned, the others go on showing it.
        self.print_type = ""
        if self._model.sends_deltas:
            self.planned, self.print_type = (), "idle"
        self._feed.switches_to = None
        self._feed.resting_status = self._feed.status = IDLE
        self._feed.target = self._feed.now
        for head in self._feed.heads:
            head.heater.aim(0)
        self._bed.aim(0)
        self._chamber.heater.aim(0)
        self._settings.fans.update(part=0, aux=0, chamber=0)
