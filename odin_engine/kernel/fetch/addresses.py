"""Which addresses may be reached, and resolving a host to those only.

A name is resolved once; whoever connects uses the address that was checked, so that a
second answer of the name server cannot lead elsewhere.
"""

import asyncio
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import ClassVar

from odin_engine.kernel.errors import Invalid, Refused, Unavailable

type Address = IPv4Address | IPv6Address

_LONGEST_HOST = 253
"""RFC 1035, section 2.3.4."""
_HOST = re.compile(r"[^\s/?#@\\\x00-\x20\x7f]+")
_METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",  # Amazon, Google, Microsoft, OpenStack
        "fd00:ec2::254",  # Amazon over IPv6
        "100.100.100.200",  # Alibaba
        "fd20:ce::254",  # Google over IPv6
    )
)
"""Where cloud machines get their credentials; no printer is ever there."""
_CARRIER_NAT = ip_network("100.64.0.0/10")
"""RFC 6598; also what Tailscale gives its machines."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: an IPv4 address in the last 32 bits."""


class AddressRefused(Refused):
    """That address may not be reached from here."""

    code: ClassVar[str] = "address_refused"

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"{host} may not be used: {reason}.")
        self.host = host


class HostUnknown(Unavailable):
    """The name has no address."""

    code: ClassVar[str] = "host_unknown"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"No address is known for {host}. Check the spelling, or use the IP address."
        )
        self.host = host


@dataclass(frozen=True, slots=True)
class Reach:
    """Which addresses may be reached. Public ones always may."""

    is_private_allowed: bool = False
    is_loopback_allowed: bool = False
    is_link_local_allowed: bool = False

    def with_loopback(self) -> Reach:
        """Returns the same reach with this machine's own addresses, for simulators."""
        return replace(self, is_loopback_allowed=True)

    def why_not(self, address: Address) -> str | None:
        """Returns why an address is refused; `None` when it may be reached."""
        reasons = (self._why_not(each) for each in _meant(address))
        return next((reason for reason in reasons if reason is not None), None)

    def _why_not(self, address: Address) -> str | None:
        if address in _METADATA:
            return "it is a cloud machine's metadata service"
        if address.is_loopback:
            return None if self.is_loopback_allowed else "it is this machine itself"
        if address.is_link_local:
            return None if self.is_link_local_allowed else "it is a link-local address"
        if address.is_multicast or address.is_unspecified or address.is_reserved:
            return "it is not the address of one machine"
        if address.is_private or address in _CARRIER_NAT or _is_site_local(address):
            return None if self.is_private_allowed else "it is in a private network"
        return None if address.is_global else "it is not a public address"


PUBLIC_ONLY = Reach()
"""For addresses that anybody may enter, such as webhooks."""
LOCAL_ALLOWED = Reach(is_private_allowed=True)
"""For printers, cameras and whatever else stands in the same house."""


async def resolve(host: str, port: int, reach: Reach) -> list[Address]:
    """Returns the addresses of a host that may be reached, best first, never none.

    Raises:
        Invalid: not a host name or address.
        HostUnknown: the name has no address.
        AddressRefused: it has, but none that may be reached.
    """
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        raise Invalid("Give a host name or an IP address, without a path.")
    found = literal(host) or await _look_up(host, port)
    allowed = [address for address in found if reach.why_not(address) is None]
    if not allowed:
        raise AddressRefused(host, reach.why_not(found[0]) or "")
    return allowed


async def resolve_local(host: str, reach: Reach = LOCAL_ALLOWED) -> str:
    """Returns the one address to connect to for a printer or camera.

    Raises as `resolve`.
    """
    return str((await resolve(host, 0, reach))[0])


def literal(host: str) -> list[Address]:
    """Returns the one address a host is written as; empty for a name."""
    try:
        return [ip_address(host.removeprefix("[").removesuffix("]"))]
    except ValueError:
        return []


async def _look_up(host: str, port: int) -> list[Address]:
    loop = asyncio.get_running_loop()
    try:
        infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise HostUnknown(host) from error
    found = [ip_address(info[4][0]) for info in infos]
    if not found:
        raise HostUnknown(host)
    return list(dict.fromkeys(found))


def _is_site_local(address: Address) -> bool:
    """Whether it is of a private kind that is no longer given out (RFC 3879)."""
    return isinstance(address, IPv6Address) and address.is_site_local


def _meant(address: Address) -> Iterator[Address]:
    """Yields the address, or the IPv4 addresses that a gateway would make of it.

    Without its zone: the system drops that where it means nothing, and `fd00::1%1` is
    another value than `fd00::1`.
    """
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        address = IPv6Address(int(address))
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    else:
        yield address
        yield from filter(None, (address.sixtofour, *(address.teredo or ())))
