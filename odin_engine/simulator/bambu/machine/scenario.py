"""What happens around a machine by itself: people, faults and the next job.

A scenario is a list of steps, each with its own time on the machine's clock:

    - {at_s: 600, misbehave: runout}
    - {every_s: 5400, misbehave: fault, print_error: "0300_8003", resume_after_s: 240}
    - {at_s: 60, behave: silent}
    - {at_s: 90, door: open}
"""

from collections.abc import Mapping, Sequence

from odin_engine.simulator.bambu.machine.machine import Machine
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour, Option
from odin_engine.simulator.bambu.machine.plan import PrintPlan
from odin_engine.simulator.bambu.machine.prints import GcodeState
from odin_engine.simulator.bambu.machine.routine import Routine, hold, until

type Step = Mapping[str, Option]

_TIMING = frozenset({"at_s", "every_s", "misbehave", "resume_after_s"})
_ACTS = frozenset({"misbehave", "behave", "door", "clear_plate", "resume", "cancel"})
_FILL_BELOW_G = 60.0


class BadScenario(ValueError):
    """A step says nothing that can be done."""


def play(machine: Machine, steps: Sequence[Step]) -> None:
    """Lets the steps happen in their time.

    Raises:
        BadScenario: a step has no time, or nothing to do.
    """
    for step in steps:
        _check(step)
        machine.run_beside(_follow(machine, step))


def keep_printing(
    machine: Machine, plan: PrintPlan, slots: Mapping[int, int], pause_s: float
) -> None:
    """Clears the plate, changes spent spools and starts anew after each print."""
    machine.run_beside(_repeat(machine, plan, slots, pause_s))


def _check(step: Step) -> None:
    if ("at_s" in step) == ("every_s" in step):
        raise BadScenario(f"a step needs at_s or every_s: {dict(step)}")
    if len(_ACTS & step.keys()) != 1:
        raise BadScenario(f"a step needs one of {sorted(_ACTS)}: {dict(step)}")
    if "misbehave" in step and step["misbehave"] not in Misbehaviour:
        raise BadScenario(f"no such misbehaviour: {step['misbehave']}")


def _follow(machine: Machine, step: Step) -> Routine:
    if "at_s" in step:
        yield from hold(float(step["at_s"]))
        yield from _act(machine, step)
        return
    while True:
        yield from hold(float(step["every_s"]))
        yield from _act(machine, step)


def _act(machine: Machine, step: Step) -> Routine:
    if "misbehave" in step:
        options = {key: value for key, value in step.items() if key not in _TIMING}
        machine.misbehave(str(step["misbehave"]), **options)
        if "resume_after_s" in step:
            yield from hold(float(step["resume_after_s"]))
            machine.prints.resume()
    elif "behave" in step:
        machine.behave(str(step["behave"]))
    elif "door" in step:
        machine.open_door(is_open=step["door"] in ("open", True))
    elif "clear_plate" in step:
        machine.clear_plate()
    elif "resume" in step:
        machine.prints.resume()
    else:
        machine.prints.cancel()
    machine.notice()


def _repeat(
    machine: Machine, plan: PrintPlan, slots: Mapping[int, int], pause_s: float
) -> Routine:
    over = {GcodeState.FINISH, GcodeState.FAILED}
    while True:
        yield from until(lambda: machine.gcode_state in over)
        yield from hold(pause_s)
        if machine.prints.is_busy:
            continue
        machine.clear_plate()
        for flat in slots.values():
            spool = machine.feed.spool(flat)
            if spool is not None and spool.remaining_g < plan.used_g + _FILL_BELOW_G:
                spool.remaining_g = spool.net_g
        machine.start(plan, slots=slots)
