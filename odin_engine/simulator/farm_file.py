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
      - {family: moonraker, name: Grace, variant: toolchanger, next_after_s: 300}

Every key is told in docs/simulator.md.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from odin_engine.simulator import kinds
from odin_engine.simulator.bambu.entry import read_entry as read_bambu
from odin_engine.simulator.entry import BadFarm, Entry, check_keys
from odin_engine.simulator.kinds import BAMBU, Find
from odin_engine.simulator.plain.entry import read_entry as read_plain

FARM_KEYS = frozenset({"clock_factor", "printers"})


@dataclass(frozen=True, slots=True)
class FarmPlan:
    """A farm file, read and checked."""

    entries: tuple[Entry, ...]
    clock_factor: float


def read_farm(path: Path, find: Find = kinds.find) -> FarmPlan:
    """Reads a farm file; `find` knows the families besides Bambu Lab's.

    Raises:
        BadFarm: it is no farm, or an entry makes no sense.
    """
    try:
        document, rows = _document(path)
        entries: list[Entry] = []
        for row in rows:
            for _ in range(_count(row)):
                entries.append(_entry(row, len(entries), path.parent, find))
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
    check_keys(document, FARM_KEYS)
    return document, rows


def _in_one_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    if mark is None or problem is None:
        return f"is no YAML: {error}"
    return f"line {mark.line + 1}, column {mark.column + 1} is no YAML: {problem}"


def _count(row: object) -> int:
    if not isinstance(row, dict):
        raise TypeError(f"a printer is written {{model: P1S}}, not {row!r}")
    return int(row.get("count", 1))


def _entry(row: dict[str, Any], place: int, folder: Path, find: Find) -> Entry:
    family = str(row.get("family", BAMBU))
    if family == BAMBU:
        return read_bambu(row, place, folder)
    return read_plain(row, place, find(family))
