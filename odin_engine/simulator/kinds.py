"""The families whose machines are simulated by their protocol on a plain machine.

Each is a package of its own beside this module, found by its name, so that one more is
one more folder: with a `make`, with `PORTS` (the names of its ports and the real ones),
with `ONCE`, the misbehaviours that happen and are over, and with `SERVICE` where such
machines announce one by multicast DNS. It is imported only where a farm has such a
machine. Bambu Lab's is none of them: its machines have physics of their own.
"""

import pkgutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from odin_engine.simulator.plain import PlainJob, PlainMachine

BAMBU = "bambu"
_OTHERS = frozenset({BAMBU, "plain"})
_HERE = Path(__file__).parent


class UnknownFamily(ValueError):
    """Nobody simulates machines of this family; the text lists which there are."""


class Simulated(Protocol):
    """A machine behind its protocol; `async with` opens its ports and runs its clock.

    It may be entered again after it was left, as a machine that is switched on again.
    """

    @property
    def family(self) -> str:
        """The family's word."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def model(self) -> str:
        """What it is, for people."""
        ...

    @property
    def host(self) -> str:
        """The address that it listens on."""
        ...

    @property
    def ports(self) -> Mapping[str, int]:
        """Its ports by name, as they are once it is on."""
        ...

    @property
    def serial(self) -> str | None:
        """Its serial, where its family has such."""
        ...

    @property
    def secret(self) -> str | None:
        """Its password or key, where it wants one."""
        ...

    @property
    def options(self) -> Mapping[str, str | int | bool]:
        """The other fields that it is reached with."""
        ...

    @property
    def machine(self) -> PlainMachine:
        """The machine behind the protocol."""
        ...

    @property
    def is_on(self) -> bool:
        """Whether its ports are open."""
        ...

    @property
    def misbehaviours(self) -> Mapping[str, str]:
        """What can go wrong: a word, and one sentence about it."""
        ...

    @property
    def acts(self) -> Mapping[str, str]:
        """What a person does at it: a word, and one sentence about it."""
        ...

    def misbehave(self, word: str, **options: object) -> None:
        """Begins a misbehaviour; ValueError says why it cannot."""
        ...

    def behave(self, word: str) -> None:
        """Ends a misbehaviour; one that is not on stays so."""
        ...

    def act(self, word: str, **options: object) -> None:
        """Does what a person does; ValueError says why it cannot be done now."""
        ...

    def start_job(self, job: PlainJob, at: float = 0.0) -> None:
        """Begins a job as from the machine's own screen, at a share of it, 0 to 1."""
        ...

    def keep(self) -> dict[str, Any]:
        """Returns what it remembers while nobody simulates it, as JSON has it."""
        ...

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is where it was when that was kept."""
        ...

    async def __aenter__(self) -> Self:
        """Opens its ports; OSError where one cannot be had."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


type Make = Callable[..., Simulated]
"""Makes a machine of a family, not yet on the network.

    make(name, *, host="127.0.0.1", ports=None, secret=None, serial=None,
         clock_factor=1.0, state_dir, **options)

A port that is not given, or 0, is any one. Where the family has serials and none is
given, it is made from the name, so that no two machines have the same. `options` are the
family's own, such as `variant`; TypeError or ValueError says which one there is not.
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A family: how its machines are made, its `PORTS`, its `ONCE`, its `SERVICE`."""

    family: str
    make: Make
    ports: Mapping[str, int] = field(default_factory=dict)
    once: Collection[str] = ()
    service: str | None = None


type Find = Callable[[str], Kind]
"""Finds a family by its word. Raises UnknownFamily."""


def families() -> list[str]:
    """Lists the words of the families that there are, Bambu Lab's first."""
    found = pkgutil.iter_modules([str(_HERE)])
    return [
        BAMBU,
        *(each.name for each in found if each.ispkg and each.name not in _OTHERS),
    ]


def find(family: str) -> Kind:
    """Finds a family by its word; see `Find`."""
    known = families()
    if family not in known or family in _OTHERS:
        raise UnknownFamily(
            f"no simulated family is called {family!r}; there are: {', '.join(known)}"
        )
    module = import_module(f"{__package__}.{family}")
    make: Make | None = getattr(module, "make", None)
    if make is None:
        raise UnknownFamily(f"the family {family!r} has no `make` yet")
    return Kind(
        family,
        make,
        getattr(module, "PORTS", {}),
        getattr(module, "ONCE", ()),
        getattr(module, "SERVICE", None),
    )
