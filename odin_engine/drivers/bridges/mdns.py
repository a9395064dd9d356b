"""Telling the network that the engine is there: DNS-SD over multicast DNS.

Source: RFC 6762, RFC 6763; the TXT keys are what Home Assistant's integration reads.
"""

import asyncio
import logging
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

_LOG = logging.getLogger(__name__)

SERVICE_TYPE = "_odin._tcp.local."
_IPV6 = 6
_GOODBYE_S = 1.0
"""The whole stop takes 2 s."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is said. `addresses` are IP addresses that the engine listens on, never none."""

    engine_id: str
    port: int
    addresses: tuple[str, ...]
    properties: Mapping[str, str]

    @property
    def name(self) -> str:
        """Returns the instance's name: the same on every start, another per engine."""
        return f"odin-{self.engine_id[-12:]}"


def addresses_of(host: str) -> tuple[str, ...]:
    """Returns where somebody reaches what listens on `host`.

    The unspecified address means each of this machine's own; loopback ones lead nobody
    here, unless they are what is listened on.
    """
    bound = ip_address("127.0.0.1" if host == "localhost" else host)
    if not bound.is_unspecified:
        return (str(bound),)
    # Few engines announce themselves; the others shall not wait for the import.
    from ifaddr import get_adapters  # noqa: PLC0415 - reason above

    own = (
        ip_address(each.ip if isinstance(each.ip, str) else each.ip[0])
        for adapter in get_adapters()
        for each in adapter.ips
        if each.is_IPv4 or bound.version == _IPV6
    )
    return tuple(
        str(each) for each in own if not each.is_loopback and not each.is_link_local
    )


async def announce(announcement: Announcement) -> None:
    """Announces the engine by the interfaces of its addresses, until cancelled.

    What fails is logged: an engine that nobody finds is still there.
    """
    # It takes a fifth of a second, in which the engine has better things to do.
    await asyncio.to_thread(import_module, "zeroconf.asyncio")
    from zeroconf import Error  # noqa: PLC0415 - loaded by now

    try:
        zeroconf = await _open(announcement)
    except (Error, OSError) as error:
        _LOG.warning("cannot announce the engine to the network: %r", error)
        return
    try:
        _LOG.info("announced as %s by %s", announcement.name, announcement.addresses)
        await asyncio.Event().wait()
    finally:
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await zeroconf.async_unregister_all_services()
        finally:
            await zeroconf.async_close()


async def _open(announcement: Announcement) -> AsyncZeroconf:
    from zeroconf.asyncio import AsyncZeroconf  # noqa: PLC0415 - loaded by now

    for address in announcement.addresses:
        _check_is_ours(address)
    zeroconf = AsyncZeroconf(interfaces=list(announcement.addresses))
    try:
        registered = await zeroconf.async_register_service(_info(announcement))
        await registered
    except BaseException:
        await zeroconf.async_close()
        raise
    return zeroconf


def _check_is_ours(address: str) -> None:
    """Raises what binding raises: the library would leave its other socket open."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))


def _info(announcement: Announcement) -> AsyncServiceInfo:
    from zeroconf.asyncio import AsyncServiceInfo  # noqa: PLC0415 - loaded by now

    return AsyncServiceInfo(
        SERVICE_TYPE,
        f"{announcement.name}.{SERVICE_TYPE}",
        port=announcement.port,
        parsed_addresses=list(announcement.addresses),
        properties=dict(announcement.properties),
        server=f"{announcement.name}.local.",
    )
