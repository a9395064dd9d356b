"""A machine of a farm file, and what is the same in the entries of all families."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Protocol

from odin_engine.simulator.member import Member

COMMON_KEYS = frozenset(
    {
        "announce",
        "clock_factor",
        "count",
        "family",
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
        "waits_for_clear_plate",
    }
)
"""Of a printer of any family."""
_MOST_PORT = 65535


class BadFarm(ValueError):
    """The farm file cannot be used; the text says which entry and why."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a machine is put, and when: what the farm knows and its entry need not say.

    `place` counts the machines from 0. Its ports are the real ones of its protocol where
    `first_port` is None, else those in a row from there.
    """

    place: int
    host: str
    first_port: int | None
    state_dir: Path
    clock_factor: float
    started_at: datetime

    def ports(self, real: Mapping[str, int]) -> dict[str, int]:
        """Returns the ports for a protocol that has these."""
        if self.first_port is None:
            return dict(real)
        return {name: self.first_port + i for i, name in enumerate(real)}


class Entry(Protocol):
    """One machine of a farm file, read and checked."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def serial(self) -> str:
        """Its serial, or what stands for one."""
        ...

    @property
    def raw(self) -> dict[str, Any]:
        """All that the file says of it."""
        ...

    @property
    def port_count(self) -> int:
        """How many ports it takes."""
        ...

    def make(self, around: Surroundings) -> Member:
        """Returns the machine, not yet on the network and nothing begun.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: it asks for what there is not.
        """
        ...


def check_keys(row: Mapping[str, Any], known: Collection[str]) -> None:
    """Raises ValueError for the keys of a row that nobody knows."""
    if strange := sorted(map(str, set(row) - set(known))):
        raise ValueError(f"unknown key {', '.join(strange)}; known: {sorted(known)}")


def name_of(row: Mapping[str, Any], place: int, otherwise: str) -> str:
    """Returns what the machine at that place of the farm is called."""
    name = str(row.get("name", f"{otherwise} {place + 1}"))
    if int(row.get("count", 1)) > 1 and "name" in row:
        name = f"{name} {place + 1}"
    return name


def host_of(row: Mapping[str, Any], around: Surroundings) -> str:
    """Returns the address a machine listens on.

    Raises:
        ValueError: the file names none.
    """
    return str(ip_address(row.get("host", around.host)))


def wanted_ports(row: Mapping[str, Any], known: Collection[str]) -> dict[str, int]:
    """Returns the ports that the file wants.

    Raises:
        ValueError: there is no such port.
    """
    given: dict[str, int] = dict(row.get("ports", {}))
    for name, port in given.items():
        if name not in known or port not in range(_MOST_PORT + 1):
            raise ValueError(
                f"port {name}: {port}; there are {', '.join(known)}, each with a "
                f"number up to {_MOST_PORT}"
            )
    return given


def jobs_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns the jobs of an entry, in their order."""
    jobs: list[dict[str, Any]] = list(row.get("jobs") or ())
    return jobs or ([row["job"]] if "job" in row else [])
