"""Announcing the Bambu Lab machines of a farm, over and over, for as long as it runs."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Self

from odin_engine.simulator.bambu.announce import Announcement, Announcer
from odin_engine.simulator.bambu.member import REAL_PORTS, BambuMember

_ANNOUNCE_EVERY_S = 5.0


class BambuHerald:
    """Announces the machines that are on; `async with` begins and ends it.

    `interface` is the address to leave by; for `hears` see `Announcer`.
    """

    def __init__(
        self, members: Sequence[BambuMember], interface: str, *, hears: bool
    ) -> None:
        self._members = members
        self._interface, self._hears = interface, hears

    async def __aenter__(self) -> Self:
        self._announcer = Announcer(self._interface, hears=self._hears)
        self._task = asyncio.get_running_loop().create_task(self._announce())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._announcer.close()

    async def _announce(self) -> None:
        while True:
            await self._announcer.announce(
                [
                    Announcement(
                        each.printer.machine, each.host, _strange_ports(each.ports)
                    )
                    for each in self._members
                    if each.is_on
                ]
            )
            await self._announcer.wait_for_question(_ANNOUNCE_EVERY_S)


def _strange_ports(ports: Mapping[str, int]) -> dict[str, int]:
    return {name: port for name, port in ports.items() if port != REAL_PORTS[name]}
