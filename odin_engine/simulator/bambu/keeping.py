"""What a Bambu Lab machine remembers: its job, its spools, its faults, its code."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from odin_engine.simulator.bambu.machine import GcodeState, Machine
from odin_engine.simulator.bambu.machine.alarms import Hms
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour
from odin_engine.simulator.bambu.machine.plan import (
    Job,
    Options,
    PlanFilament,
    PrintPlan,
)
from odin_engine.simulator.bambu.machine.spools import Spool, filament
from odin_engine.simulator.bambu.shift import Shift, advance_to

_OVER = frozenset({GcodeState.FINISH, GcodeState.FAILED})


def keep(machine: Machine, shift: Shift | None) -> dict[str, Any]:
    """Returns what a machine remembers, as JSON has it; its code is among that."""
    prints = machine.prints
    return {
        "access_code": machine.access_code,
        "is_off": machine.does(Misbehaviour.POWER_CUT),
        "taken": shift.taken if shift else 0,
        "plate_occupied": prints.plate_occupied,
        "state": str(prints.state),
        "job": _job(prints.job),
        "print_error": machine.alarms.print_error,
        "hms": [[each.attr, each.code] for each in machine.alarms.hms],
        "spools": [
            [flat, _spool(machine.feed.spool(flat))] for flat in _trays(machine)
        ],
    }


def restore(kept: Mapping[str, Any], machine: Machine, shift: Shift | None) -> None:
    """Brings a machine to where it was.

    Raises:
        KeyError, TypeError, ValueError: nothing of the kind was kept.
    """
    job, state = _job_from(kept["job"], shift), GcodeState(kept["state"])
    spools = {int(flat): _spool_from(row) for flat, row in kept["spools"]}
    machine.access_code = str(kept["access_code"])
    if shift is not None:
        shift.taken = int(kept["taken"])
    known = set(_trays(machine))
    if job is not None:
        _put_back(machine, job, state)
    for flat, spool in spools.items():
        if flat in known:
            machine.feed.put(flat, spool)
    machine.prints.plate_occupied = bool(kept["plate_occupied"])
    if state is GcodeState.PAUSE:
        machine.prints.pause()
    machine.alarms.print_error = int(kept["print_error"])
    machine.alarms.hms = [Hms(attr, code) for attr, code in kept["hms"]]
    if kept["is_off"]:
        machine.misbehave(Misbehaviour.POWER_CUT)


def _put_back(machine: Machine, job: Job, state: GcodeState) -> None:
    prints = machine.prints
    if state in _OVER:
        prints.job, prints.state = job, state
        machine.remember(job)
        prints.print_type = job.options.print_type
        if state is GcodeState.FINISH:
            prints.percent, prints.layer = 100, job.plan.layers
        return
    machine.start(job.plan, slots=job.slots, options=job.options, heads=job.heads)
    if job.printed_s > 0:
        advance_to(machine, job.share)


def _trays(machine: Machine) -> list[int]:
    inside = [
        unit.flat_base + slot
        for unit in machine.feed.units
        for slot in range(len(unit.slots))
    ]
    return [*inside, *machine.feed.externals]


def _spool(spool: Spool | None) -> dict[str, Any] | None:
    if spool is None:
        return None
    return {**asdict(spool), "filament": spool.filament.idx}


def _spool_from(row: dict[str, Any] | None) -> Spool | None:
    if row is None:
        return None
    return Spool(**{**row, "filament": filament(row["filament"])})


def _job(job: Job | None) -> dict[str, Any] | None:
    if job is None:
        return None
    return {
        "plan": asdict(job.plan),
        "options": asdict(job.options),
        "slots": list(job.slots.items()),
        "heads": list((job.heads or {}).items()),
        "printed_s": job.printed_s,
    }


def _job_from(row: dict[str, Any] | None, shift: Shift | None) -> Job | None:
    if row is None:
        return None
    return Job(
        _plan_from(row["plan"], shift),
        Options(**row["options"]),
        {int(index): int(flat) for index, flat in row["slots"]},
        printed_s=float(row["printed_s"]),
        heads={int(index): int(head) for index, head in row["heads"]},
    )


def _plan_from(row: dict[str, Any], shift: Shift | None) -> PrintPlan:
    """Reads a plan; older memories lack what the farm file says of its objects."""
    known = shift.plan(row["name"]) if shift and not row.get("parts") else None
    if known is not None:
        return known
    row["filaments"] = tuple(PlanFilament(**each) for each in row["filaments"])
    row["objects"] = tuple(row["objects"])
    row["parts"] = tuple(row.get("parts", ()))
    return PrintPlan(**row)
