"""Finding printers: what they announce, and what one address answers.

Nothing heard here is proof. Anybody may send such datagrams; a known printer's address
may follow them only after its certificate was seen there.
Source: docs/protocols/bambu.md §2.
"""

import asyncio
import contextlib
import ipaddress
import logging
import re
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from ipaddress import IPv4Address
from typing import override

from odin_engine.drivers.printers.bambu.ports import port_in
from odin_engine.drivers.printers.bambu.protocol.frames import (
    DETECT_PREFIX,
    SSDP_GROUP,
    SSDP_PORT,
    Announcement,
    detect_length,
    detect_request,
    parse_announcement,
    parse_detected,
    search_request,
)
from odin_engine.drivers.printers.bambu.protocol.models import by_code, by_serial
from odin_engine.drivers.printers.bambu.reach import (
    Stream,
    let_go,
    open_plain,
    open_secure,
)
from odin_engine.drivers.printers.bambu.tls import PrinterContext
from odin_engine.printers.model import DriverError
from odin_engine.printers.ports import Found

_LOG = logging.getLogger(__name__)

FAMILY = "bambu"
_BROADCAST = "255.255.255.255"
_LOOPBACK_BROADCAST = "127.255.255.255"
_SEARCH_EVERY_S = 3.0
_PROBE_S = 3.0
_MOST_FOUND = 2000
"""More machines than any farm has are a flood, not a discovery."""
_SERIAL = re.compile(r"[0-9A-Z]{15}")


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, heard: asyncio.Queue[tuple[bytes, str]]) -> None:
        self._heard = heard

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._heard.put_nowait((data, addr[0]))

    @override
    def error_received(self, exc: Exception) -> None:
        _LOG.debug("discovery: %s", exc)


async def listen(
    seconds: float, port: int = SSDP_PORT, look_by: IPv4Address | None = None
) -> AsyncIterator[Found]:
    """Listens for announcements and asks for them; yields each serial once.

    `look_by` is the address of the interface to look on, wherever the routes lead
    without it; on loopback nothing outside this machine is asked or heard.
    """
    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[tuple[bytes, str]] = asyncio.Queue(_MOST_FOUND)
    seen: set[str] = set()
    until = loop.time() + seconds
    async with contextlib.AsyncExitStack() as stack:
        try:
            asking, destinations = await _open(stack, heard, port, look_by)
        except OSError as error:
            _LOG.warning("printers cannot be discovered, UDP port %s: %s", port, error)
            return
        searching = asyncio.create_task(_search(asking, destinations, port))
        stack.callback(searching.cancel)
        while len(seen) < _MOST_FOUND:
            try:
                async with asyncio.timeout_at(until):
                    datagram, sender = await heard.get()
            except TimeoutError:
                return
            announcement = parse_announcement(datagram)
            if announcement is not None and announcement.serial not in seen:
                seen.add(announcement.serial)
                host = _address(announcement.host) or sender
                is_here = _is_loopback(sender) and _is_loopback(host)
                # Only what runs on this machine may name ports of it.
                ports = announcement.ports if is_here else {}
                yield _found(announcement, host, "ssdp", ports)


async def _open(
    stack: contextlib.AsyncExitStack,
    heard: asyncio.Queue[tuple[bytes, str]],
    port: int,
    look_by: IPv4Address | None,
) -> tuple[asyncio.DatagramTransport, tuple[str, ...]]:
    """Opens what hears and what asks; gives the latter, and where to ask."""

    async def listener(sock: socket.socket) -> asyncio.DatagramTransport:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Listener(heard), sock=sock
        )
        stack.callback(transport.close)
        return transport

    if look_by is None:
        return await listener(_bound("", port)), (SSDP_GROUP, _BROADCAST)
    address = str(look_by)
    if look_by.is_loopback:
        # A socket on a broadcast address hears what is sent to that alone.
        await listener(_bound(_LOOPBACK_BROADCAST, port))
        return await listener(_bound(address, 0)), (_LOOPBACK_BROADCAST,)
    await listener(_bound("", port, address))
    # With a source address even a broadcast to all leaves by that interface alone.
    return await listener(_bound(address, 0)), (SSDP_GROUP, _BROADCAST)


def _bound(host: str, port: int, interface: str = "0.0.0.0") -> socket.socket:  # noqa: S104 - any interface
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # A slicer on the same machine may listen there as well.
        with contextlib.suppress(AttributeError, OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.bind((host, port))
        if not host:
            group = socket.inet_aton(SSDP_GROUP) + socket.inet_aton(interface)
            # Without a route for multicast, broadcasts still arrive.
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        sock.settimeout(0)
    except BaseException:
        sock.close()
        raise
    return sock


async def _search(
    transport: asyncio.DatagramTransport, destinations: Sequence[str], port: int
) -> None:
    while True:
        for address in destinations:
            transport.sendto(search_request(), (address, port))
        await asyncio.sleep(_SEARCH_EVERY_S)


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


def _address(word: str | None) -> str | None:
    """Returns an IP address from `Location`, which is a bare one; else `None`."""
    try:
        return str(ipaddress.ip_address(word or ""))
    except ValueError:
        return None


async def probe(host: str, ports: Mapping[str, int]) -> Found | None:
    """Asks one address what it is: the detect ports first, then its certificate."""
    answers = await asyncio.gather(
        _detect(host, ports), _detect_secure(host, ports), _by_certificate(host, ports)
    )
    return next((answer for answer in answers if answer is not None), None)


async def _detect(host: str, ports: Mapping[str, int]) -> Found | None:
    try:
        stream = await open_plain(host, port_in(ports, "detect"), _PROBE_S)
    except DriverError:
        return None
    return await _ask(stream, host, ports)


async def _detect_secure(host: str, ports: Mapping[str, int]) -> Found | None:
    if "detect" in ports and "detect_tls" not in ports:
        return None
    context = PrinterContext.to(None)
    try:
        stream = await open_secure(
            host, port_in(ports, "detect_tls"), context, _PROBE_S
        )
    except DriverError:
        return None
    return await _ask(stream, host, ports)


async def _ask(stream: Stream, host: str, ports: Mapping[str, int]) -> Found | None:
    reader, writer = stream
    try:
        async with asyncio.timeout(_PROBE_S):
            writer.write(detect_request())
            length = detect_length(await reader.readexactly(DETECT_PREFIX))
            announcement = parse_detected(await reader.readexactly(length))
    except OSError, EOFError, ValueError:
        return None
    finally:
        await let_go(writer)
    if announcement is None:
        return None
    return _found(announcement, host, "detect", ports)


async def _by_certificate(host: str, ports: Mapping[str, int]) -> Found | None:
    """Reads who it is from the certificate on the MQTT port; needs no access code."""
    context = PrinterContext.to(None)
    try:
        _, writer = await open_secure(host, port_in(ports, "mqtt"), context, _PROBE_S)
    except DriverError:
        return None
    await let_go(writer)
    serial = context.certificate.common_name if context.certificate else ""
    if not _SERIAL.fullmatch(serial):
        return None
    return _found(Announcement(serial), host, "certificate", ports)


def _found(
    announcement: Announcement, host: str, via: str, ports: Mapping[str, int]
) -> Found:
    model = by_code(announcement.model) or by_serial(announcement.serial)
    return Found(
        family=FAMILY,
        host=host,
        serial=announcement.serial,
        model=model.name if model is not None else announcement.model,
        name=announcement.name,
        via=via,
        ports=dict(ports),
    )
