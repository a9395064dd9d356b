"""Each print begins and ends once, whatever a machine says in between."""

from collections.abc import Callable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.marlin.protocol import jobs
from odin_engine.drivers.printers.marlin.protocol.capabilities import Settings
from odin_engine.drivers.printers.marlin.protocol.fold import fold
from odin_engine.drivers.printers.marlin.protocol.machine import Machine
from odin_engine.drivers.printers.marlin.protocol.replies import parse
from odin_engine.drivers.printers.marlin.protocol.troubles import our_fault
from odin_engine.printers.model import Activity, Job
from tests.engine.drivers.lives import Lives
from tests.fuzzing import fuzzed

_AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
_FAULT = our_fault("link_lost", jobs.LINK_LOST)
_SAID = st.sampled_from(
    [
        b"ok",
        b"ok T:20.0 /0.0 B:20.0 /0.0",
        b"start",
        b"echo:busy: processing",
        b"echo:busy: paused for user",
        b"SD printing byte 10/100",
        b"SD printing byte 100/100",
        b"Not SD printing",
        b"Done printing file",
        b"File opened: a.gco Size: 100",
        b"Error:Printer halted. kill() called!",
        b"Error:Printer stopped due to errors. Fix the error and use M999",
        b"//action:prompt_begin What now",
        b"//action:prompt_choice Go on",
        b"//action:prompt_show",
        b"//action:prompt_end",
        b"//action:out_of_filament T0",
        b"T:-15.0 /0.0",
    ]
)


def _begin(machine: Machine) -> Machine:
    """As an order does: never while a print runs, nor on a machine that halted."""
    if machine.activity.has_running_job or machine.is_dead:
        return machine
    return jobs.began(machine, Job(name="a", token=1, source=jobs.SERIAL))


_DONE: list[Callable[[Machine], Machine]] = [
    _begin,
    _begin,
    lambda machine: jobs.became(machine, Activity.PRINTING),
    lambda machine: jobs.became(machine, Activity.PAUSED, "paused_by_user"),
    lambda machine: jobs.ended(machine, Activity.FINISHED),
    lambda machine: jobs.ended(machine, Activity.CANCELLED),
    lambda machine: jobs.ended(machine, Activity.FAILED, _FAULT),
    lambda machine: jobs.left_behind(machine, "b", "b.gcode", 2),
    lambda machine: (
        machine if machine.activity.has_running_job else jobs.cleared(machine)
    ),
]


@fuzzed(300)
@given(st.lists(_SAID | st.sampled_from(_DONE), max_size=40))
def test_each_print_begins_and_ends_once(
    steps: list[bytes | Callable[[Machine], Machine]],
) -> None:
    lives, machine = Lives(), Machine.new(Settings())
    lives.see(machine.state)
    for step in steps:
        if isinstance(step, bytes):
            machine = fold(machine, parse(step), _AT)
        else:
            machine = step(machine)
        lives.see(machine.state)
    machine = fold(machine, parse(b"start"), _AT)
    lives.see(machine.state)
    assert not machine.activity.has_running_job
