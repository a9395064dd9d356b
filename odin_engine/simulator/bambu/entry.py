"""A Bambu Lab machine as a farm file describes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from odin_engine.simulator.bambu.description import Model, load_model, read_model
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.spools import Spool, spool
from odin_engine.simulator.bambu.machine.units import (
    EXTERNAL,
    Unit,
    UnitKind,
    number_units,
)
from odin_engine.simulator.bambu.member import REAL_PORTS, BambuMember
from odin_engine.simulator.bambu.own_jobs import own_plan
from odin_engine.simulator.bambu.printer import SimulatedPrinter
from odin_engine.simulator.bambu.shift import Shift, Task
from odin_engine.simulator.entry import (
    COMMON_KEYS,
    Surroundings,
    check_keys,
    host_of,
    jobs_of,
    name_of,
    wanted_ports,
)

PRINTER_KEYS = COMMON_KEYS | {
    *("access_code", "beacon_s", "developer_mode", "external", "fault", "units"),
}
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


@dataclass(frozen=True, slots=True)
class BambuEntry:
    """One machine: its description and everything else the file says."""

    model: Model
    raw: dict[str, Any]
    name: str
    serial: str
    access_code: str

    @property
    def port_count(self) -> int:
        """See `Entry`."""
        return len(REAL_PORTS)

    def make(self, around: Surroundings) -> BambuMember:
        """See `Entry.make`."""
        raw = self.raw
        ports = around.ports(REAL_PORTS)
        if self.model.camera != "jpeg":
            del ports["camera"]
        printer = SimulatedPrinter(
            self.model,
            self.serial,
            self.access_code,
            name=self.name,
            host=host_of(raw, around),
            ports=ports | wanted_ports(raw, REAL_PORTS),
            clock_factor=float(raw.get("clock_factor", around.clock_factor)),
            units=units_of(self),
            developer_mode=bool(raw.get("developer_mode", True)),
            beacon_s=float(raw["beacon_s"]) if "beacon_s" in raw else None,
            state_dir=around.state_dir,
            started_at=around.started_at,
        )
        external = raw.get("external")
        if external is not None:
            mark = f"{self.serial}/external"
            printer.machine.feed.put(EXTERNAL, spool_of(external, mark))
        return BambuMember(printer, _shift(printer.machine, raw), raw)


def read_entry(row: dict[str, Any], place: int, folder: Path) -> BambuEntry:
    """Reads the machine at that place of the farm; `folder` holds models of one's own.

    Raises:
        KeyError, TypeError, ValueError: it makes no sense.
    """
    check_keys(row, PRINTER_KEYS)
    if "model" not in row:
        raise ValueError("a printer has no `model`, such as P1S")
    model = _model(str(row["model"]), folder)
    serial = str(row.get("serial") or f"{model.serial_prefix}09A2B11{place:05}")
    digits = int(sha256(serial.encode()).hexdigest(), 16) % 10**8
    return BambuEntry(
        model=model,
        raw=row,
        name=name_of(row, place, model.name),
        serial=serial,
        access_code=str(row.get("access_code", f"{digits:08}")),
    )


def _model(name: str, folder: Path) -> Model:
    """Finds a model: one of ours by its name, one of yours by its file."""
    if name.endswith(_OWN_MODEL_SUFFIXES):
        return read_model(folder / name)
    return load_model(name)


def units_of(entry: BambuEntry) -> list[Unit] | None:
    """Makes the units an entry lists, or None where it leaves them to the model."""
    rows = entry.raw.get("units")
    if rows is None:
        return None
    for row in rows:
        check_keys(row, UNIT_KEYS)
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


def _shift(machine: Machine, raw: dict[str, Any]) -> Shift | None:
    """Makes the list of jobs of an entry; None where it has none."""
    rows = jobs_of(raw)
    return Shift(machine, [_task(machine, row) for row in rows]) if rows else None


def _task(machine: Machine, raw: dict[str, Any]) -> Task:
    check_keys(raw, JOB_KEYS)
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
