"""What identity asks of the house around the engine."""

from typing import Protocol


class Household(Protocol):
    """The people of the Home Assistant that this engine belongs to."""

    async def is_administrator(self, person_id: str) -> bool:
        """Whether that person administers Home Assistant; no, while nobody can tell."""
        ...


class NoHousehold:
    """An engine on its own."""

    async def is_administrator(self, person_id: str) -> bool:  # noqa: ARG002 - the port's
        """Knows nobody."""
        return False
