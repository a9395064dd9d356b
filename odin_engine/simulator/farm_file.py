"""A farm from a YAML file: many printers, each with its load, its job and its story.

clock_factor: 1
printers:
  - name: Ada                # all but `model` can be left out
    model: X1C
    serial: 00M09A2B1100001
    access_code: "31415926"
    ports: {mqtt: 18883}
    units:
      - {kind: ams, slots: [[GFA00, F2754E, 83], null, [GFG02, '161616'], [GFL99, FFFFFF]]}
    external: [GFL99, FFFFFF]
    developer_mode: true
    job: {name: Bracket, minutes: 95, layers: 240, used_g: [42], slots: [0],
          at_percent: 35, repeat_after_s: 600}
    fault: {print_error: "0300_8003"}
    offline: false
    scenario: [{at_s: 600, misbehave: runout}]
    beacon_s: 1            # a steady load to measure with, see `SimulatedPrinter`
  - {model: P1S, count: 50}  # fifty of the same, numbered
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from odin_engine.simulator.bambu.description import Model, load_model
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.plan import PlanFilament, PrintPlan
from odin_engine.simulator.bambu.machine.scenario import keep_printing, play
from odin_engine.simulator.bambu.machine.spools import Spool, settings_for, spool
from odin_engine.simulator.bambu.machine.units import (
    EXTERNAL,
    Unit,
    UnitKind,
    number_units,
)

# What a start may take before the first layer, at most.
_JOB_START_S = 1200.0
_STRIDE_S = 10.0


class BadFarm(ValueError):
    """The farm file cannot be used; the text says which entry and why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One printer of the file: its description and everything else it says."""

    model: Model
    raw: dict[str, Any]
    name: str
    serial: str
    access_code: str


@dataclass(frozen=True, slots=True)
class FarmPlan:
    """A farm file, read and checked."""

    entries: tuple[Entry, ...]
    clock_factor: float


def read_farm(path: Path) -> FarmPlan:
    """Reads a farm file.

    Raises:
        BadFarm: it is no farm, or an entry makes no sense.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        rows: list[dict[str, Any]] = document["printers"]
        entries: list[Entry] = []
        for row in rows:
            for _ in range(int(row.get("count", 1))):
                entries.append(_entry(row, len(entries)))
        return FarmPlan(tuple(entries), float(document.get("clock_factor", 1)))
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadFarm(f"{path.name}: {error}") from error


def prepare(machine: Machine, raw: dict[str, Any]) -> None:
    """Brings a machine to where the file wants it before anybody sees it."""
    job = raw.get("job")
    if job is not None:
        plan, slots = _job(machine, job)
        _run_to(machine, plan, slots, float(job.get("at_percent", 0)))
        if "repeat_after_s" in job:
            keep_printing(machine, plan, slots, float(job["repeat_after_s"]))
    if "fault" in raw:
        machine.misbehave("fault", **raw["fault"])
    if raw.get("offline"):
        machine.misbehave("power_cut")
    play(machine, raw.get("scenario", ()))


def _run_to(
    machine: Machine, plan: PrintPlan, slots: dict[int, int], percent: float
) -> None:
    """Prints up to a percentage; 100 leaves the finished part on the plate."""
    machine.start(plan, slots=slots)
    limit_s = plan.print_s + _JOB_START_S
    while machine.elapsed_s < limit_s and machine.prints.is_busy:
        job = machine.prints.job
        if percent < 100 and job is not None and job.share * 100 >= percent:
            return
        machine.tick(_STRIDE_S)


def _entry(row: dict[str, Any], place: int) -> Entry:
    model = load_model(str(row["model"]))
    serial = str(row.get("serial") or f"{model.serial_prefix}09A2B11{place:05}")
    digits = int(sha256(serial.encode()).hexdigest(), 16) % 10**8
    name = str(row.get("name", f"{model.name} {place + 1}"))
    if int(row.get("count", 1)) > 1 and "name" in row:
        name = f"{name} {place + 1}"
    return Entry(
        model=model,
        raw=row,
        name=name,
        serial=serial,
        access_code=str(row.get("access_code", f"{digits:08}")),
    )


def units_of(entry: Entry) -> list[Unit] | None:
    """Makes the units an entry lists, or None where it leaves them to the model."""
    rows = entry.raw.get("units")
    if rows is None:
        return None
    kinds = [UnitKind(row["kind"]) for row in rows]
    made = []
    for row, kind, number in zip(rows, kinds, number_units(kinds), strict=True):
        given = list(row.get("slots", ()))[: kind.slots]
        given += [None] * (kind.slots - len(given))
        slots = [
            spool_of(each, f"{entry.serial}/{number}/{slot}")
            for slot, each in enumerate(given)
        ]
        unit = Unit(number, kind, slots, head=int(row.get("head", 0)))
        if "humidity" in row:
            unit.humidity_percent = float(row["humidity"])
        if "dry" in row:
            unit.dry(*row["dry"])
        made.append(unit)
    return made


def spool_of(given: Sequence[Any] | None, mark: str) -> Spool | None:
    """Makes a spool from `[preset, colour, percent]`; None is an empty tray."""
    if given is None:
        return None
    idx, color, *percent = given
    if not isinstance(color, str):
        # YAML reads 000000 as the number 0.
        raise TypeError(f"colour {color}: put it in quotes")
    return spool(str(idx), color, float(percent[0]) if percent else 100, mark=mark)


def _job(machine: Machine, raw: dict[str, Any]) -> tuple[PrintPlan, dict[int, int]]:
    name, prefix = str(raw["name"]), machine.model.prefix_of_files
    slots = {i: int(flat) for i, flat in enumerate(raw.get("slots", [EXTERNAL]))}
    filaments: list[PlanFilament] = []
    for index, grams in enumerate(raw.get("used_g", [25.0])):
        loaded = machine.feed.spool(slots.get(index, EXTERNAL))
        material = loaded.filament.type if loaded else "PLA"
        color = f"#{loaded.color[:6]}" if loaded else "#808080"
        filaments.append(PlanFilament(index, material, color, float(grams)))
    settings = settings_for(filaments[0].type)
    plan = PrintPlan(
        name=name,
        plate=1,
        layers=int(raw.get("layers", 100)),
        print_s=float(raw["minutes"]) * 60,
        filaments=tuple(filaments),
        nozzle_c=settings.print_c,
        bed_c=min(settings.bed_c, machine.model.bed_max_c),
        gcode_file=f"{prefix}Metadata/plate_1.gcode" if prefix else f"{name}.3mf",
    )
    return plan, slots
