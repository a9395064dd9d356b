"""Finding machines: one question to all, one answer from each.

Nothing heard here is proof: whoever connects sees the mainboard's id again.
"""

import asyncio
import contextlib
import ipaddress
import logging
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import override

from odin_engine.drivers.printers.elegoo.ports import PORTS, port_in
from odin_engine.drivers.printers.elegoo.protocol.beacon import (
    CC2_QUESTION,
    QUESTION,
    Identity,
    parse_answer,
)
from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect
from odin_engine.printers.ports import Found

_LOG = logging.getLogger(__name__)

FAMILY = "elegoo"
KIND = "kind"
CC2 = "centauri-carbon-2"
SDCP = "sdcp"
"""The option that says which protocol a machine speaks, and its values."""
_BROADCAST = "255.255.255.255"
_LOOPBACK = ("127.255.255.255", "127.0.0.1")
_ASK_EVERY_S = 2.0
_PROBE_S = 1.5
_PROBES = 3
_MOST_FOUND = 2000
"""More machines than any farm has are a flood, not a discovery."""

type Question = tuple[bytes, str, int]


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, heard: asyncio.Queue[tuple[bytes, str]]) -> None:
        self._heard = heard

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._heard.put_nowait((data, addr[0]))

    @override
    def error_received(self, exc: Exception) -> None:
        _LOG.debug("search: %s", exc)


class _Asker:
    """A socket that asks over and over, and what was heard by it."""

    def __init__(self, questions: Sequence[Question], every_s: float) -> None:
        self._questions = questions
        self._every_s = every_s
        self.heard: asyncio.Queue[tuple[bytes, str]] = asyncio.Queue(_MOST_FOUND)
        self._transport: asyncio.DatagramTransport | None = None
        self._asking: asyncio.Task[None] | None = None

    async def open(self, address: str) -> None:
        """Binds to an address, and begins. Raises `OSError`."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sock.bind((address, 0))
            sock.settimeout(0)
            (
                self._transport,
                _,
            ) = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Listener(self.heard), sock=sock
            )
        except BaseException:
            sock.close()
            raise
        self._asking = asyncio.create_task(self._ask(self._transport))

    def close(self) -> None:
        """Ends asking and listening."""
        if self._asking is not None:
            self._asking.cancel()
        if self._transport is not None:
            self._transport.close()

    async def _ask(self, transport: asyncio.DatagramTransport) -> None:
        while True:
            for question, host, port in self._questions:
                transport.sendto(question, (host, port))
            await asyncio.sleep(self._every_s)


async def search(
    seconds: float,
    ports: Mapping[str, int] | None = None,
    look_by: IPv4Address | None = None,
) -> AsyncIterator[Found]:
    """Asks the local network and yields each machine once.

    `look_by` is the address of the interface to ask by; with a loopback one nothing
    leaves this computer. A broadcast from a bound address leaves by that interface.
    """
    is_inside = look_by is not None and look_by.is_loopback
    hosts = _LOOPBACK if is_inside else (_BROADCAST,)
    wanted = ports or PORTS
    questions = [
        (words, host, port_in(wanted, name))
        for name, words in (("search", QUESTION), ("search_cc2", CC2_QUESTION))
        for host in hosts
    ]
    asker = _Asker(questions, _ASK_EVERY_S)
    try:
        await asker.open("" if look_by is None else str(look_by))
    except OSError as error:
        _LOG.warning("machines cannot be searched for: %s", error)
        return
    seen: set[str] = set()
    until = asyncio.get_running_loop().time() + seconds
    try:
        while len(seen) < _MOST_FOUND:
            try:
                async with asyncio.timeout_at(until):
                    datagram, sender = await asker.heard.get()
            except TimeoutError:
                return
            identity = parse_answer(datagram)
            if identity is not None and identity.board not in seen:
                seen.add(identity.board)
                yield _found(identity, sender)
    finally:
        asker.close()


async def ask(
    host: str, ports: Mapping[str, int], within_s: float = _PROBE_S
) -> Identity | None:
    """Asks one address who it is; `None` where nothing answers in time."""
    questions = [
        (QUESTION, host, port_in(ports, "search")),
        (CC2_QUESTION, host, port_in(ports, "search_cc2")),
    ]
    if "search_cc2" in ports and "search" not in ports:
        questions.pop(0)
    elif "search" in ports and "search_cc2" not in ports:
        questions.pop()
    asker = _Asker(questions, within_s / _PROBES)
    try:
        await asker.open("")
        async with asyncio.timeout(within_s):
            while True:
                datagram, sender = await asker.heard.get()
                identity = parse_answer(datagram) if sender == host else None
                if identity is not None:
                    return identity
    except OSError:
        return None
    finally:
        asker.close()


async def probe(host: str, ports: Mapping[str, int]) -> Found | None:
    """Asks one address what it is; `None` if it is none of this family."""
    identity = await ask(host, ports)
    if identity is None:
        return None
    found = _found(identity, host)
    return replace(found, ports=dict(ports)) if ports else found


def _found(identity: Identity, sender: str) -> Found:
    # Only what runs on this computer may name ports of it.
    is_here = ipaddress.ip_address(sender).is_loopback
    return Found(
        family=FAMILY,
        host=sender,
        serial=identity.board,
        model=identity.machine,
        name=identity.name,
        via=SDCP,
        ports=identity.ports if is_here else {},
        options={KIND: CC2} if identity.dialect is Dialect.CC2 else {},
    )
