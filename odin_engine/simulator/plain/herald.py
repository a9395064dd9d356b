"""Announcing machines by multicast DNS, for as long as the farm runs.

Source: RFC 6762, RFC 6763. It leaves by one interface alone.
"""

import asyncio
import contextlib
import logging
import re
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from odin_engine.simulator.plain.member import PlainMember

if TYPE_CHECKING:
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

_LOG = logging.getLogger(__name__)

_LOOK_EVERY_S = 2.0


class PlainHerald:
    """Announces the machines that are on; `async with` begins and ends it.

    Those whose family has no service of the kind are left out. A machine's first port is
    the one named. `interface` is the address to leave by.
    """

    def __init__(self, members: Sequence[PlainMember], interface: str) -> None:
        self._members, self._interface = members, interface
        self._told: dict[str, AsyncServiceInfo] = {}

    async def __aenter__(self) -> Self:
        self._task = asyncio.get_running_loop().create_task(self._announce())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _announce(self) -> None:
        # It takes a fifth of a second, which a farm that announces nothing saves.
        from zeroconf import Error, IPVersion  # noqa: PLC0415
        from zeroconf.asyncio import AsyncZeroconf  # noqa: PLC0415

        try:
            zeroconf = AsyncZeroconf([self._interface], ip_version=IPVersion.V4Only)
            try:
                await self._follow_all(zeroconf)
            finally:
                await zeroconf.async_close()
        except (Error, OSError) as error:
            _LOG.warning("nothing is announced by multicast DNS: %r", error)

    async def _follow_all(self, zeroconf: AsyncZeroconf) -> None:
        while True:
            for each in self._members:
                await self._follow(zeroconf, each)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _follow(self, zeroconf: AsyncZeroconf, member: PlainMember) -> None:
        """Begins or ends announcing one, as it was switched."""
        told, kind = self._told.get(member.key), member.kind.service
        if kind is None:
            return
        if member.is_on and told is None:
            info = self._told[member.key] = _info(member, kind)
            await zeroconf.async_register_service(info, allow_name_change=True)
        elif not member.is_on and told is not None:
            del self._told[member.key]
            await zeroconf.async_unregister_service(told)


def _info(member: PlainMember, kind: str) -> AsyncServiceInfo:
    from zeroconf.asyncio import AsyncServiceInfo  # noqa: PLC0415 - loaded by now

    name = member.name.replace(".", " ")
    host = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or member.key
    return AsyncServiceInfo(
        kind,
        f"{name}.{kind}",
        addresses=[socket.inet_aton(member.host)],
        port=next(iter(member.ports.values())),
        properties={"model": member.model},
        server=f"{host}.local.",
    )
