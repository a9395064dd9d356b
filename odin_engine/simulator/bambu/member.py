"""A Bambu Lab machine as the farm treats it."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from odin_engine.simulator.bambu.deeds import ACTS, MISBEHAVIOURS, tell
from odin_engine.simulator.bambu.keeping import keep, restore
from odin_engine.simulator.bambu.machine import GcodeState
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour
from odin_engine.simulator.bambu.printer import SimulatedPrinter
from odin_engine.simulator.bambu.shift import Shift
from odin_engine.simulator.deeds import Deed
from odin_engine.simulator.entry import jobs_of
from odin_engine.simulator.rhythm import rhythm_of
from odin_engine.simulator.routine import Routine

REAL_PORTS: Mapping[str, int] = {
    "mqtt": 8883,
    "ftps": 990,
    "camera": 6000,
    "detect": 3000,
}


class BambuMember:
    """A simulated printer with its list of jobs; `raw` is its entry in the farm file."""

    family = "bambu"
    misbehaviours = MISBEHAVIOURS
    acts = ACTS

    def __init__(
        self,
        printer: SimulatedPrinter,
        shift: Shift | None = None,
        raw: Mapping[str, Any] | None = None,
    ) -> None:
        self.printer = printer
        self._shift, self._raw = shift, raw or {}

    @property
    def name(self) -> str:
        """See `Member`, as all of these."""
        return self.printer.machine.name

    @property
    def model(self) -> str:
        """Its model's name."""
        return self.printer.machine.model.name

    @property
    def key(self) -> str:
        """Its serial."""
        return self.printer.serial

    @property
    def serial(self) -> str:
        """Its serial."""
        return self.printer.serial

    @property
    def host(self) -> str:
        """The address that it listens on."""
        return self.printer.host

    @property
    def ports(self) -> Mapping[str, int]:
        """Its ports by name."""
        return self.printer.ports

    @property
    def is_on(self) -> bool:
        """Whether its ports are open."""
        return self.printer.is_on

    @property
    def state(self) -> str:
        """Its `gcode_state`."""
        return str(self.printer.machine.gcode_state)

    @property
    def share(self) -> float | None:
        """How much of its job is printed."""
        job = self.printer.machine.prints.job
        return None if job is None else job.share

    @property
    def percent(self) -> int:
        """What it shows, which need not be true."""
        return self.printer.machine.prints.percent

    @property
    def is_printing(self) -> bool:
        """Whether it is `RUNNING`."""
        return self.printer.machine.prints.state is GcodeState.RUNNING

    @property
    def misbehaves(self) -> list[str]:
        """The names of what is on."""
        return self.printer.machine.misbehaviours.names()

    def address(self) -> dict[str, Any]:
        """Its code is there by two names, as readers of old know the one."""
        printer = self.printer
        return {
            "name": self.name,
            "family": self.family,
            "model": self.model,
            "serial": printer.serial,
            "access_code": printer.access_code,
            "secret": printer.access_code,
            "host": printer.host,
            "ports": printer.ports,
            "options": {},
            "certificate_sha256": printer.fingerprint,
        }

    def tell(self, deed: Deed, options: Mapping[str, object]) -> None:
        """Makes it happen now."""
        tell(self.printer, deed, options)

    def behave(self, deed: Deed) -> None:
        """Ends a misbehaviour."""
        self.printer.machine.behave(deed.name)

    def advance(self, seconds: float) -> None:
        """Moves its clock and sends what is then to be said."""
        self.printer.advance(seconds)

    def run_beside(self, routine: Routine) -> None:
        """Lets a routine happen on its clock."""
        self.printer.machine.run_beside(routine)

    def begin(self) -> None:
        """Starts its first job, with the fault, or switched off."""
        machine = self.printer.machine
        if self._shift is not None:
            self._shift.start_at(float(jobs_of(self._raw)[0].get("at_percent", 0)))
        if "fault" in self._raw:
            machine.misbehave("fault", **self._raw["fault"])
        if self._raw.get("offline"):
            machine.misbehave(Misbehaviour.POWER_CUT)

    def go_on(self) -> None:
        """Lets the jobs of its shift follow one another."""
        rhythm = rhythm_of(self._raw)
        if self._shift is not None and rhythm is not None:
            self._shift.go_on(rhythm)

    def keep(self) -> dict[str, Any]:
        """Returns its job, its spools, its faults, its code."""
        return keep(self.printer.machine, self._shift)

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is where it was."""
        restore(kept, self.printer.machine, self._shift)

    async def __aenter__(self) -> Self:
        await self.printer.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.printer.__aexit__(kind, error, trace)
