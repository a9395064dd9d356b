"""A machine of a family without physics of its own, as a farm file describes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from odin_engine.simulator.entry import (
    COMMON_KEYS,
    Surroundings,
    check_keys,
    host_of,
    jobs_of,
    name_of,
    wanted_ports,
)
from odin_engine.simulator.kinds import Kind
from odin_engine.simulator.plain.acts import MM_PER_G
from odin_engine.simulator.plain.job import PlainJob
from odin_engine.simulator.plain.member import PlainMember

PRINTER_KEYS = COMMON_KEYS | {"options", "secret", "variant"}
JOB_KEYS = frozenset(
    {
        *("at_percent", "bed_c", "layers", "minutes", "name", "nozzle_c", "objects"),
        *("repeat_after_s", "used_g"),
    }
)


@dataclass(frozen=True, slots=True)
class PlainEntry:
    """One machine: its family and everything else the file says.

    `serial` tells it from all others; not every family has real ones.
    """

    kind: Kind
    raw: dict[str, Any]
    name: str
    serial: str

    @property
    def port_count(self) -> int:
        """See `Entry`."""
        return len(self.kind.ports)

    def make(self, around: Surroundings) -> PlainMember:
        """See `Entry.make`."""
        raw = self.raw
        ports = around.ports(self.kind.ports)
        options = {key: raw[key] for key in ("model", "variant") if key in raw}
        simulated = self.kind.make(
            self.name,
            host=host_of(raw, around),
            ports=ports | wanted_ports(raw, ports or raw.get("ports", ())),
            secret=str(raw["secret"]) if "secret" in raw else None,
            serial=str(raw["serial"]) if "serial" in raw else None,
            clock_factor=float(raw.get("clock_factor", around.clock_factor)),
            state_dir=around.state_dir / self.serial,
            **options,
            **raw.get("options", {}),
        )
        jobs = [plain_job(row) for row in jobs_of(raw)]
        return PlainMember(self.kind, simulated, self.serial, jobs, raw)


def read_entry(row: dict[str, Any], place: int, kind: Kind) -> PlainEntry:
    """Reads the machine of a family at that place of the farm.

    Raises:
        KeyError, TypeError, ValueError: it makes no sense.
    """
    check_keys(row, PRINTER_KEYS)
    if not isinstance(row.get("options", {}), dict):
        raise TypeError("`options` are written {name: value}")
    name = name_of(row, place, str(row.get("model") or kind.family.capitalize()))
    made_up = sha256(f"{kind.family}/{name}".encode()).hexdigest()[:16]
    return PlainEntry(kind, row, name, str(row.get("serial") or made_up))


def plain_job(row: Mapping[str, Any]) -> PlainJob:
    """Reads a job of the file.

    Raises:
        KeyError, TypeError, ValueError: it makes no sense.
    """
    check_keys(row, JOB_KEYS)
    minutes, layers = float(row["minutes"]), int(row.get("layers", 100))
    if not (0 < minutes < 1e6 and 0 < layers < 1e6):
        raise ValueError(f"{row['name']}: so many minutes or layers there cannot be")
    given = row.get("used_g", 25.0)
    used_g = sum(map(float, given)) if isinstance(given, list) else float(given)
    return PlainJob(
        str(row["name"]),
        print_s=minutes * 60,
        layers=layers,
        nozzle_c=float(row.get("nozzle_c", 210)),
        bed_c=float(row.get("bed_c", 60)),
        used_mm=used_g * MM_PER_G,
        objects=tuple(str(each) for each in row.get("objects", ())),
    )
