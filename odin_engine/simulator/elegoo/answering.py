"""Answers to a search on UDP: to this address, and to a broadcast.

Source: SDCP V3.0.0, "Discovery"; docs/CC2_PROTOCOL.md for the other one. Simulated machines mostly share one address, so on
loopback they add their ports (`SimulatedPorts`), which real ones never do.
"""

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable
from typing import Any, override

PORT = 3000
CC2_PORT = 52700
QUESTION = b"M99999"
CC2_METHOD = 7000
_LOOPBACK_BROADCAST = "127.255.255.255"
_BROADCAST = ""


class Ear(asyncio.DatagramProtocol):
    """Hears the question, and answers to whoever asked."""

    def __init__(
        self,
        answer: Callable[[], dict[str, Any] | None],
        is_question: Callable[[bytes], bool] = lambda data: data == QUESTION,
    ) -> None:
        self._answer = answer
        self._is_question = is_question
        self._transports: list[asyncio.DatagramTransport] = []

    async def open(self, host: str, port: int, broadcast_port: int | None) -> int:
        """Listens; gives the port. A broadcast port that is taken is done without."""
        loop = asyncio.get_running_loop()
        own, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(host, port)
        )
        self._transports.append(own)
        bound: int = own.get_extra_info("sockname")[1]
        if broadcast_port is not None:
            with contextlib.suppress(OSError):
                place = _LOOPBACK_BROADCAST if host.startswith("127.") else _BROADCAST
                ear, _ = await loop.create_datagram_endpoint(
                    lambda: self, sock=_shared(place, broadcast_port)
                )
                self._transports.append(ear)
        return bound

    def close(self) -> None:
        """Stops listening."""
        for transport in self._transports:
            transport.close()
        self._transports.clear()

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not self._transports or not self._is_question(data):
            return
        answer = self._answer()
        if answer is not None:
            self._transports[0].sendto(json.dumps(answer).encode(), addr)


def asks_cc2(data: bytes) -> bool:
    """Whether a datagram is the question to a Centauri Carbon 2."""
    try:
        body = json.loads(data)
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("method") == CC2_METHOD


def _shared(place: str, port: int) -> socket.socket:
    """Returns a socket that hears what is sent to a broadcast, beside others' there."""
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        ear.settimeout(0)
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.bind((place, port))
    except BaseException:
        ear.close()
        raise
    return ear
