"""What happens to a machine by itself, step by step, on its own clock.

    - {at_s: 600, misbehave: runout}                  # once, so long after the start
    - {after_s: 300, do: refill}                      # so long after the step before it
    - {after_s: 5, do: resume}
    - {every_s: [5400, 9000], misbehave: fault, print_error: "0300_8003"}
    - {at_percent: 62, misbehave: spaghetti, for_s: 900}   # whenever a job gets there

A time can be `[least, most]`; what it comes to hangs on the serial alone, so that a run
can be repeated. `chance` (0 to 1) lets a step happen only sometimes; what comes after it
waits for the next time.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from odin_engine.simulator.bambu.machine import GcodeState
from odin_engine.simulator.bambu.machine.routine import Routine, hold, until
from odin_engine.simulator.bambu.printer import SimulatedPrinter
from odin_engine.simulator.deeds import ACTS, MISBEHAVIOURS, Deed, find, tell

_LOG = logging.getLogger(__name__)

_TRIGGERS = ("at_s", "every_s", "at_percent", "after_s")
_TABLES = {"misbehave": MISBEHAVIOURS, "do": ACTS, "end": MISBEHAVIOURS}


class BadScenario(ValueError):
    """A step says nothing that can be done."""


@dataclass(frozen=True, slots=True)
class _Step:
    trigger: str
    least: float
    most: float
    chance: float
    deed: Deed
    options: Mapping[str, Any]
    ends: bool

    def act(self, printer: SimulatedPrinter) -> None:
        """Does it; where the machine cannot now, it is left out."""
        if self.ends:
            printer.machine.behave(self.deed.name)
            return
        try:
            tell(printer, self.deed, self.options)
        except ValueError as error:
            _LOG.debug("%s, %s: %s", printer.machine.name, self.deed.name, error)


def play(printer: SimulatedPrinter, rows: Sequence[Mapping[str, Any]]) -> None:
    """Lets the steps happen in their time.

    Raises:
        BadScenario: a step has no time, or nothing to do that could be done.
    """
    chains: list[list[_Step]] = []
    for row in rows:
        step = _read(row)
        if step.trigger == "after_s" and chains:
            chains[-1].append(step)
        else:
            chains.append([step])
    for number, chain in enumerate(chains):
        dice = Random(f"{printer.serial}/{number}")  # noqa: S311 - no secret hangs on it
        printer.machine.run_beside(_run(printer, chain, dice))


def seconds_from(given: Any) -> tuple[float, float]:  # noqa: ANN401 - of a file
    """Reads a time in seconds, or `[least, most]` of one.

    Raises:
        BadScenario: it is neither.
    """
    pair = given if isinstance(given, list) else [given, given]
    try:
        least, most = (float(each) for each in pair)
    except (TypeError, ValueError) as error:
        raise BadScenario(f"{given!r} is no time in seconds") from error
    if not 0 <= least <= most:
        raise BadScenario(f"{given!r} is no time in seconds")
    return least, most


def _read(row: Mapping[str, Any]) -> _Step:
    triggers = [name for name in _TRIGGERS if name in row]
    verbs = [name for name in _TABLES if name in row]
    if len(triggers) != 1 or len(verbs) != 1:
        raise BadScenario(
            f"a step needs one of {', '.join(_TRIGGERS)} and one of"
            f" {', '.join(_TABLES)}: {dict(row)}"
        )
    (trigger,), (verb,) = triggers, verbs
    least, most = seconds_from(row[trigger])
    if trigger == "every_s" and most <= 0:
        raise BadScenario(f"every_s must be above 0: {dict(row)}")
    options = {
        key: value for key, value in row.items() if key not in {trigger, verb, "chance"}
    }
    try:
        deed = find(str(row[verb]), _TABLES[verb])
        if verb == "end" and not deed.lasts:
            raise BadScenario(f"{deed.name} happens once and cannot be ended")
        deed.read(options)
        chance = float(row.get("chance", 1))
    except (ValueError, TypeError) as error:
        raise BadScenario(f"{error}: {dict(row)}") from error
    return _Step(trigger, least, most, chance, deed, options, verb == "end")


def _run(printer: SimulatedPrinter, chain: Sequence[_Step], dice: Random) -> Routine:
    first, *rest = chain
    while True:
        if first.trigger == "at_percent":
            yield from _reach(printer, dice.uniform(first.least, first.most) / 100)
        else:
            yield from hold(dice.uniform(first.least, first.most))
            # A farm is described before its printers are on the network.
            yield
        if dice.random() < first.chance:
            first.act(printer)
            for step in rest:
                yield from hold(dice.uniform(step.least, step.most))
                step.act(printer)
        if first.trigger in {"at_s", "after_s"}:
            return


def _reach(printer: SimulatedPrinter, share: float) -> Routine:
    """Waits until a job gets so far that was not there yet."""
    prints = printer.machine.prints

    def is_past() -> bool:
        job = prints.job
        is_running = prints.state is GcodeState.RUNNING
        return job is not None and is_running and job.share >= share

    yield from until(lambda: prints.job is None or prints.job.share < share)
    yield from until(is_past)
