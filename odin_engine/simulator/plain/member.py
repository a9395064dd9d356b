"""A machine of a family without physics of its own, as the farm treats it."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from odin_engine.simulator.deeds import (
    FOR_S,
    BadOption,
    Deed,
    NotNow,
    Option,
    lasting,
)
from odin_engine.simulator.entry import jobs_of
from odin_engine.simulator.kinds import Kind, Simulated
from odin_engine.simulator.plain.acts import ACTS, START_JOB, made_up_job
from odin_engine.simulator.plain.job import PlainJob, job_from
from odin_engine.simulator.plain.machine import Activity
from odin_engine.simulator.plain.power import Power
from odin_engine.simulator.plain.shift import PlainShift
from odin_engine.simulator.rhythm import rhythm_of
from odin_engine.simulator.routine import Routine, hold

_FOR_S = "for_s"
POWER_CUT = lasting(
    "power_cut",
    "Loses power: ports close, the job is lost; ending it switches on again.",
)
_POWER_OFF = Deed("power_off", "Switches the printer off; the job is lost.")
_POWER_ON = Deed("power_on", "Switches the printer on.")


class PlainMember:
    """A simulated machine with its list of jobs; `raw` is its entry in the farm file.

    `key` is what tells it from all others, as not every family has serials. What a
    family has no own way for is done at the machine itself: pressing pause, taking the
    part off the plate, the switch.
    """

    def __init__(
        self,
        kind: Kind,
        simulated: Simulated,
        key: str,
        jobs: Sequence[PlainJob] = (),
        raw: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind, self.family, self.key = kind, kind.family, key
        self.simulated, self.machine = simulated, simulated.machine
        self.misbehaviours = _misbehaviours(kind, simulated)
        self.acts = _acts(simulated)
        self._shift = (
            PlainShift(self.machine, jobs, simulated.start_job, key) if jobs else None
        )
        self._raw = raw or {}
        self._begun: dict[str, int] = {}
        self._times_begun = 0
        self._power = Power(simulated)

    @property
    def name(self) -> str:
        """See `Member`, as all of these."""
        return self.simulated.name

    @property
    def model(self) -> str:
        """What it is, for people."""
        return self.simulated.model

    @property
    def serial(self) -> str | None:
        """Its serial, where its family has such."""
        return self.simulated.serial

    @property
    def host(self) -> str:
        """The address that it listens on."""
        return self.simulated.host

    @property
    def ports(self) -> Mapping[str, int]:
        """Its ports by name."""
        return self.simulated.ports

    @property
    def is_on(self) -> bool:
        """Whether its ports are open."""
        return self._power.is_on

    @property
    def state(self) -> str:
        """What the machine does, or `off`."""
        return "off" if self._power.is_off else str(self.machine.activity)

    @property
    def share(self) -> float | None:
        """How much of its job is printed."""
        return None if self.machine.job is None else self.machine.progress

    @property
    def percent(self) -> int:
        """The same in percent."""
        # A hundred times 0.29 is a little less than 29.
        return int(self.machine.progress * 100 + 1e-6)

    @property
    def is_printing(self) -> bool:
        """Whether it lays down its job."""
        return self.machine.activity is Activity.PRINTING

    @property
    def misbehaves(self) -> list[str]:
        """The names of what is on."""
        return sorted(self._begun)

    def address(self) -> dict[str, Any]:
        """All that it takes to reach it."""
        simulated = self.simulated
        return {
            "name": self.name,
            "family": self.family,
            "model": self.model,
            "serial": simulated.serial,
            "secret": simulated.secret,
            "host": simulated.host,
            "ports": simulated.ports,
            "options": simulated.options,
            "certificate_sha256": None,
        }

    def tell(self, deed: Deed, options: Mapping[str, object]) -> None:
        """Makes it happen now."""
        read = deed.read(options)
        try:
            if deed is self.misbehaviours.get(deed.name):
                self._misbehave(deed, read)
            else:
                self._act(deed, read)
        except TypeError as error:
            raise BadOption(f"{deed.name}: {error}") from error

    def behave(self, deed: Deed) -> None:
        """Ends a misbehaviour."""
        self._begun.pop(deed.name, None)
        if deed is POWER_CUT:
            self._switch(is_on=True)
        else:
            self.simulated.behave(deed.name)

    def advance(self, seconds: float) -> None:
        """Moves its clock."""
        self.machine.advance(seconds)

    def run_beside(self, routine: Routine) -> None:
        """Lets a routine happen on its clock."""
        self.machine.run_beside(routine)

    def begin(self) -> None:
        """Starts its first job, or is switched off."""
        if self._shift is not None:
            self._shift.start_at(float(jobs_of(self._raw)[0].get("at_percent", 0)))
        if self._raw.get("offline"):
            self.tell(self.misbehaviours[POWER_CUT.name], {})

    def go_on(self) -> None:
        """Lets its jobs follow one another."""
        rhythm = rhythm_of(self._raw)
        if self._shift is not None and rhythm is not None:
            self._shift.go_on(rhythm)

    def keep(self) -> dict[str, Any]:
        """Returns what the machine and its server remember, and which job was the last."""
        return {
            "is_off": self._power.is_off,
            "taken": self._shift.taken if self._shift else 0,
            "machine": self.machine.keep(),
            "simulated": self.simulated.keep(),
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is where it was."""
        is_off, taken = bool(kept["is_off"]), int(kept["taken"])
        self.simulated.restore(kept["simulated"])
        job = kept["machine"]["job"]
        if job is not None and self.machine.job is None:
            # Not every server remembers its machine's job, but all can be given one.
            self.simulated.start_job(job_from(job))
        self.machine.restore(kept["machine"])
        if self._shift is not None:
            self._shift.taken = taken
        if is_off:
            self.tell(self.misbehaviours[POWER_CUT.name], {})

    async def switched(self) -> None:
        """Waits until its ports are as its switch is."""
        await self._power.settle()

    async def __aenter__(self) -> Self:
        await self._power.plug_in()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._power.pull_out()

    def _misbehave(self, deed: Deed, read: dict[str, Option]) -> None:
        for_s = read.pop(_FOR_S, None)
        if deed is POWER_CUT:
            self._switch(is_on=False)
        else:
            self.simulated.misbehave(deed.name, **read)
        if deed.lasts:
            self._times_begun += 1
            self._begun[deed.name] = self._times_begun
            if for_s is not None:
                self.run_beside(self._end(deed, float(for_s), self._times_begun))

    def _end(self, deed: Deed, after_s: float, time: int) -> Routine:
        yield from hold(after_s)
        if self._begun.get(deed.name) == time:
            self.behave(deed)

    def _act(self, deed: Deed, read: Mapping[str, Option]) -> None:
        if deed is _POWER_OFF or deed is _POWER_ON:
            power_cut = self.misbehaviours[POWER_CUT.name]
            if deed is _POWER_ON:
                self.behave(power_cut)
            elif power_cut.name not in self._begun:
                self._misbehave(power_cut, {})
            return
        if self._power.is_off:
            raise NotNow(f"{self.name} is switched off")
        if deed is START_JOB:
            if self.machine.is_busy:
                raise NotNow(f"{self.name} has a job already")
            self.simulated.start_job(made_up_job(read))
        elif deed.name in self.simulated.acts:
            self.simulated.act(deed.name, **read)
        else:
            ACTS[deed.name][1](self.machine)

    def _switch(self, *, is_on: bool) -> None:
        self._power.switch(is_on=is_on)
        if self._shift is not None:
            self._shift.is_off = not is_on


def _misbehaviours(kind: Kind, simulated: Simulated) -> dict[str, Deed]:
    deeds = {POWER_CUT.name: POWER_CUT}
    for word, text in simulated.misbehaviours.items():
        lasts = word not in kind.once
        parameters = {_FOR_S: FOR_S} if lasts else {}
        deeds[word] = Deed(word, text, parameters, lasts=lasts, is_open=True)
    return dict(sorted(deeds.items()))


def _acts(simulated: Simulated) -> dict[str, Deed]:
    deeds = {name: deed for name, (deed, _) in ACTS.items()}
    deeds |= {each.name: each for each in (_POWER_OFF, _POWER_ON)}
    deeds |= {
        word: Deed(word, text, is_open=True) for word, text in simulated.acts.items()
    }
    deeds[START_JOB.name] = START_JOB
    return dict(sorted(deeds.items()))
