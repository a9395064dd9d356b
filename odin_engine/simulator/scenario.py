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

from odin_engine.simulator.deeds import Deed, find
from odin_engine.simulator.member import Member
from odin_engine.simulator.rhythm import seconds_from
from odin_engine.simulator.routine import Routine, hold, until

_LOG = logging.getLogger(__name__)

_TRIGGERS = ("at_s", "every_s", "at_percent", "after_s")
_VERBS = ("misbehave", "do", "end")


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

    def act(self, member: Member) -> None:
        """Does it; where the machine cannot now, it is left out."""
        if self.ends:
            member.behave(self.deed)
            return
        try:
            member.tell(self.deed, self.options)
        except ValueError as error:
            _LOG.debug("%s, %s: %s", member.name, self.deed.name, error)


def play(member: Member, rows: Sequence[Mapping[str, Any]]) -> None:
    """Lets the steps happen in their time.

    Raises:
        BadScenario: a step has no time, or nothing to do that could be done.
    """
    chains: list[list[_Step]] = []
    for row in rows:
        step = _read(member, row)
        if step.trigger == "after_s" and chains:
            chains[-1].append(step)
        else:
            chains.append([step])
    for number, chain in enumerate(chains):
        dice = Random(f"{member.key}/{number}")  # noqa: S311 - no secret hangs on it
        member.run_beside(_run(member, chain, dice))


def _read(member: Member, row: Mapping[str, Any]) -> _Step:
    triggers = [name for name in _TRIGGERS if name in row]
    verbs = [name for name in _VERBS if name in row]
    if len(triggers) != 1 or len(verbs) != 1:
        raise BadScenario(
            f"a step needs one of {', '.join(_TRIGGERS)} and one of"
            f" {', '.join(_VERBS)}: {dict(row)}"
        )
    (trigger,), (verb,) = triggers, verbs
    options = {
        key: value for key, value in row.items() if key not in {trigger, verb, "chance"}
    }
    among = member.acts if verb == "do" else member.misbehaviours
    try:
        least, most = seconds_from(row[trigger])
        if trigger == "every_s" and most <= 0:
            raise BadScenario("every_s must be above 0")
        deed = find(str(row[verb]), among)
        if verb == "end" and not deed.lasts:
            raise BadScenario(f"{deed.name} happens once and cannot be ended")
        deed.read(options)
        chance = float(row.get("chance", 1))
    except (ValueError, TypeError) as error:
        raise BadScenario(f"{error}: {dict(row)}") from error
    return _Step(trigger, least, most, chance, deed, options, verb == "end")


def _run(member: Member, chain: Sequence[_Step], dice: Random) -> Routine:
    first, *rest = chain
    while True:
        if first.trigger == "at_percent":
            yield from _reach(member, dice.uniform(first.least, first.most) / 100)
        else:
            yield from hold(dice.uniform(first.least, first.most))
            # A farm is described before its printers are on the network.
            yield
        if dice.random() < first.chance:
            first.act(member)
            for step in rest:
                yield from hold(dice.uniform(step.least, step.most))
                step.act(member)
        if first.trigger in {"at_s", "after_s"}:
            return


def _reach(member: Member, share: float) -> Routine:
    """Waits until a job gets so far that was not there yet."""
    yield from until(lambda: member.share is None or member.share < share)
    yield from until(lambda: member.is_printing and (member.share or 0) >= share)
