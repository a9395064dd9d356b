"""A machine of a farm as the farm treats it, whatever its family."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Protocol, Self

from odin_engine.simulator.deeds import Deed
from odin_engine.simulator.routine import Routine


class Member(Protocol):
    """One machine: who it is, where it is, how it stands, and what it can be told.

    `async with` opens and closes its ports.
    """

    @property
    def family(self) -> str:
        """The family's word, such as `bambu`."""
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
    def key(self) -> str:
        """What tells it from all others of the farm, for good."""
        ...

    @property
    def is_on(self) -> bool:
        """Whether its ports are open."""
        ...

    @property
    def state(self) -> str:
        """What it does, in a word of its family."""
        ...

    @property
    def share(self) -> float | None:
        """How much of its job is printed, 0 to 1; None without a job."""
        ...

    @property
    def percent(self) -> int:
        """How much of its job is printed, as it shows it."""
        ...

    @property
    def is_printing(self) -> bool:
        """Whether it lays down a job right now."""
        ...

    @property
    def misbehaves(self) -> list[str]:
        """The names of the misbehaviours that last now."""
        ...

    @property
    def misbehaviours(self) -> Mapping[str, Deed]:
        """What can go wrong with it."""
        ...

    @property
    def acts(self) -> Mapping[str, Deed]:
        """What a person can do at it."""
        ...

    @property
    def serial(self) -> str | None:
        """Its serial, where it has one."""
        ...

    @property
    def host(self) -> str:
        """The address that it listens on."""
        ...

    @property
    def ports(self) -> Mapping[str, int]:
        """Its ports by name, as they are once it is on."""
        ...

    def address(self) -> dict[str, Any]:
        """Returns all that it takes to reach it, as JSON has it."""
        ...

    def tell(self, deed: Deed, options: Mapping[str, object]) -> None:
        """Makes one of its deeds happen now.

        Raises:
            BadOption: see `Deed.read`.
            NotNow: the machine is not in a state for it.
            ValueError: it does not take that; the text says why.
        """
        ...

    def behave(self, deed: Deed) -> None:
        """Ends a misbehaviour; one that is not on stays so."""
        ...

    def advance(self, seconds: float) -> None:
        """Moves its clock."""
        ...

    def run_beside(self, routine: Routine) -> None:
        """Lets a routine happen on its clock."""
        ...

    def begin(self) -> None:
        """Is where the file wants it before anybody sees it."""
        ...

    def go_on(self) -> None:
        """Lets its jobs follow one another from now on, where the file wants that."""
        ...

    def keep(self) -> dict[str, Any]:
        """Returns what it remembers while nobody simulates it, as JSON has it."""
        ...

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is where it was when that was kept.

        Raises:
            KeyError, TypeError, ValueError: nothing of the kind was kept.
        """
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
