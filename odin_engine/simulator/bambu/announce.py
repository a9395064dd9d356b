"""The NOTIFY by which printers make themselves known on UDP 2021.

Source: docs/protocols/bambu.md §2. It leaves by the loopback interface only, unless the
address of another interface is given.

Real machines have fixed ports and never name them. Simulated ones mostly share one
address, so on loopback they add a header of their own with those that differ
(`X-Simulated-Ports: mqtt=21000, ftps=21001`).
"""

import asyncio
import contextlib
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import override

from odin_engine.simulator.bambu.machine import Machine

PORT = 2021
_GROUP = "239.255.255.250"
_LOOPBACK_BROADCAST = "127.255.255.255"
_BROADCAST = "255.255.255.255"
_URN = "urn:bambulab-com:device:3dprinter:1"
# However often they are asked, they answer together and no more often than this.
_SHORTEST_PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class Announcement:
    """A machine, its address, and those of its ports that are not the usual ones."""

    machine: Machine
    host: str
    ports: Mapping[str, int] = field(default_factory=dict)


def notification(told: Announcement) -> bytes:
    """Words the announcement of one printer; `Location` is a bare address."""
    machine = told.machine
    fields = {
        "HOST": f"{_GROUP}:1900",
        "Server": "Buildroot/2018.02-rc3 UPnP/1.0 ssdpd/1.8",
        "Location": told.host,
        "NT": _URN,
        "NTS": "ssdp:alive",
        "USN": machine.serial,
        "Cache-Control": "max-age=1800",
        "DevModel.bambu.com": machine.model.code,
        "DevName.bambu.com": machine.name,
        "DevSignal.bambu.com": str(machine.settings.wifi_dbm),
        "DevConnect.bambu.com": "lan",
        "DevBind.bambu.com": "free",
        "Devseclink.bambu.com": "secure",
        "DevInf.bambu.com": "wlan0",
        "DevVersion.bambu.com": machine.model.firmware,
        "DevCap.bambu.com": "1",
    }
    if told.ports and told.host.startswith("127."):
        fields["X-Simulated-Ports"] = ", ".join(
            f"{name}={port}" for name, port in told.ports.items()
        )
    lines = "".join(f"{key}: {value}\r\n" for key, value in fields.items())
    return f"NOTIFY * HTTP/1.1\r\n{lines}\r\n".encode()


class Announcer:
    """Announces printers by one socket, and hears by another when somebody asks.

    Args:
        interface_address: IPv4 address of the interface to leave by.
        port: The port listeners sit on; tests take another.
        hears: Whether questions are heard, for which it must hold that port itself.
            On real ports it does not: a listener that shares its port with nobody
            may be on the same host.
    """

    def __init__(
        self,
        interface_address: str = "127.0.0.1",
        *,
        port: int = PORT,
        hears: bool = True,
    ) -> None:
        is_loopback = interface_address.startswith("127.")
        self._address, self._port = interface_address, port
        self._broadcast = _LOOPBACK_BROADCAST if is_loopback else _BROADCAST
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._socket.setsockopt(
            socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(self._address)
        )
        # With a source address even 255.255.255.255 leaves by that interface alone.
        self._socket.bind((interface_address, 0))
        self._ear = _Ear.on(self._broadcast, port) if hears else None

    def close(self) -> None:
        """Gives the sockets back."""
        self._socket.close()
        if self._ear is not None:
            self._ear.close()

    async def announce(self, printers: Sequence[Announcement]) -> None:
        """Sends one announcement for each printer."""
        loop = asyncio.get_running_loop()
        for each in printers:
            message = notification(each)
            for destination in (self._broadcast, _GROUP):
                # Without a route to the group the broadcast alone must do.
                with contextlib.suppress(OSError):
                    await loop.sock_sendto(
                        self._socket, message, (destination, self._port)
                    )

    async def wait_for_question(self, seconds: float) -> None:
        """Waits until somebody looks for printers, at most so long."""
        if self._ear is None:
            await asyncio.sleep(seconds)
            return
        await asyncio.sleep(_SHORTEST_PAUSE_S)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds - _SHORTEST_PAUSE_S):
                await self._ear.question()


class _Ear(asyncio.DatagramProtocol):
    """Hears M-SEARCH where such are sent to."""

    def __init__(self, bound: socket.socket) -> None:
        self._socket = bound
        self._transport: asyncio.DatagramTransport | None = None
        self._asked = asyncio.Event()

    @classmethod
    def on(cls, broadcast: str, port: int) -> _Ear | None:
        """Opens the socket; None where the port is somebody else's alone."""
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            bound.settimeout(0)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            # A socket on a broadcast address hears what is sent to that alone.
            bound.bind((broadcast, port))
        except OSError:
            bound.close()
            return None
        return cls(bound)

    async def question(self) -> None:
        """Waits for an M-SEARCH; one that came since the last counts."""
        if self._transport is None:
            loop = asyncio.get_running_loop()
            self._transport, _ = await loop.create_datagram_endpoint(
                lambda: self, sock=self._socket
            )
        await self._asked.wait()
        self._asked.clear()

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data.startswith(b"M-SEARCH ") and _URN.encode() in data:
            self._asked.set()

    def close(self) -> None:
        """Gives the socket back."""
        if self._transport is not None:
            self._transport.close()
        self._socket.close()
