"""The data channel of a file transfer: a port opened for one connection."""

import asyncio
import ssl

from odin_engine.simulator.listening import hang_up

type Channel = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_WAIT_S = 30.0
# Many clients never say goodbye on the data channel; they are not waited for.
_GOODBYE_S = 1.0


class PassivePort:
    """Waits on a free port for the client's data connection."""

    def __init__(
        self, server: asyncio.Server, arrived: asyncio.Future[Channel]
    ) -> None:
        self._server, self._arrived = server, arrived
        self.number = int(server.sockets[0].getsockname()[1])

    @classmethod
    async def open(cls, host: str, context: ssl.SSLContext | None) -> PassivePort:
        """Opens the port, with TLS where a context is given."""
        arrived: asyncio.Future[Channel] = asyncio.get_running_loop().create_future()

        def connected(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            if arrived.done():
                writer.close()
            else:
                arrived.set_result((reader, writer))

        patience_s = None if context is None else _GOODBYE_S
        server = await asyncio.start_server(
            connected, host, 0, ssl=context, ssl_shutdown_timeout=patience_s
        )
        return cls(server, arrived)

    async def connection(self) -> Channel:
        """Gives the connection once it is there.

        Raises:
            TimeoutError: nobody came.
        """
        async with asyncio.timeout(_WAIT_S):
            return await asyncio.shield(self._arrived)

    def close(self) -> None:
        """Takes no more connections; what was written still goes out."""
        hang_up(self._server, cut=False)
        if self._arrived.done():
            self._arrived.result()[1].close()
        else:
            self._arrived.cancel()

    def abort(self) -> None:
        """Cuts the connection, too."""
        hang_up(self._server, cut=True)
