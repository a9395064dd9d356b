"""How a host reaches the board: raw TCP, RFC 2217, or a terminal that looks like a cable."""

import asyncio
import os
import tty
from collections.abc import Callable
from typing import cast

from odin_engine.simulator.marlin.telnet import TelnetServer

_READ = 65_536


class Client(asyncio.Protocol):
    """One TCP connection; with `telnet` it speaks RFC 2217."""

    def __init__(self, lines: Lines, telnet: TelnetServer | None) -> None:
        self._lines = lines
        self._telnet = telnet
        self._transport: asyncio.WriteTransport | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Implements `asyncio.Protocol`."""
        self._transport = cast("asyncio.WriteTransport", transport)
        self._lines.clients.append(self)

    def data_received(self, data: bytes) -> None:
        """Implements `asyncio.Protocol`."""
        if self._telnet is not None:
            data, answer = self._telnet.hear(data)
            if answer and self._transport is not None:
                self._transport.write(answer)
            if self._telnet.drops_dtr:
                self._telnet.drops_dtr = False
                self._lines.reset()
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._lines.hear(line)

    def connection_lost(self, exc: Exception | None) -> None:
        """Implements `asyncio.Protocol`."""
        del exc
        self._transport = None
        if self in self._lines.clients:
            self._lines.clients.remove(self)

    def write(self, data: bytes) -> None:
        """Sends bytes of the machine."""
        if self._transport is not None:
            is_telnet = self._telnet is not None
            self._transport.write(
                data.replace(b"\xff", b"\xff\xff") if is_telnet else data
            )

    def cut(self) -> None:
        """Ends it without a word."""
        if self._transport is not None:
            self._transport.abort()


class Terminal:
    """A pseudo terminal; `path` is what a host opens as if it were a serial port."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._board, self._host = os.openpty()
        tty.setraw(self._host)
        os.set_blocking(self._board, False)
        self.path = os.ttyname(self._host)
        self._rest = b""
        asyncio.get_running_loop().add_reader(self._board, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._board, _READ)
        except OSError:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._lines.hear(line)

    def write(self, data: bytes) -> None:
        """Sends bytes of the machine; a host that does not read loses them."""
        try:
            os.write(self._board, data)
        except OSError:
            return

    def close(self) -> None:
        """Takes the terminal away, as a cable that is pulled."""
        if self._board >= 0:
            asyncio.get_running_loop().remove_reader(self._board)
            os.close(self._host)
            os.close(self._board)
            self._board = -1


class Lines:
    """Every connection to one board: it hears them all, and resets when one drops DTR."""

    def __init__(
        self, hear: Callable[[bytes], None], reset: Callable[[], None]
    ) -> None:
        self.hear = hear
        self.reset = reset
        self.clients: list[Client] = []
        self.terminal: Terminal | None = None
        self._servers: list[asyncio.Server] = []

    async def listen(self, host: str, port: int, telnet: bool | None) -> int:  # noqa: FBT001 - None: raw, else whether it refuses
        """Opens a port; returns its number."""
        loop = asyncio.get_running_loop()

        def client() -> Client:
            return Client(self, None if telnet is None else TelnetServer(telnet))

        server = await loop.create_server(client, host, port)
        self._servers.append(server)
        number: int = server.sockets[0].getsockname()[1]
        return number

    def open_terminal(self) -> str:
        """Makes a pseudo terminal; returns its path."""
        self.terminal = Terminal(self)
        return self.terminal.path

    def send(self, data: bytes) -> None:
        """Says something on every connection."""
        for client in tuple(self.clients):
            client.write(data)
        if self.terminal is not None:
            self.terminal.write(data)

    def cut(self) -> None:
        """Ends every connection; the ports stay open."""
        for client in tuple(self.clients):
            client.cut()
        if self.terminal is not None:
            self.terminal.close()
            self.terminal = None

    async def close(self) -> None:
        """Ends everything."""
        self.cut()
        for server in self._servers:
            server.close()
            await server.wait_closed()
        self._servers.clear()
