"""A farm from a YAML file: many printers, each with its load, its jobs and its story.

    clock_factor: 1
    printers:
      - name: Ada
        model: X1C
        units:
          - {kind: ams, slots: [[GFA00, F2754E, 83], null, [GFG02, "161616"], null]}
        job: {name: Bracket, minutes: 95, used_g: [42], slots: [0], at_percent: 35}
        scenario: [{at_s: 600, misbehave: runout}]
      - {model: P1S, count: 50}  # fifty of the same, numbered

Every key is told in docs/simulator.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from odin_engine.simulator.bambu.description import Model, load_model, read_model
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.spools import Spool, spool
from odin_engine.simulator.bambu.machine.units import (
    EXTERNAL,
    Unit,
    UnitKind,
    number_units,
)
from odin_engine.simulator.bambu.own_jobs import own_plan
from odin_engine.simulator.scenario import seconds_from
from odin_engine.simulator.shift import Rhythm, Shift, Task

FARM_KEYS = frozenset({"clock_factor", "printers"})
PRINTER_KEYS = frozenset(
    {
        "access_code",
        "announce",
        "beacon_s",
        "clock_factor",
        "count",
        "developer_mode",
        "external",
        "fault",
        "host",
        "job",
        "jobs",
        "model",
        "name",
        "next_after_s",
        "offline",
        "ports",
        "scenario",
        "serial",
        "units",
        "waits_for_clear_plate",
    }
)
JOB_KEYS = frozenset(
    {
        "at_percent",
        "layers",
        "minutes",
        "name",
        "objects",
        "repeat_after_s",
        "slots",
        "used_g",
    }
)
UNIT_KEYS = frozenset({"dry", "head", "humidity", "kind", "slots"})
_OWN_MODEL_SUFFIXES = (".yaml", ".yml")


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
        document, rows = _document(path)
        entries: list[Entry] = []
        for row in rows:
            _check_entry(row)
            for _ in range(int(row.get("count", 1))):
                entries.append(_entry(row, len(entries), path.parent))
        plan = FarmPlan(tuple(entries), float(document.get("clock_factor", 1)))
    except OSError as error:
        # The file itself, or one of a model of your own.
        place = Path(error.filename or path).name
        raise BadFarm(f"{place}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise BadFarm(f"{path.name}: {_in_one_line(error)}") from error
    except RecursionError as error:
        raise BadFarm(f"{path.name}: nests too deeply") from error
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadFarm(f"{path.name}: {error}") from error
    serials = [entry.serial for entry in entries]
    if twice := {each for each in serials if serials.count(each) > 1}:
        raise BadFarm(f"{path.name}: two printers have the serial {min(twice)}")
    return plan


def shift_of(machine: Machine, raw: dict[str, Any]) -> Shift | None:
    """Makes the list of jobs of an entry; None where it has none."""
    rows = raw.get("jobs") or ([raw["job"]] if "job" in raw else [])
    return Shift(machine, [_task(machine, row) for row in rows]) if rows else None


def rhythm_of(raw: dict[str, Any]) -> Rhythm | None:
    """Reads when the next job starts; None where a print is not followed by one."""
    given = raw.get("next_after_s", raw.get("job", {}).get("repeat_after_s"))
    if given is None:
        return None
    waits = bool(raw.get("waits_for_clear_plate", False))
    return Rhythm(*seconds_from(given), waits_for_clear_plate=waits)


def prepare(machine: Machine, raw: dict[str, Any], shift: Shift | None) -> None:
    """Brings a machine to where the file wants it before anybody sees it."""
    if shift is not None:
        first = raw["jobs"][0] if raw.get("jobs") else raw["job"]
        shift.start_at(float(first.get("at_percent", 0)))
    if "fault" in raw:
        machine.misbehave("fault", **raw["fault"])
    if raw.get("offline"):
        machine.misbehave("power_cut")


def _document(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns the whole file and its list of printers."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ValueError("is no text in UTF-8") from None
    rows = document.get("printers") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        raise ValueError(
            "has no list of `printers`; docs/simulator.md shows how one looks"
        )
    _check_keys(document, FARM_KEYS)
    return document, rows


def _in_one_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    if mark is None or problem is None:
        return f"is no YAML: {error}"
    return f"line {mark.line + 1}, column {mark.column + 1} is no YAML: {problem}"


def _check_entry(row: object) -> None:
    if not isinstance(row, dict):
        raise TypeError(f"a printer is written {{model: P1S}}, not {row!r}")
    _check_keys(row, PRINTER_KEYS)
    if "model" not in row:
        raise ValueError("a printer has no `model`, such as P1S")


def _check_keys(row: dict[str, Any], known: frozenset[str]) -> None:
    if strange := sorted(set(row) - known):
        raise ValueError(f"unknown key {', '.join(strange)}; known: {sorted(known)}")


def _entry(row: dict[str, Any], place: int, folder: Path) -> Entry:
    model = _model(str(row["model"]), folder)
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


def _model(name: str, folder: Path) -> Model:
    """Finds a model: one of ours by its name, one of yours by its file."""
    if name.endswith(_OWN_MODEL_SUFFIXES):
        return read_model(folder / name)
    return load_model(name)


def units_of(entry: Entry) -> list[Unit] | None:
    """Makes the units an entry lists, or None where it leaves them to the model."""
    rows = entry.raw.get("units")
    if rows is None:
        return None
    for row in rows:
        _check_keys(row, UNIT_KEYS)
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


def _task(machine: Machine, raw: dict[str, Any]) -> Task:
    _check_keys(raw, JOB_KEYS)
    slots = {i: int(flat) for i, flat in enumerate(raw.get("slots", [EXTERNAL]))}
    plan = own_plan(
        machine,
        str(raw["name"]),
        slots,
        minutes=float(raw["minutes"]),
        layers=int(raw.get("layers", 100)),
        used_g=[float(grams) for grams in raw.get("used_g", [25.0])],
        parts=[str(part) for part in raw.get("objects", ())],
    )
    return Task(plan, slots)
