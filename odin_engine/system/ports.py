"""What the engine asks of the system that runs it as an app."""

from collections.abc import Mapping
from typing import Protocol


class AppHost(Protocol):
    """Home Assistant's Supervisor, seen from one of its apps.

    Each verb raises `Refused` where another try is in vain, `Unavailable` where not.
    """

    async def own_host(self) -> str:
        """Returns the name by which Home Assistant reaches this engine."""
        ...

    async def offer(self, service: str, config: Mapping[str, object]) -> None:
        """Tells Home Assistant how to connect; the same again is not told again."""
        ...
