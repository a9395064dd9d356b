"""One machine: its parts, its clock, and everything a person or a wire can do to it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random

from odin_engine.simulator.bambu.description import Model
from odin_engine.simulator.bambu.machine import alarms as codes
from odin_engine.simulator.bambu.machine.alarms import Alarms, code_number
from odin_engine.simulator.bambu.machine.feed import Feed
from odin_engine.simulator.bambu.machine.heat import AMBIENT_C, bed, chamber
from odin_engine.simulator.bambu.machine.misbehaviour import (
    Misbehaviour,
    Misbehaviours,
    Option,
)
from odin_engine.simulator.bambu.machine.plan import Job, Options, PrintPlan
from odin_engine.simulator.bambu.machine.prints import GcodeState, Prints
from odin_engine.simulator.bambu.machine.settings import Refusal, Storage, settings_of
from odin_engine.simulator.bambu.machine.units import (
    EXTERNAL,
    NOTHING,
    Unit,
    UnitKind,
    number_units,
    unit,
)
from odin_engine.simulator.routine import Routine, Runner, hold, until

# Longer strides of the clock are cut into these, so that no stage is jumped over.
_STRIDE_S = 1.0
# When the clock of a machine starts that nobody told the time.
EPOCH = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
# Reading a big file takes this long on small boards. Source: the longest wait seen
# between an accepted start and PREPARE's end, 135 s.
_SLOW_PARSE_S = 135.0
# Jobs begun at the machine itself have ids of their own.
_FIRST_OWN_ID = 700_000_000
# Of the warmth of the chamber so much reaches the units on its top.
_UNITS_SHARE = 0.3
_CALIBRATION_STAGES = {0: 12, 1: 1, 2: 3, 3: 25, 4: 39, 5: 40, 6: 65}


def default_units(model: Model, serial: str) -> list[Unit]:
    """Makes the units a model is shown with, loaded believably."""
    kinds = [UnitKind(name) for name in model.units]
    # With two heads the odd units feed the left one.
    return [
        unit(kind, number, serial, head=place % model.heads)
        for place, (kind, number) in enumerate(
            zip(kinds, number_units(kinds), strict=True)
        )
    ]


class Machine:
    """Ties heat, feed, prints and alarms to one clock that others move."""

    def __init__(
        self,
        model: Model,
        *,
        serial: str,
        name: str = "",
        access_code: str = "12345678",
        units: list[Unit] | None = None,
        started_at: datetime = EPOCH,
    ) -> None:
        self.model, self.serial, self.access_code = model, serial, access_code
        self.name = name or f"{model.name} {serial[-4:]}"
        self.settings = settings_of(model)
        self.alarms = Alarms()
        self.bed = bed(model.bed_max_c, model.bed_heats_c_s)
        self.chamber = chamber(model.chamber_max_c)
        self.feed = Feed(
            model, default_units(model, serial) if units is None else units
        )
        self.prints = Prints(
            model, self.settings, self.alarms, self.feed, self.bed, self.chamber
        )
        self.misbehaviours = Misbehaviours()
        self.misbehaviours.listen(self._misbehave)
        self.elapsed_s = 0.0
        self._started_at = started_at
        self._hand = Runner()
        self._jobs_taken = 0
        self.own_jobs: dict[str, Job] = {}
        self._beside: list[Runner] = []
        self._watchers: list[Callable[[], None]] = []
        self._seen: tuple[object, ...] = self._outline()
        # Only the flicker of readings; seeded, so a run can be repeated.
        self.flicker = Random(serial)  # noqa: S311 - no secret hangs on it

    @property
    def gcode_state(self) -> GcodeState:
        """Gives the state of the job as the wire words it."""
        return self.prints.state

    @property
    def now(self) -> datetime:
        """Reads the machine's own clock."""
        return self._started_at + timedelta(seconds=self.elapsed_s)

    @property
    def started_print_at(self) -> datetime:
        """Gives the instant at which the present or last job was taken."""
        return self._started_at + timedelta(seconds=self.prints.started_at_s)

    def watch(self, callback: Callable[[], None]) -> None:
        """Calls back after each change of state, stage, fault, tray or switch."""
        self._watchers.append(callback)

    def tick(self, seconds: float) -> None:
        """Lets time pass, in strides short enough that no stage is missed."""
        left = seconds
        while left > 0:
            stride = min(left, _STRIDE_S)
            left -= stride
            self._stride(stride)

    def notice(self) -> None:
        """Tells the watchers if anything that people look at has changed."""
        outline = self._outline()
        if outline != self._seen:
            self._seen = outline
            for watcher in self._watchers:
                watcher()

    def start(
        self,
        plan: PrintPlan,
        *,
        slots: Mapping[int, int] | None = None,
        options: Options | None = None,
        verdict: int = 0,
        heads: Mapping[int, int] | None = None,
    ) -> None:
        """Starts a plan; filaments without a slot come from the external spool.

        A `verdict` is the error the machine will find when it has read the file.
        """
        given = self.misbehaviours.options(Misbehaviour.SLOW_PARSE)
        prepare_s = 8.0 + plan.print_s / 3600
        if given is not None:
            prepare_s = float(given.get("seconds", _SLOW_PARSE_S))
        self._jobs_taken += 1
        own = Options(
            subtask_name=plan.name, task_id=str(_FIRST_OWN_ID + self._jobs_taken)
        )
        self.prints.keeps_stale_percent = (
            self.misbehaviours.options(Misbehaviour.STALE_100) is not None
        )
        if self.prints.keeps_stale_percent:
            self.prints.percent = 100
        self.prints.started_at_s = self.elapsed_s
        job = Job(
            plan,
            options or own,
            dict(slots or {}),
            prepare_s=prepare_s,
            verdict=verdict,
            heads=dict(heads or {}),
        )
        self.prints.start(job)
        self.remember(job)
        self.notice()

    def remember(self, job: Job) -> None:
        """Keeps a job that no file was sent for in `own_jobs`: its card is owed one."""
        if job.plan.parts:
            self.own_jobs[job.plan.name] = job

    def load(self, flat: int, *, head: int = 0) -> bool:
        """Loads a tray by hand, 255 unloads; says whether the machine takes it."""
        if self.prints.is_busy or self._hand.is_busy:
            return False
        if flat not in (NOTHING, EXTERNAL) and self.feed.spool(flat) is None:
            return False
        self._hand.start(self.feed.change(flat, head=head))
        self.notice()
        return True

    def read_tag(self, flat: int) -> bool:
        """Reads a tray's tag again; needs every head empty."""
        if self.feed.now != NOTHING or self._hand.is_busy:
            return False
        if self.feed.locate(flat) is None:
            return False
        self._hand.start(self.feed.read_tag())
        self.notice()
        return True

    def home(self) -> None:
        """Finds the ends of the axes."""
        self._hand.start(self._home())

    def calibrate(self, bits: int) -> bool:
        """Runs the calibrations in the bit mask; says whether it can now."""
        if self.prints.is_busy or self._hand.is_busy:
            return False
        chosen = [
            stage for bit, stage in _CALIBRATION_STAGES.items() if bits >> bit & 1
        ]
        self._hand.start(self._calibrate(chosen))
        self.notice()
        return True

    def open_door(self, *, is_open: bool = True) -> None:
        """Opens or closes the door."""
        self.settings.door_open = self.chamber.is_open = is_open
        self.notice()

    def clear_plate(self) -> None:
        """Takes the finished part off the plate."""
        self.prints.plate_occupied = False
        self.notice()

    def fault(self, error: str | int, hms: str | int = 0) -> None:
        """Raises an error: 4xxx ends the job, 8xxx and Cxxx pause it (§6.5)."""
        number = code_number(error)
        if hms:
            self.alarms.raise_hms(code_number(hms))
        stops = number & 0xF000 == 0x4000
        if stops and self.prints.is_busy:
            self.prints.fail(number)
        else:
            self.prints.pause()
        self.alarms.print_error = number
        self.notice()

    def run_beside(self, routine: Routine) -> None:
        """Lets a routine happen beside everything else, on the machine's clock."""
        runner = Runner()
        self._beside.append(runner)
        runner.start(routine)

    def misbehave(self, name: str, **options: Option) -> None:
        """Begins a misbehaviour by name.

        Raises:
            UnknownMisbehaviour: nothing is called so.
        """
        self.misbehaviours.begin(name, options)
        self.notice()

    def behave(self, name: str) -> None:
        """Ends a misbehaviour by name."""
        self.misbehaviours.end(name)
        self.notice()

    def does(self, name: Misbehaviour) -> bool:
        """Says whether a misbehaviour is on."""
        return self.misbehaviours.options(name) is not None

    @property
    def _air_c(self) -> float:
        """Gives the air around the units, which stand on the warm machine."""
        return AMBIENT_C + (self.chamber.heater.current_c - AMBIENT_C) * _UNITS_SHARE

    def _stride(self, seconds: float) -> None:
        self.elapsed_s += seconds
        self.bed.tick(seconds)
        self.chamber.tick(seconds, self.bed.current_c)
        self.feed.head.heater.breeze = self.settings.fans["part"] / 100
        self.feed.tick(seconds, self._air_c)
        self.prints.tick(seconds)
        self._hand.tick(seconds)
        self.misbehaviours.tick(seconds)
        for runner in self._beside:
            runner.tick(seconds)
        self.notice()

    def _home(self) -> Routine:
        self.settings.homed = False
        self.prints.stage = 13
        yield from hold(15)
        self.settings.homed = True
        self.prints.stage = self.model.idle_stage

    def _calibrate(self, stages: list[int]) -> Routine:
        self.prints.state = GcodeState.RUNNING
        self.prints.print_type, self.prints.planned = "system", tuple(stages)
        self.feed.head.heater.aim(140)
        yield from until(lambda: self.feed.head.heater.is_ready)
        for stage in stages:
            self.prints.stage = stage
            yield from hold(30)
        self.feed.head.heater.aim(0)
        self.prints.state, self.prints.stage = (
            GcodeState.FINISH,
            self.model.idle_stage,
        )
        self.prints.planned = ()

    def _misbehave(
        self, which: Misbehaviour, options: Mapping[str, Option], *, begins: bool
    ) -> None:
        match which:
            case Misbehaviour.FAULT if begins:
                self._fault_with(options)
            case Misbehaviour.RUNOUT if begins:
                self._empty_spool()
            case Misbehaviour.CANCEL if begins:
                self.prints.cancel()
            case Misbehaviour.DOOR_OPEN:
                self.open_door(is_open=begins)
            case Misbehaviour.REFUSE_COMMANDS:
                self.settings.developer_mode = not begins
                self.settings.refusal = Refusal(str(options.get("form", "a")))
            case Misbehaviour.STORAGE_NONE:
                self.settings.storage = Storage.NONE if begins else Storage.OK
            case Misbehaviour.POWER_CUT if begins:
                self._lose_power()
            case Misbehaviour.POWER_CUT:
                self.feed.power_on()
            case Misbehaviour.STALE_100 if not begins:
                self.prints.keeps_stale_percent = False
            case _:
                return
        if which in {Misbehaviour.FAULT, Misbehaviour.RUNOUT, Misbehaviour.CANCEL}:
            self.misbehaviours.forget(which)

    def _fault_with(self, options: Mapping[str, Option]) -> None:
        error = options.get("print_error", codes.SPAGHETTI)
        hms = options.get("hms", 0)
        self.fault(
            error if isinstance(error, str) else int(error),
            hms if isinstance(hms, str) else int(hms),
        )

    def _empty_spool(self) -> None:
        spool = self.feed.spool(self.feed.now)
        if spool is not None:
            spool.remaining_g = 0

    def _lose_power(self) -> None:
        self.prints.power_off()
        self._hand.stop()
        for each in self.feed.units:
            each.stop_drying()
        self.settings.homed = False
        self.alarms.clear()

    def _outline(self) -> tuple[object, ...]:
        prints, feed, settings = self.prints, self.feed, self.settings
        return (
            prints.state,
            prints.stage,
            prints.print_type,
            prints.plate_occupied,
            tuple(prints.skipped),
            self.alarms.print_error,
            tuple(self.alarms.hms),
            feed.now,
            feed.target,
            feed.previous,
            feed.status,
            settings.door_open,
            settings.speed_level,
            settings.storage,
            tuple(settings.lights.values()),
            tuple(settings.detectors.values()),
            tuple(settings.options.values()),
            settings.timelapse,
            tuple(unit.phase for unit in feed.units),
        )
