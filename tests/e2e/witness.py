"""A farm that writes down what truly happened: `python -m tests.e2e.witness --help`.

Every machine prints one job after the other, each under a name of its own; some are
paused by a fault, some fail, some are cancelled. What a machine does goes to a diary as
soon as it changes, and twice a second, a line of JSON each, so that the diary survives a
kill. `at_s` is `time.monotonic`, which all processes of a computer share. SIGUSR1 lets
the running prints end and begins no other.
"""

import asyncio
import json
import random
import signal
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TextIO

import click

from odin_engine.kernel.clock import SystemClock
from odin_engine.simulator.bambu import (
    GcodeState,
    Machine,
    PlanFilament,
    PrintPlan,
    SimulatedPrinter,
)
from odin_engine.simulator.bambu.machine.plan import Options
from odin_engine.simulator.farm import Farm
from odin_engine.simulator.farm_file import read_farm
from odin_engine.simulator.routine import Routine, hold, until

PAUSING, FAILING = "0300_8003", "0300_4006"
"""Faults: spaghetti, which pauses, and a nozzle that is clogged, which ends the job."""
_PLAN = PrintPlan(
    name="",
    plate=1,
    layers=60,
    print_s=480,
    filaments=(PlanFilament(0, "PLA", "#F2754E", 4),),
    gcode_file="Metadata/plate_1.gcode",
)
_REST_S = (2.0, 6.0)
"""Seconds of ours between two prints. A FAILED counts as one only after six."""
_REST_AFTER_FAILURE_S = (8.0, 11.0)
_BEGIN_WITHIN_S = 3.0
_LOOK_EVERY_S = 0.02
_SAY_EVERY_S = 0.5


class Diary:
    """Writes what a machine does whenever it differs from the line before."""

    def __init__(self, printer: SimulatedPrinter, boot: int, book: TextIO) -> None:
        self._printer, self._boot, self._book = printer, boot, book
        self._said: dict[str, object] = {}
        self._said_s = 0.0

    def look(self) -> None:
        machine, job = self._printer.machine, self._printer.machine.prints.job
        now: dict[str, object] = {
            "boot": self._boot,
            "serial": self._printer.serial,
            "job": job.options.subtask_name if job else None,
            "state": machine.gcode_state,
            "is_cancelled": machine.alarms.print_error == 0x0300_400C,
            "fault": _fault(machine),
            "is_heard": self._printer.clients > 0,
        }
        at_s = time.monotonic()
        if now != self._said or at_s >= self._said_s + _SAY_EVERY_S:
            self._said, self._said_s = now, at_s
            line = json.dumps({"at_s": at_s} | now)
            self._book.write(line + "\n")
            self._book.flush()


def _fault(machine: Machine) -> str | None:
    number = machine.alarms.print_error
    code = f"{number >> 16:04X}_{number & 0xFFFF:04X}"
    return code if code in {PAUSING, FAILING} else None


class Day:
    """What happens at one machine, by its own dice."""

    def __init__(
        self,
        machine: Machine,
        boot: int,
        dice: random.Random,
        clock_factor: float,
        is_over: Callable[[], bool],
    ) -> None:
        self._machine, self._boot, self._dice = machine, boot, dice
        self._factor, self._is_over = clock_factor, is_over

    def pass_by(self) -> Routine:
        """Prints until the day is over."""
        machine = self._machine
        yield from self._rest(0.0, _BEGIN_WITHIN_S)
        for number in count(1):
            if self._is_over():
                return
            self._begin(number)
            machine.run_beside(self._trouble())
            yield from until(lambda: not machine.prints.is_busy)
            has_failed = machine.gcode_state is GcodeState.FAILED
            yield from self._rest(*(_REST_AFTER_FAILURE_S if has_failed else _REST_S))

    def _rest(self, least_s: float, most_s: float) -> Routine:
        yield from hold(self._dice.uniform(least_s, most_s) * self._factor)

    def _begin(self, number: int) -> None:
        machine = self._machine
        machine.clear_plate()
        spool = machine.feed.spool(0)
        if spool is not None:
            spool.remaining_g = spool.net_g
        known = str(self._boot * 1000 + number)
        machine.start(
            _PLAN,
            slots={0: 0},
            options=Options(
                subtask_name=f"{machine.name} {self._boot}.{number}",
                task_id=known,
                subtask_id=known,
            ),
        )

    def _trouble(self) -> Routine:
        machine, dice = self._machine, self._dice
        what = dice.choices(("none", "pause", "fail", "cancel"), (6, 3, 2, 2))[0]
        yield from until(lambda: machine.gcode_state is GcodeState.RUNNING)
        yield from hold(dice.uniform(20, 0.6 * _PLAN.print_s))
        match what:
            case "pause":
                machine.misbehave("fault", print_error=PAUSING)
                yield from self._rest(0.2, 4.0)
                machine.prints.resume()
            case "fail":
                machine.misbehave("fault", print_error=FAILING)
            case "cancel":
                machine.misbehave("cancel")
            case _:
                return
        machine.notice()


@click.command()
@click.argument("farm", type=click.Path(path_type=Path))
@click.option("--folder", type=click.Path(path_type=Path), required=True)
@click.option("--first-port", type=int, required=True)
@click.option("--boot", type=int, required=True, help="How often it was started.")
@click.option("--seed", type=int, required=True)
def main(farm: Path, folder: Path, first_port: int, boot: int, seed: int) -> None:
    """Runs a farm until SIGTERM; its diary and its addresses lie in FOLDER."""
    asyncio.run(_run(farm, folder, first_port, boot, seed))


async def _run(farm: Path, folder: Path, first_port: int, boot: int, seed: int) -> None:
    loop, stop, evening = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, evening.set)
    plan, started_at = read_farm(farm), SystemClock().now()
    with (folder / "diary.jsonl").open("a") as book:
        async with Farm(
            plan, folder, started_at=started_at, first_port=first_port
        ) as running:
            diaries = []
            for number, printer in enumerate(running.printers):
                machine = printer.machine
                dice = random.Random(f"{seed} {boot} {number}")  # noqa: S311 - no secret
                day = Day(machine, boot, dice, plan.clock_factor, evening.is_set)
                machine.run_beside(day.pass_by())
                diary = Diary(printer, boot, book)
                machine.watch(diary.look)
                diaries.append(diary)
            running.write_addresses(folder / "addresses.json")
            while not stop.is_set():
                for diary in diaries:
                    diary.look()
                await asyncio.sleep(_LOOK_EVERY_S)


if __name__ == "__main__":
    main()
