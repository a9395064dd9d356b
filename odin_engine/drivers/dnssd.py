"""Hearing which services the local network announces: DNS-SD over multicast DNS.

Source: RFC 6762, RFC 6763. What is heard is anybody's claim: bounded, and no proof.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zeroconf import ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncZeroconf

_LOG = logging.getLogger(__name__)

_ASK_S = 3.0
_MOST_FOUND = 1000
"""More than any farm has; what comes behind is a flood."""
_LONGEST_TEXT = 255


@dataclass(frozen=True, slots=True)
class Service:
    """What one instance says of itself; `name` is without the kind, `host` is IPv4."""

    host: str
    port: int
    name: str
    properties: Mapping[str, str]


async def browse(
    kind: str, seconds: float, look_by: IPv4Address | None
) -> AsyncIterator[Service]:
    """Asks for services of a kind such as `_moonraker._tcp.local.`; yields each once.

    `look_by` is the address of the interface to ask on, `None` for every one; with a
    loopback address what runs elsewhere is neither asked nor told. What fails is
    logged, and nothing is found.
    """
    # It takes a fifth of a second, in which the engine has better things to do.
    await asyncio.to_thread(import_module, "zeroconf.asyncio")
    until = asyncio.get_running_loop().time() + seconds
    zeroconf = _open(look_by)
    if zeroconf is None:
        return
    listener = _Listener(zeroconf, kind)
    try:
        listener.listen()
        seen: set[tuple[str, str, int]] = set()
        while True:
            async with asyncio.timeout_at(until):
                service = await listener.found.get()
            place = (service.name, service.host, service.port)
            if place not in seen and _may_tell(service, look_by):
                seen.add(place)
                yield service
    except TimeoutError:
        return
    finally:
        await listener.close()


def _may_tell(service: Service, look_by: IPv4Address | None) -> bool:
    # A socket of ours hears what any other on this computer made it join.
    is_local = look_by is not None and look_by.is_loopback
    return IPv4Address(service.host).is_loopback or not is_local


def _open(look_by: IPv4Address | None) -> AsyncZeroconf | None:
    from zeroconf import Error, InterfaceChoice, IPVersion  # noqa: PLC0415 - loaded
    from zeroconf.asyncio import AsyncZeroconf  # noqa: PLC0415 - loaded by now

    try:
        if look_by is None:
            return AsyncZeroconf(InterfaceChoice.All, ip_version=IPVersion.V4Only)
        # Of an address that is not ours the library would leave a socket open.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((str(look_by), 0))
        return AsyncZeroconf([str(look_by)], ip_version=IPVersion.V4Only)
    except (Error, OSError) as error:
        _LOG.warning("services cannot be looked for: %r", error)
        return None


class _Listener:
    """Asks every instance heard of where it is, all at the same time."""

    def __init__(self, zeroconf: AsyncZeroconf, kind: str) -> None:
        self.found: asyncio.Queue[Service] = asyncio.Queue()
        self._zeroconf = zeroconf
        self._kind = kind
        self._asking: dict[str, asyncio.Task[None]] = {}

    def listen(self) -> None:
        from zeroconf.asyncio import AsyncServiceBrowser  # noqa: PLC0415 - loaded

        # It ends with its Zeroconf.
        AsyncServiceBrowser(self._zeroconf.zeroconf, self._kind, handlers=[self._heard])

    async def close(self) -> None:
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)
        await self._zeroconf.async_close()

    def _heard(
        self,
        zeroconf: Zeroconf,  # noqa: ARG002 - the library names its arguments
        service_type: str,  # noqa: ARG002 - the library names its arguments
        name: str,
        state_change: ServiceStateChange,  # noqa: ARG002 - what left does not answer
    ) -> None:
        if name not in self._asking and len(self._asking) < _MOST_FOUND:
            self._asking[name] = asyncio.create_task(self._ask(name))

    async def _ask(self, name: str) -> None:
        service = await _resolve(self._zeroconf, self._kind, name)
        if service is not None:
            self.found.put_nowait(service)


async def _resolve(zeroconf: AsyncZeroconf, kind: str, name: str) -> Service | None:
    """Asks one instance where it is; `None` where it does not say so in IPv4."""
    from zeroconf import BadTypeInNameException, IPVersion  # noqa: PLC0415 - loaded
    from zeroconf.asyncio import AsyncServiceInfo  # noqa: PLC0415 - loaded by now

    try:
        info = AsyncServiceInfo(kind, name)
    except BadTypeInNameException:
        return None
    if not await info.async_request(zeroconf.zeroconf, _ASK_S * 1000):
        return None
    addresses = info.ip_addresses_by_version(IPVersion.V4Only)
    if not addresses or not info.port:
        return None
    return Service(
        host=str(addresses[0]),
        port=info.port,
        name=name.removesuffix(f".{kind}")[:_LONGEST_TEXT],
        properties={
            key[:_LONGEST_TEXT]: (value or "")[:_LONGEST_TEXT]
            for key, value in info.decoded_properties.items()
        },
    )
