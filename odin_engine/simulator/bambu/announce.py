"""The NOTIFY by which printers make themselves known on UDP 2021.

Source: docs/protocols/bambu.md §2. It leaves by the loopback interface only, unless the
address of another interface is given.
"""

import asyncio
import contextlib
import socket
from collections.abc import Sequence

from odin_engine.simulator.bambu.machine import Machine

PORT = 2021
_GROUP = "239.255.255.250"
_LOOPBACK_BROADCAST = "127.255.255.255"
_BROADCAST = "255.255.255.255"
_URN = "urn:bambulab-com:device:3dprinter:1"


def notification(machine: Machine, host: str) -> bytes:
    """Words the announcement of one printer; `Location` is a bare address."""
    fields = {
        "HOST": f"{_GROUP}:1900",
        "Server": "Buildroot/2018.02-rc3 UPnP/1.0 ssdpd/1.8",
        "Location": host,
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
    lines = "".join(f"{key}: {value}\r\n" for key, value in fields.items())
    return f"NOTIFY * HTTP/1.1\r\n{lines}\r\n".encode()


class Announcer:
    """Announces printers by one socket.

    Args:
        interface_address: IPv4 address of the interface to leave by.
        port: The port listeners sit on; tests take another.
    """

    def __init__(
        self, interface_address: str = "127.0.0.1", *, port: int = PORT
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
        self._socket.bind((interface_address, 0))

    def close(self) -> None:
        """Gives the socket back."""
        self._socket.close()

    async def announce(self, printers: Sequence[tuple[Machine, str]]) -> None:
        """Sends one announcement for each printer and its address."""
        loop = asyncio.get_running_loop()
        for machine, host in printers:
            message = notification(machine, host)
            for destination in (self._broadcast, _GROUP):
                # Without a route to the group the broadcast alone must do.
                with contextlib.suppress(OSError):
                    await loop.sock_sendto(
                        self._socket, message, (destination, self._port)
                    )
